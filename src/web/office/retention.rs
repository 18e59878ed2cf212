//! How long what is kept, and what that means for each survey.

use actix_web::{HttpResponse, get, web};
use askama::Template;

use super::draft::in_words;
use super::frame::{Section, page, render};
use crate::config::Config;
use crate::services::Services;
use crate::services::retention::{Deletion, Kept};
use crate::web::Problem;
use crate::web::access::{AtHome, ReadAuditLog};
use crate::web::components::{Page, Table};

#[derive(Template)]
#[template(path = "web/office/retention.html")]
struct RetentionPage {
    page: Page,
    invitations_days: u32,
    responses_days: u32,
    table: Option<Table>,
}

/// The page.
#[get("/retention")]
pub async fn show(
    access: AtHome<ReadAuditLog>,
    services: web::Data<Services>,
    config: web::Data<Config>,
) -> Result<HttpResponse, Problem> {
    let deletions = services.surveys.deletions(access.scope, config.retention).await?;
    let rows: Vec<Vec<String>> = deletions.iter().map(row).collect();
    render(&RetentionPage {
        page: page("Retention", Some(Section::Account)),
        invitations_days: config.retention.invitations_days_after_close,
        responses_days: config.retention.responses_days_after_close,
        table: (!rows.is_empty()).then(|| Table {
            caption: "What is deleted of each survey, and when".to_owned(),
            columns: ["Survey", "Closed", "Invitations and addresses", "Answers"].map(str::to_owned).into(),
            rows,
            numbers_from: 4,
            levels: Vec::new(),
        }),
    })
}

fn row(deletion: &Deletion) -> Vec<String> {
    let kept = |kept: Kept| match kept {
        Kept::Until(last) => format!("Kept until {}", in_words(last)),
        Kept::Due => "Deleted by the next run".to_owned(),
        Kept::NotClosed => "–".to_owned(),
    };
    vec![
        deletion.title.clone(),
        deletion.closed_on.map_or_else(|| "Not closed".to_owned(), in_words),
        kept(deletion.invitations),
        kept(deletion.responses),
    ]
}
