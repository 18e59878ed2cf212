//! Metrics on a listener of their own, in Prometheus' text format: requests by route template, never by path.
//!
//! Counts of people are told in steps, here as everywhere: two scrapes must not show that one person has answered.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::{App, HttpResponse, HttpServer, web};

use crate::services::Services;

/// Upper bounds of the histogram, in seconds.
const BOUNDS: [f64; 9] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0];

/// What is counted while serving; cheap to clone, one for all workers.
#[derive(Clone, Default)]
pub struct Metrics {
    requests: Arc<Mutex<BTreeMap<String, BTreeMap<Key, Histogram>>>>,
}

/// Method, and status by its hundred: told apart within a route.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    method: &'static str,
    status: u16,
}

#[derive(Default)]
struct Histogram {
    /// Requests that took at most the bound of the same place; the last has no bound.
    buckets: [u64; BOUNDS.len() + 1],
    seconds: f64,
}

impl Metrics {
    /// Notes a request that has been answered. `route` is a template, `status` is told by its hundred.
    pub(super) fn note(&self, method: &str, route: &str, status: u16, seconds: f64) {
        // Methods come from outside: what is no standard one must not make a series of its own.
        let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
        let method = known.into_iter().find(|known| *known == method).unwrap_or("other");
        let key = Key { method, status: status / 100 };
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        // Almost every route is known already; only a new one is worth a copy of its name.
        if !requests.contains_key(route) {
            requests.insert(route.to_owned(), BTreeMap::new());
        }
        let Some(of_route) = requests.get_mut(route) else { return };
        let histogram = of_route.entry(key).or_default();
        let bucket = BOUNDS.iter().position(|bound| seconds <= *bound).unwrap_or(BOUNDS.len());
        histogram.buckets[bucket] += 1;
        histogram.seconds += seconds;
    }

    fn write(&self, text: &mut String) {
        let name = "candour_request_duration_seconds";
        let _ = writeln!(text, "# HELP {name} Time to answer, by route template.\n# TYPE {name} histogram");
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let all = requests.iter().flat_map(|(route, of_route)| of_route.iter().map(move |(key, of)| (route, key, of)));
        for (route, key, histogram) in all {
            let labels = format!("method=\"{}\",route=\"{route}\",status=\"{}xx\"", key.method, key.status);
            let mut count = 0;
            for (index, requests) in histogram.buckets.iter().enumerate() {
                count += requests;
                let bound = BOUNDS.get(index).map_or_else(|| "+Inf".to_owned(), ToString::to_string);
                let _ = writeln!(text, "{name}_bucket{{{labels},le=\"{bound}\"}} {count}");
            }
            let _ = writeln!(text, "{name}_sum{{{labels}}} {}\n{name}_count{{{labels}}} {count}", histogram.seconds);
        }
    }
}

/// Serves `/metrics` at `address` until the returned server is stopped.
///
/// # Errors
/// The operating system's, for example that the port is taken.
pub fn serve(address: SocketAddr, metrics: Metrics, services: Services) -> std::io::Result<actix_web::dev::Server> {
    let listener = TcpListener::bind(address)?;
    let (metrics, services) = (web::Data::new(metrics), web::Data::new(services));
    let server = HttpServer::new(move || {
        App::new().app_data(metrics.clone()).app_data(services.clone()).route("/metrics", web::get().to(show))
    });
    Ok(server.workers(1).disable_signals().listen(listener)?.run())
}

async fn show(metrics: web::Data<Metrics>, services: web::Data<Services>) -> HttpResponse {
    let mut text = String::new();
    metrics.write(&mut text);
    let mut gauge = |name: &str, help: &str, value: u64| {
        let _ = writeln!(text, "# HELP candour_{name} {help}\n# TYPE candour_{name} gauge\ncandour_{name} {value}");
    };
    let retention = services.retention.figures();
    gauge("retention_runs", "Runs of retention here since the start, one an hour.", retention.runs);
    gauge("retention_failures", "Runs of retention here that failed: what is due is still there.", retention.failures);
    gauge("retention_surveys", "Surveys of which retention here deleted something since the start.", retention.surveys);
    let vitals = services.health.vitals().await;
    gauge("up", "1 when the database answers.", u64::from(vitals.is_ok()));
    if let Ok(vitals) = vitals {
        gauge("jobs_queued", "Jobs to be done, e-mails most of them.", vitals.queued);
        gauge("jobs_failed", "Jobs that were given up.", vitals.failed);
        gauge(
            "jobs_oldest_due_seconds",
            "How long the job that waits longest has been due.",
            vitals.oldest_due_seconds,
        );
        gauge("connections_free", "Connections that a request could take at once.", vitals.free_connections);
        gauge("responses", "Responses stored, in steps of 11.", vitals.responses);
    }
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(text)
}
