//! The web: the only room that names actix-web.
//!
//! A handler authorises, parses, calls one service and renders; it holds no rule of the domain.

pub mod access;
pub mod api;
pub mod assets;
pub mod branding;
mod client_network;
pub mod components;
mod error;
pub mod forms;
mod manners;
pub mod metrics;
mod middleware;
pub mod office;
pub mod openapi;
pub mod readings;
mod results_csv;
mod results_query;
pub mod routes;
mod same_site;
pub mod security_txt;
pub mod server;

pub use error::Problem;
pub use server::Server;
