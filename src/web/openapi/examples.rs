//! An example of every body, from the examples of its fields, so that no body is without one and none is out of date.

use serde_json::{Map, Value, json};

use super::operations;

/// Tables that routes take, as CSV, by operation.
const TABLES: [(&str, &str); 9] = [
    ("replace_units", "code,name,parent\nMED,Medicine,\nMED-1,Ward 1,MED\n"),
    ("invite", "email,unit\na.khan@example.org,MED-1\n"),
    (
        "replace_workforce",
        "organisation,pay_band,staff_group,ethnic_category,headcount\nRXX,5,nursing_and_midwifery,A,120\n",
    ),
    ("import_population", "area_code,area_name,total,white_british,asian_indian\nE07000001,Somewhere,1000,800,200\n"),
    ("replace_recruitment", "measure,ethnic_category,count\nshortlisted,white,240\nappointed,white,60\n"),
    ("replace_disciplinary", "measure,ethnic_category,count\nentered,white,12\n"),
    ("replace_training", "measure,ethnic_category,count\ntrained,white,310\n"),
    ("replace_board", "measure,ethnic_category,count\nvoting,white,9\n"),
    ("replace_survey_figures", "indicator,ethnic_category,count,base\n5,white,310,1200\n"),
];

/// Gives every JSON and CSV body an example.
pub fn add(document: &mut Value) {
    let shown: Vec<(String, String, Value)> = operations(document)
        .map(|(path, method, operation)| (path.to_owned(), method.to_owned(), with_examples(document, operation)))
        .collect();
    for (path, method, operation) in shown {
        document["paths"][&path][&method] = operation;
    }
}

fn with_examples(document: &Value, operation: &Value) -> Value {
    let mut operation = operation.clone();
    let table = TABLES.iter().find(|(name, _)| operation["operationId"] == *name).map(|(_, table)| *table);
    if let Some(content) = operation.pointer_mut("/requestBody/content").and_then(Value::as_object_mut) {
        fill(document, content, table);
    }
    let answers = operation.pointer_mut("/responses").and_then(Value::as_object_mut);
    for (_, answer) in answers.into_iter().flatten() {
        if let Some(content) = answer.pointer_mut("/content").and_then(Value::as_object_mut) {
            fill(document, content, None);
        }
    }
    operation
}

fn fill(document: &Value, content: &mut Map<String, Value>, table: Option<&str>) {
    for (kind, body) in content.iter_mut().filter(|(_, body)| body.get("example").is_none()) {
        match kind.as_str() {
            "application/json" => body["example"] = of_schema(document, &body["schema"], "", &[]),
            "text/csv" if table.is_some() => body["example"] = json!(table),
            _ => {}
        }
    }
}

/// What a value of `schema` looks like; `name` is the field that it stands in, `within` the schemas around it. Null where
/// a schema stands within itself.
fn of_schema(document: &Value, schema: &Value, name: &str, within: &[&str]) -> Value {
    if let Some(example) = schema.get("example") {
        return example.clone();
    }
    if let Some(first) = schema["examples"].get(0).or_else(|| schema["enum"].get(0)) {
        return first.clone();
    }
    if let Some(reference) = schema["$ref"].as_str() {
        if within.contains(&reference) {
            return Value::Null;
        }
        let target = document.pointer(reference.trim_start_matches('#')).unwrap_or(&Value::Null);
        return of_schema(document, target, name, &[within, &[reference]].concat());
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let objects = parts.iter().map(|part| of_schema(document, part, name, within));
        let fields = objects.filter_map(|object| object.as_object().cloned()).flatten();
        return Value::Object(fields.collect());
    }
    for choice in ["oneOf", "anyOf"] {
        let choices = schema[choice].as_array().into_iter().flatten();
        if let Some(one) = choices.into_iter().find(|one| one["type"] != "null") {
            return of_schema(document, one, name, within);
        }
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().find_map(|kind| kind.as_str().filter(|kind| *kind != "null")),
        kind => kind.as_str(),
    };
    match kind {
        Some("object") => of_object(document, schema, within),
        Some("array") => match of_schema(document, &schema["items"], name, within) {
            Value::Null => json!([]),
            item => json!([item]),
        },
        Some("boolean") => json!(false),
        Some("integer") => json!(number(name)),
        Some("number") => json!(0.25),
        Some("string") => json!(text(schema["format"].as_str(), name)),
        _ => json!({}),
    }
}

fn of_object(document: &Value, schema: &Value, within: &[&str]) -> Value {
    let fields = schema["properties"].as_object().into_iter().flatten();
    let mut object: Map<String, Value> =
        fields.map(|(name, field)| (name.clone(), of_schema(document, field, name, within))).collect();
    if object.is_empty() && schema["additionalProperties"].is_object() {
        object.insert("key".to_owned(), of_schema(document, &schema["additionalProperties"], "", within));
    }
    Value::Object(object)
}

fn number(name: &str) -> i64 {
    match name {
        "year" => 2027,
        "expires_in" => 900,
        "step" => 11,
        "indicator" => 5,
        "status" => 422,
        _ => 120,
    }
}

fn text(format: Option<&str>, name: &str) -> &'static str {
    match (format, name) {
        (Some("date"), _) | (_, "date" | "closes_on") => "2027-05-31",
        (Some("date-time"), _) => "2027-05-01T09:00:00Z",
        (_, "id" | "survey" | "receipt") => "0f8fad5bd9cb469fa16570867728950e",
        (_, "organisation" | "ods") => "RXX",
        (_, "title") => "Race equality at work 2027",
        (_, "name") => "Example NHS Trust",
        (_, "code" | "unit") => "MED-1",
        (_, "parent") => "MED",
        (_, "state") => "open",
        (_, "email") => "a.khan@example.org",
        (_, "access_token") => "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9.…",
        (_, "token_type") => "Bearer",
        (_, "ethnic_category") => "asian_indian",
        (_, "question") => "belonging",
        (_, "language") => "en",
        _ => "…",
    }
}
