//! An organisation's threshold: raised by one administrator, lowered by two, and never below the installation's.

use candour::domain::account::Role;
use candour::domain::organisation::OdsCode;
use serde_json::{Value, json};

use crate::support::{Answer, App, Client, PASSWORD, execute, on_both_databases};

/// A second administrator of the same organisation.
fn another_administrator(app: &App, ods: &OdsCode) -> Client {
    let (email, role) = ("second@example.org", Role::OrganisationAdministrator);
    let link = app.run(app.services.accounts.create(email.to_owned(), role, Some(ods.clone()))).expect("created");
    app.run(app.services.accounts.set_password(link, PASSWORD)).expect("a password");
    let answer = app.client.post("/api/v1/auth/token", &json!({ "email": email, "password": PASSWORD })).expect(200);
    app.client.with_token(answer.json()["access_token"].as_str().expect("a token"))
}

struct Policy<'a> {
    path: String,
    client: &'a Client,
}

impl<'a> Policy<'a> {
    fn of(ods: &OdsCode, client: &'a Client) -> Self {
        Self { path: format!("/api/v1/organisations/{ods}/policy"), client }
    }

    fn read(&self) -> Value {
        self.client.get(&self.path).expect(200).json()
    }

    fn set(&self, minimum_count: u32) -> Answer {
        self.client.json("PUT", &self.path, &json!({ "minimum_count": minimum_count }))
    }

    fn agree(&self, minimum_count: u32) -> Answer {
        self.client.post(&format!("{}/agreement", self.path), &json!({ "minimum_count": minimum_count }))
    }

    fn withdraw(&self) -> Answer {
        self.client.send("DELETE", &format!("{}/proposal", self.path), None)
    }
}

on_both_databases! {
    fn one_raises_two_lower_and_nobody_agrees_to_their_own(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let administrator = app.signed_in(Role::OrganisationAdministrator, Some(&ods));
        let other_session = app.signed_in_again(Role::OrganisationAdministrator, Some(&ods));
        let second = another_administrator(&app, &ods);
        let (hr, platform) = (app.signed_in(Role::HrLead, Some(&ods)), app.signed_in(Role::PlatformAdministrator, None));
        let [one, again, two, hr, platform] = [&administrator, &other_session, &second, &hr, &platform].map(|client| Policy::of(&ods, client));

        assert_eq!(hr.read(), json!({ "minimum_count": 11, "lowest": 11, "proposal": null }));
        for outside in [0, 10, 101] {
            let refused = one.set(outside).expect(422).json();
            assert_eq!(refused["errors"][0]["pointer"], "/minimum_count", "{refused}");
        }
        let stale = administrator.with_header("if-match", "\"of yesterday\"");
        Policy::of(&ods, &stale).set(9).expect(422);
        Policy::of(&ods, &stale).set(15).expect(412);
        one.set(15).expect(200);
        assert_eq!(hr.read()["minimum_count"], 15);

        let proposed = one.set(12).expect(202).json();
        assert_eq!((proposed["minimum_count"].clone(), proposed["proposal"]["minimum_count"].clone()), (json!(15), json!(12)));
        for own in [&one, &again] {
            let refused = own.agree(12).expect(409).json();
            assert!(refused["type"].as_str().is_some_and(|kind| kind.ends_with("own-proposal")), "{refused}");
        }
        hr.agree(12).expect(404);
        platform.agree(12).expect(404);
        two.set(11).expect(409);
        // What was seen is what is agreed to.
        two.agree(11).expect(409);
        assert_eq!(hr.read()["minimum_count"], 15);
        assert_eq!(two.agree(12).expect(200).json(), json!({ "minimum_count": 12, "lowest": 11, "proposal": null }));
        two.agree(12).expect(409);

        let kinds = ["policy_changed", "policy_proposed", "policy_proposal_withdrawn"];
        let logged = kinds.map(|kind| app.count_in(&app.database, &format!("SELECT COUNT(*) AS value FROM audit_events WHERE kind = '{kind}'")));
        assert_eq!(logged, [2, 1, 0]);
        let changed = administrator.get("/api/v1/audit-events?kind=policy_changed").expect(200).body;
        let by = proposed["proposal"]["proposed_by"].as_str().expect("an account");
        assert!(changed.contains(&format!("\"proposed_by\":\"{by}\"")), "{changed}");
    }
}

on_both_databases! {
    fn a_proposal_is_withdrawn_overtaken_or_lapses(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let administrator = app.signed_in(Role::OrganisationAdministrator, Some(&ods));
        let second = another_administrator(&app, &ods);
        let [one, two] = [&administrator, &second].map(|client| Policy::of(&ods, client));
        one.withdraw().expect(404);
        one.set(20).expect(200);

        one.set(11).expect(202);
        one.withdraw().expect(204);
        two.agree(11).expect(409);

        one.set(11).expect(202);
        two.set(25).expect(200);
        two.agree(11).expect(409);

        one.set(11).expect(202);
        let day = 86_400_000_000_i64;
        let age = |days: i64| execute(&app.database.url(), &format!("UPDATE policies SET proposed_at = proposed_at - {}", days * day));
        age(13);
        assert_eq!(two.read()["proposal"]["minimum_count"], 11);
        age(1);
        assert_eq!(two.read()["proposal"], Value::Null);
        two.agree(11).expect(409);
        // What has lapsed keeps nobody from proposing anew, and nobody from agreeing to that.
        two.set(12).expect(202);
        two.agree(12).expect(409);
        one.agree(12).expect(200);
        assert_eq!(one.read()["minimum_count"], 12);
    }
}

on_both_databases! {
    fn a_survey_keeps_what_it_was_opened_with(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let administrator = app.signed_in(Role::OrganisationAdministrator, Some(&ods));
        let second = another_administrator(&app, &ods);
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let [one, two] = [&administrator, &second].map(|client| Policy::of(&ods, client));
        one.set(15).expect(200);
        let told = app.open_survey(&hr, &ods, 14);
        let start = app.client.get(&format!("/s/{}", told.1[0])).expect(200).body;
        assert!(start.contains("groups of 15 people or more"), "{start}");
        one.set(11).expect(202);
        two.agree(11).expect(200);
        app.mailbox.empty();
        let later = app.open_survey(&hr, &ods, 14);

        for (survey, tokens) in [&told, &later] {
            for token in tokens {
                let answers = json!({ "answers": { "belonging": ["agree"] } });
                app.client.post(&format!("/api/v1/respond/{token}"), &answers).expect(201);
            }
            hr.send("POST", &format!("/api/v1/surveys/{survey}/close"), None).expect(200);
        }
        let step = |survey: &str| hr.get(&format!("/api/v1/surveys/{survey}/participation")).expect(200).json()["step"].clone();
        assert_eq!((step(&told.0), step(&later.0)), (json!(15), json!(11)));
        let publish = |survey: &str| hr.send("POST", &format!("/api/v1/surveys/{survey}/publish"), None);
        let refused = publish(&told.0).expect(409).json();
        assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains("15")), "{refused}");
        publish(&later.0).expect(200);
    }
}
