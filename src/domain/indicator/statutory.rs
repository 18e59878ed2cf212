//! The nine indicators in the order and wording of the statutory return: one data item a line, White, BME and unknown.
//!
//! The return wants counts and what is calculated from them side by side. Each entry keeps its type, so that whoever
//! writes it (a spreadsheet, a page) cannot print a ratio as a percentage. The line numbers are Candour's own.

use super::inputs::{Inputs, Measure};
use super::likelihood::Likelihood;
use super::survey_share::SurveyShares;
use super::{Outcome, compute_all};
use crate::domain::ethnicity::WresCategory;
use crate::domain::figure::{Figure, PercentagePoints, Ratio, Reason, Share};
use crate::domain::pay_band::PayBand;
use crate::domain::questionnaire::Language;
use crate::domain::staff_group::Setting;
use crate::domain::workforce::{Cell, Workforce};

/// One line of the return.
#[derive(Debug, Clone, PartialEq)]
pub struct DataItem {
    /// Number of the line, from 1.
    pub number: usize,
    /// Number of the indicator.
    pub indicator: u8,
    /// Part of the indicator.
    pub section: &'static str,
    /// What the line holds.
    pub item: String,
    /// What its entries are, with the direction of a ratio or difference.
    pub measure: &'static str,
    /// White staff.
    pub white: Entry,
    /// BME staff.
    pub bme: Entry,
    /// Staff whose ethnicity is unknown.
    pub unknown: Entry,
    /// What compares the groups, where the line does.
    pub figure: Entry,
}

/// One entry of a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Entry {
    /// The return has nothing here.
    Blank,
    /// People.
    Count(Figure<u64>),
    /// A share.
    Share(Figure<Share>),
    /// A ratio.
    Ratio(Figure<Ratio>),
    /// A difference in percentage points.
    Points(Figure<PercentagePoints>),
}

const HEADCOUNT: &str = "Headcount";
const PERCENTAGE: &str = "Percentage of the group";
const OF_ALL: &str = "Percentage of all";
/// Under the ladder: who has no pay band, so that the lines of a part sum to it.
const NO_BAND: &str = "Pay band not stated";

/// The lines of the return.
pub fn statutory_return(inputs: &Inputs<'_>) -> Vec<DataItem> {
    let mut lines = Lines::default();
    workforce(&mut lines, inputs);
    for computed in compute_all(inputs) {
        let number = computed.definition.number;
        match computed.figures {
            Outcome::Bands(_) => {}
            Outcome::Likelihood(found) => likelihood(&mut lines, inputs, number, &found),
            Outcome::Shares(found) => shares(&mut lines, number, computed.definition.name, &found),
            Outcome::Board(found) => {
                board(&mut lines, inputs);
                let section = "Board against workforce";
                for (item, gap) in [
                    ("Difference, all members − workforce", found.all),
                    ("Difference, voting members − workforce", found.voting),
                    ("Difference, executive members − workforce", found.executive),
                ] {
                    lines.compare(number, section, item, "Percentage points, board − workforce", Entry::Points(gap));
                }
            }
        }
    }
    lines.0
}

fn workforce(lines: &mut Lines, inputs: &Inputs<'_>) {
    let staff = inputs.workforce();
    let count = |keep: &dyn Fn(&Cell) -> bool, category: WresCategory| {
        let of = |staff: &Workforce| staff.only(keep).count(|ethnicity| WresCategory::from(ethnicity) == category);
        Figure::or_reason(staff.as_ref().map(of), Reason::MissingInput)
    };
    for (setting, section) in [
        (Setting::NonClinical, "1a Non-clinical workforce"),
        (Setting::Clinical, "1b Clinical workforce, non-medical"),
        (Setting::Medical, "1b Clinical workforce, medical and dental"),
    ] {
        let on_ladder = |band: &&PayBand| band.tier().is_none() == (setting == Setting::Medical);
        for band in PayBand::ALL.iter().filter(on_ladder) {
            let of = |cell: &Cell| cell.setting() == Some(setting) && cell.pay_band == Some(*band);
            lines.count(1, section, band.label(Language::English), |category| count(&of, category));
        }
        // Doctors on the ladder and others in medical grades stand here too: nobody is left out.
        let rest = |cell: &Cell| {
            cell.setting() == Some(setting)
                && cell.pay_band.is_none_or(|band| band.tier().is_none() != (setting == Setting::Medical))
        };
        lines.count(1, section, NO_BAND, |category| count(&rest, category));
    }
    lines.count(1, "1 All staff", "Staff group not stated", |category| {
        count(&|cell| cell.setting().is_none(), category)
    });
    lines.count(1, "1 All staff", "Staff in the workforce", |category| count(&|_| true, category));
}

fn likelihood(lines: &mut Lines, inputs: &Inputs<'_>, number: u8, found: &Likelihood) {
    let (section, people, events, rate, measure, ratio) = match number {
        2 => (
            "Recruitment",
            "Shortlisted applicants",
            "Appointed from shortlisting",
            "Likelihood of appointment from shortlisting",
            Measure::Appointed,
            "Ratio, White ÷ BME",
        ),
        3 => (
            "Disciplinary process",
            "Staff in the workforce",
            "Entered the formal disciplinary process",
            "Likelihood of entering the formal disciplinary process",
            Measure::Disciplinary,
            "Ratio, BME ÷ White",
        ),
        _ => (
            "Training",
            "Staff in the workforce",
            "Accessed non-mandatory training and CPD",
            "Likelihood of accessing non-mandatory training and CPD",
            Measure::Training,
            "Ratio, White ÷ BME",
        ),
    };
    let base = |category| match number {
        2 => inputs.events(Measure::Shortlisted, category),
        _ => inputs.staff(category),
    };
    lines.count(number, section, people, base);
    lines.count(number, section, events, |category| inputs.events(measure, category));
    let share = |rate: Figure<super::Rate>| Entry::Share(rate.and_then(|rate| rate.rate));
    lines.add(number, section, rate, PERCENTAGE, [share(found.white), share(found.bme), Entry::Blank], Entry::Blank);
    let value = Entry::Ratio(found.relative_likelihood.map(|likelihood| likelihood.ratio));
    lines.compare(number, section, "Relative likelihood", ratio, value);
}

fn shares(lines: &mut Lines, number: u8, name: &'static str, found: &SurveyShares) {
    let base = |group: Figure<super::GroupShare>| Entry::Count(group.map(|group| group.base));
    let share = |group: Figure<super::GroupShare>| Entry::Share(group.and_then(|group| group.share));
    lines.add(
        number,
        "Survey",
        "Respondents",
        HEADCOUNT,
        [base(found.white), base(found.bme), Entry::Blank],
        Entry::Blank,
    );
    lines.add(number, "Survey", name, PERCENTAGE, [share(found.white), share(found.bme), Entry::Blank], Entry::Blank);
    let gap = Entry::Points(found.experience_gap);
    lines.compare(number, "Survey", "Experience gap", "Percentage points, BME − White", gap);
}

fn board(lines: &mut Lines, inputs: &Inputs<'_>) {
    let section = "Board against workforce";
    for (measure, item, share) in [
        (Measure::Board, "Board members", "Share of board members"),
        (Measure::BoardVoting, "Voting board members", "Share of voting board members"),
        (Measure::BoardExecutive, "Executive board members", "Share of executive board members"),
    ] {
        let given = inputs.events.is_some_and(|events| events.has(measure));
        // Where a board is given, a category that is left out has nobody.
        let members = |category| match inputs.events(measure, category) {
            Figure::NotCalculable(Reason::MissingInput) if given => Figure::Value(0),
            count => count,
        };
        lines.count(9, section, item, members);
        lines.shares(9, section, share, members);
    }
    lines.count(9, section, "Staff in the workforce", |category| inputs.staff(category));
    lines.shares(9, section, "Share of staff in the workforce", |category| inputs.staff(category));
}

#[derive(Default)]
struct Lines(Vec<DataItem>);

impl Lines {
    fn add(
        &mut self,
        indicator: u8,
        section: &'static str,
        item: &str,
        measure: &'static str,
        [white, bme, unknown]: [Entry; 3],
        figure: Entry,
    ) {
        let number = self.0.len() + 1;
        let item = item.to_owned();
        self.0.push(DataItem { number, indicator, section, item, measure, white, bme, unknown, figure });
    }

    fn count(&mut self, indicator: u8, section: &'static str, item: &str, of: impl Fn(WresCategory) -> Figure<u64>) {
        let entries =
            [WresCategory::White, WresCategory::Bme, WresCategory::Unknown].map(|group| Entry::Count(of(group)));
        self.add(indicator, section, item, HEADCOUNT, entries, Entry::Blank);
    }

    /// The share of each category among all three.
    fn shares(&mut self, indicator: u8, section: &'static str, item: &str, of: impl Fn(WresCategory) -> Figure<u64>) {
        let add = |sum: Figure<u64>, group: &WresCategory| sum.and_then(|sum| of(*group).map(|people| sum + people));
        let all = WresCategory::ALL.iter().fold(Figure::Value(0), add);
        let share = |group| Entry::Share(of(group).and_then(|people| all.and_then(|all| Share::of(people, all))));
        let entries = [WresCategory::White, WresCategory::Bme, WresCategory::Unknown].map(share);
        self.add(indicator, section, item, OF_ALL, entries, Entry::Blank);
    }

    fn compare(&mut self, indicator: u8, section: &'static str, item: &str, measure: &'static str, figure: Entry) {
        self.add(indicator, section, item, measure, [Entry::Blank; 3], figure);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ethnicity::{Ethnicity, NhsCategory};
    use crate::domain::figure::Direction;
    use crate::domain::indicator::Events;
    use crate::domain::staff_group::StaffGroup;
    use crate::domain::workforce::Contract;

    fn cell(pay_band: Option<PayBand>, staff_group: Option<StaffGroup>, headcount: u64) -> Cell {
        Cell {
            organisation: "ZZ9".parse().expect("a code"),
            unit: None,
            pay_band,
            staff_group,
            contract: Contract::Substantive,
            recorded_setting: None,
            sex: None,
            deprivation_decile: None,
            ethnicity: Ethnicity::Nhs2001(NhsCategory::Chinese),
            headcount,
        }
    }

    fn bme(item: &DataItem) -> u64 {
        match item.bme {
            Entry::Count(count) => count.value().expect("a count"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_member_of_staff_stands_in_one_line_of_indicator_1() {
        let workforce = Workforce {
            cells: vec![
                cell(Some(PayBand::Band5), Some(StaffGroup::Students), 1),
                cell(None, Some(StaffGroup::Students), 20),
                cell(Some(PayBand::Band8a), Some(StaffGroup::MedicalAndDental), 300),
                cell(Some(PayBand::MedicalTrainee), Some(StaffGroup::Students), 4_000),
                cell(Some(PayBand::MedicalConsultant), None, 50_000),
                cell(Some(PayBand::Band5), None, 600_000),
            ],
        };
        let lines = statutory_return(&Inputs { workforce: Some(&workforce), ..Inputs::default() });
        let first: Vec<&DataItem> = lines.iter().filter(|item| item.indicator == 1).collect();
        let (total, parts) = first.split_last().expect("lines");
        assert_eq!((bme(total), parts.iter().map(|item| bme(item)).sum::<u64>()), (654_321, 654_321));
    }

    #[test]
    fn a_board_without_unknown_ethnicity_may_leave_the_line_out() {
        let counts: Events = serde_json::from_str(
            r#"[{"measure":"board","ethnic_category":"white","count":83},{"measure":"board","ethnic_category":"bme","count":17}]"#,
        )
        .expect("counts");
        let lines = statutory_return(&Inputs { events: Some(&counts), ..Inputs::default() });
        let line = |item: &str| lines.iter().find(|line| line.item == item).expect("a line");
        assert_eq!(line("Share of board members").bme, Entry::Share(Share::of(17, 100)));
        assert_eq!(line("Board members").unknown, Entry::Count(Figure::Value(0)));
        assert_eq!(line("Voting board members").white, Entry::Count(Figure::NotCalculable(Reason::MissingInput)));
    }

    #[test]
    fn entries_keep_their_type_and_their_direction() {
        let counts: Events = serde_json::from_str(
            r#"[{"measure":"shortlisted","ethnic_category":"white","count":100},
                {"measure":"shortlisted","ethnic_category":"bme","count":100},
                {"measure":"appointed","ethnic_category":"white","count":20},
                {"measure":"appointed","ethnic_category":"bme","count":10}]"#,
        )
        .expect("counts");
        let lines = statutory_return(&Inputs { events: Some(&counts), ..Inputs::default() });
        let of = |indicator| lines.iter().rfind(|item| item.indicator == indicator).expect("a line");
        assert_eq!(of(2).measure, "Ratio, White ÷ BME");
        assert_eq!(of(2).figure, Entry::Ratio(Figure::Value(Ratio::new(2.0, Direction::WhiteOverMinorityEthnic))));
        assert_eq!(of(3).measure, "Ratio, BME ÷ White");
        assert_eq!(of(3).figure, Entry::Ratio(Figure::NotCalculable(Reason::MissingInput)));
        assert_eq!(of(9).figure, Entry::Points(Figure::NotCalculable(Reason::MissingInput)));
        let shares = |item: &str| lines.iter().find(|line| line.item == item).expect("a line");
        assert_eq!(shares("Share of board members").bme, Entry::Share(Figure::NotCalculable(Reason::MissingInput)));
        assert!(lines.iter().enumerate().all(|(index, item)| item.number == index + 1));
    }
}
