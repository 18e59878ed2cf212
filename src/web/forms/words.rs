//! Every word that the form itself says, in both languages. The questions' own words are in the questionnaire.

use time::Date;

use crate::domain::questionnaire::Language;

/// The fixed words of one language.
pub(super) struct Words {
    pub(super) service: &'static str,
    pub(super) back: &'static str,
    pub(super) continue_on: &'static str,
    pub(super) skip: &'static str,
    pub(super) prefer_not_to_say: &'static str,
    pub(super) how_far_agree: &'static str,
    pub(super) choose_or_skip: &'static str,
    pub(super) comments_too_long: &'static str,
    pub(super) support: &'static str,
    pub(super) clear: &'static str,
    pub(super) leave: &'static str,
    pub(super) start_now: &'static str,
    pub(super) carry_on: &'static str,
    pub(super) check_title: &'static str,
    pub(super) check_text: &'static str,
    pub(super) change: &'static str,
    pub(super) not_answered: &'static str,
    pub(super) submit: &'static str,
    pub(super) draft_gone: &'static str,
    pub(super) done_title: &'static str,
    pub(super) your_receipt: &'static str,
    pub(super) done_link: &'static str,
    pub(super) done_receipt: &'static str,
    pub(super) use_receipt: &'static str,
    pub(super) done_next_heading: &'static str,
    pub(super) done_next: &'static str,
    pub(super) done_shared: &'static str,
    pub(super) cleared_title: &'static str,
    pub(super) cleared_text: &'static str,
    pub(super) start_again: &'static str,
}

/// The words of `language`.
pub(super) fn of(language: Language) -> &'static Words {
    match language {
        Language::English => &ENGLISH,
        Language::Welsh => &WELSH,
    }
}

static ENGLISH: Words = Words {
    service: "Race equality survey",
    back: "Back",
    continue_on: "Continue",
    skip: "Skip this question",
    prefer_not_to_say: "Prefer not to say",
    how_far_agree: "How far do you agree or disagree with this statement?",
    choose_or_skip: "Choose an answer, or skip this question",
    comments_too_long: "Your comment is too long to be kept in this browser. Shorten it",
    support: "Support, if you want it",
    clear: "Clear my answers and leave",
    leave: "Exit this page quickly",
    start_now: "Start now",
    carry_on: "Carry on where you left",
    check_title: "Check your answers before you submit",
    check_text: "You can submit once. After that nobody can change your answers. You get a receipt with which you can withdraw them until the survey closes.",
    change: "Change",
    not_answered: "Not answered",
    submit: "Submit my answers",
    draft_gone: "Answer at least one question before you submit. Answers are kept for 2 hours in the browser in which you gave them; if that time is over, or the browser refuses cookies, they have to be given again",
    done_title: "Your answers are in",
    your_receipt: "Your receipt",
    done_link: "Thank you for taking part. Your link has been used and cannot be used again.",
    done_receipt: "The receipt shows that your answers were stored. It is random, names nobody and has nothing to do with your link. With it you can withdraw your answers until the survey closes, and find them in the list of receipts afterwards. Nobody can send it to you again, so note it down if you want to keep it.",
    use_receipt: "Use your receipt",
    done_next_heading: "What happens next",
    done_next: "When the survey has closed, the answers of everybody are counted together. Results are shown for large groups only.",
    done_shared: "Nothing is left in this browser. If you share this computer, close the window.",
    cleared_title: "Your answers have been cleared",
    cleared_text: "Nothing is left in this browser and nothing was sent. Your link still works: start again when it suits you.",
    start_again: "Start again",
};

static WELSH: Words = Words {
    service: "Arolwg cydraddoldeb hil",
    back: "Yn ôl",
    continue_on: "Parhau",
    skip: "Hepgor y cwestiwn hwn",
    prefer_not_to_say: "Mae’n well gen i beidio â dweud",
    how_far_agree: "I ba raddau ydych chi’n cytuno neu’n anghytuno â’r gosodiad hwn?",
    choose_or_skip: "Dewiswch ateb, neu hepgorwch y cwestiwn hwn",
    comments_too_long: "Mae eich sylw yn rhy hir i’w gadw yn y porwr hwn. Cwtogwch ef",
    support: "Cymorth, os ydych ei eisiau",
    clear: "Clirio fy atebion a gadael",
    leave: "Gadael y dudalen hon yn gyflym",
    start_now: "Dechrau nawr",
    carry_on: "Parhau o’r lle y gadawoch",
    check_title: "Gwiriwch eich atebion cyn cyflwyno",
    check_text: "Gallwch gyflwyno unwaith. Ar ôl hynny ni all neb newid eich atebion. Cewch dderbynneb y gallwch ei defnyddio i’w tynnu’n ôl hyd nes i’r arolwg gau.",
    change: "Newid",
    not_answered: "Heb ei ateb",
    submit: "Cyflwyno fy atebion",
    draft_gone: "Atebwch o leiaf un cwestiwn cyn cyflwyno. Cedwir atebion am 2 awr yn y porwr lle rhoesoch nhw; os yw’r amser hwnnw ar ben, neu os yw’r porwr yn gwrthod cwcis, rhaid eu rhoi eto",
    done_title: "Mae eich atebion wedi’n cyrraedd",
    your_receipt: "Eich derbynneb",
    done_link: "Diolch am gymryd rhan. Mae eich dolen wedi’i defnyddio ac ni ellir ei defnyddio eto.",
    done_receipt: "Mae’r dderbynneb yn dangos bod eich atebion wedi’u cadw. Mae ar hap, nid yw’n enwi neb ac nid oes a wnelo hi ddim â’ch dolen. Gyda hi gallwch dynnu eich atebion yn ôl hyd nes i’r arolwg gau, a dod o hyd iddi yn y rhestr o dderbynebau wedyn. Ni all neb ei hanfon atoch eto, felly nodwch hi os ydych am ei chadw.",
    use_receipt: "Defnyddio eich derbynneb",
    done_next_heading: "Beth sy’n digwydd nesaf",
    done_next: "Pan fydd yr arolwg wedi cau, caiff atebion pawb eu cyfrif gyda’i gilydd. Dangosir canlyniadau ar gyfer grwpiau mawr yn unig.",
    done_shared: "Nid oes dim ar ôl yn y porwr hwn. Os ydych yn rhannu’r cyfrifiadur hwn, caewch y ffenestr.",
    cleared_title: "Mae eich atebion wedi’u clirio",
    cleared_text: "Nid oes dim ar ôl yn y porwr hwn ac nid anfonwyd dim. Mae eich dolen yn dal i weithio: dechreuwch eto pan fydd yn gyfleus i chi.",
    start_again: "Dechrau eto",
};

/// “Question 3 of 40”.
pub(super) fn question_of(language: Language, number: usize, of: usize) -> String {
    match language {
        Language::English => format!("Question {number} of {of}"),
        Language::Welsh => format!("Cwestiwn {number} o {of}"),
    }
}

/// What the start page says, paragraph by paragraph.
pub(super) struct StartWords {
    pub(super) why: String,
    pub(super) facts: Vec<String>,
    pub(super) anonymous_heading: &'static str,
    pub(super) anonymous: Vec<String>,
    pub(super) more: &'static str,
    pub(super) browser_heading: &'static str,
    pub(super) browser: &'static str,
}

/// The start page's words for this survey. `minimum` is the smallest group that results are shown for.
pub(super) fn start(
    language: Language,
    organisation: &str,
    questions: usize,
    closes_on: Option<Date>,
    minimum: u32,
) -> StartWords {
    let until = closes_on.map(|day| language.date(day));
    match language {
        Language::English => StartWords {
            why: format!(
                "{organisation} asks everyone who works here what race equality is like in practice. The answers show what has to change, \
                 for staff and for the patients and families they care for."
            ),
            facts: [
                Some(format!("It takes 8 to 10 minutes: about {questions} questions, one on each page.")),
                Some("You can skip any question. You can go back and change answers until you submit.".to_owned()),
                until.map(|day| format!("You can answer until {day}.")),
            ]
            .into_iter()
            .flatten()
            .collect(),
            anonymous_heading: "Your answers are anonymous",
            anonymous: vec![
                "Your link only makes sure that each person answers once. It is never stored with your answers.".to_owned(),
                format!(
                    "Nobody at {organisation} can see what a person answered. Results are shown after the survey has closed, and only for \
                     groups of {minimum} people or more."
                ),
            ],
            more: "How your anonymity is kept",
            browser_heading: "Before you submit",
            browser: "Until you submit, your answers are kept only in this browser, encrypted, for up to 2 hours. On a shared computer, \
                      submit or clear them before you leave.",
        },
        Language::Welsh => StartWords {
            why: format!(
                "Mae {organisation} yn gofyn i bawb sy’n gweithio yma sut beth yw cydraddoldeb hil yn ymarferol. Mae’r atebion yn dangos \
                 beth sydd angen newid, i staff ac i’r cleifion a’r teuluoedd y maent yn gofalu amdanynt."
            ),
            facts: [
                Some(format!("Mae’n cymryd 8 i 10 munud: tua {questions} o gwestiynau, un ar bob tudalen.")),
                Some("Gallwch hepgor unrhyw gwestiwn. Gallwch fynd yn ôl a newid atebion hyd nes i chi gyflwyno.".to_owned()),
                until.map(|day| format!("Gallwch ateb tan {day}.")),
            ]
            .into_iter()
            .flatten()
            .collect(),
            anonymous_heading: "Mae eich atebion yn ddienw",
            anonymous: vec![
                "Dim ond sicrhau bod pob person yn ateb unwaith y mae eich dolen. Ni chaiff ei chadw gyda’ch atebion byth.".to_owned(),
                format!(
                    "Ni all neb yn {organisation} weld beth atebodd unigolyn. Dangosir canlyniadau ar ôl i’r arolwg gau, a dim ond ar gyfer \
                     grwpiau o {minimum} o bobl neu fwy."
                ),
            ],
            more: "Sut y cedwir eich anhysbysrwydd",
            browser_heading: "Cyn i chi gyflwyno",
            browser: "Hyd nes i chi gyflwyno, cedwir eich atebion yn y porwr hwn yn unig, wedi’u hamgryptio, am hyd at 2 awr. Ar gyfrifiadur \
                      a rennir, cyflwynwch neu cliriwch nhw cyn gadael.",
        },
    }
}
