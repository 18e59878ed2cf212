//! The attacker reads pages: tables, charts, what screen readers hear. Nothing is printed that the API withholds.

use std::collections::BTreeMap;

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
