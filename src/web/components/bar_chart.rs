//! A picture of shares as horizontal bars, as SVG. It stands beside a table with the same figures, never alone.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::domain::figure::Interval;
use crate::domain::questionnaire::Language;

/// A chart of shares.
#[derive(Debug, Clone, Template)]
#[template(path = "web/components/bar_chart.html")]
pub struct BarChart {
    /// Language of its own few words.
    pub language: Language,
    /// Where the axis ends.
    pub axis: Axis,
    /// What the bars show: its heading, and what those hear who do not see the bars.
    pub title: String,
    /// What the lines on the bars mean; empty when there are none.
    pub note: String,
    /// Bars, from the top.
    pub bars: Vec<Bar>,
}

/// Where the axis of a chart ends; it always begins at 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    /// At 100 %, so that charts can be compared with each other.
    Whole,
    /// At the first of 20, 40, 60 and 80 % that everything fits into: for shares that are all small, such as tenths.
    Fitting,
}

/// One bar.
#[derive(Debug, Clone)]
pub struct Bar {
    /// Whom it is about.
    pub label: String,
    /// How far the label is set in, for groups inside other groups.
    pub level: usize,
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

/// Where bars begin, how long the axis is, and how high a line of the chart is; in units of the picture.
const LEFT: f64 = 300.0;
const FULL: f64 = 380.0;
const LINE: usize = 34;
/// Room between the end of a bar, or of its interval, and the figure.
const GAP: f64 = 8.0;

impl BarChart {
    fn region(&self) -> String {
        match self.language {
            Language::English => format!("Chart: {}", self.title),
            Language::Welsh => format!("Siart: {}", self.title),
        }
    }

    fn alternative(&self) -> String {
        match self.language {
            Language::English => format!("Bar chart: {}. The table below has the same figures.", self.title),
            Language::Welsh => format!("Siart bar: {}. Mae’r un ffigurau yn y tabl isod.", self.title),
        }
    }

    fn height(&self) -> usize {
        self.bottom() + 24
    }

    fn bottom(&self) -> usize {
        self.bars.len() * LINE + 4
    }

    fn top(&self, index: &usize) -> usize {
        index * LINE + 5
    }

    fn left(&self) -> f64 {
        LEFT
    }

    fn ticks(&self) -> [(f64, String); 5] {
        [0_u8, 1, 2, 3, 4].map(|quarter| {
            let quarter = f64::from(quarter) / 4.0;
            (LEFT + FULL * quarter, format!("{:.0} %", self.end() * 100.0 * quarter))
        })
    }

    /// Share at the end of the axis.
    fn end(&self) -> f64 {
        if self.axis == Axis::Whole {
            return 1.0;
        }
        let drawn = |bar: &Bar| [bar.share, bar.interval.map(|interval| interval.high), bar.reference];
        let most = self.bars.iter().flat_map(drawn).flatten().fold(0.0, f64::max);
        [0.2, 0.4, 0.6, 0.8].into_iter().find(|end| most <= *end).unwrap_or(1.0)
    }

    /// How far a share reaches.
    fn length(&self, share: f64) -> f64 {
        FULL * (share / self.end()).clamp(0.0, 1.0)
    }

    fn x(&self, share: &f64) -> String {
        format!("{:.1}", LEFT + self.length(*share))
    }

    fn width(&self, share: &f64) -> String {
        format!("{:.1}", self.length(*share))
    }

    /// Right of everything that is drawn for the bar.
    fn value_x(&self, bar: &Bar) -> String {
        let drawn =
            [bar.share, bar.interval.map(|interval| interval.high), bar.reference.filter(|_| bar.share.is_some())];
        let end = drawn.into_iter().flatten().fold(0.0, f64::max);
        format!("{:.1}", LEFT + self.length(end) + GAP)
    }
}

impl Bar {
    /// Where the label begins.
    fn indent(&self) -> usize {
        self.level.min(3) * 14
    }

    /// The label, cut to what fits beside the bar; the table has it whole.
    fn short_label(&self) -> String {
        let most = 35 - self.level.min(3) * 2;
        if self.label.chars().count() <= most {
            return self.label.clone();
        }
        let cut: String = self.label.chars().take(most - 1).collect();
        format!("{}…", cut.trim_end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(label: &str, text: &str, share: Option<f64>) -> Bar {
        Bar { label: label.to_owned(), level: 0, text: text.to_owned(), share, interval: None, reference: None }
    }

    fn chart(axis: Axis, bars: Vec<Bar>) -> BarChart {
        BarChart { language: Language::English, axis, title: "Shares".to_owned(), note: String::new(), bars }
    }

    #[test]
    fn a_fitting_axis_holds_everything_that_is_drawn() {
        let bars = |share| vec![bar("Decile 1", "", Some(share)), Bar { reference: Some(0.22), ..bar("2", "", None) }];
        assert_eq!((chart(Axis::Fitting, bars(0.1)).end(), chart(Axis::Fitting, bars(0.9)).end()), (0.4, 1.0));
        assert_eq!(chart(Axis::Fitting, bars(0.1)).width(&0.1), "95.0");
        assert_eq!(chart(Axis::Fitting, bars(0.1)).ticks()[2].1, "20 %");
    }

    #[test]
    fn a_withheld_figure_has_no_bar() {
        let bars = vec![bar("White", "68 %", Some(0.68)), bar("Asian", "[c]", None)];
        let html = chart(Axis::Whole, bars).render().expect("rendered");
        assert_eq!(html.matches("candour-chart__bar\"").count(), 1);
        assert!(html.contains("[c]") && html.contains("width=\"258.4\""));
    }
}
