//! The second wall between organisations: PostgreSQL's row-level security, behind the scope that every query takes.

use std::collections::BTreeMap;

use candour::domain::account::{Role, TenantScope};
use candour::storage::{Connection, Database, StorageError};
use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use serde_json::json;

use crate::support::{App, Finished, TestDatabase, execute, lines, settings};

/// Tables whose rows belong to no organisation. Jobs, keys of requests and limits hold identifiers and keyed hashes.
const OF_NOBODY: [&str; 8] = [
    "__diesel_schema_migrations",
    "idempotent_answers",
    "jobs",
    "populations",
    "rate_limits",
    "revoked_tokens",
    "sign_in_attempts",
    "signing_keys",
];

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    value: String,
}

fn count(conn: &mut Connection, query: &str) -> Result<i64, StorageError> {
    let Connection::Postgres(conn) = conn else { unreachable!("these tests are of PostgreSQL") };
    Ok(sql_query(query).get_result::<Count>(conn)?.value)
}

fn line(conn: &mut Connection, query: &str) -> Result<String, StorageError> {
    let Connection::Postgres(conn) = conn else { unreachable!("these tests are of PostgreSQL") };
    Ok(sql_query(query).get_result::<Line>(conn)?.value)
}

fn guarded(url: &str) -> Vec<String> {
    let tables = "SELECT relname::text AS value FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace \
                  AND relrowsecurity AND relforcerowsecurity ORDER BY 1";
    lines(url, tables)
}

/// Two organisations that have been used: a survey with answers, one of them closed, accounts, a client, a webhook.
fn two_organisations(database: TestDatabase) -> App {
    let app = App::spawn(database);
    for ods in ["RXX", "RYY"] {
        let own = app.organisation(ods);
        let hr = app.signed_in(Role::HrLead, Some(&own));
        let (survey, tokens) = app.open_survey(&hr, &own, 12);
        for token in &tokens {
            let answers = json!({ "answers": { "belonging": ["agree"] } });
            app.client.post(&format!("/api/v1/respond/{token}"), &answers).expect(201);
        }
        hr.send("POST", &format!("/api/v1/surveys/{survey}/close"), None).expect(200);
        hr.send("POST", &format!("/api/v1/surveys/{survey}/publish"), None).expect(200);
        app.mailbox.empty();
        let (_, tokens) = app.open_survey(&hr, &own, 1);
        let answers = json!({ "answers": { "belonging": ["agree"] } });
        app.client.post(&format!("/api/v1/respond/{}", tokens[0]), &answers).expect(201);
        app.mailbox.empty();
        let administrator = app.signed_in(Role::OrganisationAdministrator, Some(&own));
        let webhook = json!({ "url": "https://hooks.example.org/", "events": ["survey.opened"] });
        administrator.post("/api/v1/webhooks", &webhook).expect(201);
        let client = json!({ "name": "Dashboard", "scopes": ["survey:read"], "secret": true });
        administrator.post("/api/v1/clients", &client);
    }
    app
}

#[test]
fn every_table_of_an_organisation_is_behind_the_wall() {
    let database = TestDatabase::postgres();
    let url = database.url();
    let open = "SELECT relname::text AS value FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace \
                AND NOT (relrowsecurity AND relforcerowsecurity) ORDER BY 1";
    assert_eq!(lines(&url, open), OF_NOBODY, "a new table has a policy, or it stands in OF_NOBODY");
    assert!(guarded(&url).len() >= 26);
}

#[test]
fn a_query_without_a_scope_finds_nothing_and_one_with_a_scope_nothing_of_others() {
    let app = two_organisations(TestDatabase::postgres());
    let url = app.database.url();
    let database = Database::new(&settings(&url, &BTreeMap::new()).database).expect("a database");
    let mut found = 0;
    for table in guarded(&url) {
        let every = format!("SELECT COUNT(*) AS value FROM {table}");
        let counted = |scope: Option<&str>| {
            let every = every.clone();
            let work = move |conn: &mut Connection| count(conn, &every);
            match scope {
                Some(ods) => app.run(database.of(&TenantScope::of_operator(ods.parse().expect("a code"))).read(work)),
                None => app.run(database.of_no_organisation().read(work)),
            }
            .expect("counted")
        };
        assert_eq!(counted(None), 0, "{table} without a scope");
        let (x, y) = (counted(Some("RXX")), counted(Some("RYY")));
        let query = every.clone();
        let all = app.run(database.of_every_organisation().read(move |conn| count(conn, &query))).expect("counted");
        assert_eq!(all, app.count_in(&app.database, &every) as i64, "{table}: all organisations are all rows");
        // What belongs to the installation itself is neither's.
        let installation = if table.starts_with("audit_") { all - x - y } else { 0 };
        assert_eq!(x + y + installation, all, "{table}");
        assert_eq!(x, y, "{table}: both have done the same");
        found += usize::from(x > 0);
    }
    assert!(found >= 12, "only {found} tables held anything");
    assert_eq!(counted_directly(&app, &database, "organisation <> 'RXX'"), 0);
}

/// Surveys of others that a transaction of RXX can be made to show.
fn counted_directly(app: &App, database: &Database, condition: &str) -> i64 {
    let query = format!("SELECT COUNT(*) AS value FROM surveys WHERE {condition}");
    let scope = TenantScope::of_operator("RXX".parse().expect("a code"));
    app.run(database.of(&scope).read(move |conn| count(conn, &query))).expect("counted")
}

#[test]
fn nothing_is_written_for_another_organisation() {
    let app = two_organisations(TestDatabase::postgres());
    let database = Database::new(&settings(&app.database.url(), &BTreeMap::new()).database).expect("a database");
    let others = lines(&app.database.url(), "SELECT id AS value FROM surveys WHERE organisation = 'RYY'");
    let attempts = [
        "UPDATE surveys SET organisation = 'RYY' RETURNING 1::bigint AS value".to_owned(),
        "INSERT INTO actions (id, organisation, body) VALUES ('x', 'RYY', '{}') RETURNING 1::bigint AS value"
            .to_owned(),
        format!(
            "INSERT INTO receipts (receipt_hash, survey_id) VALUES ('x', '{}') RETURNING 1::bigint AS value",
            others[0]
        ),
    ];
    for attempt in attempts {
        let scope = TenantScope::of_operator("RXX".parse().expect("a code"));
        let statement = attempt.clone();
        let refused = app.run(database.of(&scope).write(move |conn| count(conn, &statement)));
        let error = refused.expect_err(&attempt).to_string();
        assert!(error.contains("row-level security"), "{attempt}: {error}");
    }
}

#[test]
fn the_service_works_under_a_role_that_owns_nothing() {
    let app = App::spawn(TestDatabase::postgres());
    let database = Database::new(&settings(&app.database.url(), &BTreeMap::new()).database).expect("a database");
    let asked = |query: &'static str| app.run(database.of_every_organisation().write(move |conn| line(conn, query)));
    assert_eq!(asked("SELECT current_user::text AS value").expect("a name"), "candour_app");
    let might = "SELECT (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolcanlogin)::text AS value \
                 FROM pg_roles WHERE rolname = current_user";
    assert_eq!(asked(might).expect("a role"), "false");
    let owned = "SELECT COUNT(*)::text AS value FROM pg_class WHERE relowner = current_user::regrole";
    assert_eq!(asked(owned).expect("a count"), "0");
    for attempt in [
        "ALTER TABLE surveys NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY by_organisation ON surveys",
        "TRUNCATE audit_events",
        "DELETE FROM audit_events",
        "UPDATE audit_events SET detail = ''",
        "DELETE FROM __diesel_schema_migrations",
    ] {
        let error = asked(attempt).expect_err(attempt).to_string();
        assert!(error.contains("must be owner") || error.contains("permission denied"), "{attempt}: {error}");
    }
}

#[test]
fn a_database_without_its_wall_is_found() {
    let app = App::spawn(TestDatabase::postgres());
    let url = app.database.url();
    let verify = || Finished::candour(&["verify"], &[("CANDOUR__DATABASE__URL", &url)]);
    verify().expect(0);
    execute(&url, "REVOKE SELECT ON surveys FROM candour_app");
    let found = verify().expect(1);
    assert!(found.stdout.contains("is a superuser"), "{}", found.stdout);
}

/// An owner of the database who is not a superuser and may make no roles, as a careful hoster gives one out.
#[test]
fn an_owner_who_may_make_no_roles_is_bound_as_well() {
    let empty = TestDatabase::empty_postgres();
    let url = empty.url();
    let (server, name) = url.rsplit_once('/').expect("a database");
    let owner = format!("owner_{name}");
    execute(&url, &format!("CREATE ROLE {owner} LOGIN PASSWORD 'of tests' NOSUPERUSER NOCREATEROLE"));
    execute(&url, &format!("ALTER DATABASE {name} OWNER TO {owner}"));
    execute(&url, &format!("ALTER SCHEMA public OWNER TO {owner}"));
    let (_, host) = server.rsplit_once('@').expect("a host");
    let url = format!("postgres://{owner}:of%20tests@{host}/{name}");
    crate::support::migrate(&url);
    let app = two_organisations(TestDatabase::Postgres(crate::support::PostgresDatabase::at(url.clone())));
    let database = Database::new(&settings(&url, &BTreeMap::new()).database).expect("a database");
    let query = "SELECT COUNT(*) AS value FROM surveys";
    assert_eq!(app.run(database.of_no_organisation().read(move |conn| count(conn, query))).expect("counted"), 0);
    let scope = TenantScope::of_operator("RXX".parse().expect("a code"));
    assert_eq!(app.run(database.of(&scope).read(move |conn| count(conn, query))).expect("counted"), 2);
    drop(app);
    drop(database);
    let rights = format!("REASSIGN OWNED BY {owner} TO candour; DROP OWNED BY {owner}");
    rights.split("; ").for_each(|statement| execute(&empty.url(), statement));
    execute(&empty.url(), &format!("DROP ROLE {owner}"));
}
