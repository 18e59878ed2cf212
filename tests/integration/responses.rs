//! Answering: once, whole, and only through a link that is good.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use candour::domain::account::Role;
use serde_json::{Value, json};

use crate::support::{App, on_both_databases};

fn some_answers() -> Value {
    json!({ "answers": { "belonging": ["agree"] } })
}

on_both_databases! {
    fn a_link_opened_by_a_mail_scanner_still_works(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let (survey, tokens) = app.open_survey(&hr, &ods, 1);
        let (page, api) = (format!("/s/{}", tokens[0]), format!("/api/v1/respond/{}", tokens[0]));

        app.client.get(&page).expect(200);
        app.client.send("HEAD", &page, None).expect(200);
        app.client.get(&api).expect(200);
        app.client.post(&api, &json!({ "answers": {} })).expect(422);
        app.client.send("POST", &format!("{page}/submit"), Some(("application/x-www-form-urlencoded", String::new())));
        assert_eq!(app.stored_responses(&survey), 0);

        app.client.post(&api, &some_answers()).expect(201);
        assert_eq!(app.stored_responses(&survey), 1);
    }
}

on_both_databases! {
    fn one_link_from_sixty_four_threads_stores_one_answer(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let (survey, tokens) = app.open_survey(&hr, &ods, 1);
        let path = format!("/api/v1/respond/{}", tokens[0]);

        let start = Barrier::new(64);
        let statuses: Vec<u16> = thread::scope(|scope| {
            let threads: Vec<_> = (0..64)
                .map(|_| {
                    scope.spawn(|| {
                        start.wait();
                        app.client.post(&path, &some_answers()).status
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
        });

        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| matches!(status, 201 | 409 | 503)), "{statuses:?}");
        assert_eq!(app.stored_responses(&survey), 1);
    }
}

on_both_databases! {
    /// Every answer that was acknowledged is counted, and none that was refused, while the survey closes under them.
    fn answers_that_meet_the_close_are_counted_or_refused(database) {
        const PEOPLE: usize = 160;
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let (survey, tokens) = app.open_survey(&hr, &ods, PEOPLE);
        let start = Barrier::new(9);
        let statuses: Vec<u16> = thread::scope(|scope| {
            let threads: Vec<_> = tokens
                .chunks(PEOPLE / 8)
                .map(|some| {
                    let (start, app) = (&start, &app);
                    scope.spawn(move || {
                        start.wait();
                        let answer = |token: &String| app.client.post(&format!("/api/v1/respond/{token}"), &some_answers()).status;
                        some.iter().map(answer).collect::<Vec<u16>>()
                    })
                })
                .collect();
            start.wait();
            thread::sleep(Duration::from_millis(30));
            hr.send("POST", &format!("/api/v1/surveys/{survey}/close"), None).expect(200);
            threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
        });
        assert!(statuses.iter().all(|status| matches!(status, 201 | 410)), "{statuses:?}");
        let accepted = statuses.iter().filter(|status| **status == 201).count() as u64;
        println!("{accepted} of {PEOPLE} came before the close");
        let count = |table: &str| {
            app.count_in(&app.database, &format!("SELECT COUNT(*) AS value FROM {table} WHERE survey_id = '{survey}'"))
        };
        assert_eq!((count("responses"), count("receipts")), (accepted, accepted));
        assert_eq!(count("sealed_responses"), 0, "none came after the close");
        assert_eq!(count("invitations"), PEOPLE as u64);
    }
}

on_both_databases! {
    fn links_that_are_used_closed_or_unknown_say_so(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let (survey, tokens) = app.open_survey(&hr, &ods, 2);
        let (used, unused) = (format!("/api/v1/respond/{}", tokens[0]), format!("/api/v1/respond/{}", tokens[1]));

        app.client.post(&used, &some_answers()).expect(201);
        assert_eq!(app.client.post(&used, &some_answers()).expect(409).json()["type"], "urn:candour:problem:already-answered");
        app.client.get(&used).expect(409);
        app.client.get(&format!("/s/{}", tokens[0]));

        hr.send("POST", &format!("/api/v1/surveys/{survey}/close"), None).expect(200);
        app.client.post(&unused, &some_answers()).expect(410);
        app.client.get(&unused).expect(410);

        for unknown in ["nonsense", &"A".repeat(tokens[0].len()), "%00", "..%2f"] {
            app.client.post(&format!("/api/v1/respond/{unknown}"), &some_answers()).expect(404);
        }
        assert_eq!(app.stored_responses(&survey), 1);
    }
}

on_both_databases! {
    fn malformed_answers_are_pointed_at_and_spend_nothing(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let (survey, tokens) = app.open_survey(&hr, &ods, 1);
        let path = format!("/api/v1/respond/{}", tokens[0]);

        let wrong = json!({ "answers": { "belonging": ["purple"], "no_such_question": ["agree"], "being_myself": ["agree", "disagree"] } });
        let problem = app.client.post(&path, &wrong).expect(422);
        assert_eq!(problem.header("content-type"), Some("application/problem+json"));
        let problem = problem.json();
        let pointers: Vec<&str> = problem["errors"].as_array().expect("errors").iter().filter_map(|e| e["pointer"].as_str()).collect();
        for pointer in ["/answers/belonging", "/answers/no_such_question", "/answers/being_myself"] {
            assert!(pointers.contains(&pointer), "{pointers:?}");
        }
        app.client.send("POST", &path, Some(("application/json", "{".to_owned()))).expect(422);
        app.client.send("POST", &path, Some(("text/plain", "{}".to_owned()))).expect(415);
        app.client.post(&path, &json!({ "answers": { "comment": ["x".repeat(2 << 20)] } })).expect(413);
        assert_eq!(app.stored_responses(&survey), 0);
        app.client.post(&path, &some_answers()).expect(201);
    }
}
