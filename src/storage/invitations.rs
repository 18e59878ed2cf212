//! Invitations. Nothing here knows of responses; see `schema.rs`.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::connection::on_either;
use super::schema::invitations;
use super::{Connection, StorageError};
use crate::domain::identifier::{InvitationId, SurveyId};
use crate::domain::questionnaire::Language;

/// An invitation as it is stored: the address sealed, the token hashed.
#[derive(Debug, Clone)]
pub struct StoredInvitation {
    /// Identifier.
    pub id: InvitationId,
    /// The survey that it is for.
    pub survey: SurveyId,
    /// Hash of the token in the link.
    pub token_hash: String,
    /// Sealed e-mail address; empty for letters, and once the survey has closed.
    pub address: String,
    /// Keyed hash of the address: one invitation per person and survey.
    pub address_index: String,
    /// Language of the e-mail.
    pub language: Language,
    /// Unit that a response may carry; `None` for the organisation.
    pub coarse_class: Option<String>,
    /// Whether it has been answered. Not when.
    pub used: bool,
}

/// Whether spending an invitation was the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spent {
    /// It is spent by this call.
    Now,
    /// It was spent before.
    Before,
}

/// How a survey's invitations stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvitationCounts {
    /// Sent or to be sent.
    pub invited: u64,
    /// Answered.
    pub used: u64,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = invitations)]
struct InvitationRow {
    id: String,
    survey_id: String,
    token_hash: String,
    address: String,
    address_index: String,
    language: String,
    coarse_class: Option<String>,
    used: bool,
}

impl From<&StoredInvitation> for InvitationRow {
    fn from(invitation: &StoredInvitation) -> Self {
        Self {
            id: invitation.id.to_string(),
            survey_id: invitation.survey.to_string(),
            token_hash: invitation.token_hash.clone(),
            address: invitation.address.clone(),
            address_index: invitation.address_index.clone(),
            language: invitation.language.code().to_owned(),
            coarse_class: invitation.coarse_class.clone(),
            used: invitation.used,
        }
    }
}

impl TryFrom<InvitationRow> for StoredInvitation {
    type Error = StorageError;
    fn try_from(row: InvitationRow) -> Result<Self, StorageError> {
        let unreadable = StorageError::unreadable("invitation");
        Ok(Self {
            id: row.id.parse().map_err(|_| unreadable("identifier".to_owned()))?,
            survey: row.survey_id.parse().map_err(|_| unreadable("survey".to_owned()))?,
            token_hash: row.token_hash,
            address: row.address,
            address_index: row.address_index,
            language: row.language.parse().map_err(|_| unreadable(row.language.clone()))?,
            coarse_class: row.coarse_class,
            used: row.used,
        })
    }
}

/// Rows of one insert: SQLite allows 32,766 bound values a statement, a row has eight.
const ROWS_PER_INSERT: usize = 1_000;

/// Adds invitations.
pub fn insert(conn: &mut Connection, batch: &[StoredInvitation]) -> Result<(), StorageError> {
    for chunk in batch.chunks(ROWS_PER_INSERT) {
        let rows: Vec<InvitationRow> = chunk.iter().map(InvitationRow::from).collect();
        on_either!(conn, |c| diesel::insert_into(invitations::table).values(&rows).execute(c))?;
    }
    Ok(())
}

/// The keyed hashes of everybody invited to the survey.
pub fn address_indexes(conn: &mut Connection, survey: &SurveyId) -> Result<HashSet<String>, StorageError> {
    let indexes: Vec<String> = invitations::table
        .filter(invitations::survey_id.eq(survey.as_str()))
        .select(invitations::address_index)
        .load(conn)?;
    Ok(indexes.into_iter().collect())
}

/// The invitation that a link's token belongs to.
///
/// # Errors
/// [`StorageError::NotFound`].
pub fn find_by_token(conn: &mut Connection, token_hash: &str) -> Result<StoredInvitation, StorageError> {
    invitations::table
        .filter(invitations::token_hash.eq(token_hash))
        .select(InvitationRow::as_select())
        .get_result(conn)?
        .try_into()
}

/// The invitation that each of these tokens belongs to.
pub fn find_by_tokens(
    conn: &mut Connection,
    token_hashes: &[String],
) -> Result<Vec<Option<StoredInvitation>>, StorageError> {
    if let Connection::Sqlite(_) = conn {
        // A list of another length is another statement there, and preparing it takes longer than asking for each.
        let find = |hash: &String| match find_by_token(conn, hash) {
            Err(StorageError::NotFound) => Ok(None),
            found => found.map(Some),
        };
        return token_hashes.iter().map(find).collect();
    }
    let rows: Vec<InvitationRow> = invitations::table
        .filter(invitations::token_hash.eq_any(token_hashes))
        .select(InvitationRow::as_select())
        .load(conn)?;
    let mut found = HashMap::new();
    for row in rows {
        let invitation = StoredInvitation::try_from(row)?;
        found.insert(invitation.token_hash.clone(), invitation);
    }
    // The same token may be asked for twice.
    Ok(token_hashes.iter().map(|hash| found.get(hash).cloned()).collect())
}

/// The invitation with this identifier.
///
/// # Errors
/// [`StorageError::NotFound`].
pub fn find(conn: &mut Connection, id: &InvitationId) -> Result<StoredInvitation, StorageError> {
    invitations::table.find(id.as_str()).select(InvitationRow::as_select()).get_result(conn)?.try_into()
}

/// Invitations of a survey by e-mail that nobody has answered: for reminders, never shown.
pub fn unused(conn: &mut Connection, survey: &SurveyId) -> Result<Vec<InvitationId>, StorageError> {
    let ids: Vec<String> = invitations::table
        .filter(invitations::survey_id.eq(survey.as_str()))
        .filter(invitations::address.ne(""))
        .filter(invitations::used.eq(false))
        .order(invitations::id)
        .select(invitations::id)
        .load(conn)?;
    Ok(ids.into_iter().filter_map(|id| id.parse().ok()).collect())
}

/// How many are invited to the survey and how many have answered.
pub fn counts(conn: &mut Connection, survey: &SurveyId) -> Result<InvitationCounts, StorageError> {
    let of_survey = invitations::table.filter(invitations::survey_id.eq(survey.as_str()));
    let invited: i64 = of_survey.count().get_result(conn)?;
    let used: i64 = of_survey.filter(invitations::used.eq(true)).count().get_result(conn)?;
    Ok(InvitationCounts { invited: invited.unsigned_abs(), used: used.unsigned_abs() })
}

/// How many are invited to the survey with each coarse class.
pub fn counts_by_class(conn: &mut Connection, survey: &SurveyId) -> Result<Vec<(Option<String>, usize)>, StorageError> {
    let rows: Vec<(Option<String>, i64)> = invitations::table
        .filter(invitations::survey_id.eq(survey.as_str()))
        .group_by(invitations::coarse_class)
        .select((invitations::coarse_class, diesel::dsl::count_star()))
        .load(conn)?;
    Ok(rows.into_iter().map(|(class, count)| (class, usize::try_from(count).unwrap_or(0))).collect())
}

/// How many are invited to the survey with each coarse class, and how many of them have answered.
pub fn participation_by_class(
    conn: &mut Connection,
    survey: &SurveyId,
) -> Result<Vec<(Option<String>, InvitationCounts)>, StorageError> {
    let answered: Vec<(Option<String>, i64)> = invitations::table
        .filter(invitations::survey_id.eq(survey.as_str()))
        .filter(invitations::used.eq(true))
        .group_by(invitations::coarse_class)
        .select((invitations::coarse_class, diesel::dsl::count_star()))
        .load(conn)?;
    let used =
        |class: &Option<String>| answered.iter().find(|(other, _)| other == class).map_or(0, |(_, count)| *count);
    Ok(counts_by_class(conn, survey)?
        .into_iter()
        .map(|(class, invited)| {
            let counts = InvitationCounts { invited: invited as u64, used: used(&class).unsigned_abs() };
            (class, counts)
        })
        .collect())
}

/// Gives everybody whose invitation carries the class `from` the class `to`.
pub fn widen_class(conn: &mut Connection, survey: &SurveyId, from: &str, to: Option<&str>) -> Result<(), StorageError> {
    diesel::update(
        invitations::table
            .filter(invitations::survey_id.eq(survey.as_str()))
            .filter(invitations::coarse_class.eq(from)),
    )
    .set(invitations::coarse_class.eq(to))
    .execute(conn)?;
    Ok(())
}

/// Writes the invitations of a survey that has closed anew, in the order of their random identifiers and without
/// addresses: nothing is sent any more.
///
/// PostgreSQL stamps a row with the transaction that spent it: before this, the order in which people answered stands
/// in the table. Afterwards every row has the same stamp.
pub fn retire(conn: &mut Connection, survey: &SurveyId) -> Result<(), StorageError> {
    let mut rows: Vec<InvitationRow> = invitations::table
        .filter(invitations::survey_id.eq(survey.as_str()))
        .order(invitations::id)
        .select(InvitationRow::as_select())
        .load(conn)?;
    for row in &mut rows {
        row.address.clear();
        row.address_index.clone_from(&row.id);
    }
    diesel::delete(invitations::table.filter(invitations::survey_id.eq(survey.as_str()))).execute(conn)?;
    for chunk in rows.chunks(ROWS_PER_INSERT) {
        on_either!(conn, |c| diesel::insert_into(invitations::table).values(chunk).execute(c))?;
    }
    Ok(())
}
