//! Single choice: one of several options, shown as radio buttons.
//!
//! `favourable` and `unfavourable` name the options that score 10 and 0; options in neither list, such as “don’t
//! know”, have no score. The question for the unit lists no options: they are filled in for each invitation.

use super::{Choice, Entry, Kind, Problems, RawQuestion, choice_list, one_option};

/// What single choice is.
pub const ENTRY: Entry = Entry {
    name: "single_choice",
    summary: "One of several options.",
    keys: &["options", "favourable", "unfavourable"],
    example: r#"
kind = "single_choice"
options = [
  { code = "yes", en = "Yes", cy = "Ydw" },
  { code = "no", en = "No", cy = "Nac ydw" },
]
favourable = ["yes"]
unfavourable = ["no"]
"#,
    define,
    read: one_option,
};

fn define(raw: &RawQuestion, problems: &mut Problems<'_>) -> (Kind, Vec<Choice>) {
    let for_units = raw.classifies.as_ref().is_some_and(|name| name.get_ref() == "unit");
    if for_units {
        if let Some(options) = &raw.options {
            problems.at(
                options.span(),
                "the question for the unit lists no options; they come from the organisation’s units",
            );
        }
        return (Kind::SingleChoice, Vec::new());
    }
    let mut choices = choice_list::read(raw, problems);
    for (key, list, score) in [("favourable", &raw.favourable, 10.0), ("unfavourable", &raw.unfavourable, 0.0)] {
        let Some(list) = list else { continue };
        for code in choice_list::known_codes(raw, key, list.get_ref(), &choices, problems) {
            let Some(choice) = choices.iter_mut().find(|choice| choice.code == code) else {
                continue;
            };
            if choice.score.is_some() {
                problems.at(
                    list.span(),
                    format!("option “{code}” is named as favourable or unfavourable twice; name it once"),
                );
            }
            choice.favourable = key == "favourable";
            choice.score = Some(score);
        }
    }
    (Kind::SingleChoice, choices)
}
