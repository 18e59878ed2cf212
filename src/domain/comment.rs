//! Comments: what people wrote in their own words. Shown word for word for the whole organisation only, of at least as
//! many people as a group needs, in an order drawn by lot, and after a named person has read each.

use super::identifier::{AccountId, CommentId};
use super::questionnaire::{Answer, Questionnaire};
use super::response::Response;

/// What stands where words were left out.
pub const LEFT_OUT: &str = "[…]";

/// A comment as its reviewer sees it. `Debug` never shows what was written.
#[derive(Clone, PartialEq, Eq)]
pub struct Comment {
    /// Random; tells the order in which comments stand, and nothing else.
    pub id: CommentId,
    /// To which question.
    pub question: String,
    /// What was written; `None` once the answers of the survey have been deleted.
    pub body: Option<String>,
    /// What was decided; `None` until somebody has.
    pub review: Option<Reviewed>,
}

impl std::fmt::Debug for Comment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Comment").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What was decided about a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reviewed {
    /// What.
    pub decision: Decision,
    /// What may be read; `None` where it is withheld.
    pub published: Option<String>,
    /// By whom.
    pub reviewer: AccountId,
}

/// What anybody who reads the release may read of a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedComment {
    /// To which question.
    pub question: String,
    /// Its text, or what is left of it.
    pub text: String,
}

impl Comment {
    /// `None` for a comment that nobody may read, or not yet.
    pub fn into_published(self) -> Option<PublishedComment> {
        Some(PublishedComment { question: self.question, text: self.review?.published? })
    }
}

/// What becomes of a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It can be read as it was written.
    Published,
    /// It can be read without some words.
    Shortened,
    /// It cannot be read.
    Withheld,
}

/// Why nothing was decided.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReviewMistake {
    /// Nothing chosen.
    #[error("choose what becomes of this comment")]
    NoDecision,
    /// Nothing to leave out.
    #[error("enter the words to leave out, with a comma between them")]
    NoWords,
    /// Words that do not stand there.
    #[error("“{0}” does not stand in this comment; enter the words as they do")]
    NotThere(String),
}

impl ReviewMistake {
    /// Which field it is about.
    pub fn field(&self) -> &'static str {
        match self {
            Self::NoDecision => "decision",
            Self::NoWords | Self::NotThere(_) => "words",
        }
    }
}

impl Decision {
    /// Every decision, as they are offered.
    pub const ALL: [Self; 3] = [Self::Published, Self::Shortened, Self::Withheld];

    /// Its name in the database and in forms.
    pub fn code(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Shortened => "shortened",
            Self::Withheld => "withheld",
        }
    }

    /// The decision with this name.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|decision| decision.code() == code)
    }

    /// What may be read of `body`; `words`, with commas between them, are what is left out of a shortened one.
    ///
    /// # Errors
    /// [`ReviewMistake`].
    pub fn published(self, body: &str, words: &str) -> Result<Option<String>, ReviewMistake> {
        match self {
            Self::Published => Ok(Some(body.to_owned())),
            Self::Withheld => Ok(None),
            Self::Shortened => {
                let mut words: Vec<&str> = words.split(',').map(str::trim).filter(|word| !word.is_empty()).collect();
                if words.is_empty() {
                    return Err(ReviewMistake::NoWords);
                }
                if let Some(word) = words.iter().find(|word| find(body, word).is_none()) {
                    return Err(ReviewMistake::NotThere((*word).to_owned()));
                }
                // Long ones first: one word of a name must not keep the whole name from being found.
                words.sort_by_key(|word| std::cmp::Reverse(word.len()));
                Ok(Some(words.iter().fold(body.to_owned(), |text, word| without(&text, word))))
            }
        }
    }
}

/// `text` without `word`, wherever it stands, inside other words too: rather too much than too little.
fn without(text: &str, word: &str) -> String {
    let (mut rest, mut kept) = (text, String::new());
    while let Some((start, end)) = find(rest, word) {
        kept.push_str(&rest[..start]);
        kept.push_str(LEFT_OUT);
        rest = &rest[end..];
    }
    kept + rest
}

/// Where `word` stands in `text`, in capitals or not.
fn find(text: &str, word: &str) -> Option<(usize, usize)> {
    let (letters, word) = (word.chars().count(), word.to_lowercase());
    let ends = |start: usize| {
        let after = text[start..].char_indices().nth(letters).map_or(text.len(), |(length, _)| start + length);
        (text[start..after].to_lowercase() == word).then_some((start, after))
    };
    text.char_indices().find_map(|(start, _)| ends(start))
}

/// The comments that a reviewer may see: question and text, of each question on which at least `minimum_count` people wrote
/// something. The order is that of the responses; whoever stores them draws another.
pub fn reviewable(
    questionnaire: &Questionnaire,
    responses: &[(Option<&str>, Response)],
    minimum_count: u32,
) -> Vec<(String, String)> {
    let free_text = questionnaire.questions().filter(|question| !question.has_options());
    free_text
        .flat_map(|question| {
            let written = responses.iter().filter_map(|(_, response)| match response.answer(&question.id) {
                Answer::Text(text) => Some((question.id.clone(), text.clone())),
                _ => None,
            });
            let written: Vec<_> = written.collect();
            if written.len() < minimum_count as usize { Vec::new() } else { written }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shortened(body: &str, words: &str) -> Result<Option<String>, ReviewMistake> {
        Decision::Shortened.published(body, words)
    }

    #[test]
    fn words_are_left_out_wherever_they_stand() {
        let kept = |body, words| shortened(body, words).expect("kept").expect("a text");
        assert_eq!(kept("Ask Sister Ann Øye. ANN ØYE knows.", "ann øye"), "Ask Sister […]. […] knows.");
        assert_eq!(kept("Ann, or Ann Smith", "Ann, Ann Smith"), "[…], or […]");
        assert_eq!(kept("ward 7’s", " Ward 7 ,"), "[…]’s");
    }

    #[test]
    fn each_mistake_names_its_field() {
        assert_eq!(shortened("Ask Ann", " , ").expect_err("refused").field(), "words");
        assert_eq!(shortened("Ask Ann", "Ann, Ben"), Err(ReviewMistake::NotThere("Ben".to_owned())));
        assert_eq!(ReviewMistake::NoDecision.field(), "decision");
    }

    #[test]
    fn what_is_withheld_cannot_be_read_and_what_is_published_is_verbatim() {
        assert_eq!(Decision::Withheld.published("Ask Ann", "Ann"), Ok(None));
        assert_eq!(Decision::Published.published("Ask\n Ann", "Ann"), Ok(Some("Ask\n Ann".to_owned())));
        for decision in Decision::ALL {
            assert_eq!(Decision::parse(decision.code()), Some(decision));
        }
    }
}
