//! The way through a questionnaire: which question is next, which came before, and how far it is. Pure.

use crate::domain::questionnaire::{Question, Questionnaire};
use crate::domain::response::RawAnswers;

/// The questions that are asked, given the answers so far. An answer may be an empty list: seen, and skipped.
pub(super) struct Journey<'a> {
    asked: Vec<&'a Question>,
    answers: &'a RawAnswers,
}

/// Question `number` of `of`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Position {
    pub(super) number: usize,
    pub(super) of: usize,
}

impl<'a> Journey<'a> {
    pub(super) fn new(questionnaire: &'a Questionnaire, answers: &'a RawAnswers) -> Self {
        let asked = questionnaire.asked(|id| answers.get(id).map(Vec::as_slice).unwrap_or_default());
        Self { asked, answers }
    }

    /// All questions that are asked, in order.
    pub(super) fn asked(&self) -> &[&'a Question] {
        &self.asked
    }

    /// The question with this id, if it is asked, and where it stands.
    pub(super) fn find(&self, id: &str) -> Option<(&'a Question, Position)> {
        let index = self.index(id)?;
        Some((self.asked[index], Position { number: index + 1, of: self.asked.len() }))
    }

    /// The question before this one.
    pub(super) fn before(&self, id: &str) -> Option<&'a Question> {
        self.asked.get(self.index(id)?.checked_sub(1)?).copied()
    }

    /// The question after this one.
    pub(super) fn after(&self, id: &str) -> Option<&'a Question> {
        self.asked.get(self.index(id)? + 1).copied()
    }

    /// The first question that the respondent has neither answered nor skipped.
    pub(super) fn first_unseen(&self) -> Option<&'a Question> {
        self.asked.iter().find(|question| !self.answers.contains_key(&question.id)).copied()
    }

    /// The first question after this one that is new since an earlier answer changed: before “check your answers” is
    /// shown again, follow-up questions are asked.
    pub(super) fn unseen_after(&self, id: &str) -> Option<&'a Question> {
        let seen_later = self.asked.iter().rposition(|question| self.answers.contains_key(&question.id))?;
        let from = self.index(id)? + 1;
        self.asked.get(from..seen_later)?.iter().find(|question| !self.answers.contains_key(&question.id)).copied()
    }

    fn index(&self, id: &str) -> Option<usize> {
        self.asked.iter().position(|question| question.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(given: &[(&str, &str)]) -> RawAnswers {
        given.iter().map(|(id, code)| ((*id).to_owned(), vec![(*code).to_owned()])).collect()
    }

    #[test]
    fn every_question_is_met_once_by_going_forward_and_again_by_going_back() {
        let questionnaire = Questionnaire::built_in().with_units(&[]);
        let answers = answers(&[("harassed_by_staff", "3_to_5"), ("ethnicity_group", "black")]);
        let journey = Journey::new(&questionnaire, &answers);
        let mut forward = vec![journey.asked()[0].id.as_str()];
        while let Some(next) = journey.after(forward[forward.len() - 1]) {
            forward.push(&next.id);
        }
        assert_eq!(forward.len(), journey.asked().len());
        assert!(forward.contains(&"harassed_by_whom") && forward.contains(&"ethnicity_black"));

        let mut back = vec![forward[forward.len() - 1]];
        while let Some(before) = journey.before(back[back.len() - 1]) {
            back.push(&before.id);
        }
        back.reverse();
        assert_eq!(back, forward);
    }

    #[test]
    fn the_position_counts_questions_that_are_asked() {
        let questionnaire = Questionnaire::built_in().with_units(&[]);
        let none = RawAnswers::new();
        let journey = Journey::new(&questionnaire, &none);
        let (_, position) = journey.find("belonging").expect("it is asked");
        assert_eq!(position, Position { number: 3, of: journey.asked().len() });
        assert!(journey.find("harassed_by_whom").is_none());
    }

    #[test]
    fn a_changed_answer_brings_its_follow_up_before_the_check_page() {
        let questionnaire = Questionnaire::built_in().with_units(&[]);
        let mut given = answers(&[("spoke_up", "no_nothing_to_raise"), ("equal_opportunities", "yes")]);
        assert!(Journey::new(&questionnaire, &given).unseen_after("spoke_up").is_none());
        given.insert("spoke_up".into(), vec!["yes".into()]);
        let journey = Journey::new(&questionnaire, &given);
        assert_eq!(journey.unseen_after("spoke_up").map(|question| question.id.as_str()), Some("speaking_up_outcome"));
    }
}
