//! The document for people: one page, without a script and without anything from elsewhere, at `/api/docs`.

use actix_web::{HttpResponse, ResponseError, get};
use askama::Template;
use serde_json::Value;

use super::{document, operations, problems};
use crate::domain::questionnaire::Language;
use crate::services::AppError;
use crate::web::Problem;
use crate::web::components::{Page, PageLink, Table};

/// The document as it is written in an address.
const ADDRESS: &str = "/api/v1/openapi.json";

#[derive(Template)]
#[template(path = "web/openapi/reference.html")]
struct Reference {
    page: Page,
    version: String,
    introduction: Vec<String>,
    areas: Vec<Area>,
    problems: Table,
}

/// The operations of one tag.
struct Area {
    name: String,
    description: String,
    operations: Vec<Operation>,
}

/// One operation as it is shown.
struct Operation {
    id: String,
    method: String,
    path: String,
    summary: String,
    description: Vec<String>,
    parameters: Option<Table>,
    bodies: Vec<Example>,
    answers: Table,
    examples: Vec<Example>,
    curl: String,
    who: String,
}

/// A body.
struct Example {
    kind: String,
    text: String,
}

/// The page.
#[get("/api/docs")]
pub async fn show() -> HttpResponse {
    let mut page = Page::new(Language::English, "Candour", "The API");
    let link = |href: &str, text: &str| PageLink { href: href.to_owned(), text: text.to_owned(), current: false };
    page.links = vec![link(ADDRESS, "OpenAPI document")];
    let document = document();
    let reference = Reference {
        page,
        version: text(&document["info"]["version"]),
        introduction: text(&document["info"]["description"]).split("\n\n").map(plain).collect(),
        areas: areas(document),
        problems: problem_table(),
    };
    match reference.render() {
        Ok(html) => HttpResponse::Ok().content_type("text/html; charset=utf-8").body(html),
        Err(error) => Problem::from(AppError::Internal(error.to_string())).error_response(),
    }
}

fn areas(document: &Value) -> Vec<Area> {
    let tags = document["tags"].as_array().into_iter().flatten();
    tags.map(|tag| Area {
        name: text(&tag["name"]),
        description: text(&tag["description"]),
        operations: operations(document)
            .filter(|(_, _, operation)| operation["tags"][0] == tag["name"])
            .map(|(path, method, operation)| of_operation(document, path, method, operation))
            .collect(),
    })
    .filter(|area| !area.operations.is_empty())
    .collect()
}

fn of_operation(document: &Value, path: &str, method: &str, operation: &Value) -> Operation {
    let bodies = examples(&operation["requestBody"]);
    let mut curl = format!("curl -X {} \"$CANDOUR{path}\"", method.to_uppercase());
    if operation["security"].as_array().is_none_or(|ways| !ways.is_empty()) {
        curl.push_str(" \\\n  -H \"Authorization: Bearer $TOKEN\"");
    }
    if let Some(body) = bodies.first() {
        curl.push_str(&format!(" \\\n  -H \"Content-Type: {}\" --data-binary @body", body.kind));
    }
    let all = operation["responses"].as_object().into_iter().flatten();
    let good = all.clone().filter(|(status, _)| status.starts_with('2'));
    Operation {
        id: text(&operation["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: plain(text(&operation["summary"])),
        description: text(&operation["description"]).split("\n\n").filter(|part| !part.is_empty()).map(plain).collect(),
        parameters: parameters(document, operation),
        bodies,
        examples: good.flat_map(|(_, answer)| examples(answer)).collect(),
        answers: Table {
            caption: "Answers".to_owned(),
            columns: vec!["Status".to_owned(), "Meaning".to_owned()],
            rows: all.map(|(status, answer)| vec![status.clone(), meaning(document, answer)]).collect(),
            numbers_from: 2,
            levels: Vec::new(),
        },
        curl,
        who: who(operation),
    }
}

fn who(operation: &Value) -> String {
    let roles: Vec<String> =
        operation["x-roles"].as_array().into_iter().flatten().map(|role| text(role).replace('_', " ")).collect();
    let ways = operation["security"].as_array().into_iter().flatten();
    let scope = ways.filter_map(|way| way["client"][0].as_str()).next();
    match (roles.is_empty(), scope) {
        (true, _) => "For everybody: no access token is needed.".to_owned(),
        (false, None) => format!("For these roles: {}.", roles.join(", ")),
        (false, Some(scope)) => {
            format!("For these roles: {}; for API clients with the scope {scope}.", roles.join(", "))
        }
    }
}

fn parameters(document: &Value, operation: &Value) -> Option<Table> {
    let all = operation["parameters"].as_array().filter(|all| !all.is_empty())?;
    let row = |parameter: &Value| {
        let parameter = resolved(document, parameter);
        let needed = if parameter["required"] == true { "needed" } else { "" };
        vec![
            text(&parameter["name"]),
            text(&parameter["in"]),
            needed.to_owned(),
            plain(text(&parameter["description"])),
        ]
    };
    Some(Table {
        caption: "Parameters".to_owned(),
        columns: ["Name", "Where", "Needed", "Meaning"].map(str::to_owned).to_vec(),
        rows: all.iter().map(row).collect(),
        numbers_from: 4,
        levels: Vec::new(),
    })
}

fn problem_table() -> Table {
    let row = |kind: &problems::ProblemKind| {
        vec![format!("{}{}", problems::PREFIX, kind.name), kind.status.as_str().to_owned(), kind.meaning.to_owned()]
    };
    Table {
        caption: "Kinds of problems".to_owned(),
        columns: ["Type", "Status", "Meaning"].map(str::to_owned).to_vec(),
        rows: problems::ALL.iter().map(row).collect(),
        numbers_from: 3,
        levels: Vec::new(),
    }
}

/// What an answer means; of a problem, the kinds that it may be.
fn meaning(document: &Value, answer: &Value) -> String {
    let answer = resolved(document, answer);
    match answer["content"]["application/problem+json"]["examples"].as_object() {
        Some(kinds) => kinds.keys().cloned().collect::<Vec<_>>().join(", "),
        None => plain(text(&answer["description"])),
    }
}

fn examples(holder: &Value) -> Vec<Example> {
    let content = holder["content"].as_object().into_iter().flatten();
    content
        .filter_map(|(kind, body)| {
            let text = match body.get("example")? {
                Value::String(text) => text.clone(),
                example => format!("{example:#}"),
            };
            Some(Example { kind: kind.clone(), text })
        })
        .collect()
}

fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let target = value["$ref"].as_str().and_then(|reference| document.pointer(reference.trim_start_matches('#')));
    target.unwrap_or(value)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Without the marks that Markdown has for code: the page sets nothing by them.
fn plain(text: impl AsRef<str>) -> String {
    text.as_ref().replace('`', "")
}
