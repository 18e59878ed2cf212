//! An application in threads of its own, and the people who use it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc;
use std::thread;

use candour::config::Config;
use candour::domain::account::Role;
use candour::domain::audit_event::Actor;
use candour::domain::organisation::{OdsCode, Organisation, Unit, UnitTree};
use candour::jobs::Runner;
use candour::services::{Precondition, Services};
use candour::web::Server;
use serde_json::{Value, json};

use super::database::settings;
use super::{Client, Mailbox, TestDatabase};

/// Environment variables of an application, by name.
pub type Settings = BTreeMap<String, String>;

/// A password that the rules accept.
pub const PASSWORD: &str = "a password of tests, quite long";

/// A served application with its database and its mailbox.
pub struct App {
    pub services: Services,
    pub client: Client,
    pub mailbox: Mailbox,
    pub database: TestDatabase,
}

impl App {
    /// Serves `database` on a port of its own; e-mails go to the mailbox, when [`App::deliver`] is called.
    pub fn spawn(database: TestDatabase) -> Self {
        Self::spawn_with(database, &Settings::new())
    }

    /// The same with some settings changed.
    pub fn spawn_with(database: TestDatabase, more: &Settings) -> Self {
        let mailbox = Mailbox::new();
        let mut variables =
            Settings::from([("CANDOUR__MAIL__DIRECTORY".to_owned(), mailbox.path().display().to_string())]);
        variables.extend(more.clone());
        let config = settings(&database.url(), &variables);
        let services = Services::new(&config).expect("services");
        let client = Client::new(&serve(config, services.clone()));
        Self { services, client, mailbox, database }
    }

    /// Another server of the same service, on the same database.
    pub fn replica(&self, more: &Settings) -> Client {
        let config = settings(&self.database.url(), more);
        let services = Services::new(&config).expect("services");
        Client::new(&serve(config, services))
    }

    /// Runs what a service does, from a test that is not asynchronous.
    pub fn run<T>(&self, work: impl Future<Output = T>) -> T {
        runtime().block_on(work)
    }

    /// Sends every e-mail that is due; gives how many jobs were run.
    pub fn deliver(&self) -> usize {
        self.run(Runner::new(self.services.clone()).drain(|_| ())).expect("the outbox can be read")
    }

    /// An organisation with two units that have two wards each.
    pub fn organisation(&self, ods: &str) -> OdsCode {
        let code: OdsCode = ods.parse().expect("an ODS code");
        let organisation = Organisation { ods: code.clone(), name: format!("Trust {ods}") };
        self.run(self.services.organisations.create(Actor::Operator, organisation)).expect("created");
        let unit = |code: &str, parent: Option<&str>| Unit {
            code: code.to_owned(),
            name: format!("Unit {code}"),
            parent: parent.map(str::to_owned),
        };
        let units = vec![
            unit("MED", None),
            unit("MAT", None),
            unit("MED-1", Some("MED")),
            unit("MED-2", Some("MED")),
            unit("MAT-1", Some("MAT")),
            unit("MAT-2", Some("MAT")),
        ];
        let scope = candour::domain::account::TenantScope::of_operator(code.clone());
        self.run(self.services.organisations.replace_units(
            scope,
            UnitTree::new(units).expect("a tree"),
            Precondition::none(),
        ))
        .expect("replaced");
        code
    }

    /// Somebody signed in to the API.
    pub fn signed_in(&self, role: Role, organisation: Option<&OdsCode>) -> Client {
        let setup = self
            .run(self.services.accounts.create(email(role, organisation), role, organisation.cloned()))
            .expect("created");
        self.run(self.services.accounts.set_password(setup, PASSWORD)).expect("a password");
        self.signed_in_again(role, organisation)
    }

    /// The same account with a new token.
    pub fn signed_in_again(&self, role: Role, organisation: Option<&OdsCode>) -> Client {
        let email = email(role, organisation);
        let answer =
            self.client.post("/api/v1/auth/token", &json!({ "email": email, "password": PASSWORD })).expect(200);
        self.client.with_token(answer.json()["access_token"].as_str().expect("a token"))
    }

    /// An open survey in `organisation` with `people` invited and told; gives its identifier and their tokens.
    pub fn open_survey(&self, hr: &Client, organisation: &OdsCode, people: usize) -> (String, Vec<String>) {
        let created =
            hr.post(&format!("/api/v1/organisations/{organisation}/surveys"), &json!({ "title": "Race equality" }));
        let id = created.expect(201).json()["id"].as_str().expect("an id").to_owned();
        let invitees: Vec<Value> = (0..people).map(|n| json!({ "email": address(n), "unit": unit(n) })).collect();
        hr.post(&format!("/api/v1/surveys/{id}/invitations"), &json!(invitees)).expect(200);
        hr.send("POST", &format!("/api/v1/surveys/{id}/open"), None).expect(200);
        let before: BTreeSet<String> = self.mailbox.mails().iter().filter_map(|mail| mail.token()).collect();
        self.deliver();
        let links: BTreeMap<String, String> = self
            .mailbox
            .mails()
            .iter()
            .filter_map(|mail| Some((mail.recipient()?, mail.token()?)))
            .filter(|(_, token)| !before.contains(token))
            .collect();
        let token = |n| links.get(&address(n)).cloned().expect("an invitation");
        (id, (0..people).map(token).collect())
    }

    /// How many answers the survey has, as the database knows it.
    pub fn stored_responses(&self, survey: &str) -> u64 {
        let url = self.database.url();
        super::database::count(&url, &STORED.replace("?", &format!("'{survey}'")))
    }

    /// The number that `query` gives under the name `value` in any database.
    pub fn count_in(&self, database: &TestDatabase, query: &str) -> u64 {
        super::database::count(&database.url(), query)
    }
}

/// Answers of a survey that are or will be counted: sealed while it is open, responses afterwards.
pub const STORED: &str = "SELECT (SELECT COUNT(*) FROM responses WHERE survey_id = ?) \
                          + (SELECT COUNT(*) FROM sealed_responses WHERE survey_id = ? AND sealed IS NOT NULL) AS value";

/// Address of the `n`th invited.
pub fn address(n: usize) -> String {
    format!("person{n}@example.org")
}

fn unit(n: usize) -> &'static str {
    ["MED-1", "MAT-1", "MED-2", "MAT-2"][n % 4]
}

/// Serves in a thread; gives the address. The thread ends with the test's process.
fn serve(config: Config, services: Services) -> String {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let server = Server::bind(config, services).expect("a free port");
        tell.send(server.address().expect("an address")).expect("the test waits");
        actix_web::rt::System::new().block_on(async { server.start().expect("it starts").await }).expect("it serves");
    });
    format!("http://{}", told.recv().expect("the server starts"))
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

fn email(role: Role, organisation: Option<&OdsCode>) -> String {
    format!("{role}.{}@example.org", organisation.map_or("all", OdsCode::as_str).to_lowercase())
}
