//! Systems: members side by side, rolled up, and never more than members have released.

use candour::domain::account::Role;
use candour::domain::organisation::OdsCode;
use serde_json::{Value, json};

use crate::accounts::Browser;
use crate::printed_figures::prints_only;
use crate::support::{App, Client, PASSWORD, on_both_databases};

/// Answers of one member: each with ethnicity, and whether they agree.
type People = [(&'static str, &'static str, usize)];

const NORTH: &People = &[
    ("white", "agree", 40),
    ("white", "disagree", 20),
    ("asian", "agree", 16),
    ("asian", "disagree", 14),
    ("black", "agree", 4),
    ("black", "disagree", 3),
];
const SOUTH: &People = &[
    ("white", "agree", 35),
    ("white", "disagree", 25),
    ("asian", "agree", 12),
    ("asian", "disagree", 18),
    ("black", "agree", 4),
    ("black", "disagree", 5),
];

fn answered(app: &App, hr: &Client, ods: &OdsCode, people: &People) -> String {
    let count = people.iter().map(|(_, _, count)| count).sum();
    let (survey, tokens) = app.open_survey(hr, ods, count);
    let all = people.iter().flat_map(|(group, answer, count)| (0..*count).map(move |_| (group, answer)));
    for (token, (group, answer)) in tokens.iter().zip(all) {
        let answers = json!({ "answers": { "ethnicity_group": [group], "belonging": [answer] } });
        app.client.post(&format!("/api/v1/respond/{token}"), &answers).expect(201);
    }
    hr.send("POST", &format!("/api/v1/surveys/{survey}/close"), None).expect(200);
    survey
}

fn publish(hr: &Client, survey: &str) {
    hr.send("POST", &format!("/api/v1/surveys/{survey}/publish"), None).expect(200);
}

/// A group's line of results.
fn line(results: &Value, group: &str) -> Value {
    let lines = results["lines"].as_array().expect("lines");
    lines
        .iter()
        .find(|line| line["categories"] == json!([group]))
        .cloned()
        .unwrap_or_else(|| panic!("{group} of {results}"))
}

on_both_databases! {
    fn members_stand_side_by_side_and_are_rolled_up_once(database) {
        let app = App::spawn(database);
        let (system, north, south) = (app.organisation("QXX"), app.organisation("RXX"), app.organisation("RYY"));
        let platform = app.signed_in(Role::PlatformAdministrator, None);
        let viewer = app.signed_in(Role::SystemViewer, Some(&system));
        let lead = app.signed_in(Role::HrLead, Some(&system));
        let (hr_north, hr_south) = (app.signed_in(Role::HrLead, Some(&north)), app.signed_in(Role::HrLead, Some(&south)));
        let at = |rest: &str| format!("/api/v1/systems/{system}{rest}");

        viewer.get(&at("")).expect(404);
        lead.json("PUT", &at("/members"), &json!({ "members": ["RXX"] })).expect(404);
        platform.json("PUT", &at("/members"), &json!({ "members": ["RXX", "NOBODY"] })).expect(422);
        platform.json("PUT", &at("/members"), &json!({ "members": ["QXX"] })).expect(422);
        let members = platform.json("PUT", &at("/members"), &json!({ "members": ["RYY", "RXX"] })).expect(200).json();
        assert_eq!((members[0]["ods"].clone(), members[1]["ods"].clone()), (json!("RXX"), json!("RYY")));

        let first = answered(&app, &hr_north, &north, NORTH);
        let second = answered(&app, &hr_south, &south, SOUTH);
        // Nothing that is not released.
        assert_eq!(viewer.get(&at("")).expect(200).json()["members"][0]["survey"], Value::Null);
        assert_eq!(viewer.get(&at("/results?question=belonging")).expect(200).json()["members"][0]["results"], Value::Null);
        publish(&hr_north, &first);
        let refused = lead.post(&at("/release"), &json!({})).expect(409).json();
        assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains("Trust RYY has no release yet")), "{refused}");
        publish(&hr_south, &second);
        // Members' own routes stay closed to the system.
        viewer.get(&format!("/api/v1/surveys/{first}/release")).expect(404);

        viewer.post(&at("/release"), &json!({})).expect(404);
        let preview = lead.post(&at("/release?dry_run=true"), &json!({})).expect(200).json();
        assert_eq!(preview["id"], Value::Null);
        assert_eq!(viewer.get(&at("")).expect(200).json()["roll_up"], Value::Null);
        let made = lead.post(&at("/release"), &json!({})).expect(200).json();
        assert_eq!(made["audit"]["exact_disclosures"], 0);
        assert!(made["audit"]["sets_tested"].as_u64().is_some_and(|sets| sets > 0), "{made}");
        assert_eq!(made["surveys"].as_array().map(Vec::len), Some(2));
        assert!(made["breakdowns"].as_array().expect("a list").iter().all(|table| !table.as_array().expect("a list").contains(&json!("unit"))), "{made}");
        assert_eq!(lead.post(&at("/release"), &json!({})).expect(200).json()["id"], made["id"], "the same again changes nothing");

        let found = viewer.get(&at("/results?question=belonging&by=ethnicity")).expect(200).json();
        for member in 0..2 {
            let own = line(&found["members"][member]["results"], "black");
            assert_eq!((own["respondents"].clone(), own["counts"].clone()), (json!({ "withheld": true }), json!({ "withheld": true })), "{own}");
        }
        let together = line(&found["together"], "all");
        assert_eq!(together["respondents"], 196.0);
        let african = line(&found["together"], "black");
        assert_eq!(african["respondents"], 16.0, "together they are enough: {african}");
        // What every member publishes is never withheld of all together: anybody can add it up.
        let counts = |line: &Value| line["counts"].as_array().map(|counts| counts.iter().filter_map(Value::as_u64).collect::<Vec<u64>>());
        let mut summed = 0;
        for question in made["questions"].as_array().expect("questions") {
            let id = question.as_str().expect("a question");
            let found = viewer.get(&at(&format!("/results?question={id}&by=ethnicity"))).expect(200).json();
            for whole in found["together"]["lines"].as_array().expect("lines") {
                let of = |member: usize| found["members"][member]["results"]["lines"].as_array()?.iter().find(|line| line["categories"] == whole["categories"]).and_then(counts);
                if let (Some(north), Some(south)) = (of(0), of(1)) {
                    let sum: Vec<u64> = north.iter().zip(&south).map(|(one, other)| one + other).collect();
                    assert_eq!(counts(whole), Some(sum), "{id}: {whole}");
                    summed += 1;
                }
            }
        }
        assert!(summed > 0, "{summed}");
        // The attacker reads the page.
        let mut browser = Browser::new(&app);
        browser.post("/office/sign-in", &[("email", "hr_lead.qxx@example.org"), ("password", PASSWORD)]).expect(303);
        for by in ["ethnicity", "pay_band", "staff_group"] {
            let page = browser.get(&format!("/office/system?question=belonging&by={by}")).expect(200).body;
            let api = ["ethnicity", by].map(|by| viewer.get(&at(&format!("/results?question=belonging&by={by}"))).expect(200).json());
            assert!(prints_only(&page, &api) > 10, "{by}");
        }
        viewer.get(&at("/results?question=nothing")).expect(422);
        let chain = app.count_in(&app.database, "SELECT COUNT(*) AS value FROM audit_events WHERE kind = 'system_released'");
        assert_eq!(chain, 3, "in the log of the system and of each member");

        // Another system with one of the members would differ by the other.
        let other = app.organisation("QYY");
        let third = app.organisation("RZZ");
        let (hr_third, lead_other) = (app.signed_in(Role::HrLead, Some(&third)), app.signed_in(Role::HrLead, Some(&other)));
        let last = answered(&app, &hr_third, &third, NORTH);
        publish(&hr_third, &last);
        platform.json("PUT", "/api/v1/systems/QYY/members", &json!({ "members": ["RYY", "RZZ"] })).expect(200);
        let refused = lead_other.post("/api/v1/systems/QYY/release", &json!({})).expect(409).json();
        assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains("part of another roll-up")), "{refused}");
        viewer.get("/api/v1/systems/QYY").expect(404);
        // A trust that left is not shown any more.
        platform.json("PUT", "/api/v1/systems/QYY/members", &json!({ "members": [] })).expect(200);
        lead_other.get("/api/v1/systems/QYY").expect(404);
    }
}

on_both_databases! {
    fn published_workforces_are_summed_once_every_member_has_published(database) {
        let app = App::spawn(database);
        let (system, north, south) = (app.organisation("QXX"), app.organisation("RXX"), app.organisation("RYY"));
        app.signed_in(Role::PlatformAdministrator, None).json("PUT", "/api/v1/systems/QXX/members", &json!({ "members": ["RXX", "RYY"] })).expect(200);
        let viewer = app.signed_in(Role::SystemViewer, Some(&system));
        let cell = |group: &str, headcount: u64| json!({ "pay_band": "5", "staff_group": "nursing_and_midwifery", "ethnic_category": group, "deprivation_decile": if group == "A" { "2" } else { "9" }, "headcount": headcount });
        let path = "/api/v1/systems/QXX/representation/2026";
        let minority = |report: &Value| report["groups"].as_array().expect("groups").iter().find(|line| line["group"] == "minority_ethnic").expect("a line")["workforce"].clone();
        for (ods, cells) in [(&north, json!([cell("A", 300), cell("H", 100)])), (&south, json!([cell("A", 200), cell("N", 50)]))] {
            assert_eq!(viewer.get(path).expect(200).json()["together"], Value::Null);
            let hr = app.signed_in(Role::HrLead, Some(ods));
            hr.json("PUT", &format!("/api/v1/organisations/{ods}/workforce/2026-03-31"), &cells).expect(204);
            hr.post(&format!("/api/v1/organisations/{ods}/published-representation/2026"), &json!({})).expect(200);
        }
        let found = viewer.get(path).expect(200).json();
        assert_eq!((minority(&found["members"][0]["report"]), minority(&found["together"])), (json!(100), json!(150)));
        let decile = |report: &Value, at: usize| report["deprivation"][at]["workforce"].clone();
        assert_eq!((decile(&found["members"][0]["report"], 1), decile(&found["together"], 1)), (json!(300), json!(500)));
        assert_eq!((decile(&found["together"], 8), decile(&found["together"], 0)), (json!(150), json!(0)));
        viewer.get(&format!("{path}?population=nowhere")).expect(404);
        viewer.get("/api/v1/systems/QXX/representation/soon").expect(422);
    }
}

on_both_databases! {
    fn what_one_member_promised_its_staff_holds_for_the_roll_up(database) {
        let app = App::spawn(database);
        let platform = app.signed_in(Role::PlatformAdministrator, None);
        // Members of one system have one threshold, those of the other two.
        for (system, members, thresholds) in [("QXX", ["RXX", "RYY"], [20, 20]), ("QYY", ["RZX", "RZY"], [20, 11])] {
            let system = app.organisation(system);
            let lead = app.signed_in(Role::HrLead, Some(&system));
            for ((ods, minimum_count), people) in members.iter().zip(thresholds).zip([NORTH, SOUTH]) {
                let ods = app.organisation(ods);
                let administrator = app.signed_in(Role::OrganisationAdministrator, Some(&ods));
                let policy = json!({ "minimum_count": minimum_count });
                administrator.json("PUT", &format!("/api/v1/organisations/{ods}/policy"), &policy).expect(200);
                let hr = app.signed_in(Role::HrLead, Some(&ods));
                let survey = answered(&app, &hr, &ods, people);
                publish(&hr, &survey);
                app.mailbox.empty();
            }
            platform.json("PUT", &format!("/api/v1/systems/{system}/members"), &json!({ "members": members })).expect(200);
            let rolled_up = lead.post(&format!("/api/v1/systems/{system}/release"), &json!({}));
            if thresholds == [20, 11] {
                // What the second published would tell, together with the sum, what the first withheld.
                assert!(rolled_up.expect(409).body.contains("roll-up-refused"));
                continue;
            }
            rolled_up.expect(200);
            let results = lead.get(&format!("/api/v1/systems/{system}/results?question=belonging&by=ethnicity")).expect(200).json();
            assert_eq!(line(&results["together"], "black")["respondents"], json!({ "withheld": true }), "sixteen people");
            assert_eq!(line(&results["together"], "white")["respondents"], 120.0);
        }
    }
}
