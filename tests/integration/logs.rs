//! Logs tell nothing about anybody: canaries go in everywhere, none comes out.

use candour::domain::account::Role;
use serde_json::json;

use crate::support::{App, Candour, on_both_databases};

on_both_databases! {
    fn no_token_answer_or_address_reaches_the_log(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let (_, tokens) = app.open_survey(&hr, &ods, 2);
        let canaries = ["CANARYANSWER", "canary.address@example.org", "CANARYPASSWORD", "CANARYQUERY"];

        let server = Candour::serve(&app.database.url(), &[("CANDOUR__LOG__FILTER", "debug,hyper=info")]);
        let client = server.client();
        let api = format!("/api/v1/respond/{}", tokens[0]);
        client.post(&api, &json!({ "answers": { "belonging": ["CANARYANSWER"] } })).expect(422);
        client.post(&api, &json!({ "answers": { "comment": ["CANARYANSWER"] } })).expect(201);
        client.post(&api, &json!({ "answers": { "comment": ["CANARYANSWER"] } })).expect(409);
        client.get(&format!("/s/{}?q=CANARYQUERY", tokens[1]));
        client.get(&format!("/no/such/{}", tokens[1]));
        client.post("/api/v1/auth/token", &json!({ "email": "canary.address@example.org", "password": "CANARYPASSWORD" })).expect(401);
        client.send("POST", "/api/v1/auth/token", Some(("application/json", "{\"CANARYANSWER".to_owned()))).expect(422);

        let log = server.log();
        assert!(log.lines().count() > 3, "there is a log at all: {log}");
        for canary in canaries.iter().copied().chain(tokens.iter().map(String::as_str)) {
            assert!(!log.contains(canary), "{canary} is in the log:\n{log}");
        }
    }
}
