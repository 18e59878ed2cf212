//! How many take part in a survey, as its page shows it: by unit, and day by day.

use askama::Template;
use askama::filters::HtmlSafe;
use time::Date;
use time::macros::format_description;

use super::draft::in_words;
use super::figures::count;
use crate::domain::figure::Share;
use crate::domain::organisation::UnitTree;
use crate::services::participation::{Participation, UnitParticipation};
use crate::web::components::Table;

/// Invited and answered by unit; answered in steps, so that nobody can watch a single person.
pub(super) fn units_table(units: &UnitTree, participation: &Participation) -> Table {
    let name = |code: &str| units.find(code).map_or_else(|| code.to_owned(), |unit| unit.name.clone());
    let row = |unit: &UnitParticipation| {
        let [answered, share] = at_least(unit.answered, unit.invited);
        vec![name(&unit.unit), count(unit.invited), answered, share]
    };
    Table {
        caption: "Participation by unit".to_owned(),
        columns: ["Unit", "Invited", "Answered", "Response"].map(str::to_owned).into(),
        rows: participation.units.iter().map(row).collect(),
        numbers_from: 1,
        levels: Vec::new(),
    }
}

/// Answered by day, the latest first.
pub(super) fn days_table(participation: &Participation) -> Table {
    let row = |(day, answered): &(Date, u64)| {
        let [answered, share] = at_least(*answered, participation.invited);
        vec![in_words(*day), answered, share]
    };
    Table {
        caption: "Participation by day".to_owned(),
        columns: ["Day", "Answered by then", "Response"].map(str::to_owned).into(),
        rows: participation.days.iter().rev().map(row).collect(),
        numbers_from: 1,
        levels: Vec::new(),
    }
}

fn at_least(answered: u64, invited: u64) -> [String; 2] {
    let share = Share::of(answered, invited).text(|share| share.percent(0));
    [count(answered), share].map(|figure| format!("at least {figure}"))
}

/// The response as a line of steps over the days, beside [`days_table`].
#[derive(Template)]
#[template(path = "web/office/participation.html")]
pub(super) struct DaysChart {
    /// Days and the share of the invited that had answered by then, 0 to 1; never empty.
    points: Vec<(Date, f64)>,
    last: Date,
    reminded_on: Option<Date>,
    left: f64,
    right: f64,
}

impl HtmlSafe for DaysChart {}

/// Where the lowest and the highest share lie, in units of the picture.
const BOTTOM: f64 = 204.0;
const TOP: f64 = 20.0;

impl DaysChart {
    /// The chart up to `until`, or to the last day that is known; `None` where there is but one day to show.
    pub(super) fn new(participation: &Participation, until: Option<Date>) -> Option<Self> {
        let point =
            |(day, answered): &(Date, u64)| Some((*day, Share::of(*answered, participation.invited).value()?.as_f64()));
        let points: Vec<(Date, f64)> = participation.days.iter().filter_map(point).collect();
        let (first, last) = (points.first()?.0, until.max(Some(points.last()?.0))?);
        let within = |day: &Date| (first..=last).contains(day);
        let reminded_on = participation.reminded_on.filter(within);
        (first < last).then_some(Self { points, last, reminded_on, left: 56.0, right: 736.0 })
    }

    fn first(&self) -> Date {
        self.points.first().map_or(self.last, |(day, _)| *day)
    }

    fn x(&self, day: Date) -> f64 {
        let days = |until: Date| (until - self.first()).whole_days() as f64;
        (self.left + (self.right - self.left) * days(day) / days(self.last)).round()
    }

    fn shares(&self) -> [(f64, String); 5] {
        [0.0, 0.25, 0.5, 0.75, 1.0].map(|share| (y(share), format!("{:.0} %", share * 100.0)))
    }

    /// The first day, the last, and up to three between.
    fn dates(&self) -> Vec<(f64, String)> {
        let days = (self.last - self.first()).whole_days();
        let parts = days.min(4);
        let day = |part: i64| self.first() + time::Duration::days(days * part / parts);
        (0..=parts).map(day).map(|day| (self.x(day), short(day))).collect()
    }

    fn reminder(&self) -> Option<f64> {
        self.reminded_on.map(|day| self.x(day))
    }

    fn line(&self) -> String {
        let steps = self.points.iter().skip(1).map(|(day, share)| format!("H{}V{}", self.x(*day), y(*share)));
        let start = self.points.first().map_or(0.0, |(_, share)| *share);
        format!("M{} {}{}H{}", self.left, y(start), steps.collect::<String>(), self.right)
    }
}

fn y(share: f64) -> f64 {
    (BOTTOM - (BOTTOM - TOP) * share).round()
}

/// `21 Nov`.
fn short(day: Date) -> String {
    day.format(format_description!("[day padding:none] [month repr:short]")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    fn participation(days: Vec<(Date, u64)>) -> Participation {
        Participation {
            invited: 100,
            answered: 44,
            step: 11,
            units: Vec::new(),
            days,
            reminded_on: Some(date!(2027 - 03 - 05)),
        }
    }

    #[test]
    fn days_are_steps_between_the_first_and_the_last() {
        let days = vec![(date!(2027 - 03 - 01), 0), (date!(2027 - 03 - 03), 22), (date!(2027 - 03 - 05), 44)];
        let chart = DaysChart::new(&participation(days), Some(date!(2027 - 03 - 09))).expect("days to draw");
        assert_eq!(chart.line(), "M56 204H226V164H396V123H736");
        assert_eq!(chart.reminder(), Some(396.0));
        let dates: Vec<String> = chart.dates().into_iter().map(|(_, text)| text).collect();
        assert_eq!(dates, ["1 Mar", "3 Mar", "5 Mar", "7 Mar", "9 Mar"]);
        assert!(chart.render().expect("rendered").contains("latest reminder"));
    }

    #[test]
    fn one_day_is_no_line() {
        let participation = participation(vec![(date!(2027 - 03 - 05), 11)]);
        assert!(DaysChart::new(&participation, None).is_none());
        assert_eq!(days_table(&participation).rows, [["5 March 2027", "at least 11", "at least 11 %"]]);
    }
}
