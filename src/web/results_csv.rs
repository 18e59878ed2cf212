//! Results as a file for spreadsheets: one line per question, group and answer.
//!
//! Symbols are those of the Government Analysis Function: `[c]` withheld, `[z]` not applicable. Shares are numbers from
//! 0 to 1. Where a question has favourable answers, a last line per group has them together, with their interval.

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};

use super::Problem;
use super::results_query::ResultsQuery;
use crate::domain::figure::Figure;
use crate::domain::questionnaire::{Language, Question};
use crate::domain::results::{ResultLine, SelectionError, category_label, published_questions, results};
use crate::services::results::Release;

/// Not applicable: no answer, or nothing to calculate.
const NOT_APPLICABLE: &str = "[z]";
/// Code of the line that has all favourable answers of a group together; no option can have it.
const FAVOURABLE: &str = "(favourable)";

/// What the query selects, as a download.
///
/// # Errors
/// 422 for a question, breakdown or category that the release does not hold.
pub fn download(release: &Release, query: &ResultsQuery) -> Result<HttpResponse, Problem> {
    let name = query.question.as_deref().filter(|question| is_plain(question)).unwrap_or("results");
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\"")))
        .body(file(release, query)?))
}

fn is_plain(name: &str) -> bool {
    name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

fn file(release: &Release, query: &ResultsQuery) -> Result<String, SelectionError> {
    let (selection, questionnaire) = (query.selection(), &release.content.questionnaire);
    let questions: Vec<&str> = match &query.question {
        Some(question) => vec![question],
        None => published_questions(&release.table, questionnaire).iter().map(|it| it.id.as_str()).collect(),
    };
    let mut text = String::new();
    for id in questions {
        let table = results(&release.table, questionnaire, id, &selection)?;
        if text.is_empty() {
            let variables = table.variables.iter().flat_map(|name| [name.clone(), format!("{name}_name")]);
            push_line(
                &mut text,
                ["question".to_owned(), "question_text".to_owned()].into_iter().chain(variables).chain(
                    ["respondents", "answer", "answer_text", "count", "base", "share", "interval_low", "interval_high"]
                        .map(str::to_owned),
                ),
            );
        }
        let Some(question) = questionnaire.question(id) else { continue };
        for line in &table.lines {
            let group = table.variables.iter().zip(&line.categories).flat_map(|(variable, code)| {
                [code.clone(), category_label(&release.content.units, variable, code, Language::English)]
            });
            let head: Vec<String> = [id.to_owned(), question.text(Language::English).to_owned()]
                .into_iter()
                .chain(group)
                .chain([whole(line.respondents)])
                .collect();
            push_answers(&mut text, question, line, &head);
        }
    }
    Ok(text)
}

/// The answers of one group to one question.
fn push_answers(text: &mut String, question: &Question, line: &ResultLine, head: &[String]) {
    let measures = &line.measures;
    for (index, (choice, share)) in question.options().iter().zip(&measures.options).enumerate() {
        let counts = line.counts.clone();
        let of_option = counts.and_then(|counts| counts.get(index).map_or(Figure::Withheld, |it| Figure::Value(*it)));
        let cells = [
            choice.code.clone(),
            choice.label(Language::English).to_owned(),
            whole(of_option),
            whole(measures.base),
            number(share.share.map(|share| share.as_f64())),
            NOT_APPLICABLE.to_owned(),
            NOT_APPLICABLE.to_owned(),
        ];
        push_line(text, head.iter().cloned().chain(cells));
    }
    if question.options().iter().any(|choice| choice.favourable) {
        let cells = [
            FAVOURABLE.to_owned(),
            "All favourable answers".to_owned(),
            whole(measures.favourable_people()),
            whole(measures.scored_base),
            number(measures.favourable.map(|share| share.as_f64())),
            number(measures.interval.map(|interval| interval.low)),
            number(measures.interval.map(|interval| interval.high)),
        ];
        push_line(text, head.iter().cloned().chain(cells));
    }
}

fn whole(figure: Figure<u64>) -> String {
    symbol(figure, |count| count.to_string())
}

fn number(figure: Figure<f64>) -> String {
    symbol(figure, |share| format!("{share:.4}"))
}

fn symbol<T>(figure: Figure<T>, write: impl FnOnce(T) -> String) -> String {
    match figure {
        Figure::NotCalculable(_) => NOT_APPLICABLE.to_owned(),
        other => other.text(write),
    }
}

fn push_line(text: &mut String, cells: impl IntoIterator<Item = String>) {
    let cells: Vec<String> = cells.into_iter().map(|cell| quoted(&cell)).collect();
    text.push_str(&cells.join(","));
    text.push_str("\r\n");
}

/// A cell as RFC 4180 writes it. A name that a spreadsheet would run as a formula gets an apostrophe before it.
fn quoted(cell: &str) -> String {
    let cell = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_never_formulas() {
        assert_eq!(quoted("Ash ward"), "Ash ward");
        assert_eq!(quoted("Ear, nose and “throat”"), "\"Ear, nose and “throat”\"");
        assert_eq!(quoted("the \"old\" ward"), "\"the \"\"old\"\" ward\"");
        assert_eq!(quoted("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
    }

    #[test]
    fn no_figure_is_never_a_number() {
        assert_eq!(whole(Figure::Withheld), "[c]");
        assert_eq!(number(Figure::NotCalculable(crate::domain::figure::Reason::EmptyGroup)), "[z]");
        assert_eq!((whole(Figure::Value(0)), number(Figure::Value(0.5))), ("0".to_owned(), "0.5000".to_owned()));
    }
}
