//! Every word of the pages about receipts, in both languages.

use crate::domain::questionnaire::Language;

/// What is told about one receipt.
pub(super) struct Told {
    pub(super) title: &'static str,
    pub(super) paragraphs: &'static [&'static str],
}

/// The words of one language.
pub(super) struct ReceiptWords {
    pub(super) title: &'static str,
    pub(super) intro: &'static str,
    pub(super) label: &'static str,
    pub(super) hint: &'static str,
    pub(super) continue_on: &'static str,
    pub(super) malformed: &'static str,
    pub(super) unknown: &'static str,
    pub(super) withdraw: &'static str,
    pub(super) another: &'static str,
    pub(super) to_list: &'static str,
    pub(super) stored: Told,
    pub(super) withdrawn: Told,
    pub(super) listed: Told,
    pub(super) too_late: Told,
    pub(super) few: Told,
    pub(super) list_title: &'static str,
    pub(super) list_intro: &'static str,
    pub(super) list_check: &'static str,
    pub(super) used: &'static str,
    pub(super) counted: &'static str,
    pub(super) taken_back: &'static str,
    pub(super) counted_receipts: &'static str,
    pub(super) taken_back_receipts: &'static str,
}

/// The words of `language`.
pub(super) fn words(language: Language) -> &'static ReceiptWords {
    match language {
        Language::English => &ENGLISH,
        Language::Welsh => &WELSH,
    }
}

static ENGLISH: ReceiptWords = ReceiptWords {
    title: "Use your receipt",
    intro: "With the receipt that you were given when you submitted, you can check that your answers are there. Until the survey closes you can also withdraw them.",
    label: "Your receipt",
    hint: "22 letters, digits and signs, as it was shown when you submitted. Capital and small letters matter.",
    continue_on: "Continue",
    malformed: "Enter the receipt as it was shown: 22 letters, digits and signs",
    unknown: "There is no answer with this receipt. Check that you have all of it; answers are deleted some time after a survey has closed",
    withdraw: "Withdraw my answers",
    another: "Use another receipt",
    to_list: "The list of receipts of this survey",
    stored: Told {
        title: "Your answers are there",
        paragraphs: &[
            "They are kept sealed until the survey closes.",
            "You can withdraw them now. They are then deleted and not counted. This cannot be undone, and you cannot answer again: nobody knows which link was yours.",
        ],
    },
    withdrawn: Told {
        title: "These answers have been withdrawn",
        paragraphs: &["They are deleted and will not be counted. There is nothing more to do."],
    },
    listed: Told {
        title: "Your answers have been counted",
        paragraphs: &[
            "The survey has closed. Its answers were shuffled then, so nobody can tell any more which are yours, and they cannot be withdrawn.",
        ],
    },
    too_late: Told {
        title: "The survey has closed",
        paragraphs: &[
            "Its answers were shuffled when it closed, so nobody can tell any more which are yours, and they cannot be withdrawn.",
        ],
    },
    few: Told {
        title: "This list is not shown",
        paragraphs: &["So few people took part in this survey that nothing is shown about it."],
    },
    list_title: "Receipts of this survey",
    list_intro: "This list shows that every answer was counted once and none was added. It says nothing about who answered or what.",
    list_check: "To find your answer, compute the SHA-256 of your receipt, for example with “printf %s RECEIPT | sha256sum”, and look for it below. It is easier to enter the receipt on the page “Use your receipt”; but then you have to take our word for it.",
    used: "Links used",
    counted: "Answers counted",
    taken_back: "Answers withdrawn",
    counted_receipts: "Receipts of answers that are counted",
    taken_back_receipts: "Receipts of answers that were withdrawn",
};

static WELSH: ReceiptWords = ReceiptWords {
    title: "Defnyddio eich derbynneb",
    intro: "Gyda’r dderbynneb a gawsoch wrth gyflwyno, gallwch wirio bod eich atebion yno. Hyd nes i’r arolwg gau, gallwch eu tynnu’n ôl hefyd.",
    label: "Eich derbynneb",
    hint: "22 o lythrennau, rhifau ac arwyddion, fel y’i dangoswyd pan wnaethoch gyflwyno. Mae gwahaniaeth rhwng priflythrennau a llythrennau bach.",
    continue_on: "Parhau",
    malformed: "Rhowch y dderbynneb fel y’i dangoswyd: 22 o lythrennau, rhifau ac arwyddion",
    unknown: "Nid oes ateb gyda’r dderbynneb hon. Gwiriwch fod gennych y cyfan ohoni; caiff atebion eu dileu beth amser ar ôl i arolwg gau",
    withdraw: "Tynnu fy atebion yn ôl",
    another: "Defnyddio derbynneb arall",
    to_list: "Rhestr derbynebau’r arolwg hwn",
    stored: Told {
        title: "Mae eich atebion yno",
        paragraphs: &[
            "Cânt eu cadw dan sêl hyd nes i’r arolwg gau.",
            "Gallwch eu tynnu’n ôl nawr. Cânt eu dileu wedyn ac ni fyddant yn cael eu cyfrif. Ni ellir dadwneud hyn, ac ni allwch ateb eto: nid oes neb yn gwybod pa ddolen oedd eich un chi.",
        ],
    },
    withdrawn: Told {
        title: "Mae’r atebion hyn wedi’u tynnu’n ôl",
        paragraphs: &["Maent wedi’u dileu ac ni chânt eu cyfrif. Nid oes dim mwy i’w wneud."],
    },
    listed: Told {
        title: "Mae eich atebion wedi’u cyfrif",
        paragraphs: &[
            "Mae’r arolwg wedi cau. Cafodd yr atebion eu cymysgu bryd hynny, felly ni all neb ddweud mwyach pa rai yw eich rhai chi, ac ni ellir eu tynnu’n ôl.",
        ],
    },
    too_late: Told {
        title: "Mae’r arolwg wedi cau",
        paragraphs: &[
            "Cafodd yr atebion eu cymysgu pan gaeodd yr arolwg, felly ni all neb ddweud mwyach pa rai yw eich rhai chi, ac ni ellir eu tynnu’n ôl.",
        ],
    },
    few: Told {
        title: "Ni ddangosir y rhestr hon",
        paragraphs: &["Cymerodd cyn lleied o bobl ran yn yr arolwg hwn fel na ddangosir dim amdano."],
    },
    list_title: "Derbynebau’r arolwg hwn",
    list_intro: "Mae’r rhestr hon yn dangos bod pob ateb wedi’i gyfrif unwaith ac na chafodd yr un ei ychwanegu. Nid yw’n dweud dim am bwy atebodd na beth.",
    list_check: "I ddod o hyd i’ch ateb, cyfrifwch SHA-256 eich derbynneb, er enghraifft gyda “printf %s DERBYNNEB | sha256sum”, a chwiliwch amdano isod. Mae’n haws rhoi’r dderbynneb ar y dudalen “Defnyddio eich derbynneb”; ond wedyn rhaid i chi dderbyn ein gair ni.",
    used: "Dolenni a ddefnyddiwyd",
    counted: "Atebion a gyfrifwyd",
    taken_back: "Atebion a dynnwyd yn ôl",
    counted_receipts: "Derbynebau’r atebion a gyfrifir",
    taken_back_receipts: "Derbynebau’r atebion a dynnwyd yn ôl",
};
