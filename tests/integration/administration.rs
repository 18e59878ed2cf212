//! Pages of an organisation's administrator: API clients, webhooks, retention.

use candour::domain::account::Role;

use crate::accounts::{Browser, EMAIL, PASSWORD, account, app, between, early_in_a_step, leads_to};
use crate::support::on_both_databases;

on_both_databases! {
    fn an_administrator_runs_clients_and_webhooks_on_pages(database) {
        let app = app(database);
        account(&app, EMAIL, Role::OrganisationAdministrator);
        early_in_a_step();
        let mut browser = Browser::new(&app);
        browser.sign_in(PASSWORD);
        browser.enrol();

        // A secret is shown once, and works.
        let path = "/office/clients";
        browser.get(path).expect(200);
        browser.post(path, &[("token", "forged"), ("name", "Staff system")]).expect(400);
        let refused = browser.send(path, path, &[("name", " "), ("scope", "survey:read")]).expect(422);
        assert!(refused.body.contains("a name has 1 to 100 characters"), "{}", refused.body);
        browser.send(path, path, &[("name", "x"), ("scope", "everything")]).expect(400);
        let made = browser.send(path, path, &[("name", "Staff <system>"), ("scope", "survey:read"), ("scope", "workforce:write")]).expect(200).body;
        let codes = between(&made, "<code>", "</code>");
        let token = |secret: &str| {
            let fields = [("grant_type", "client_credentials"), ("client_id", &codes[0]), ("client_secret", secret)];
            app.client.form("/api/v1/auth/token", &fields)
        };
        let scope = token(&codes[1]).expect(200).json()["scope"].as_str().expect("scopes").to_owned();
        assert_eq!(scope, "survey:read workforce:write");
        let list = browser.get(path).expect(200).body;
        assert!(!list.contains(&codes[1]) && list.contains("Staff &#60;system&#62;"), "{list}");
        let one = format!("{path}/{}", codes[0]);
        let rotated = between(&browser.send(path, &one, &[("step", "rotate")]).expect(200).body, "<code>", "</code>");
        token(&rotated[1]).expect(200);
        assert_eq!(leads_to(&browser.send(path, &one, &[("step", "revoke")])), path);
        token(&rotated[1]).expect(401);

        // Webhooks.
        let path = "/office/webhooks";
        let refused = browser.send(path, path, &[("url", "http://hooks.example.nhs.uk")]).expect(422);
        assert!(refused.body.contains("https"), "{}", refused.body);
        let made = browser.send(path, path, &[("url", "https://hooks.example.nhs.uk/candour"), ("event", "survey.closed")]).expect(200).body;
        let secret = between(&made, "<code>", "</code>").remove(0);
        assert!(secret.starts_with("whsec_"));
        let list = browser.get(path).expect(200).body;
        assert!(!list.contains(&secret));
        let id = between(&list, "href=\"/office/webhooks/", "\"").remove(0);
        let one = format!("{path}/{id}");
        assert_eq!(leads_to(&browser.send(&one, &one, &[("step", "ping")])), one);
        let page = browser.get(&one).expect(200).body;
        assert!(page.contains("webhook.ping") && page.contains("waiting") && page.contains("A survey was closed"), "{page}");
        assert_eq!(leads_to(&browser.send(&one, &one, &[("step", "disable")])), one);
        let refused = browser.send(&one, &one, &[("step", "ping")]).expect(409).body;
        assert!(refused.contains("That was not done"), "{refused}");
        assert_eq!(leads_to(&browser.send(&one, &one, &[("step", "enable")])), one);
        browser.send(&one, &one, &[("step", "rotate")]).expect(200);
        assert_eq!(leads_to(&browser.send(&one, &one, &[("step", "delete")])), path);
        browser.get(&one).expect(404);

        // The organisation's own sign-in.
        let path = "/office/identity-provider";
        assert!(browser.get(path).expect(200).body.contains("It is not set up"));
        let given = |issuer| [("issuer", issuer), ("client_id", "candour"), ("client_secret", "kept-to-itself")];
        browser.post(path, &[&given("https://login.example.nhs.uk/x")[..], &[("token", "forged")]].concat()).expect(400);
        let refused = browser.send(path, path, &given("http://login.example.nhs.uk")).expect(422).body;
        assert!(refused.contains("the address must start with https://") && refused.contains("http://login.example.nhs.uk"), "{refused}");
        let without = [("issuer", "https://login.example.nhs.uk/x"), ("client_id", "candour"), ("client_secret", "")];
        assert!(browser.send(path, path, &without).expect(422).body.contains("give the secret, too"));
        assert_eq!(leads_to(&browser.send(path, path, &given("https://login.example.nhs.uk/x"))), path);
        assert_eq!(leads_to(&browser.send(path, path, &without)), path, "the stored secret stays");
        let set = browser.get(path).expect(200).body;
        assert!(set.contains("It is set up") && !set.contains("kept-to-itself"), "{set}");
        assert!(set.contains("/office/sign-in/trust/"), "the redirect address stands there: {set}");
        let gone = format!("{path}/remove");
        assert_eq!(leads_to(&browser.send(path, &gone, &[])), path);
        assert!(browser.get(path).expect(200).body.contains("It is not set up"));

        browser.get("/office/retention").expect(200);
        let log = browser.get("/office/audit-log").expect(200).body;
        assert!(!log.contains(&codes[1]) && !log.contains(&secret));
    }
}

on_both_databases! {
    fn others_have_no_pages_of_administration(database) {
        let app = app(database);
        account(&app, EMAIL, Role::HrLead);
        early_in_a_step();
        let mut browser = Browser::new(&app);
        browser.sign_in(PASSWORD);
        browser.enrol();
        for path in ["/office/clients", "/office/webhooks", "/office/webhooks/unknown", "/office/identity-provider", "/office/retention"] {
            browser.get(path).expect(404);
        }
        for (path, step) in [("/office/clients", ""), ("/office/webhooks", ""), ("/office/webhooks/unknown", "ping"), ("/office/clients/unknown", "rotate"), ("/office/identity-provider/remove", "")] {
            browser.post(path, &[("token", "x"), ("step", step), ("name", "x"), ("url", "x")]).expect(404);
        }
        assert_eq!(app.client.get("/api/v1/clients").status, 401);
    }
}
