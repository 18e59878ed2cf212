//! The real binary as a process of its own: commands that end, and servers that can be killed.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use super::Client;

/// A command that has ended.
#[derive(Debug)]
pub struct Finished {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// A running `candour serve`, killed with its test.
pub struct Candour {
    child: Child,
    base: String,
    log: Arc<Mutex<String>>,
    reader: Option<thread::JoinHandle<()>>,
}

impl Finished {
    /// `candour` with these arguments and variables, run to its end in a folder of its own.
    pub fn candour(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let output = command(variables)
            .args(arguments)
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .output()
            .expect("candour runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }
}

impl Candour {
    /// `candour serve` over `database_url`; returns when it is ready.
    pub fn serve(database_url: &str, variables: &[(&str, &str)]) -> Self {
        Self::start(command(variables), database_url)
    }

    /// The same, started by another program that is given Candour's arguments after its own.
    pub fn serve_through(program: &[&str], database_url: &str) -> Self {
        let candour = command(&[]);
        let mut through = Command::new(program[0]);
        through.args(&program[1..]).arg(candour.get_program());
        for (name, value) in candour.get_envs() {
            match value {
                Some(value) => through.env(name, value),
                None => through.env_remove(name),
            };
        }
        Self::start(through, database_url)
    }

    /// A command that has begun, to be killed.
    pub fn begin(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = command(variables);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Self { child: command.spawn().expect("candour starts"), base: String::new(), log: Arc::default(), reader: None }
    }

    fn start(mut command: Command, database_url: &str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
        let mut child = command
            .arg("serve")
            .env("CANDOUR__DATABASE__URL", database_url)
            .env("CANDOUR__SERVER__PORT", port.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("candour starts");
        let log = Arc::new(Mutex::new(String::new()));
        let stderr = child.stderr.take().expect("piped");
        let theirs = Arc::clone(&log);
        let reader = thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let mut log = theirs.lock().expect("no panic");
                log.push_str(&line);
                log.push('\n');
            }
        });
        let candour = Self { child, base: format!("http://127.0.0.1:{port}"), log, reader: Some(reader) };
        candour.wait_until_ready();
        candour
    }

    fn wait_until_ready(&self) {
        let client = self.client();
        let deadline = Instant::now() + Duration::from_secs(30);
        while !client.try_send("GET", "/readyz", None).is_ok_and(|answer| answer.status == 200) {
            assert!(Instant::now() < deadline, "candour is not ready after 30 s: {}", self.log());
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Megabytes of memory that it holds now.
    pub fn memory(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it runs");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("Linux tells it");
        let kilobytes: f64 = line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("a number");
        kilobytes / 1024.0
    }

    /// `HOST:PORT`, for whoever does not speak HTTP well.
    pub fn address(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    pub fn client(&self) -> Client {
        Client::new(&self.base)
    }

    /// What it has logged so far; everything once it was stopped.
    pub fn log(&self) -> String {
        self.log.lock().expect("no panic").clone()
    }

    /// Asks it to stop, as a service manager does, and gives its exit code and how long it took.
    pub fn stop(&mut self) -> (Option<i32>, Duration) {
        let started = Instant::now();
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill runs");
        assert!(told.success(), "it was not running any more");
        let status = self.child.wait().expect("it ends");
        let took = started.elapsed();
        if let Some(reader) = self.reader.take() {
            reader.join().expect("no panic");
        }
        (status.code(), took)
    }

    /// kill −9.
    pub fn kill(&mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }
}

impl Drop for Candour {
    fn drop(&mut self) {
        // It may have ended by itself; either way nothing is left of it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The binary with nothing of our own environment that would change its settings.
fn command(variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_candour"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CANDOUR__")) {
        command.env_remove(name);
    }
    command.env("CANDOUR__SECURITY__SECRET", SECRET).envs(variables.iter().copied());
    command
}

/// The same as that of applications inside the test, so that both read the same database.
const SECRET: &str = "a secret of tests, long enough for everybody";
