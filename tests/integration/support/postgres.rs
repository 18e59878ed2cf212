//! A throw-away PostgreSQL server, started by the first test that wants one and shared by every test process.
//!
//! The first comer starts it under a file lock, the others find it by `target/test-postgres/server`. A watchdog in the
//! background stops and deletes it when no test has used it for two minutes, whatever became of the tests. Every test
//! gets a database of its own, cloned from a template that has the migrations.
//!
//! PostgreSQL does not run as root: root starts it as the user `postgres` of Debian's package.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query, sql_types};

use super::migrate;

/// Seconds without a test after which the server is stopped.
const IDLE_SECONDS: u32 = 120;

/// A database of one test's own; dropped with it, unless the test looks after the server, too.
pub struct PostgresDatabase {
    url: String,
    to_drop: Option<(Server, String)>,
}

impl PostgresDatabase {
    /// A database with every migration.
    pub fn migrated() -> Self {
        let (lock, server) = Server::running();
        let template = server.template();
        drop(lock);
        Self::create(server, &format!("TEMPLATE {template}"))
    }

    /// A database with nothing in it.
    pub fn empty() -> Self {
        let (_lock, server) = Server::running();
        Self::create(server, "TEMPLATE template0")
    }

    fn create(server: Server, from: &str) -> Self {
        let name = format!("test_{}", random_hex());
        execute(&server.url, "postgres", &format!("CREATE DATABASE {name} {from}"));
        Self { url: format!("{}/{name}", server.url), to_drop: Some((server, name)) }
    }

    /// A database of a server that the test looks after itself.
    pub fn at(url: String) -> Self {
        Self { url, to_drop: None }
    }

    /// `postgres://…`; a test that runs long keeps the server by asking for it now and then.
    pub fn url(&self) -> String {
        if self.to_drop.is_some() {
            note_use();
        }
        self.url.clone()
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        let Some((server, name)) = &self.to_drop else { return };
        if let Ok(mut conn) = PgConnection::establish(&format!("{}/postgres", server.url)) {
            // A test that fails here has failed already; the watchdog deletes what is left.
            let _ = conn.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

/// The shared server; `url` has no database.
struct Server {
    url: String,
}

impl Server {
    /// The running server, started when there is none. The lock keeps others out until it is dropped.
    fn running() -> (File, Self) {
        let room = room();
        fs::create_dir_all(&room).expect("target/test-postgres can be made");
        let lock = File::create(room.join("lock")).expect("the lock file can be made");
        lock.lock().expect("the lock can be taken");
        note_use();
        let url = match fs::read_to_string(room.join("server")) {
            Ok(url) if answers(&url) => url,
            _ => start(&room),
        };
        (lock, Self { url })
    }

    /// Name of the database that has exactly the migrations of this source tree.
    fn template(&self) -> String {
        #[derive(QueryableByName)]
        struct Found {
            #[diesel(sql_type = sql_types::BigInt)]
            found: i64,
        }
        let name = format!("template_{:016x}", hash_of_migrations());
        let mut conn = PgConnection::establish(&format!("{}/postgres", self.url)).expect("the test server answers");
        let query = format!("SELECT COUNT(*) AS found FROM pg_database WHERE datname = '{name}'");
        let rows: Vec<Found> = sql_query(query).load(&mut conn).expect("databases can be listed");
        if rows.iter().all(|row| row.found == 0) {
            // Under another name first: a half-migrated database is never taken for the template.
            let unfinished = format!("unfinished_{}", random_hex());
            execute(&self.url, "postgres", &format!("CREATE DATABASE {unfinished}"));
            migrate(&format!("{}/{unfinished}", self.url));
            execute(&self.url, "postgres", &format!("ALTER DATABASE {unfinished} RENAME TO {name}"));
        }
        name
    }
}

/// Certificate of the running server, which signs itself.
pub fn certificate() -> PathBuf {
    room().join("server.crt")
}

/// The watchdog leaves the server alone for a while.
fn note_use() {
    File::create(room().join("used")).expect("the sign of use can be written");
}

fn room() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("test-postgres")
}

/// Starts a server in a temporary directory and its watchdog; gives its URL and writes it to `room/server`.
fn start(room: &Path) -> String {
    let programs = programs();
    let home = tempfile::Builder::new().prefix("candour-postgres-").tempdir().expect("a temporary directory").keep();
    fs::set_permissions(&home, fs::Permissions::from_mode(0o755)).expect("permissions");
    let data = home.join("data");
    fs::create_dir(&data).expect("a data directory");
    let password = random_hex();
    give_to_owner(&home);
    let data_text = data.to_str().expect("UTF-8");
    initialise(&data, &password);
    run(as_owner("openssl").current_dir(&data).args([
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost",
        "-keyout",
        "server.key",
        "-out",
        "server.crt",
    ]));
    fs::copy(data.join("server.crt"), room.join("server.crt")).expect("the certificate can be copied");
    let port = free_port();
    // Nothing here outlives a power cut, so nothing needs to reach the disk.
    let settings = format!(
        "-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories= -c ssl=on -c fsync=off \
         -c full_page_writes=off -c max_connections=300 -c shared_buffers=64MB"
    );
    run(as_owner(programs.join("pg_ctl"))
        .args(["start", "--wait", "--silent", "--pgdata", data_text, "--options", &settings, "--log"])
        .arg(data.join("log")));
    let url = format!("postgres://candour:{password}@127.0.0.1:{port}");
    fs::write(room.join("server"), &url).expect("the URL can be written");
    start_watchdog(room, &home, &programs);
    url
}

/// Makes `data`, a folder of the server's owner, a cluster of databases with a superuser `candour`.
pub(super) fn initialise(data: &Path, password: &str) {
    let file = data.with_file_name("password");
    fs::write(&file, password).expect("a password file");
    give_to_owner(&file);
    run(as_owner(programs().join("initdb"))
        .args(["--username", "candour", "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync"])
        .arg("--pgdata")
        .arg(data)
        .arg("--pwfile")
        .arg(&file));
    fs::remove_file(file).expect("the password file is removed");
}

/// The server's owner may read and write it.
pub(super) fn give_to_owner(path: &Path) {
    if is_root() {
        run(Command::new("chown").arg("-R").arg("postgres:").arg(path));
    }
}

/// A shell in a session of its own that looks every ten seconds, under the same lock as the tests, for when the server
/// was last used.
fn start_watchdog(room: &Path, home: &Path, programs: &Path) {
    let stop = if is_root() { "setpriv --reuid=postgres --regid=postgres --init-groups" } else { "env" };
    let script = format!(
        r#"cd "$2"
while sleep 10; do
    flock lock sh -c '
        [ -e "$1" ] && [ $(( $(date +%s) - $(stat -c %Y used 2>/dev/null || echo 0) )) -lt {IDLE_SECONDS} ] && exit 0
        cd / && {stop} "$2"/pg_ctl stop --silent --mode immediate --pgdata "$1"/data
        rm -rf "$1"
        exit 1' sh "$1" "$3" || exit 0
done"#
    );
    Command::new("setsid")
        .args(["--fork", "sh", "-c", &script, "sh"])
        .args([home, room, programs])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("the watchdog starts");
}

/// Where Debian keeps initdb and its kind: the newest version there is, or wherever the search path says.
pub(super) fn programs() -> PathBuf {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.path().to_str().map(PathBuf::from))
        .filter_map(|path| Some((path.file_name()?.to_str()?.parse().ok()?, path.join("bin"))))
        .filter(|(_, programs)| programs.join("initdb").exists())
        .collect();
    versions.sort();
    let on_path = || std::env::split_paths(&std::env::var_os("PATH")?).find(|folder| folder.join("initdb").exists());
    versions
        .pop()
        .map(|(_, programs)| programs)
        .or_else(on_path)
        .expect("no PostgreSQL server is installed: run `make setup`")
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// A command as the user who owns the server.
pub(super) fn as_owner(program: impl AsRef<std::ffi::OsStr>) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--"]).arg(program).current_dir("/");
    command
}

/// Runs to the end, without handles of ours that a server could keep open.
pub(super) fn run(command: &mut Command) {
    let shown = format!("{command:?}");
    let errors = tempfile::tempfile().expect("a temporary file");
    let mut heard = errors.try_clone().expect("a second handle");
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(errors).status();
    if !status.as_ref().is_ok_and(std::process::ExitStatus::success) {
        use std::io::{Read, Seek};
        let mut said = String::new();
        let _ = heard.rewind().and_then(|()| heard.read_to_string(&mut said));
        panic!("{shown} ended with {status:?}: {said}");
    }
}

fn answers(url: &str) -> bool {
    let address = url.rsplit('@').next().unwrap_or_default();
    TcpStream::connect(address).is_ok() && PgConnection::establish(&format!("{url}/postgres")).is_ok()
}

fn execute(server: &str, database: &str, sql: &str) {
    let mut conn = PgConnection::establish(&format!("{server}/{database}")).expect("the test server answers");
    conn.batch_execute(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
}

pub(super) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}

pub(super) fn random_hex() -> String {
    candour::security::random_bytes::<12>().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hash_of_migrations() -> u64 {
    let mut files: Vec<PathBuf> = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/postgres"))
        .expect("migrations are there")
        .flat_map(|folder| fs::read_dir(folder.expect("readable").path()).expect("a folder each"))
        .map(|file| file.expect("readable").path())
        .collect();
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.hash(&mut hasher);
        fs::read(&file).expect("readable").hash(&mut hasher);
    }
    hasher.finish()
}
