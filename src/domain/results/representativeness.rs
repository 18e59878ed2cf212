//! Are those who answered a survey like the workforce? From the release's protected counts and a snapshot.
//!
//! People whose ethnicity, pay band or staff group is not known are left out on both sides: the survey and the staff
//! record need not agree on who they are.

use serde::Serialize;

use super::{Selection, Wave, published_questions, results};
use crate::domain::ethnicity::{Group, Upper};
use crate::domain::figure::{Figure, Reason};
use crate::domain::pay_band::Cluster;
use crate::domain::questionnaire::Classification;
use crate::domain::representation::{ResponseReport, WeightedShare, WeightingCell, respondents, weighted_share};
use crate::domain::staff_group::StaffGroup;
use crate::domain::workforce::{Cell, Workforce};

/// Respondents against workforce.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Representativeness {
    /// By the five ethnic groups.
    pub by_ethnicity: ResponseReport,
    /// By cluster of pay bands.
    pub by_pay_band_cluster: ResponseReport,
    /// By staff group.
    pub by_staff_group: ResponseReport,
}

/// A favourable share, weighted in two ways.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Weighting {
    /// By ethnicity (White, minority ethnic) and cluster of pay bands.
    pub by_ethnicity_and_pay_band_cluster: WeightedShare,
    /// By ethnicity (White, minority ethnic) and staff group.
    pub by_ethnicity_and_staff_group: WeightedShare,
}

type Place = fn(&Cell) -> Option<&'static str>;

/// A variable with the categories that are compared, and where the staff of a cell belong.
struct Margin {
    classification: Classification,
    codes: Vec<&'static str>,
    of: Place,
}

fn five_groups() -> Margin {
    Margin {
        classification: Classification::Ethnicity,
        codes: Group::ALL.iter().map(|group| group.code()).collect(),
        of: |cell| cell.ethnicity.group().map(Group::code),
    }
}

fn upper_groups() -> Margin {
    Margin {
        classification: Classification::Ethnicity,
        codes: vec![Upper::White.code(), Upper::MinorityEthnic.code()],
        of: |cell| Some(cell.ethnicity.upper()).filter(|upper| *upper != Upper::NotStated).map(Upper::code),
    }
}

fn clusters() -> Margin {
    Margin {
        classification: Classification::PayBand,
        codes: Cluster::ALL.iter().map(|cluster| cluster.code()).collect(),
        of: |cell| cell.pay_band.map(|band| band.cluster().code()),
    }
}

fn staff_groups() -> Margin {
    Margin {
        classification: Classification::StaffGroup,
        codes: StaffGroup::ALL.iter().map(|group| group.code()).collect(),
        of: |cell| cell.staff_group.map(StaffGroup::code),
    }
}

/// Response rates by group with R-indicators.
pub fn representativeness(wave: Wave<'_>, workforce: &Workforce) -> Representativeness {
    let report = |margin: Margin| {
        let answered = answered_by(wave, &margin);
        let groups: Vec<(&str, u64, Figure<u64>)> = margin
            .codes
            .iter()
            .map(|code| (*code, staff(workforce, &margin, code), answered(code)))
            .filter(|(_, staff, answered)| *staff > 0 || !matches!(answered, Figure::Value(0)))
            .collect();
        respondents(&groups)
    };
    Representativeness {
        by_ethnicity: report(five_groups()),
        by_pay_band_cluster: report(clusters()),
        by_staff_group: report(staff_groups()),
    }
}

/// The favourable share of a question, weighted to the workforce; `None` when there are no results of it.
pub fn weighting(wave: Wave<'_>, workforce: &Workforce, question: &str) -> Option<Weighting> {
    let by = |columns: Margin| -> Option<WeightedShare> {
        let rows = upper_groups();
        let by = [&rows, &columns].map(|margin| margin.classification.code().to_owned()).to_vec();
        let found = results(wave.table, wave.questionnaire, question, &Selection { by, only: Vec::new() }).ok()?;
        let cells = found.lines.iter().filter_map(|line| {
            let place = |margin: &Margin| {
                let variable = found.variables.iter().position(|name| name == margin.classification.code())?;
                margin.codes.iter().position(|code| *code == line.categories[variable])
            };
            Some(WeightingCell {
                row: place(&rows)?,
                column: place(&columns)?,
                respondents: line.respondents,
                favourable: line.measures.tally(),
            })
        });
        let known = workforce.only(|cell| (rows.of)(cell).is_some() && (columns.of)(cell).is_some());
        let targets =
            |margin: &Margin| -> Vec<u64> { margin.codes.iter().map(|code| staff(&known, margin, code)).collect() };
        Some(weighted_share(&cells.collect::<Vec<_>>(), &targets(&rows), &targets(&columns)))
    };
    Some(Weighting {
        by_ethnicity_and_pay_band_cluster: by(clusters())?,
        by_ethnicity_and_staff_group: by(staff_groups())?,
    })
}

fn staff(workforce: &Workforce, margin: &Margin, code: &str) -> u64 {
    workforce.only(|cell| (margin.of)(cell) == Some(code)).people()
}

/// How many of each category responded to the survey; nobody where the release has no line.
fn answered_by(wave: Wave<'_>, margin: &Margin) -> impl Fn(&str) -> Figure<u64> {
    let selection = Selection { by: vec![margin.classification.code().to_owned()], only: Vec::new() };
    // Any question will do: respondents are those of the survey, whatever they answered.
    let question = published_questions(wave.table, wave.questionnaire).first().map(|question| question.id.clone());
    let lines = question
        .and_then(|question| results(wave.table, wave.questionnaire, &question, &selection).ok())
        .map(|found| found.lines);
    move |code| match &lines {
        None => Figure::NotCalculable(Reason::MissingInput),
        Some(lines) => {
            lines.iter().find(|line| line.categories == [code]).map_or(Figure::Value(0), |line| line.respondents)
        }
    }
}
