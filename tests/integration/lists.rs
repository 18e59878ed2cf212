//! Lists of the API: page after page, each entry once, while others write.

use std::collections::BTreeSet;

use candour::domain::account::Role;
use serde_json::{Value, json};

use crate::support::{Answer, App, Client, on_both_databases};

/// The address of the next page, from `Link`.
fn next(answer: &Answer) -> Option<String> {
    let link = answer.header("link")?;
    let (address, relation) = link.split_once('>').expect("a link");
    assert_eq!(relation, "; rel=\"next\"");
    Some(address.strip_prefix('<').expect("a link").to_owned())
}

/// Every entry of a list in pages of three; `meanwhile` happens after each page.
fn walk(client: &Client, path: &str, meanwhile: impl Fn(usize)) -> Vec<Value> {
    let mark = if path.contains('?') { '&' } else { '?' };
    let (mut address, mut all, mut pages) = (format!("{path}{mark}limit=3"), Vec::new(), 0);
    loop {
        let page = client.get(&address).expect(200);
        let entries = page.json().as_array().expect("a list").clone();
        assert!(entries.len() <= 3);
        all.extend(entries);
        pages += 1;
        assert!(pages < 50, "{path} does not end");
        meanwhile(pages);
        match next(&page) {
            Some(following) => address = following,
            None => return all,
        }
    }
}

fn distinct(entries: &[Value]) -> usize {
    entries.iter().map(Value::to_string).collect::<BTreeSet<_>>().len()
}

on_both_databases! {
    fn every_entry_stands_on_one_page(database) {
        let app = App::spawn(database);
        let own = app.organisation("RXX");
        for n in 0..7 {
            app.organisation(&format!("RA{n}"));
        }
        let hr = app.signed_in(Role::HrLead, Some(&own));
        let administrator = app.signed_in(Role::OrganisationAdministrator, Some(&own));
        let platform = app.signed_in(Role::PlatformAdministrator, None);
        let surveys = format!("/api/v1/organisations/{own}/surveys");
        let accounts = format!("/api/v1/organisations/{own}/accounts");
        for n in 0..8 {
            hr.post(&surveys, &json!({ "title": format!("Survey {n}") })).expect(201);
            let new = json!({ "email": format!("viewer{n}@example.org"), "role": "viewer" });
            administrator.post(&accounts, &new).expect(201);
        }

        let organisations = walk(&platform, "/api/v1/organisations", |_| ());
        assert_eq!((organisations.len(), distinct(&organisations)), (8, 8));
        let listed = walk(&hr, "/api/v1/surveys", |_| ());
        assert_eq!((listed.len(), distinct(&listed)), (8, 8));
        let people = walk(&administrator, &accounts, |_| ());
        assert_eq!((people.len(), distinct(&people)), (10, 10));
        assert_eq!(walk(&hr, "/api/v1/organisations", |_| ()).len(), 1);

        // The newest first; what is written meanwhile moves nothing.
        let events = walk(&administrator, "/api/v1/audit-events", |page| {
            hr.post(&surveys, &json!({ "title": format!("Meanwhile {page}") })).expect(201);
        });
        assert_eq!(distinct(&events), events.len());
        let places: Vec<i64> = events.iter().map(|event| event["sequence"].as_i64().expect("a place")).collect();
        assert!(places.windows(2).all(|pair| pair[0] == pair[1] + 1), "{places:?}");
        assert_eq!(places.last(), Some(&1));
        // The next page asks for the same kind.
        let created = walk(&administrator, "/api/v1/audit-events?kind=survey_created&from=2020-01-01T00:00:00Z", |_| ());
        assert!(created.len() > 8 && created.iter().all(|event| event["kind"] == "survey_created"), "{created:?}");
    }
}

on_both_databases! {
    fn a_cursor_is_for_its_own_list(database) {
        let app = App::spawn(database);
        let (own, other) = (app.organisation("RXX"), app.organisation("RYY"));
        let hr = app.signed_in(Role::HrLead, Some(&own));
        let administrator = app.signed_in(Role::OrganisationAdministrator, Some(&own));
        let stranger = app.signed_in(Role::OrganisationAdministrator, Some(&other));
        for n in 0..4 {
            hr.post(&format!("/api/v1/organisations/{own}/surveys"), &json!({ "title": format!("S{n}") })).expect(201);
            administrator
                .post(&format!("/api/v1/organisations/{own}/accounts"), &json!({ "email": format!("v{n}@example.org"), "role": "viewer" }))
                .expect(201);
        }
        let link = next(&hr.get("/api/v1/surveys?limit=2").expect(200)).expect("another page");
        let cursor = link.split("cursor=").nth(1).expect("a cursor");
        for path in ["/api/v1/audit-events", "/api/v1/organisations/RXX/accounts", "/api/v1/organisations"] {
            let refused = administrator.get(&format!("{path}?cursor={cursor}")).expect(400);
            assert_eq!(refused.json()["type"], "urn:candour:problem:bad-request", "{path}");
        }
        for bad in ["x", "", &cursor[..cursor.len() - 2], &cursor.to_uppercase()] {
            hr.get(&format!("/api/v1/surveys?cursor={bad}")).expect(400);
        }
        // Somebody of another organisation who has seen it sees nothing of ours with it.
        assert_eq!(stranger.get(&link).expect(200).json(), json!([]));
        let accounts = next(&administrator.get(&format!("/api/v1/organisations/{own}/accounts?limit=2")).expect(200));
        stranger.get(&accounts.expect("another page")).expect(404);
        for bad in ["0", "201", "-1", "many"] {
            let status = hr.get(&format!("/api/v1/surveys?limit={bad}")).status;
            assert!(matches!(status, 400 | 422), "{bad}: {status}");
        }
    }
}
