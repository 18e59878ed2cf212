//! The ten lines of `docs/api.md`, run as they stand there.

use std::process::Command;

use candour::domain::account::Role;

use crate::support::{App, on_both_databases};

/// The lines after the mark, up to the end of their block.
fn ten_lines() -> String {
    let page = include_str!("../../docs/api.md");
    let (_, after) = page.split_once("<!-- ten lines").expect("the mark stands in docs/api.md");
    let (_, block) = after.split_once("```sh\n").expect("a block follows it");
    block.split_once("```").expect("it ends").0.to_owned()
}

#[test]
fn they_are_ten() {
    let lines = ten_lines();
    assert_eq!(lines.lines().count(), 10);
    assert!(lines.lines().all(|line| line.contains("curl ")));
}

on_both_databases! {
    fn from_zero_to_the_first_report(database) {
        let app = App::spawn(database);
        let own = app.organisation("RXX");
        app.signed_in(Role::HrLead, Some(&own));
        let ran = Command::new("bash")
            .args(["-euo", "pipefail", "-c", &ten_lines()])
            .env("CANDOUR", app.client.base())
            .env("EMAIL", "hr_lead.rxx@example.org")
            .env("PASSWORD", crate::support::PASSWORD)
            .output()
            .expect("bash");
        let (out, err) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
        assert!(ran.status.success(), "{err}\n{out}");
        assert!(out.contains("{\"added\":40,") && out.contains("\"state\":\"open\"") && out.contains("\"invited\":40"), "{out}");
        let (_, report) = out.split_once("{\n").expect("a report");
        assert!(report.contains("\"workforce_share\": 0.") && report.contains("\"ratio\": "), "{report}");
    }
}
