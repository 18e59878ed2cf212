//! Reports: pages and results of a release, and loading the answers that the next release is made of.

use std::time::{Duration, Instant};

use candour::domain::account::{Role, TenantScope};
use candour::domain::identifier::{ResponseId, SurveyId};
use candour::domain::published_summary::PublishedSummary;
use candour::storage::Connection;
use candour::storage::responses::{self, StoredResponse};
use diesel::connection::Connection as _;
use diesel::prelude::{QueryableByName, RunQueryDsl, SqliteConnection};
use serde_json::{Map, Value, json};

use super::client::{get, run};
use super::support::{self, App, TestDatabase};
use super::{CLIENTS, Line, PAGE_ROUNDS, PAGE_SECONDS, Service, free_port, open_survey, questions, reference};

const PEOPLE: usize = 300;
/// A million responses, as surveys of so many.
const SURVEYS: usize = 20;
const RESPONSES: usize = 50_000;
const QUESTIONS: usize = 30;
const LOADING_ROUNDS: usize = 3;

/// What was published of a survey, to everybody and to those who are signed in, as it is and when it has not changed.
pub fn reports(service: &Service, folder: &std::path::Path) -> Vec<Line> {
    let ods = "RXX".parse().expect("a code");
    let hr = service.app.signed_in_again(Role::HrLead, Some(&ods));
    let (survey, tokens) = open_survey(&service.app, &hr, PEOPLE);
    let form = service.client().get(&format!("/api/v1/respond/{}", tokens[0])).expect(200).json();
    for (person, token) in tokens.iter().enumerate() {
        let mut answers = Map::new();
        questions(&form["questionnaire"], person, &mut answers);
        service.client().post(&format!("/api/v1/respond/{token}"), &json!({ "answers": answers })).expect(201);
    }
    for step in ["close", "publish"] {
        hr.send("POST", &format!("/api/v1/surveys/{survey}/{step}"), None).expect(200);
    }
    let (scope, id) = (TenantScope::of_operator(ods), survey.parse().expect("an id"));
    let summary = PublishedSummary { heard_en: "We heard you".to_owned(), public: true, ..Default::default() };
    service.app.run(service.app.services.results.replace_summary(scope, id, summary)).expect("published");

    let bearer = format!("Authorization: Bearer {}\r\n", hr.token().expect("a token"));
    let asked = [
        ("page of a survey for everybody", format!("/published/{survey}"), String::new()),
        (
            "results over the API, signed in",
            format!("/api/v1/surveys/{survey}/results?question=belonging&by=ethnicity"),
            bearer,
        ),
    ];
    let mut lines = Vec::new();
    for (what, path, headers) in asked {
        let client = service.client().with_token(hr.token().expect("a token"));
        let read = client.get(&path).expect(200);
        let unchanged = format!("{headers}If-None-Match: {}\r\n", read.header("etag").expect("a tag"));
        let port = free_port();
        let _bare = reference::start_bare_server(port, read.body.as_bytes(), folder);
        std::thread::sleep(Duration::from_millis(500));
        let (bare_server, duration) = (format!("127.0.0.1:{port}"), Duration::from_secs(PAGE_SECONDS));
        let mut measured = [
            (&bare_server, get(&path, &headers), 200, Vec::new()),
            (&service.address, get(&path, &headers), 200, Vec::new()),
            (&service.address, get(&path, &unchanged), 304, Vec::new()),
        ];
        for round in 0..=PAGE_ROUNDS {
            for (address, request, status, loads) in &mut measured {
                let load = run(address, CLIENTS, std::slice::from_ref(request), *status, true, duration);
                // The first warms up.
                loads.extend((round > 0).then_some(load));
            }
        }
        let [bare, whole, unchanged] = measured.map(|(_, _, _, mut loads)| {
            loads.sort_by(|one, other| one.rate.total_cmp(&other.rate));
            loads[loads.len() / 2]
        });
        for (how, reached) in [("", whole), (", unchanged (304)", unchanged)] {
            let compared_with = "a bare actix handler, same bytes";
            lines.push(Line { what: format!("{what}{how}"), reached, reference: bare.rate, compared_with, goal: 0.7 });
        }
    }
    lines
}

/// Reading stored responses into what is tabulated, beside a scan of the same rows that only adds up how long they are.
pub fn loading() {
    let app = App::spawn(TestDatabase::sqlite());
    let ods = app.organisation("RXX");
    let hr = app.signed_in(Role::HrLead, Some(&ods));
    let file = app.database.url().replacen("sqlite://", "", 1);
    let mut conn = Connection::Sqlite(SqliteConnection::establish(&file).expect("the file opens"));
    let mut random = fastrand::Rng::with_seed(7);
    let surveys: Vec<SurveyId> = (0..SURVEYS)
        .map(|_| {
            let created = hr.post(&format!("/api/v1/organisations/{ods}/surveys"), &json!({ "title": "Loading" }));
            let survey: SurveyId = created.expect(201).json()["id"].as_str().expect("an id").parse().expect("an id");
            let rows = (0..RESPONSES).map(|_| StoredResponse {
                id: ResponseId::from_random(std::array::from_fn(|_| random.u8(..))),
                coarse_class: None,
                answers: made_up_answers(&mut random).to_string(),
            });
            let rows = rows.collect();
            conn.transaction(|conn| responses::replace(conn, &survey, rows)).expect("stored");
            survey
        })
        .collect();
    let mut best = |work: &mut dyn FnMut(&mut Connection, &SurveyId)| {
        let rounds = (0..LOADING_ROUNDS).map(|_| {
            let started = Instant::now();
            surveys.iter().for_each(|survey| work(&mut conn, survey));
            started.elapsed().as_secs_f64()
        });
        rounds.fold(f64::INFINITY, f64::min)
    };
    let scan = best(&mut |conn, survey| {
        let query = "SELECT SUM(LENGTH(answers)) AS value FROM responses WHERE survey_id = ?";
        let Connection::Sqlite(conn) = conn else { return };
        let sum: Sum = diesel::sql_query(query)
            .bind::<diesel::sql_types::Text, _>(survey.as_str())
            .get_result(conn)
            .expect("a sum");
        assert!(sum.value > 0);
    });
    let ours = best(&mut |conn, survey| {
        let loaded = responses::all(conn, survey).expect("rows");
        let read: Result<Vec<_>, _> = loaded.iter().map(StoredResponse::response).collect();
        assert_eq!(read.expect("readable").len(), RESPONSES);
    });
    println!(
        "{} responses of {QUESTIONS} questions loaded from SQLite: {ours:.2} s, scanned {scan:.2} s, ratio {:.1} (goal: at most 2)",
        SURVEYS * RESPONSES,
        ours / scan
    );
}

#[derive(QueryableByName)]
struct Sum {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    value: i64,
}

fn made_up_answers(random: &mut fastrand::Rng) -> Value {
    const OPTIONS: [&str; 5] = ["strongly_agree", "agree", "neither", "disagree", "strongly_disagree"];
    let answer = |random: &mut fastrand::Rng| json!({ "chosen": [OPTIONS[random.usize(..OPTIONS.len())]] });
    Value::Object((0..QUESTIONS).map(|question| (format!("question_{question}"), answer(random))).collect())
}
