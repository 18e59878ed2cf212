//! What every answer carries and what no request may bring, seen from outside.

use candour::domain::account::Role;

use crate::support::{App, Settings, TestDatabase, on_both_databases};

/// One of each kind: page, page that is not there, document, style sheet, health, problem.
const ANSWERS: [(&str, u16, &str); 7] = [
    ("/office/sign-in", 200, "text/html; charset=utf-8"),
    ("/about/anonymity", 200, "text/html; charset=utf-8"),
    ("/s/unknown", 404, "text/html; charset=utf-8"),
    ("/api/v1/openapi.json", 200, "application/json"),
    ("/api/v1/surveys", 401, "application/problem+json"),
    ("/api/v1/nothing", 404, "application/problem+json"),
    ("/livez", 200, "text/plain; charset=utf-8"),
];

#[test]
fn every_kind_of_answer_has_careful_headers() {
    let app = App::spawn(TestDatabase::sqlite());
    for (path, status, kind) in ANSWERS {
        let answer = app.client.get(path);
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
        let is = |name: &str, value: &str| assert_eq!(answer.header(name), Some(value), "{name} of {path}");
        is("content-type", kind);
        is("x-content-type-options", "nosniff");
        is("referrer-policy", "no-referrer");
        is("cache-control", "no-store");
        let policy = answer.header("content-security-policy").expect("a policy");
        for part in ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"] {
            assert!(policy.contains(part), "{part} of {path}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains("http"), "{path}: {policy}");
        for name in ["server", "x-powered-by", "access-control-allow-origin"] {
            assert_eq!(answer.header(name), None, "{name} of {path}");
        }
    }
}

#[test]
fn cookies_over_https_belong_to_this_host_alone() {
    let settings = Settings::from([("CANDOUR__SERVER__PUBLIC_URL".to_owned(), "https://survey.example".to_owned())]);
    let app = App::spawn_with(TestDatabase::sqlite(), &settings);
    let organisation = app.organisation("RXX");
    app.signed_in(Role::HrLead, Some(&organisation));
    let page = app.client.get("/office/sign-in").expect(200);
    assert_eq!(page.header("strict-transport-security"), Some("max-age=31536000; includeSubDomains"));

    let form = "email=hr_lead.rxx%40example.org&password=a+password+of+tests%2C+quite+long";
    let answer =
        app.client.send("POST", "/office/sign-in", Some(("application/x-www-form-urlencoded", form.to_owned())));
    let cookie = answer.expect(303).header("set-cookie").expect("a session").to_owned();
    assert!(cookie.starts_with("__Host-"), "{cookie}");
    for part in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{part}: {cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
}

#[test]
fn nothing_is_listed_and_no_other_method_is_answered() {
    let app = App::spawn(TestDatabase::sqlite());
    for path in ["/assets", "/assets/", "/.git/config", "/assets/../Cargo.toml", "/office/.."] {
        let answer = app.client.get(path);
        assert_eq!(answer.status, 404, "{path}: {answer:?}");
    }
    for method in ["TRACE", "PROPFIND", "CONNECT"] {
        let answer = app.client.try_send(method, "/livez", None);
        assert!(answer.as_ref().map_or(true, |answer| matches!(answer.status, 404 | 405)), "{method}: {answer:?}");
    }
}

on_both_databases! {
    fn what_is_too_large_is_refused(database) {
        let app = App::spawn(database);
        let organisation = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&organisation));
        let large = format!("{{\"title\": \"{}\"}}", "x".repeat(2 * 1024 * 1024));
        let path = format!("/api/v1/organisations/{organisation}/surveys");
        let answer = hr.send("POST", &path, Some(("application/json", large))).expect(413);
        let problem = answer.json();
        assert!(problem["detail"].as_str().is_some_and(|text| !text.contains("src/")), "{problem}");
        assert!(hr.get("/api/v1/surveys").expect(200).json().to_string().matches("title").count() == 0);
    }
}

on_both_databases! {
    fn an_unknown_field_is_refused(database) {
        let app = App::spawn(database);
        let organisation = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&organisation));
        let path = format!("/api/v1/organisations/{organisation}/surveys");
        let body = serde_json::json!({ "title": "Race equality", "status": "published" });
        assert!(matches!(hr.post(&path, &body).status, 400 | 422), "a field that cannot be set");
        let twice = "{\"title\": \"one\", \"title\": \"two\"}".to_owned();
        assert!(matches!(hr.send("POST", &path, Some(("application/json", twice))).status, 400 | 422));
        assert!(matches!(hr.get("/api/v1/audit-events?kind=a&kind=b").status, 400 | 404 | 422));
    }
}

#[test]
fn whoever_finds_a_weakness_learns_whom_to_tell() {
    let path = "/.well-known/security.txt";
    App::spawn(TestDatabase::sqlite()).client.get(path).expect(404);
    let settings =
        [("SERVER__PUBLIC_URL", "https://survey.example"), ("SECURITY__CONTACT", "mailto:security@trust.example")];
    let settings = settings.map(|(name, value)| (format!("CANDOUR__{name}"), value.to_owned()));
    let app = App::spawn_with(TestDatabase::sqlite(), &Settings::from(settings));
    let text = app.client.get(path).expect(200).body;
    for line in
        ["Contact: mailto:security@trust.example\n", "Expires: 20", "Canonical: https://survey.example/.well-known/"]
    {
        assert!(text.contains(line), "{text}");
    }
}
