//! What was acknowledged is kept, whatever happens to the process.
//!
//! `CANDOUR_KILLS=100` kills the server a hundred times instead of five.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use candour::domain::account::Role;
use serde_json::json;

use crate::support::{App, Candour, on_both_databases};

const CLIENTS: usize = 32;
/// So many are acknowledged before the server is killed, more or less.
const A_ROUND: usize = 24;

on_both_databases! {
    /// F1
    fn kill_minus_nine_loses_no_acknowledged_answer(database) {
        let rounds: usize = std::env::var("CANDOUR_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(5);
        let people = rounds * (A_ROUND + CLIENTS) + CLIENTS;
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let (survey, tokens) = app.open_survey(&hr, &ods, people);
        let body = json!({ "answers": { "belonging": ["agree"] } }).to_string();
        let unfinished = Mutex::new(tokens.iter().collect::<Vec<_>>());
        let (mut acknowledged_in_all, mut slowest) = (0, Duration::ZERO);

        for round in 0..rounds {
            let started = Instant::now();
            let mut server = Candour::serve(&app.database.url(), &[]);
            if round > 0 {
                slowest = slowest.max(started.elapsed());
            }
            let client = server.client();
            let acknowledged = AtomicUsize::new(0);
            thread::scope(|scope| {
                for _ in 0..CLIENTS {
                    scope.spawn(|| {
                        loop {
                            let Some(token) = unfinished.lock().expect("no panic").pop() else { break };
                            let path = format!("/api/v1/respond/{token}");
                            match client.try_send("POST", &path, Some(("application/json", body.clone()))) {
                                // Used by a request of an earlier round that was stored and got no answer.
                                Ok(answer) if matches!(answer.status, 201 | 409) => acknowledged.fetch_add(1, Ordering::SeqCst),
                                Ok(answer) => panic!("{answer:?}"),
                                Err(_) => {
                                    unfinished.lock().expect("no panic").insert(0, token);
                                    break;
                                }
                            };
                        }
                    });
                }
                while acknowledged.load(Ordering::SeqCst) < A_ROUND {
                    thread::yield_now();
                }
                server.kill();
            });
            acknowledged_in_all += acknowledged.into_inner();
            let stored = app.stored_responses(&survey) as usize;
            assert!(stored >= acknowledged_in_all, "round {round}: {acknowledged_in_all} acknowledged, {stored} stored");
            assert!(acknowledged_in_all < people, "it was killed too late to show anything");
        }
        let stored = app.stored_responses(&survey);
        println!("F1: {rounds} kills, {acknowledged_in_all} acknowledged, {stored} stored, ready again after at most {slowest:?}");

        // Everybody tries again, as a browser's user would: each is stored once and no more.
        let again = Candour::serve(&app.database.url(), &[]);
        for token in &tokens {
            let answer = again.client().send("POST", &format!("/api/v1/respond/{token}"), Some(("application/json", body.clone())));
            assert!(matches!(answer.status, 201 | 409), "{answer:?}");
        }
        assert_eq!(app.stored_responses(&survey), people as u64);
    }
}
