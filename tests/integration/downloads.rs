//! Files of a release: read by another library than the one that wrote them, and held against the API figure by figure.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use calamine::{Data, Ods, Reader, Xlsx, open_workbook_from_rs};
use candour::domain::account::Role;
use candour::domain::organisation::{OdsCode, Unit, UnitTree};
use serde_json::{Value, json};

use crate::support::{App, Client, on_both_databases};

/// A table of a file: rows by heading.
type Rows = Vec<BTreeMap<String, Data>>;

/// A published survey of 130 people in unequal groups, so that some figures are withheld and some are not.
pub fn published(app: &App, hr: &Client, ods: &OdsCode) -> String {
    let (survey, tokens) = app.open_survey(hr, ods, 130);
    for (person, token) in tokens.iter().enumerate() {
        let ethnicity = match person {
            0..70 => "white",
            70..104 => "asian",
            104..126 => "black",
            _ => "mixed",
        };
        let belonging = if person % 3 == 0 { "agree" } else { "disagree" };
        let answers = json!({ "answers": { "ethnicity_group": [ethnicity], "belonging": [belonging] } });
        app.client.post(&format!("/api/v1/respond/{token}"), &answers).expect(201);
    }
    hr.send("POST", &format!("/api/v1/surveys/{survey}/close"), None).expect(200);
    hr.send("POST", &format!("/api/v1/surveys/{survey}/publish"), None).expect(200);
    survey
}

fn file(reader: &Client, path: &str) -> Vec<u8> {
    let (status, bytes) = reader.download(path);
    assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&bytes));
    bytes
}

/// Tables of a workbook by the name of their sheet. Headings stand in the third row.
fn sheets<R: Reader<Cursor<Vec<u8>>>>(bytes: &[u8]) -> BTreeMap<String, Rows>
where
    R::Error: std::fmt::Debug,
{
    let mut book: R = open_workbook_from_rs(Cursor::new(bytes.to_vec())).expect("a workbook");
    let names = book.sheet_names();
    assert_eq!(names[..3], ["Cover", "Contents", "Notes"].map(str::to_owned));
    let table = |rows: Vec<Vec<Data>>| -> Rows {
        let headings: Vec<String> = rows[2].iter().map(ToString::to_string).collect();
        assert!(headings.iter().all(|heading| !heading.is_empty()), "{headings:?}");
        rows[3..].iter().map(|row| headings.iter().cloned().zip(row.iter().cloned()).collect()).collect()
    };
    let mut sheet = |name: String| {
        let range = book.worksheet_range(&name).expect("a sheet");
        assert_eq!(range.start(), Some((0, 0)), "{name} has its title in the first cell");
        (name, table(range.rows().map(<[Data]>::to_vec).collect()))
    };
    names.into_iter().skip(1).map(&mut sheet).collect()
}

fn csv_rows(text: &[u8]) -> Rows {
    let mut reader = csv::Reader::from_reader(text);
    let headings = reader.headers().expect("headings").clone();
    let cell = |text: &str| text.parse().map_or_else(|_| Data::String(text.to_owned()), Data::Float);
    let row = |row: csv::StringRecord| headings.iter().map(str::to_owned).zip(row.iter().map(cell)).collect();
    reader.records().map(|found| row(found.expect("a row"))).collect()
}

/// The cell shows just what the API says: the number, or the symbol that stands for none.
#[track_caller]
fn assert_shows(cell: &Data, api: &Value, what: &str) {
    match (cell, api.as_f64()) {
        (Data::Float(number), Some(wanted)) => assert!((number - wanted).abs() < 1e-9, "{what}: {number}, {wanted}"),
        (Data::String(symbol), None) if api.get("withheld").is_some() => assert_eq!(symbol, "[c]", "{what}"),
        (Data::String(symbol), None) => assert!(symbol == "[z]" || symbol == "[c]", "{what}: {symbol} for {api}"),
        other => panic!("{what}: {other:?} for {api}"),
    }
}

/// Holds rows of answers against the API; gives how many figures were withheld.
fn compare_answers(reader: &Client, survey: &str, by: &str, rows: &Rows, headings: [&str; 3]) -> usize {
    let [question, answer, count] = headings;
    let variables: Vec<&str> = by.split(',').filter(|name| !name.is_empty()).collect();
    let mut expected = BTreeMap::new();
    let questions: std::collections::BTreeSet<String> = rows.iter().map(|row| row[question].to_string()).collect();
    for id in &questions {
        let found = reader.get(&format!("/api/v1/surveys/{survey}/results?question={id}&by={by}")).expect(200).json();
        let options = found["options"].as_array().expect("options");
        for line in found["lines"].as_array().expect("lines") {
            let group = line["categories"].to_string();
            for (index, option) in options.iter().enumerate() {
                let published = line["answers"][index].clone();
                expected.insert((id.clone(), group.clone(), option.as_str().expect("a code").to_owned()), published);
            }
        }
    }
    let mut withheld = 0;
    for row in rows.iter().filter(|row| !matches!(&row[answer], Data::String(code) if code == "(favourable)")) {
        let codes: Vec<String> = variables
            .iter()
            .map(|name| row.iter().find(|(heading, _)| code_of(heading) == *name).expect("a column").1.to_string())
            .collect();
        let key = (row[question].to_string(), json!(codes).to_string(), row[answer].to_string());
        let published = expected.remove(&key).unwrap_or_else(|| panic!("the API has no {key:?}"));
        assert_shows(&row[count], &published, &format!("{key:?}"));
        if published.get("withheld").is_some() {
            withheld += 1;
            let figures = row.iter().filter(|(heading, cell)| {
                matches!(cell, Data::Float(_)) && !matches!(heading.as_str(), "Took part" | "respondents")
            });
            assert_eq!(figures.count(), 0, "a withheld line has figures: {row:?}");
        }
    }
    assert!(expected.is_empty(), "the file leaves out {:?}", expected.keys().next());
    withheld
}

/// `Ethnicity code`, `ethnicity` → `ethnicity`.
fn code_of(heading: &str) -> String {
    let code = heading.strip_suffix(" code").map(|name| name.to_lowercase().replace(' ', "_"));
    code.unwrap_or_else(|| heading.to_owned())
}

on_both_databases! {
    fn workbooks_hold_the_figures_of_the_api_and_no_others(database) {
        // It asks the API for every line of a workbook.
        let unlimited = [("CANDOUR__API__REQUESTS_PER_MINUTE".to_owned(), "0".to_owned())];
        let app = App::spawn_with(database, &unlimited.into());
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let survey = published(&app, &hr, &ods);
        let reader = app.signed_in(Role::Viewer, Some(&ods));
        let at = |file: &str| format!("/api/v1/surveys/{survey}/{file}");
        let xlsx = sheets::<Xlsx<_>>(&file(&reader, &at("results.xlsx")));
        assert_eq!(xlsx, sheets::<Ods<_>>(&file(&reader, &at("results.ods"))), "both kinds of workbook say the same");

        let known: Vec<&String> = xlsx.keys().collect();
        let by = ["ethnicity", "pay band", "staff group", "unit"];
        let mut wanted: Vec<String> = ["Contents", "Differences", "Notes", "Took part"].map(str::to_owned).into();
        wanted.extend(by.iter().flat_map(|name| [format!("Answers by {name}"), format!("Summary by {name}")]));
        wanted.sort();
        assert_eq!(known, wanted.iter().collect::<Vec<_>>());
        let listed: Vec<String> = xlsx["Contents"].iter().map(|row| row["Sheet"].to_string()).collect();
        assert!(known.iter().all(|name| *name == "Contents" || listed.contains(name)), "{listed:?}");

        let mut withheld = 0;
        for name in by {
            let variable = name.replace(' ', "_");
            withheld += compare_answers(&reader, &survey, &variable, &xlsx[&format!("Answers by {name}")], ["Question code", "Answer code", "People"]);
            for row in &xlsx[&format!("Summary by {name}")] {
                let found = reader.get(&at(&format!("results?question={}&by={variable}", row["Question code"]))).expect(200).json();
                let heading = row.keys().find(|heading| code_of(heading) == variable).expect("a column");
                let group = json!([row[heading].to_string()]);
                let line = found["lines"].as_array().expect("lines").iter().find(|line| line["categories"] == group).expect("a line");
                for (heading, figure) in [("Favourable share", "favourable"), ("Score, 0 to 10", "score"), ("Took part", "respondents")] {
                    assert_shows(&row[heading], &line[figure], &format!("{heading} of {row:?}"));
                }
                let bounds = |index: usize| line["interval"].get(index).cloned().unwrap_or_else(|| line["favourable"].clone());
                assert_shows(&row["Interval from"], &bounds(0), "interval");
                assert_shows(&row["Interval to"], &bounds(1), "interval");
                assert_eq!(matches!(row["Favourable"], Data::Float(_)), line["favourable"].is_number(), "{row:?}");
            }
        }
        assert!(withheld > 50, "this release withholds figures: {withheld}");

        let indicators = reader.get(&at("indicators")).expect(200).json();
        for row in &xlsx["Differences"] {
            let of = |list: &Value, name: &str, value: &Data| list.as_array().expect("a list").iter().find(|it| it[name] == value.to_string().as_str()).cloned().expect("an entry");
            let question = of(&indicators["questions"], "question", &row["Question code"]);
            let group = of(&question["groups"], "group", &row["Group code"]);
            assert_shows(&row["Difference in points"], &group["gap"]["points"], "difference");
            assert_shows(&row["p, adjusted"], &group["gap"]["adjusted_p"], "p");
            assert_shows(&row["Favourable share"], &group["measures"]["favourable"], "share");
            assert_shows(&row["Favourable share of White staff"], &question["white"]["favourable"], "share");
        }
        let release = reader.get(&at("release")).expect(200).json();
        assert_shows(&xlsx["Took part"][0]["Took part"], &release["respondents"], "everybody");

        let one = sheets::<Xlsx<_>>(&file(&reader, &at("results.xlsx?question=belonging&by=unit,ethnicity")));
        assert_eq!(one.len(), 4, "contents, notes and two tables: {:?}", one.keys());
        reader.get(&at("results.ods?by=pay_band,staff_group")).expect(422);
        reader.get(&at("results.xlsx?question=no_such")).expect(422);
    }
}

on_both_databases! {
    fn the_archive_has_everything_with_its_audit(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let survey = published(&app, &hr, &ods);
        let bytes = file(&hr, &format!("/api/v1/surveys/{survey}/release.zip"));
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
        let names: Vec<String> = archive.file_names().map(|name| name.expect("a name").into_owned()).collect();
        let mut read = |name: &str| {
            let mut bytes = Vec::new();
            archive.by_name(name).expect("a file").read_to_end(&mut bytes).expect("bytes");
            bytes
        };
        assert_eq!(sheets::<Xlsx<_>>(&read("results.xlsx")), sheets::<Ods<_>>(&read("results.ods")));
        let audit: Value = serde_json::from_slice(&read("audit.json")).expect("JSON");
        assert_eq!((audit["audit"]["exact_disclosures"].clone(), audit["survey"].clone()), (json!(0), json!(survey)));
        let readme = String::from_utf8(read("README.txt")).expect("text");
        let tables: Vec<&String> = names.iter().filter(|name| name.starts_with("csv/")).collect();
        assert_eq!(tables.len(), 10, "{names:?}");
        let mut withheld = 0;
        for name in tables {
            assert!(readme.contains(name.as_str()), "{name} is not in the README");
            let by = name.trim_start_matches("csv/").trim_end_matches(".csv").replace("everybody", "").replace('-', ",");
            withheld += compare_answers(&hr, &survey, &by, &csv_rows(&read(name)), ["question", "answer", "count"]);
        }
        assert!(withheld > 500, "{withheld}");
    }
}

on_both_databases! {
    fn names_that_look_like_formulas_are_words_in_every_file(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let evil = "=HYPERLINK(\"http://x.example\",\"Ward\")";
        let unit = |code: &str, name: &str| Unit { code: code.to_owned(), name: name.to_owned(), parent: None };
        let units = ["MED-1", "MAT-1", "MED-2"].map(|code| unit(code, evil));
        let units = units.into_iter().chain([unit("MAT-2", "@SUM(A1)")]).collect();
        let scope = candour::domain::account::TenantScope::of_operator(ods.clone());
        app.run(app.services.organisations.replace_units(scope, UnitTree::new(units).expect("a tree"), candour::services::Precondition::none())).expect("replaced");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let survey = published(&app, &hr, &ods);
        let at = |file: &str| format!("/api/v1/surveys/{survey}/{file}?question=belonging&by=unit");
        let names = |rows: &Rows, heading: &str| rows.iter().map(|row| row[heading].to_string()).collect::<std::collections::BTreeSet<_>>();
        let wanted = ["Everybody", "'@SUM(A1)", &format!("'{evil}")].map(str::to_owned).into_iter().collect();
        assert_eq!(names(&sheets::<Xlsx<_>>(&file(&hr, &at("results.xlsx")))["Answers by unit"], "Unit"), wanted);
        assert_eq!(names(&sheets::<Ods<_>>(&file(&hr, &at("results.ods")))["Answers by unit"], "Unit"), wanted);
        assert_eq!(names(&csv_rows(&file(&hr, &at("results.csv"))), "unit_name"), wanted);
        let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(file(&hr, &at("results.xlsx")))).expect("a workbook");
        assert!(book.worksheet_formula("Answers by unit").expect("a sheet").is_empty());
    }
}
