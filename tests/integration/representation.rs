//! `candour representation` and `candour wres`: files in, reports out.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::Finished;

fn example(name: &str) -> String {
    format!("{}/docs/examples/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn report(arguments: &[&str]) -> Value {
    let finished = Finished::candour(&[&["representation"], arguments].concat(), &[]).expect(0);
    serde_json::from_str(&finished.stdout).expect("JSON")
}

/// Minority ethnic share of the population that a report names.
fn minority_share(report: &Value) -> f64 {
    let groups = report["groups"].as_array().expect("groups");
    let line = groups.iter().find(|line| line["group"] == "minority_ethnic").expect("a line");
    line["population_share"].as_f64().expect("a share")
}

#[test]
fn the_example_of_real_size_is_compared_with_england_and_wales() {
    let report = report(&["--workforce", &example("workforce.csv")]);
    assert_eq!(report["base"]["workforce"], 7508);
    assert_eq!(format!("{:.2}", minority_share(&report) * 100.0), "18.29");
    for list in ["by_pay_band", "by_pay_band_cluster", "by_staff_group", "by_setting"] {
        assert!(report[list].as_array().is_some_and(|slices| slices.len() > 1), "{list}");
    }
}

#[test]
fn the_indicators_name_direction_unit_and_denominator() {
    let arguments =
        ["wres", "--workforce", &example("workforce.csv"), "--events", &example("events.csv"), "--format", "json"];
    let found: Value = serde_json::from_str(&Finished::candour(&arguments, &[]).expect(0).stdout).expect("JSON");
    let indicators = found["indicators"].as_array().expect("indicators");
    assert_eq!(indicators.len(), 9);
    for indicator in indicators {
        for name in ["direction", "unit", "denominator", "note", "source"] {
            assert!(indicator[name].as_str().is_some_and(|text| !text.is_empty()), "{name} of {indicator}");
        }
    }
    let ratio = |number: usize| indicators[number - 1]["figures"]["relative_likelihood"].clone();
    assert_eq!(
        (ratio(2)["direction"].clone(), ratio(2)["unit"].clone()),
        ("white_over_minority_ethnic".into(), "ratio".into())
    );
    assert_eq!(ratio(3)["direction"], "minority_ethnic_over_white");
}

#[test]
fn the_return_of_the_example_is_a_workbook() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let file = folder.path().join("wres.xlsx");
    let (workforce, events, file) = (example("workforce.csv"), example("events.csv"), file.to_str().expect("UTF-8"));
    let arguments = ["wres", "--workforce", &workforce, "--events", &events, "--year", "2026", "--workbook", file];
    Finished::candour(&arguments, &[]).expect(0);
    assert!(fs::read(file).expect("written").starts_with(b"PK"));
    Finished::candour(&arguments[..5], &[]).expect(0);
    Finished::candour(&["wres", "--workforce", &workforce, "--workbook", file], &[]).expect(2);
}

#[test]
fn figures_of_the_whole_country_stand_beside_those_of_the_example() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let file = folder.path().join("national.csv");
    fs::write(&file, "indicator,figure,source\n9,-11.5,=cmd()\n1,28.6,WRES 2025\n").expect("written");
    let (workforce, file) = (example("workforce.csv"), file.to_str().expect("UTF-8"));
    let arguments = |format| ["wres", "--workforce", &workforce, "--national", file, "--format", format];
    let csv = Finished::candour(&arguments("csv"), &[]).expect(0).stdout;
    let lines: Vec<&str> = csv.lines().filter(|line| line.contains(",national,")).collect();
    let expected =
        ["1,national,each group,share,,0.286,,,WRES 2025", "9,national,board - workforce,points,,,-11.5,,'=cmd()"];
    assert_eq!(lines, expected);
    assert!(csv.lines().next().is_some_and(|headings| headings.ends_with(",interval,source")));
    let json: Value = serde_json::from_str(&Finished::candour(&arguments("json"), &[]).expect(0).stdout).expect("JSON");
    assert_eq!(json["national"][1], serde_json::json!({ "indicator": 9, "figure": -11.5, "source": "=cmd()" }));
}

#[test]
fn a_table_of_ones_own_is_a_population() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let file = folder.path().join("births.csv");
    fs::write(&file, "people,ethnic_category\n60,white\n25,asian\n15,black\n").expect("written");
    let file = file.to_str().expect("UTF-8");
    let report = report(&["--workforce", &example("workforce.csv"), "--population", file]);
    assert_eq!((minority_share(&report), report["base"]["population"].clone()), (0.4, "births".into()));
    let arguments = ["representation", "--workforce", &example("workforce.csv"), "--population", file, "--area", "E1"];
    Finished::candour(&arguments, &[]).expect(2);
}

#[test]
fn a_percentage_for_a_count_is_refused_with_line_and_column() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let file = folder.path().join("workforce.csv");
    fs::write(&file, "organisation,pay_band,staff_group,ethnic_category,headcount\nZZ9,5,students,A,12%\n")
        .expect("written");
    let finished = Finished::candour(&["representation", "--workforce", file.to_str().expect("UTF-8")], &[]).expect(2);
    assert!(finished.stderr.contains("line 2, column “headcount”: “12%” is a percentage"), "{}", finished.stderr);
    assert!(finished.stdout.is_empty());
}

/// Where the files of ONS and OHID lie; they are not part of the project.
fn public_data() -> PathBuf {
    PathBuf::from(std::env::var_os("CANDOUR_PUBLIC_DATA").expect("CANDOUR_PUBLIC_DATA names the folder of the files"))
}

fn file(name: &str) -> String {
    public_data().join(name).display().to_string()
}

fn areas() -> String {
    file("census2021_ts021_ethnic_group_19cat_by_ltla.csv")
}

fn catchments() -> String {
    file("trust_catchment_by_ltla21_ohid2022.csv")
}

/// Codes in the first column of a file, each once.
fn codes(file: &str) -> Vec<String> {
    let text = fs::read_to_string(Path::new(file)).expect("readable");
    let mut codes: Vec<String> =
        text.lines().skip(1).filter_map(|line| line.split(',').next()).map(str::to_owned).collect();
    codes.sort();
    codes.dedup();
    codes
}

#[test]
#[ignore = "needs the files of ONS and OHID: CANDOUR_PUBLIC_DATA names their folder"]
fn published_shares_of_residents_and_catchments() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let workforce = |ods: &str| {
        let text = fs::read_to_string(example("workforce.csv")).expect("readable").replace("ZZ9,", &format!("{ods},"));
        let file = folder.path().join(format!("{ods}.csv"));
        fs::write(&file, text).expect("written");
        file.display().to_string()
    };
    let timed = |arguments: &[&str]| {
        let started = Instant::now();
        let report = report(arguments);
        assert!(started.elapsed() < Duration::from_secs(1), "{arguments:?} took {:?}", started.elapsed());
        minority_share(&report)
    };
    let percent = |share: f64| format!("{:.2}", share * 100.0);
    let (population, catchment) = (areas(), catchments());
    let residents =
        |area: &str| timed(&["--workforce", &example("workforce.csv"), "--population", &population, "--area", area]);
    let of_catchment = |ods: &str| {
        let arguments = [
            "--workforce",
            &workforce(ods),
            "--population",
            &population,
            "--catchment",
            &catchment,
            "--organisation",
            ods,
        ];
        timed(&arguments)
    };

    assert_eq!(percent(residents("E08000025")), "51.38", "Birmingham");
    assert_eq!(percent(of_catchment("RWE")), "30.03", "University Hospitals of Leicester");
    let (all_areas, all_catchments) = (codes(&population), codes(&catchment));
    assert_eq!((all_areas.len(), all_catchments.len()), (331, 138));
    for share in all_areas.iter().map(|area| residents(area)).chain(all_catchments.iter().map(|ods| of_catchment(ods)))
    {
        assert!((0.0..1.0).contains(&share), "{share}");
    }
}

#[test]
fn staff_of_one_organisation_are_compared_with_the_catchment_of_another() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let file = |name: &str, text: &str| {
        let file = folder.path().join(name);
        fs::write(&file, text).expect("written");
        file.to_str().expect("UTF-8").to_owned()
    };
    let areas = file(
        "areas.csv",
        "area_code,area_name,total,white,mixed,asian,black,other\nE1,Here,100,50,10,20,10,10\nE2,There,100,90,4,2,2,2\n",
    );
    let catchments = file("catchments.csv", "ods_code,area_code,share\nRXX,E1,0.5\nRXX,E2,0.5\n");
    let workforce = example("workforce.csv");
    let arguments = [
        "representation",
        "--workforce",
        &workforce,
        "--population",
        &areas,
        "--catchment",
        &catchments,
        "--organisation",
        "RXX",
    ];
    let finished = Finished::candour(&arguments, &[]).expect(0);
    assert!(finished.stderr.contains("every line is of ZZ9"), "{}", finished.stderr);
    let report: Value = serde_json::from_str(&finished.stdout).expect("JSON");
    assert_eq!(format!("{:.2}", minority_share(&report)), "0.30");
    // Whose staff they are still matters where the catchment is nobody's.
    let of_another =
        ["representation", "--workforce", &workforce, "--population", &areas, "--area", "E1", "--organisation", "RXX"];
    Finished::candour(&of_another, &[]).expect(2);
}
