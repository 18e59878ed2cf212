//! What somebody does with their own account, and an administrator with those of the organisation.

use candour::domain::account::Role;
use serde_json::json;

use crate::accounts::{Browser, EMAIL, PASSWORD, account, app, between, early_in_a_step, leads_to, step};
use crate::support::{App, on_both_databases};

const NEW_PASSWORD: &str = "another password of tests, long too";

on_both_databases! {
    fn a_password_that_changes_ends_every_other_session(database) {
        let app = app(database);
        account(&app, EMAIL, Role::HrLead);
        early_in_a_step();
        let (mut here, mut there) = (Browser::new(&app), Browser::new(&app));
        here.sign_in(PASSWORD);
        let (seed, codes) = here.enrol();
        there.sign_in(PASSWORD);
        there.send("/office/second-factor", "/office/second-factor", &[("code", &codes[0])]);
        there.get("/office").expect(200);
        let page = here.get("/office/account").expect(200).body;
        assert!(page.contains("9 left") && page.contains("This is where you are now") && page.contains("just now"));

        // The other session is listed, and can be ended by its name.
        let name = between(&page, "name=\"session\" value=\"", "\"").remove(0);
        assert!(!there.cookie.contains(&name), "the list shows no token");
        here.post("/office/account/sessions", &[("token", "forged"), ("session", &name)]).expect(400);
        here.send("/office/account", "/office/account/sessions", &[("session", &name)]).expect(303);
        assert_eq!(leads_to(&there.get("/office")), "/office/sign-in");

        there.sign_in(PASSWORD);
        there.send("/office/second-factor", "/office/second-factor", &[("code", &codes[1])]);
        let path = "/office/account/password";
        here.send(path, path, &[("present", "not the password"), ("new", NEW_PASSWORD)]).expect(422);
        let short = here.send(path, path, &[("present", PASSWORD), ("new", "too short")]).expect(422);
        assert!(short.body.contains("12 to 1,024"), "{}", short.body);
        let common = here.send(path, path, &[("present", PASSWORD), ("new", "Manchester2026!")]).expect(422);
        assert!(common.body.contains("tried first"), "{}", common.body);
        assert_eq!(leads_to(&here.send(path, path, &[("present", PASSWORD), ("new", NEW_PASSWORD)])), "/office/account");
        here.get("/office").expect(200);
        assert_eq!(leads_to(&there.get("/office")), "/office/sign-in");
        there.sign_in(PASSWORD).expect(422);
        assert_eq!(leads_to(&there.sign_in(NEW_PASSWORD)), "/office/second-factor");

        // New recovery codes make the earlier ones useless; another second factor makes the earlier one useless.
        let path = "/office/account/recovery-codes";
        here.send(path, path, &[("password", "not the password")]).expect(422);
        let renewed = between(&here.send(path, path, &[("password", NEW_PASSWORD)]).expect(200).body, "<li><code>", "</code>");
        assert_eq!(renewed.len(), 10);
        there.send("/office/second-factor", "/office/second-factor", &[("code", &codes[2])]).expect(422);
        let path = "/office/account/second-factor";
        let text = between(&here.get(path).expect(200).body, "candour-key\">", "</code>").remove(0);
        let other = candour::security::Seed::from_base32(&text).expect("a seed");
        assert_ne!(other.to_base32(), seed.to_base32());
        here.send(path, path, &[("password", NEW_PASSWORD), ("code", &other.code(step()))]).expect(200);
        here.get("/office").expect(200);
        there.sign_in(NEW_PASSWORD);
        there.send("/office/second-factor", "/office/second-factor", &[("code", &seed.code(step() + 1))]).expect(422);
        assert_eq!(leads_to(&there.send("/office/second-factor", "/office/second-factor", &[("code", &other.code(step() + 1))])), "/office");
    }
}

on_both_databases! {
    fn a_forgotten_password_is_replaced_by_e_mail_and_the_second_factor_stays(database) {
        let app = app(database);
        account(&app, EMAIL, Role::HrLead);
        early_in_a_step();
        let mut browser = Browser::new(&app);
        browser.sign_in(PASSWORD);
        let (_, codes) = browser.enrol();
        let ask = |email: &str| app.client.send("POST", "/office/forgotten-password", Some(("application/x-www-form-urlencoded", format!("email={}", email.replace('@', "%40")))));
        let (known, unknown) = (ask("Lead@Example.org").expect(200), ask("nobody@example.org").expect(200));
        assert_eq!(known.body, unknown.body);
        assert_eq!(app.deliver(), 1);
        let mails = app.mailbox.mails();
        assert_eq!(mails.len(), 1);
        let link = between(&mails[0].text, "/office/setup/", "\r\n").remove(0);
        let path = format!("/office/setup/{}", link.trim());
        let mut other = Browser::new(&app);
        other.get(&path).expect(200);
        assert_eq!(leads_to(&other.post(&path, &[("password", NEW_PASSWORD)])), "/office/sign-in");
        other.post(&path, &[("password", NEW_PASSWORD)]).expect(404);
        assert_eq!(leads_to(&browser.get("/office")), "/office/sign-in", "every session has ended");
        other.sign_in(PASSWORD).expect(422);
        assert_eq!(leads_to(&other.sign_in(NEW_PASSWORD)), "/office/second-factor");
        assert_eq!(leads_to(&other.send("/office/second-factor", "/office/second-factor", &[("code", &codes[0])])), "/office");
    }
}

on_both_databases! {
    fn an_administrator_runs_the_accounts_of_the_organisation_only(database) {
        let app = App::spawn(database);
        let (own, other) = (app.organisation("RXX"), app.organisation("RYY"));
        let administrator = app.signed_in(Role::OrganisationAdministrator, Some(&own));
        let stranger = app.signed_in(Role::OrganisationAdministrator, Some(&other));
        let accounts = format!("/api/v1/organisations/{own}/accounts");

        let invited = administrator.post(&accounts, &json!({ "email": "New@example.org", "role": "hr_lead" })).expect(201).json();
        assert_eq!((invited["email"].as_str(), invited["has_password"].as_bool()), (Some("new@example.org"), Some(false)));
        administrator.post(&accounts, &json!({ "email": "new@example.org", "role": "viewer" })).expect(409);
        administrator.post(&accounts, &json!({ "email": "no address", "role": "viewer" })).expect(422);
        administrator.post(&accounts, &json!({ "email": "root@example.org", "role": "platform_administrator" })).expect(422);
        app.deliver();
        let link = between(&app.mailbox.mails()[0].text, "/office/setup/", "\r\n").remove(0);
        let mut browser = Browser::new(&app);
        assert_eq!(leads_to(&browser.post(&format!("/office/setup/{}", link.trim()), &[("password", PASSWORD)])), "/office/sign-in");
        let sign_in = |browser: &mut Browser| browser.post("/office/sign-in", &[("email", "new@example.org"), ("password", PASSWORD)]);
        assert_eq!(leads_to(&sign_in(&mut browser)), "/office");

        // Of another organisation nothing can be seen or changed, whichever code stands in the path.
        let id = invited["id"].as_str().expect("an id");
        for ods in [&own, &other] {
            let account = format!("/api/v1/organisations/{ods}/accounts/{id}");
            stranger.json("PATCH", &account, &json!({ "disabled": true })).expect(404);
            stranger.post(&format!("{account}/reset"), &json!({})).expect(404);
            stranger.send("DELETE", &format!("{account}/sessions"), None).expect(404);
        }
        assert!(!stranger.get(&format!("/api/v1/organisations/{other}/accounts")).expect(200).body.contains("new@example.org"));
        browser.get("/office").expect(200);

        // Another role, disabled, let in again: each ends the sessions, at once.
        let account = format!("{accounts}/{id}");
        let api = app.client.post("/api/v1/auth/token", &json!({ "email": "new@example.org", "password": PASSWORD })).expect(200);
        let api = app.client.with_token(api.json()["access_token"].as_str().expect("a token"));
        assert_eq!(administrator.json("PATCH", &account, &json!({ "role": "viewer" })).expect(200).json()["role"], "viewer");
        assert_eq!(leads_to(&browser.get("/office")), "/office/sign-in");
        assert_eq!(leads_to(&sign_in(&mut browser)), "/office");
        administrator.json("PATCH", &account, &json!({ "disabled": true })).expect(200);
        assert_eq!(leads_to(&browser.get("/office")), "/office/sign-in");
        api.get("/api/v1/surveys").expect(401);
        sign_in(&mut browser).expect(422);
        administrator.json("PATCH", &account, &json!({ "disabled": false })).expect(200);
        assert_eq!(leads_to(&sign_in(&mut browser)), "/office");
        administrator.send("DELETE", &format!("{account}/sessions"), None).expect(204);
        assert_eq!(leads_to(&browser.get("/office")), "/office/sign-in");
        administrator.send("POST", &format!("{account}/reset"), None).expect(204);
        assert_eq!(app.deliver(), 1);

        // Page by page; one by one.
        let first = administrator.get(&format!("{accounts}?limit=1")).expect(200);
        let next = between(first.header("link").expect("more"), "<", ">").remove(0);
        let second = administrator.get(&next).expect(200);
        assert_ne!(first.json()[0]["id"], second.json()[0]["id"]);
        assert_eq!(administrator.get(&account).expect(200).json()["email"], "new@example.org");

        // Nobody shuts themselves out.
        let all = administrator.get(&accounts).expect(200).json();
        let mine = all.as_array().expect("accounts").iter().find(|one| one["role"] == "organisation_administrator").expect("own");
        administrator.json("PATCH", &format!("{accounts}/{}", mine["id"].as_str().expect("an id")), &json!({ "disabled": true })).expect(409);

        // All of it can be read, by identifiers and without an address.
        let log = administrator.get("/api/v1/audit-events?limit=3").expect(200);
        let next = between(log.header("link").expect("more"), "<", ">").remove(0);
        let rest = administrator.get(&next.replace("limit=3", "limit=200")).expect(200);
        let both = format!("{}{}", log.body, rest.body);
        for kind in ["account_created", "account_role_changed", "account_disabled", "account_enabled", "sessions_ended", "second_factor_reset", "signed_in", "sign_in_refused", "password_changed"] {
            assert!(both.contains(kind), "{kind} is missing in {both}");
        }
        assert!(both.contains(id) && !both.contains('@'), "{both}");
        let newest = log.json()[0]["sequence"].as_i64().expect("a place");
        assert_eq!(rest.json()[0]["sequence"], newest - 3);
        let some = administrator.get("/api/v1/audit-events?kind=account_disabled").expect(200).json();
        assert_eq!(some.as_array().map(Vec::len), Some(1));
        let none = administrator.get("/api/v1/audit-events?until=2020-01-01T00:00:00Z").expect(200).json();
        assert_eq!(none, json!([]));
        assert!(!stranger.get("/api/v1/audit-events").expect(200).body.contains(id));
    }
}

on_both_databases! {
    fn the_pages_of_an_administrator_do_the_same(database) {
        let app = App::spawn(database);
        let own = app.organisation("RXX");
        app.signed_in(Role::OrganisationAdministrator, Some(&own));
        let viewer = app.signed_in(Role::Viewer, Some(&own));
        let sign_in = |email: &str| {
            let mut browser = Browser::new(&app);
            browser.post("/office/sign-in", &[("email", email), ("password", PASSWORD)]).expect(303);
            browser
        };
        let mut administrator = sign_in("organisation_administrator.rxx@example.org");
        let page = "/office/accounts";
        administrator.post(page, &[("token", "forged"), ("email", "a@example.org"), ("role", "viewer")]).expect(400);
        administrator.send(page, page, &[("email", "no address"), ("role", "viewer")]).expect(422);
        administrator.send(page, page, &[("email", "a@example.org"), ("role", "viewer")]).expect(303);
        let body = administrator.get(page).expect(200).body;
        assert!(body.contains("a@example.org") && body.contains("Invited"));
        let form = between(&body, "action=\"/office/accounts/", "\"").into_iter().collect::<Vec<_>>();
        assert_eq!(form.len(), 2, "one for each other account, none for the own");
        let viewers = viewer.get("/api/v1/surveys");
        assert_eq!(viewers.status, 200);
        for id in &form {
            administrator.send(page, &format!("{page}/{id}"), &[("step", "disable"), ("role", "viewer")]).expect(303);
        }
        viewer.get("/api/v1/surveys").expect(401);
        let log = administrator.get("/office/audit-log?kind=account_disabled").expect(200).body;
        assert_eq!(log.matches("\">account disabled</td>").count(), 2);
        assert!(!log.contains("example.org"));
        for page in ["/office/accounts", "/office/audit-log"] {
            let id = app.run(app.services.accounts.create("other@example.org".to_owned(), Role::HrLead, Some(own.clone())));
            if let Ok(setup) = id {
                app.run(app.services.accounts.set_password(setup, PASSWORD)).expect("a password");
            }
            assert_eq!(sign_in("other@example.org").get(page).status, 404, "{page}");
        }
    }
}

on_both_databases! {
    fn sign_ins_to_the_api_are_listed_and_end_on_the_next_request(database) {
        // The second factor is not what is asked here.
        let app = App::spawn(database);
        let own = app.organisation("RXX");
        let (first, second) = (app.signed_in(Role::Viewer, Some(&own)), app.signed_in_again(Role::Viewer, Some(&own)));
        let stranger = app.signed_in(Role::HrLead, Some(&own));
        let mut browser = Browser::new(&app);
        browser.post("/office/sign-in", &[("email", "viewer.rxx@example.org"), ("password", crate::support::PASSWORD)]).expect(303);
        let mut names = || between(&browser.get("/office/account").expect(200).body, "name=\"api\" value=\"", "\"");
        assert_eq!(names().len(), 2, "those of others are not there");
        let name = names().remove(0);
        browser.send("/office/account", "/office/account/sessions", &[("api", &name)]).expect(303);
        let answers = [&first, &second].map(|client| client.get("/api/v1/surveys").status);
        assert!(answers == [200, 401] || answers == [401, 200], "{answers:?}");
        // Another's sign-in is not ended by its name.
        let mut other = Browser::new(&app);
        other.post("/office/sign-in", &[("email", "hr_lead.rxx@example.org"), ("password", crate::support::PASSWORD)]).expect(303);
        let theirs = between(&other.get("/office/account").expect(200).body, "name=\"api\" value=\"", "\"").remove(0);
        browser.send("/office/account", "/office/account/sessions", &[("api", &theirs)]).expect(303);
        stranger.get("/api/v1/surveys").expect(200);
        browser.send("/office/account", "/office/account/sessions", &[]).expect(303);
        assert_eq!([&first, &second].map(|client| client.get("/api/v1/surveys").status), [401, 401]);
        browser.get("/office/account").expect(200);
    }
}
