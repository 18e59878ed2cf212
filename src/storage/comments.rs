//! Comments of releases, in an order drawn by lot. Nothing here leads to a response.

use diesel::prelude::*;

use super::connection::on_either;
use super::schema::comments;
use super::{Connection, StorageError};
use crate::domain::account::TenantScope;
use crate::domain::comment::{Comment, Decision, Reviewed};
use crate::domain::identifier::{CommentId, SurveyId};

#[derive(Queryable, Selectable)]
#[diesel(table_name = comments)]
struct CommentRow {
    id: String,
    question: String,
    body: Option<String>,
    decision: Option<String>,
    published: Option<String>,
    reviewer: Option<String>,
}

impl TryFrom<CommentRow> for Comment {
    type Error = StorageError;
    fn try_from(row: CommentRow) -> Result<Self, StorageError> {
        let unreadable = |what: &str| StorageError::unreadable("comment")(what.to_owned());
        let review = match (row.decision, row.reviewer) {
            (Some(decision), Some(reviewer)) => Some(Reviewed {
                decision: Decision::parse(&decision).ok_or_else(|| unreadable("what was decided"))?,
                published: row.published,
                reviewer: reviewer.parse().map_err(|_| unreadable("who decided"))?,
            }),
            _ => None,
        };
        let id = row.id.parse().map_err(|_| unreadable("identifier"))?;
        Ok(Self { id, question: row.question, body: row.body, review })
    }
}

/// Stores what can be reviewed of a survey, in the order of the identifiers, which must be fresh random ones: their order
/// is the shuffle.
pub fn insert(
    conn: &mut Connection,
    scope: &TenantScope,
    survey: &SurveyId,
    mut drawn: Vec<(CommentId, String, String)>,
) -> Result<(), StorageError> {
    const ROWS_PER_INSERT: usize = 1_000;
    drawn.sort_by(|(one, ..), (other, ..)| one.cmp(other));
    for chunk in drawn.chunks(ROWS_PER_INSERT) {
        let row = |(id, question, body): &(CommentId, String, String)| {
            (
                comments::id.eq(id.to_string()),
                comments::organisation.eq(scope.organisation().to_string()),
                comments::survey.eq(survey.to_string()),
                comments::question.eq(question.clone()),
                comments::body.eq(Some(body.clone())),
            )
        };
        let rows: Vec<_> = chunk.iter().map(row).collect();
        on_either!(conn, |c| diesel::insert_into(comments::table).values(&rows).execute(c))?;
    }
    Ok(())
}

/// Every comment of a survey, in the order that was drawn.
pub fn list(conn: &mut Connection, scope: &TenantScope, survey: &SurveyId) -> Result<Vec<Comment>, StorageError> {
    let rows = comments::table
        .filter(comments::survey.eq(survey.as_str()))
        .filter(comments::organisation.eq(scope.organisation().as_str()))
        .order(comments::id)
        .select(CommentRow::as_select())
        .load(conn)?;
    rows.into_iter().map(Comment::try_from).collect()
}

/// Stores what was decided about a comment in place of what was before.
///
/// # Errors
/// [`StorageError::NotFound`].
pub fn review(
    conn: &mut Connection,
    scope: &TenantScope,
    id: &CommentId,
    reviewed: &Reviewed,
) -> Result<(), StorageError> {
    let changed = diesel::update(comments::table.find(id.as_str()))
        .filter(comments::organisation.eq(scope.organisation().as_str()))
        .set((
            comments::decision.eq(reviewed.decision.code()),
            comments::published.eq(reviewed.published.as_deref()),
            comments::reviewer.eq(reviewed.reviewer.as_str()),
        ))
        .execute(conn)?;
    if changed == 1 { Ok(()) } else { Err(StorageError::NotFound) }
}

/// Forgets what was written; what may be read of it stays.
pub fn forget(conn: &mut Connection, survey: &SurveyId) -> Result<(), StorageError> {
    let of_survey = comments::table.filter(comments::survey.eq(survey.as_str()));
    diesel::delete(of_survey.filter(comments::published.is_null())).execute(conn)?;
    diesel::update(of_survey).set(comments::body.eq(None::<String>)).execute(conn)?;
    Ok(())
}
