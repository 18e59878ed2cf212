//! Office accounts through the front door: passwords, second factor, waits after what went wrong, sessions.

use std::thread::sleep;
use std::time::Duration;

use candour::domain::account::Role;
use candour::security::Seed;
use serde_json::json;

use crate::support::{Answer, App, Client, Finished, Settings, TestDatabase, execute, lines, on_both_databases};

pub const EMAIL: &str = "lead@example.org";
pub const PASSWORD: &str = "a password of tests, quite long";

/// An application as it comes: with a second factor for everybody.
pub fn app(database: TestDatabase) -> App {
    let required = ("CANDOUR__SECURITY__SECOND_FACTOR".to_owned(), "required".to_owned());
    App::spawn_with(database, &Settings::from([required]))
}

/// A browser that keeps its session, without scripts.
pub struct Browser {
    client: Client,
    pub cookie: String,
}

impl Browser {
    pub fn new(app: &App) -> Self {
        Self { client: app.client.clone(), cookie: String::new() }
    }

    pub fn get(&mut self, path: &str) -> Answer {
        let answer = self.client.with_cookie(&self.cookie).get(path);
        self.keep(answer)
    }

    /// Sends the fields with the token of the form on `page`.
    pub fn send(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = token_of(&self.get(page).body).unwrap_or_default();
        self.post(path, &[&[("token", token.as_str())], fields].concat())
    }

    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let encode = |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02X}")).collect() };
        let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        let form = Some(("application/x-www-form-urlencoded", body.join("&")));
        let answer = self.client.with_cookie(&self.cookie).send("POST", path, form);
        self.keep(answer)
    }

    fn keep(&mut self, answer: Answer) -> Answer {
        if let Some(cookie) = answer.header("set-cookie") {
            self.cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        }
        answer
    }

    pub fn sign_in(&mut self, password: &str) -> Answer {
        self.post("/office/sign-in", &[("email", EMAIL), ("password", password)])
    }

    /// Sets up the second factor that is offered; gives the seed and the recovery codes.
    pub fn enrol(&mut self) -> (Seed, Vec<String>) {
        let page = self.get("/office/second-factor/set-up").expect(200);
        let seed = between(&page.body, "candour-key\">", "</code>").remove(0);
        let seed = Seed::from_base32(&seed).expect("a seed");
        let path = "/office/second-factor/set-up";
        let done = self.send(path, path, &[("code", &seed.code(step()))]).expect(200);
        (seed, between(&done.body, "<li><code>", "</code>"))
    }
}

fn token_of(page: &str) -> Option<String> {
    between(page, "name=\"token\" value=\"", "\"").into_iter().next()
}

/// Every text between `start` and `end`.
pub fn between(page: &str, start: &str, end: &str) -> Vec<String> {
    page.split(start).skip(1).filter_map(|rest| Some(rest.split_once(end)?.0.to_owned())).collect()
}

/// The step of thirty seconds that is now.
pub fn step() -> i64 {
    candour::services::now().unix_timestamp() / 30
}

/// Long enough from the end of a step that a test's codes stay those of one.
pub fn early_in_a_step() {
    while candour::services::now().unix_timestamp() % 30 > 20 {
        sleep(Duration::from_millis(200));
    }
}

pub fn account(app: &App, email: &str, role: Role) {
    let ods = app.organisation("RXX");
    let setup = app.run(app.services.accounts.create(email.to_owned(), role, Some(ods))).expect("created");
    app.run(app.services.accounts.set_password(setup, PASSWORD)).expect("a password");
}

pub fn leads_to(answer: &Answer) -> &str {
    assert_eq!(answer.status, 303, "{}", answer.body);
    answer.header("location").expect("a location")
}

on_both_databases! {
    fn nobody_gets_in_without_a_second_factor(database) {
        let app = app(database);
        account(&app, EMAIL, Role::HrLead);
        early_in_a_step();
        let mut browser = Browser::new(&app);
        assert_eq!(leads_to(&browser.sign_in(PASSWORD)), "/office/second-factor/set-up");
        assert_eq!(leads_to(&browser.get("/office")), "/office/sign-in", "the password alone opens nothing");
        assert_eq!(leads_to(&browser.get("/office/second-factor")), "/office/second-factor/set-up");
        let credentials = json!({ "email": EMAIL, "password": PASSWORD });
        app.client.post("/api/v1/auth/token", &credentials).expect(401);

        let path = "/office/second-factor/set-up";
        let page = browser.get(path).expect(200);
        assert!(page.body.contains("<svg") && page.body.contains("candour-key"));
        assert_eq!(page.body, browser.get(path).body, "loading the page again offers the same key");
        browser.send(path, path, &[("code", "000000")]).expect(422);
        browser.post(path, &[("token", "forged"), ("code", "000000")]).expect(400);
        let before = browser.cookie.clone();
        let (seed, codes) = browser.enrol();
        assert_eq!(codes.len(), 10);
        assert_ne!(browser.cookie, before, "what waited is another session than the open one");
        browser.get("/office").expect(200);

        // Again: the code that was used is not good any more, the next one is, and that only once.
        let mut other = Browser::new(&app);
        assert_eq!(leads_to(&other.sign_in(PASSWORD)), "/office/second-factor");
        assert_eq!(leads_to(&other.get(path)), "/office/second-factor", "what is set up cannot be set up anew here");
        let code = |other: &mut Browser, code: &str| other.send("/office/second-factor", "/office/second-factor", &[("code", code)]);
        code(&mut other, &seed.code(step())).expect(422);
        let next = seed.code(step() + 1);
        assert_eq!(leads_to(&code(&mut other, &next)), "/office");
        other.get("/office").expect(200);
        let with_code = |code: &str| app.client.post("/api/v1/auth/token", &json!({ "email": EMAIL, "password": PASSWORD, "code": code }));
        with_code(&next).expect(401);
        app.client.post("/api/v1/auth/token", &credentials).expect(401);

        // A recovery code is good once, however it is written.
        with_code(&codes[0].to_uppercase().replace('-', " ")).expect(200);
        with_code(&codes[0]).expect(401);
        assert_eq!(app.count_in(&app.database, "SELECT COUNT(*) AS value FROM recovery_codes"), 9);

        // At rest there is neither the seed nor a code.
        let url = app.database.url();
        let stored = lines(&url, "SELECT second_factor AS value FROM accounts").join(" ") + &lines(&url, "SELECT code_hash AS value FROM recovery_codes").join(" ");
        assert!(!stored.contains(&seed.to_base32()) && !codes.iter().any(|code| stored.contains(&code.replace('-', ""))));

        // The operator takes it away, with password and every session.
        let reset = Finished::candour(&["account", "reset", EMAIL], &[("CANDOUR__DATABASE__URL", &url)]).expect(0);
        assert_eq!(leads_to(&other.get("/office")), "/office/sign-in");
        other.sign_in(PASSWORD).expect(422);
        let link = reset.stdout.split("/office/setup/").nth(1).expect("a link").trim().to_owned();
        other.post(&format!("/office/setup/{link}"), &[("password", PASSWORD)]).expect(303);
        assert_eq!(leads_to(&other.sign_in(PASSWORD)), "/office/second-factor/set-up");
    }
}

on_both_databases! {
    fn tries_that_go_wrong_are_made_to_wait_and_tell_nothing(database) {
        let app = app(database);
        account(&app, EMAIL, Role::HrLead);
        let ask = |email: &str, password: &str| app.client.post("/api/v1/auth/token", &json!({ "email": email, "password": password }));
        let mut bodies = Vec::new();
        for email in [EMAIL, "nobody@example.org"] {
            for _ in 0..6 {
                let mut problem = ask(email, "not the password").expect(401).json();
                problem["request_id"].take();
                bodies.push(problem.to_string());
            }
            let wait = ask(email, PASSWORD).expect(429);
            let seconds: u64 = wait.header("retry-after").expect("a wait").parse().expect("seconds");
            assert!((1..=2).contains(&seconds), "{seconds}");
            bodies.push(wait.json()["type"].to_string());
        }
        assert_eq!(bodies[..7], bodies[7..], "an account that is there gets the same answers as one that is not");
        // Each further failure doubles the wait.
        for wait in [1_100, 2_100] {
            sleep(Duration::from_millis(wait));
            ask(EMAIL, "not the password").expect(401);
        }
        let mut browser = Browser::new(&app);
        let page = browser.sign_in(PASSWORD).expect(429);
        assert!(page.header("retry-after").is_some() && page.body.contains("Wait "), "{}", page.body);
        // Another replica knows.
        let replica = candour::services::Services::new(&crate::support::settings(&app.database.url(), &Settings::new())).expect("services");
        let told = app.run(replica.accounts.sign_in(EMAIL, PASSWORD, None));
        assert!(matches!(told, Err(candour::services::AppError::TooSoon { .. })), "{told:?}");

        // Never for good; and what succeeds starts afresh.
        sleep(Duration::from_secs(5));
        assert_eq!(leads_to(&browser.sign_in(PASSWORD)), "/office/second-factor/set-up");
        ask(EMAIL, "not the password").expect(401);

        let subjects = lines(&app.database.url(), "SELECT subject AS value FROM sign_in_attempts").join(" ");
        assert!(!subjects.is_empty() && !subjects.contains('@') && !subjects.contains("127.0.0"), "{subjects}");
        assert_eq!(app.run(app.services.accounts.tidy()).expect("tidied"), 0, "nothing is a day old");
        execute(&app.database.url(), "UPDATE sign_in_attempts SET last_at = 1");
        assert!(app.run(app.services.accounts.tidy()).expect("tidied") > 0);
        assert_eq!(app.count_in(&app.database, "SELECT COUNT(*) AS value FROM sign_in_attempts"), 0);
    }
}

on_both_databases! {
    fn guesses_at_the_second_factor_wait_too(database) {
        let app = app(database);
        account(&app, EMAIL, Role::HrLead);
        let mut browser = Browser::new(&app);
        browser.sign_in(PASSWORD);
        browser.enrol();
        let mut guesser = Browser::new(&app);
        guesser.sign_in(PASSWORD);
        let page = "/office/second-factor";
        for _ in 0..6 {
            guesser.send(page, page, &[("code", "000000")]).expect(422);
        }
        let waits = guesser.send(page, page, &[("code", "000000")]).expect(429);
        assert!(waits.header("retry-after").is_some() && waits.body.contains("Wait "));
    }
}

on_both_databases! {
    fn many_tries_at_once_do_not_slip_through(database) {
        let app = app(database);
        account(&app, EMAIL, Role::HrLead);
        let tries: Vec<_> = (0..16).map(|_| {
            let client = app.client.clone();
            std::thread::spawn(move || client.post("/api/v1/auth/token", &json!({ "email": EMAIL, "password": "not the password" })).status)
        }).collect();
        let statuses: Vec<u16> = tries.into_iter().map(|one| one.join().expect("no panic")).collect();
        let looked_at = statuses.iter().filter(|status| **status == 401).count();
        assert!(looked_at <= 8, "{statuses:?}");
        assert!(statuses.contains(&429), "{statuses:?}");
    }
}

on_both_databases! {
    fn a_code_that_many_bring_at_once_lets_one_in(database) {
        let app = app(database);
        account(&app, EMAIL, Role::HrLead);
        early_in_a_step();
        let mut browser = Browser::new(&app);
        browser.sign_in(PASSWORD);
        let (seed, _) = browser.enrol();
        let credentials = json!({ "email": EMAIL, "password": PASSWORD, "code": seed.code(step() + 1) });
        let tries: Vec<_> = (0..4).map(|_| {
            let (client, credentials) = (app.client.clone(), credentials.clone());
            std::thread::spawn(move || client.post("/api/v1/auth/token", &credentials).status)
        }).collect();
        let statuses: Vec<u16> = tries.into_iter().map(|one| one.join().expect("no panic")).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    }
}
