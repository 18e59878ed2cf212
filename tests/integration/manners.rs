//! The manners of the API: requests sent again, changes to what was seen, limits, negotiation, origins, problems.

use std::collections::BTreeSet;
use std::sync::Barrier;

use candour::domain::account::Role;
use serde_json::{Value, json};

use crate::support::{Answer, App, Client, Settings, TestDatabase, lines, on_both_databases};

const KEY: &str = "idempotency-key";

fn setting(name: &str, value: &str) -> Settings {
    Settings::from([(name.to_owned(), value.to_owned())])
}

/// The kind of a problem, which must be one in every way.
#[track_caller]
fn problem(answer: &Answer, status: u16) -> String {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    let body = answer.json();
    assert_eq!(body["status"], status);
    assert_eq!(body["request_id"].as_str(), answer.header("x-request-id"), "{body}");
    body["type"].as_str().expect("a type").strip_prefix("urn:candour:problem:").expect("one of ours").to_owned()
}

fn surveys_of(hr: &Client) -> usize {
    hr.get("/api/v1/surveys").expect(200).json().as_array().expect("a list").len()
}

on_both_databases! {
    fn what_is_sent_again_is_done_once(database) {
        let app = App::spawn(database);
        let own = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&own));
        let path = format!("/api/v1/organisations/{own}/surveys");
        let (first, other) = (json!({ "title": "Once" }), json!({ "title": "Another" }));
        let keyed = hr.with_header(KEY, "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"");

        let created = keyed.post(&path, &first).expect(201);
        assert_eq!(created.header("idempotent-replayed"), None);
        let again = keyed.post(&path, &first).expect(201);
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        assert_eq!((again.body.as_str(), again.header("location")), (created.body.as_str(), created.header("location")));
        assert_eq!(surveys_of(&hr), 1);

        assert_eq!(problem(&keyed.post(&path, &other), 422), "idempotency-key-reused");
        // Another route is another request, however alike the body.
        assert_eq!(problem(&keyed.post("/api/v1/questionnaires", &first), 422), "idempotency-key-reused");
        assert_eq!(surveys_of(&hr), 1);
        hr.with_header(KEY, "another-key").post(&path, &first).expect(201);
        assert_eq!(surveys_of(&hr), 2);
        // A key is its caller's own.
        let administrator = app.signed_in(Role::OrganisationAdministrator, Some(&own));
        let theirs = administrator.with_header(KEY, "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"").post(&path, &other);
        assert_eq!(theirs.header("idempotent-replayed"), None, "{}", theirs.body);
    }
}

on_both_databases! {
    fn a_refusal_is_kept_too_and_a_key_has_a_form(database) {
        let app = App::spawn(database);
        let own = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&own));
        let path = format!("/api/v1/organisations/{own}/surveys");
        let keyed = hr.with_header(KEY, "refused");
        assert_eq!(problem(&keyed.post(&path, &json!({ "title": "" })), 422), "invalid");
        let again = keyed.post(&path, &json!({ "title": "" }));
        assert_eq!((again.status, again.header("idempotent-replayed")), (422, Some("true")));
        for bad in ["", "two words", &"k".repeat(256)] {
            assert_eq!(problem(&hr.with_header(KEY, bad).post(&path, &json!({ "title": "T" })), 400), "bad-request");
        }
        // Without an access token nothing is looked at, nothing is kept.
        problem(&app.client.with_header(KEY, "nobody").post(&path, &json!({ "title": "T" })), 401);
        // On what only reads, a key says nothing.
        let read = hr.with_header(KEY, "reading");
        read.get("/api/v1/surveys").expect(200);
        assert_eq!(read.get("/api/v1/surveys").expect(200).header("idempotent-replayed"), None);
    }
}

on_both_databases! {
    fn of_many_at_the_same_time_one_is_done(database) {
        let app = App::spawn(database);
        let own = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&own));
        let path = format!("/api/v1/organisations/{own}/surveys");
        let keyed = hr.with_header(KEY, "at-once");
        let start = Barrier::new(12);
        let answers: Vec<Answer> = std::thread::scope(|scope| {
            let all: Vec<_> = (0..12)
                .map(|_| {
                    scope.spawn(|| {
                        start.wait();
                        keyed.post(&path, &json!({ "title": "At once" }))
                    })
                })
                .collect();
            all.into_iter().map(|one| one.join().expect("an answer")).collect()
        });
        assert_eq!(surveys_of(&hr), 1);
        let mut identifiers = BTreeSet::new();
        for answer in &answers {
            match answer.status {
                201 => drop(identifiers.insert(answer.json()["id"].to_string())),
                _ => {
                    assert_eq!(problem(answer, 409), "idempotency-in-progress");
                    assert!(answer.header("retry-after").is_some_and(|wait| wait.parse::<u32>().is_ok()));
                }
            }
        }
        assert_eq!(identifiers.len(), 1, "{answers:?}");
    }
}

on_both_databases! {
    fn a_request_in_progress_or_cut_off_is_not_done_twice(database) {
        let app = App::spawn(database);
        let own = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&own));
        let path = format!("/api/v1/organisations/{own}/surveys");
        let keyed = hr.with_header(KEY, "held");
        keyed.post(&path, &json!({ "title": "Held" })).expect(201);
        let url = app.database.url();
        let rows = "SELECT COUNT(*) AS value FROM idempotent_answers";
        assert_eq!(app.count_in(&app.database, rows), 1);

        // As it stands while the first is being worked on.
        crate::support::execute(&url, "UPDATE idempotent_answers SET answer = NULL");
        assert_eq!(problem(&keyed.post(&path, &json!({ "title": "Held" })), 409), "idempotency-in-progress");
        assert_eq!(problem(&keyed.post(&path, &json!({ "title": "Other" })), 422), "idempotency-key-reused");
        // As it stands when its process died.
        crate::support::execute(&url, "UPDATE idempotent_answers SET started_at = started_at - 600000000");
        assert_eq!(problem(&keyed.post(&path, &json!({ "title": "Held" })), 409), "idempotency-cut-off");
        assert_eq!(surveys_of(&hr), 1);

        // Kept for a day: then the key is free, whether or not somebody has tidied up.
        crate::support::execute(&url, "UPDATE idempotent_answers SET started_at = started_at - 86400000000");
        keyed.post(&path, &json!({ "title": "Held" })).expect(201);
        assert_eq!(surveys_of(&hr), 2);
        assert_eq!(app.run(app.services.idempotency.tidy()).expect("tidied"), 0);
        crate::support::execute(&url, "UPDATE idempotent_answers SET started_at = started_at - 86500000000");
        assert_eq!(app.run(app.services.idempotency.tidy()).expect("tidied"), 1);
        assert_eq!(app.count_in(&app.database, rows), 0);
    }
}

on_both_databases! {
    fn nothing_of_a_kept_answer_can_be_read_in_the_database(database) {
        let app = App::spawn(database);
        let own = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&own)).with_header(KEY, "canary-key");
        hr.post(&format!("/api/v1/organisations/{own}/surveys"), &json!({ "title": "Canary title" })).expect(201);
        let stored = lines(&app.database.url(), "SELECT key_hash || ' ' || request_hash || ' ' || answer AS value FROM idempotent_answers").concat();
        assert!(stored.len() > 100, "{stored}");
        for canary in ["Canary", "canary", "survey", "RXX", "Location"] {
            assert!(!stored.contains(canary), "{canary}: {stored}");
        }
    }
}

/// Things that can be changed: where they are read, how they are changed, two changes.
fn editable(app: &App) -> Vec<(Client, String, &'static str, String, Value, Value)> {
    let own = app.organisation("RXX");
    let hr = app.signed_in(Role::HrLead, Some(&own));
    let administrator = app.signed_in(Role::OrganisationAdministrator, Some(&own));
    let base = format!("/api/v1/organisations/{own}");
    let survey = hr.post(&format!("{base}/surveys"), &json!({ "title": "One" })).expect(201).json();
    let survey = format!("/api/v1/surveys/{}", survey["id"].as_str().expect("an id"));
    let invited = json!({ "email": "new@example.org", "role": "viewer" });
    let account = administrator.post(&format!("{base}/accounts"), &invited).expect(201);
    let account = account.header("location").expect("where it is").to_owned();
    let staff = |count: u32| json!([{ "ethnic_category": "A", "pay_band": "5", "headcount": count }]);
    let unit = |name: &str| json!([{ "code": "MED", "name": name }]);
    let title = |title: &str| json!({ "title": title });
    let name = |name: &str| json!({ "name": name });
    let workforce = format!("{base}/workforce/2026-03-31");
    hr.json("PUT", &workforce, &staff(10)).expect(204);
    let mapping = |heading: &str| json!({ heading: "headcount" });
    let mappings = format!("{base}/column-mappings/workforce");
    let words = |subject: &str| json!({ "invitation": { "en": { "subject": subject, "opening": "Dear all" } } });
    let templates = format!("{base}/mail-templates");
    vec![
        (hr.clone(), templates.clone(), "PUT", templates, words("One"), words("Two")),
        (hr.clone(), survey.clone(), "PATCH", survey, title("Two"), title("Three")),
        (administrator.clone(), base.clone(), "PATCH", base.clone(), name("Trust two"), name("Trust three")),
        (administrator.clone(), format!("{base}/units"), "PUT", format!("{base}/units"), unit("Two"), unit("Three")),
        (administrator, account.clone(), "PATCH", account, json!({ "role": "hr_lead" }), json!({ "disabled": true })),
        (hr.clone(), workforce.clone(), "PUT", workforce, staff(20), staff(30)),
        (hr, mappings.clone(), "PUT", mappings, mapping("Anzahl"), mapping("Zahl")),
    ]
}

on_both_databases! {
    fn a_change_is_made_only_to_what_was_seen(database) {
        let app = App::spawn(database);
        for (client, read, method, change, first, second) in editable(&app) {
            let seen = client.get(&read).expect(200);
            let tag = seen.header("etag").unwrap_or_else(|| panic!("no tag: {read}")).to_owned();
            let same = client.with_header("if-none-match", &tag).get(&read).expect(304);
            assert!(same.body.is_empty() && same.header("etag") == Some(tag.as_str()));
            let done = client.with_header("if-match", &tag).json(method, &change, &first);
            assert!(matches!(done.status, 200 | 204), "{read}: {}", done.body);
            // Somebody who saw the same comes second.
            let late = client.with_header("if-match", &tag).json(method, &change, &second);
            assert_eq!(problem(&late, 412), "changed-meanwhile", "{read}");
            client.with_header("if-none-match", &tag).get(&read).expect(200);
            let now = client.get(&read).expect(200).header("etag").expect("a tag").to_owned();
            assert_ne!(now, tag, "{read}");
            let created = client.with_header("if-none-match", "*").json(method, &change, &second);
            assert_eq!(problem(&created, 412), "changed-meanwhile", "{read}");
            let done = client.with_header("if-match", &format!("\"other\", {now}")).json(method, &change, &second);
            assert!(matches!(done.status, 200 | 204), "{read}: {}", done.body);
            // Who names no tag overwrites.
            let done = client.json(method, &change, &first);
            assert!(matches!(done.status, 200 | 204), "{read}: {}", done.body);
        }
    }
}

on_both_databases! {
    fn of_two_who_saw_the_same_one_comes_second(database) {
        let app = App::spawn(database);
        let own = app.organisation("RXX");
        let administrator = app.signed_in(Role::OrganisationAdministrator, Some(&own));
        let path = format!("/api/v1/organisations/{own}");
        for round in 0..5 {
            let tag = administrator.get(&path).expect(200).header("etag").expect("a tag").to_owned();
            let holder = administrator.with_header("if-match", &tag);
            let start = Barrier::new(4);
            let ask = |n: usize| {
                start.wait();
                holder.json("PATCH", &path, &json!({ "name": format!("Round {round} of {n}") })).status
            };
            let mut statuses: Vec<u16> = std::thread::scope(|scope| {
                let ask = &ask;
                let all: Vec<_> = (0..4).map(|n| scope.spawn(move || ask(n))).collect();
                all.into_iter().map(|one| one.join().expect("an answer")).collect()
            });
            statuses.sort_unstable();
            assert_eq!(statuses, [204, 412, 412, 412]);
        }
    }
}

on_both_databases! {
    fn a_caller_is_told_how_much_is_left_and_refused_after_it(database) {
        let app = App::spawn_with(database, &setting("CANDOUR__API__REQUESTS_PER_MINUTE", "30"));
        let own = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&own));
        let other = app.signed_in(Role::Viewer, Some(&own));
        let first = hr.get("/api/v1/surveys").expect(200);
        assert_eq!(first.header("ratelimit-policy"), Some("\"caller\";q=30;w=60"));
        let left = first.header("ratelimit").expect("what is left").to_owned();
        assert!(left.starts_with("\"caller\";r=29;t="), "{left}");
        // A minute may end meanwhile; then twice as many are let through, never more.
        let statuses: Vec<Answer> = (0..61).map(|_| hr.get("/api/v1/surveys")).collect();
        let refused = statuses.iter().find(|answer| answer.status == 429).expect("an end");
        assert_eq!(problem(refused, 429), "too-soon");
        let wait: u32 = refused.header("retry-after").expect("when to come back").parse().expect("seconds");
        assert!((1..=60).contains(&wait), "{wait}");
        assert!(refused.header("ratelimit").is_some_and(|left| left.starts_with("\"caller\";r=0;t=")));
        let good = statuses.iter().filter(|answer| answer.status == 200).count();
        assert!((29..=60).contains(&good), "{good}");
        // Each caller has an allowance of their own; what needs no token has none.
        other.get("/api/v1/surveys").expect(200);
        assert_eq!(app.client.get("/api/v1/respond/unknown").expect(404).header("ratelimit"), None);
    }
}

on_both_databases! {
    fn replicas_share_one_limit(database) {
        let settings = setting("CANDOUR__API__REQUESTS_PER_MINUTE", "40");
        let app = App::spawn_with(database, &settings);
        let second = app.replica(&settings);
        let own = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&own));
        let elsewhere = second.with_token(hr.token().expect("signed in"));
        let answers: Vec<u16> = (0..100).map(|n| [&hr, &elsewhere][n % 2].get("/api/v1/surveys").status).collect();
        let good = answers.iter().filter(|status| **status == 200).count();
        // Two windows at the most, when a minute ends meanwhile.
        assert!((38..=80).contains(&good), "{good}");
        assert!(answers.contains(&429));
    }
}

#[test]
fn no_limit_is_told_where_there_is_none() {
    let app = App::spawn_with(TestDatabase::sqlite(), &setting("CANDOUR__API__REQUESTS_PER_MINUTE", "0"));
    let own = app.organisation("RXX");
    let answer = app.signed_in(Role::HrLead, Some(&own)).get("/api/v1/surveys").expect(200);
    assert_eq!(answer.header("ratelimit"), None);
}

on_both_databases! {
    fn methods_and_media_types_are_told(database) {
        let app = App::spawn(database);
        let own = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&own));
        let created = hr.post(&format!("/api/v1/organisations/{own}/surveys"), &json!({ "title": "T" })).expect(201);
        let survey = created.header("location").expect("where it is").to_owned();

        let refused = hr.send("DELETE", &survey, None);
        assert_eq!(problem(&refused, 405), "method");
        assert_eq!(refused.header("allow"), Some("GET, PATCH, HEAD, OPTIONS"));
        assert_eq!(hr.send("OPTIONS", &survey, None).expect(204).header("allow"), Some("GET, PATCH, HEAD, OPTIONS"));
        let head = hr.send("HEAD", &survey, None).expect(200);
        assert!(head.body.is_empty() && head.header("etag").is_some());
        // Also where nobody is signed in: what a route takes is written in the document.
        assert_eq!(problem(&app.client.send("PUT", "/api/v1/auth/token", None), 405), "method");

        assert_eq!(problem(&hr.with_header("accept", "application/xml").get(&survey), 406), "not-acceptable");
        hr.with_header("accept", "application/xml, application/*;q=0.5").get(&survey).expect(200);
        let participation = format!("{survey}/participation");
        assert_eq!(problem(&hr.with_header("accept", "text/csv").get(&participation), 406), "not-acceptable");

        let xml = hr.send("PATCH", &survey, Some(("application/xml", "<title/>".to_owned())));
        assert_eq!(problem(&xml, 415), "media-type");
        let invitations = format!("{survey}/invitations");
        let plain = hr.send("POST", &invitations, Some(("text/plain", "a@example.org".to_owned())));
        assert_eq!(problem(&plain, 415), "media-type");
    }
}

on_both_databases! {
    fn problems_point_at_what_is_wrong(database) {
        let app = App::spawn(database);
        let own = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&own));
        let survey = hr.post(&format!("/api/v1/organisations/{own}/surveys"), &json!({ "title": "T" })).expect(201);
        let survey = survey.header("location").expect("where it is").to_owned();
        let pointers = |answer: &Answer| -> Vec<String> {
            let body = answer.json();
            let parts = body["errors"].as_array().cloned().unwrap_or_default();
            parts.iter().map(|part| part["pointer"].as_str().expect("a pointer").to_owned()).collect()
        };
        let asked = |method: &str, path: &str, body: Value| {
            let answer = hr.json(method, path, &body);
            problem(&answer, 422);
            pointers(&answer)
        };
        let workforce = format!("/api/v1/organisations/{own}/workforce/2026-03-31");
        assert_eq!(asked("PATCH", &survey, json!({ "title": 5 })), ["/title"]);
        assert_eq!(asked("PATCH", &survey, json!({ "titel": "T" })), ["/titel"]);
        assert_eq!(asked("PATCH", &survey, json!({ "closes_on": "soon" })), ["/closes_on"]);
        assert_eq!(asked("PATCH", &survey, json!(["T", null])), [""]);
        assert_eq!(asked("PUT", &workforce, json!([["A", 1]])), ["/0"]);
        let crowd = json!([{ "ethnic_category": "A", "headcount": u64::MAX }]);
        assert_eq!(asked("PUT", &workforce, crowd), ["/0/headcount"]);
        let cell = |headcount: Value| json!({ "ethnic_category": "A", "pay_band": "5", "headcount": headcount });
        assert_eq!(asked("PUT", &workforce, json!([cell(json!(1)), cell(json!("many"))])), ["/1/headcount"]);
        let unknown = json!([{ "ethnic_category": "?", "headcount": 1 }, { "ethnic_category": "A", "pay_band": "99", "headcount": 1 }]);
        assert_eq!(asked("PUT", &workforce, unknown), ["/0/ethnic_category", "/1/pay_band"]);
        let people = json!([{ "email": "good@example.org", "unit": "MED-1" }, { "email": "bad", "unit": "MED-1" }]);
        assert_eq!(asked("POST", &format!("{survey}/invitations"), people), ["/1/email"]);
        let limit = hr.get("/api/v1/surveys?limit=1000");
        problem(&limit, 422);
        assert_eq!(pointers(&limit), ["/limit"]);
        assert_eq!(problem(&hr.get("/api/v1/surveys?limt=10"), 400), "bad-request");
    }
}

#[test]
fn scripts_of_other_origins_are_let_in_by_name_only() {
    let dashboard = "https://dashboard.example";
    let app = App::spawn_with(TestDatabase::sqlite(), &setting("CANDOUR__API__ALLOWED_ORIGINS", dashboard));
    let own = app.organisation("RXX");
    let hr = app.signed_in(Role::HrLead, Some(&own));
    let ask = |origin: &str| {
        let asking = app.client.with_header("origin", origin).with_header("access-control-request-method", "POST");
        asking.send("OPTIONS", "/api/v1/surveys", None).expect(204)
    };
    let yes = ask(dashboard);
    assert_eq!(yes.header("access-control-allow-origin"), Some(dashboard));
    assert!(yes.header("access-control-allow-headers").is_some_and(|names| names.contains("Idempotency-Key")));
    assert_eq!(yes.header("access-control-allow-credentials"), None);
    let read = hr.with_header("origin", dashboard).get("/api/v1/surveys").expect(200);
    assert_eq!(read.header("access-control-allow-origin"), Some(dashboard));
    assert!(read.header("access-control-expose-headers").is_some_and(|names| names.contains("ETag")));
    for other in ["https://dashboard.example.evil.example", "http://dashboard.example", "null"] {
        assert_eq!(ask(other).header("access-control-allow-origin"), None, "{other}");
        let read = hr.with_header("origin", other).get("/api/v1/surveys").expect(200);
        assert_eq!(read.header("access-control-allow-origin"), None, "{other}");
        assert_eq!(read.header("vary"), Some("Origin"), "{other}");
    }
}

#[test]
fn no_origin_is_let_in_by_default() {
    let app = App::spawn(TestDatabase::sqlite());
    let asking = app.client.with_header("origin", "https://dashboard.example");
    let answer = asking.with_header("access-control-request-method", "GET").send("OPTIONS", "/api/v1/surveys", None);
    assert!(answer.headers.iter().all(|(name, _)| !name.starts_with("access-control")), "{answer:?}");
}
