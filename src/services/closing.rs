//! What becomes of answers: sealed when they are given, opened and shuffled once, when their survey closes.
//!
//! The decision and its limits: `docs/decisions/0030-answers-are-sealed-until-close.md`.

use super::AppError;
use crate::domain::identifier::{ResponseId, SurveyId};
use crate::domain::questionnaire::Questionnaire;
use crate::domain::response::{Response, StoredAnswers};
use crate::security::{HashedToken, Purpose, Sealer, random_identifier_bytes};
use crate::storage::receipts::{self, Receipt};
use crate::storage::responses::{self, StoredResponse};
use crate::storage::sealed_responses::{self, SealedResponse};
use crate::storage::{Connection, StorageError, invitations};

/// Sealed answers read at once.
const PAGE: i64 = 500;

/// Seals the answers under their receipt, all answers of a questionnaire at the same length.
pub(super) fn seal(
    sealer: &Sealer,
    survey: &SurveyId,
    receipt: &HashedToken,
    questionnaire: &Questionnaire,
    response: &Response,
) -> Result<String, AppError> {
    let mut answers =
        serde_json::to_vec(&response.to_stored()).map_err(|error| AppError::Internal(error.to_string()))?;
    // Space after a JSON document means nothing.
    answers.resize(answers.len().max(StoredAnswers::longest(questionnaire)), b' ');
    Ok(sealer.seal(Purpose::Response, &context(survey, receipt.as_str()), &answers))
}

/// The answers as JSON; `None` when they were changed, or sealed under another secret.
pub(super) fn open(sealer: &Sealer, survey: &SurveyId, receipt_hash: &str, sealed: &str) -> Option<String> {
    let answers = sealer.open(Purpose::Response, &context(survey, receipt_hash), sealed)?;
    let mut answers = String::from_utf8(answers).ok()?;
    answers.truncate(answers.trim_end().len());
    Some(answers)
}

fn context(survey: &SurveyId, receipt_hash: &str) -> Vec<u8> {
    format!("{survey}/{receipt_hash}").into_bytes()
}

/// Calls `look` with every sealed answer of a survey.
pub(super) fn for_each<E: From<StorageError>>(
    conn: &mut Connection,
    survey: &SurveyId,
    mut look: impl FnMut(SealedResponse) -> Result<(), E>,
) -> Result<(), E> {
    let mut after = String::new();
    loop {
        let page = sealed_responses::page(conn, survey, &after, PAGE)?;
        let Some(last) = page.last() else { return Ok(()) };
        after.clone_from(&last.receipt_hash);
        page.into_iter().try_for_each(&mut look)?;
    }
}

/// Opens every answer of a survey that is being closed, and writes them to its responses in an order drawn by lot.
/// Receipts go to a list of their own, and invitations are written anew without addresses, so that neither tells when somebody answered.
pub(super) fn settle(conn: &mut Connection, sealer: &Sealer, survey: &SurveyId) -> Result<(), AppError> {
    let by_lot = || ResponseId::from_random(random_identifier_bytes());
    let mut listed = Vec::new();
    // Answers that were given before answers were sealed are shuffled with the others.
    let mut opened = responses::all(conn, survey)?;
    opened.iter_mut().for_each(|response| response.id = by_lot());
    for_each(conn, survey, |row| {
        if let Some(sealed) = &row.sealed {
            let answers = open(sealer, survey, &row.receipt_hash, sealed).ok_or_else(|| {
                AppError::Internal("a stored answer cannot be opened: was security.secret changed?".to_owned())
            })?;
            opened.push(StoredResponse { id: by_lot(), coarse_class: row.coarse_class, answers });
        }
        listed.push(Receipt { hash: row.receipt_hash, withdrawn: row.sealed.is_none() });
        Ok::<_, AppError>(())
    })?;
    responses::replace(conn, survey, opened)?;
    receipts::insert(conn, survey, listed)?;
    sealed_responses::delete(conn, survey)?;
    Ok(invitations::retire(conn, survey)?)
}
