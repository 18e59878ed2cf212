//! Sends traces to the operator's own collector: an address of the configuration, which may be on this machine.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use ureq::Agent;

use super::client::trusting_the_machine;

/// A collector that takes longer has not taken them.
const PATIENCE: Duration = Duration::from_secs(10);

/// Largest answer that is read, in bytes.
const MOST: u64 = 64 * 1024;

/// The way to the collector.
#[derive(Debug)]
pub struct Collector(Agent);

impl Default for Collector {
    /// Reads the certificates that the machine trusts.
    fn default() -> Self {
        let settings = Agent::config_builder()
            .tls_config(trusting_the_machine())
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .timeout_global(Some(PATIENCE))
            .user_agent(concat!("Candour/", env!("CARGO_PKG_VERSION")))
            .build();
        Self(settings.into())
    }
}

impl Collector {
    fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (head, body) = request.into_parts();
        let answer = self.0.run(Request::from_parts(head, body.to_vec()))?;
        let (head, body) = answer.into_parts();
        let body = body.into_with_config().limit(MOST).read_to_vec()?;
        Ok(Response::from_parts(head, body.into()))
    }
}

impl HttpClient for Collector {
    /// Blocks: spans are sent from a thread of their own.
    fn send_bytes<'a, 'b>(
        &'a self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'b>>
    where
        'a: 'b,
        Self: 'b,
    {
        Box::pin(async move { self.send(request) })
    }
}
