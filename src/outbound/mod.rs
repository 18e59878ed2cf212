//! HTTP requests that Candour itself sends: the only room that names ureq and rustls.
//!
//! Addresses come from users. What may be reached, and how long and how much, is decided here, at the moment of
//! connecting.

mod address;
mod client;
#[cfg(feature = "opentelemetry")]
mod collector;
mod destination;

pub use client::{Fetched, OutboundClient, Outcome};
#[cfg(feature = "opentelemetry")]
pub use collector::Collector;
pub use destination::{Destination, DestinationError};
