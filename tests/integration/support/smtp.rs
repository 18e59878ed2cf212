//! A small SMTP server that keeps what it is sent and can be told to be difficult.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use super::ReceivedMail;

/// How the server answers a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// 250, and the message is kept.
    Accept,
    /// 421 at once: the service is closing down.
    Closing,
    /// 450: the mailbox is busy, try again.
    TryLater,
    /// 550: there is no such mailbox.
    NoSuchMailbox,
    /// No answer until the client gives up.
    Hang,
    /// Takes the message, and hangs up without saying so.
    DropAfterData,
    /// Every fourth recipient each: 250, 450, 550, and a hang-up after the message.
    Mixed,
}

/// The server; its threads end with the test's process.
pub struct SmtpSink {
    port: u16,
    shared: Arc<Mutex<Shared>>,
}

struct Shared {
    reply: Reply,
    connections: usize,
    messages: Vec<String>,
}

impl SmtpSink {
    pub fn start(reply: Reply) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let shared = Arc::new(Mutex::new(Shared { reply, connections: 0, messages: Vec::new() }));
        let theirs = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&theirs);
                // An error is a client that has gone: nothing to tell anybody.
                thread::spawn(move || drop(converse(stream, &shared)));
            }
        });
        Self { port, shared }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// From now on.
    pub fn answer_with(&self, reply: Reply) {
        self.shared.lock().expect("no panic").reply = reply;
    }

    /// How often somebody has connected so far.
    pub fn connections(&self) -> usize {
        self.shared.lock().expect("no panic").connections
    }

    /// Messages taken so far.
    pub fn messages(&self) -> Vec<ReceivedMail> {
        self.shared.lock().expect("no panic").messages.iter().map(|raw| ReceivedMail::read(raw)).collect()
    }
}

fn converse(stream: TcpStream, shared: &Mutex<Shared>) -> std::io::Result<()> {
    // A reply in two pieces would wait for an acknowledgement in between, 40 ms each.
    stream.set_nodelay(true)?;
    let mut output = stream.try_clone()?;
    let mut lines = BufReader::new(stream).lines();
    let reply = || shared.lock().expect("no panic").reply;
    let mut to_recipient = reply();
    shared.lock().expect("no panic").connections += 1;
    if to_recipient == Reply::Closing {
        return write!(output, "421 closing\r\n");
    }
    write!(output, "220 sink\r\n")?;
    while let Some(line) = lines.next().transpose()? {
        let command = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        if command == "RCPT" {
            to_recipient = of_recipient(reply(), &line);
        }
        let said = match (command.as_str(), to_recipient) {
            (_, Reply::Hang) => {
                thread::sleep(Duration::from_secs(60));
                return Ok(());
            }
            ("RCPT", Reply::TryLater) => "450 mailbox busy",
            ("RCPT", Reply::NoSuchMailbox) => "550 no such mailbox",
            ("DATA", _) => {
                write!(output, "354 go on\r\n")?;
                let message: Vec<String> =
                    lines.by_ref().map_while(Result::ok).take_while(|line| line != ".").collect();
                shared.lock().expect("no panic").messages.push(message.join("\r\n"));
                if to_recipient == Reply::DropAfterData {
                    return Ok(());
                }
                "250 kept"
            }
            ("QUIT", _) => return write!(output, "221 bye\r\n"),
            _ => "250 fine",
        };
        write!(output, "{said}\r\n")?;
    }
    Ok(())
}

/// With [`Reply::Mixed`] the number in the address decides.
fn of_recipient(reply: Reply, line: &str) -> Reply {
    let digits: String = line.chars().filter(char::is_ascii_digit).collect();
    match (reply, digits.parse::<usize>().unwrap_or(0) % 4) {
        (Reply::Mixed, 0) => Reply::Accept,
        (Reply::Mixed, 1) => Reply::TryLater,
        (Reply::Mixed, 2) => Reply::NoSuchMailbox,
        (Reply::Mixed, _) => Reply::DropAfterData,
        (other, _) => other,
    }
}
