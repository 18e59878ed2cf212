//! Who did what in the organisation, for its administrator.

use actix_web::{HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;

use super::account::day_and_time;
use super::frame::{Section, page, render};
use crate::domain::account::Action;
use crate::services::Services;
use crate::services::audit_log::{Entry, Filter};
use crate::web::Problem;
use crate::web::access::{Anywhere, ReadAuditLog};
use crate::web::components::{Page, Table};

const ENTRIES: u16 = 50;

#[derive(Template)]
#[template(path = "web/office/audit_log.html")]
struct AuditLogPage {
    page: Page,
    table: Option<Table>,
    older: Option<i64>,
    kinds: Vec<Kind>,
    chosen: String,
}

/// A kind of entry that can be chosen.
struct Kind {
    name: String,
    words: String,
}

/// Which entries.
#[derive(Deserialize)]
pub struct AuditLogQuery {
    before: Option<i64>,
    #[serde(default)]
    kind: String,
}

/// The page.
#[get("/audit-log")]
pub async fn show(
    access: Anywhere<ReadAuditLog>,
    query: web::Query<AuditLogQuery>,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    let own = access.caller.organisation.clone().ok_or_else(|| Problem::not_found("organisation"))?;
    access.caller.authorise(Action::ReadAuditLog, &own).map_err(|_| Problem::not_found("organisation"))?;
    let kind = query.kind.trim();
    let filter = Filter { kind: (!kind.is_empty()).then(|| kind.to_owned()), ..Filter::default() };
    let kinds = services.audit_log.kinds(&own).await?;
    let entries = services.audit_log.list(Some(own), filter, query.before, ENTRIES).await?;
    let older = entries.last().filter(|_| entries.len() == usize::from(ENTRIES)).map(|entry| entry.sequence);
    let rows: Vec<Vec<String>> = entries.iter().map(row).collect();
    render(&AuditLogPage {
        page: page("Audit log", Some(Section::Account)),
        table: (!rows.is_empty()).then(|| Table {
            caption: "Entries, the newest first".to_owned(),
            columns: ["Entry", "When", "What", "Who", "Of what"].map(str::to_owned).to_vec(),
            rows,
            numbers_from: 5,
            levels: Vec::new(),
        }),
        older,
        // Only what there is: an address that somebody made up says nothing here.
        chosen: kinds.iter().find(|known| *known == kind).cloned().unwrap_or_default(),
        kinds: kinds.into_iter().map(|name| Kind { words: in_words(&name), name }).collect(),
    })
}

fn in_words(kind: &str) -> String {
    kind.replace('_', " ")
}

/// Identifiers cut to what tells them apart: nobody reads 32 digits, and the API has them.
fn short(text: &str) -> String {
    let is_long = |word: &str| word.len() >= 32 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let word = |word: &str| if is_long(word) { format!("{}…", &word[..8]) } else { word.to_owned() };
    let words: Vec<String> = text.split(':').map(word).collect();
    words.join(":")
}

fn row(entry: &Entry) -> Vec<String> {
    let detail: serde_json::Value = serde_json::from_str(&entry.detail).unwrap_or_default();
    let parts: Vec<String> = detail
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| {
            let name = name.replace('_', " ");
            format!("{name} {}", value.as_str().map_or_else(|| value.to_string(), short))
        })
        .collect();
    vec![
        entry.sequence.to_string(),
        // In one line.
        day_and_time(entry.moment()).replace(' ', "\u{a0}"),
        in_words(&entry.kind),
        short(&entry.actor),
        parts.join(", "),
    ]
}
