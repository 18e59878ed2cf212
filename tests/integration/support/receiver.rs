//! A receiver of webhooks: a real HTTP server on this machine that answers as it is told.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Received {
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Received {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// A server that notes what comes and answers each request with the next answer, the last one again and again.
pub struct Receiver {
    port: u16,
    received: Arc<Mutex<Vec<Received>>>,
    answers: Arc<Mutex<Vec<String>>>,
}

impl Receiver {
    /// Answers 204.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let received = Arc::new(Mutex::new(Vec::new()));
        let answers = Arc::new(Mutex::new(vec!["204 No Content\r\n".to_owned()]));
        let (notes, says) = (Arc::clone(&received), Arc::clone(&answers));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                serve(stream, &notes, &says);
            }
        });
        Self { port, received, answers }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Answers with these from now on: status line without version, then headers, each with a line end. Empty hangs up.
    pub fn answer(&self, answers: &[&str]) {
        *self.answers.lock().expect("no panic") = answers.iter().map(|answer| (*answer).to_owned()).collect();
    }

    /// What came since the last time somebody asked.
    pub fn take(&self) -> Vec<Received> {
        std::mem::take(&mut *self.received.lock().expect("no panic"))
    }
}

/// The request that comes in on `stream`.
pub(super) fn read(stream: &TcpStream) -> Received {
    let mut reader = BufReader::new(stream);
    let mut line = || {
        let mut line = String::new();
        let _ = reader.read_line(&mut line);
        line.trim_end().to_owned()
    };
    let path = line().split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = BTreeMap::new();
    loop {
        let header = line();
        let Some((name, value)) = header.split_once(": ") else { break };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    let _ = reader.read_exact(&mut body);
    Received { path, headers, body: String::from_utf8_lossy(&body).into_owned() }
}

fn serve(mut stream: TcpStream, notes: &Mutex<Vec<Received>>, says: &Mutex<Vec<String>>) {
    let received = read(&stream);
    notes.lock().expect("no panic").push(received);
    let mut says = says.lock().expect("no panic");
    let answer = if says.len() > 1 { says.remove(0) } else { says.first().cloned().unwrap_or_default() };
    if !answer.is_empty() {
        let _ = write!(stream, "HTTP/1.1 {answer}content-length: 0\r\nconnection: close\r\n\r\n");
    }
}
