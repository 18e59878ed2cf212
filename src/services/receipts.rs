//! Receipts: a respondent withdraws an answer while its survey is open, and finds the receipt in the list afterwards.

use super::AppError;
use crate::config::DisclosureConfig;
use crate::domain::account::TenantScope;
use crate::domain::identifier::SurveyId;
use crate::domain::survey::SurveyState;
use crate::security::PlaintextToken;
use crate::storage::receipts::{self, Receipt};
use crate::storage::surveys::Hold;
use crate::storage::{Connection, Database, StorageError, organisations, sealed_responses, surveys};

/// Use cases around receipts.
#[derive(Clone)]
pub struct Receipts {
    database: Database,
    /// The installation's threshold.
    lowest: u32,
}

/// Where the answer with a receipt stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReceiptState {
    /// Stored, in a survey that is open: it can be withdrawn.
    Stored,
    /// Withdrawn.
    Withdrawn,
    /// Counted: the survey has closed, and the receipt stands in its list.
    Listed(SurveyId),
    /// There is no such receipt.
    Unknown,
}

/// How a withdrawal ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithdrawOutcome {
    /// The answers are deleted.
    Withdrawn,
    /// They had been deleted before.
    WithdrawnBefore,
    /// The survey has closed: nobody can tell any more which answers they are.
    TooLate,
    /// There is no such receipt.
    Unknown,
}

/// The receipts of a closed survey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptList {
    /// Title of the survey.
    pub survey: String,
    /// Name of the organisation that asked.
    pub organisation: String,
    /// Hashes of receipts whose answers are counted, in order.
    pub counted: Vec<String>,
    /// Hashes of receipts whose answers were withdrawn, in order.
    pub withdrawn: Vec<String>,
}

impl Receipts {
    pub(super) fn new(database: Database, disclosure: DisclosureConfig) -> Self {
        Self { database, lowest: disclosure.minimum_count }
    }

    /// Where the answer with this receipt stands.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn state(&self, receipt: PlaintextToken) -> Result<ReceiptState, AppError> {
        self.database.of_every_organisation().read(move |conn| state(conn, receipt.hash().as_str())).await
    }

    /// Deletes the answers with this receipt, until their survey closes. The link that they were given under stays
    /// used: nobody can tell any more which it was.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn withdraw(&self, receipt: PlaintextToken) -> Result<WithdrawOutcome, AppError> {
        self.database
            .of_every_organisation()
            .write(move |conn| {
                let hash = receipt.hash();
                if let Some((survey, _)) = optional(sealed_responses::find(conn, hash.as_str()))? {
                    surveys::hold(conn, &survey, Hold::BesideOthers)?;
                }
                if sealed_responses::withdraw(conn, hash.as_str())? {
                    return Ok(WithdrawOutcome::Withdrawn);
                }
                // Looked up only now: the survey may have closed a moment ago.
                Ok(match state(conn, hash.as_str())? {
                    ReceiptState::Withdrawn | ReceiptState::Stored => WithdrawOutcome::WithdrawnBefore,
                    ReceiptState::Listed(_) => WithdrawOutcome::TooLate,
                    ReceiptState::Unknown => WithdrawOutcome::Unknown,
                })
            })
            .await
    }

    /// The list of a closed survey: anybody may read it. `None` where fewer answered than the threshold asks for, of whom
    /// nothing is told, not even how many they were.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is no such survey, or it has not closed.
    pub async fn list(&self, survey: SurveyId) -> Result<Option<ReceiptList>, AppError> {
        let lowest = self.lowest;
        self.database
            .of_every_organisation()
            .read(move |conn| {
                let survey = surveys::find_for_respondent(conn, &survey).map_err(AppError::or_not_found("list"))?;
                if !matches!(survey.state, SurveyState::Closed | SurveyState::Published) {
                    return Err(AppError::NotFound("list"));
                }
                let receipts = receipts::all(conn, &survey.id)?;
                if receipts.len() < survey.minimum(lowest) as usize {
                    return Ok(None);
                }
                let organisation = organisations::find(conn, &TenantScope::of_operator(survey.organisation.clone()))?;
                let (withdrawn, counted): (Vec<Receipt>, Vec<Receipt>) =
                    receipts.into_iter().partition(|receipt| receipt.withdrawn);
                let hashes = |receipts: Vec<Receipt>| receipts.into_iter().map(|receipt| receipt.hash).collect();
                Ok(Some(ReceiptList {
                    survey: survey.title.into(),
                    organisation: organisation.name,
                    counted: hashes(counted),
                    withdrawn: hashes(withdrawn),
                }))
            })
            .await
    }
}

fn state(conn: &mut Connection, hash: &str) -> Result<ReceiptState, AppError> {
    if let Some((_, kept)) = optional(sealed_responses::find(conn, hash))? {
        return Ok(if kept { ReceiptState::Stored } else { ReceiptState::Withdrawn });
    }
    Ok(match optional(receipts::find(conn, hash))? {
        Some((_, receipt)) if receipt.withdrawn => ReceiptState::Withdrawn,
        Some((survey, _)) => ReceiptState::Listed(survey),
        None => ReceiptState::Unknown,
    })
}

fn optional<T>(found: Result<T, StorageError>) -> Result<Option<T>, StorageError> {
    match found {
        Ok(value) => Ok(Some(value)),
        Err(StorageError::NotFound) => Ok(None),
        Err(other) => Err(other),
    }
}
