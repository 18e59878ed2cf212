//! The example files of `docs/examples` give the figures that `docs/representation.md` prints.

use std::path::Path;

use crate::domain::column_mapping::ColumnMapping;
use crate::domain::figure::Figure;
use crate::domain::indicator::{Inputs, Outcome, compute_all};
use crate::domain::population::Population;
use crate::domain::representation::report;

fn file(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn page() -> String {
    String::from_utf8(file("representation.md")).expect("text")
}

#[test]
fn the_representation_report_is_the_documented_one() {
    let workforce = super::workforce::read_either("workforce.csv", &file("examples/workforce.csv")).expect("read");
    let report = report(&workforce, &Population::england_and_wales());
    let minority = report.groups.iter().find(|line| line.group == "minority_ethnic").expect("a line");
    let printed = format!(
        "{} {} {}",
        minority.workforce_share.text(|share| share.percent(2)),
        minority.population_share.text(|share| share.percent(2)),
        minority.ratio.text(|ratio| format!("{:.2}", ratio.as_f64())),
    );
    assert_eq!(printed, "24.93 % 18.29 % 1.36");
    assert!(page().contains("24.93 %          18.29 %           1.36"));
}

#[test]
fn the_indicators_are_the_documented_ones() {
    let workforce = super::workforce::read_either("workforce.csv", &file("examples/workforce.csv")).expect("read");
    let events =
        super::indicator_inputs::read_events("events.csv", &file("examples/events.csv"), &ColumnMapping::default())
            .expect("read");
    let survey = super::indicator_inputs::read_survey("survey.csv", &file("examples/survey.csv")).expect("read");
    let computed = compute_all(&Inputs {
        workforce: Some(&workforce),
        events: Some(&events),
        survey: Some(&survey),
        ..Inputs::default()
    });
    let ratios = [1, 2, 3].map(|index| match &computed[index].figures {
        Outcome::Likelihood(likelihood) => {
            likelihood.relative_likelihood.text(|found| format!("{:.2} times", found.ratio.as_f64()))
        }
        other => panic!("{other:?}"),
    });
    assert_eq!(ratios, ["1.72 times", "1.81 times", "1.08 times"]);
    assert!(ratios.iter().all(|ratio| page().contains(ratio.as_str())));
    let Outcome::Shares(shares) = &computed[5].figures else { panic!("no shares") };
    assert_eq!(shares.bme, Figure::Withheld);
}
