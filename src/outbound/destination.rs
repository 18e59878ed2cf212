//! Where a request may go, as it is written: checked when it is set, and once more each time it is used.

use std::fmt;
use std::net::IpAddr;

use ureq::http::Uri;

use super::address::is_public;
use crate::config::WebhooksConfig;

/// Longest address.
const MOST_BYTES: usize = 2_000;

/// An address that requests may be sent to, as far as its text tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination(Uri);

/// Why an address is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DestinationError {
    /// Not an address that could be called.
    #[error("write a whole address, as https://hooks.example.nhs.uk/candour, with at most {MOST_BYTES} characters")]
    Malformed,
    /// Not over TLS.
    #[error("the address must start with https://")]
    NotHttps,
    /// With what does not belong there.
    #[error("the address must have no user name, password or fragment (#)")]
    TooMuch,
    /// Not on the public Internet.
    #[error("the address must be on the public Internet, not on this machine or in its network")]
    NotPublic,
}

impl Destination {
    /// Reads an address.
    ///
    /// # Errors
    /// [`DestinationError`].
    pub fn parse(text: &str, config: &WebhooksConfig) -> Result<Self, DestinationError> {
        if text.len() > MOST_BYTES || text.contains('#') {
            return Err(if text.contains('#') { DestinationError::TooMuch } else { DestinationError::Malformed });
        }
        let uri: Uri = text.parse().map_err(|_| DestinationError::Malformed)?;
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if config.allow_local => {}
            Some("http") => return Err(DestinationError::NotHttps),
            _ => return Err(DestinationError::Malformed),
        }
        let authority = uri.authority().ok_or(DestinationError::Malformed)?;
        if authority.as_str().contains('@') {
            return Err(DestinationError::TooMuch);
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        let is_local = match host.parse::<IpAddr>() {
            Ok(address) => !is_public(address),
            // Names are looked up when they are used; these never lead outside.
            // One that ends in a number would be read as an address by some.
            Err(_) => {
                !host.contains('.')
                    || host.rsplit('.').next().is_some_and(|end| end.starts_with(|c: char| c.is_ascii_digit()))
                    || [".localhost", ".local", ".internal"].iter().any(|end| host.ends_with(end))
            }
        };
        match is_local && !config.allow_local {
            true => Err(DestinationError::NotPublic),
            false => Ok(Self(uri)),
        }
    }

    pub(super) fn uri(&self) -> &Uri {
        &self.0
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_lead_inside_are_refused_as_they_are_written() {
        let strict = WebhooksConfig { allow_local: false, timeout_seconds: 10, log_days: 30 };
        let parse = |text: &str| Destination::parse(text, &strict).map(drop);
        assert_eq!(parse("https://hooks.example.nhs.uk/candour?tenant=1"), Ok(()));
        assert_eq!(parse("https://8.8.8.8:8443/"), Ok(()));
        assert_eq!(parse("http://hooks.example.nhs.uk/"), Err(DestinationError::NotHttps));
        for bad in ["", "/path", "hooks.example", "ftp://a.example/", "file:///etc/passwd", "https://", "https:///a"] {
            assert_eq!(parse(bad), Err(DestinationError::Malformed), "{bad}");
        }
        assert_eq!(parse(&format!("https://a.example/{}", "x".repeat(2_000))), Err(DestinationError::Malformed));
        for bad in ["https://user@a.example/", "https://user:word@a.example/", "https://a.example/#x"] {
            assert_eq!(parse(bad), Err(DestinationError::TooMuch), "{bad}");
        }
        let inside = [
            "https://127.0.0.1/",
            "https://localhost/",
            "https://a.localhost/",
            "https://[::1]/",
            "https://10.0.0.1/",
            "https://169.254.169.254/latest/meta-data",
            "https://[fd00:ec2::254]/",
            "https://metadata.google.internal/",
            "https://printer.local/",
            "https://intranet/",
            "https://127.1/",
            "https://0x7f.1/",
            "https://[::ffff:127.0.0.1]/",
        ];
        for bad in inside {
            assert_eq!(parse(bad), Err(DestinationError::NotPublic), "{bad}");
        }
    }
}
