//! A load generator: so many clients, each with one connection that it keeps, asking as fast as answers come.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// What was measured.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// Answers a second.
    pub rate: f64,
    /// Half of all answers came within this.
    pub median: Duration,
    /// 99 of 100 answers came within this.
    pub p99: Duration,
}

/// Sends `requests` from `clients` until all are answered or `limit` is over. A request may be sent again when all have
/// been: see `repeat`. An answer with another status than `expected` ends the run: it would be measured as fast work.
pub fn run(address: &str, clients: usize, requests: &[Vec<u8>], expected: u16, repeat: bool, limit: Duration) -> Load {
    run_with_pauses(address, clients, requests, expected, repeat, limit, Duration::ZERO)
}

/// [`run`], each client waiting for `pause` after each answer: people read what they get.
pub fn run_with_pauses(
    address: &str,
    clients: usize,
    requests: &[Vec<u8>],
    expected: u16,
    repeat: bool,
    limit: Duration,
    pause: Duration,
) -> Load {
    let (next, started) = (AtomicUsize::new(0), Instant::now());
    let mut times: Vec<Duration> = thread::scope(|scope| {
        let one = || {
            let mut connection = BufReader::new(TcpStream::connect(address).expect("it listens"));
            connection.get_ref().set_nodelay(true).expect("a socket");
            let mut times = Vec::new();
            while started.elapsed() < limit {
                let place = next.fetch_add(1, Ordering::Relaxed);
                let Some(request) = requests.get(if repeat { place % requests.len() } else { place }) else { break };
                let sent = Instant::now();
                connection.get_mut().write_all(request).expect("it is sent");
                let (status, _) = answer(&mut connection);
                times.push(sent.elapsed());
                assert_eq!(status, expected, "an answer with another status");
                if !pause.is_zero() {
                    thread::sleep(pause);
                }
            }
            times
        };
        let running: Vec<_> = (0..clients).map(|_| scope.spawn(one)).collect();
        running.into_iter().flat_map(|client| client.join().expect("no panic")).collect()
    });
    let seconds = started.elapsed().as_secs_f64();
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    Load { rate: times.len() as f64 / seconds, median: at(0.5), p99: at(0.99) }
}

/// One answer, read to its end: status and body.
fn answer(connection: &mut BufReader<TcpStream>) -> (u16, Vec<u8>) {
    let (mut status, mut length, mut line) = (0, 0, String::new());
    loop {
        line.clear();
        connection.read_line(&mut line).expect("a head");
        let text = line.trim_end();
        if text.is_empty() {
            break;
        }
        if let Some(rest) = text.strip_prefix("HTTP/1.1 ") {
            status = rest.get(..3).and_then(|code| code.parse().ok()).expect("a status");
        } else if let Some((name, value)) = text.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().expect("a length");
        }
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body).expect("a body");
    (status, body)
}

/// A request without a body; `headers` each with its end of line.
pub fn get(path: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: bench\r\nAccept: */*\r\n{headers}\r\n").into_bytes()
}

/// A request with JSON.
pub fn post(path: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}")
        .into_bytes()
}
