//! What a line of log says: when, how bad, of which request, what, with which fields, and where in the code.

use std::fmt::{self, Debug, Write};

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use super::request;
use crate::config::LogFormat;

/// Writes events in this format, a line each.
pub(super) struct Line(pub(super) LogFormat);

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut out: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let (level, target) = (event.metadata().level(), event.metadata().target());
        match self.0 {
            LogFormat::Json => {
                out.write_str("{\"timestamp\":\"")?;
                SystemTime.format_time(&mut out)?;
                write!(out, "\",\"level\":\"{level}\"")?;
                if let Some(written) = request::with_current_id(|id| write!(out, ",\"request_id\":\"{id}\"")) {
                    written?;
                }
                visit(event, Json(&mut out))?;
                writeln!(out, ",\"target\":\"{target}\"}}")
            }
            LogFormat::Text => {
                SystemTime.format_time(&mut out)?;
                write!(out, " {level:>5} {target}:")?;
                visit(event, Text(&mut out))?;
                if let Some(written) = request::with_current_id(|id| write!(out, " request_id={id}")) {
                    written?;
                }
                writeln!(out)
            }
        }
    }
}

/// How a field is written.
trait WriteField {
    fn bare(&mut self, name: &str, value: &dyn fmt::Display) -> fmt::Result;
    fn text(&mut self, name: &str, value: &dyn Debug) -> fmt::Result;
}

struct Json<'a, 'w>(&'a mut Writer<'w>);
struct Text<'a, 'w>(&'a mut Writer<'w>);

impl WriteField for Json<'_, '_> {
    fn bare(&mut self, name: &str, value: &dyn fmt::Display) -> fmt::Result {
        write!(self.0, ",\"{name}\":{value}")
    }

    fn text(&mut self, name: &str, value: &dyn Debug) -> fmt::Result {
        write!(self.0, ",\"{name}\":\"")?;
        write!(Escaped(self.0), "{value:?}")?;
        self.0.write_char('"')
    }
}

impl WriteField for Text<'_, '_> {
    fn bare(&mut self, name: &str, value: &dyn fmt::Display) -> fmt::Result {
        write!(self.0, " {name}={value}")
    }

    fn text(&mut self, name: &str, value: &dyn Debug) -> fmt::Result {
        let name = if name == "message" { "" } else { name };
        write!(self.0, " {name}{}", if name.is_empty() { "" } else { "=" })?;
        // A line break would look like a line of its own.
        write!(Escaped(self.0), "{value:?}")
    }
}

fn visit(event: &Event<'_>, fields: impl WriteField) -> fmt::Result {
    let mut visitor = Visitor { fields, result: Ok(()) };
    event.record(&mut visitor);
    visitor.result
}

struct Visitor<F> {
    fields: F,
    result: fmt::Result,
}

impl<F: WriteField> Visitor<F> {
    fn note(&mut self, write: impl FnOnce(&mut F) -> fmt::Result) {
        if self.result.is_ok() {
            self.result = write(&mut self.fields);
        }
    }
}

impl<F: WriteField> Visit for Visitor<F> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.note(|fields| fields.text(field.name(), value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        // `format_args` is written as it is, without the quotes of a string.
        self.note(|fields| fields.text(field.name(), &format_args!("{value}")));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.note(|fields| fields.bare(field.name(), &value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.note(|fields| fields.bare(field.name(), &value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.note(|fields| fields.bare(field.name(), &value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        // JSON knows no infinity.
        if value.is_finite() {
            self.note(|fields| fields.bare(field.name(), &value));
        } else {
            self.note(|fields| fields.text(field.name(), &value));
        }
    }
}

/// Escapes what JSON does not take inside a string.
struct Escaped<'a, 'w>(&'a mut Writer<'w>);

impl Write for Escaped<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some(place) = rest.find(|c: char| c.is_control() || c == '"' || c == '\\') {
            self.0.write_str(&rest[..place])?;
            let mut after = rest[place..].chars();
            match after.next() {
                Some('\n') => self.0.write_str("\\n")?,
                Some(quoted @ ('"' | '\\')) => write!(self.0, "\\{quoted}")?,
                Some(control) => write!(self.0, "\\u{:04x}", u32::from(control))?,
                None => {}
            }
            rest = after.as_str();
        }
        self.0.write_str(rest)
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::fmt::MakeWriter;

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("no panic").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl<'a> MakeWriter<'a> for Kept {
        type Writer = Self;

        fn make_writer(&'a self) -> Self {
            self.clone()
        }
    }

    /// What is written of one event, logged while a request is served.
    fn line(format: LogFormat) -> String {
        let kept = Kept::default();
        let subscriber = tracing_subscriber::fmt().event_format(Line(format)).with_writer(kept.clone()).finish();
        tracing::subscriber::with_default(subscriber, || {
            let served = request::within("9f86d081884c7d65".to_owned(), async {
                let (route, error) = ("/s/{token}", io::Error::other("a \"strange\"\nend\u{7}"));
                tracing::warn!(%route, status = 404_u16, milliseconds = 1.5, odd = f64::NAN, ok = false, ?error, "re\\quest");
            });
            tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(served);
        });
        let written = String::from_utf8(kept.0.lock().expect("no panic").clone()).expect("UTF-8");
        assert_eq!(written.matches('\n').count(), 1, "one line: {written}");
        written
    }

    #[test]
    fn a_line_of_json_can_be_read_whatever_its_fields_hold() {
        let written: serde_json::Value = serde_json::from_str(&line(LogFormat::Json)).expect("JSON");
        assert_eq!(written["level"], "WARN");
        assert_eq!(written["request_id"], "9f86d081884c7d65");
        assert_eq!(written["message"], "re\\quest");
        assert_eq!((&written["status"], &written["milliseconds"]), (&404.into(), &1.5.into()));
        assert_eq!((&written["odd"], &written["ok"]), (&"NaN".into(), &false.into()));
        assert_eq!(written["route"], "/s/{token}");
        assert_eq!(written["error"], "Custom { kind: Other, error: \"a \\\"strange\\\"\\nend\\u{7}\" }");
        assert!(written["target"].as_str().is_some_and(|target| target.starts_with("candour::telemetry")));
        assert!(written["timestamp"].as_str().is_some_and(|at| at.ends_with('Z')), "{written}");
    }

    #[test]
    fn a_line_of_text_is_one_line() {
        let written = line(LogFormat::Text);
        for part in [" WARN candour::telemetry", ": re\\\\quest", " route=/s/{token} status=404", " request_id=9f86"] {
            assert!(written.contains(part), "{part}: {written}");
        }
    }
}
