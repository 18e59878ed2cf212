//! What the manners of the API (`web/manners`) add to every operation of the document: parameters, headers, problems.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{methods, permissions, problems};

/// Completes every operation.
pub fn add(document: &mut Value) {
    let Some(paths) = document["paths"].as_object_mut() else { return };
    for (path, item) in paths {
        let readable = item.get("get").is_some();
        let names: Vec<String> = methods(item).map(|(method, _)| method.to_owned()).collect();
        for method in names {
            let operation = &mut item[&method];
            let route = Route {
                open: operation["security"] == json!([{}]),
                conditional: readable && matches!(method.as_str(), "put" | "patch"),
                has_body: operation.get("requestBody").is_some(),
                has_query: parameters(operation).any(|parameter| parameter["in"] == "query"),
                is_post: method == "post",
                is_read: method == "get",
                in_path: path.contains('{'),
            };
            complete(operation, &route);
        }
    }
    document["components"]["responses"] = problem_responses();
    document["components"]["headers"] = headers();
    document["components"]["parameters"] = shared_parameters();
}

/// What decides about an operation's manners.
struct Route {
    open: bool,
    conditional: bool,
    has_body: bool,
    has_query: bool,
    is_post: bool,
    is_read: bool,
    in_path: bool,
}

impl Route {
    fn takes_key(&self) -> bool {
        self.is_post && !self.open
    }

    /// Statuses of problems that any such operation may answer with, whatever its handler does.
    fn problems(&self, has_content: bool) -> Vec<&'static str> {
        let rules: [(&str, bool); 15] = [
            ("400", self.has_query || self.takes_key()),
            ("401", !self.open),
            ("403", !self.open),
            ("404", !self.open || self.in_path),
            ("406", has_content),
            ("408", self.has_body),
            ("409", self.takes_key()),
            ("412", self.conditional),
            ("413", self.has_body || self.takes_key()),
            ("415", self.has_body),
            ("422", self.has_body || self.has_query || self.takes_key()),
            ("429", !self.open),
            ("500", true),
            ("503", true),
            ("408", self.takes_key()),
        ];
        rules.into_iter().filter(|(_, applies)| *applies).map(|(status, _)| status).collect()
    }
}

fn complete(operation: &mut Value, route: &Route) {
    let roles = operation["operationId"].as_str().and_then(permissions::roles);
    if route.open {
        operation["security"] = json!([]);
    } else if let Some(roles) = roles {
        operation["x-roles"] = json!(roles);
        // An account's role decides, or a client's scope: one of the two ways is enough.
        let scope = operation["operationId"].as_str().and_then(permissions::scope);
        let mut ways = vec![json!({ "access_token": [] })];
        ways.extend(scope.map(|scope| json!({ "client": [scope.as_str()] })));
        operation["security"] = json!(ways);
    }
    tidy_parameters(operation);
    let more = [("IdempotencyKey", route.takes_key()), ("IfMatch", route.conditional), ("IfNoneMatch", route.is_read)];
    for (name, _) in more.into_iter().filter(|(_, applies)| *applies) {
        let reference = json!({ "$ref": format!("#/components/parameters/{name}") });
        match operation.pointer_mut("/parameters").and_then(Value::as_array_mut) {
            Some(parameters) => parameters.push(reference),
            None => operation["parameters"] = json!([reference]),
        }
    }
    if let Some(content) = operation.pointer_mut("/requestBody/content").and_then(Value::as_object_mut)
        && content.contains_key("text/csv")
    {
        let workbook = json!({ "schema": { "type": "string", "format": "binary", "description": "The same table as a workbook" } });
        content.insert(crate::export::wres_workbook::MEDIA_TYPE.to_owned(), workbook);
    }
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    let has_content =
        responses.iter().any(|(status, answer)| status.starts_with('2') && answer.get("content").is_some());
    let declared = responses.keys().filter(|status| status.as_str() >= "400").cloned();
    let problems: BTreeSet<String> =
        declared.chain(route.problems(has_content).into_iter().map(str::to_owned)).collect();
    // OAuth 2.0 has errors of its own, which stay.
    let is_oauth = |answer: &Value| {
        answer["content"]["application/json"]["schema"]["$ref"]
            .as_str()
            .is_some_and(|name| name.ends_with("OAuthErrorBody"))
    };
    let of_ours: Vec<String> =
        problems.into_iter().filter(|status| !responses.get(status).is_some_and(is_oauth)).collect();
    for status in of_ours {
        responses.insert(status.clone(), json!({ "$ref": format!("#/components/responses/{}", name_of(&status)) }));
    }
    for (status, answer) in responses.iter_mut().filter(|(status, _)| status.starts_with('2')) {
        if answer.get("description").is_none() {
            answer["description"] = json!(words_for(status));
        }
        let is_list = answer["content"]["application/json"]["schema"]["type"] == "array" && route.has_query;
        let told: [(&str, bool); 6] = [
            ("ETag", route.is_read),
            ("Link", route.is_read && is_list),
            ("Location", status == "201" && !route.open),
            ("Idempotent-Replayed", route.takes_key()),
            ("RateLimit", !route.open),
            ("RateLimit-Policy", !route.open),
        ];
        for (name, _) in told.into_iter().filter(|(_, applies)| *applies) {
            answer["headers"][name] = json!({ "$ref": format!("#/components/headers/{name}") });
        }
        answer["headers"]["X-Request-Id"] = json!({ "$ref": "#/components/headers/X-Request-Id" });
    }
    if route.is_read {
        responses.insert(
            "304".to_owned(),
            json!({
                "description": "It is as If-None-Match says",
                "headers": { "ETag": { "$ref": "#/components/headers/ETag" } },
            }),
        );
    }
}

fn parameters(operation: &Value) -> impl Iterator<Item = &Value> {
    operation["parameters"].as_array().into_iter().flatten()
}

/// What is left out of a query is left out: there is no null in an address.
fn tidy_parameters(operation: &mut Value) {
    let parameters = operation.pointer_mut("/parameters").and_then(Value::as_array_mut);
    for parameter in parameters.into_iter().flatten() {
        if let Some(kinds) = parameter["schema"]["type"].as_array() {
            let kind = kinds.iter().find(|kind| *kind != "null").cloned().unwrap_or_default();
            parameter["schema"]["type"] = kind;
        }
        if parameter.get("description").is_none() {
            let description = match parameter["name"].as_str() {
                Some("ods") => "ODS code",
                Some("account") => "Account",
                Some("client") => "API client",
                Some("webhook") => "Webhook",
                Some("delivery") => "Message to a webhook",
                _ => "Name of the thing",
            };
            parameter["description"] = json!(description);
        }
    }
}

fn words_for(status: &str) -> &'static str {
    match status {
        "201" => "Created",
        "202" => "Taken; it is done in the background",
        "204" => "Done",
        _ => "What was asked for",
    }
}

/// Name of the shared answer for a status.
fn name_of(status: &str) -> String {
    match problems::with_status(status).next() {
        Some(kind) => kind.status.canonical_reason().unwrap_or(status).replace(' ', ""),
        None => format!("Status{status}"),
    }
}

fn problem_responses() -> Value {
    let mut all = json!({});
    let statuses: BTreeSet<&str> = problems::ALL.iter().map(|kind| kind.status.as_str()).collect();
    // An operation that is there is never refused for its method.
    for status in statuses.into_iter().filter(|status| *status != "405") {
        let mut examples = json!({});
        let mut meanings = String::new();
        for kind in problems::with_status(status) {
            let code = kind.status.as_u16();
            let title = kind.status.canonical_reason();
            let kind_of = format!("{}{}", problems::PREFIX, kind.name);
            meanings.push_str(&format!("- `{kind_of}`: {}\n", kind.meaning));
            examples[kind.name] = json!({
                "value": { "type": kind_of, "title": title, "status": code, "detail": kind.meaning, "request_id": "9f86d081884c7d65" },
            });
        }
        let mut answer = json!({
            "description": meanings.trim_end(),
            "content": {
                "application/problem+json": { "schema": { "$ref": "#/components/schemas/ProblemBody" }, "examples": examples },
            },
            "headers": { "X-Request-Id": { "$ref": "#/components/headers/X-Request-Id" } },
        });
        let more: &[&str] = match status {
            "401" | "403" => &["WWW-Authenticate"],
            "429" => &["Retry-After", "RateLimit", "RateLimit-Policy"],
            "503" => &["Retry-After"],
            _ => &[],
        };
        for name in more {
            answer["headers"][*name] = json!({ "$ref": format!("#/components/headers/{name}") });
        }
        all[name_of(status)] = answer;
    }
    all
}

fn headers() -> Value {
    let text = |description: &str, example: &str| json!({ "description": description, "schema": { "type": "string" }, "example": example });
    json!({
        "ETag": text("Names what was read, for If-Match and If-None-Match", "\"n4bQgYhMfWWaL-qgxVrQFaO_\""),
        "Idempotent-Replayed": text("`true` when this is the kept answer of the first request under this key", "true"),
        "Link": text("Address of the next page; none on the last", "</api/v1/surveys?limit=50&cursor=…>; rel=\"next\""),
        "Location": text("Address of what was created", "/api/v1/surveys/0f8fad5bd9cb469fa16570867728950e"),
        "RateLimit": text("Requests that are left, and seconds until they are renewed", "\"caller\";r=599;t=42"),
        "RateLimit-Policy": text("Requests and seconds of a window", "\"caller\";q=600;w=60"),
        "Retry-After": { "description": "Seconds to wait", "schema": { "type": "integer" }, "example": 2 },
        "WWW-Authenticate": text("How to sign in", "Bearer"),
        "X-Request-Id": text("Name this when you ask for help", "9f86d081884c7d65"),
    })
}

fn shared_parameters() -> Value {
    let header = |name: &str, description: &str, schema: Value, example: &str| json!({ "name": name, "in": "header", "required": false, "description": description, "schema": schema, "example": example });
    let text = || json!({ "type": "string" });
    json!({
        "IdempotencyKey": header(
            "Idempotency-Key",
            "Made by the caller, new for each new request. The same request under the same key is done once; every other \
             one gets the first one's answer.",
            json!({ "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" }),
            "8e03978e-40d5-43dd-bc93-6894a57f9324",
        ),
        "IfMatch": header(
            "If-Match",
            "ETag of what was read: the change is made only while it is still so.",
            text(),
            "\"n4bQgYhMfWWaL-qgxVrQFaO_\"",
        ),
        "IfNoneMatch": header(
            "If-None-Match",
            "ETag of what the caller has: 304 while it is still so.",
            text(),
            "\"n4bQgYhMfWWaL-qgxVrQFaO_\"",
        ),
    })
}
