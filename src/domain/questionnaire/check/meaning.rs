//! What the keys of one question mean, checked against the code lists and against earlier questions.

use super::Checker;
use crate::domain::questionnaire::classification::Classification;
use crate::domain::questionnaire::definition::RawQuestion;
use crate::domain::questionnaire::purpose::{Indicator, Purpose};
use crate::domain::questionnaire::question::{self, Choice, Kind};
use crate::domain::questionnaire::routing::Condition;

impl Checker<'_, '_> {
    pub(super) fn purposes(&mut self, raw: &RawQuestion) -> Vec<Purpose> {
        if raw.serves.get_ref().is_empty() {
            let message = format!(
                "question “{}” serves nothing; name a pledge prong or an indicator, such as “support_staff” or “wres7”",
                raw.id.get_ref()
            );
            self.problems.at(raw.serves.span(), message);
        }
        let mut purposes = Vec::new();
        for word in raw.serves.get_ref() {
            match Purpose::from_code(word.get_ref()) {
                Some(purpose) => purposes.push(purpose),
                None => {
                    let known: Vec<&str> = Purpose::ALL.iter().map(|purpose| purpose.code()).collect();
                    self.problems.at(
                        word.span(),
                        format!("“{}” is not a purpose; use one of {}", word.get_ref(), known.join(", ")),
                    );
                }
            }
        }
        purposes
    }

    pub(super) fn measured(&mut self, raw: &RawQuestion, options: &[Choice]) -> Option<Indicator> {
        let word = raw.measures.as_ref()?;
        let Some(indicator) = Indicator::SURVEYED.into_iter().find(|indicator| indicator.code() == word.get_ref())
        else {
            let known = Indicator::SURVEYED.map(Indicator::code).join(", ");
            self.problems.at(
                word.span(),
                format!("“{}” is not an indicator that a question can measure; use one of {known}", word.get_ref()),
            );
            return None;
        };
        if self.measured.contains(&indicator) {
            self.problems.at(
                word.span(),
                format!("{} is measured by an earlier question already; let one question measure it", indicator.code()),
            );
        }
        if !options.iter().any(|option| option.favourable) || !options.iter().any(|option| option.score == Some(0.0)) {
            let message = format!(
                "{} needs favourable and unfavourable answers; say which answers of question “{}” are",
                indicator.code(),
                raw.id.get_ref()
            );
            self.problems.at(word.span(), message);
        }
        self.measured.push(indicator);
        Some(indicator)
    }

    pub(super) fn kind(&mut self, raw: &RawQuestion) -> Option<(Kind, Vec<Choice>)> {
        let Some(entry) = question::ALL.iter().find(|entry| entry.name == raw.kind.get_ref()) else {
            let known: Vec<&str> = question::ALL.iter().map(|entry| entry.name).collect();
            self.problems.at(
                raw.kind.span(),
                format!("“{}” is not a kind of question; use one of {}", raw.kind.get_ref(), known.join(", ")),
            );
            return None;
        };
        for (key, span) in raw.keys_of_some_kinds() {
            if !entry.keys.contains(&key) {
                let message =
                    format!("question “{}” is of kind {}, which has no {key}; remove it", raw.id.get_ref(), entry.name);
                self.problems.at(span, message);
            }
        }
        Some((entry.define)(raw, self.problems))
    }

    pub(super) fn conditions(&mut self, raw: &RawQuestion) -> Vec<Condition> {
        let id = raw.id.get_ref();
        let mut conditions = Vec::new();
        for place in &raw.ask_when {
            let condition = place.get_ref();
            let target = condition.question.get_ref();
            let span = condition.question.span();
            let Some(codes) = self.earlier.get(target) else {
                let message = if self.all_ids.contains(target) {
                    format!("question “{id}” looks ahead to “{target}”; a question can only depend on an earlier one")
                } else {
                    format!(
                        "question “{id}” depends on “{target}”, but no question has this id; correct the id or remove the condition"
                    )
                };
                self.problems.at(span, message);
                continue;
            };
            if codes.is_empty() {
                self.problems.at(span, format!("question “{id}” depends on “{target}”, which has no options to look at; depend on another question"));
                continue;
            }
            if condition.any_of.get_ref().is_empty() {
                self.problems.at(
                    condition.any_of.span(),
                    format!("question “{id}” could never be asked; name at least one answer in any_of"),
                );
            }
            let unknown = condition.any_of.get_ref().iter().filter(|code| !codes.contains(code.get_ref()));
            for code in unknown {
                let message = format!(
                    "question “{id}” waits for the answer “{}”, which “{target}” does not offer; use the code of an option",
                    code.get_ref()
                );
                self.problems.at(code.span(), message);
            }
            let any_of = condition.any_of.get_ref().iter().map(|code| code.get_ref().clone()).collect();
            conditions.push(Condition { question: target.clone(), any_of });
        }
        conditions
    }

    pub(super) fn sensitivity(&mut self, raw: &RawQuestion, options: &mut [Choice]) {
        let Some(listed) = &raw.sensitive else { return };
        for option in options.iter_mut() {
            option.sensitive = listed.iter().any(|code| *code.get_ref() == option.code);
        }
        for code in listed.iter().filter(|code| !options.iter().any(|option| option.code == *code.get_ref())) {
            let message = format!(
                "sensitive of question “{}” names “{}”, which is not one of its options; use the code of an option",
                raw.id.get_ref(),
                code.get_ref()
            );
            self.problems.at(code.span(), message);
        }
    }

    pub(super) fn classification(&mut self, raw: &RawQuestion) -> Option<Classification> {
        let word = raw.classifies.as_ref()?;
        let found = Classification::from_code(word.get_ref());
        if found.is_none() {
            let known = Classification::ALL.map(Classification::code).join(", ");
            self.problems.at(word.span(), format!("“{}” is not a classification; use one of {known}", word.get_ref()));
        }
        if raw.kind.get_ref() != question::single_choice::ENTRY.name {
            self.problems.at(
                raw.kind.span(),
                format!("question “{}” classifies respondents, so its kind must be single_choice", raw.id.get_ref()),
            );
        }
        found
    }

    pub(super) fn classified_codes(
        &mut self,
        raw: &RawQuestion,
        classifies: Option<Classification>,
        options: &[Choice],
    ) {
        let Some(classification) = classifies else { return };
        for option in options.iter().filter(|option| !classification.knows(&option.code)) {
            let message = format!(
                "“{}” is not a code of {classification}; see docs/questionnaires.md for the codes",
                option.code
            );
            self.problems.at(raw.id.span(), message);
        }
    }
}
