//! Every route of the OpenAPI document stands in this matrix: a route without a row fails.
//!
//! Asked of each: without a token, by somebody of another organisation, by somebody who may.

use std::collections::BTreeSet;

use candour::domain::account::Role;
use candour::domain::scope::Scope;
use serde_json::{Value, json};

use crate::support::{Answer, App, Client, Settings, Tenant, example_body, office_pages, on_both_databases};

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    /// Anybody: the link or the password is the key.
    Open,
    /// One organisation's own people with this role; others see 404.
    Own(Role),
    /// Everybody signed in; each sees only what is theirs.
    SignedIn(Role),
    /// Administrators, each of what is theirs; others see 404.
    Administrators,
    /// Administrators of an organisation, each of their own; others, platform administrators too, see 404.
    OwnAdministrator,
    /// Anybody, and there is an answer for them.
    Public,
    /// Only this role, which belongs to no organisation; others see 404.
    Global(Role),
}

use Door::{Administrators, Global, Open, Own, OwnAdministrator, Public, SignedIn};

/// Method, path as the document writes it, door.
const ROUTES: &[(&str, &str, Door)] = &[
    ("post", "/api/v1/auth/token", Open),
    ("post", "/api/v1/auth/revoke", Open),
    ("get", "/api/v1/auth/keys", Public),
    ("get", "/api/v1/clients", OwnAdministrator),
    ("post", "/api/v1/clients", OwnAdministrator),
    ("get", "/api/v1/clients/{client}", OwnAdministrator),
    ("patch", "/api/v1/clients/{client}", OwnAdministrator),
    ("delete", "/api/v1/clients/{client}", OwnAdministrator),
    ("post", "/api/v1/clients/{client}/secret", OwnAdministrator),
    ("delete", "/api/v1/clients/{client}/secret", OwnAdministrator),
    ("put", "/api/v1/clients/{client}/keys", OwnAdministrator),
    ("get", "/api/v1/webhooks", OwnAdministrator),
    ("post", "/api/v1/webhooks", OwnAdministrator),
    ("get", "/api/v1/webhooks/{webhook}", OwnAdministrator),
    ("patch", "/api/v1/webhooks/{webhook}", OwnAdministrator),
    ("delete", "/api/v1/webhooks/{webhook}", OwnAdministrator),
    ("post", "/api/v1/webhooks/{webhook}/secret", OwnAdministrator),
    ("post", "/api/v1/webhooks/{webhook}/ping", OwnAdministrator),
    ("get", "/api/v1/webhooks/{webhook}/deliveries", OwnAdministrator),
    ("post", "/api/v1/webhooks/{webhook}/deliveries/{delivery}/redeliver", OwnAdministrator),
    ("get", "/api/v1/organisations/{ods}/accounts", Own(Role::OrganisationAdministrator)),
    ("post", "/api/v1/organisations/{ods}/accounts", Own(Role::OrganisationAdministrator)),
    ("get", "/api/v1/organisations/{ods}/accounts/{account}", Own(Role::OrganisationAdministrator)),
    ("patch", "/api/v1/organisations/{ods}/accounts/{account}", Own(Role::OrganisationAdministrator)),
    ("post", "/api/v1/organisations/{ods}/accounts/{account}/reset", Own(Role::OrganisationAdministrator)),
    ("delete", "/api/v1/organisations/{ods}/accounts/{account}/sessions", Own(Role::OrganisationAdministrator)),
    ("get", "/api/v1/organisations/{ods}/policy", Own(Role::Viewer)),
    ("put", "/api/v1/organisations/{ods}/policy", Own(Role::OrganisationAdministrator)),
    ("post", "/api/v1/organisations/{ods}/policy/agreement", Own(Role::OrganisationAdministrator)),
    ("delete", "/api/v1/organisations/{ods}/policy/proposal", Own(Role::OrganisationAdministrator)),
    ("get", "/api/v1/organisations/{ods}/identity-provider", Own(Role::OrganisationAdministrator)),
    ("put", "/api/v1/organisations/{ods}/identity-provider", Own(Role::OrganisationAdministrator)),
    ("delete", "/api/v1/organisations/{ods}/identity-provider", Own(Role::OrganisationAdministrator)),
    ("get", "/api/v1/organisations/{ods}/actions", Own(Role::Viewer)),
    ("post", "/api/v1/organisations/{ods}/actions", Own(Role::HrLead)),
    ("put", "/api/v1/organisations/{ods}/actions/{action}", Own(Role::HrLead)),
    ("delete", "/api/v1/organisations/{ods}/actions/{action}", Own(Role::HrLead)),
    ("get", "/api/v1/audit-events", Administrators),
    ("get", "/api/v1/respond/{token}", Open),
    ("post", "/api/v1/respond/{token}", Open),
    ("post", "/api/v1/withdrawals", Open),
    ("get", "/api/v1/surveys/{id}/receipts", Open),
    ("get", "/api/v1/organisations", SignedIn(Role::HrLead)),
    ("post", "/api/v1/organisations", Global(Role::PlatformAdministrator)),
    ("get", "/api/v1/organisations/{ods}", Own(Role::Viewer)),
    ("patch", "/api/v1/organisations/{ods}", Own(Role::OrganisationAdministrator)),
    ("get", "/api/v1/organisations/{ods}/units", Own(Role::Viewer)),
    ("put", "/api/v1/organisations/{ods}/units", Own(Role::OrganisationAdministrator)),
    ("get", "/api/v1/organisations/{ods}/workforce", Own(Role::HrLead)),
    ("put", "/api/v1/organisations/{ods}/workforce/{date}", Own(Role::HrLead)),
    ("get", "/api/v1/organisations/{ods}/workforce/{date}", Own(Role::HrLead)),
    ("get", "/api/v1/organisations/{ods}/representation", Own(Role::HrLead)),
    ("get", "/api/v1/organisations/{ods}/published-representation/{year}", Own(Role::Viewer)),
    ("post", "/api/v1/organisations/{ods}/published-representation/{year}", Own(Role::HrLead)),
    ("get", "/api/v1/organisations/{ods}/column-mappings/{file_format}", Own(Role::HrLead)),
    ("put", "/api/v1/organisations/{ods}/column-mappings/{file_format}", Own(Role::HrLead)),
    ("get", "/api/v1/organisations/{ods}/survey-figures/{year}", Own(Role::HrLead)),
    ("put", "/api/v1/organisations/{ods}/survey-figures/{year}", Own(Role::HrLead)),
    ("get", "/api/v1/organisations/{ods}/national-figures/{year}", Own(Role::HrLead)),
    ("put", "/api/v1/organisations/{ods}/national-figures/{year}", Own(Role::HrLead)),
    ("get", "/api/v1/organisations/{ods}/recruitment/{year}", Own(Role::HrLead)),
    ("put", "/api/v1/organisations/{ods}/recruitment/{year}", Own(Role::HrLead)),
    ("get", "/api/v1/organisations/{ods}/disciplinary/{year}", Own(Role::HrLead)),
    ("put", "/api/v1/organisations/{ods}/disciplinary/{year}", Own(Role::HrLead)),
    ("get", "/api/v1/organisations/{ods}/training/{year}", Own(Role::HrLead)),
    ("put", "/api/v1/organisations/{ods}/training/{year}", Own(Role::HrLead)),
    ("get", "/api/v1/organisations/{ods}/board/{year}", Own(Role::HrLead)),
    ("put", "/api/v1/organisations/{ods}/board/{year}", Own(Role::HrLead)),
    ("get", "/api/v1/organisations/{ods}/wres/{year}", Own(Role::HrLead)),
    ("get", "/api/v1/systems/{ods}", Own(Role::SystemViewer)),
    ("put", "/api/v1/systems/{ods}/members", Global(Role::PlatformAdministrator)),
    ("post", "/api/v1/systems/{ods}/release", Own(Role::HrLead)),
    ("get", "/api/v1/systems/{ods}/results", Own(Role::SystemViewer)),
    ("get", "/api/v1/systems/{ods}/representation/{year}", Own(Role::SystemViewer)),
    ("get", "/api/v1/questionnaires", SignedIn(Role::Viewer)),
    ("post", "/api/v1/questionnaires", SignedIn(Role::HrLead)),
    ("get", "/api/v1/questionnaires/{questionnaire}", SignedIn(Role::Viewer)),
    ("post", "/api/v1/organisations/{ods}/surveys", Own(Role::HrLead)),
    ("get", "/api/v1/surveys", SignedIn(Role::Viewer)),
    ("get", "/api/v1/surveys/{id}", Own(Role::Viewer)),
    ("patch", "/api/v1/surveys/{id}", Own(Role::HrLead)),
    ("post", "/api/v1/surveys/{id}/open", Own(Role::HrLead)),
    ("post", "/api/v1/surveys/{id}/close", Own(Role::HrLead)),
    ("post", "/api/v1/surveys/{id}/publish", Own(Role::HrLead)),
    ("post", "/api/v1/surveys/{id}/invitations", Own(Role::HrLead)),
    ("get", "/api/v1/surveys/{id}/invitations/preview", Own(Role::HrLead)),
    ("post", "/api/v1/surveys/{id}/invitations/test", Own(Role::HrLead)),
    ("post", "/api/v1/surveys/{id}/reminders", Own(Role::HrLead)),
    ("post", "/api/v1/organisations/{ods}/suppressions", Own(Role::HrLead)),
    ("get", "/api/v1/organisations/{ods}/mail-templates", Own(Role::HrLead)),
    ("put", "/api/v1/organisations/{ods}/mail-templates", Own(Role::HrLead)),
    ("get", "/api/v1/surveys/{id}/participation", Own(Role::Viewer)),
    ("get", "/api/v1/surveys/{id}/release", Own(Role::Viewer)),
    ("get", "/api/v1/surveys/{id}/results", Own(Role::Viewer)),
    ("get", "/api/v1/surveys/{id}/indicators", Own(Role::Viewer)),
    ("get", "/api/v1/surveys/{id}/trend", Own(Role::Viewer)),
    ("get", "/api/v1/surveys/{id}/comments", Own(Role::Viewer)),
    ("get", "/api/v1/surveys/{id}/representativeness", Own(Role::HrLead)),
    ("get", "/api/v1/surveys/{id}/results.csv", Own(Role::Viewer)),
    ("get", "/api/v1/surveys/{id}/results.xlsx", Own(Role::Viewer)),
    ("get", "/api/v1/surveys/{id}/results.ods", Own(Role::Viewer)),
    ("get", "/api/v1/surveys/{id}/release.zip", Own(Role::Viewer)),
    ("get", "/api/v1/populations", SignedIn(Role::Viewer)),
    ("post", "/api/v1/populations", SignedIn(Role::HrLead)),
    ("get", "/api/v1/populations/{id}", SignedIn(Role::Viewer)),
];

/// Routes of the document, as (method, path).
fn documented() -> BTreeSet<(String, String)> {
    let document = serde_json::to_value(candour::web::openapi::document()).expect("a document");
    let paths = document["paths"].as_object().expect("paths").clone();
    let methods = |path: String, item: Value| {
        let methods: Vec<String> = item.as_object().expect("an item").keys().cloned().collect();
        methods
            .into_iter()
            .filter(|key| matches!(key.as_str(), "get" | "put" | "post" | "patch" | "delete"))
            .map(move |m| (m, path.clone()))
    };
    paths.into_iter().flat_map(|(path, item)| methods(path, item)).collect()
}

#[test]
fn every_route_has_a_row() {
    let rows: BTreeSet<(String, String)> =
        ROUTES.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    let without_row: Vec<_> = documented().difference(&rows).cloned().collect();
    assert!(without_row.is_empty(), "routes that ROUTES does not list: {without_row:?}");
    let without_route: Vec<_> = rows.difference(&documented()).cloned().collect();
    assert!(without_route.is_empty(), "rows whose route is gone: {without_route:?}");
}

on_both_databases! {
    fn doors_open_to_those_who_may_and_to_nobody_else(database) {
        let app = App::spawn(database);
        let (own, other) = (app.organisation("RXX"), app.organisation("RYY"));
        let hr = app.signed_in(Role::HrLead, Some(&own));
        let stranger = app.signed_in(Role::HrLead, Some(&other));
        let created = hr.post(&format!("/api/v1/organisations/{own}/surveys"), &json!({ "title": "Canary of RXX" })).expect(201);
        let survey = created.json()["id"].as_str().expect("an id").to_owned();
        let right: Vec<(Role, Client)> = [Role::Viewer, Role::SystemViewer, Role::OrganisationAdministrator]
            .map(|role| (role, app.signed_in(role, Some(&own))))
            .into_iter()
            .chain([(Role::HrLead, hr), (Role::PlatformAdministrator, app.signed_in(Role::PlatformAdministrator, None))])
            .collect();
        let by = |role: Role| &right.iter().find(|(have, _)| *have == role).expect("signed in").1;

        for (method, path, door) in ROUTES {
            let path = path.replace("{ods}", own.as_str()).replace("{id}", &survey).replace("{questionnaire}", "candour-core").replace("{date}", "2026-04-01").replace("{year}", "2026").replace("{file_format}", "workforce").replace("{token}", "unknown").replace("{account}", "unknown").replace("{action}", "unknown").replace("{client}", "unknown").replace("{webhook}", "unknown").replace("{delivery}", "unknown");
            let ask = |client: &Client| {
                let path = if path.ends_with("/results") { format!("{path}?question=belonging") } else { path.clone() };
                let body = (*method != "get").then(|| ("application/json", "{\"not\":\"a body\"}".to_owned()));
                client.send(&method.to_uppercase(), &path, body)
            };
            let (nobody, foreign) = (ask(&app.client), ask(&stranger));
            let route = format!("{method} {path}: {door:?}");
            assert!(!foreign.body.contains("Canary of RXX"), "{route}");
            match door {
                Open => assert!(matches!(nobody.status, 400 | 404 | 422), "{route}: {nobody:?}"),
                Own(role) => {
                    assert_eq!(nobody.status, 401, "{route}");
                    assert_eq!(foreign.status, 404, "{route}: {foreign:?}");
                    assert_ne!(ask(by(*role)).status, 401, "{route}");
                }
                SignedIn(role) => {
                    assert_eq!(nobody.status, 401, "{route}");
                    assert!(!matches!(ask(by(*role)).status, 401 | 403 | 500..), "{route}");
                }
                Administrators => {
                    assert_eq!(nobody.status, 401, "{route}");
                    assert_eq!(foreign.status, 404, "{route}: {foreign:?}");
                    for role in [Role::OrganisationAdministrator, Role::PlatformAdministrator] {
                        assert_eq!(ask(by(role)).status, 200, "{route}");
                    }
                    assert_eq!(ask(by(Role::HrLead)).status, 404, "{route}");
                }
                OwnAdministrator => {
                    assert_eq!(nobody.status, 401, "{route}");
                    assert_eq!(foreign.status, 404, "{route}: {foreign:?}");
                    assert!(matches!(ask(by(Role::OrganisationAdministrator)).status, 200 | 404 | 422), "{route}");
                    for role in [Role::HrLead, Role::PlatformAdministrator] {
                        assert_eq!(ask(by(role)).status, 404, "{route}");
                    }
                }
                Public => assert_eq!(nobody.status, 200, "{route}: {nobody:?}"),
                Global(role) => {
                    assert_eq!(nobody.status, 401, "{route}");
                    assert_eq!(foreign.status, 404, "{route}: {foreign:?}");
                    assert_eq!(ask(by(*role)).status, 422, "{route}");
                }
            }
        }
    }
}

fn client_without(app: &App, administrator: &Client, lacks: Scope) -> Client {
    let scopes: Vec<&str> = Scope::all().filter(|scope| *scope != lacks).map(Scope::as_str).collect();
    let client = json!({ "name": format!("All but {lacks}"), "scopes": scopes });
    let made = administrator.post("/api/v1/clients", &client).expect(201).json();
    let text = |name: &str| made[name].as_str().expect("text").to_owned();
    let (id, secret) = (text("id"), text("client_secret"));
    let fields = [("grant_type", "client_credentials"), ("client_id", id.as_str()), ("client_secret", secret.as_str())];
    let token = app.client.form("/api/v1/auth/token", &fields).expect(200).json();
    app.client.with_token(token["access_token"].as_str().expect("a token"))
}

/// What a caller hears who may not: as of something that is not there.
const HIDDEN: [&str; 3] = ["there is no such organisation", "there is no such survey", "there is no such thing"];

on_both_databases! {
    fn the_document_says_of_every_operation_who_may(database) {
        let app = App::spawn_with(database, &Settings::from([("CANDOUR__API__REQUESTS_PER_MINUTE".to_owned(), "0".to_owned())]));
        let own = app.organisation("RXX");
        let clients = Role::ALL.map(|role| (role, app.signed_in(role, Some(&own).filter(|_| role != Role::PlatformAdministrator))));
        let hr = &clients.iter().find(|(role, _)| *role == Role::HrLead).expect("an HR lead").1;
        let created = hr.post(&format!("/api/v1/organisations/{own}/surveys"), &json!({ "title": "T" })).expect(201);
        let survey = created.json()["id"].as_str().expect("an id").to_owned();
        let values = [("{ods}", own.as_str()), ("{questionnaire}", "candour-core"), ("{date}", "2026-04-01"), ("{year}", "2026"),
            ("{file_format}", "workforce"), ("{account}", "unknown"), ("{action}", "unknown"), ("{client}", "unknown"), ("{webhook}", "unknown"), ("{delivery}", "unknown")];
        // A client each with every scope but one.
        let administrator = &clients.iter().find(|(role, _)| *role == Role::OrganisationAdministrator).expect("one").1;
        let without: Vec<(Scope, Client)> = Scope::all().map(|lacks| (lacks, client_without(&app, administrator, lacks))).collect();
        let mut cells = 0;
        for (path, method, operation) in candour::web::openapi::operations(candour::web::openapi::document()) {
            let Some(roles) = operation["x-roles"].as_array() else {
                assert_eq!(operation["security"], json!([]), "{method} {path} says nothing of who may");
                continue;
            };
            let id = if path.contains("/populations/") { "england-and-wales-2021" } else { &survey };
            let asked = values.iter().fold(path.replace("{id}", id), |asked, (name, value)| asked.replace(name, value));
            let asked = if asked.ends_with("/results") { format!("{asked}?question=belonging") } else { asked };
            for (role, client) in &clients {
                let body = (method != "get").then(|| ("application/json", "{\"not\":\"a body\"}".to_owned()));
                let answer = client.send(&method.to_uppercase(), &asked, body);
                let hidden = answer.status == 404 && HIDDEN.iter().any(|detail| answer.json()["detail"] == *detail);
                let told = roles.iter().any(|name| name == role.as_str());
                assert!(answer.status < 500, "{answer:?}");
                assert_eq!(!hidden, told, "{method} {asked} as {role}: {answer:?}");
                cells += 1;
            }
            let scope = operation["security"].as_array().into_iter().flatten().find_map(|way| way["client"][0].as_str());
            for (lacks, client) in &without {
                let body = (method != "get").then(|| ("application/json", "{\"not\":\"a body\"}".to_owned()));
                let answer = client.send(&method.to_uppercase(), &asked, body);
                let refused = answer.status == 403 && answer.body.contains(&format!("the scope {lacks}"));
                assert_eq!(refused, scope == Some(lacks.as_str()), "{method} {asked} without {lacks}: {answer:?}");
            }
        }
        assert!(cells > 250, "{cells}");
    }
}

on_both_databases! {
    fn no_canary_of_one_trust_is_ever_seen_by_another(database) {
        let app = App::spawn_with(database, &Settings::from([("CANDOUR__API__REQUESTS_PER_MINUTE".to_owned(), "0".to_owned())]));
        let tenants = [Tenant::fill(&app, "RXX"), Tenant::fill(&app, "RYY")];
        let pages = office_pages();
        assert!(pages.len() > 35, "{pages:?}");
        for (own, other) in [(&tenants[0], &tenants[1]), (&tenants[1], &tenants[0])] {
            // What its own people see holds every canary, and none of the other's.
            let mut seen = String::new();
            let operations = || candour::web::openapi::operations(candour::web::openapi::document());
            for (path, _, _) in operations().filter(|(_, method, _)| *method == "get") {
                for id in ["{id}", "{draft}"] {
                    let asked = with_question(own.fill_in(&path.replace("{id}", id)));
                    for (who, client) in &own.callers {
                        let (_, _, bytes) = client.bytes_encoded(&asked, "identity");
                        let body = String::from_utf8_lossy(&bytes).into_owned();
                        let answer = Answer { status: 200, headers: Vec::new(), body };
                        assert_eq!(other.seen_in(&answer, ""), Vec::<String>::new(), "{asked} as {who}");
                        seen += &answer.body;
                    }
                }
            }
            let of_draft = pages.iter().map(|page| page.replace("{id}", "{draft}"));
            for page in pages.iter().cloned().chain(of_draft) {
                for (who, browser) in &own.browsers {
                    let asked = own.fill_in(&page);
                    let (_, _, bytes) = browser.bytes_encoded(&asked, "identity");
                    let answer = Answer { status: 200, headers: Vec::new(), body: String::from_utf8_lossy(&bytes).into_owned() };
                    assert_eq!(other.seen_in(&answer, ""), Vec::<String>::new(), "{asked} as {who}");
                    seen += &answer.body;
                }
            }
            let unseen: Vec<&String> = own.canaries.iter().filter(|canary| !seen.contains(canary.as_str())).collect();
            assert!(unseen.is_empty(), "{unseen:?} are seen by nobody: they tell nothing");
            // What is the other's is not there for them, however it is asked for.
            let mut asked_for = 0;
            let nobody = ("nobody".to_owned(), app.client.clone());
            // The list of receipts is for everybody who knows the survey, and says whose survey it is.
            for (path, method, operation) in operations().filter(|(path, _, _)| !path.ends_with("/receipts")) {
                let inner = ["{account}", "{action}", "{client}", "{webhook}", "{delivery}"].iter().any(|name| path.contains(name));
                let foreign = other.fill_in(path);
                let mixed = inner.then(|| other.fill_in(&path.replace("{ods}", own.ods.as_str())));
                for asked in std::iter::once(foreign).chain(mixed).map(with_question) {
                    for (who, client) in own.callers.iter().chain([&nobody]) {
                        let body = (method != "get").then(|| example_body(operation)).flatten();
                        let body = body.as_ref().map(|(kind, body)| (kind.as_str(), body.clone()));
                        let answer = client.send(&method.to_uppercase(), &asked, body);
                        assert_eq!(other.seen_in(&answer, &asked), Vec::<String>::new(), "{method} {asked} as {who}: {answer:?}");
                        let is_others = path.contains("{ods}") || path.contains("/surveys/{id}") || inner;
                        assert!(!is_others || answer.status >= 400, "{method} {asked} as {who}: {answer:?}");
                        assert!(answer.status < 500, "{method} {asked} as {who}: {answer:?}");
                        asked_for += 1;
                    }
                }
            }
            for page in &pages {
                for (who, browser) in own.browsers.iter().chain([&nobody]) {
                    let asked = other.fill_in(page);
                    let answer = browser.get(&asked);
                    assert_eq!(other.seen_in(&answer, &asked), Vec::<String>::new(), "{asked} as {who}: {answer:?}");
                    assert!(!page.contains("{id}") || answer.status >= 300, "{asked} as {who}: {answer:?}");
                    asked_for += 1;
                }
            }
            let waves = format!("{}?with={}", own.fill_in("/api/v1/surveys/{id}/trend"), other.fill_in("{id}"));
            own.callers[1].1.get(&waves).expect(404);
            assert!(asked_for > 700, "{asked_for}");
        }
    }
}

fn with_question(path: String) -> String {
    if path.ends_with("/results") && path.starts_with("/api") { format!("{path}?question=belonging") } else { path }
}
