//! Webhooks: which events an organisation's own systems may hear of, and what a message says.
//!
//! A message names what happened and links to it. It never holds a count, an answer or an address: whoever wants those
//! asks the API, with a scope, and gets what disclosure control lets out.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::audit_event::Event;
use super::identifier::WebhookId;
use super::organisation::OdsCode;

/// An event that can be subscribed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EventType {
    /// A survey was opened.
    SurveyOpened,
    /// A survey was closed.
    SurveyClosed,
    /// A release was made: results can be read.
    ReleasePublished,
    /// Workforce, indicator inputs or figures were imported.
    ImportFinished,
}

const NAMES: [(EventType, &str); 4] = [
    (EventType::SurveyOpened, "survey.opened"),
    (EventType::SurveyClosed, "survey.closed"),
    (EventType::ReleasePublished, "release.published"),
    (EventType::ImportFinished, "import.finished"),
];

/// Name of the message that somebody sends to themselves.
pub const PING: &str = "webhook.ping";

impl EventType {
    /// Name in subscriptions and messages.
    pub fn as_str(self) -> &'static str {
        NAMES.iter().find(|(event, _)| *event == self).map_or("", |(_, name)| name)
    }
}

impl FromStr for EventType {
    type Err = UnknownEvent;
    fn from_str(text: &str) -> Result<Self, UnknownEvent> {
        NAMES.iter().find(|(_, name)| *name == text).map(|(event, _)| *event).ok_or(UnknownEvent)
    }
}

/// The text names no event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownEvent;

impl std::error::Error for UnknownEvent {}

impl fmt::Display for UnknownEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = NAMES.iter().map(|(_, name)| *name).collect();
        write!(f, "one of these is no event; the events are {}", names.join(", "))
    }
}

/// Events of one subscription; as text with a space between.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventTypes(BTreeSet<EventType>);

impl EventTypes {
    /// Whether `event` is among them.
    pub fn has(&self, event: EventType) -> bool {
        self.0.contains(&event)
    }

    /// Their names.
    pub fn names(&self) -> Vec<&'static str> {
        self.0.iter().map(|event| event.as_str()).collect()
    }

    /// Reads a list of names; every event when there is none.
    ///
    /// # Errors
    /// [`UnknownEvent`].
    pub fn parse(names: &[String]) -> Result<Self, UnknownEvent> {
        if names.is_empty() {
            return Ok(Self(NAMES.iter().map(|(event, _)| *event).collect()));
        }
        names.iter().map(|name| name.parse()).collect::<Result<_, _>>().map(Self)
    }
}

impl fmt::Display for EventTypes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names().join(" "))
    }
}

/// What is sent: a type, a moment, and what it is about (Standard Webhooks).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Which event; `None` for a ping.
    pub event: Option<EventType>,
    /// What the message is about, and where more is to be had.
    data: serde_json::Value,
}

#[derive(Serialize)]
struct Body<'a> {
    r#type: &'a str,
    timestamp: String,
    data: &'a serde_json::Value,
}

impl Message {
    /// What webhooks say of something that the audit log notes; `None` for what they are silent about.
    pub fn about(event: &Event, organisation: &OdsCode, address: &str) -> Option<Self> {
        let survey = |id: &dyn fmt::Display, path: &str| {
            let link = format!("{address}/api/v1/surveys/{id}{path}");
            json!({ "organisation": organisation.as_str(), "survey": id.to_string(), "link": link })
        };
        let (event, data) = match event {
            Event::SurveyOpened { survey: id } => (EventType::SurveyOpened, survey(id, "")),
            Event::SurveyClosed { survey: id } => (EventType::SurveyClosed, survey(id, "")),
            Event::SurveyPublished { survey: id } => (EventType::ReleasePublished, survey(id, "/release")),
            Event::Imported { what, subject } => {
                let link = format!("{address}/api/v1/organisations/{organisation}");
                let data = json!({
                    "organisation": organisation.as_str(), "import": what, "subject": subject, "link": link,
                });
                (EventType::ImportFinished, data)
            }
            _ => return None,
        };
        Some(Self { event: Some(event), data })
    }

    /// A message that says only that it came.
    pub fn ping(webhook: &WebhookId, organisation: &OdsCode, address: &str) -> Self {
        let link = format!("{address}/api/v1/webhooks/{webhook}");
        let data = json!({ "organisation": organisation.as_str(), "webhook": webhook.as_str(), "link": link });
        Self { event: None, data }
    }

    /// Its `type`.
    pub fn kind(&self) -> &'static str {
        self.event.map_or(PING, EventType::as_str)
    }

    /// The body as it is sent.
    ///
    /// # Errors
    /// Never for what there is; the signature is serde's.
    pub fn body(&self, now: OffsetDateTime) -> Result<String, serde_json::Error> {
        let timestamp = now.replace_nanosecond(0).unwrap_or(now).format(&Rfc3339).unwrap_or_default();
        serde_json::to_string(&Body { r#type: self.kind(), timestamp, data: &self.data })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::identifier::SurveyId;

    #[test]
    fn a_message_names_what_happened_and_links_to_it() {
        let organisation: OdsCode = "RXX".parse().expect("a code");
        let survey = SurveyId::from_random([0xab; 16]);
        let about = |event: &Event| Message::about(event, &organisation, "https://a.example");
        let message = about(&Event::SurveyPublished { survey: survey.clone() }).expect("a message");
        let body = message.body(OffsetDateTime::UNIX_EPOCH).expect("JSON");
        let link = format!("https://a.example/api/v1/surveys/{survey}/release");
        let data = json!({ "link": link, "organisation": "RXX", "survey": survey.as_str() });
        let expected = json!({ "type": "release.published", "timestamp": "1970-01-01T00:00:00Z", "data": data });
        assert_eq!(serde_json::from_str::<serde_json::Value>(&body).expect("JSON"), expected);
        assert_eq!(about(&Event::InvitationsAdded { survey: survey.clone() }), None);
        assert_eq!(about(&Event::RetentionApplied { survey, invitations: 3, responses: 2 }), None);
    }

    #[test]
    fn events_are_read_back_as_written() {
        let all = EventTypes::parse(&[]).expect("all");
        let names: Vec<String> = all.to_string().split(' ').map(str::to_owned).collect();
        assert_eq!(EventTypes::parse(&names), Ok(all));
        assert_eq!(EventTypes::parse(&["response.given".to_owned()]), Err(UnknownEvent));
    }
}
