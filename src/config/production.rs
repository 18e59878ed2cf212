//! What is fine for trying things out and must not be so in production.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;

use super::{Config, DatabaseUrl, LogFormat, MailTls, MailTransport, SecondFactorRule};

impl Config {
    /// Settings that are too weak for production, one sentence each that says what to do; empty when there is none.
    pub fn weaknesses(&self) -> Vec<String> {
        let mut weak = Vec::new();
        let mut refuse = |is_weak: bool, sentence: &str| {
            if is_weak {
                weak.push(sentence.to_owned());
            }
        };
        refuse(
            !self.server.is_https(),
            "server.public_url must start with https://: cookies and links go over TLS only",
        );
        refuse(
            self.server.public_url.contains("example."),
            "server.public_url is an example; set the address that staff will see",
        );
        refuse(
            !self.server.host.is_loopback() && self.server.trusted_proxies.is_empty(),
            "server.host is open to the network and server.trusted_proxies is empty; listen on 127.0.0.1 behind a \
             reverse proxy, or name the proxy",
        );
        let secret = self.security.secret.reveal();
        let different: BTreeSet<char> = secret.chars().collect();
        refuse(
            different.len() < 12 || secret.contains("development"),
            "security.secret is not random; `head -c 32 /dev/urandom | base64` makes one",
        );
        refuse(
            self.security.session_idle_minutes > 60 || self.security.session_hours > 24,
            "security.session_idle_minutes must be at most 60 and session_hours at most 24",
        );
        refuse(self.security.access_token_minutes > 15, "security.access_token_minutes must be at most 15");
        refuse(
            self.security.second_factor == SecondFactorRule::Optional,
            "security.second_factor must be \"required\": a password alone does not keep an office account",
        );
        refuse(self.mail.transport == MailTransport::File, "mail.transport must be \"smtp\": \"file\" sends nothing");
        refuse(
            self.mail.transport == MailTransport::Smtp && self.mail.tls == MailTls::None,
            "mail.tls must be \"starttls\" or \"tls\"",
        );
        refuse(self.webhooks.allow_local, "webhooks.allow_local must be false: webhooks could reach into your network");
        refuse(self.mail.from.contains("example."), "mail.from is an example; set the sender that staff will see");
        refuse(self.log.format == LogFormat::Text, "log.format must be \"json\", so that logs can be searched");
        refuse(
            ["debug", "trace"].iter().any(|level| self.log.filter.contains(level)),
            "log.filter must not write debug or trace: libraries may log more than they should",
        );
        match self.database.parsed_url() {
            Ok(DatabaseUrl::Sqlite(file)) => {
                for name in ["", "-wal", "-shm"] {
                    let file = format!("{}{name}", file.display());
                    let mode = std::fs::metadata(&file).map_or(0, |found| found.permissions().mode());
                    if mode & 0o077 != 0 {
                        weak.push(format!("{file} can be read by others; run `chmod 600 {file}`"));
                    }
                }
            }
            Ok(DatabaseUrl::Postgres(url)) => {
                let is_here = ["@localhost", "@127.0.0.1", "@[::1]", "@/", "host=/", "///"];
                let is_remote = !is_here.iter().any(|place| url.contains(place));
                if is_remote && !url.contains("sslmode=verify-full") {
                    weak.push("database.url names another machine; add sslmode=verify-full".to_owned());
                }
            }
            Err(_) => {}
        }
        weak
    }
}
