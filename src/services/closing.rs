//! What becomes of answers: sealed when they are given, opened and shuffled once, when their survey closes.
//!
//! The decision and its limits: `docs/decisions/0030-answers-are-sealed-until-close.md`.

use super::AppError;
use crate::domain::identifier::{ResponseId, SurveyId};
use crate::domain::response::{Packing, Response};
use crate::security::{HashedToken, Purpose, Sealer, random_identifier_bytes};
use crate::storage::receipts::{self, Receipt};
use crate::storage::responses::{self, StoredResponse};
use crate::storage::sealed_responses::{self, SealedResponse};
use crate::storage::{Connection, StorageError, invitations, surveys};

/// Sealed answers read at once.
const PAGE: i64 = 500;

/// What sealed bytes begin with when answers are packed inside. Those from before begin otherwise: they are the text of
/// a seal over JSON.
const PACKED: u8 = 2;

/// How the answers of a survey are packed: alike for everybody, whichever units they are offered.
pub(super) fn packing(conn: &mut Connection, survey: &SurveyId) -> Result<Packing, StorageError> {
    Ok(Packing::new(surveys::content(conn, survey)?.questionnaire_within(None)))
}

/// Seals the answers under their receipt, all answers of a survey at the same length.
pub(super) fn seal(
    sealer: &Sealer,
    survey: &SurveyId,
    receipt: &HashedToken,
    packing: &Packing,
    response: &Response,
) -> Result<Vec<u8>, AppError> {
    let packed = packing
        .pack(response)
        .ok_or_else(|| AppError::Internal("an answer does not fit the questionnaire of its survey".to_owned()))?;
    let sealed = sealer.seal_bytes(Purpose::Response, &context(PACKED, survey, receipt.as_str()), &packed);
    Ok([&[PACKED], sealed.as_slice()].concat())
}

/// The answers as JSON; `None` when they were changed, or sealed under another secret.
pub(super) fn open(
    sealer: &Sealer,
    survey: &SurveyId,
    receipt_hash: &str,
    packing: &Packing,
    sealed: &[u8],
) -> Option<String> {
    if let Some((&PACKED, sealed)) = sealed.split_first() {
        let packed = sealer.open_bytes(Purpose::Response, &context(PACKED, survey, receipt_hash), sealed)?;
        return serde_json::to_string(&packing.unpack(&packed)?.to_stored()).ok();
    }
    let sealed = std::str::from_utf8(sealed).ok()?;
    let answers = sealer.open(Purpose::Response, format!("{survey}/{receipt_hash}").as_bytes(), sealed)?;
    let mut answers = String::from_utf8(answers).ok()?;
    // Space after a JSON document made all of them equally long.
    answers.truncate(answers.trim_end().len());
    Some(answers)
}

fn context(version: u8, survey: &SurveyId, receipt_hash: &str) -> Vec<u8> {
    format!("{version}/{survey}/{receipt_hash}").into_bytes()
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
    let (mut listed, packing) = (Vec::new(), packing(conn, survey)?);
    // Answers that were given before answers were sealed are shuffled with the others.
    let mut opened = responses::all(conn, survey)?;
    opened.iter_mut().for_each(|response| response.id = by_lot());
    for_each(conn, survey, |row| {
        if let Some(sealed) = &row.sealed {
            let answers = open(sealer, survey, &row.receipt_hash, &packing, sealed).ok_or_else(|| {
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
