//! What was acknowledged is kept, whatever happens to the process.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use candour::domain::account::Role;
use serde_json::json;

use crate::support::{App, Candour, on_both_databases};

const PEOPLE: usize = 400;
const CLIENTS: usize = 8;

on_both_databases! {
    fn kill_minus_nine_loses_no_acknowledged_answer(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let (survey, tokens) = app.open_survey(&hr, &ods, PEOPLE);
        let body = json!({ "answers": { "belonging": ["agree"] } }).to_string();

        let mut server = Candour::serve(&app.database.url(), &[]);
        let client = server.client();
        let (next, acknowledged) = (AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..CLIENTS {
                scope.spawn(|| {
                    while let Some(token) = tokens.get(next.fetch_add(1, Ordering::SeqCst)) {
                        let path = format!("/api/v1/respond/{token}");
                        match client.try_send("POST", &path, Some(("application/json", body.clone()))) {
                            Ok(answer) if answer.status == 201 => acknowledged.fetch_add(1, Ordering::SeqCst),
                            Ok(_) => continue,
                            Err(_) => break,
                        };
                    }
                });
            }
            while acknowledged.load(Ordering::SeqCst) < PEOPLE / 8 {
                thread::sleep(Duration::from_millis(1));
            }
            server.kill();
        });

        let acknowledged = acknowledged.load(Ordering::SeqCst) as u64;
        let stored = app.stored_responses(&survey);
        assert!(acknowledged < PEOPLE as u64, "it was killed too late to show anything");
        assert!(stored >= acknowledged, "{acknowledged} acknowledged, {stored} stored");
        assert!(stored <= acknowledged + CLIENTS as u64, "{acknowledged} acknowledged, {stored} stored");

        // Everybody tries again, as a browser's user would: each is stored once and no more.
        let again = Candour::serve(&app.database.url(), &[]);
        for token in &tokens {
            let answer = again.client().send("POST", &format!("/api/v1/respond/{token}"), Some(("application/json", body.clone())));
            assert!(matches!(answer.status, 201 | 409), "{answer:?}");
        }
        assert_eq!(app.stored_responses(&survey), PEOPLE as u64);
    }
}
