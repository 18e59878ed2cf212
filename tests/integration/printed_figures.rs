//! The attacker reads pages: tables, charts, what screen readers hear. Nothing is printed that the API withholds.

use std::collections::{BTreeMap, BTreeSet};

use candour::domain::account::{Role, TenantScope};
use candour::domain::published_summary::PublishedSummary;
use serde_json::{Value, json};

use crate::accounts::{Browser, EMAIL, PASSWORD, account, between};
use crate::downloads::published;
use crate::support::{App, Client, on_both_databases};

/// A table of a page: its headings, and its rows by their first cell.
struct Printed {
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// Text without tags; what only screen readers hear is part of it.
fn text(html: &str) -> String {
    let mut text = String::new();
    let mut in_tag = false;
    for character in html.chars() {
        match character {
            '<' => in_tag = true,
            '>' => in_tag = false,
            other if !in_tag => text.push(other),
            _ => {}
        }
    }
    text.trim().to_owned()
}

fn tables(page: &str) -> Vec<Printed> {
    let cells = |row: &str| -> Vec<String> {
        let cell = |part: &str| part.split_once('>').map(|(_, rest)| text(rest)).unwrap_or_default();
        row.split("<th ").skip(1).flat_map(|part| part.split("<td ")).map(cell).collect()
    };
    let table = |table: String| {
        let rows: Vec<Vec<String>> = table.split("<tr").skip(1).map(cells).collect();
        Printed { headings: rows[0].clone(), rows: rows[1..].to_vec() }
    };
    between(page, "<table", "</table>").into_iter().map(table).collect()
}

/// Bars of the charts: label, whether there is a bar, what stands at its end.
fn bars(page: &str) -> Vec<(String, bool, String)> {
    let chart = |svg: String| -> Vec<(String, bool, String)> {
        let after_axis = svg.rsplit_once("text-anchor=\"middle\"").map_or(svg.clone(), |(_, rest)| rest.to_owned());
        let parts: Vec<&str> = after_axis.split("candour-chart__value").collect();
        let value = |part: &str| {
            text(part.split_once('>').map_or("", |(_, rest)| rest).split("</text>").next().unwrap_or_default())
        };
        let label = |part: &str| {
            part.rsplit("<text x=")
                .find(|it| it.contains("</text>"))
                .map(|it| text(&it[it.find('>').unwrap_or(0) + 1..]))
                .unwrap_or_default()
        };
        (1..parts.len())
            .map(|place| {
                (label(parts[place - 1]), parts[place - 1].contains("candour-chart__bar\""), value(parts[place]))
            })
            .collect()
    };
    between(page, "<svg", "</svg>").into_iter().flat_map(chart).collect()
}

fn has_figure(cell: &str) -> bool {
    cell.contains(|character: char| character.is_ascii_digit())
}

/// What screen readers hear instead of a picture has no share.
fn assert_attributes_are_silent(page: &str) {
    for attribute in ["aria-label=\"", "alt=\"", "title=\"", "aria-description=\""] {
        for heard in between(page, attribute, "\"") {
            assert!(!heard.contains('%') && !heard.contains("[c]"), "{heard}");
        }
    }
}

fn is_withheld(figure: &Value) -> bool {
    figure["withheld"] == true
}

fn percent(share: f64, digits: usize) -> String {
    format!("{:.digits$} %", share * 100.0)
}

/// Holds a page against the lines of the API; gives how many withheld lines it shows.
fn compare(page: &str, lines: &BTreeMap<String, Value>) -> usize {
    let mut withheld = 0;
    for table in tables(page) {
        for row in &table.rows {
            let line = lines.get(&row[0]).unwrap_or_else(|| panic!("the API has no “{}”: {:?}", row[0], lines.keys()));
            let silent = is_withheld(&line["counts"]);
            withheld += usize::from(silent);
            for (heading, cell) in table.headings.iter().zip(row).skip(1) {
                match heading.as_str() {
                    "Took part" => {
                        assert_eq!(has_figure(cell), !is_withheld(&line["respondents"]), "{heading} of {row:?}")
                    }
                    "Share" if line["favourable"].is_number() => {
                        assert_eq!(*cell, percent(line["favourable"].as_f64().expect("a share"), 1))
                    }
                    _ if silent => assert!(!has_figure(cell), "{heading} of {row:?}, which the API withholds"),
                    _ => {}
                }
            }
        }
    }
    for (label, bar, value) in bars(page) {
        assert_eq!(bar, has_figure(&value), "{label}: {value}");
        let of_group = lines.iter().find(|(name, _)| name.starts_with(label.trim_end_matches('…')));
        let Some((_, line)) = of_group else { continue };
        assert_eq!(has_figure(&value), line["favourable"].is_number(), "{label}: {value} for {}", line["favourable"]);
    }
    assert_attributes_are_silent(page);
    withheld
}

/// Lines of the API by their label.
fn lines(reader: &Client, path: &str) -> BTreeMap<String, Value> {
    let found = reader.get(path).expect(200).json();
    by_label(&found["lines"])
}

fn by_label(lines: &Value) -> BTreeMap<String, Value> {
    let line = |line: &Value| (line["labels"][0].as_str().expect("a label").to_owned(), line.clone());
    lines.as_array().expect("lines").iter().map(line).collect()
}

on_both_databases! {
    fn pages_print_nothing_that_the_api_withholds(database) {
        let unlimited = [("CANDOUR__API__REQUESTS_PER_MINUTE".to_owned(), "0".to_owned())];
        let app = App::spawn_with(database, &unlimited.into());
        account(&app, EMAIL, Role::HrLead);
        let ods = "RXX".parse().expect("a code");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let survey = published(&app, &hr, &ods);
        let mut browser = Browser::new(&app);
        browser.sign_in(PASSWORD).expect(303);

        let release = hr.get(&format!("/api/v1/surveys/{survey}/release")).expect(200).json();
        let questions: Vec<String> = release["questions"].as_array().expect("a list").iter().map(|id| id.as_str().expect("text").to_owned()).collect();
        let mut withheld = 0;
        for (place, question) in questions.iter().enumerate() {
            // Units and pay bands are shown as ethnicity is; some questions say as much as all.
            let variables: &[&str] = if place % 6 == 0 { &["ethnicity", "unit", "pay_band", "staff_group"] } else { &["ethnicity"] };
            for by in variables {
                let page = browser.get(&format!("/office/surveys/{survey}/results/{question}?by={by}")).expect(200).body;
                let lines = lines(&hr, &format!("/api/v1/surveys/{survey}/results?question={question}&by={by}"));
                // A question of several answers can publish one and withhold another: its own figures are in the files.
                if questions_of_one_answer(&page) {
                    withheld += compare(&page, &lines);
                }
            }
        }
        assert!(withheld > 50, "{withheld}");

        // The heat map: a column a question, a row a unit.
        let first = browser.get(&format!("/office/surveys/{survey}/heat-map")).expect(200).body;
        let mut cells = 0;
        for section in between(&first, "<option value=\"", "\"") {
            let page = browser.get(&format!("/office/surveys/{survey}/heat-map?section={section}")).expect(200).body;
            let asked = between(&page, &format!("/office/surveys/{survey}/results/"), "?by=unit");
            let of: Vec<BTreeMap<String, Value>> = asked.iter().map(|id| lines(&hr, &format!("/api/v1/surveys/{survey}/results?question={id}&by=unit"))).collect();
            for row in &tables(&page)[0].rows {
                for (lines, cell) in of.iter().zip(&row[2..]) {
                    let share = &lines[&row[0]]["favourable"];
                    assert_eq!(has_figure(cell), share.is_number(), "{row:?}: {share}");
                    assert_eq!(cell.contains("[c]"), is_withheld(share), "{row:?}: {share}");
                    cells += 1;
                }
            }
            assert_attributes_are_silent(&page);
        }
        assert!(cells > 100, "{cells}");

        // What everybody reads.
        let words = PublishedSummary { heard_en: "We heard you.".to_owned(), public: true, ..PublishedSummary::default() };
        let scope = TenantScope::of_operator(ods);
        app.run(app.services.results.replace_summary(scope, survey.parse().expect("an id"), words)).expect("published");
        for language in ["en", "cy"] {
            let page = app.client.get(&format!("/published/{survey}?lang={language}")).expect(200).body;
            for (label, bar, value) in bars(&page) {
                assert_eq!(bar, has_figure(&value), "{label}: {value}");
            }
            for table in tables(&page) {
                for row in table.rows.iter().filter(|row| row.iter().any(|cell| cell.contains("[c]"))) {
                    assert!(row[1..].iter().filter(|cell| has_figure(cell)).count() <= 1, "more than who took part: {row:?}");
                }
            }
            assert_attributes_are_silent(&page);
        }
    }
}

/// Every share and count that stands anywhere in an answer of the API, as pages print them.
fn published_figures(api: &Value, found: &mut BTreeSet<String>) {
    match api {
        Value::Number(number) => {
            let number = number.as_f64().expect("a number");
            found.extend([percent(number, 1), percent(number, 0), number.to_string(), format!("{number:.2}")]);
        }
        Value::Array(values) => values.iter().for_each(|value| published_figures(value, found)),
        Value::Object(fields) => fields.values().for_each(|value| published_figures(value, found)),
        _ => {}
    }
}

/// No cell and no bar of the page has a share that the API does not publish; gives how many were looked at.
pub fn prints_only(page: &str, api: &[Value]) -> usize {
    let mut known = BTreeSet::new();
    api.iter().for_each(|answer| published_figures(answer, &mut known));
    let cells = tables(page).into_iter().flat_map(|table| table.rows).flat_map(|row| row.into_iter().skip(1));
    let ends = bars(page).into_iter().map(|(label, bar, value)| {
        assert_eq!(bar, has_figure(&value), "{label}: {value}");
        value
    });
    let mut looked_at = 0;
    for cell in cells.chain(ends).filter(|cell| cell.ends_with(" %") || cell.bytes().all(|it| it.is_ascii_digit())) {
        // Of an interval, “49.6 to 63.4 %”, each end.
        for figure in cell.trim_end_matches(" %").split(" to ").filter(|figure| !figure.is_empty()) {
            let whole = if cell.ends_with(" %") { format!("{figure} %") } else { figure.to_owned() };
            assert!(known.contains(&whole), "“{whole}” is nowhere in the API's answer");
        }
        looked_at += 1;
    }
    assert_attributes_are_silent(page);
    looked_at
}

on_both_databases! {
    fn pages_of_workforces_and_systems_print_only_what_the_api_publishes(database) {
        let app = App::spawn(database);
        account(&app, EMAIL, Role::HrLead);
        let (system, north, south) = (app.organisation("QXX"), "RXX".parse().expect("a code"), app.organisation("RYY"));
        app.signed_in(Role::PlatformAdministrator, None).json("PUT", "/api/v1/systems/QXX/members", &json!({ "members": ["RXX", "RYY"] })).expect(200);
        let cell = |band: &str, group: &str, decile: &str, headcount: u64| json!({ "pay_band": band, "staff_group": "nursing_and_midwifery", "ethnic_category": group, "deprivation_decile": decile, "headcount": headcount });
        let year = candour::services::today().year() + i32::from(candour::services::today().month() > time::Month::March);
        let hr = app.signed_in(Role::HrLead, Some(&north));
        let mut browser = Browser::new(&app);
        browser.sign_in(PASSWORD).expect(303);
        let page = format!("/office/representation/published?year={year}");
        assert!(browser.get(&page).expect(200).body.contains("is published"), "nothing is, and the page says so");
        assert!(browser.get(&format!("{page}&preview=true")).expect(200).body.contains("no snapshot of 31 March"));
        for (ods, minority) in [(&north, 47), (&south, 23)] {
            // Seven people of the most deprived decile, and three at the top of the ladder.
            let cells = json!([cell("5", "A", "3", 301), cell("5", "H", "3", minority), cell("5", "N", "1", 7), cell("8d", "A", "8", 38), cell("8d", "H", "8", 3), cell("6", "A", "8", 59)]);
            let hr = if *ods == north { hr.clone() } else { app.signed_in(Role::HrLead, Some(ods)) };
            hr.json("PUT", &format!("/api/v1/organisations/{ods}/workforce/{year}-03-31"), &cells).expect(204);
            if *ods == south {
                hr.post(&format!("/api/v1/organisations/{ods}/published-representation/{year}"), &json!({})).expect(200);
            }
        }
        // The first publishes in the office: looked at, then published. Both show the same.
        let api = format!("/api/v1/organisations/RXX/published-representation/{year}");
        let preview = browser.get(&format!("{page}&preview=true")).expect(200).body;
        hr.get(&api).expect(404);
        browser.send(&format!("{page}&preview=true"), "/office/representation/published", &[("year", &year.to_string())]).expect(303);
        let published = hr.get(&api).expect(200).json();
        let shown = browser.get(&page).expect(200).body;
        assert!(prints_only(&shown, std::slice::from_ref(&published)) > 20);
        assert!(prints_only(&preview, &[published]) > 20);
        for row in tables(&shown).into_iter().flat_map(|table| table.rows).filter(|row| row[1] == "[c]") {
            let figures: Vec<&String> = row[1..].iter().filter(|cell| has_figure(cell)).collect();
            assert!(figures.len() <= 1, "more than the population's share: {row:?}");
        }

        // The system's pages: each member, and the sums.
        let lead = "lead@system.example";
        let setup = app.run(app.services.accounts.create(lead.to_owned(), Role::HrLead, Some(system))).expect("created");
        app.run(app.services.accounts.set_password(setup, PASSWORD)).expect("a password");
        let mut browser = Browser::new(&app);
        browser.post("/office/sign-in", &[("email", lead), ("password", PASSWORD)]).expect(303);
        let viewer = app.signed_in(Role::SystemViewer, Some(&"QXX".parse().expect("a code")));
        let shown = browser.get(&format!("/office/system/representation?year={year}")).expect(200).body;
        let api = viewer.get(&format!("/api/v1/systems/QXX/representation/{year}")).expect(200).json();
        assert!(api["together"]["deprivation"].as_array().is_some_and(|lines| lines.iter().any(|line| is_withheld(&line["workforce"]))));
        assert!(prints_only(&shown, &[api]) > 50);
    }
}

/// Whether the page is about a question with one answer a person: the others' options are withheld one by one.
fn questions_of_one_answer(page: &str) -> bool {
    page.contains("Favourable here is")
}

#[test]
fn the_attacker_finds_a_figure_that_should_not_be_there() {
    let line = json!({ "respondents": 40, "counts": { "withheld": true }, "favourable": { "withheld": true } });
    let lines = BTreeMap::from([("White".to_owned(), line)]);
    let page = |cell: &str, bar: &str, value: &str| {
        format!(
            "<svg aria-label=\"Bar chart\"><text class=\"candour-chart__tick\" x=\"1\" text-anchor=\"middle\">100 %</text>\
             <text x=\"0\" y=\"1\">White</text>{bar}<text class=\"candour-chart__value\" x=\"3\">{value}</text></svg>\
             <table><tr><th scope=\"col\">Ethnicity</th><th scope=\"col\">Took part</th><th scope=\"col\">Base</th></tr>\
             <tr><th scope=\"row\">White</th><td class=\"x\">40</td><td class=\"x\">{cell}</td></tr></table>"
        )
    };
    let bar = "<rect class=\"candour-chart__bar\" width=\"3\"/>";
    assert_eq!(compare(&page("[c]", "", "[c]"), &lines), 1);
    for leaky in [page("39", "", "[c]"), page("[c]", bar, "[c]"), page("[c]", bar, "12 %"), page("[c]", "", "12 %")] {
        assert!(std::panic::catch_unwind(|| compare(&leaky, &lines)).is_err(), "{leaky}");
    }
    assert!(std::panic::catch_unwind(|| assert_attributes_are_silent("<svg aria-label=\"White: 12 %\">")).is_err());
}
