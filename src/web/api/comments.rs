//! What people wrote, as far as somebody has read and published it.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::comment::PublishedComment;
use crate::services::Services;
use crate::web::access::{Managed, ReadRelease};
use crate::web::error::{ApiResult, ProblemBody};

/// Published comments of a release.
#[derive(Serialize, ToSchema)]
pub struct CommentsView {
    /// Survey.
    survey: String,
    /// In an order drawn by lot when the release was made.
    comments: Vec<CommentView>,
}

/// A comment, word for word; `[…]` where its reviewer left words out.
#[derive(Serialize, ToSchema)]
pub struct CommentView {
    /// Question.
    #[schema(example = "comment")]
    question: String,
    /// What was written.
    #[schema(example = "Ask those who leave why they do, and tell us what they said.")]
    text: String,
}

/// Comments that somebody has read and published, of the whole organisation: without date, unit or any other answer. There
/// are none where fewer people wrote one than a group needs.
#[utoipa::path(tag = "results", params(("id" = String, Path, description = "Survey")),
    responses((status = 200, body = CommentsView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
#[get("/surveys/{id}/comments")]
pub async fn read_comments(
    access: Managed<ReadRelease>,
    services: web::Data<Services>,
) -> ApiResult<web::Json<CommentsView>> {
    let published = services.comments.published(access.scope, access.id).await?;
    let view = |PublishedComment { question, text }| CommentView { question, text };
    Ok(web::Json(CommentsView {
        survey: published.survey.id.to_string(),
        comments: published.comments.into_iter().map(view).collect(),
    }))
}
