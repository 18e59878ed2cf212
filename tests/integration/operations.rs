//! The operator's commands: backup, restore, verify, purge, the settings of production.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use candour::domain::account::{Role, TenantScope};
use serde_json::json;

use crate::support::{App, Candour, Finished, STORED, TestDatabase, execute, on_both_databases};

/// `candour` with `arguments` on the database at `url`.
fn candour(url: &str, arguments: &[&str]) -> Finished {
    Finished::candour(arguments, &[("CANDOUR__DATABASE__URL", url)])
}

/// Another, empty database of the same kind.
fn empty_like(database: &TestDatabase) -> TestDatabase {
    match database {
        TestDatabase::Sqlite(_) => TestDatabase::empty_sqlite(),
        TestDatabase::Postgres(_) => TestDatabase::empty_postgres(),
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// An open survey with `people` invited of whom `answered` have answered.
fn survey(app: &App, people: usize, answered: usize) -> (String, Vec<String>) {
    let ods = app.organisation("RXX");
    let hr = app.signed_in(Role::HrLead, Some(&ods));
    let (survey, tokens) = app.open_survey(&hr, &ods, people);
    for token in &tokens[..answered] {
        app.client
            .post(&format!("/api/v1/respond/{token}"), &json!({ "answers": { "belonging": ["agree"] } }))
            .expect(201);
    }
    (survey, tokens)
}

on_both_databases! {
    fn a_backup_taken_under_load_is_restored_whole(database) {
        const PEOPLE: usize = 300;
        let app = App::spawn(database);
        let (survey, tokens) = survey(&app, PEOPLE, 0);
        let folder = tempfile::tempdir().expect("a temporary directory");
        let file = folder.path().join("candour.backup");
        let server = Candour::serve(&app.database.url(), &[]);
        let (acknowledged, finished) = (AtomicU64::new(0), AtomicBool::new(false));
        let (before, after) = thread::scope(|scope| {
            let submit = |mine: Vec<String>| {
                let client = server.client();
                for token in mine {
                    client.post(&format!("/api/v1/respond/{token}"), &json!({ "answers": { "belonging": ["agree"] } })).expect(201);
                    acknowledged.fetch_add(1, Ordering::SeqCst);
                }
                finished.store(true, Ordering::SeqCst);
            };
            for half in tokens.chunks(PEOPLE / 2) {
                let half = half.to_vec();
                scope.spawn(move || submit(half));
            }
            while acknowledged.load(Ordering::SeqCst) < 20 {
                thread::yield_now();
            }
            let before = acknowledged.load(Ordering::SeqCst);
            candour(&app.database.url(), &["backup", text(&file), "--encrypt"]).expect(0);
            (before, acknowledged.load(Ordering::SeqCst))
        });
        assert!(before < PEOPLE as u64, "the load was over before the backup began");
        assert_eq!(fs::metadata(&file).expect("it is there").permissions().mode() & 0o777, 0o600);

        let target = empty_like(&app.database);
        let restored = candour(&target.url(), &["restore", text(&file)]).expect(0);
        assert!(restored.stdout.contains("spent invitations are as many as responses"), "{}", restored.stdout);
        let kept = app.count_in(&target, &STORED.replace('?', &format!("'{survey}'")));
        println!("F15: {before} acknowledged before the backup, {after} after it, {kept} in the restored one");
        // At most one answer of each client is stored and not yet counted as acknowledged.
        assert!((before..=after + 2).contains(&kept), "{before} ≤ {kept} ≤ {after} + 2");
        assert_eq!(app.count_in(&target, "SELECT COUNT(*) AS value FROM sessions"), 0);

        // What was made of it answers, and whoever had not answered still can, once.
        let again = Candour::serve(&target.url(), &[]);
        for token in &tokens {
            let answer = again.client().post(&format!("/api/v1/respond/{token}"), &json!({ "answers": { "belonging": ["agree"] } }));
            assert!(matches!(answer.status, 201 | 409), "{answer:?}");
        }
        candour(&target.url(), &["verify"]).expect(0);
    }
}

on_both_databases! {
    fn a_restore_refuses_what_it_must_and_touches_nothing(database) {
        let app = App::spawn(database);
        survey(&app, 4, 2);
        let folder = tempfile::tempdir().expect("a temporary directory");
        let (plain, sealed) = (folder.path().join("plain"), folder.path().join("sealed"));
        let passphrase = folder.path().join("passphrase");
        fs::write(&passphrase, "correct horse battery staple\n").expect("written");
        let url = app.database.url();
        let warned = candour(&url, &["backup", text(&plain)]).expect(0);
        assert!(warned.stderr.contains("not encrypted"), "{}", warned.stderr);
        candour(&url, &["backup", text(&plain)]).expect(2);
        candour(&url, &["backup", text(&plain), "--overwrite"]).expect(0);
        candour(&url, &["backup", text(&sealed), "--passphrase-file", text(&passphrase)]).expect(0);
        let bytes = fs::read(&sealed).expect("it is there");
        assert!(!bytes.windows(9).any(|window| window == b"belonging") , "a sealed backup can be read");

        let refused = |file: &Path, more: &[&str], words: &str| {
            let target = empty_like(&app.database);
            let finished = candour(&target.url(), &[&["restore", text(file)], more].concat()).expect(2);
            assert!(finished.stderr.contains(words), "“{words}” is not in: {}", finished.stderr);
            let tables = match &target {
                TestDatabase::Sqlite(_) => "SELECT COUNT(*) AS value FROM sqlite_master",
                TestDatabase::Postgres(_) => "SELECT COUNT(*) AS value FROM pg_tables WHERE schemaname = 'public'",
            };
            assert_eq!(app.count_in(&target, tables), 0);
        };
        refused(&sealed, &[], "--passphrase-file");
        refused(&passphrase, &[], "no backup of Candour");
        let cut = folder.path().join("cut");
        for (whole, words, more) in [(&plain, "whole", &[][..]), (&sealed, "cut off", &["--passphrase-file", text(&passphrase)])] {
            let bytes = fs::read(whole).expect("it is there");
            fs::write(&cut, &bytes[..bytes.len() / 2]).expect("written");
            refused(&cut, more, words);
        }

        let target = empty_like(&app.database);
        let dry = candour(&target.url(), &["restore", text(&plain), "--dry-run"]).expect(0);
        assert!(dry.stdout.contains("nothing changed"), "{}", dry.stdout);
        candour(&target.url(), &["restore", text(&plain)]).expect(0);
        let twice = candour(&target.url(), &["restore", text(&plain)]).expect(2);
        assert!(twice.stderr.contains("--force"), "{}", twice.stderr);
        candour(&target.url(), &["restore", text(&sealed), "--passphrase-file", text(&passphrase), "--force"]).expect(0);

        let other = match &app.database {
            TestDatabase::Sqlite(_) => TestDatabase::empty_postgres(),
            TestDatabase::Postgres(_) => TestDatabase::empty_sqlite(),
        };
        let wrong = candour(&other.url(), &["restore", text(&plain)]).expect(2);
        assert!(wrong.stderr.contains("database.url names"), "{}", wrong.stderr);
        // The application still has its database open.
        let in_use = candour(&url, &["restore", text(&plain), "--force"]).expect(1);
        assert!(in_use.stderr.contains("in use"), "{}", in_use.stderr);
    }
}

on_both_databases! {
    fn verify_finds_what_is_wrong(database) {
        let app = App::spawn(database);
        let (survey, _) = survey(&app, 6, 3);
        let url = app.database.url();
        candour(&url, &["verify"]).expect(0);
        let other_secret = [("CANDOUR__DATABASE__URL", url.as_str()), ("CANDOUR__SECURITY__SECRET", "another secret, long enough for everybody too")];
        let closed = Finished::candour(&["verify"], &other_secret).expect(1);
        assert!(closed.stdout.contains("6 addresses do not open"), "{}", closed.stdout);
        execute(&url, "UPDATE sealed_responses SET sealed = substr(sealed, 1, 1) WHERE receipt_hash = (SELECT MIN(receipt_hash) FROM sealed_responses)");
        assert!(candour(&url, &["verify"]).expect(1).stdout.contains("1 responses cannot be read"));
        execute(&url, "DELETE FROM sealed_responses WHERE length(sealed) = 1");
        let lost = candour(&url, &["verify", "--format", "json"]).expect(1);
        assert!(lost.stdout.contains("3 invitations are spent, 2 responses are stored"), "{}", lost.stdout);
        execute(&url, &format!("UPDATE surveys SET state = 'published' WHERE id = '{survey}'"));
        assert!(candour(&url, &["verify"]).expect(1).stdout.contains("no release"));
    }
}

on_both_databases! {
    fn purge_deletes_what_its_time_is_over_for_and_nothing_else(database) {
        let app = App::spawn(database);
        let (survey, tokens) = survey(&app, 6, 3);
        let url = app.database.url();
        let rows = || {
            let of = |table| app.count_in(&app.database, &format!("SELECT COUNT(*) AS value FROM {table}"));
            assert_eq!(of("responses"), of("receipts"), "receipts go with their answers");
            (of("invitations"), of("responses"))
        };
        assert!(candour(&url, &["purge"]).expect(0).stderr.contains("nothing is due"), "an open survey is left alone");
        let scope = TenantScope::of_operator("RXX".parse().expect("an ODS code"));
        app.run(app.services.surveys.close(scope, survey.parse().expect("an id"))).expect("closed");
        let closed_on = |day: &str| execute(&url, &format!("UPDATE surveys SET closed_on = '{day}' WHERE id = '{survey}'"));
        let days_ago = |days| (candour::services::today() - time::Duration::days(days)).to_string();
        closed_on(&days_ago(30));
        candour(&url, &["purge"]).expect(0);
        assert_eq!(rows(), (6, 3), "on its last day it is kept");
        closed_on(&days_ago(31));
        let dry = candour(&url, &["purge", "--dry-run"]).expect(0);
        assert!(dry.stdout.contains(&survey) && dry.stderr.contains("nothing deleted"), "{dry:?}");
        assert_eq!(rows(), (6, 3));
        candour(&url, &["purge"]).expect(0);
        assert_eq!(rows(), (0, 3));
        app.client.get(&format!("/api/v1/respond/{}", tokens[0])).expect(404);
        closed_on(&days_ago(366));
        assert!(candour(&url, &["purge"]).expect(0).stdout.contains("unpublished"));
        assert_eq!(rows(), (0, 0));
        candour(&url, &["verify"]).expect(0);
    }
}

on_both_databases! {
    fn a_survey_notes_the_day_of_its_closing(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let (survey, _) = app.open_survey(&hr, &ods, 1);
        hr.send("POST", &format!("/api/v1/surveys/{survey}/close"), None).expect(200);
        let today = candour::services::today().to_string();
        let noted = format!("SELECT COUNT(*) AS value FROM surveys WHERE closed_on = '{today}'");
        assert_eq!(app.count_in(&app.database, &noted), 1);
    }
}

#[test]
fn production_refuses_weak_settings_and_names_each() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let file = folder.path().join("candour.sqlite3");
    fs::write(&file, "").expect("written");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("permissions");
    let url = format!("sqlite://{}", file.display());
    let check = ["config", "check", "--production"];
    let weak =
        Finished::candour(&check, &[("CANDOUR__DATABASE__URL", &url), ("CANDOUR__SECURITY__SECRET", &"x".repeat(40))])
            .expect(2);
    for words in ["public_url", "mail.transport", "security.secret", "read by others", "mail.from"] {
        assert!(weak.stderr.contains(words), "“{words}” is not in: {}", weak.stderr);
    }
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("permissions");
    let optional = [
        ("CANDOUR__SECURITY__SECOND_FACTOR", "optional"),
        ("CANDOUR__SECURITY__SECRET", "9Jq4mX0vT2sLr7HdWc1YbKzP5gUfNa8E"),
    ];
    assert!(Finished::candour(&check, &optional).expect(2).stderr.contains("security.second_factor"));
    let strong = [
        ("CANDOUR__DATABASE__URL", url.as_str()),
        ("CANDOUR__SECURITY__SECRET", "9Jq4mX0vT2sLr7HdWc1YbKzP5gUfNa8E"),
        ("CANDOUR__SERVER__PUBLIC_URL", "https://survey.trust.nhs.uk"),
        ("CANDOUR__MAIL__TRANSPORT", "smtp"),
        ("CANDOUR__MAIL__HOST", "smtp.trust.nhs.uk"),
        ("CANDOUR__MAIL__FROM", "Candour <survey@trust.nhs.uk>"),
    ];
    Finished::candour(&check, &strong).expect(0);
    let remote = "postgres://candour:x@db.trust.nhs.uk/candour";
    let plain: Vec<_> = strong.iter().copied().chain([("CANDOUR__DATABASE__URL", remote)]).collect();
    assert!(Finished::candour(&check, &plain).expect(2).stderr.contains("sslmode=verify-full"));
}

on_both_databases! {
    fn a_server_refuses_a_newer_schema(database) {
        let url = database.url();
        execute(&url, "INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231000000')");
        let refused = Finished::candour(&["serve"], &[("CANDOUR__DATABASE__URL", &url), ("CANDOUR__SERVER__PORT", "0")]).expect(1);
        assert!(refused.stderr.contains("newer candour"), "{}", refused.stderr);
    }
}

on_both_databases! {
    /// F16
    fn a_server_told_to_stop_answers_what_it_has_begun(database) {
        const CLIENTS: usize = 8;
        let app = App::spawn(database);
        let (survey, tokens) = survey(&app, 400, 0);
        let mut server = Candour::serve(&app.database.url(), &[]);
        let client = server.client();
        let (next, acknowledged, unanswered) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
        let (code, took) = thread::scope(|scope| {
            for _ in 0..CLIENTS {
                scope.spawn(|| {
                    let body = json!({ "answers": { "belonging": ["agree"] } }).to_string();
                    while let Some(token) = tokens.get(next.fetch_add(1, Ordering::SeqCst) as usize) {
                        let path = format!("/api/v1/respond/{token}");
                        match client.try_send("POST", &path, Some(("application/json", body.clone()))) {
                            Ok(answer) => {
                                assert_eq!(answer.status, 201, "{}", answer.body);
                                acknowledged.fetch_add(1, Ordering::SeqCst);
                            }
                            // Refused or closed before it was read: nothing was begun, and nothing may be stored.
                            Err(_) => {
                                unanswered.fetch_add(1, Ordering::SeqCst);
                                break;
                            }
                        }
                    }
                });
            }
            while acknowledged.load(Ordering::SeqCst) < 40 {
                thread::yield_now();
            }
            server.stop()
        });
        let (acknowledged, unanswered) = (acknowledged.into_inner(), unanswered.into_inner());
        println!("F16: {acknowledged} answered, {unanswered} refused after the signal, stopped in {took:?}");
        assert!(acknowledged < 400, "it was told too late to show anything");
        assert_eq!(code, Some(0));
        assert!(took.as_secs() < 30, "{took:?}");
        assert_eq!(app.stored_responses(&survey), acknowledged, "a request that was begun got no answer");
    }
}

on_both_databases! {
    fn metrics_have_their_own_listener_and_tell_nothing_about_anybody(database) {
        let app = App::spawn(database);
        let (_, tokens) = survey(&app, 14, 12);
        let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
        let server = Candour::serve(&app.database.url(), &[("CANDOUR__SERVER__METRICS_ADDRESS", &format!("127.0.0.1:{port}"))]);
        server.client().get(&format!("/s/{}", tokens[0]));
        server.client().get(&format!("/no/such/{}", tokens[1]));
        server.client().get("/metrics").expect(404);
        let metrics = crate::support::Client::new(&format!("http://127.0.0.1:{port}")).get("/metrics").expect(200).body;
        for line in ["candour_up 1", "candour_responses 11", "candour_jobs_queued 0", "candour_connections_free ", "route=\"/s/{token}", "route=\"(no route)\""] {
            assert!(metrics.contains(line), "“{line}” is not in:\n{metrics}");
        }
        for token in &tokens {
            assert!(!metrics.contains(token), "a token is in the metrics");
        }
    }
}

on_both_databases! {
    fn serving_deletes_what_its_time_is_over_for_once_over_all_replicas(database) {
        let app = App::spawn(database);
        let (survey, _) = survey(&app, 6, 3);
        let url = app.database.url();
        let scope = TenantScope::of_operator("RXX".parse().expect("an ODS code"));
        app.run(app.services.surveys.close(scope, survey.parse().expect("an id"))).expect("closed");
        let day = (candour::services::today() - time::Duration::days(31)).to_string();
        execute(&url, &format!("UPDATE surveys SET closed_on = '{day}' WHERE id = '{survey}'"));
        let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
        let metrics = ("CANDOUR__SERVER__METRICS_ADDRESS", format!("127.0.0.1:{port}"));
        let mut replicas = vec![Candour::serve(&url, &[(metrics.0, &metrics.1)])];
        if matches!(app.database, TestDatabase::Postgres(_)) {
            replicas.push(Candour::serve(&url, &[]));
        }
        let shown = || crate::support::Client::new(&format!("http://127.0.0.1:{port}")).get("/metrics").expect(200).body;
        let patience = std::time::Instant::now() + std::time::Duration::from_secs(20);
        while app.count_in(&app.database, "SELECT COUNT(*) AS value FROM invitations") > 0 || !shown().contains("candour_retention_runs 1\n") {
            assert!(std::time::Instant::now() < patience, "nothing is deleted: {}", shown());
            thread::sleep(std::time::Duration::from_millis(50));
        }
        assert_eq!(app.count_in(&app.database, "SELECT COUNT(*) AS value FROM responses"), 3, "their time is not over");
        assert!(shown().contains("candour_retention_failures 0\n"), "{}", shown());
        let logs: String = replicas.iter_mut().map(|replica| { replica.stop(); replica.log() }).collect();
        let said: Vec<&str> = logs.lines().filter(|line| line.contains("deleted what its time was over for")).collect();
        assert!(matches!(said.as_slice(), [line] if line.contains(&survey) && line.contains("\"unpublished\":true")), "{logs}");
        assert_eq!(app.count_in(&app.database, "SELECT COUNT(*) AS value FROM audit_events WHERE kind LIKE '%retention%'"), 1);
    }
}

#[test]
fn while_one_replica_deletes_others_leave_it_alone() {
    use diesel::connection::SimpleConnection;
    use diesel::{Connection, PgConnection};
    let app = App::spawn(TestDatabase::postgres());
    let url = app.database.url();
    let mut other = PgConnection::establish(&url).expect("connects");
    other.batch_execute("BEGIN; SELECT pg_advisory_xact_lock(-1)").expect("held");
    let refused = candour(&url, &["purge"]).expect(1);
    assert!(refused.stderr.contains("a replica is deleting at this moment"), "{}", refused.stderr);
    other.batch_execute("ROLLBACK").expect("let go");
    assert!(candour(&url, &["purge"]).expect(0).stderr.contains("nothing is due"));
}

#[test]
fn alerts_and_dashboard_name_only_metrics_that_are_served() {
    let source = include_str!("../../src/web/metrics.rs");
    let mut named = 0;
    for text in [include_str!("../../deploy/alerts.yaml"), include_str!("../../deploy/dashboard.json")] {
        for name in
            text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| word.starts_with("candour_"))
        {
            let stem = name.trim_start_matches("candour_").trim_end_matches("_bucket").trim_end_matches("_count");
            assert!(
                source.contains(&format!("\"{stem}\"")) || source.contains(&format!("\"candour_{stem}\"")),
                "{name} is not served"
            );
            named += 1;
        }
    }
    assert!(named > 10, "the files are not what this test reads them as");
}
