//! What Candour is compared with, measured in the same run: a handler that only sends bytes, and databases that only
//! commit.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use actix_web::{App, HttpResponse, HttpServer, web};
use diesel::connection::SimpleConnection;
use diesel::{Connection, RunQueryDsl, SqliteConnection, sql_query, sql_types};

/// Name of this program's argument that makes it the bare server: then the port, and the file to send.
pub const BARE_SERVER: &str = "--bare-server";

/// Sends the bytes of `file` on every path, for ever: two workers, as Candour.
pub fn bare_server(port: u16, file: &Path) {
    let bytes = web::Bytes::from(fs::read(file).expect("a page"));
    let serve = move || {
        let bytes = bytes.clone();
        App::new().default_service(web::to(move || {
            let bytes = bytes.clone();
            async move { HttpResponse::Ok().content_type("text/html; charset=utf-8").body(bytes) }
        }))
    };
    let server = HttpServer::new(serve).workers(2).bind(("127.0.0.1", port)).expect("a free port");
    actix_web::rt::System::new().block_on(server.run()).expect("it serves");
}

/// A process that is ended with its owner.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts [`bare_server`] as a process of its own.
pub fn start_bare_server(port: u16, page: &[u8], folder: &Path) -> Running {
    let file = folder.join("page");
    fs::write(&file, page).expect("written");
    let program = std::env::current_exe().expect("this program");
    let child = Command::new(program).args([BARE_SERVER, &port.to_string()]).arg(file).stdout(Stdio::null()).spawn();
    Running(child.expect("it starts"))
}

/// Commits a second of one row of so many bytes each, on SQLite with WAL and `synchronous=FULL`, as Candour's.
pub fn sqlite_commits(folder: &Path, duration: Duration, length: usize) -> f64 {
    let file = folder.join(format!("reference-{length}.sqlite3"));
    let mut conn = SqliteConnection::establish(&file.to_string_lossy()).expect("opens");
    for statement in
        ["PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "CREATE TABLE t (id TEXT PRIMARY KEY, body BLOB)"]
    {
        conn.batch_execute(statement).expect("executed");
    }
    let body = vec![7; length];
    let (started, mut rows) = (Instant::now(), 0_u32);
    while started.elapsed() < duration {
        sql_query("INSERT INTO t VALUES (?, ?)")
            .bind::<sql_types::Text, _>(format!("{rows:032x}"))
            .bind::<sql_types::Binary, _>(&body)
            .execute(&mut conn)
            .expect("committed");
        rows += 1;
    }
    f64::from(rows) / started.elapsed().as_secs_f64()
}

/// Transactions a second of pgbench that spend a token and insert a row with `body`, from 32 clients.
pub fn pgbench(url: &str, folder: &Path, seconds: u64, body: &str) -> f64 {
    let mut conn = diesel::PgConnection::establish(url).expect("the server answers");
    for statement in [
        "DROP TABLE IF EXISTS bench_tokens, bench_answers",
        "CREATE TABLE bench_tokens (id bigint PRIMARY KEY, used boolean NOT NULL)",
        "INSERT INTO bench_tokens SELECT n, false FROM generate_series(1, 1000000) AS n",
        "CREATE TABLE bench_answers (id uuid PRIMARY KEY, body bytea NOT NULL)",
        // As our own answers are stored.
        "ALTER TABLE bench_answers ALTER COLUMN body SET STORAGE EXTERNAL, SET (toast_tuple_target = 8160)",
        "VACUUM ANALYZE bench_tokens",
        "CHECKPOINT",
    ] {
        conn.batch_execute(statement).expect("executed");
    }
    let script = folder.join("submit.sql");
    let text = format!(
        "\\set token random(1, 1000000)\nBEGIN;\nUPDATE bench_tokens SET used = true WHERE id = :token;\n\
         INSERT INTO bench_answers VALUES (gen_random_uuid(), {body});\nCOMMIT;\n"
    );
    fs::write(&script, text).expect("written");
    let output = Command::new(program("pgbench"))
        .args(["--no-vacuum", "--client=32", "--jobs=2", &format!("--time={seconds}"), "--file"])
        .arg(&script)
        .arg(url)
        .output()
        .expect("pgbench runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let rate = said.lines().find_map(|line| line.strip_prefix("tps = ")?.split_whitespace().next()?.parse().ok());
    rate.unwrap_or_else(|| panic!("pgbench said: {said}{}", String::from_utf8_lossy(&output.stderr)))
}

/// Where Debian keeps PostgreSQL's programs that are not in everybody's path.
fn program(name: &str) -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let found = versions.map(|version| version.path().join("bin").join(name)).filter(|program| program.exists()).max();
    found.unwrap_or_else(|| PathBuf::from(name))
}
