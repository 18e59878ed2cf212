//! What staff do: open their link, answer, submit once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::AppError;
use crate::domain::account::TenantScope;
use crate::domain::identifier::{ResponseId, SurveyId};
use crate::domain::questionnaire::Questionnaire;
use crate::domain::response::{AnswerErrors, RawAnswers, Response};
use crate::domain::survey::{Survey, SurveyContent, SurveyState};
use crate::security::{PlaintextToken, random_identifier_bytes};
use crate::storage::invitations::{self, Spent, StoredInvitation};
use crate::storage::responses::{self, StoredResponse};
use crate::storage::{Connection, Database, StorageError, organisations, surveys};

/// Use cases of respondents.
#[derive(Clone)]
pub struct Respondents {
    database: Database,
    /// What surveys ask never changes, and reading a definition takes longer than storing an answer.
    contents: Arc<Mutex<HashMap<SurveyId, Arc<SurveyContent>>>>,
}

/// What a link leads to.
#[derive(Debug, Clone)]
pub enum FormOutcome {
    /// A survey that can be answered.
    Open(Box<OpenForm>),
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
    pub questionnaire: Questionnaire,
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
    Live { invitation: StoredInvitation, survey: Box<Survey> },
    AlreadyAnswered,
    Closed,
    Unknown,
}

impl Respondents {
    pub(super) fn new(database: Database) -> Self {
        Self { database, contents: Arc::default() }
    }

    /// What the link leads to. Changes nothing: mail scanners follow links.
    pub async fn form(&self, token: PlaintextToken) -> Result<FormOutcome, AppError> {
        let this = self.clone();
        self.database
            .read(move |conn| {
                Ok(match follow(conn, &token)? {
                    Link::Live { invitation, survey } => {
                        let organisation =
                            organisations::find(conn, &TenantScope::of_operator(survey.organisation.clone()))?.name;
                        let questionnaire =
                            this.content(conn, &survey.id)?.questionnaire_within(invitation.coarse_class.as_deref());
                        FormOutcome::Open(Box::new(OpenForm { survey: *survey, organisation, questionnaire }))
                    }
                    Link::AlreadyAnswered => FormOutcome::AlreadyAnswered,
                    Link::Closed => FormOutcome::Closed,
                    Link::Unknown => FormOutcome::UnknownLink,
                })
            })
            .await
    }

    /// Checks the answers, spends the link and stores the response, in one transaction.
    pub async fn submit(&self, token: PlaintextToken, answers: RawAnswers) -> Result<SubmitOutcome, AppError> {
        let this = self.clone();
        self.database
            .write(move |conn| {
                let (invitation, survey) = match follow(conn, &token)? {
                    Link::Live { invitation, survey } => (invitation, survey),
                    Link::AlreadyAnswered => return Ok(SubmitOutcome::AlreadyAnswered),
                    Link::Closed => return Ok(SubmitOutcome::Closed),
                    Link::Unknown => return Ok(SubmitOutcome::UnknownLink),
                };
                let questionnaire =
                    this.content(conn, &survey.id)?.questionnaire_within(invitation.coarse_class.as_deref());
                let response = match Response::parse(&questionnaire, &answers) {
                    Ok(response) => response,
                    Err(errors) => return Ok(SubmitOutcome::Invalid(errors)),
                };
                if invitations::spend(conn, &invitation.id)? == Spent::Before {
                    return Ok(SubmitOutcome::AlreadyAnswered);
                }
                let receipt = PlaintextToken::random();
                let id = ResponseId::from_random(random_identifier_bytes());
                let stored = StoredResponse::new(id, invitation.coarse_class, &response, receipt.hash().as_str())?;
                responses::insert(conn, &survey.id, &stored)?;
                Ok(SubmitOutcome::Accepted { receipt })
            })
            .await
    }

    fn content(&self, conn: &mut Connection, id: &SurveyId) -> Result<Arc<SurveyContent>, AppError> {
        let known =
            |contents: &Mutex<HashMap<_, _>>| contents.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned();
        if let Some(content) = known(&self.contents) {
            return Ok(content);
        }
        let content = Arc::new(surveys::content(conn, id)?);
        self.contents.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), Arc::clone(&content));
        Ok(content)
    }
}

fn follow(conn: &mut Connection, token: &PlaintextToken) -> Result<Link, AppError> {
    let invitation = match invitations::find_by_token(conn, token.hash().as_str()) {
        Ok(invitation) => invitation,
        Err(StorageError::NotFound) => return Ok(Link::Unknown),
        Err(error) => return Err(error.into()),
    };
    let survey = surveys::find_for_respondent(conn, &invitation.survey)?;
    Ok(match (survey.state, invitation.used) {
        (_, true) => Link::AlreadyAnswered,
        (SurveyState::Open, false) => Link::Live { invitation, survey: Box::new(survey) },
        (_, false) => Link::Closed,
    })
}
