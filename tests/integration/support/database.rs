//! A database of one test's own, with every migration, on either of the two.

use std::collections::BTreeMap;

use candour::config::{Config, load_with_environment};
use candour::storage::{Database, migrations};
use tempfile::TempDir;

use super::PostgresDatabase;

/// A database that goes away with its test.
pub enum TestDatabase {
    /// A file in a folder of its own.
    Sqlite(TempDir),
    /// A database of the shared server.
    Postgres(PostgresDatabase),
}

impl TestDatabase {
    pub fn sqlite() -> Self {
        let database = Self::empty_sqlite();
        migrate(&database.url());
        database
    }

    pub fn postgres() -> Self {
        Self::Postgres(PostgresDatabase::migrated())
    }

    pub fn empty_sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().expect("a temporary directory"))
    }

    pub fn empty_postgres() -> Self {
        Self::Postgres(PostgresDatabase::empty())
    }

    /// As `database.url` takes it.
    pub fn url(&self) -> String {
        match self {
            Self::Sqlite(folder) => format!("sqlite://{}", folder.path().join("candour.sqlite3").display()),
            Self::Postgres(database) => database.url(),
        }
    }
}

/// Settings for a database, with what else is given as environment variables.
pub fn settings(url: &str, more: &BTreeMap<String, String>) -> Config {
    let variables = BTreeMap::from([
        ("CANDOUR__DATABASE__URL".to_owned(), url.to_owned()),
        ("CANDOUR__SECURITY__SECRET".to_owned(), "a secret of tests, long enough for everybody".to_owned()),
        ("CANDOUR__SERVER__PORT".to_owned(), "0".to_owned()),
        // What is not about signing in does without; `accounts` tests what is the default everywhere else.
        ("CANDOUR__SECURITY__SECOND_FACTOR".to_owned(), "optional".to_owned()),
        ("CANDOUR__LOG__FORMAT".to_owned(), "text".to_owned()),
        ("CANDOUR__LOG__FILTER".to_owned(), "warn".to_owned()),
    ]);
    let more = more.iter().map(|(name, value)| (name.clone(), value.clone()));
    let all: BTreeMap<String, String> = variables.into_iter().chain(more).collect();
    load_with_environment(None, all.into_iter()).expect("settings of tests are right")
}

/// Applies every migration.
pub fn migrate(url: &str) {
    let config = settings(url, &BTreeMap::new());
    let database = Database::new(&config.database).expect("a database");
    let mut conn = database.dedicated_connection().expect("a connection");
    migrations::up(&mut conn).expect("migrations apply");
}

/// The one number that `query` gives under the name `value`.
pub fn count(url: &str, query: &str) -> u64 {
    use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query, sql_types};

    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = sql_types::BigInt)]
        value: i64,
    }
    let row: Row = match url.strip_prefix("sqlite://") {
        Some(file) => sql_query(query).get_result(&mut SqliteConnection::establish(file).expect("the file opens")),
        None => sql_query(query).get_result(&mut PgConnection::establish(url).expect("the server answers")),
    }
    .expect("a number");
    row.value.try_into().expect("not negative")
}

/// Runs one statement, as somebody with the database in their hands would.
pub fn execute(url: &str, statement: &str) {
    use diesel::{Connection, PgConnection, RunQueryDsl, SqliteConnection, sql_query};

    match url.strip_prefix("sqlite://") {
        Some(file) => {
            let mut conn = SqliteConnection::establish(file).expect("the file opens");
            sql_query("PRAGMA busy_timeout = 5000").execute(&mut conn).expect("a pragma");
            sql_query(statement).execute(&mut conn)
        }
        None => sql_query(statement).execute(&mut PgConnection::establish(url).expect("the server answers")),
    }
    .unwrap_or_else(|error| panic!("{statement}: {error}"));
}

/// The texts that `query` gives under the name `value`.
pub fn lines(url: &str, query: &str) -> Vec<String> {
    use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query, sql_types};

    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = sql_types::Text)]
        value: String,
    }
    let rows: Vec<Row> = match url.strip_prefix("sqlite://") {
        Some(file) => sql_query(query).load(&mut SqliteConnection::establish(file).expect("the file opens")),
        None => sql_query(query).load(&mut PgConnection::establish(url).expect("the server answers")),
    }
    .unwrap_or_else(|error| panic!("{query}: {error}"));
    rows.into_iter().map(|row| row.value).collect()
}

/// The bytes that `query` gives under the name `value`; PostgreSQL only.
pub fn bytes(url: &str, query: &str) -> Vec<Vec<u8>> {
    use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query, sql_types};

    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = sql_types::Binary)]
        value: Vec<u8>,
    }
    let mut conn = PgConnection::establish(url).expect("the server answers");
    let rows: Vec<Row> = sql_query(query).load(&mut conn).unwrap_or_else(|error| panic!("{query}: {error}"));
    rows.into_iter().map(|row| row.value).collect()
}
