//! A span of each request, for the operator's collector (OpenTelemetry). It is made of the line that the request leaves
//! in the log and holds nothing else: no path, no query, no address, no answer can get into it.

use std::fmt::Debug;
use std::time::{Duration, SystemTime};

use opentelemetry::trace::{Span, SpanBuilder, SpanKind, Status, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer;

use super::request;
use crate::outbound::Collector;

/// Sends what waits, in batches, from a thread of its own.
pub(super) struct Traces(SdkTracerProvider);

/// Makes spans of lines.
pub(super) struct Spans(SdkTracer);

/// What the line of a request says; the other lines lack the route.
#[derive(Default)]
struct Line {
    method: String,
    route: String,
    status: u64,
    milliseconds: f64,
}

impl Traces {
    /// Traces to this address.
    ///
    /// # Errors
    /// A sentence about an address that is none.
    pub fn to(address: &str) -> Result<(Self, Spans), String> {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Collector::default())
            .with_endpoint(address)
            .build()
            .map_err(|error| format!("log.traces_to: {error}"))?;
        let service = Resource::builder()
            .with_service_name("candour")
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(service).build();
        let spans = Spans(provider.tracer("candour"));
        Ok((Self(provider), spans))
    }
}

impl Drop for Traces {
    /// Sends what waits. A collector that does not answer loses its spans, nobody else anything.
    fn drop(&mut self) {
        let _ = self.0.shutdown();
    }
}

impl<S: Subscriber> Layer<S> for Spans {
    #[expect(clippy::disallowed_methods, reason = "a line of log is of now")]
    fn on_event(&self, event: &Event<'_>, _: layer::Context<'_, S>) {
        let mut line = Line::default();
        event.record(&mut line);
        if line.route.is_empty() {
            return;
        }
        let ended = SystemTime::now();
        let began = ended.checked_sub(Duration::from_secs_f64(line.milliseconds / 1_000.0)).unwrap_or(ended);
        let failed = line.status >= 500;
        let mut span = SpanBuilder::from_name(format!("{} {}", line.method, line.route))
            .with_kind(SpanKind::Server)
            .with_start_time(began)
            .with_attributes([
                KeyValue::new("http.request.method", line.method),
                KeyValue::new("http.route", line.route),
                KeyValue::new("http.response.status_code", line.status as i64),
                KeyValue::new("candour.request_id", request::current_id().unwrap_or_default()),
            ])
            .start_with_context(&self.0, &Context::new());
        if failed {
            span.set_status(Status::error(""));
        }
        span.end_with_timestamp(ended);
    }
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        match field.name() {
            "method" => self.method = format!("{value:?}"),
            "route" => self.route = format!("{value:?}"),
            _ => {}
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "status" {
            self.status = value;
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        if field.name() == "milliseconds" {
            self.milliseconds = value;
        }
    }
}
