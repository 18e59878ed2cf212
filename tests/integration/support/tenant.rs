//! A trust that has used everything, with a canary in every text: words that nobody of another trust may ever see.

use candour::domain::account::{Role, TenantScope};
use candour::domain::audit_event::Actor;
use candour::domain::identifier::SurveyId;
use candour::domain::organisation::{OdsCode, Organisation};
use candour::domain::published_summary::PublishedSummary;
use serde_json::{Value, json};

use super::{Answer, App, Client, PASSWORD};

/// A trust, its people and its things.
pub struct Tenant {
    pub ods: OdsCode,
    /// Everybody who may ask in its name: as whom, and how.
    pub callers: Vec<(String, Client)>,
    /// The same people in the office.
    pub browsers: Vec<(String, Client)>,
    /// Placeholders of the API's paths, and this trust's own values.
    pub names: Vec<(&'static str, String)>,
    /// Every canary, as it was written somewhere.
    pub canaries: Vec<String>,
}

/// Roles of an organisation.
pub const ROLES: [Role; 4] = [Role::OrganisationAdministrator, Role::HrLead, Role::Viewer, Role::SystemViewer];

fn created(answer: Answer, name: &str) -> String {
    answer.expect(201).json()[name].as_str().expect("an identifier").to_owned()
}

impl Tenant {
    pub fn fill(app: &App, ods: &str) -> Self {
        let code: OdsCode = ods.parse().expect("a code");
        let lower = ods.to_lowercase();
        let name = format!("Kanari {ods} trust");
        app.run(app.services.organisations.create(Actor::Operator, Organisation { ods: code.clone(), name }))
            .expect("created");
        let mut callers: Vec<(String, Client)> =
            ROLES.iter().map(|role| (role.to_string(), app.signed_in(*role, Some(&code)))).collect();
        let (administrator, hr) = (callers[0].1.clone(), callers[1].1.clone());
        let at = |path: &str| format!("/api/v1/organisations/{ods}/{path}");

        let unit = |code: &str, parent: Option<&str>| json!({ "code": code, "name": format!("Kanari {ods} unit {code}"), "parent": parent });
        let units = json!([
            unit("MED", None),
            unit("MAT", None),
            unit("MED-1", Some("MED")),
            unit("MED-2", Some("MED")),
            unit("MAT-1", Some("MAT")),
            unit("MAT-2", Some("MAT"))
        ]);
        administrator.json("PUT", &at("units"), &units).expect(204);

        // A survey from invitation to release, and what the trust says about it; another one that is being set up.
        let (survey, links) = app.open_survey(&hr, &code, 40);
        app.mailbox.empty();
        for link in &links {
            let answers = json!({ "answers": { "belonging": ["agree"], "harassed_by_staff": ["never"], "comment": [format!("Kanari {ods} comment")] } });
            app.client.post(&format!("/api/v1/respond/{link}"), &answers).expect(201);
        }
        hr.json("PATCH", &format!("/api/v1/surveys/{survey}"), &json!({ "title": format!("Kanari {ods} survey") }))
            .expect(200);
        for step in ["close", "publish"] {
            hr.send("POST", &format!("/api/v1/surveys/{survey}/{step}"), None).expect(200);
        }
        let id: SurveyId = survey.parse().expect("an identifier");
        let words = PublishedSummary { heard_en: format!("Kanari {ods} heard"), ..PublishedSummary::default() };
        app.run(app.services.results.replace_summary(TenantScope::of_operator(code.clone()), id, words))
            .expect("saved");
        let draft = created(
            hr.post(
                &at("surveys"),
                &json!({ "title": format!("Kanari {ods} draft"), "questionnaire": questionnaire(ods) }),
            ),
            "id",
        );

        let words = json!({ "subject": format!("Kanari {ods} subject"), "opening": format!("Kanari {ods} opening"), "closing": format!("Kanari {ods} closing") });
        hr.json("PUT", &at("mail-templates"), &json!({ "invitation": { "en": words, "cy": words } })).expect(204);
        let action = json!({ "action": format!("Kanari {ods} action"), "prong": "support_staff", "owner": format!("Kanari {ods} owner"), "evidence": format!("Kanari {ods} evidence"), "status": "planned", "due": "2027-05-31" });
        let action = created(hr.post(&at("actions"), &action), "id");
        let workforce = "organisation,unit,pay_band,staff_group,ethnic_category,headcount\n".to_owned()
            + &format!("{ods},MED-1,5,nursing_and_midwifery,A,120\n");
        hr.send("PUT", &at("workforce/2026-03-31"), Some(("text/csv", workforce))).expect(204);
        let national =
            json!({ "figures": [{ "indicator": 2, "figure": 1.5, "source": format!("Kanari {ods} source") }] });
        hr.json("PUT", &at("national-figures/2026"), &national).expect(200);
        hr.json("PUT", &at("column-mappings/workforce"), &json!({ format!("Kanari {ods} column"): "pay_band" }))
            .expect(204);

        let account = json!({ "email": format!("kanari-{lower}@example.org"), "role": "viewer" });
        let account = created(administrator.post(&at("accounts"), &account), "id");
        let provider = json!({ "issuer": format!("https://kanari-{lower}.example.org/realm"), "client_id": format!("kanari-{lower}-name"), "client_secret": "x" });
        administrator.json("PUT", &at("identity-provider"), &provider).expect(200);
        let threshold = json!({ "minimum_count": 12 });
        administrator.json("PUT", &at("policy"), &threshold).expect(200);
        let webhook = json!({ "url": format!("https://kanari-{lower}.example.org/hook"), "events": [] });
        let webhook = created(administrator.post("/api/v1/webhooks", &webhook), "id");
        let delivery = administrator.send("POST", &format!("/api/v1/webhooks/{webhook}/ping"), None);
        let delivery = delivery.json()["id"].as_str().expect("an identifier").to_owned();
        let scopes: Vec<&str> = candour::domain::scope::Scope::all().map(|scope| scope.as_str()).collect();
        let client = json!({ "name": format!("Kanari {ods} client"), "scopes": scopes });
        let made = administrator.post("/api/v1/clients", &client).expect(201).json();
        let (client, secret) =
            (made["id"].as_str().expect("an id").to_owned(), made["client_secret"].as_str().expect("a secret"));
        let fields = [("grant_type", "client_credentials"), ("client_id", client.as_str()), ("client_secret", secret)];
        let token = app.client.form("/api/v1/auth/token", &fields).expect(200).json();
        callers.push(("client".to_owned(), app.client.with_token(token["access_token"].as_str().expect("a token"))));

        let browsers = ROLES.iter().map(|role| (role.to_string(), browser(app, *role, &lower))).collect();
        let written = [
            "trust",
            "unit MED-1",
            "survey",
            "heard",
            "draft",
            "question",
            "subject",
            "opening",
            "closing",
            "action",
            "owner",
            "evidence",
            "column",
            "source",
            "client",
        ];
        let lowered = ["@example.org", ".example.org/realm", "-name", ".example.org/hook"];
        let canaries = written
            .iter()
            .map(|what| format!("Kanari {ods} {what}"))
            .chain(lowered.iter().map(|what| format!("kanari-{lower}{what}")))
            .collect();
        let names = vec![
            ("{ods}", ods.to_owned()),
            ("{id}", survey),
            ("{draft}", draft),
            ("{account}", account),
            ("{action}", action),
            ("{client}", client),
            ("{webhook}", webhook),
            ("{delivery}", delivery),
        ];
        Self { ods: code, callers, browsers, names, canaries }
    }

    /// A path with this trust's values in it, and for the rest what everybody has.
    pub fn fill_in(&self, path: &str) -> String {
        let everybodys = [
            ("{questionnaire}", "candour-core"),
            ("{question}", "belonging"),
            ("{date}", "2026-03-31"),
            ("{year}", "2026"),
            ("{file_format}", "workforce"),
            ("{token}", "unknown"),
        ];
        let own = self.names.iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value));
        everybodys.iter().fold(own, |path, (name, value)| path.replace(name, value))
    }

    /// What of this trust stands in `answer`, besides what was in the question.
    pub fn seen_in(&self, answer: &Answer, asked: &str) -> Vec<String> {
        let headers: Vec<&str> = answer.headers.iter().map(|(_, value)| value.as_str()).collect();
        let text = format!("{}\n{}", headers.join("\n"), answer.body);
        let lower = self.ods.as_str().to_lowercase();
        let words = [format!("Kanari {}", self.ods), format!("kanari-{lower}"), format!(".{lower}@example.org")];
        let identifiers = self.names.iter().skip(1).map(|(_, value)| value.clone());
        words
            .into_iter()
            .chain(identifiers)
            .filter(|word| text.contains(word.as_str()) && !asked.contains(word.as_str()))
            .collect()
    }
}

/// A questionnaire of the trust's own.
fn questionnaire(ods: &str) -> String {
    format!(
        r#"id = "kanari"
version = 1
title = {{ en = "Kanari {ods} questionnaire", cy = "Kanari {ods} questionnaire" }}
support = {{ en = "Help.", cy = "Help." }}
[[section]]
id = "rounds"
title = {{ en = "Rounds", cy = "Rowndiau" }}
[[section.question]]
id = "belonging"
kind = "likert"
text.en = "Kanari {ods} question"
text.cy = "Kanari {ods} question"
serves = ["support_staff"]
favourable_end = "agree"
"#
    )
}

fn browser(app: &App, role: Role, lower: &str) -> Client {
    let email = format!("{role}.{lower}@example.org");
    let answer = app.client.form("/office/sign-in", &[("email", &email), ("password", PASSWORD)]).expect(303);
    let cookie = answer.header("set-cookie").and_then(|cookie| cookie.split(';').next()).expect("a cookie");
    app.client.with_cookie(cookie)
}

/// Pages of the office, by their paths in the source, so that a new one is among them.
pub fn office_pages() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/web/office");
    let sources = std::fs::read_dir(folder).expect("the office").map(|entry| entry.expect("readable").path());
    let rust = sources.filter(|path| path.extension().is_some_and(|end| end == "rs"));
    let mut pages: Vec<String> = rust
        .flat_map(|path| {
            let text = std::fs::read_to_string(path).expect("readable");
            let paths = text.split("#[get(\"").skip(1).filter_map(|rest| rest.split('"').next());
            paths.map(|path| format!("/office{path}")).collect::<Vec<String>>()
        })
        .collect();
    pages.sort();
    pages
}

/// The first example of a request body that the document has for an operation: its kind, and the text.
pub fn example_body(operation: &Value) -> Option<(String, String)> {
    let content = operation["requestBody"]["content"].as_object()?;
    let (kind, body) =
        content.iter().find(|(_, body)| body.get("example").is_some() || body.get("examples").is_some())?;
    let example = body
        .get("example")
        .cloned()
        .or_else(|| body["examples"].as_object()?.values().next()?.get("value").cloned())?;
    Some((kind.clone(), example.as_str().map_or_else(|| example.to_string(), str::to_owned)))
}
