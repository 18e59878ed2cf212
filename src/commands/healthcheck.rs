//! `candour healthcheck`: asks a running server whether it is ready, for container engines and service managers.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::{CommandError, ConfigFile};

const LIMIT: Duration = Duration::from_secs(3);

/// Asks `/readyz` of the configured address.
pub(super) fn run(file: &ConfigFile) -> Result<(), CommandError> {
    let server = file.load()?.server;
    let answer = ask((server.host, server.port).into())
        .map_err(|error| CommandError::failed(format!("no server answers on port {}: {error}", server.port)))?;
    // The status line alone decides: "HTTP/1.1 200 OK".
    match answer.split_whitespace().nth(1) {
        Some("200") => {
            println!("ready");
            Ok(())
        }
        _ => Err(CommandError::failed(answer.lines().last().unwrap_or("the server is not ready"))),
    }
}

fn ask(address: std::net::SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, LIMIT)?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(64 * 1024).read_to_string(&mut answer)?;
    Ok(answer)
}
