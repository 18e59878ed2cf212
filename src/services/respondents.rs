//! What staff do: open their link, answer, submit once.
//!
//! An answer is sealed before it is stored, and stays sealed until its survey closes (`closing.rs`).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::open_forms::OpenForms;
use super::{AppError, closing};
use crate::domain::account::TenantScope;
use crate::domain::identifier::SurveyId;
use crate::domain::invitation::CoarseClass;
use crate::domain::questionnaire::Questionnaire;
use crate::domain::response::{AnswerErrors, RawAnswers, Response};
use crate::domain::survey::{Survey, SurveyState};
use crate::security::{PlaintextToken, Sealer};
use crate::storage::invitations::{self, Spent, StoredInvitation};
use crate::storage::{Connection, Database, StorageError, answering, organisations, surveys};

/// Use cases of respondents.
#[derive(Clone)]
pub struct Respondents {
    database: Database,
    sealer: Sealer,
    open_forms: OpenForms,
    /// What surveys ask people of a class never changes, and reading a definition takes longer than storing an answer.
    questionnaires: Arc<Mutex<Questionnaires>>,
}

/// What each survey asks people of each class.
type Questionnaires = HashMap<(SurveyId, CoarseClass), Arc<Questionnaire>>;

/// Questionnaires kept ready; each takes about 100 kB.
const MOST_QUESTIONNAIRES: usize = 300;

/// What a link leads to.
#[derive(Debug, Clone)]
pub enum FormOutcome {
    /// A survey that can be answered.
    Open(Arc<OpenForm>),
    /// It has been answered.
    AlreadyAnswered,
    /// The survey is not open.
    Closed,
    /// There is no such link.
    UnknownLink,
}

/// A survey that can be answered.
#[derive(Debug, Clone)]
pub struct OpenForm {
    /// The survey.
    pub survey: Survey,
    /// Name of the organisation that asks.
    pub organisation: String,
    /// What is asked of this person.
    pub questionnaire: Arc<Questionnaire>,
}

/// How a submit ended.
#[derive(Debug, Clone)]
pub enum SubmitOutcome {
    /// Stored.
    Accepted {
        /// With this the respondent finds their answer in the published list, or withdraws it.
        receipt: PlaintextToken,
    },
    /// It has been answered before.
    AlreadyAnswered,
    /// The survey is not open.
    Closed,
    /// There is no such link.
    UnknownLink,
    /// The answers do not fit the questionnaire; nothing is stored and the link still works.
    Invalid(AnswerErrors),
}

/// What stands behind a token.
enum Link {
    Live(Box<(StoredInvitation, Survey)>),
    AlreadyAnswered,
    Closed,
    Unknown,
}

impl Respondents {
    pub(super) fn new(database: Database, sealer: Sealer, open_forms: OpenForms) -> Self {
        Self { database, sealer, open_forms, questionnaires: Arc::default() }
    }

    /// What the link leads to. Changes nothing: mail scanners follow links.
    pub async fn form(&self, token: PlaintextToken) -> Result<FormOutcome, AppError> {
        let (this, hash, now) = (self.clone(), token.hash(), Instant::now());
        if let Some(form) = self.open_forms.find(&hash, now) {
            return Ok(FormOutcome::Open(form));
        }
        let outcome = self
            .database
            .of_every_organisation()
            .read(move |conn| {
                Ok::<_, AppError>(match follow(conn, &token)? {
                    Link::Live(live) => {
                        let (invitation, survey) = *live;
                        let organisation =
                            organisations::find(conn, &TenantScope::of_operator(survey.organisation.clone()))?.name;
                        let questionnaire = this.questionnaire(conn, &survey.id, &invitation.coarse_class)?;
                        FormOutcome::Open(Arc::new(OpenForm { survey, organisation, questionnaire }))
                    }
                    Link::AlreadyAnswered => FormOutcome::AlreadyAnswered,
                    Link::Closed => FormOutcome::Closed,
                    Link::Unknown => FormOutcome::UnknownLink,
                })
            })
            .await?;
        if let FormOutcome::Open(form) = &outcome {
            self.open_forms.remember(&hash, form, now);
        }
        Ok(outcome)
    }

    /// Checks the answers, spends the link and stores the response, in one transaction.
    pub async fn submit(&self, token: PlaintextToken, answers: RawAnswers) -> Result<SubmitOutcome, AppError> {
        let (this, spent) = (self.clone(), token.hash());
        let outcome = self
            .database
            .of_every_organisation()
            .write(move |conn| {
                let Some(invitation) = find(conn, &token)? else { return Ok(SubmitOutcome::UnknownLink) };
                if invitation.used {
                    return Ok(SubmitOutcome::AlreadyAnswered);
                }
                let questionnaire = this.questionnaire(conn, &invitation.survey, &invitation.coarse_class)?;
                let response = match Response::parse(&questionnaire, &answers) {
                    Ok(response) => response,
                    Err(errors) => return Ok(why_not(conn, &token)?.unwrap_or(SubmitOutcome::Invalid(errors))),
                };
                let receipt = PlaintextToken::random();
                let hash = receipt.hash();
                let sealed = closing::seal(&this.sealer, &invitation.survey, &hash, &questionnaire, &response)?;
                match answering::spend_and_store(conn, &invitation, hash.as_str(), sealed)? {
                    Spent::Now => Ok(SubmitOutcome::Accepted { receipt }),
                    Spent::Before => why_not(conn, &token)?
                        .ok_or_else(|| AppError::Busy("the invitation was being changed; send it again".to_owned())),
                }
            })
            .await?;
        if !matches!(outcome, SubmitOutcome::Invalid(_)) {
            self.open_forms.forget(&spent);
        }
        Ok(outcome)
    }

    fn questionnaire(
        &self,
        conn: &mut Connection,
        survey: &SurveyId,
        class: &CoarseClass,
    ) -> Result<Arc<Questionnaire>, AppError> {
        let known = || self.questionnaires.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (survey.clone(), class.clone());
        if let Some(questionnaire) = known().get(&key) {
            return Ok(Arc::clone(questionnaire));
        }
        let questionnaire = Arc::new(surveys::content(conn, survey)?.questionnaire_within(class.as_deref()));
        let mut known = known();
        if known.len() >= MOST_QUESTIONNAIRES {
            known.clear();
        }
        known.insert(key, Arc::clone(&questionnaire));
        Ok(questionnaire)
    }
}

fn find(conn: &mut Connection, token: &PlaintextToken) -> Result<Option<StoredInvitation>, AppError> {
    match invitations::find_by_token(conn, token.hash().as_str()) {
        Ok(invitation) => Ok(Some(invitation)),
        Err(StorageError::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Why a link cannot be answered with; `None` when it can.
fn why_not(conn: &mut Connection, token: &PlaintextToken) -> Result<Option<SubmitOutcome>, AppError> {
    Ok(match follow(conn, token)? {
        Link::Live(_) => None,
        Link::AlreadyAnswered => Some(SubmitOutcome::AlreadyAnswered),
        Link::Closed => Some(SubmitOutcome::Closed),
        Link::Unknown => Some(SubmitOutcome::UnknownLink),
    })
}

fn follow(conn: &mut Connection, token: &PlaintextToken) -> Result<Link, AppError> {
    let Some(invitation) = find(conn, token)? else { return Ok(Link::Unknown) };
    let survey = surveys::find_for_respondent(conn, &invitation.survey)?;
    Ok(match (survey.state, invitation.used) {
        (_, true) => Link::AlreadyAnswered,
        (SurveyState::Open, false) => Link::Live(Box::new((invitation, survey))),
        (_, false) => Link::Closed,
    })
}
