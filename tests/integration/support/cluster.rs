//! PostgreSQL servers of one test's own, which it may break, start again and promote. Durable as in production.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use super::postgres::{as_owner, free_port, give_to_owner, initialise, programs, random_hex, run};
use super::{execute, migrate};

/// A server of one test's own; stopped and deleted with it.
pub struct PostgresServer {
    home: TempDir,
    port: u16,
    password: String,
}

impl PostgresServer {
    /// A server with an empty database.
    pub fn start() -> Self {
        let server = Self::at_home(random_hex());
        initialise(&server.data(), &server.password);
        server.start_again();
        server
    }

    /// A second server that follows `primary` by streaming replication. From now on `primary` acknowledges a commit only
    /// when this server has it, too.
    pub fn standby_of(primary: &Self) -> Self {
        let standby = Self::at_home(primary.password.clone());
        run(as_owner(programs().join("pg_basebackup"))
            .args(["--write-recovery-conf", "--checkpoint=fast", "--dbname", &primary.url_of("postgres"), "--pgdata"])
            .arg(standby.data()));
        standby.start_again();
        primary.administer("ALTER SYSTEM SET synchronous_standby_names = '*'");
        primary.administer("SELECT pg_reload_conf()");
        standby
    }

    fn at_home(password: String) -> Self {
        let home = tempfile::Builder::new().prefix("candour-postgres-").tempdir().expect("a temporary directory");
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
        let server = Self { home, port: free_port(), password };
        fs::create_dir(server.data()).expect("a data directory");
        fs::set_permissions(server.data(), fs::Permissions::from_mode(0o700)).expect("permissions");
        give_to_owner(server.home.path());
        server
    }

    fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    fn control(&self, action: &str) -> Command {
        let mut command = as_owner(programs().join("pg_ctl"));
        command.args([action, "--wait", "--silent", "--pgdata"]).arg(self.data());
        command
    }

    /// Starts it, whatever state it was left in.
    pub fn start_again(&self) {
        let port = self.port;
        let settings = format!("-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories=");
        run(self.control("start").args(["--options", &settings, "--log"]).arg(self.data().join("log")));
    }

    /// Stops it as a crash would: nothing is written, every connection breaks.
    pub fn crash(&self) {
        run(self.control("stop").args(["--mode", "immediate"]));
    }

    /// Makes a standby the primary.
    pub fn promote(&self) {
        run(&mut self.control("promote"));
    }

    /// Runs one statement outside of the database of Candour.
    pub fn administer(&self, statement: &str) {
        execute(&self.url_of("postgres"), statement);
    }

    /// `HOST:PORT`
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    fn url_of(&self, database: &str) -> String {
        format!("postgres://candour:{}@{}/{database}", self.password, self.address())
    }

    /// The URL of a new database with every migration.
    pub fn new_database(&self) -> String {
        self.administer("CREATE DATABASE candour");
        migrate(&self.url_of("candour"));
        self.url_of("candour")
    }

    /// The same database on this server or on `other`, whichever may be written.
    pub fn url_with(&self, other: &Self) -> String {
        let hosts = format!("{},{}", self.address(), other.address());
        format!("postgres://candour:{}@{hosts}/candour?target_session_attrs=read-write", self.password)
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        // It may have been stopped by the test.
        let _ = self.control("stop").args(["--mode", "immediate"]).status();
    }
}
