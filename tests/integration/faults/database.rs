//! The database and its disk: crashes, outages, failover, replicas, no room, migrations that are killed.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use candour::domain::account::Role;
use serde_json::json;

use super::{Crowd, database_at, full, nothing_is_lost, with_survey};
use crate::support::{
    App, Candour, Client, Finished, PostgresServer, TestDatabase, address, execute, lines, migrate, on_both_databases,
};

/// F2
#[test]
fn each_acknowledged_answer_is_on_the_disk_of_sqlite() {
    let (app, survey, tokens) = with_survey(TestDatabase::sqlite(), 40);
    let calls = tempfile::NamedTempFile::new().expect("a file");
    // `-D`: Candour is our child, and strace a grandchild that writes its table a moment after Candour has ended.
    let traced =
        ["strace", "-D", "-f", "-c", "-e", "trace=fsync,fdatasync", "-o", calls.path().to_str().expect("UTF-8")];
    let mut candour = Candour::serve_through(&traced, &app.database.url());
    for token in &tokens {
        let body = json!({ "answers": { "belonging": ["agree"] } });
        candour.client().post(&format!("/api/v1/respond/{token}"), &body).expect(201);
    }
    candour.stop();
    let written = || fs::read_to_string(calls.path()).expect("a table");
    let stopped = Instant::now();
    while !written().contains("total") {
        assert!(stopped.elapsed() < Duration::from_secs(10), "strace wrote nothing");
        thread::sleep(Duration::from_millis(20));
    }
    let table = written();
    // `% time, seconds, usecs/call, calls, …, name of the call`
    let counted = |line: &str| line.split_whitespace().nth(3).and_then(|calls| calls.parse::<usize>().ok());
    let syncs: usize = table.lines().filter(|line| line.trim_end().ends_with("sync")).filter_map(counted).sum();
    println!("F2: {syncs} syncs for {} answers one after the other", app.stored_responses(&survey));
    assert!(syncs >= 40, "{table}");
}

/// F3
#[test]
fn a_database_that_restarts_loses_nothing() {
    let (restarts, outage) = if full() { (6, Duration::from_secs(10)) } else { (2, Duration::from_secs(2)) };
    let people = if full() { 8_000 } else { 800 };
    let server = PostgresServer::start();
    let (app, survey, tokens) = with_survey(database_at(server.new_database()), people);
    let candour = Candour::serve(&app.database.url(), &[]);
    let crowd = Crowd::new(&tokens);
    let mut slowest = Duration::ZERO;
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| crowd.answer(&candour.client(), Duration::from_millis(100)));
        }
        for restart in 0..=restarts {
            crowd.wait_for(50);
            server.crash();
            if restart == restarts {
                thread::sleep(outage);
                assert_eq!(candour.client().get("/readyz").status, 503);
                assert_eq!(candour.client().get("/livez").status, 200);
            }
            server.start_again();
            slowest = slowest.max(crowd.wait_for(1));
            if full() {
                thread::sleep(Duration::from_secs(5));
            }
        }
        crowd.over.store(true, Ordering::SeqCst);
    });
    let (told, refused) = (crowd.count(), crowd.refused.load(Ordering::SeqCst));
    println!(
        "F3: {restarts} restarts and an outage of {outage:?}: {told} acknowledged, {refused} refused, back after at most {slowest:?}"
    );
    assert!(refused > 0, "the restarts were not felt");
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
    nothing_is_lost(crowd, &app, &survey, &candour.client(), &tokens);
}

/// Two replicas of Candour, two of PostgreSQL: the primary dies under load, the standby takes over.
#[test]
fn a_failover_loses_no_acknowledged_answer() {
    let people = if full() { 4_000 } else { 1_000 };
    let primary = PostgresServer::start();
    primary.new_database();
    let standby = PostgresServer::standby_of(&primary);
    let (app, survey, tokens) = with_survey(database_at(primary.url_with(&standby)), people);
    let replicas = [1, 2].map(|_| Candour::serve(&app.database.url(), &[]));
    let crowd = Crowd::new(&tokens);
    let mut interruption = Duration::ZERO;
    thread::scope(|scope| {
        for replica in &replicas {
            for _ in 0..8 {
                scope.spawn(|| crowd.answer(&replica.client(), Duration::from_millis(30)));
            }
        }
        crowd.wait_for(people / 5);
        primary.crash();
        let crashed = Instant::now();
        standby.promote();
        crowd.wait_for(1);
        interruption = crashed.elapsed();
        crowd.wait_for(people / 5);
        crowd.over.store(true, Ordering::SeqCst);
    });
    let (told, refused) = (crowd.count(), crowd.refused.load(Ordering::SeqCst));
    println!("failover: {told} acknowledged, {refused} refused, served again {interruption:?} after the crash");
    assert!(refused > 0, "the failover was not felt");
    assert!(interruption < Duration::from_secs(10), "{interruption:?}");
    for replica in &replicas {
        replica.client().get("/readyz").expect(200);
    }
    nothing_is_lost(crowd, &app, &survey, &replicas[0].client(), &tokens);
}

/// A small disk, there for as long as this lives.
struct SmallDisk<'a>(&'a Path);

impl<'a> SmallDisk<'a> {
    /// `None` where nobody may mount one: that takes root.
    fn mount(folder: &'a Path, size: &str) -> Option<Self> {
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", size, "candour-test"]).arg(folder).status();
        mounted.is_ok_and(|status| status.success()).then_some(Self(folder))
    }

    /// Fills what is left.
    fn fill(&self) {
        let mut file = fs::File::create(self.0.join("ballast")).expect("a file");
        while file.write_all(&[0; 4096]).is_ok() {}
        while file.write_all(&[0]).is_ok() {}
    }

    fn free(&self) {
        fs::remove_file(self.0.join("ballast")).expect("the file goes");
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.0).status();
    }
}

/// F4
#[test]
fn a_full_disk_stores_nothing_by_halves_and_is_got_over() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let disk = SmallDisk::mount(folder.path(), "size=64m");
    let Some(disk) = disk else { return println!("F4: not tried, mounting a small disk takes root") };
    let home = tempfile::tempdir_in(folder.path()).expect("a folder on the small disk");
    let database = TestDatabase::Sqlite(home);
    migrate(&database.url());
    let (app, survey, tokens) = with_survey(database, 40);
    let candour = Candour::serve(&app.database.url(), &[]);
    let client = candour.client();
    let body = json!({ "answers": { "belonging": ["agree"] } });
    let submit = |token: &str| client.post(&format!("/api/v1/respond/{token}"), &body);
    submit(&tokens[0]).expect(201);

    disk.fill();
    let mut acknowledged = 1;
    for token in &tokens[1..30] {
        match submit(token).status {
            // What was allocated before still has room.
            201 => acknowledged += 1,
            status => assert_eq!(status, 503, "a full disk is no mistake of the respondent"),
        }
    }
    assert!(acknowledged < 30, "the disk was never full");
    assert_eq!(client.get("/readyz").status, 503);
    client.get(&format!("/s/{}", tokens[39])).expect(200);

    disk.free();
    client.get("/readyz").expect(200);
    for token in &tokens {
        assert!(matches!(submit(token).status, 201 | 409));
    }
    assert_eq!(app.stored_responses(&survey), 40);
    println!("F4: {acknowledged} acknowledged before the disk was full, all 40 stored after it had room");
}

/// F5
#[test]
fn a_database_that_takes_nothing_is_not_ready() {
    let server = PostgresServer::start();
    let url = server.new_database();
    let candour = Candour::serve(&url, &[]);
    let restart = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'candour'";
    server.administer("ALTER DATABASE candour SET default_transaction_read_only = on");
    server.administer(restart);
    candour.client().get("/readyz").expect(503);
    candour.client().get("/livez").expect(200);
    server.administer("ALTER DATABASE candour RESET default_transaction_read_only");
    server.administer(restart);
    candour.client().get("/readyz").expect(200);
}

on_both_databases! {
    /// Replicas share everything but their processes: e-mails go once, sign-ins hold everywhere, failed ones count together.
    fn two_replicas_do_each_thing_once(database) {
        let people = 300;
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        app.signed_in(Role::HrLead, Some(&ods));
        let folder = app.mailbox.path().display().to_string();
        let settings = [("CANDOUR__MAIL__DIRECTORY", folder.as_str()), ("CANDOUR__SECURITY__SECOND_FACTOR", "optional")];
        let replicas = [1, 2].map(|_| Candour::serve(&app.database.url(), &settings));
        let [here, there] = [replicas[0].client(), replicas[1].client()];
        let sign_in = |client: &Client, password: &str| {
            client.post("/api/v1/auth/token", &json!({ "email": "hr_lead.rxx@example.org", "password": password }))
        };
        let token = sign_in(&here, "a password of tests, quite long").expect(200).json()["access_token"].as_str().expect("a token").to_owned();

        // What one replica gave, the other takes.
        let hr = there.with_token(&token);
        let id = hr.post("/api/v1/organisations/RXX/surveys", &json!({ "title": "Race equality" })).expect(201).json()["id"].as_str().expect("an id").to_owned();
        let people: Vec<_> = (0..people).map(|n| json!({ "email": address(n), "unit": "MED-1" })).collect();
        hr.post(&format!("/api/v1/surveys/{id}/invitations"), &json!(people)).expect(200);
        here.with_token(&token).send("POST", &format!("/api/v1/surveys/{id}/open"), None).expect(200);

        let started = Instant::now();
        while app.mailbox.mails().len() < people.len() {
            assert!(started.elapsed() < Duration::from_secs(60), "{} of {} e-mails", app.mailbox.mails().len(), people.len());
            thread::sleep(Duration::from_millis(100));
        }
        thread::sleep(Duration::from_millis(500));
        let recipients: Vec<String> = app.mailbox.mails().iter().filter_map(|mail| mail.recipient()).collect();
        let distinct: BTreeSet<&String> = recipients.iter().collect();
        assert_eq!((recipients.len(), distinct.len()), (people.len(), people.len()));

        // Five wrong passwords are free, wherever they are tried.
        for n in 0..6 {
            sign_in([&here, &there][n % 2], "not the password at all");
        }
        for client in [&here, &there] {
            assert_eq!(sign_in(client, "a password of tests, quite long").status, 429);
        }
    }
}

on_both_databases! {
    /// F14
    fn a_migration_that_is_killed_leaves_every_response(database) {
        let (responses, kills) = if full() { (100_000, 20) } else { (5_000, 3) };
        let (app, survey, _) = with_survey(database, 1);
        let url = app.database.url();
        let numbers = format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {responses})");
        execute(&url, &format!("INSERT INTO responses (id, survey_id, coarse_class, answers) {numbers} SELECT 'r' || i, '{survey}', NULL, '{{\"belonging\":[\"' || i || '\"]}}' FROM n"));
        let all = "SELECT id || coalesce(coarse_class, '') || answers AS value FROM responses ORDER BY id";
        let before = lines(&url, all);
        let variables = [("CANDOUR__DATABASE__URL", url.as_str())];
        let migrate = |arguments: &[&str]| Finished::candour(&[&["migrate"], arguments].concat(), &variables);
        let mut slowest = Duration::ZERO;
        for kill in 0..kills {
            for direction in [&["migrate", "down", "--yes"][..], &["migrate", "up"]] {
                let mut migrating = Candour::begin(direction, &variables);
                thread::sleep(Duration::from_millis(2 * kill));
                migrating.kill();
            }
            let started = Instant::now();
            migrate(&["up"]).expect(0);
            slowest = slowest.max(started.elapsed());
            assert!(lines(&url, all) == before, "kill {kill}: responses differ");
        }
        assert!(!migrate(&["status"]).expect(0).stdout.contains("missing"));
        println!("F14: {responses} responses, {kills} kills while the schema went down and up, slowest step up {slowest:?}");
    }
}
