//! Signing in at the organisation's own identity provider, and what becomes of one that misbehaves.

use candour::domain::account::Role;
use candour::domain::organisation::OdsCode;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use crate::support::{
    Answer, App, CLIENT_ID, CLIENT_SECRET, Client, Fault, Person, Provider, Settings, TestDatabase, on_both_databases,
};

/// Everybody needs a second factor here, and providers may be on this machine.
fn spawn(database: TestDatabase) -> App {
    let more = Settings::from([
        ("CANDOUR__WEBHOOKS__ALLOW_LOCAL".to_owned(), "true".to_owned()),
        ("CANDOUR__WEBHOOKS__TIMEOUT_SECONDS".to_owned(), "5".to_owned()),
    ]);
    App::spawn_with(database, &more)
}

fn set_up(app: &App, ods: &OdsCode, provider: &Provider) -> Client {
    let administrator = app.signed_in(Role::OrganisationAdministrator, Some(ods));
    let body = json!({ "issuer": provider.issuer(), "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET });
    administrator.json("PUT", &path(ods), &body).expect(200);
    administrator
}

fn path(ods: &OdsCode) -> String {
    format!("/api/v1/organisations/{ods}/identity-provider")
}

fn invite(app: &App, email: &str, role: Role, ods: Option<&OdsCode>) {
    app.run(app.services.accounts.create(email.to_owned(), role, ods.cloned())).expect("created");
}

/// A browser at the sign-in page: the address that it is sent to, and the cookie that it got.
fn depart(app: &App, ods: &OdsCode) -> (String, String) {
    let form = Some(("application/x-www-form-urlencoded", format!("organisation={ods}")));
    let answer = app.client.send("POST", "/office/sign-in/trust", form).expect(200);
    let address =
        answer.header("refresh").and_then(|text| text.strip_prefix("0; url=")).expect("an address").to_owned();
    assert!(answer.body.contains("Sign in on your trust’s page"), "the link is there without refresh, too");
    (address, cookie(&answer, "candour-away").expect("a cookie"))
}

fn cookie(answer: &Answer, name: &str) -> Option<String> {
    let of_name = |value: &&str| value.starts_with(&format!("{name}=")) && !value.starts_with(&format!("{name}=;"));
    let set: Vec<&str> =
        answer.headers.iter().filter(|(name, _)| name == "set-cookie").map(|(_, value)| value.as_str()).collect();
    Some(set.into_iter().find(of_name)?.split(';').next()?.to_owned())
}

/// Follows the provider's redirect.
fn arrive(app: &App, back: &str, cookie: &str) -> Answer {
    let at = back.find("/office/").expect("our address");
    app.client.with_cookie(cookie).get(&back[at..])
}

fn sign_in(app: &App, ods: &OdsCode, provider: &Provider, person: &Person) -> Answer {
    let (address, cookie) = depart(app, ods);
    arrive(app, &provider.sign_in(&address, person), &cookie)
}

#[track_caller]
fn is_signed_in(app: &App, answer: &Answer) {
    assert_eq!(answer.status, 303, "{answer:?}");
    let session = cookie(answer, "candour-session").expect("a session");
    app.client.with_cookie(&session).get("/office").expect(200);
}

#[track_caller]
fn is_refused(answer: &Answer, status: u16, what: &str) {
    assert_eq!(answer.status, status, "{what}: {answer:?}");
    assert_eq!(cookie(answer, "candour-session"), None, "{what}");
    assert!(answer.body.contains("You are not signed in"), "{what}");
}

on_both_databases! {
    fn an_invited_account_signs_in_at_its_trust(database) {
        let app = spawn(database);
        let ods = app.organisation("RXX");
        for algorithm in [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA] {
            let provider = Provider::start(algorithm);
            provider.name_itself(algorithm != Algorithm::ES256);
            let administrator = if algorithm == Algorithm::RS256 {
                let administrator = set_up(&app, &ods, &provider);
                invite(&app, "amina@example.org", Role::HrLead, Some(&ods));
                administrator
            } else {
                let administrator = app.signed_in_again(Role::OrganisationAdministrator, Some(&ods));
                let body = json!({ "issuer": provider.issuer(), "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET });
                administrator.json("PUT", &path(&ods), &body).expect(200);
                app.run(app.services.accounts.reset("amina@example.org".to_owned())).expect("reset");
                administrator
            };
            let mut amina = Person::new("a1", "Amina@example.org");
            is_signed_in(&app, &sign_in(&app, &ods, &provider, &amina));
            // Her name at the provider is what counts from now on.
            amina.email = "amina.married@example.org".to_owned();
            is_signed_in(&app, &sign_in(&app, &ods, &provider, &amina));
            let events = administrator.get("/api/v1/audit-events?kind=signed_in&limit=1").expect(200).json();
            assert_eq!(events[0]["detail"]["method"], "single_sign_on", "{events}");
        }
        assert_eq!(app.count_in(&app.database, "SELECT COUNT(*) AS value FROM accounts"), 2, "nobody was made");
    }
}

on_both_databases! {
    fn what_a_provider_says_wrongly_signs_nobody_in(database) {
        let app = spawn(database);
        let ods = app.organisation("RXX");
        let provider = Provider::start(Algorithm::EdDSA);
        let administrator = set_up(&app, &ods, &provider);
        invite(&app, "amina@example.org", Role::HrLead, Some(&ods));
        let amina = Person::new("a1", "amina@example.org");
        for fault in Fault::ALL {
            provider.misbehave(Some(fault));
            let of_provider = matches!(fault, Fault::NotJson | Fault::TooLarge | Fault::ServerError);
            let answer = sign_in(&app, &ods, &provider, &amina);
            is_refused(&answer, if of_provider { 502 } else { 400 }, &format!("{fault:?}"));
            // Refusals wait longer and longer; these tries are not what is asked here.
            crate::support::execute(&app.database.url(), "DELETE FROM sign_in_attempts");
        }
        let refused = administrator.get("/api/v1/audit-events?kind=sign_in_refused&limit=100").expect(200).json();
        assert_eq!(refused.as_array().map(Vec::len), Some(17), "{refused}");
        provider.misbehave(None);
        is_signed_in(&app, &sign_in(&app, &ods, &provider, &amina));
    }
}

on_both_databases! {
    fn nothing_works_twice_and_nothing_in_another_browser(database) {
        let app = spawn(database);
        let (own, other) = (app.organisation("RXX"), app.organisation("RYY"));
        let (provider, others) = (Provider::start(Algorithm::EdDSA), Provider::start(Algorithm::EdDSA));
        set_up(&app, &own, &provider);
        set_up(&app, &other, &others);
        invite(&app, "amina@example.org", Role::HrLead, Some(&own));
        let amina = Person::new("a1", "amina@example.org");

        let (address, cookie) = depart(&app, &own);
        let back = provider.sign_in(&address, &amina);
        is_refused(&app.client.get(&back[back.find("/office/").expect("ours")..]), 400, "without the cookie");
        let (_, cookie_of_another) = depart(&app, &own);
        is_refused(&arrive(&app, &back, &cookie_of_another), 400, "in another browser");
        is_signed_in(&app, &arrive(&app, &back, &cookie));
        is_refused(&arrive(&app, &back, &cookie), 400, "the same address once more");

        let code = back.split(['?', '&']).find(|part| part.starts_with("code=")).expect("a code").to_owned();
        let (address, cookie) = depart(&app, &own);
        let fresh = provider.sign_in(&address, &amina);
        let new_code = fresh.split(['?', '&']).find(|part| part.starts_with("code=")).expect("a code").to_owned();
        is_refused(&arrive(&app, &fresh.replace(&new_code, &code), &cookie), 400, "a code that was used");

        // Mix-up: an answer of one provider is brought to the other's address, or says that it is another's.
        let (address, cookie) = depart(&app, &own);
        let back = provider.sign_in(&address, &amina);
        is_refused(&arrive(&app, &back.replace("/trust/RXX", "/trust/RYY"), &cookie), 400, "at the address of another");
        let (address, cookie) = depart(&app, &own);
        let back = provider.sign_in(&address, &amina).replace(&provider.issuer(), &others.issuer());
        is_refused(&arrive(&app, &back, &cookie), 400, "in the name of another");
        let (address, cookie) = depart(&app, &own);
        let back = provider.sign_in(&address, &amina);
        let (nameless, _) = back.split_once("&iss=").expect("a name");
        is_refused(&arrive(&app, nameless, &cookie), 400, "without the name that it always says");
        assert!(!others.asked().iter().any(|path| path == "/realm/token"), "no code went to the other provider");

        let (address, cookie) = depart(&app, &own);
        is_signed_in(&app, &arrive(&app, &provider.sign_in(&address, &amina), &cookie));
    }
}

on_both_databases! {
    fn only_accounts_of_the_organisation_are_signed_in_to(database) {
        let app = spawn(database);
        let (own, other) = (app.organisation("RXX"), app.organisation("RYY"));
        let provider = Provider::start(Algorithm::EdDSA);
        let administrator = set_up(&app, &own, &provider);
        invite(&app, "amina@example.org", Role::HrLead, Some(&own));
        invite(&app, "disabled@example.org", Role::HrLead, Some(&own));
        app.run(app.services.accounts.disable("disabled@example.org".to_owned())).expect("disabled");
        invite(&app, "bethan@example.org", Role::HrLead, Some(&other));
        invite(&app, "root@example.org", Role::PlatformAdministrator, None);
        let before = app.count_in(&app.database, "SELECT COUNT(*) AS value FROM accounts");
        for nobody in ["bethan@example.org", "root@example.org", "disabled@example.org", "stranger@example.org"] {
            is_refused(&sign_in(&app, &own, &provider, &Person::new(nobody, nobody)), 403, nobody);
            crate::support::execute(&app.database.url(), "DELETE FROM sign_in_attempts");
        }
        for unverified in [json!(false), Value::Null, json!("no")] {
            let person = Person { verified: unverified, ..Person::new("a1", "amina@example.org") };
            is_refused(&sign_in(&app, &own, &provider, &person), 403, "an address that may be anybody's");
            crate::support::execute(&app.database.url(), "DELETE FROM sign_in_attempts");
        }
        is_signed_in(&app, &sign_in(&app, &own, &provider, &Person::new("a1", "amina@example.org")));
        let another = Person::new("a2", "amina@example.org");
        is_refused(&sign_in(&app, &own, &provider, &another), 403, "another person with her address");
        assert_eq!(app.count_in(&app.database, "SELECT COUNT(*) AS value FROM accounts"), before, "nobody was made");

        // An administrator says that it is the same person.
        let accounts = administrator.get(&format!("/api/v1/organisations/{own}/accounts")).expect(200).json();
        let amina = accounts.as_array().expect("accounts").iter().find(|account| account["email"] == "amina@example.org");
        let id = amina.and_then(|account| account["id"].as_str()).expect("an id").to_owned();
        administrator.send("POST", &format!("/api/v1/organisations/{own}/accounts/{id}/reset"), None);
        is_signed_in(&app, &sign_in(&app, &own, &provider, &another));
    }
}

on_both_databases! {
    fn an_administrator_sets_the_provider_up(database) {
        let app = spawn(database);
        let ods = app.organisation("RXX");
        let provider = Provider::start(Algorithm::EdDSA);
        let administrator = app.signed_in(Role::OrganisationAdministrator, Some(&ods));
        administrator.get(&path(&ods)).expect(404);
        let body = json!({ "issuer": provider.issuer(), "client_id": CLIENT_ID });
        let answer = administrator.json("PUT", &path(&ods), &body).expect(422);
        assert_eq!(answer.json()["errors"][0]["pointer"], "/client_secret", "{answer:?}");
        set_up_again(&administrator, &ods, &provider);
        let read = administrator.get(&path(&ods)).expect(200);
        assert!(!read.body.contains(CLIENT_SECRET), "{read:?}");
        assert!(read.json()["redirect_uri"].as_str().is_some_and(|uri| uri.ends_with("/office/sign-in/trust/RXX")));
        assert_eq!(app.count_in(&app.database, &format!("SELECT COUNT(*) AS value FROM identity_providers WHERE client_secret LIKE '%{CLIENT_SECRET}%'")), 0);

        // The secret stays with the issuer that it was given for.
        let same = json!({ "issuer": provider.issuer(), "client_id": "another-name" });
        administrator.json("PUT", &path(&ods), &same).expect(200);
        let elsewhere = json!({ "issuer": "https://login.example.org", "client_id": "x" });
        administrator.json("PUT", &path(&ods), &elsewhere).expect(422);

        // A description that speaks for somebody else is not believed, before anybody is sent anywhere.
        set_up_again(&administrator, &ods, &provider);
        provider.claim_to_be("https://login.example.org");
        let form = Some(("application/x-www-form-urlencoded", format!("organisation={ods}")));
        let answer = app.client.send("POST", "/office/sign-in/trust", form.clone()).expect(502);
        assert!(answer.body.contains("cannot be used at the moment"), "{answer:?}");

        administrator.send("DELETE", &path(&ods), None).expect(204);
        administrator.send("DELETE", &path(&ods), None).expect(404);
        app.client.send("POST", "/office/sign-in/trust", form).expect(422);
        let unknown = Some(("application/x-www-form-urlencoded", "organisation=nowhere at all".to_owned()));
        app.client.send("POST", "/office/sign-in/trust", unknown).expect(422);
    }
}

fn set_up_again(administrator: &Client, ods: &OdsCode, provider: &Provider) {
    let body = json!({ "issuer": provider.issuer(), "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET });
    administrator.json("PUT", &path(ods), &body).expect(200);
}

#[test]
fn providers_inside_are_refused_where_tests_do_not_allow_them() {
    let app = App::spawn(TestDatabase::sqlite());
    let ods = app.organisation("RXX");
    let administrator = app.signed_in(Role::OrganisationAdministrator, Some(&ods));
    for issuer in
        ["http://login.example.org", "https://127.0.0.1/realm", "https://169.254.169.254", "https://localhost"]
    {
        let body = json!({ "issuer": issuer, "client_id": "candour", "client_secret": "secret" });
        let answer = administrator.json("PUT", &path(&ods), &body).expect(422);
        assert_eq!(answer.json()["errors"][0]["pointer"], "/issuer", "{answer:?}");
    }
}
