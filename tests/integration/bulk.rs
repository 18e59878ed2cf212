//! A whole trust in one call. The times hold for a release build; a development build gets six times as long.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use candour::domain::account::Role;
use serde_json::{Value, json};

use crate::support::{App, on_both_databases};

/// What a call may take: `seconds` of a release build.
fn patience(seconds: u64) -> Duration {
    Duration::from_secs(if cfg!(debug_assertions) { 6 * seconds } else { seconds })
}

on_both_databases! {
    fn a_hundred_thousand_are_invited_by_one_call(database) {
        const PEOPLE: usize = 100_000;
        let app = App::spawn(database);
        let own = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&own));
        let created = hr.post(&format!("/api/v1/organisations/{own}/surveys"), &json!({ "title": "T" })).expect(201);
        let survey = created.header("location").expect("where it is").to_owned();
        hr.send("POST", &format!("{survey}/open"), None).expect(200);
        let mut table = "email,unit\n".to_owned();
        for n in 0..PEOPLE {
            writeln!(table, "person{n}@example.org,{}", ["MED-1", "MED-2", "MAT-1", "MAT-2"][n % 4]).expect("written");
        }
        let keyed = hr.with_header("idempotency-key", "everybody");
        let path = format!("{survey}/invitations");
        let started = Instant::now();
        let told = keyed.send("POST", &path, Some(("text/csv", table.clone()))).expect(200);
        let took = started.elapsed();
        println!("{PEOPLE} invited in {took:?}");
        assert_eq!(told.json(), json!({ "added": PEOPLE, "already_invited": 0, "widened": 0 }));
        assert!(took < patience(10), "{took:?}");
        // One job each is on its way; sent again, nobody is invited twice.
        let jobs = "SELECT COUNT(*) AS value FROM jobs WHERE kind = 'send_invitation'";
        assert_eq!(app.count_in(&app.database, jobs), PEOPLE as u64);
        let again = keyed.send("POST", &path, Some(("text/csv", table))).expect(200);
        assert_eq!((again.header("idempotent-replayed"), &again.body), (Some("true"), &told.body));
        assert_eq!(app.count_in(&app.database, jobs), PEOPLE as u64);
    }
}

on_both_databases! {
    fn a_snapshot_of_two_hundred_thousand_rows_is_stored_by_one_call(database) {
        const ROWS: usize = 200_000;
        let app = App::spawn(database);
        let own = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&own));
        let path = format!("/api/v1/organisations/{own}/workforce/2027-03-31");
        let (bands, categories) = (["2", "3", "4", "5", "6", "7", "8a"], ["A", "B", "C", "D", "H", "J", "M", "N"]);
        let mut table = "organisation,unit,pay_band,staff_group,ethnic_category,headcount\n".to_owned();
        let mut cells = Vec::with_capacity(ROWS);
        for n in 0..ROWS {
            // Bands and categories come together every 56 rows.
            let unit = format!("W{}", n / 56);
            let (band, category) = (bands[n % bands.len()], categories[n % categories.len()]);
            writeln!(table, "RXX,{unit},{band},nursing_and_midwifery,{category},1").expect("written");
            cells.push(json!({ "unit": unit, "pay_band": band, "staff_group": "nursing_and_midwifery", "ethnic_category": category, "headcount": 1 }));
        }
        for (kind, body) in [("text/csv", table), ("application/json", Value::from(cells).to_string())] {
            let started = Instant::now();
            hr.send("PUT", &path, Some((kind, body))).expect(204);
            let took = started.elapsed();
            println!("{ROWS} rows of {kind} in {took:?}");
            assert!(took < patience(10), "{took:?}");
        }
        // Somebody who sends the wrong column does not get 200,000 complaints.
        let wrong = format!("organisation,pay_band,staff_group,ethnic_category,headcount\n{}", "RXX,5,,?,1\n".repeat(ROWS));
        let told = hr.send("PUT", &path, Some(("text/csv", wrong))).expect(422).json();
        assert_eq!(told["errors"].as_array().map(Vec::len), Some(100));
        assert!(told["detail"].as_str().is_some_and(|text| text.contains("200000 things")), "{}", told["detail"]);
        let report = hr.get(&format!("/api/v1/organisations/{own}/representation")).expect(200).json();
        assert_eq!(report["groups"].as_array().map(Vec::is_empty), Some(false));
    }
}
