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
use crate::domain::response::{AnswerErrors, Packing, RawAnswers, Response};
use crate::domain::survey::{Survey, SurveyState};
use crate::security::{PlaintextToken, Sealer};
use crate::storage::answering::HandedIn;
use crate::storage::invitations::{self, Spent, StoredInvitation};
use crate::storage::{Connection, Database, StorageError, Together, answering, organisations, surveys};

/// Use cases of respondents.
#[derive(Clone)]
pub struct Respondents {
    database: Database,
    sealer: Sealer,
    open_forms: OpenForms,
    /// What surveys ask people of a class never changes, and reading a definition takes longer than storing an answer.
    questionnaires: Arc<Mutex<Questionnaires>>,
    desks: Arc<Mutex<HashMap<SurveyId, Arc<Desk>>>>,
    /// Hashes of tokens, and what stands behind each.
    links: Together<String, Option<StoredInvitation>>,
}

/// Where the answers of one survey are handed in: packed alike, and stored together with what else waits.
struct Desk {
    packing: Packing,
    answers: Together<HandedIn, Spent>,
}

/// What the owner of a link is asked, and where the answers go.
struct Asked {
    survey: SurveyId,
    questionnaire: Arc<Questionnaire>,
    desk: Arc<Desk>,
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
        let links = Together::reading(&database, invitations::find_by_tokens);
        Self { database, sealer, open_forms, questionnaires: Arc::default(), desks: Arc::default(), links }
    }

    /// What the link leads to. Changes nothing: mail scanners follow links.
    pub async fn form(&self, token: PlaintextToken) -> Result<FormOutcome, AppError> {
        let (hash, now) = (token.hash(), Instant::now());
        if let Some(form) = self.open_forms.find(&hash, now) {
            return Ok(FormOutcome::Open(form));
        }
        let this = self.clone();
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

    /// Checks the answers, spends the link and stores the response: both in one transaction, or neither.
    pub async fn submit(&self, token: PlaintextToken, answers: RawAnswers) -> Result<SubmitOutcome, AppError> {
        let spent = token.hash();
        let outcome = self.check_and_store(token, &answers).await?;
        if !matches!(outcome, SubmitOutcome::Invalid(_)) {
            self.open_forms.forget(&spent);
        }
        Ok(outcome)
    }

    async fn check_and_store(&self, token: PlaintextToken, answers: &RawAnswers) -> Result<SubmitOutcome, AppError> {
        let Asked { survey, questionnaire, desk } = match self.asked(&token).await? {
            Ok(asked) => asked,
            Err(outcome) => return Ok(outcome),
        };
        let response = match Response::parse(&questionnaire, answers) {
            Ok(response) => response,
            Err(errors) => return Ok(self.why_not(token).await?.unwrap_or(SubmitOutcome::Invalid(errors))),
        };
        let receipt = PlaintextToken::random();
        let receipt_hash = receipt.hash();
        let sealed = closing::seal(&self.sealer, &survey, &receipt_hash, &desk.packing, &response)?;
        let token_hash = token.hash().as_str().to_owned();
        let handed_in = HandedIn { token_hash, receipt_hash: receipt_hash.as_str().to_owned(), sealed };
        match desk.answers.run(handed_in).await? {
            Spent::Now => Ok(SubmitOutcome::Accepted { receipt }),
            Spent::Before => self
                .why_not(token)
                .await?
                .ok_or_else(|| AppError::Busy("the invitation was being changed; send it again".to_owned())),
        }
    }

    /// What the owner of the token is asked; or why nothing is.
    async fn asked(&self, token: &PlaintextToken) -> Result<Result<Asked, SubmitOutcome>, AppError> {
        // Whether the link is still good is found out when the answer is stored, whatever is remembered here.
        if let Some(form) = self.open_forms.find(&token.hash(), Instant::now())
            && let Some(desk) = self.known_desk(&form.survey.id)
        {
            let (survey, questionnaire) = (form.survey.id.clone(), Arc::clone(&form.questionnaire));
            return Ok(Ok(Asked { survey, questionnaire, desk }));
        }
        let Some(invitation) = self.links.run(token.hash().as_str().to_owned()).await? else {
            return Ok(Err(SubmitOutcome::UnknownLink));
        };
        let StoredInvitation { survey, coarse_class, used, .. } = invitation;
        if used {
            return Ok(Err(SubmitOutcome::AlreadyAnswered));
        }
        if let Some(questionnaire) = self.known_questionnaire(&survey, &coarse_class)
            && let Some(desk) = self.known_desk(&survey)
        {
            return Ok(Ok(Asked { survey, questionnaire, desk }));
        }
        let this = self.clone();
        self.database
            .of_every_organisation()
            .read(move |conn| {
                let questionnaire = this.questionnaire(conn, &survey, &coarse_class)?;
                let desk = this.desk(conn, &survey)?;
                Ok(Ok(Asked { survey, questionnaire, desk }))
            })
            .await
    }

    async fn why_not(&self, token: PlaintextToken) -> Result<Option<SubmitOutcome>, AppError> {
        self.database.of_every_organisation().read(move |conn| why_not(conn, &token)).await
    }

    fn known_desk(&self, survey: &SurveyId) -> Option<Arc<Desk>> {
        self.desks.lock().unwrap_or_else(PoisonError::into_inner).get(survey).cloned()
    }

    /// Where answers of a survey are handed in. Surveys do not wait for each other, as one that is being closed would
    /// make all of them.
    fn desk(&self, conn: &mut Connection, survey: &SurveyId) -> Result<Arc<Desk>, AppError> {
        if let Some(desk) = self.known_desk(survey) {
            return Ok(desk);
        }
        let packing = closing::packing(conn, survey)?;
        let of = survey.clone();
        let answers = Together::writing(&self.database, move |conn, handed_in: &[HandedIn]| {
            answering::spend_and_store(conn, &of, handed_in)
        });
        let mut desks = self.desks.lock().unwrap_or_else(PoisonError::into_inner);
        if desks.len() >= MOST_QUESTIONNAIRES {
            desks.clear();
        }
        Ok(Arc::clone(desks.entry(survey.clone()).or_insert_with(|| Arc::new(Desk { packing, answers }))))
    }

    fn questionnaire(
        &self,
        conn: &mut Connection,
        survey: &SurveyId,
        class: &CoarseClass,
    ) -> Result<Arc<Questionnaire>, AppError> {
        if let Some(questionnaire) = self.known_questionnaire(survey, class) {
            return Ok(questionnaire);
        }
        let questionnaire = Arc::new(surveys::content(conn, survey)?.questionnaire_within(class.as_deref()));
        let mut known = self.questionnaires.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_QUESTIONNAIRES {
            known.clear();
        }
        known.insert((survey.clone(), class.clone()), Arc::clone(&questionnaire));
        Ok(questionnaire)
    }

    fn known_questionnaire(&self, survey: &SurveyId, class: &CoarseClass) -> Option<Arc<Questionnaire>> {
        let known = self.questionnaires.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&(survey.clone(), class.clone())).cloned()
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
