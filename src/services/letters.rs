//! Letters: invitations on paper for staff without work e-mail. A letter is for whoever gets it, not for a name.
//!
//! Codes exist only on paper: they are shown once, when they are made.

use super::AppError;
use super::invitations::Invitations;
use crate::domain::account::TenantScope;
use crate::domain::audit_event::Event;
use crate::domain::identifier::{InvitationId, SurveyId};
use crate::domain::questionnaire::Language;
use crate::domain::survey::{Survey, SurveyState};
use crate::security::{LetterCode, PlaintextToken, random_identifier_bytes};
use crate::storage::invitations::{self, StoredInvitation};
use crate::storage::{Connection, organisations, surveys};

/// Letters made at once.
pub const MOST_LETTERS: usize = 500;

/// Letters, ready to be printed.
#[derive(Debug, Clone)]
pub struct Letters {
    /// Name of the organisation that asks.
    pub organisation: String,
    /// The survey.
    pub survey: Survey,
    /// Where a code is typed, as people read it.
    pub code_address: String,
    /// One for each letter.
    pub letters: Vec<Letter>,
}

/// One letter.
#[derive(Debug, Clone)]
pub struct Letter {
    /// What is typed.
    pub code: LetterCode,
    /// What the QR code leads to.
    pub link: String,
}

impl Invitations {
    /// Makes letters for people who work in `unit`. As everywhere, they carry a wider unit where too few are invited.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for an unknown unit or number; [`AppError::Conflict`] when the survey has closed.
    pub async fn letters(
        &self,
        scope: TenantScope,
        survey: SurveyId,
        unit: String,
        count: usize,
    ) -> Result<Letters, AppError> {
        if !(1..=MOST_LETTERS).contains(&count) {
            return Err(AppError::invalid(format!("1 to {MOST_LETTERS} letters can be made at once")));
        }
        let this = self.clone();
        self.database
            .of(&scope)
            .write(move |conn| {
                let survey = surveys::find(conn, &scope, &survey).map_err(AppError::or_not_found("survey"))?;
                let codes = this.make_letters(conn, &survey, &unit, count)?;
                let organisation = organisations::find(conn, &scope)?.name;
                let letter = |code: LetterCode| {
                    let token = PlaintextToken::of_letter(&this.keys, &code);
                    Letter { link: format!("{}/s/{}", this.public_url, token.reveal()), code }
                };
                Ok(Letters {
                    organisation,
                    survey,
                    code_address: format!("{}/code", this.public_url),
                    letters: codes.into_iter().map(letter).collect(),
                })
            })
            .await
    }

    /// A form for answers that came on paper, typed in by somebody who is signed in. Who it was stands in the audit log;
    /// what was typed does not, nor which answer it became. Gives the token of its link.
    ///
    /// # Errors
    /// As [`Invitations::letters`]; [`AppError::Conflict`] when the survey is not open.
    pub async fn paper_form(
        &self,
        scope: TenantScope,
        survey: SurveyId,
        unit: String,
    ) -> Result<PlaintextToken, AppError> {
        let this = self.clone();
        self.database
            .of(&scope)
            .write(move |conn| {
                let survey = surveys::find(conn, &scope, &survey).map_err(AppError::or_not_found("survey"))?;
                if survey.state != SurveyState::Open {
                    let detail = format!("the survey is {}; answers can be entered while it is open", survey.state);
                    return Err(AppError::Conflict { code: "survey-not-open", detail });
                }
                let codes = this.make_letters(conn, &survey, &unit, 1)?;
                let code = codes.first().ok_or_else(|| AppError::Internal("no code was made".to_owned()))?;
                this.audit_log.note(conn, &scope, &Event::PaperAnswersBegun { survey: survey.id })?;
                Ok(PlaintextToken::of_letter(&this.keys, code))
            })
            .await
    }

    fn make_letters(
        &self,
        conn: &mut Connection,
        survey: &Survey,
        unit: &str,
        count: usize,
    ) -> Result<Vec<LetterCode>, AppError> {
        if !matches!(survey.state, SurveyState::Draft | SurveyState::Open) {
            let detail = format!("the survey is {}; people can be invited while it is a draft or open", survey.state);
            return Err(AppError::Conflict { code: "survey-not-open", detail });
        }
        let content = surveys::content(conn, &survey.id)?;
        let units = &content.units;
        if units.find(unit).is_none() {
            return Err(AppError::invalid(format!("“{unit}” is not a unit of this survey")));
        }
        let classes = self.widen_classes(conn, survey, units, std::iter::repeat_n(unit, count))?;
        let coarse_class = classes.get(&Some(unit.to_owned())).cloned().flatten();
        let codes: Vec<LetterCode> = (0..count).map(|_| LetterCode::random()).collect();
        let batch: Vec<StoredInvitation> = codes
            .iter()
            .map(|code| {
                let id = InvitationId::from_random(random_identifier_bytes());
                StoredInvitation {
                    token_hash: PlaintextToken::of_letter(&self.keys, code).hash().as_str().to_owned(),
                    address: String::new(),
                    address_index: id.as_str().to_owned(),
                    survey: survey.id.clone(),
                    language: Language::English,
                    coarse_class: coarse_class.clone(),
                    used: false,
                    id,
                }
            })
            .collect();
        invitations::insert(conn, &batch)?;
        Ok(codes)
    }

    /// The token behind a typed code. Looks nothing up: an unknown code leads to an unknown link.
    pub fn token_of_code(&self, code: &LetterCode) -> PlaintextToken {
        PlaintextToken::of_letter(&self.keys, code)
    }
}
