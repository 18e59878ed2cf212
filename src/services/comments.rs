//! Comments of a release: read by a named person, then by others. A list and its order are made once, with the release.

use std::sync::Arc;

use super::audit_log::AuditLog;
use super::{AppError, FieldProblem};
use crate::domain::account::TenantScope;
use crate::domain::audit_event::{Actor, Event};
use crate::domain::comment::{Comment, Decision, PublishedComment, ReviewMistake, Reviewed};
use crate::domain::identifier::{AccountId, CommentId, SurveyId};
use crate::domain::survey::{Survey, SurveyContent, SurveyState};
use crate::security::random_identifier_bytes;
use crate::storage::{Connection, Database, StorageError, accounts, comments, surveys};

/// Use cases around comments.
#[derive(Clone)]
pub struct Comments {
    database: Database,
    audit_log: AuditLog,
}

/// Comments of a release, as far as the caller may read them.
pub struct CommentList {
    /// Of which survey.
    pub survey: Survey,
    /// What was asked.
    pub content: Arc<SurveyContent>,
    /// In the order that was drawn.
    pub comments: Vec<Comment>,
}

/// What can be read of a release's comments, and who has read them before.
pub struct PublishedComments {
    /// Of which survey.
    pub survey: Survey,
    /// What was asked.
    pub content: Arc<SurveyContent>,
    /// In the order that was drawn.
    pub comments: Vec<PublishedComment>,
    /// Addresses of those who decided.
    pub reviewers: Vec<String>,
    /// Comments that nobody has decided about.
    pub waiting: usize,
}

impl Comments {
    pub(super) fn new(database: Database, audit_log: AuditLog) -> Self {
        Self { database, audit_log }
    }

    /// Every comment of a release, for whoever reviews them.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is no release.
    pub async fn list(&self, scope: TenantScope, survey: SurveyId) -> Result<CommentList, AppError> {
        self.database
            .of(&scope)
            .read(move |conn| {
                let (survey, content) = released(conn, &scope, &survey)?;
                Ok(CommentList { comments: comments::list(conn, &scope, &survey.id)?, survey, content })
            })
            .await
    }

    /// What may be read of a release's comments.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is no release.
    pub async fn published(&self, scope: TenantScope, survey: SurveyId) -> Result<PublishedComments, AppError> {
        self.database
            .of(&scope)
            .read(move |conn| {
                let (survey, content) = released(conn, &scope, &survey)?;
                let all = comments::list(conn, &scope, &survey.id)?;
                let mut reviewers: Vec<&AccountId> =
                    all.iter().filter_map(|comment| Some(&comment.review.as_ref()?.reviewer)).collect();
                reviewers.sort_by_key(|reviewer| reviewer.as_str());
                reviewers.dedup();
                Ok(PublishedComments {
                    reviewers: reviewers
                        .into_iter()
                        .map(|reviewer| Ok(accounts::find_in(conn, &scope, reviewer)?.email))
                        .collect::<Result<_, StorageError>>()?,
                    waiting: all.iter().filter(|comment| comment.review.is_none()).count(),
                    comments: all.into_iter().filter_map(Comment::into_published).collect(),
                    survey,
                    content,
                })
            })
            .await
    }

    /// Decides about one comment. The audit log holds who did and of which survey, never of which comment or what: its order
    /// would tell that.
    ///
    /// # Errors
    /// [`AppError::Invalid`], [`AppError::NotFound`] also when what was written has been deleted.
    pub async fn review(
        &self,
        scope: TenantScope,
        survey: SurveyId,
        id: CommentId,
        decision: Option<Decision>,
        words: String,
    ) -> Result<(), AppError> {
        let Actor::Account(reviewer) = scope.actor().clone() else { return Err(AppError::Denied) };
        let log = self.audit_log.clone();
        self.database
            .of(&scope)
            .write(move |conn| {
                let all = comments::list(conn, &scope, &survey)?;
                let body = all.into_iter().find(|comment| comment.id == id).and_then(|comment| comment.body);
                let body = body.ok_or(AppError::NotFound("comment"))?;
                let decision = decision.ok_or(ReviewMistake::NoDecision)?;
                let published = decision.published(&body, &words)?;
                comments::review(conn, &scope, &id, &Reviewed { decision, published, reviewer })?;
                log.note(conn, &scope, &Event::CommentReviewed { survey })
            })
            .await
    }
}

/// Stores what can be reviewed, as question and text, in an order drawn by lot.
pub(super) fn draw(
    conn: &mut Connection,
    scope: &TenantScope,
    survey: &SurveyId,
    reviewable: Vec<(String, String)>,
) -> Result<(), StorageError> {
    let by_lot = |(question, body)| (CommentId::from_random(random_identifier_bytes()), question, body);
    comments::insert(conn, scope, survey, reviewable.into_iter().map(by_lot).collect())
}

/// The survey, if it has a release: before, nobody reads a comment.
fn released(
    conn: &mut Connection,
    scope: &TenantScope,
    survey: &SurveyId,
) -> Result<(Survey, Arc<SurveyContent>), AppError> {
    let survey = surveys::find(conn, scope, survey).map_err(AppError::or_not_found("survey"))?;
    if survey.state != SurveyState::Published {
        return Err(AppError::NotFound("release"));
    }
    let content = surveys::content(conn, &survey.id)?;
    Ok((survey, content))
}

impl From<ReviewMistake> for AppError {
    fn from(mistake: ReviewMistake) -> Self {
        let problem = FieldProblem { pointer: format!("/{}", mistake.field()), detail: mistake.to_string() };
        Self::Invalid { detail: mistake.to_string(), problems: vec![problem] }
    }
}
