//! Pairs of a name and a value, with a link to change each.

use askama::Template;
use askama::filters::HtmlSafe;

/// A summary list.
#[derive(Debug, Clone, Template)]
#[template(path = "web/components/summary_list.html")]
pub struct SummaryList {
    /// Its rows.
    pub rows: Vec<SummaryRow>,
}

/// One row.
#[derive(Debug, Clone)]
pub struct SummaryRow {
    /// What the value is of.
    pub key: String,
    /// The value: a paragraph each.
    pub values: Vec<String>,
    /// Address and words of the link that changes it; the key follows the words for screen readers.
    pub action: Option<(String, String)>,
}

impl HtmlSafe for SummaryList {}
