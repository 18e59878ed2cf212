//! The WRES indicators through the API: uploads, the report of a year beside the one before, the statutory return.

use std::fs;
use std::io::Cursor;

use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
use candour::domain::account::Role;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use serde_json::{Value, json};

use crate::support::{App, Finished, on_both_databases};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// 7,422 staff with the published shares: 990 BME, 6,307 White, 125 unknown.
fn workforce() -> Value {
    let cell = |ethnic_category: &str, headcount: u64| json!({ "pay_band": "5", "staff_group": "nursing_and_midwifery", "ethnic_category": ethnic_category, "headcount": headcount });
    json!([cell("R", 990), cell("A", 6307), cell("not_stated", 125)])
}

fn counts(measure: &str, white: u64, bme: u64) -> Vec<Value> {
    [("white", white), ("bme", bme)]
        .map(|(category, count)| json!({ "measure": measure, "ethnic_category": category, "count": count }))
        .to_vec()
}

/// The figures of an indicator in the year at `place`.
fn figures(report: &Value, place: usize, number: usize) -> Value {
    report["years"][place]["indicators"][number - 1]["figures"].clone()
}

on_both_databases! {
    fn uploads_make_the_indicators_of_a_year_beside_the_one_before(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let at = |rest: &str| format!("/api/v1/organisations/{ods}/{rest}");
        hr.get(&at("wres/2026")).expect(404);

        hr.json("PUT", &at("workforce/2025-03-31"), &workforce()).expect(204);
        hr.json("PUT", &at("workforce/2026-03-31"), &workforce()).expect(204);
        let recruitment = json!([counts("shortlisted", 10_000, 10_000), counts("appointed", 4_699, 1_465)].concat());
        hr.json("PUT", &at("recruitment/2026"), &recruitment).expect(200);
        hr.json("PUT", &at("recruitment/2026"), &recruitment).expect(200);
        hr.json("PUT", &at("disciplinary/2026"), &json!(counts("disciplinary", 63, 20))).expect(200);
        hr.json("PUT", &at("board/2026"), &json!(counts("board", 83, 17))).expect(200);
        assert_eq!(hr.get(&at("recruitment/2026")).expect(200).json()["counts"].as_array().map(Vec::len), Some(4));
        hr.get(&at("recruitment/2026?variant=bank")).expect(404);

        let report = hr.get(&at("wres/2026")).expect(200).json();
        assert_eq!((report["years"][0]["year"].clone(), report["years"][1]["year"].clone()), (2026.into(), 2025.into()));
        let first = figures(&report, 0, 1)[0].clone();
        assert_eq!((first["total"].clone(), first["bme"]["count"].clone()), (7422.into(), 990.into()));
        let second = figures(&report, 0, 2)["relative_likelihood"].clone();
        assert!((second["value"].as_f64().expect("a ratio") - 3.2075).abs() < 5e-5, "{second}");
        assert_eq!((second["direction"].clone(), second["unit"].clone()), ("white_over_minority_ethnic".into(), "ratio".into()));
        assert_eq!(figures(&report, 0, 3)["relative_likelihood"]["direction"], "minority_ethnic_over_white");
        assert_eq!(figures(&report, 0, 4)["relative_likelihood"], json!({ "not_calculable": "missing_input" }));
        assert_eq!(figures(&report, 0, 5)["experience_gap"], json!({ "not_calculable": "missing_input" }));
        let ninth = figures(&report, 0, 9)["all"].as_f64().expect("points");
        assert!((ninth - (17.0 - 990.0 / 74.22)).abs() < 1e-9, "{ninth}");
        assert_eq!(figures(&report, 1, 2)["relative_likelihood"], json!({ "not_calculable": "missing_input" }));
    }
}

on_both_databases! {
    fn counts_that_cannot_be_are_refused_and_a_dry_run_stores_nothing(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let path = format!("/api/v1/organisations/{ods}/recruitment/2026");

        let more = json!([counts("shortlisted", 10, 10), counts("appointed", 9, 11)].concat());
        let problem = hr.json("PUT", &path, &more).expect(422).json();
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("11 appointed of 10 shortlisted")), "{problem}");
        let unknown = json!([{ "measure": "promoted", "ethnic_category": "purple", "count": 1 }]);
        let problem = hr.json("PUT", &path, &unknown).expect(422).json();
        assert_eq!((problem["errors"][0]["pointer"].clone(), problem["errors"][1]["pointer"].clone()), ("/0/measure".into(), "/0/ethnic_category".into()));
        let csv = |text: &str| hr.send("PUT", &path, Some(("text/csv", text.to_owned())));
        let percentage = csv("count,measure,ethnic_category\n12%,shortlisted,white\n").expect(422).json();
        assert!(percentage["detail"].as_str().is_some_and(|detail| detail.contains("line 2, column “count”")), "{percentage}");
        csv("measure,ethnic_category,count\ntraining,white,5\n").expect(422);
        hr.json("PUT", &format!("/api/v1/organisations/{ods}/recruitment/26"), &json!([])).expect(422);

        let fine = json!([counts("shortlisted", 10, 10), counts("appointed", 9, 1)].concat());
        let preview = hr.json("PUT", &format!("{path}?dry_run=true"), &fine).expect(200).json();
        assert_eq!((preview["stored"].clone(), preview["counts"].as_array().map(Vec::len)), (false.into(), Some(4)));
        hr.get(&path).expect(404);
    }
}

/// A workbook whose first row holds `headings` and whose second `row`; a number that parses is written as one.
fn workbook(headings: &[&str], rows: &[&[&str]]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, heading) in (0_u16..).zip(headings) {
        sheet.write(0, column, *heading).expect("written");
    }
    for (row, values) in (1_u32..).zip(rows) {
        for (column, value) in (0_u16..).zip(*values) {
            match (value.parse::<f64>(), value.strip_prefix("date:")) {
                (Ok(number), _) => sheet.write(row, column, number).expect("written"),
                (_, Some(day)) => {
                    let day = ExcelDateTime::parse_from_str(day).expect("a day");
                    sheet.write_with_format(row, column, &day, &Format::new().set_num_format("d mmm")).expect("written")
                }
                _ => sheet.write(row, column, *value).expect("written"),
            };
        }
    }
    workbook.save_to_buffer().expect("a workbook")
}

on_both_databases! {
    fn a_workbook_with_own_headings_is_read_by_the_saved_mapping(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let at = |rest: &str| format!("/api/v1/organisations/{ods}/{rest}");
        let headings = ["Trust", "Ethnic Origin", "Pay Scale", "Occupation", "Heads", "Age Band"];
        let upload = |rows: &[&[&str]]| hr.send_bytes("PUT", &at("workforce/2026-03-31"), XLSX, &workbook(&headings, rows));
        let rows: &[&[&str]] = &[&["RXX", "A", "5", "Students", "120", "20-24"], &["RXX", "R", "8a", "Students", "30", "45-49"]];

        let refused = upload(rows).expect(422).json();
        assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains("Ethnic Origin")), "{refused}");
        let mapping = json!({ "Trust": "organisation", "Ethnic Origin": "ethnic_category", "Pay Scale": "pay_band",
            "Occupation": "staff_group", "Heads": "headcount", "Age Band": "ignore" });
        hr.json("PUT", &at("column-mappings/workforce"), &json!({ "Trust": "age" })).expect(422);
        hr.json("PUT", &at("column-mappings/workforce"), &mapping).expect(204);
        assert_eq!(hr.get(&at("column-mappings/workforce")).expect(200).json(), mapping);
        assert_eq!(hr.get(&at("column-mappings/indicator_inputs")).expect(200).json(), json!({}));
        hr.get(&at("column-mappings/staff")).expect(404);

        upload(rows).expect(204);
        assert_eq!(hr.get(&at("workforce/2026-03-31")).expect(200).json()["people"], 150);
        let date: &[&[&str]] = &[&["RXX", "A", "5", "Students", "date:2026-08-05", ""]];
        let problem = upload(date).expect(422).json();
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("line 2, column “headcount”: “2026-08-05” looks like a date")), "{problem}");
        let band: &[&[&str]] = &[&["RXX", "A", "date:2026-08-05", "Students", "5", ""]];
        assert!(upload(band).expect(422).body.contains("is not a pay band"));
        let fraction: &[&[&str]] = &[&["RXX", "A", "5", "Students", "0.12", ""]];
        assert!(upload(fraction).expect(422).body.contains("whole number"));
        hr.send_bytes("PUT", &at("workforce/2026-03-31"), XLSX, b"PK\x03\x04 and then nothing").expect(422);
        assert_eq!(hr.get(&at("workforce/2026-03-31")).expect(200).json()["people"], 150, "all or nothing");
    }
}

on_both_databases! {
    fn the_statutory_return_is_a_workbook_with_typed_figures(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let at = |rest: &str| format!("/api/v1/organisations/{ods}/{rest}");
        hr.json("PUT", &at("workforce/2025-03-31"), &workforce()).expect(204);
        hr.json("PUT", &at("workforce/2026-03-31"), &workforce()).expect(204);
        let recruitment = json!([counts("shortlisted", 10_000, 10_000), counts("appointed", 4_699, 1_465)].concat());
        hr.json("PUT", &at("recruitment/2026"), &recruitment).expect(200);

        let (status, bytes) = hr.download(&at("wres/2026?format=xlsx"));
        assert_eq!(status, 200);
        let mut workbook: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).expect("a workbook");
        let sheet = workbook.worksheet_range("WRES").expect("a sheet");
        let rows: Vec<&[Data]> = sheet.rows().collect();
        assert_eq!((rows[2][5].to_string(), rows[2][9].to_string()), ("31 March 2025".to_owned(), "31 March 2026".to_owned()));
        let line = |item: &str| *rows.iter().find(|row| matches!(&row[3], Data::String(text) if text == item)).unwrap_or_else(|| panic!("no {item}"));
        let staff = line("Staff in the workforce");
        assert_eq!([9, 10, 11].map(|column| staff[column].to_string()), ["6307", "990", "125"].map(str::to_owned));
        let likelihood = line("Relative likelihood");
        assert_eq!(likelihood[4].to_string(), "Ratio, White ÷ BME");
        assert!(matches!(likelihood[12], Data::Float(ratio) if (ratio - 3.2075).abs() < 5e-5), "{likelihood:?}");
        assert!(likelihood[8].to_string().starts_with("not calculable"), "{likelihood:?}");
    }
}

on_both_databases! {
    fn the_command_imports_what_the_report_needs(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let folder = tempfile::tempdir().expect("a temporary directory");
        let file = folder.path().join("recruitment.csv");
        fs::write(&file, "\u{feff}What,Who,Count\r\nshortlisted,white,100\r\nshortlisted,bme,100\r\nappointed,white,20\r\nappointed,bme,10\r\n").expect("written");
        let url = app.database.url();
        let import = |more: &[&str]| {
            let arguments = [&["import", "recruitment", file.to_str().expect("UTF-8"), "--organisation", "RXX"], more].concat();
            Finished::candour(&arguments, &[("CANDOUR__DATABASE__URL", &url)])
        };
        let map = ["--map", "What=measure", "--map", "Who=ethnic_category", "--map", "Count=count"];
        import(&["--year", "2026"]).expect(2);
        assert!(import(&[&["--year", "2026", "--dry-run"], &map[..]].concat()).expect(0).stdout.contains("nothing stored"));
        hr.get("/api/v1/organisations/RXX/recruitment/2026").expect(404);
        import(&[&["--year", "2026"], &map[..]].concat()).expect(0);
        import(&["--year", "2026"]).expect(0);
        let report = hr.get("/api/v1/organisations/RXX/wres/2026").expect(200).json();
        assert_eq!(figures(&report, 0, 2)["relative_likelihood"]["value"], 2.0);
    }
}

on_both_databases! {
    fn figures_of_another_survey_stand_for_the_years_without_our_own(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let path = format!("/api/v1/organisations/{ods}/survey-figures/2025");
        let figure = |indicator: u8, group: &str, count: Option<u64>, base: Option<u64>| {
            json!({ "indicator": indicator, "ethnic_category": group, "count": count, "base": base })
        };
        let entered = json!([figure(5, "white", Some(65), Some(500)), figure(5, "bme", Some(65), Some(100)),
            figure(7, "white", Some(50), Some(100)), figure(7, "bme", None, None)]);
        hr.json("PUT", &path, &entered).expect(422);
        let named = format!("{path}?instrument=NHS%20Staff%20Survey%202024");
        hr.json("PUT", &format!("{named}&dry_run=true"), &entered).expect(200);
        hr.get(&path).expect(404);
        let wrong = json!([figure(4, "white", Some(1), Some(2)), figure(5, "purple", Some(1), Some(2)), figure(5, "bme", Some(3), Some(2))]);
        let problem = hr.json("PUT", &named, &wrong).expect(422).json();
        let pointers: Vec<&str> = problem["errors"].as_array().expect("errors").iter().filter_map(|error| error["pointer"].as_str()).collect();
        assert_eq!(pointers, ["/0", "/1/ethnic_category", "/2"]);
        let csv = |text: &str| hr.send("PUT", &named, Some(("text/csv", text.to_owned())));
        let swapped = csv("base,count,ethnic_category,indicator\n20,200,bme,5\n").expect(422).json();
        assert!(swapped["detail"].as_str().is_some_and(|detail| detail.contains("line 2, column “count”")), "{swapped}");
        csv("indicator,ethnic_category,count,base\n5,bme,12%,20\n").expect(422);

        hr.json("PUT", &named, &entered).expect(200);
        assert_eq!(hr.json("PUT", &named, &entered).expect(200).json()["figures"], hr.get(&path).expect(200).json()["figures"]);
        let report = hr.get(&format!("/api/v1/organisations/{ods}/wres/2025")).expect(200).json();
        assert_eq!((report["years"][0]["instrument"].clone(), report["years"][0]["survey"].clone()), ("NHS Staff Survey 2024".into(), json!(null)));
        let five = figures(&report, 0, 5);
        // Wilson of 65 of 100, as in the published numbers.
        assert!((five["bme"]["interval"][0].as_f64().expect("a bound") - 0.552_544).abs() < 5e-7, "{five}");
        assert_eq!(figures(&report, 0, 7)["experience_gap"], json!({ "withheld": true }));
        assert_eq!(figures(&report, 0, 6)["bme"], json!({ "not_calculable": "missing_input" }));
        assert_eq!(hr.get(&format!("/api/v1/organisations/{ods}/wres/2025?variant=bank")).expect(404).status, 404);
        hr.json("PUT", &format!("{named}&variant=bank"), &entered).expect(200);
        let bank = hr.get(&format!("/api/v1/organisations/{ods}/wres/2025?variant=bank")).expect(200).json();
        assert_eq!(figures(&bank, 0, 5)["white"]["base"], 500);
    }
}

const SOURCE: &str = "NHS England, WRES 2025 data analysis report, figure 3";

fn national(indicator: u8, figure: f64, source: &str) -> Value {
    json!({ "indicator": indicator, "figure": figure, "source": source })
}

on_both_databases! {
    fn figures_of_the_whole_country_stand_beside_ones_own_and_change_none(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let administrator = app.signed_in(Role::OrganisationAdministrator, Some(&ods));
        let at = |rest: &str| format!("/api/v1/organisations/{ods}/{rest}");
        hr.json("PUT", &at("workforce/2025-03-31"), &workforce()).expect(204);
        hr.json("PUT", &at("workforce/2026-03-31"), &workforce()).expect(204);
        let alone = hr.get(&at("wres/2026")).expect(200).json();
        let path = at("national-figures/2026");
        let none = hr.get(&path).expect(200);
        assert_eq!(none.json(), json!({ "year": 2026, "figures": [] }));

        // Every mistake has its own place, and none of the figures is stored.
        let wrong = json!({ "figures": [national(5, 28.6, SOURCE), national(2, 1.5, " "), national(2, 1.5, SOURCE), national(2, 1.5, SOURCE), national(10, 1.0, SOURCE)] });
        let problem = hr.json("PUT", &path, &wrong).expect(422).json();
        let pointers: Vec<&str> = problem["errors"].as_array().expect("errors").iter().map(|error| error["pointer"].as_str().expect("a pointer")).collect();
        assert_eq!(pointers, ["/figures/0/figure", "/figures/1/source", "/figures/3/indicator", "/figures/4/indicator"]);
        assert_eq!(hr.get(&path).expect(200).json(), none.json());

        // Of two who saw the same, one comes second.
        let figures = json!({ "figures": [national(1, 0.286, SOURCE), national(3, 1.09, "=cmd()"), national(9, -11.5, SOURCE)] });
        let seen = hr.with_header("If-Match", none.header("etag").expect("a tag"));
        seen.json("PUT", &path, &figures).expect(200);
        seen.json("PUT", &path, &json!({ "figures": [] })).expect(412);
        administrator.json("PUT", &path, &figures).expect(404);
        assert_eq!(hr.get(&path).expect(200).json()["figures"], figures["figures"]);

        let report = hr.get(&at("wres/2026")).expect(200).json();
        assert_eq!(report["years"][0]["national"], figures["figures"]);
        assert_eq!(report["years"][1]["national"], json!([]));
        assert_eq!(report["years"][0]["indicators"], alone["years"][0]["indicators"]);

        // The workbook: numbers in their own format on a sheet of their own, and a source that is no formula.
        let (status, bytes) = hr.download(&at("wres/2026?format=xlsx"));
        assert_eq!(status, 200);
        let mut workbook: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).expect("a workbook");
        assert_eq!(workbook.sheet_names(), ["WRES", "National figures", "Notes"]);
        let sheet = workbook.worksheet_range("National figures").expect("the sheet");
        let cell = |row: u32, column: u32| sheet.get_value((row, column)).cloned().unwrap_or_default();
        let lines: Vec<(Data, Data)> = (1..4).map(|row| (cell(row, 1), cell(row, 4))).collect();
        let expected = [(1.0, 0.286), (3.0, 1.09), (9.0, -11.5)].map(|(number, figure)| (Data::Float(number), Data::Float(figure)));
        assert_eq!(lines, expected);
        assert_eq!((cell(2, 3), cell(2, 5)), (Data::String("BME ÷ White".into()), Data::String("=cmd()".into())));
        assert_eq!(workbook.worksheet_formula("National figures").expect("the sheet").used_cells().count(), 0);

        // The table: a line of their own, and a source that is no formula there either.
        let csv = hr.get(&at("wres/2026?format=csv")).expect(200).body;
        let lines: Vec<&str> = csv.lines().filter(|line| line.contains(",national,")).collect();
        assert_eq!(
            lines,
            [
                format!("2026,1,national,each group,share,,0.286,,,\"{SOURCE}\"").as_str(),
                "2026,3,national,BME / White,ratio,,,1.09,,'=cmd()",
                format!("2026,9,national,board - workforce,points,,,-11.5,,\"{SOURCE}\"").as_str(),
            ]
        );

        hr.json("PUT", &path, &json!({ "figures": [] })).expect(200);
        assert_eq!(hr.get(&at("wres/2026")).expect(200).json(), alone);
        let log = administrator.get("/api/v1/audit-events?kind=imported").expect(200).body;
        assert_eq!(log.matches("national_figures").count(), 2, "{log}");
    }
}
