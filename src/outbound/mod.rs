//! HTTP requests that Candour itself sends: the only room that names ureq and rustls.
//!
//! Addresses come from users. What may be reached, and how long and how much, is decided here, at the moment of
//! connecting.

mod address;
mod client;
mod destination;

pub use client::{Fetched, OutboundClient, Outcome};
pub use destination::{Destination, DestinationError};
