//! What goes wrong around Candour, one test a fault; the numbers are those of `docs/faults.md`.
//!
//! `CANDOUR_FAULTS=full` makes them as long as promised there; otherwise a short form runs with every other test.

mod database;
mod outside;

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use candour::domain::account::Role;
use serde_json::json;

use crate::support::{App, Client, PostgresDatabase, TestDatabase};

fn full() -> bool {
    std::env::var("CANDOUR_FAULTS").is_ok_and(|form| form == "full")
}

/// People who answer, again and again until they are told that they have.
struct Crowd {
    waiting: Mutex<Vec<String>>,
    acknowledged: Mutex<BTreeSet<String>>,
    /// Answers that said 503, and connections that broke.
    refused: AtomicUsize,
    over: AtomicBool,
}

impl Crowd {
    fn new(tokens: &[String]) -> Self {
        Self {
            waiting: Mutex::new(tokens.to_vec()),
            acknowledged: Mutex::new(BTreeSet::new()),
            refused: AtomicUsize::new(0),
            over: AtomicBool::new(false),
        }
    }

    fn answer(&self, client: &Client, pause: Duration) {
        let body = json!({ "answers": { "belonging": ["agree"] } }).to_string();
        while !self.over.load(Ordering::SeqCst) {
            let Some(token) = self.waiting.lock().expect("no panic").pop() else { break };
            let path = format!("/api/v1/respond/{token}");
            match client.try_send("POST", &path, Some(("application/json", body.clone()))) {
                // 409: stored by a request whose answer was lost with the connection.
                Ok(answer) if matches!(answer.status, 201 | 409) => {
                    self.acknowledged.lock().expect("no panic").insert(token);
                }
                Ok(answer) => {
                    assert_eq!(answer.status, 503, "{answer:?}");
                    assert!(answer.header("retry-after").is_some(), "{answer:?}");
                    self.again_later(token);
                }
                Err(_) => self.again_later(token),
            }
            thread::sleep(pause);
        }
    }

    fn again_later(&self, token: String) {
        self.refused.fetch_add(1, Ordering::SeqCst);
        self.waiting.lock().expect("no panic").insert(0, token);
        thread::sleep(Duration::from_millis(20));
    }

    fn count(&self) -> usize {
        self.acknowledged.lock().expect("no panic").len()
    }

    /// Waits for `more` to be acknowledged; gives how long that took.
    fn wait_for(&self, more: usize) -> Duration {
        let (started, goal) = (Instant::now(), self.count() + more);
        while self.count() < goal {
            assert!(started.elapsed() < Duration::from_secs(60), "{} of {goal} after a minute", self.count());
            thread::sleep(Duration::from_millis(5));
        }
        started.elapsed()
    }
}

/// Everybody who has been told so has answered, and everybody answers once.
fn nothing_is_lost(crowd: Crowd, app: &App, survey: &str, client: &Client, tokens: &[String]) {
    let body = json!({ "answers": { "belonging": ["agree"] } });
    let acknowledged = crowd.acknowledged.into_inner().expect("no panic");
    assert!(app.stored_responses(survey) as usize >= acknowledged.len());
    for token in tokens {
        let expected: &[u16] = if acknowledged.contains(token) { &[409] } else { &[201, 409] };
        let answer = client.post(&format!("/api/v1/respond/{token}"), &body);
        assert!(expected.contains(&answer.status), "{answer:?}");
    }
    assert_eq!(app.stored_responses(survey), tokens.len() as u64);
}

fn database_at(url: String) -> TestDatabase {
    TestDatabase::Postgres(PostgresDatabase::at(url))
}

fn with_survey(database: TestDatabase, people: usize) -> (App, String, Vec<String>) {
    let app = App::spawn(database);
    let ods = app.organisation("RXX");
    let hr = app.signed_in(Role::HrLead, Some(&ods));
    let (survey, tokens) = app.open_survey(&hr, &ods, people);
    (app, survey, tokens)
}
