//! What comes from outside: too many, too slow, too large, and a clock that jumps.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use super::{full, with_survey};
use crate::support::{Answer, Candour, Client, TestDatabase};

/// F5
#[test]
fn too_many_connections_do_not_end_it() {
    let database = TestDatabase::sqlite();
    let candour = Candour::serve_through(&["prlimit", "--nofile=96"], &database.url());
    let crowd: Vec<_> = (0..400).map_while(|_| TcpStream::connect(candour.address()).ok()).collect();
    assert!(crowd.len() > 96, "only {} connected", crowd.len());
    thread::sleep(Duration::from_millis(500));
    drop(crowd);
    let started = Instant::now();
    while !candour.client().try_send("GET", "/readyz", None).is_ok_and(|answer| answer.status == 200) {
        assert!(started.elapsed() < Duration::from_secs(15), "{}", candour.log());
        thread::sleep(Duration::from_millis(100));
    }
    println!("F5: ready {:?} after 400 connections over a limit of 96 files", started.elapsed());
}

/// F9
#[test]
fn what_is_too_large_or_endless_is_cut_off() {
    let database = TestDatabase::sqlite();
    let candour = Candour::serve(&database.url(), &[("CANDOUR__SERVER__BODY_DEADLINE_SECONDS", "2")]);
    candour.client().get("/office/sign-in").expect(200);
    let before = candour.memory();
    let head = "POST /api/v1/auth/token HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n";
    let endless = format!("{head}Transfer-Encoding: chunked\r\n\r\n");
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    let tries: [(&str, String, String); 5] = [
        ("a long address", format!("GET /{} HTTP/1.1\r\nHost: here\r\n\r\n", "a".repeat(1 << 20)), String::new()),
        (
            "a long header",
            format!("GET / HTTP/1.1\r\nHost: here\r\nX-Long: {}\r\n\r\n", "a".repeat(1 << 20)),
            String::new(),
        ),
        (
            "many headers",
            format!("GET / HTTP/1.1\r\nHost: here\r\n{}\r\n", "X-Many: a\r\n".repeat(50_000)),
            String::new(),
        ),
        ("a large body", format!("{head}Content-Length: 1000000000\r\n\r\n"), "x".repeat(0x10000)),
        ("endless chunks", endless, chunk),
    ];
    for (name, start, again) in &tries {
        let status = first_status(candour.address(), start, again);
        assert!(matches!(status, 400 | 408 | 413 | 414 | 431), "{name}: {status}");
    }
    let grown = candour.memory() - before;
    println!("F9: memory grew by {grown:.1} MB");
    assert!(grown < 16.0, "{grown} MB");
    candour.client().get("/livez").expect(200);
}

/// Sends `start`, and then `again` for as long as it is taken; gives the status of the answer.
fn first_status(address: &str, start: &str, again: &str) -> u16 {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a limit");
    stream.set_write_timeout(Some(Duration::from_millis(500))).expect("a limit");
    let mut taken = stream.write_all(start.as_bytes()).is_ok();
    for _ in 0..10_000 {
        taken = taken && !again.is_empty() && stream.write_all(again.as_bytes()).is_ok();
    }
    let mut answer = [0; 64];
    let length = stream.read(&mut answer).unwrap_or(0);
    let text = String::from_utf8_lossy(&answer[..length]).into_owned();
    text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("no status in {text:?}"))
}

/// F8
#[test]
fn slow_and_idle_connections_do_not_hinder_others() {
    let idle = if full() { 2_000 } else { 300 };
    let database = TestDatabase::sqlite();
    let candour = Candour::serve(&database.url(), &[]);
    let client = candour.client();
    let p99 = || {
        let mut times: Vec<Duration> = (0..400)
            .map(|_| {
                let started = Instant::now();
                client.get("/about/anonymity").expect(200);
                started.elapsed()
            })
            .collect();
        times.sort();
        times[times.len() * 99 / 100]
    };
    let alone = p99();
    let head = "POST /api/v1/auth/token HTTP/1.1\r\nHost: here\r\nContent-Length: 100\r\n\r\n{";
    let starts = ["", "GET /about/anon", head];
    let slow: Vec<TcpStream> = (0..idle)
        .map(|n| {
            let mut stream = TcpStream::connect(candour.address()).expect("it listens");
            stream.write_all(starts[n % starts.len()].as_bytes()).expect("it reads");
            stream
        })
        .collect();
    let among = p99();
    drop(slow);
    println!("F8: p99 {alone:?} alone, {among:?} among {idle} slow and idle connections");
    assert!(among < alone * 3 + Duration::from_millis(2), "{alone:?} → {among:?}");
}

/// F17
#[test]
fn memory_does_not_grow_under_a_steady_load() {
    const CLIENTS: u32 = 4;
    let (warm_up, measured) = if full() { (60, 420) } else { (4, 12) };
    let (app, _, tokens) = with_survey(TestDatabase::sqlite(), if full() { 2_000 } else { 200 });
    let candour = Candour::serve(&app.database.url(), &[]);
    let waiting = Mutex::new(tokens.clone());
    let turns = AtomicU32::new(0);
    let turn = |client: &Client| {
        let number = turns.fetch_add(1, Ordering::SeqCst);
        let token = &tokens[number as usize % tokens.len()];
        match number % 50 {
            // Somebody answers; when everybody has, somebody tries it again.
            0 => {
                let next = waiting.lock().expect("no panic").pop();
                let status = if next.is_some() { 201 } else { 409 };
                let token = next.as_ref().unwrap_or(token);
                let body = json!({ "answers": { "belonging": ["agree"], "comment": ["x".repeat(500)] } });
                drop(client.post(&format!("/api/v1/respond/{token}"), &body).expect(status));
            }
            1..25 => drop(client.get(&format!("/s/{token}/question/belonging"))),
            25..40 => drop(client.get("/about/anonymity").expect(200)),
            _ => drop(client.get(&format!("/s/{token}"))),
        }
    };
    // As fast as it goes, then at 70 % of that.
    let run = |length: Duration, pace: Option<Duration>| {
        let (started, before) = (Instant::now(), turns.load(Ordering::SeqCst));
        thread::scope(|scope| {
            for _ in 0..CLIENTS {
                scope.spawn(|| {
                    let client = candour.client();
                    while started.elapsed() < length {
                        let begun = Instant::now();
                        turn(&client);
                        thread::sleep(pace.unwrap_or_default().saturating_sub(begun.elapsed()));
                    }
                });
            }
        });
        f64::from(turns.load(Ordering::SeqCst) - before) / started.elapsed().as_secs_f64()
    };
    let most = run(Duration::from_secs(2), None);
    let pace = Duration::from_secs_f64(f64::from(CLIENTS) / (0.7 * most));
    // Caches fill first: those of each connection to the database, as long as the database grows.
    run(Duration::from_secs(warm_up), Some(pace));
    while full() && !waiting.lock().expect("no panic").is_empty() {
        run(Duration::from_secs(warm_up), Some(pace));
    }
    let mut held = Vec::new();
    let rate = thread::scope(|scope| {
        let load = scope.spawn(|| run(Duration::from_secs(measured), Some(pace)));
        while !load.is_finished() {
            held.push(candour.memory());
            thread::sleep(Duration::from_millis(250));
        }
        load.join().expect("no panic")
    });
    for minute in held.chunks(240) {
        println!("F17: {:.2} MB", minute.iter().sum::<f64>() / minute.len() as f64);
    }
    // Thirds, not single readings: memory is given back in pieces.
    let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
    let third = held.len() / 3;
    let grown = mean(&held[held.len() - third..]) - mean(&held[..third]);
    let after = held[held.len() - 1];
    println!(
        "F17: {rate:.0} requests a second for {measured} s (at most {most:.0}): {after:.1} MB held, {grown:+.2} MB"
    );
    assert!(grown < 2.0, "{grown} MB in {measured} s");
}

/// F7
#[test]
fn a_clock_that_jumps_ends_nothing_early() {
    let (app, _, tokens) = with_survey(TestDatabase::sqlite(), 3);
    let clock = tempfile::NamedTempFile::new().expect("a file");
    let jump = |by: &str| fs::write(clock.path(), by).expect("written");
    jump("+0");
    let preload = "LD_PRELOAD=libfaketimeMT.so.1";
    let file = format!("FAKETIME_TIMESTAMP_FILE={}", clock.path().display());
    let faked = [
        "env",
        preload,
        &library_path(),
        &file,
        "FAKETIME_NO_CACHE=1",
        "DONT_FAKE_MONOTONIC=1",
        "CANDOUR__SECURITY__SECOND_FACTOR=optional",
    ];
    let candour = Candour::serve_through(&faked, &app.database.url());
    let client = candour.client();
    let signing_in = json!({ "email": "hr_lead.rxx@example.org", "password": "a password of tests, quite long" });
    let token = client.post("/api/v1/auth/token", &signing_in).expect(200).json()["access_token"]
        .as_str()
        .expect("a token")
        .to_owned();
    let hr = client.with_token(&token);
    hr.get("/api/v1/surveys").expect(200);

    let year = |answer: &Answer| answer.header("date").expect("a date").to_owned();
    let today = year(&client.get("/livez"));
    for (by, token) in [("+10m", 0), ("-10m", 1), ("+400d", 2)] {
        jump(by);
        thread::sleep(Duration::from_millis(1_100));
        let (path, body) =
            (format!("/api/v1/respond/{}", tokens[token]), json!({ "answers": { "belonging": ["agree"] } }));
        client.get(&format!("/s/{}", tokens[token])).expect(200);
        client.post(&path, &body).expect(201);
        if by != "+400d" {
            hr.get("/api/v1/surveys").expect(200);
        }
    }
    assert_ne!(year(&client.get("/livez")), today, "the clock did not jump");
    hr.get("/api/v1/surveys").expect(401);
    assert!(!candour.log().contains("panicked"), "{}", candour.log());
    println!("F7: ten minutes on, twenty back, 400 days on: links work, a sign-in ends when its time is over");
}

/// Where Debian keeps libfaketime: beside the other libraries of this processor.
fn library_path() -> String {
    let folders =
        fs::read_dir("/usr/lib").expect("libraries").filter_map(|entry| Some(entry.ok()?.path().join("faketime")));
    let folders: Vec<String> =
        folders.filter(|folder| folder.is_dir()).map(|folder| folder.display().to_string()).collect();
    assert!(!folders.is_empty(), "libfaketime is missing: run `make setup`");
    format!("LD_LIBRARY_PATH={}", folders.join(":"))
}
