//! Staff without work e-mail: letters with a code, shared devices, answers on paper; and what an e-mail will look like.

use candour::domain::account::{Role, TenantScope};
use serde_json::json;

use crate::support::{App, Finished, on_both_databases};

const FORM: &str = "application/x-www-form-urlencoded";

on_both_databases! {
    fn a_code_from_a_letter_answers_once(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let (survey, _) = app.open_survey(&hr, &ods, 2);
        let make = |unit: &str, count| {
            let scope = TenantScope::of_operator(ods.clone());
            app.run(app.services.invitations.letters(scope, survey.parse().expect("an id"), unit.to_owned(), count))
        };
        assert!(make("MED-1", 0).is_err() && make("MED-1", 501).is_err() && make("NOWHERE", 1).is_err());
        let letters = make("MED-1", 3).expect("made").letters;
        assert_eq!(hr.get(&format!("/api/v1/surveys/{survey}/participation")).expect(200).json()["invited"], 5);

        let typed = letters[0].code.reveal().to_lowercase().replace('-', "+");
        let led = app.client.send("POST", "/code", Some((FORM, format!("code={typed}")))).expect(303);
        let address = led.header("location").expect("an address").to_owned();
        assert!(letters[0].link.ends_with(&address), "the code and the picture lead to the same place");
        app.client.get(&address).expect(200);
        let token = address.trim_start_matches("/s/");
        let answer = || app.client.post(&format!("/api/v1/respond/{token}"), &json!({ "answers": { "belonging": ["agree"] } }));
        answer().expect(201);
        answer().expect(409);
        assert_eq!(app.stored_responses(&survey), 1);

        assert!(app.client.send("POST", "/code", Some((FORM, "code=7K3M".to_owned()))).expect(422).body.contains("12 letters"));
        let unknown = app.client.send("POST", "/code", Some((FORM, "code=0000-0000-0000".to_owned()))).expect(303);
        app.client.get(unknown.header("location").expect("an address")).expect(404);

        // Nobody can be reminded who has no address, and no job is left over for them.
        hr.send("POST", &format!("/api/v1/surveys/{survey}/reminders"), None).expect(202);
        assert_eq!(app.deliver(), 2);
        assert_eq!(app.run(app.services.outbox.counts()).expect("counts"), (0, 0));
        Finished::candour(&["verify"], &[("CANDOUR__DATABASE__URL", &app.database.url())]).expect(0);
    }
}

on_both_databases! {
    fn answers_on_paper_follow_the_same_rules(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let (survey, _) = app.open_survey(&hr, &ods, 1);
        let begin = || {
            let scope = TenantScope::of_operator(ods.clone());
            app.run(app.services.invitations.paper_form(scope, survey.parse().expect("an id"), "MAT-1".to_owned()))
        };
        let token = begin().expect("a form");
        let path = format!("/api/v1/respond/{}", token.reveal());
        app.client.post(&path, &json!({ "answers": { "belonging": ["perhaps"] } })).expect(422);
        app.client.post(&path, &json!({ "answers": { "belonging": ["agree"] } })).expect(201);
        app.client.post(&path, &json!({ "answers": { "belonging": ["agree"] } })).expect(409);
        hr.send("POST", &format!("/api/v1/surveys/{survey}/close"), None).expect(200);
        assert!(begin().is_err(), "a closed survey takes no paper");
        let logged = "SELECT COUNT(*) AS value FROM audit_events WHERE kind = 'paper_answers_begun'";
        assert_eq!(app.count_in(&app.database, logged), 1, "who began is on record, once");
    }
}

#[test]
fn leaving_clears_the_answers_and_a_kiosk_starts_again() {
    let app = App::spawn(crate::support::TestDatabase::sqlite());
    let ods = app.organisation("RXX");
    let hr = app.signed_in(Role::HrLead, Some(&ods));
    let (_, tokens) = app.open_survey(&hr, &ods, 1);
    let page = format!("/s/{}", tokens[0]);

    let left = app.client.get(&format!("{page}/leave")).expect(303);
    let removed =
        left.headers.iter().filter(|(name, value)| name == "set-cookie" && value.contains("Max-Age=0")).count();
    assert_eq!(removed, 2, "both cookies of the draft are removed: {:?}", left.headers);
    assert!(left.header("location").is_some_and(|address| address.starts_with("https://")));
    assert_eq!(app.client.get(&page).expect(200).header("refresh"), None);

    let kiosk = app.client.get("/kiosk").expect(303);
    assert!(kiosk.header("set-cookie").is_some_and(|cookie| cookie.starts_with("candour_kiosk=yes")));
    let with_cookie = app.client.with_cookie("candour_kiosk=yes");
    let refresh = |path: &str| with_cookie.get(path).header("refresh").map(str::to_owned);
    assert_eq!(refresh(&page), Some(format!("90; url={page}/leave")));
    assert_eq!(refresh(&format!("{page}/question/belonging")), Some(format!("300; url={page}/leave")));
    assert_eq!(with_cookie.get(&format!("{page}/leave")).expect(303).header("location"), Some("/code"));
    assert_eq!(refresh("/code"), None);
}

on_both_databases! {
    fn an_invitation_can_be_looked_at_and_tried_before_it_is_sent(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let created = hr.post(&format!("/api/v1/organisations/{ods}/surveys"), &json!({ "title": "Race equality" })).expect(201);
        let path = format!("/api/v1/surveys/{}/invitations", created.json()["id"].as_str().expect("an id"));

        let welsh = hr.get(&format!("{path}/preview?language=cy&reminder=true")).expect(200).json();
        assert_eq!(welsh["subject"], "Nodyn atgoffa: Race equality");
        assert!(welsh["html"].as_str().expect("text").contains("lang=\"cy\""));
        hr.post(&format!("{path}/test"), &json!({ "email": "hr@example.org" })).expect(204);
        hr.post(&format!("{path}/test"), &json!({ "email": "hr" })).expect(422);
        let mails = app.mailbox.mails();
        assert_eq!(mails.iter().filter_map(|mail| mail.recipient()).collect::<Vec<_>>(), ["hr@example.org"]);
        app.client.get(&format!("/s/{}", mails[0].token().expect("a link"))).expect(404);
    }
}
