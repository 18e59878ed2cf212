//! What mail servers send back: reports that a message did not arrive (RFC 3464), or that somebody complained of it
//! (RFC 5965). Both are messages of the type `multipart/report` (RFC 6522).
//!
//! Only what says that an address is of no use, or not to be written to, counts: a full mailbox, a message that looked
//! like spam and a server that cannot be reached say nothing about the person.

use crate::domain::invitation::EmailAddress;

/// What a report says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailReport {
    /// Addresses that no e-mail should go to any more.
    pub addresses: Vec<EmailAddress>,
    /// `Message-ID` of the message that it is about, without brackets; `None` when the report does not return it.
    pub message_id: Option<String>,
}

/// Reads a message; `None` when it is no report of a bounce or complaint.
pub fn read(bytes: &[u8]) -> Option<MailReport> {
    let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
    let (head, body) = text.split_once("\n\n")?;
    let head = fields(head);
    let kind = field(&head, "content-type")?;
    if !kind.to_ascii_lowercase().starts_with("multipart/report") {
        return None;
    }
    let boundary = format!("--{}", parameter(kind, "boundary")?);
    let mut report = MailReport { addresses: Vec::new(), message_id: None };
    for part in body.split(boundary.as_str()).skip(1) {
        let (head, body) = part.trim_start_matches('\n').split_once("\n\n").unwrap_or((part, ""));
        let head = fields(head);
        let kind = field(&head, "content-type").unwrap_or_default().to_ascii_lowercase();
        match kind.split(';').next().unwrap_or_default().trim() {
            "message/delivery-status" => report.addresses.extend(body.split("\n\n").filter_map(undeliverable)),
            "message/feedback-report" => report.addresses.extend(complainants(body)),
            "message/rfc822" | "text/rfc822-headers" | "message/rfc822-headers" => {
                let returned = fields(body.split("\n\n").next().unwrap_or_default());
                report.message_id =
                    field(&returned, "message-id").map(|id| id.trim_matches(['<', '>', ' ']).to_owned());
            }
            _ => {}
        }
    }
    Some(report)
}

/// The recipient, when it failed for good because of the address: status 5.1.x (no such mailbox or domain) or 5.2.1
/// (mailbox disabled), RFC 3463.
fn undeliverable(recipient: &str) -> Option<EmailAddress> {
    let fields = fields(recipient);
    let failed = field(&fields, "action")?.eq_ignore_ascii_case("failed");
    let status = field(&fields, "status")?;
    let gone = status.starts_with("5.1.") || status.split_whitespace().next() == Some("5.2.1");
    if !failed || !gone {
        return None;
    }
    let address = field(&fields, "original-recipient").or_else(|| field(&fields, "final-recipient"))?;
    parse(address.rsplit(';').next()?)
}

/// Who complained; a report that says the message was *not* spam is no complaint.
fn complainants(body: &str) -> Vec<EmailAddress> {
    let fields = fields(body);
    if field(&fields, "feedback-type").is_some_and(|kind| kind.eq_ignore_ascii_case("not-spam")) {
        return Vec::new();
    }
    let named = |name: &str| name == "original-rcpt-to" || name == "removal-recipient";
    fields.iter().filter(|(name, _)| named(name)).filter_map(|(_, value)| parse(value)).collect()
}

fn parse(text: &str) -> Option<EmailAddress> {
    EmailAddress::parse(text.trim().trim_matches(['<', '>'])).ok()
}

/// Header fields: names in lower case, folded lines joined.
fn fields(head: &str) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in head.lines() {
        match (line.starts_with([' ', '\t']), fields.last_mut(), line.split_once(':')) {
            (true, Some((_, value)), _) => {
                value.push(' ');
                value.push_str(line.trim());
            }
            (false, _, Some((name, value))) => fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned())),
            _ => {}
        }
    }
    fields
}

fn field<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str())
}

/// A parameter of `Content-Type`, in quotation marks or without.
fn parameter<'a>(kind: &'a str, name: &str) -> Option<&'a str> {
    kind.split(';').skip(1).find_map(|part| {
        let (have, value) = part.split_once('=')?;
        have.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"')).filter(|value| !value.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounce(action: &str, status: &str) -> String {
        format!(
            "From: MAILER-DAEMON@mx.example\r\nContent-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"b1\"\r\n\r\n\
             --b1\r\nContent-Type: text/plain\r\n\r\nIt did not arrive. Status: 5.1.1\r\n\r\n\
             --b1\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
             Final-Recipient: rfc822; gone@Example.org\r\nAction: {action}\r\nStatus: {status}\r\n\r\n\
             --b1\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: Race equality\r\nMessage-ID: <abc.def@survey.example>\r\n\r\n--b1--\r\n"
        )
    }

    fn told(text: &str) -> Vec<String> {
        let report = read(text.as_bytes()).expect("a report");
        report.addresses.iter().map(|address| address.reveal().to_owned()).collect()
    }

    #[test]
    fn an_address_that_does_not_exist_is_read_and_one_in_passing_trouble_is_not() {
        assert_eq!(told(&bounce("failed", "5.1.1")), ["gone@example.org"]);
        assert_eq!(told(&bounce("failed", "5.2.1 (disabled)")), ["gone@example.org"]);
        let passing = [("failed", "5.2.2"), ("failed", "5.7.1"), ("delayed", "4.4.1"), ("delivered", "2.1.5")];
        for (action, status) in passing {
            assert!(told(&bounce(action, status)).is_empty(), "{action} {status}");
        }
        let report = read(bounce("failed", "5.1.1").as_bytes()).expect("a report");
        assert_eq!(report.message_id.as_deref(), Some("abc.def@survey.example"));
    }

    #[test]
    fn a_complaint_is_read() {
        let complaint = |kind: &str| {
            format!(
                "Content-Type: multipart/report; report-type=feedback-report; boundary=x\n\n--x\nContent-Type: message/feedback-report\n\n\
                 Feedback-Type: {kind}\nOriginal-Rcpt-To: <cross@example.org>\n\n--x\nContent-Type: message/rfc822\n\nMessage-ID: <m@x>\n\nhello\n--x--\n"
            )
        };
        assert_eq!(told(&complaint("abuse")), ["cross@example.org"]);
        assert!(told(&complaint("not-spam")).is_empty());
    }

    #[test]
    fn anything_else_is_no_report_and_nothing_breaks() {
        let whole = bounce("failed", "5.1.1");
        assert_eq!(read(b"Subject: a question\n\nDear survey team, Status: 5.1.1"), None);
        assert_eq!(read(b""), None);
        for length in 0..whole.len() {
            let _ = read(&whole.as_bytes()[..length]);
        }
        let _ = read(&[0xff; 100]);
    }
}
