//! Every word that the public pages themselves say, in both languages.

use crate::domain::questionnaire::Language;

/// Words of the public page.
pub(super) struct Words {
    pub service: &'static str,
    pub caption: &'static str,
    pub took_part: &'static str,
    pub response_rate: &'static str,
    pub heard: &'static str,
    pub doing: &'static str,
    pub figures: &'static str,
    pub withheld: &'static str,
    pub favourable: &'static str,
    pub intervals: &'static str,
    pub columns: [&'static str; 4],
    pub none: &'static str,
    pub protection: &'static str,
    pub protected: &'static str,
    pub anonymity: &'static str,
    pub receipts: &'static str,
    pub missing: &'static str,
    pub missing_detail: &'static str,
}

/// The words in `language`.
pub(super) fn of(language: Language) -> &'static Words {
    match language {
        Language::English => &ENGLISH,
        Language::Welsh => &WELSH,
    }
}

const ENGLISH: Words = Words {
    service: "Staff survey results",
    caption: "What staff told us",
    took_part: "Staff who took part",
    response_rate: "Response rate",
    heard: "What we heard",
    doing: "What we do",
    figures: "The figures",
    withheld: "[c] stands for a figure that is withheld, so that nobody’s answer can be worked out. It is not zero.",
    favourable: "Favourable answers",
    intervals: "The black lines are 95 % intervals: the true share of all staff is likely to lie within them.",
    columns: ["Group", "Answers", "Favourable", "95 % interval"],
    none: "none to give",
    protection: "How answers are protected",
    protected: "The survey was anonymous. The figures were protected all together, once, before anybody could read them, and an attack on them was tried first.",
    anonymity: "How anonymity is kept",
    receipts: "Check that your answers were counted",
    missing: "There is no such page",
    missing_detail: "The survey has no published page. Check the address, or ask the trust that you have it from.",
};

const WELSH: Words = Words {
    service: "Canlyniadau’r arolwg staff",
    caption: "Yr hyn a ddywedodd staff wrthym",
    took_part: "Staff a gymerodd ran",
    response_rate: "Cyfradd ymateb",
    heard: "Yr hyn a glywsom",
    doing: "Yr hyn yr ydym yn ei wneud",
    figures: "Y ffigurau",
    withheld: "Mae [c] yn sefyll am ffigur a gedwir yn ôl, fel na all neb weithio allan ateb unrhyw un. Nid yw’n sero.",
    favourable: "Atebion ffafriol",
    intervals: "Y llinellau du yw cyfyngau 95 %: mae gwir gyfran yr holl staff yn debygol o fod o’u mewn.",
    columns: ["Grŵp", "Atebion", "Ffafriol", "Cyfwng 95 %"],
    none: "dim i’w roi",
    protection: "Sut y caiff atebion eu diogelu",
    protected: "Roedd yr arolwg yn ddienw. Cafodd y ffigurau eu diogelu i gyd gyda’i gilydd, unwaith, cyn i neb allu eu darllen, a cheisiwyd ymosod arnynt yn gyntaf.",
    anonymity: "Sut y cedwir anhysbysrwydd",
    receipts: "Gwirio bod eich atebion wedi’u cyfrif",
    missing: "Nid oes tudalen o’r fath",
    missing_detail: "Nid oes gan yr arolwg dudalen gyhoeddedig. Gwiriwch y cyfeiriad, neu gofynnwch i’r ymddiriedolaeth a’i rhoddodd i chi.",
};
