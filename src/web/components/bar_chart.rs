//! A picture of shares as horizontal bars, as SVG. It stands beside a table with the same figures, never alone.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::domain::figure::Interval;

/// A chart of shares from 0 to 100 %.
#[derive(Debug, Clone, Template)]
#[template(path = "web/components/bar_chart.html")]
pub struct BarChart {
    /// What the bars show: for those who do not see them.
    pub title: String,
    /// Bars, from the top.
    pub bars: Vec<Bar>,
}

/// One bar.
#[derive(Debug, Clone)]
pub struct Bar {
    /// Whom it is about.
    pub label: String,
    /// What stands at its end: the share in words, or `[c]`.
    pub text: String,
    /// Its length, 0 to 1; no bar when there is no figure.
    pub share: Option<f64>,
    /// Interval of the share.
    pub interval: Option<Interval>,
    /// A share to compare with, drawn as a line across the bar.
    pub reference: Option<f64>,
}

impl HtmlSafe for BarChart {}

/// Where bars begin, how long 100 % is, and how high a line of the chart is; in units of the picture.
const LEFT: f64 = 270.0;
const FULL: f64 = 420.0;
const LINE: usize = 34;

impl BarChart {
    fn height(&self) -> usize {
        self.bars.len() * LINE + 4
    }

    fn top(&self, index: &usize) -> usize {
        index * LINE + 4
    }

    fn x(&self, share: &f64) -> String {
        format!("{:.1}", LEFT + FULL * share.clamp(0.0, 1.0))
    }

    fn width(&self, share: &f64) -> String {
        format!("{:.1}", FULL * share.clamp(0.0, 1.0))
    }
}

impl Bar {
    /// The label, cut to what fits beside the bar; the table has it whole.
    fn short_label(&self) -> String {
        const MOST: usize = 34;
        if self.label.chars().count() <= MOST {
            return self.label.clone();
        }
        let cut: String = self.label.chars().take(MOST - 1).collect();
        format!("{}…", cut.trim_end())
    }
}
