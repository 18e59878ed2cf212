//! The indicators against published figures.

use super::*;
use crate::domain::ethnicity::{Ethnicity, NhsCategory, Unknown, WresCategory};
use crate::domain::figure::{Direction, Figure, Reason};
use crate::domain::pay_band::PayBand;
use crate::domain::staff_group::StaffGroup;
use crate::domain::statistics::Tally;
use crate::domain::workforce::{Cell, Contract, Workforce};

fn staff(counts: [(Ethnicity, u64); 3]) -> Workforce {
    let cell = |(ethnicity, headcount)| Cell {
        organisation: "ZZ9".parse().expect("a code"),
        unit: None,
        pay_band: Some(PayBand::Band5),
        staff_group: Some(StaffGroup::NursingAndMidwifery),
        contract: Contract::Substantive,
        recorded_setting: None,
        sex: None,
        deprivation_decile: None,
        ethnicity,
        headcount,
    };
    Workforce { cells: counts.into_iter().map(cell).collect() }
}

const BME: Ethnicity = Ethnicity::Nhs2001(NhsCategory::Chinese);
const WHITE: Ethnicity = Ethnicity::Nhs2001(NhsCategory::WhiteBritish);
const UNKNOWN: Ethnicity = Ethnicity::Unknown(Unknown::NotStated);

fn events(counts: &[(Measure, WresCategory, u64)]) -> Events {
    let mut events = Events::default();
    counts.iter().for_each(|(measure, category, people)| events.add(*measure, *category, *people));
    events
}

fn likelihood(number: usize, inputs: &Inputs<'_>) -> Likelihood {
    match ALL[number - 1].compute(inputs) {
        Outcome::Likelihood(likelihood) => likelihood,
        other => panic!("{other:?} is no likelihood"),
    }
}

#[test]
fn every_indicator_stands_at_its_number_and_says_what_it_is() {
    for (index, indicator) in ALL.iter().enumerate() {
        let definition = indicator.definition();
        assert_eq!(usize::from(definition.number), index + 1);
        assert_eq!(definition.code, format!("wres{}", index + 1));
        for text in [definition.name, definition.denominator, definition.note, definition.source] {
            assert!(!text.is_empty());
        }
        assert_eq!(definition.unit == Unit::Ratio, definition.direction.ratio().is_some());
    }
}

#[test]
fn without_inputs_nothing_is_calculable_and_nothing_is_zero() {
    for computed in compute_all(&Inputs::default()) {
        let json = serde_json::to_string(&computed.figures).expect("json");
        assert!(
            json == "[]" || json.contains(r#"{"not_calculable":"missing_input"}"#) && !json.contains(":0"),
            "{json}"
        );
    }
}

#[test]
fn indicator_1_gives_the_published_shares() {
    let workforce = staff([(BME, 990), (WHITE, 6307), (UNKNOWN, 125)]);
    let Outcome::Bands(rows) = ALL[0].compute(&Inputs { workforce: Some(&workforce), ..Inputs::default() }) else {
        panic!("no bands")
    };
    let all = &rows[0];
    let shares = [all.bme, all.white, all.unknown].map(|part| part.share.text(|share| share.percent(2)));
    assert_eq!((all.total, shares), (7422, ["13.34 %", "84.98 %", "1.68 %"].map(str::to_owned)));
}

#[test]
fn indicator_2_gives_the_published_likelihood() {
    // 46.99 % and 14.65 % appointed.
    let counts = events(&[
        (Measure::Shortlisted, WresCategory::White, 10_000),
        (Measure::Appointed, WresCategory::White, 4_699),
        (Measure::Shortlisted, WresCategory::Bme, 10_000),
        (Measure::Appointed, WresCategory::Bme, 1_465),
    ]);
    let found = likelihood(2, &Inputs { events: Some(&counts), ..Inputs::default() });
    let ratio = found.relative_likelihood.value().expect("a ratio").ratio;
    assert_eq!(
        (format!("{:.4}", ratio.as_f64()), ratio.direction()),
        ("3.2075".to_owned(), Direction::WhiteOverMinorityEthnic)
    );
    assert_eq!(found.within_four_fifths, Figure::Value(false));
}

#[test]
fn indicator_3_runs_the_other_way_round() {
    let workforce = staff([(BME, 1000), (WHITE, 4000), (UNKNOWN, 10)]);
    let counts = events(&[
        (Measure::Disciplinary, WresCategory::White, 40),
        (Measure::Disciplinary, WresCategory::Bme, 20),
        (Measure::Training, WresCategory::White, 2000),
        (Measure::Training, WresCategory::Bme, 400),
    ]);
    let inputs = Inputs { workforce: Some(&workforce), events: Some(&counts), ..Inputs::default() };
    let ratio = |number| likelihood(number, &inputs).relative_likelihood.value().expect("a ratio").ratio;
    assert_eq!((ratio(3).as_f64(), ratio(3).direction()), (2.0, Direction::MinorityEthnicOverWhite));
    assert_eq!((ratio(4).as_f64(), ratio(4).direction()), (1.25, Direction::WhiteOverMinorityEthnic));
}

#[test]
fn a_zero_rate_or_a_contradiction_is_not_calculable() {
    let workforce = staff([(BME, 10), (WHITE, 40), (UNKNOWN, 1)]);
    let with = |white, bme| {
        let counts = events(&[
            (Measure::Disciplinary, WresCategory::White, white),
            (Measure::Disciplinary, WresCategory::Bme, bme),
        ]);
        likelihood(3, &Inputs { workforce: Some(&workforce), events: Some(&counts), ..Inputs::default() })
            .relative_likelihood
    };
    assert_eq!(with(0, 5), Figure::NotCalculable(Reason::ZeroRate));
    let none = with(4, 0).value().expect("nothing over something is a ratio");
    assert_eq!((none.ratio.as_f64(), none.interval), (0.0, Figure::NotCalculable(Reason::NoEvents)));
    assert_eq!(with(4, 11), Figure::NotCalculable(Reason::Contradiction));
}

#[test]
fn withheld_survey_figures_stay_withheld() {
    let mut counts = SurveyCounts::default();
    counts.0.insert((5, WresCategory::White), Figure::Value(Tally::new(222, 3215).expect("a tally")));
    counts.0.insert((5, WresCategory::Bme), Figure::Withheld);
    let Outcome::Shares(shares) = ALL[4].compute(&Inputs { survey: Some(&counts), ..Inputs::default() }) else {
        panic!("no shares")
    };
    let interval = shares.white.value().expect("a share").interval.value().expect("an interval");
    assert_eq!(format!("{:.6}–{:.6}", interval.low, interval.high), "0.060792–0.078340");
    assert_eq!(
        (shares.bme, shares.experience_gap, shares.relative_likelihood),
        (Figure::Withheld, Figure::Withheld, Figure::Withheld)
    );
}

#[test]
fn indicator_9_gives_the_published_difference() {
    let workforce = staff([(BME, 21), (WHITE, 79), (UNKNOWN, 0)]);
    let counts = events(&[(Measure::Board, WresCategory::White, 83), (Measure::Board, WresCategory::Bme, 17)]);
    let Outcome::Board(gap) =
        ALL[8].compute(&Inputs { workforce: Some(&workforce), events: Some(&counts), ..Inputs::default() })
    else {
        panic!("no board")
    };
    assert_eq!(gap.all.text(|gap| gap.points(0)), "−4 points");
    assert_eq!(gap.voting, Figure::NotCalculable(Reason::MissingInput));
}

#[test]
fn bank_and_medical_staff_have_indicators_of_their_own() {
    let mut workforce = staff([(BME, 10), (WHITE, 40), (UNKNOWN, 1)]);
    workforce.cells.extend(
        staff([(BME, 30), (WHITE, 30), (UNKNOWN, 0)])
            .cells
            .into_iter()
            .map(|cell| Cell { contract: Contract::Bank, ..cell }),
    );
    workforce.cells.push(Cell { staff_group: Some(StaffGroup::MedicalAndDental), ..workforce.cells[0].clone() });
    let total = |variant| match ALL[0].compute(&Inputs { workforce: Some(&workforce), variant, ..Inputs::default() }) {
        Outcome::Bands(rows) => rows[0].total,
        other => panic!("{other:?}"),
    };
    let totals = [Variant::Substantive, Variant::Bank, Variant::Medical].map(total);
    assert_eq!(totals, [61, 60, 10]);
}

#[test]
fn the_board_is_compared_with_the_whole_workforce_only() {
    let workforce = staff([(BME, 21), (WHITE, 79), (UNKNOWN, 0)]);
    let counts = events(&[(Measure::Board, WresCategory::White, 83), (Measure::Board, WresCategory::Bme, 17)]);
    let inputs =
        Inputs { workforce: Some(&workforce), events: Some(&counts), variant: Variant::Bank, ..Inputs::default() };
    let Outcome::Board(gap) = ALL[8].compute(&inputs) else { panic!("no board") };
    assert_eq!(gap.all, Figure::NotCalculable(Reason::NotOfVariant));
}

#[test]
fn counts_that_contradict_each_other_are_named() {
    let counts = events(&[
        (Measure::Shortlisted, WresCategory::Bme, 10),
        (Measure::Appointed, WresCategory::Bme, 11),
        (Measure::Board, WresCategory::White, 9),
        (Measure::BoardVoting, WresCategory::White, 9),
    ]);
    assert_eq!(counts.contradictions(), ["bme: 11 appointed of 10 shortlisted; check that the two are not swapped"]);
    let again: Events = serde_json::from_str(&serde_json::to_string(&counts).expect("json")).expect("read back");
    assert_eq!(again, counts);
}

proptest::proptest! {
    #[test]
    fn a_direction_turned_round_is_the_inverse(white in 1_u64..400, bme in 1_u64..100) {
        let (white, bme) = (Tally::new(white, 400).expect("a tally"), Tally::new(bme, 100).expect("a tally"));
        let ratio = |direction| likelihood::relative(white, bme, direction).value().expect("a ratio").ratio.as_f64();
        let product = ratio(Direction::WhiteOverMinorityEthnic) * ratio(Direction::MinorityEthnicOverWhite);
        proptest::prop_assert!((product - 1.0).abs() < 1e-12);
    }
}
