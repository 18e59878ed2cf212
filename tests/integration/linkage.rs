//! The linkage game: somebody who holds the database, its files and its journal, backups from before and after close
//! and all logs, and who knows in which order people answered, tries to say whose each response is.
//!
//! A thousand known answers are given in a known order through the service. Whatever can be read of a person (place of
//! the invitation, of the sealed answer, of the receipt) is set against whatever can be read of a response (place in the
//! table and in the files, transaction, length, order and value of every column, those of later days included). Each
//! pair is a matching: sort the people by the one, the responses by the other, and pair them off. Its z-score is that of
//! Spearman's rank correlation with the truth; equal values give a matching as well. By chance no z exceeds 4.5 in some
//! 30 matchings that are independent of each other (p = 2·10⁻⁴). The game itself is tested: it must win when the shuffle
//! is missing, when a time is stored, when lengths show, and when a receipt stays with its response.
//!
//! All people are of one coarse class: the class is what an invitation may hand over, and is shared by 30 or more.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs;

use candour::domain::account::Role;
use candour::security::PlaintextToken;
use serde_json::{Value, json};

use crate::support::{App, Candour, Finished, TestDatabase, bytes, execute, lines, on_both_databases};

const PEOPLE: usize = 1_000;
/// The most that chance gives, in standard deviations.
const CHANCE: f64 = 4.5;

/// What can be read of each person, or of each person's response, in the order in which they answered.
struct Sight {
    name: String,
    ranks: Vec<f64>,
    /// The same number for the same value, here and in every other sight; none for what is equal by chance.
    values: Vec<Option<usize>>,
}

impl Sight {
    fn new(name: impl Into<String>, values: &[String]) -> Self {
        thread_local! {
            static KNOWN: RefCell<HashMap<String, usize>> = RefCell::default();
        }
        const TELLING: usize = 16;
        let number = |value: &String| {
            (value.len() >= TELLING).then(|| {
                KNOWN.with_borrow_mut(|known| {
                    let next = known.len();
                    *known.entry(value.clone()).or_insert(next)
                })
            })
        };
        Self { name: name.into(), ranks: ranks(values), values: values.iter().map(number).collect() }
    }
}

/// What the test knows: who answered what, in which order.
struct Truth {
    tokens: Vec<String>,
    receipts: Vec<String>,
    /// Stands in the answer, and nowhere else.
    codes: Vec<String>,
}

impl Truth {
    fn hashes(secrets: &[String]) -> Vec<String> {
        secrets
            .iter()
            .map(|secret| secret.parse::<PlaintextToken>().expect("a token").hash().as_str().to_owned())
            .collect()
    }
}

/// A matching and how far it is from chance.
#[derive(Debug)]
struct Matching {
    name: String,
    z: f64,
}

on_both_databases! {
    fn nobody_with_the_database_can_say_whose_an_answer_is(database) {
        let app = App::spawn(database);
        let (survey, truth, log, before) = play(&app);
        let folder = tempfile::tempdir().expect("a temporary directory");
        let restored_before = restored(&app, &folder.path().join("before"), &before.backup);

        close(&app, &survey);
        let backup = folder.path().join("after.backup");
        Finished::candour(&["backup", backup.to_str().expect("UTF-8")], &[("CANDOUR__DATABASE__URL", &app.database.url())]).expect(0);
        let restored_after = restored(&app, &folder.path().join("after"), &backup);

        for secrets in [&truth.codes, &truth.tokens, &truth.receipts] {
            assert_holds_none(log.as_bytes(), secrets, "logs");
            assert_holds_none(&before.files, secrets, "files of an open survey");
        }
        let mut people = before.people;
        people.extend(sights_of_people(&restored_before, "backup before close", &truth, &["invitations", "sealed_responses"]));
        people.extend(sights_of_people(&app.database, "after close", &truth, &["invitations", "receipts"]));
        let mut answers = sights_of_responses(&app.database, "after close", &truth);
        answers.extend(sights_of_responses(&restored_after, "backup after close", &truth));
        answers.extend(places_in_files(&app.database, &before.journal, &truth));
        let best = best(&people, &answers);
        println!("linkage game: best of {} matchings: z = {:.2} ({})", best.0, best.1.z, best.1.name);
        assert!(best.0 > 100, "too little was looked at");
        assert!(best.1.z < CHANCE, "{:?}", best.1);

        // The game must be able to win.
        let order = || vec![order_of_answering()];
        let caught = |what: &str, people: &[Sight], answers: &[Sight]| {
            let (_, best) = self::best(people, answers);
            println!("linkage game, {what}: z = {:.2} ({})", best.z, best.name);
            assert!(best.z > 2.0 * CHANCE, "{what} was not found: {best:?}");
        };
        let url = app.database.url();
        let again = || sights_of_responses(&app.database, "after close", &truth);
        let of_person = rows(&app.database, "responses").places_of_codes(&truth.codes);
        let ids = rows(&app.database, "responses").column("id");

        let values = |of: &dyn Fn(usize) -> String| {
            let pairs: Vec<String> = (0..PEOPLE).map(|n| format!("('{}', {})", ids[of_person[n]], of(n))).collect();
            format!("(VALUES {}) AS v WHERE responses.id = v.column1", pairs.join(", "))
        };
        execute(&url, "ALTER TABLE responses ADD COLUMN answered_at INTEGER");
        execute(&url, &format!("UPDATE responses SET answered_at = v.column2 FROM {}", values(&|n| (1_800_000_000 + 7 * n).to_string())));
        caught("with a time in the table", &order(), &again());
        execute(&url, "ALTER TABLE responses DROP COLUMN answered_at");

        execute(&url, "ALTER TABLE responses ADD COLUMN receipt_hash TEXT");
        let hashes = Truth::hashes(&truth.receipts);
        execute(&url, &format!("UPDATE responses SET receipt_hash = v.column2 FROM {}", values(&|n| format!("'{}'", hashes[n]))));
        caught("with the receipt beside the response", &sights_of_people(&app.database, "after close", &truth, &["receipts"]), &again());
        execute(&url, "ALTER TABLE responses DROP COLUMN receipt_hash");

        write_without_shuffle(&app, &survey, &truth);
        caught("without the shuffle", &order(), &again());

        let lengths: Vec<String> = (0..PEOPLE).map(|n| format!("('{}', {})", hashes[n], 200 + filler(n).len())).collect();
        execute(&restored_before.url(), &format!("UPDATE sealed_responses SET sealed = substr(sealed, 1, v.column2) FROM (VALUES {}) AS v WHERE receipt_hash = v.column1", lengths.join(", ")));
        caught("with lengths that show", &sights_of_people(&restored_before, "backup before close", &truth, &["sealed_responses"]), &again());
    }
}

/// What an adversary took while the survey was open.
struct Before {
    people: Vec<Sight>,
    backup: std::path::PathBuf,
    files: Vec<u8>,
    /// Where the journal stood.
    journal: String,
    _folder: tempfile::TempDir,
}

/// A survey, answered by everybody in a known order; the log of the server, and what stood in the database then.
fn play(app: &App) -> (String, Truth, String, Before) {
    let ods = app.organisation("RXX");
    let hr = app.signed_in(Role::HrLead, Some(&ods));
    let created =
        hr.post(&format!("/api/v1/organisations/{ods}/surveys"), &json!({ "title": "Race equality" })).expect(201);
    let survey = created.json()["id"].as_str().expect("an id").to_owned();
    let people: Vec<Value> =
        (0..PEOPLE).map(|n| json!({ "email": format!("person{n}@example.org"), "unit": "MED-1" })).collect();
    hr.post(&format!("/api/v1/surveys/{survey}/invitations"), &json!(people)).expect(200);
    hr.send("POST", &format!("/api/v1/surveys/{survey}/open"), None).expect(200);
    app.deliver();
    let by_address: HashMap<String, String> = app
        .mailbox
        .mails()
        .iter()
        .map(|mail| (mail.recipient().expect("a recipient"), mail.token().expect("a link")))
        .collect();
    let mut arrivals: Vec<usize> = (0..PEOPLE).collect();
    let mut rng = fastrand::Rng::with_seed(7);
    rng.shuffle(&mut arrivals);
    let codes: Vec<String> = (0..PEOPLE).map(|_| format!("{:016x}", rng.u64(..))).collect();
    let tokens: Vec<String> = arrivals.iter().map(|n| by_address[&format!("person{n}@example.org")].clone()).collect();

    let journal = journal_now(&app.database);
    let mut server = Candour::serve(&app.database.url(), &[("CANDOUR__LOG__FILTER", "debug,hyper=info")]);
    let client = server.client();
    let receipts: Vec<String> = (0..PEOPLE)
        .map(|n| {
            let comment = format!("{} {}", codes[n], filler(n));
            let answers = json!({ "answers": { "belonging": ["agree"], "comment": [comment] } });
            let stored = client.post(&format!("/api/v1/respond/{}", tokens[n]), &answers).expect(201).json();
            stored["receipt"].as_str().expect("a receipt").to_owned()
        })
        .collect();
    let truth = Truth { tokens, receipts, codes };
    let folder = tempfile::tempdir().expect("a temporary directory");
    let backup = folder.path().join("before.backup");
    Finished::candour(&["backup", backup.to_str().expect("UTF-8")], &[("CANDOUR__DATABASE__URL", &app.database.url())])
        .expect(0);
    let mut people = sights_of_people(&app.database, "before close", &truth, &["invitations", "sealed_responses"]);
    people.push(order_of_answering());
    let mut files = files_of(&app.database, &journal);
    files.extend(fs::read(&backup).expect("the backup can be read"));
    assert_eq!(server.stop().0, Some(0));
    let log = server.log();
    assert!(log.lines().count() > PEOPLE, "there is no log to look at");
    (survey, truth, log, Before { people, backup, files, journal, _folder: folder })
}

/// Text of a length that has nothing to do with the order of answering.
fn filler(n: usize) -> String {
    "x".repeat(fastrand::Rng::with_seed(n as u64 + 1_000_003).usize(0..900))
}

fn close(app: &App, survey: &str) {
    let scope = candour::domain::account::TenantScope::of_operator("RXX".parse().expect("an ODS code"));
    app.run(app.services.surveys.close(scope, survey.parse().expect("an id"))).expect("closed");
}

/// A database that has exactly what the backup has, in its order.
fn restored(app: &App, work: &std::path::Path, backup: &std::path::Path) -> TestDatabase {
    let target = match &app.database {
        TestDatabase::Sqlite(_) => TestDatabase::empty_sqlite(),
        TestDatabase::Postgres(_) => TestDatabase::empty_postgres(),
    };
    fs::copy(backup, work).expect("copied");
    let variables = [("CANDOUR__DATABASE__URL", target.url())];
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Finished::candour(&["restore", work.to_str().expect("UTF-8")], &variables).expect(0);
    target
}

fn texts(numbers: impl IntoIterator<Item = usize>) -> Vec<String> {
    numbers.into_iter().map(|number| number.to_string()).collect()
}

fn order_of_answering() -> Sight {
    Sight::new("order of answering", &texts(0..PEOPLE))
}

/// A table as it lies: names of columns, and rows in the order in which the database keeps them.
struct Rows {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Rows {
    fn column(&self, name: &str) -> Vec<String> {
        let place = self.columns.iter().position(|column| column == name).expect("the column");
        self.rows.iter().map(|row| row[place].clone()).collect()
    }

    /// For each key the place of the row that has it.
    fn places(&self, keys: &[String], key_of: impl Fn(&Self) -> Vec<String>) -> Vec<usize> {
        let places: HashMap<String, usize> = key_of(self).into_iter().enumerate().map(|(at, key)| (key, at)).collect();
        keys.iter().map(|key| *places.get(key).expect("each key has its row")).collect()
    }

    /// For each code the place of the response that holds it.
    fn places_of_codes(&self, codes: &[String]) -> Vec<usize> {
        const BEFORE: &str = "\"comment\":{\"text\":\"";
        let code = |answers: &String| {
            answers.split(BEFORE).nth(1).and_then(|rest| rest.get(..16)).unwrap_or_default().to_owned()
        };
        self.places(codes, |rows| rows.column("answers").iter().map(code).collect())
    }

    /// What can be read of the rows at `places`.
    fn sights(&self, name: &str, places: &[usize]) -> Vec<Sight> {
        let mut sights = vec![Sight::new(format!("{name}, place"), &texts(places.iter().copied()))];
        for (index, column) in self.columns.iter().enumerate() {
            let values: Vec<String> = places.iter().map(|place| self.rows[*place][index].clone()).collect();
            let lengths = texts(values.iter().map(String::len));
            sights.push(Sight::new(format!("{name}, {column}"), &values));
            sights.push(Sight::new(format!("{name}, length of {column}"), &lengths));
        }
        sights
    }
}

/// Every column of a table, those that a later migration adds included; on PostgreSQL also those of the system.
fn rows(database: &TestDatabase, table: &str) -> Rows {
    let url = database.url();
    let (columns, query): (Vec<String>, String) = match database {
        TestDatabase::Sqlite(_) => {
            let columns = lines(&url, &format!("SELECT name AS value FROM pragma_table_info('{table}')"));
            let texts: Vec<String> = columns
                .iter()
                .map(|column| {
                    format!("CASE typeof({column}) WHEN 'blob' THEN hex({column}) ELSE CAST({column} AS TEXT) END")
                })
                .collect();
            (columns, format!("SELECT json_array({}) AS value FROM {table}", texts.join(", ")))
        }
        TestDatabase::Postgres(_) => {
            let system = ["xmin", "cmin", "page", "item"].map(str::to_owned);
            let own = lines(
                &url,
                &format!(
                    "SELECT column_name::text AS value FROM information_schema.columns WHERE table_name = '{table}' ORDER BY ordinal_position"
                ),
            );
            let texts = [
                "xmin::text".to_owned(),
                "cmin::text".to_owned(),
                "(ctid::text::point)[0]::text".to_owned(),
                "(ctid::text::point)[1]::text".to_owned(),
            ]
            .into_iter()
            .chain(own.iter().map(|column| format!("{column}::text")));
            let texts: Vec<String> = texts.collect();
            (
                system.into_iter().chain(own).collect(),
                format!("SELECT json_build_array({})::text AS value FROM {table} ORDER BY ctid", texts.join(", ")),
            )
        }
    };
    let rows = lines(&url, &query)
        .iter()
        .map(|line| serde_json::from_str::<Vec<Option<String>>>(line).expect("an array"))
        .map(|row| row.into_iter().map(Option::unwrap_or_default).collect())
        .collect();
    Rows { columns, rows }
}

fn sights_of_people(database: &TestDatabase, when: &str, truth: &Truth, tables: &[&str]) -> Vec<Sight> {
    tables
        .iter()
        .flat_map(|table| {
            let rows = rows(database, table);
            let (secrets, column) = match *table {
                "invitations" => (&truth.tokens, "token_hash"),
                _ => (&truth.receipts, "receipt_hash"),
            };
            let places = rows.places(&Truth::hashes(secrets), |rows| rows.column(column));
            rows.sights(&format!("{table} {when}"), &places)
        })
        .collect()
}

fn sights_of_responses(database: &TestDatabase, when: &str, truth: &Truth) -> Vec<Sight> {
    let rows = rows(database, "responses");
    assert_eq!(rows.rows.len(), PEOPLE);
    rows.sights(&format!("responses {when}"), &rows.places_of_codes(&truth.codes))
}

/// Where in the database's files and its journal each answer stands first and last.
fn places_in_files(database: &TestDatabase, journal: &str, truth: &Truth) -> Vec<Sight> {
    let files = files_of(database, journal);
    let (mut first, mut last) = (vec![0; PEOPLE], vec![0; PEOPLE]);
    find(&files, &truth.codes, |n, place| {
        first[n] = if first[n] == 0 { place } else { first[n] };
        last[n] = place;
    });
    assert!(first.iter().filter(|place| **place > 0).count() > PEOPLE / 2, "the files do not hold the answers");
    vec![Sight::new("first place in the files", &texts(first)), Sight::new("last place in the files", &texts(last))]
}

/// Calls `found` with each secret that stands in `bytes`, and its place; by its first sixteen bytes.
fn find(bytes: &[u8], secrets: &[String], mut found: impl FnMut(usize, usize)) {
    let wanted: HashMap<&[u8], usize> =
        secrets.iter().enumerate().map(|(n, secret)| (&secret.as_bytes()[..16], n)).collect();
    // Most places are ruled out by two bytes: hashing at each would take minutes without optimisation.
    let mut may_start = vec![false; 1 << 16];
    let two = |at: &[u8]| usize::from(at[0]) << 8 | usize::from(at[1]);
    wanted.keys().for_each(|secret| may_start[two(secret)] = true);
    for place in 0..bytes.len().saturating_sub(16) {
        if may_start[usize::from(bytes[place]) << 8 | usize::from(bytes[place + 1])]
            && let Some(n) = wanted.get(&bytes[place..place + 16])
        {
            found(*n, place);
        }
    }
}

#[track_caller]
fn assert_holds_none(bytes: &[u8], secrets: &[String], what: &str) {
    find(bytes, secrets, |n, place| panic!("{what} hold “{}” in the clear, at {place}", secrets[n]));
}

/// Where the journal stands: nothing for SQLite, whose journal is a file beside the database.
fn journal_now(database: &TestDatabase) -> String {
    match database {
        TestDatabase::Sqlite(_) => String::new(),
        TestDatabase::Postgres(_) => {
            lines(&database.url(), "SELECT pg_current_wal_lsn()::text AS value").pop().expect("a place")
        }
    }
}

/// The bytes of everything that the database has written: tables, indexes, and the journal since `journal`.
fn files_of(database: &TestDatabase, journal: &str) -> Vec<u8> {
    let url = database.url();
    match database {
        TestDatabase::Sqlite(folder) => ["candour.sqlite3", "candour.sqlite3-wal"]
            .iter()
            .flat_map(|name| fs::read(folder.path().join(name)).unwrap_or_default())
            .collect(),
        TestDatabase::Postgres(_) => {
            execute(&url, "CHECKPOINT");
            let relations = "SELECT pg_read_binary_file(pg_relation_filepath(oid)) AS value FROM pg_class \
                             WHERE relkind IN ('r', 'i', 't') AND relname !~ '^pg_(?!toast)' AND relfilenode <> 0";
            let segments = format!(
                "SELECT pg_read_binary_file('pg_wal/' || name) AS value FROM pg_ls_waldir() \
                 WHERE name BETWEEN pg_walfile_name('{journal}') AND pg_walfile_name(pg_current_wal_lsn()) ORDER BY name"
            );
            bytes(&url, relations).into_iter().chain(bytes(&url, &segments)).flatten().collect()
        }
    }
}

/// Writes the responses anew as a careless close would: one after the other, as they came.
fn write_without_shuffle(app: &App, survey: &str, truth: &Truth) {
    let rows = rows(&app.database, "responses");
    let answers = rows.column("answers");
    let values: Vec<String> = rows
        .places_of_codes(&truth.codes)
        .iter()
        .enumerate()
        .map(|(n, place)| format!("('{n:032x}', '{survey}', NULL, '{}')", answers[*place].replace('\'', "''")))
        .collect();
    execute(&app.database.url(), "DELETE FROM responses");
    execute(
        &app.database.url(),
        &format!("INSERT INTO responses (id, survey_id, coarse_class, answers) VALUES {}", values.join(", ")),
    );
}

/// How many matchings there are, and the one that is farthest from chance.
fn best(people: &[Sight], answers: &[Sight]) -> (usize, Matching) {
    let mut best = Matching { name: "none".to_owned(), z: 0.0 };
    for person in people {
        for answer in answers {
            let z = spearman(&person.ranks, &answer.ranks).abs().max(equal_values(person, answer));
            if z > best.z {
                best = Matching { name: format!("{} against {}", person.name, answer.name), z };
            }
        }
    }
    (people.len() * answers.len(), best)
}

/// Ranks, ties sharing theirs; numbers by size, other text by its order.
fn ranks(values: &[String]) -> Vec<f64> {
    let numbers: Option<Vec<f64>> = values.iter().map(|value| value.parse().ok()).collect();
    let mut order: Vec<usize> = (0..values.len()).collect();
    match &numbers {
        Some(numbers) => order.sort_by(|a, b| numbers[*a].total_cmp(&numbers[*b])),
        None => order.sort_by(|a, b| values[*a].cmp(&values[*b])),
    }
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    while start < order.len() {
        let end =
            (start..order.len()).take_while(|at| values[order[*at]] == values[order[start]]).last().unwrap_or(start);
        for at in start..=end {
            ranks[order[at]] = (start + end) as f64 / 2.0;
        }
        start = end + 1;
    }
    ranks
}

/// z-score of the rank correlation; 0 where one side says nothing.
fn spearman(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len() as f64;
    let mean = (n - 1.0) / 2.0;
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| (x - mean) * (y - mean)).sum::<f64>();
    let spread = (product(a, a) * product(b, b)).sqrt();
    if spread == 0.0 { 0.0 } else { product(a, b) / spread * (n - 1.0).sqrt() }
}

/// How many more people than by chance have the same value, one that few share, as their response.
fn equal_values(person: &Sight, answer: &Sight) -> f64 {
    let mut people_with: HashMap<usize, f64> = HashMap::new();
    person.values.iter().flatten().for_each(|value| *people_with.entry(*value).or_default() += 1.0);
    let pairs: f64 = answer.values.iter().flatten().map(|value| people_with.get(value).unwrap_or(&0.0)).sum();
    let expected = pairs / person.values.len() as f64;
    let equal = person.values.iter().zip(&answer.values).filter(|(a, b)| a.is_some() && a == b).count() as f64;
    (equal - expected) / expected.max(1.0).sqrt()
}
