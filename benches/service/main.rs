//! How fast staff are served, each figure beside a reference of the same run: `make bench`.
//!
//! A question page against a bare actix handler that sends the same bytes; submits from 32 clients against the bare
//! commits of the same database. Candour runs as a process of its own with its own settings and log, as in production,
//! over 10,000 invitations. With `CANDOUR_WRITE_DOCS=1` the table goes into `docs/performance.md`. Words behind `--` choose
//! parts of it: `pages`, `reports`, `sign-ins`, `sqlite`, `postgres`; and two that are no part of it: `growth`, submits beside
//! none and beside 5,000,000 responses of a closed survey (some minutes, and 8 GB of disk), and `loading`, reading 1,000,000
//! responses (2 GB of memory).

#![allow(missing_docs, dead_code, unused_imports, unused_macros, reason = "what tests share is used in part")]

mod client;
mod reference;
mod reports;
#[path = "../../tests/integration/support/mod.rs"]
mod support;

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use candour::domain::account::Role;
use candour::domain::identifier::InvitationId;
use client::{Load, get, post, run, run_with_pauses};
use reference::Running;
use serde_json::{Value, json};
use support::{App, PostgresDatabase, PostgresServer, TestDatabase, execute, lines};

const CLIENTS: usize = 32;
const PEOPLE: usize = 12_000;
const WARM_UP: usize = 500;
const SECONDS: u64 = 5;
const PAGE_SECONDS: u64 = 3;
const PAGE_ROUNDS: usize = 5;
const LIMIT: Duration = Duration::from_secs(60);

/// One line of the table.
#[derive(Clone)]
struct Line {
    what: String,
    reached: Load,
    reference: f64,
    compared_with: &'static str,
    goal: f64,
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, flag, port, file] = arguments.as_slice()
        && flag == reference::BARE_SERVER
    {
        return reference::bare_server(port.parse().expect("a port"), Path::new(file));
    }
    let parts: Vec<&String> = arguments.iter().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let chosen = |part: &str| parts.is_empty() || parts.iter().any(|chosen| *chosen == part);
    let folder = tempfile::tempdir().expect("a folder");
    let (mut table, mut memory, mut sign_ins) = (Vec::new(), Vec::new(), String::new());

    if ["pages", "reports", "sqlite", "sign-ins"].into_iter().any(chosen) {
        let sqlite = Service::start(TestDatabase::sqlite());
        if chosen("pages") {
            table.extend(pages(&sqlite, folder.path()));
        }
        if chosen("sqlite") {
            let commits = |length| reference::sqlite_commits(folder.path(), Duration::from_secs(SECONDS), length);
            let short = commits("an answer".len());
            let line =
                submits(&sqlite, "submit, SQLite", short, "commits of one row of 9 bytes, `synchronous=FULL`", 1.0);
            let url = sqlite.app.database.url();
            let sealed = "SELECT CAST(LENGTH(sealed) AS TEXT) AS value FROM sealed_responses LIMIT 1";
            let same = commits(lines(&url, sealed)[0].parse().expect("a length"));
            let compared_with = "commits of one row of a sealed answer's bytes, `synchronous=FULL`";
            let beside = Line { reference: same, compared_with, ..line.clone() };
            table.extend([line, beside]);
        }
        if chosen("pages") || chosen("sqlite") {
            memory.push(("SQLite", sqlite.peak_memory()));
        }
        if chosen("reports") {
            table.extend(reports::reports(&sqlite, folder.path()));
            memory.push(("SQLite, with reports", sqlite.peak_memory()));
        }
        if chosen("sign-ins") {
            sign_ins = beside_sign_ins(&sqlite);
            memory.push(("SQLite, with sign-ins", sqlite.peak_memory()));
        }
    }
    if chosen("postgres") {
        postgres(folder.path(), &mut table, &mut memory);
    }
    if parts.iter().any(|part| *part == "loading") {
        return reports::loading();
    }
    if parts.iter().any(|part| *part == "growth") {
        growth(&Service::start(TestDatabase::sqlite()), "SQLite", SQLITE_RESPONSES);
        let server = PostgresServer::start();
        let database = TestDatabase::Postgres(PostgresDatabase::at(server.new_database()));
        return growth(&Service::start(database), "PostgreSQL", POSTGRES_RESPONSES);
    }

    let text = write(&table, &memory) + &sign_ins;
    print!("{text}");
    if std::env::var_os("CANDOUR_WRITE_DOCS").is_some() {
        into_documentation(&text);
    }
}

fn postgres(folder: &Path, table: &mut Vec<Line>, memory: &mut Vec<(&str, f64)>) {
    let server = PostgresServer::start();
    let url = server.new_database();
    let postgres = Service::start(TestDatabase::Postgres(PostgresDatabase::at(url.clone())));
    let short = reference::pgbench(&url, folder, SECONDS, "'an answer'");
    let line = submits(&postgres, "submit, PostgreSQL", short, "pgbench: token update and insert of 9 bytes", 0.6);
    // A sealed answer is as long as the longest possible one, and its bytes cost the server more than ours do.
    execute(&url, "CREATE TABLE bench_body AS SELECT sealed AS body FROM sealed_responses LIMIT 1");
    let same = reference::pgbench(&url, folder, SECONDS, "(SELECT body FROM bench_body)");
    let beside =
        Line { reference: same, compared_with: "pgbench: the same, insert of a sealed answer's bytes", ..line.clone() };
    table.extend([line, beside]);
    memory.push(("PostgreSQL", postgres.peak_memory()));
}

/// A served Candour with an open survey.
struct Service {
    app: App,
    process: Running,
    address: String,
    tokens: Vec<String>,
}

impl Service {
    fn start(database: TestDatabase) -> Self {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let (_, tokens) = open_survey(&app, &hr, PEOPLE);
        let (process, address) = serve(&app.database.url());
        Self { app, process, address, tokens }
    }

    fn client(&self) -> support::Client {
        support::Client::new(&format!("http://{}", self.address))
    }

    /// MiB that the process has held at most.
    fn peak_memory(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.0.id())).expect("it runs");
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("Linux tells it");
        let kib: f64 = line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("a number");
        kib / 1024.0
    }
}

/// An open survey of so many people, and their tokens. Nobody gets mail: it has a bench of its own, the mail server's.
fn open_survey(app: &App, hr: &support::Client, people: usize) -> (String, Vec<String>) {
    let created = hr.post("/api/v1/organisations/RXX/surveys", &json!({ "title": "Race equality" }));
    let survey = created.expect(201).json()["id"].as_str().expect("an id").to_owned();
    let units = ["MED-1", "MED-2", "MAT-1", "MAT-2"];
    let people: Vec<Value> = (0..people)
        .map(|n| json!({ "email": format!("person{n}@example.org"), "unit": units[n % units.len()] }))
        .collect();
    for some in people.chunks(5_000) {
        hr.post(&format!("/api/v1/surveys/{survey}/invitations"), &json!(some)).expect(200);
    }
    hr.send("POST", &format!("/api/v1/surveys/{survey}/open"), None).expect(200);
    execute(&app.database.url(), "DELETE FROM jobs");
    let ids = format!("SELECT id AS value FROM invitations WHERE survey_id = '{survey}' ORDER BY id");
    let token = |id: &String| {
        let id: InvitationId = id.parse().expect("an id");
        app.services.invitations.link(&id).rsplit('/').next().expect("a token").to_owned()
    };
    let tokens = lines(&app.database.url(), &ids).iter().map(token).collect();
    (survey, tokens)
}

/// `candour serve` with its defaults; its log goes nowhere, but is written.
fn serve(database_url: &str) -> (Running, String) {
    let port = free_port();
    let child = Command::new(env!("CARGO_BIN_EXE_candour"))
        .arg("serve")
        .env("CANDOUR__SECURITY__SECRET", "a secret of tests, long enough for everybody")
        .env("CANDOUR__DATABASE__URL", database_url)
        .env("CANDOUR__API__REQUESTS_PER_MINUTE", "0")
        .env("CANDOUR__SERVER__PORT", port.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("candour starts");
    let (process, address) = (Running(child), format!("127.0.0.1:{port}"));
    let client = support::Client::new(&format!("http://{address}"));
    let patience = Instant::now() + Duration::from_secs(30);
    while !client.try_send("GET", "/readyz", None).is_ok_and(|answer| answer.status == 200) {
        assert!(Instant::now() < patience, "candour is not ready after 30 s");
        std::thread::sleep(Duration::from_millis(20));
    }
    (process, address)
}

/// Question pages of 1,000 people, with and without answers so far.
fn pages(service: &Service, folder: &Path) -> Vec<Line> {
    let people = &service.tokens[PEOPLE - 1_000..];
    let page = |token: &str| format!("/s/{token}/question/belonging");
    let html = service.client().get(&page(&people[0])).expect(200).body;
    let port = free_port();
    let _bare = reference::start_bare_server(port, html.as_bytes(), folder);
    std::thread::sleep(Duration::from_millis(500));
    let duration = Duration::from_secs(PAGE_SECONDS);
    let bare_requests: Vec<Vec<u8>> = people.iter().map(|token| get(&page(token), "")).collect();
    let measure = |address: &str, requests: &[Vec<u8>]| run(address, CLIENTS, requests, 200, true, duration);
    let with_answers: Vec<Vec<u8>> = people
        .iter()
        .map(|token| {
            let form = ("application/x-www-form-urlencoded", "answer=agree".to_owned());
            let answered = service.client().send("POST", &page(token), Some(form)).expect(303);
            let cookie = answered.header("set-cookie").expect("a draft").split(';').next().expect("a pair").to_owned();
            get(&page(token), &format!("Cookie: {cookie}\r\n"))
        })
        .collect();
    // What else this machine does changes by the second: each is measured in turn, and the middle one of its rounds counts.
    let bare_server = format!("127.0.0.1:{port}");
    let measured =
        [(&bare_server, &bare_requests), (&service.address, &bare_requests), (&service.address, &with_answers)];
    let mut rounds: [Vec<Load>; 3] = Default::default();
    for round in 0..=PAGE_ROUNDS {
        for (loads, (address, requests)) in rounds.iter_mut().zip(measured) {
            let load = measure(address, requests);
            // The first warms up.
            loads.extend((round > 0).then_some(load));
        }
    }
    let [bare, first, later] = rounds.map(|mut loads| {
        loads.sort_by(|one, other| one.rate.total_cmp(&other.rate));
        loads[loads.len() / 2]
    });
    let line = |what: &str, reached| Line {
        what: what.to_owned(),
        reached,
        reference: bare.rate,
        compared_with: "a bare actix handler, same bytes",
        goal: 0.6,
    };
    vec![line("question page, first visit", first), line("question page, with answers so far", later)]
}

/// Question pages of people who read them, alone and while others sign in as fast as they can: rounds in turn, and the
/// median of each figure.
fn beside_sign_ins(service: &Service) -> String {
    const PEOPLE_AT_ONCE: usize = 8;
    const SIGN_INS_AT_ONCE: usize = 4;
    const ROUNDS: usize = 5;
    let pages: Vec<Vec<u8>> = service.tokens[PEOPLE - 1_000..]
        .iter()
        .map(|token| get(&format!("/s/{token}/question/belonging"), ""))
        .collect();
    let read = || {
        let (duration, pause) = (Duration::from_secs(SECONDS), Duration::from_millis(20));
        run_with_pauses(&service.address, PEOPLE_AT_ONCE, &pages, 200, true, duration, pause)
    };
    let sign_in = || {
        let form = [("email", "hr_lead.rxx@example.org"), ("password", support::PASSWORD)];
        service.client().form("/office/sign-in", &form).expect(303);
    };
    sign_in();
    let (mut alone, mut beside, mut signed_in) = (Vec::new(), Vec::new(), 0);
    for _ in 0..ROUNDS {
        alone.push(read());
        let (stop, done) = (AtomicBool::new(false), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..SIGN_INS_AT_ONCE {
                scope.spawn(|| {
                    while !stop.load(Ordering::Relaxed) {
                        sign_in();
                        done.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
            beside.push(read());
            stop.store(true, Ordering::Relaxed);
        });
        signed_in += done.into_inner();
    }
    let a_second = signed_in as f64 / (ROUNDS as f64 * SECONDS as f64);
    let median = |loads: &[Load], of: fn(&Load) -> Duration| {
        let mut all: Vec<Duration> = loads.iter().map(of).collect();
        all.sort();
        all[all.len() / 2].as_secs_f64() * 1_000.0
    };
    let (p99_alone, p99_beside) = (median(&alone, |load| load.p99), median(&beside, |load| load.p99));
    format!(
        "| question page, {PEOPLE_AT_ONCE} people who read, beside {a_second:.0} sign-ins a second | {:.0} | p99 {p99_alone:.1} ms \
         (without sign-ins) | {:.2} (1.2 of p99) | {:.1} ms | {p99_beside:.1} ms |\n",
        beside.iter().map(|load| load.rate).sum::<f64>() / ROUNDS as f64,
        p99_beside / p99_alone,
        median(&beside, |load| load.median),
    )
}

// Identifiers in order, because random ones would take an hour to insert; 1 kB each.
const SQLITE_RESPONSES: &str = "WITH RECURSIVE n (n) AS (SELECT {from} UNION ALL SELECT n + 1 FROM n WHERE n < {to}) \
    INSERT INTO responses (id, survey_id, coarse_class, answers) \
    SELECT printf('%08x', n * 858) || lower(hex(randomblob(12))), (SELECT id FROM surveys WHERE state = 'closed'), NULL, \
    '{\"comment\":{\"text\":\"' || hex(randomblob(500)) || '\"}}' FROM n";
const POSTGRES_RESPONSES: &str = "INSERT INTO responses (id, survey_id, coarse_class, answers) \
    SELECT lpad(to_hex(n * 858), 8, '0') || substr(md5(n::text), 1, 24), (SELECT id FROM surveys WHERE state = 'closed'), NULL, \
    '{\"comment\":{\"text\":\"' || repeat(md5(n::text), 31) || '\"}}' FROM generate_series({from}::bigint, {to}) AS n";

/// Submits beside none, then beside 5,000,000 responses of another survey, in rounds of the same number.
fn growth(service: &Service, what: &str, fill: &str) {
    // Filled piece by piece: one transaction over all of them would take as much room again in the journal.
    const PIECE: u64 = 100_000;
    let hr = service.app.signed_in_again(Role::HrLead, Some(&"RXX".parse().expect("a code")));
    let created = hr.post("/api/v1/organisations/RXX/surveys", &json!({ "title": "The last one" })).expect(201).json();
    let closed = created["id"].as_str().expect("an id");
    for step in ["open", "close"] {
        hr.send("POST", &format!("/api/v1/surveys/{closed}/{step}"), None).expect(200);
    }
    let requests = answers(service);
    let (before, after) = requests.split_at(requests.len() / 2);
    let rate = |requests: &[Vec<u8>]| {
        let (warm_up, measured) = requests.split_at(WARM_UP);
        run(&service.address, CLIENTS, warm_up, 201, false, LIMIT);
        run(&service.address, CLIENTS, measured, 201, false, LIMIT).rate
    };
    let at_none = rate(before);
    let url = service.app.database.url();
    for piece in 0..5_000_000 / PIECE {
        let (from, to) = (piece * PIECE + 1, (piece + 1) * PIECE);
        execute(&url, &fill.replace("{from}", &from.to_string()).replace("{to}", &to.to_string()));
    }
    execute(&url, if what == "SQLite" { "PRAGMA wal_checkpoint(TRUNCATE)" } else { "CHECKPOINT" });
    let at_many = rate(after);
    println!(
        "{what}: {at_none:.0} submits a second beside no responses, {at_many:.0} beside 5,000,000 ({:.2}, goal 0.9)",
        at_many / at_none
    );
}

/// Whole answers, one for each person.
fn submits(service: &Service, what: &str, reference: f64, compared_with: &'static str, goal: f64) -> Line {
    let requests = answers(service);
    let (warm_up, measured) = requests.split_at(WARM_UP);
    run(&service.address, CLIENTS, warm_up, 201, false, LIMIT);
    Line {
        what: what.to_owned(),
        reached: run(&service.address, CLIENTS, measured, 201, false, LIMIT),
        reference,
        compared_with,
        goal,
    }
}

/// A request for each person who answers everything that can be chosen.
fn answers(service: &Service) -> Vec<Vec<u8>> {
    let form = service.client().get(&format!("/api/v1/respond/{}", service.tokens[0])).expect(200).json();
    let mut answers = serde_json::Map::new();
    questions(&form["questionnaire"], 0, &mut answers);
    assert!(answers.len() > 20, "only {} questions were found", answers.len());
    let body = json!({ "answers": answers }).to_string();
    let accepted = service.client().send(
        "POST",
        &format!("/api/v1/respond/{}", service.tokens[0]),
        Some(("application/json", body.clone())),
    );
    assert_eq!(accepted.status, 201, "{}", accepted.body);
    service.tokens[1..PEOPLE - 1_000].iter().map(|token| post(&format!("/api/v1/respond/{token}"), &body)).collect()
}

/// An option of every question that has options and is always asked: each person chooses the next one.
fn questions(value: &Value, person: usize, answers: &mut serde_json::Map<String, Value>) {
    match value {
        Value::Array(all) => all.iter().for_each(|one| questions(one, person, answers)),
        Value::Object(fields) => {
            let options = fields.get("options").and_then(Value::as_array).filter(|options| !options.is_empty());
            let chosen = options.and_then(|options| options[person % options.len()].get("code")?.as_str());
            let routed =
                fields.get("ask_when").and_then(Value::as_array).is_some_and(|conditions| !conditions.is_empty());
            if let (Some(id), Some(code), false) = (fields.get("id").and_then(Value::as_str), chosen, routed) {
                answers.insert(id.to_owned(), json!([code]));
            }
            fields.values().for_each(|field| questions(field, person, answers));
        }
        _ => {}
    }
}

fn write(table: &[Line], memory: &[(&str, f64)]) -> String {
    let mut text =
        "| what | a second | reference | ratio (goal) | median | p99 |\n| --- | --- | --- | --- | --- | --- |\n"
            .to_owned();
    for line in table {
        let Load { rate, median, p99 } = line.reached;
        let milliseconds = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1_000.0);
        let _ = writeln!(
            text,
            "| {} | {rate:.0} | {:.0} ({}) | {:.2} ({}) | {} | {} |",
            line.what,
            line.reference,
            line.compared_with,
            rate / line.reference,
            line.goal,
            milliseconds(median),
            milliseconds(p99)
        );
    }
    for (database, mib) in memory {
        let _ = writeln!(text, "| most memory meanwhile, {database} | {mib:.0} MiB | | (150 MiB) | | |");
    }
    text
}

/// Puts the table between its marks.
fn into_documentation(table: &str) {
    const MARKS: [&str; 2] = ["<!-- make bench -->\n", "<!-- end of make bench -->"];
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/performance.md");
    let page = std::fs::read_to_string(&file).expect("the page");
    let (before, rest) = page.split_once(MARKS[0]).expect("the first mark");
    let (_, after) = rest.split_once(MARKS[1]).expect("the second mark");
    std::fs::write(&file, format!("{before}{}\n{table}\n{}{after}", MARKS[0], MARKS[1])).expect("written");
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}
