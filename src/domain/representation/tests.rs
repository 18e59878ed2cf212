//! Representation against worked examples, and its properties.

use proptest::prelude::*;

use super::*;
use crate::domain::deprivation::DeprivationDecile;
use crate::domain::ethnicity::Unknown;
use crate::domain::pay_band::PayBand;
use crate::domain::staff_group::StaffGroup;
use crate::domain::workforce::{Cell, Contract};

fn cell(ethnicity: Ethnicity, pay_band: PayBand, headcount: u64) -> Cell {
    Cell {
        organisation: "ZZ9".parse().expect("a code"),
        unit: None,
        pay_band: Some(pay_band),
        staff_group: Some(StaffGroup::NursingAndMidwifery),
        contract: Contract::Substantive,
        recorded_setting: None,
        sex: None,
        deprivation_decile: None,
        ethnicity,
        headcount,
    }
}

fn workforce(cells: &[(Category, PayBand, u64)]) -> Workforce {
    let mut cells: Vec<Cell> =
        cells.iter().map(|(category, band, people)| cell((*category).into(), *band, *people)).collect();
    cells.push(cell(Ethnicity::Unknown(Unknown::NotStated), PayBand::Band5, 20));
    Workforce { cells }
}

fn population(counts: &[(Category, f64)]) -> Population {
    let people = counts.iter().map(|(category, people)| ((*category).into(), *people)).collect();
    Population::new("Test", "1", "2021-03-21", population::Base::Own, people).expect("a population")
}

fn line<'a>(report: &'a Report, group: &str) -> &'a Line {
    report.groups.iter().find(|line| line.group == group).expect("a line")
}

#[test]
fn a_group_is_measured_against_its_share_of_the_population() {
    let staff =
        workforce(&[(Category::WhiteBritish, PayBand::Band5, 80), (Category::BlackAfrican, PayBand::Band5, 20)]);
    let report = report(&staff, &population(&[(Category::WhiteBritish, 750.0), (Category::BlackAfrican, 250.0)]));
    let black = line(&report, "black");
    assert_eq!(black.workforce_share.value().map(|share| share.as_f64()), Some(0.2));
    assert_eq!(black.ratio.value().map(|ratio| ratio.as_f64()), Some(0.8));
    assert!((black.gap_points.value().expect("a gap").as_f64() + 5.0).abs() < 1e-9);
    assert_eq!(black.gap_people, Figure::Value(5));
    assert!((report.dissimilarity.value().expect("an index") - 0.05).abs() < 1e-12);
    assert_eq!((report.base.workforce, report.base.workforce_not_stated), (120, 20));
}

#[test]
fn a_group_that_the_population_lacks_is_not_calculable() {
    let staff = workforce(&[(Category::WhiteBritish, PayBand::Band5, 80), (Category::OtherArab, PayBand::Band5, 20)]);
    let report = report(&staff, &population(&[(Category::WhiteBritish, 1000.0)]));
    assert_eq!(line(&report, "other").ratio, Figure::NotCalculable(Reason::NotInPopulation));
    assert_eq!(line(&report, "other").workforce, 20);
    assert!((report.dissimilarity.value().expect("an index") - 0.2).abs() < 1e-12);
}

#[test]
fn the_disparity_ratio_compares_steps_of_the_ladder() {
    let staff = workforce(&[
        (Category::WhiteBritish, PayBand::Band5, 200),
        (Category::WhiteBritish, PayBand::Band7, 100),
        (Category::WhiteBritish, PayBand::Band8a, 40),
        (Category::AsianIndian, PayBand::Band4, 100),
        (Category::AsianIndian, PayBand::Band6, 25),
    ]);
    let ratios = disparity_ratio(&staff);
    assert_eq!(
        ratios.lower_to_middle,
        Figure::Value(crate::domain::figure::Ratio::new(
            2.0,
            crate::domain::figure::Direction::WhiteOverMinorityEthnic
        ))
    );
    assert_eq!(ratios.middle_to_upper, Figure::NotCalculable(Reason::ZeroRate));
}

#[test]
fn a_workforce_in_codes_of_2001_is_compared_in_them() {
    let cells = vec![
        cell(Ethnicity::Nhs2001(NhsCategory::Chinese), PayBand::Band5, 10),
        cell(Ethnicity::Nhs2001(NhsCategory::OtherAny), PayBand::Band5, 30),
    ];
    let report = report(&Workforce { cells }, &Population::england_and_wales());
    assert_eq!(report.base.scheme, Scheme::Nhs2001);
    assert_eq!(line(&report, "R").workforce, 10);
    assert_eq!(line(&report, "asian").workforce, 10);
    // Arab is any other ethnic group in 2001.
    let share = line(&report, "S").population_share.value().expect("a share").as_f64();
    assert!((share - (331_856.0 + 923_776.0) / 59_597_578.0).abs() < 1e-12);
}

#[test]
fn deciles_of_deprivation_are_shown_where_the_snapshot_has_them() {
    let mut staff =
        workforce(&[(Category::WhiteBritish, PayBand::Band5, 80), (Category::BlackAfrican, PayBand::Band5, 20)]);
    assert!(report(&staff, &Population::england_and_wales()).by_deprivation_decile.is_empty());
    staff.cells[1].deprivation_decile = Some(DeprivationDecile::First);
    let parts = report(&staff, &Population::england_and_wales()).by_deprivation_decile;
    let counts: Vec<(&str, u64)> = parts.iter().map(|slice| (slice.part.as_str(), slice.workforce)).collect();
    assert_eq!(counts, [("1", 20), ("not_stated", 100)]);
}

#[test]
fn nobody_gives_no_numbers() {
    let report = report(&Workforce::default(), &Population::england_and_wales());
    assert_eq!(line(&report, "white").ratio, Figure::NotCalculable(Reason::EmptyGroup));
    assert_eq!(line(&report, "white").adjusted_p, Figure::NotCalculable(Reason::EmptyGroup));
    assert!(report.by_pay_band.is_empty());
}

#[test]
fn the_json_has_the_documented_names() {
    let staff =
        workforce(&[(Category::WhiteBritish, PayBand::Band5, 80), (Category::BlackAfrican, PayBand::Band6, 20)]);
    let json = serde_json::to_value(report(&staff, &Population::england_and_wales())).expect("json");
    for name in [
        "group",
        "workforce",
        "workforce_share",
        "population_share",
        "ratio",
        "gap_points",
        "gap_people",
        "residual",
        "adjusted_p",
    ] {
        assert!(json["groups"][0].get(name).is_some(), "{name}");
    }
    assert!(json["groups"][0]["ratio"].is_number());
    assert_eq!(json["groups"][0]["interval"].as_array().map(Vec::len), Some(2));
    assert!(json["dissimilarity"].is_number() && json["by_pay_band"].is_array() && json["disparity_ratio"].is_object());
}

#[test]
fn what_is_compared_survives_storing() {
    fn again<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
        serde_json::from_str(&serde_json::to_string(value).expect("json")).expect("read back")
    }
    let staff =
        workforce(&[(Category::WhiteBritish, PayBand::Band5, 80), (Category::BlackAfrican, PayBand::Band8a, 20)]);
    assert_eq!(again(&staff), staff);
    assert_eq!(again(&Population::england_and_wales()), Population::england_and_wales());
}

proptest! {
    #[test]
    fn shares_and_indices_stay_in_bounds(counts in proptest::collection::vec(0_u64..2000, 19)) {
        let cells: Vec<_> = Category::ALL.iter().zip(&counts).map(|(category, people)| (*category, PayBand::Band5, *people)).collect();
        let report = report(&workforce(&cells), &Population::england_and_wales());
        let stated: u64 = counts.iter().sum();
        prop_assert_eq!(report.base.workforce_stated, stated);
        if stated > 0 {
            let white = line(&report, "white").workforce + line(&report, "minority_ethnic").workforce;
            prop_assert_eq!(white, stated);
            let index = report.dissimilarity.value().expect("a value");
            let finer = report.dissimilarity_by_category.value().expect("a value");
            prop_assert!((0.0..=1.0).contains(&index) && index <= finer + 1e-12);
            for line in &report.groups {
                let p = line.adjusted_p.value().expect("a value");
                prop_assert!((0.0..=1.0).contains(&p));
            }
        }
    }
}
