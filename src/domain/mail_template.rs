//! What an organisation says in its own words in the e-mails that invite and remind its staff.
//!
//! The words replace the subject and the opening, and may add a closing. The personal link, what is promised about
//! anonymity and the way to stop e-mails always stand between them in our words: nobody can promise something else, or
//! leave them out by mistake.

use serde::{Deserialize, Serialize};

use super::questionnaire::Language;

/// What stands for what: `{organisation}`, `{survey}` and, empty when there is none, `{closes_on}`.
const PLACEHOLDERS: [&str; 3] = ["organisation", "survey", "closes_on"];
const LONGEST_SUBJECT: usize = 150;
const LONGEST_TEXT: usize = 4_000;

/// The words of one organisation; what it does not say is said in ours.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailTemplates {
    /// The first e-mail.
    #[serde(default)]
    pub invitation: Translations,
    /// The reminder.
    #[serde(default)]
    pub reminder: Translations,
}

/// One e-mail in each language that it has own words in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Translations {
    /// In English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<MailTemplate>,
    /// In Welsh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cy: Option<MailTemplate>,
}

/// Words of one e-mail in one language. An empty line starts a paragraph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailTemplate {
    /// Subject line.
    pub subject: String,
    /// What comes before the link.
    pub opening: String,
    /// What comes last: who writes, whom to ask. May be empty.
    #[serde(default)]
    pub closing: String,
}

/// What placeholders stand for.
#[derive(Debug, Clone, Copy)]
pub struct Filling<'a> {
    /// Name of the organisation.
    pub organisation: &'a str,
    /// Title of the survey.
    pub survey: &'a str,
    /// Last day, as read by people; empty when there is none.
    pub closes_on: &'a str,
}

/// Words with placeholders filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnWords {
    /// Subject line.
    pub subject: String,
    /// Paragraphs before the link.
    pub opening: Vec<String>,
    /// Paragraphs at the end.
    pub closing: Vec<String>,
}

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateProblem {
    /// JSON pointer to the words.
    pub pointer: String,
    /// What is wrong; what to do.
    pub detail: String,
}

impl MailTemplates {
    /// The words of an e-mail, where the organisation has its own.
    pub fn find(&self, reminder: bool, language: Language) -> Option<&MailTemplate> {
        let translations = if reminder { &self.reminder } else { &self.invitation };
        match language {
            Language::English => translations.en.as_ref(),
            Language::Welsh => translations.cy.as_ref(),
        }
    }

    /// Says an e-mail in these words from now on; `None` goes back to ours.
    pub fn set(&mut self, reminder: bool, language: Language, words: Option<MailTemplate>) {
        let translations = if reminder { &mut self.reminder } else { &mut self.invitation };
        match language {
            Language::English => translations.en = words,
            Language::Welsh => translations.cy = words,
        }
    }

    /// Everything that is wrong; empty when all is well.
    pub fn problems(&self) -> Vec<TemplateProblem> {
        let all = [("invitation", &self.invitation), ("reminder", &self.reminder)];
        all.into_iter()
            .flat_map(|(kind, translations)| {
                [("en", &translations.en), ("cy", &translations.cy)]
                    .into_iter()
                    .filter_map(move |(language, template)| Some((format!("/{kind}/{language}"), template.as_ref()?)))
            })
            .flat_map(|(pointer, template)| template.problems(&pointer))
            .collect()
    }
}

impl MailTemplate {
    /// The words of one e-mail.
    pub fn fill(&self, filling: &Filling<'_>) -> OwnWords {
        let paragraphs = |text: &str| {
            let text = text.replace("\r\n", "\n");
            text.split("\n\n").map(str::trim).filter(|part| !part.is_empty()).map(|part| fill(part, filling)).collect()
        };
        OwnWords {
            subject: fill(&self.subject, filling),
            opening: paragraphs(&self.opening),
            closing: paragraphs(&self.closing),
        }
    }

    fn problems(&self, pointer: &str) -> Vec<TemplateProblem> {
        let mut problems = Vec::new();
        for (name, text, longest) in [
            ("subject", &self.subject, LONGEST_SUBJECT),
            ("opening", &self.opening, LONGEST_TEXT),
            ("closing", &self.closing, LONGEST_TEXT),
        ] {
            let mut say =
                |detail: String| problems.push(TemplateProblem { pointer: format!("{pointer}/{name}"), detail });
            if text.trim().is_empty() && name != "closing" {
                say("say something here, or leave this language out".to_owned());
            }
            if text.chars().count() > longest {
                say(format!("at most {longest} characters fit here"));
            }
            let allowed = |c: char| !c.is_control() || (name != "subject" && matches!(c, '\n' | '\r'));
            if !text.chars().all(allowed) {
                say("control characters, and line breaks in a subject, cannot be sent".to_owned());
            }
            if let Some(unknown) = unknown_placeholder(text) {
                say(format!(
                    "{{{unknown}}} stands for nothing; there are {{organisation}}, {{survey}} and {{closes_on}}"
                ));
            }
        }
        problems
    }
}

fn fill(text: &str, filling: &Filling<'_>) -> String {
    // One pass, so that braces in a survey's title stay what they are.
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, name, after)) = next_placeholder(rest) {
        filled.push_str(before);
        filled.push_str(match name {
            "organisation" => filling.organisation,
            "survey" => filling.survey,
            _ => filling.closes_on,
        });
        rest = after;
    }
    filled + rest
}

/// Text before a placeholder, its name, and text after it.
fn next_placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

fn unknown_placeholder(mut text: &str) -> Option<&str> {
    while let Some((_, name, after)) = next_placeholder(text) {
        if !PLACEHOLDERS.contains(&name) {
            return Some(name);
        }
        text = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(subject: &str, opening: &str) -> MailTemplate {
        MailTemplate { subject: subject.to_owned(), opening: opening.to_owned(), closing: String::new() }
    }

    #[test]
    fn placeholders_are_filled_once_and_paragraphs_told_apart() {
        let filling = Filling { organisation: "Mersey {survey}", survey: "Race equality", closes_on: "1 May" };
        let filled = template("{survey} at {organisation}", "Dear all\n\n\nUntil {closes_on},\nplease").fill(&filling);
        assert_eq!(filled.subject, "Race equality at Mersey {survey}");
        assert_eq!(filled.opening, ["Dear all", "Until 1 May,\nplease"]);
        assert!(filled.closing.is_empty());
    }

    #[test]
    fn what_cannot_be_sent_is_pointed_at() {
        let one = |template| MailTemplates {
            invitation: Translations { en: None, cy: Some(template) },
            reminder: Translations::default(),
        };
        assert!(one(template("{survey}", "Hello {organisation}")).problems().is_empty());
        for (wrong, pointer) in [
            (template("", "x"), "/invitation/cy/subject"),
            (template("a\r\nBcc: b@example.org", "x"), "/invitation/cy/subject"),
            (template("x", " \n"), "/invitation/cy/opening"),
            (template("x", "{name}, hello"), "/invitation/cy/opening"),
            (template(&"x".repeat(151), "x"), "/invitation/cy/subject"),
            (template("x", "\u{7}"), "/invitation/cy/opening"),
        ] {
            let problems = one(wrong.clone()).problems();
            assert_eq!(
                problems.iter().map(|problem| problem.pointer.as_str()).collect::<Vec<_>>(),
                [pointer],
                "{wrong:?}"
            );
        }
    }
}
