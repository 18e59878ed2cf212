//! The REST API, one file per noun. Routes are listed in `web/routes.rs`.

pub mod accounts;
pub mod actions;
pub mod audit_events;
pub mod auth;
mod body;
pub mod clients;
pub mod column_mappings;
pub mod comments;
pub mod comparisons;
mod figure;
pub mod health;
pub mod identity_providers;
pub mod indicator_inputs;
pub mod invitations;
pub mod mail_samples;
pub mod mail_templates;
pub mod national_figures;
pub mod oauth;
pub mod organisations;
mod page;
pub mod policies;
pub mod populations;
pub mod questionnaires;
pub mod receipts;
pub mod reports;
pub mod representativeness;
pub mod respond;
pub mod results;
pub mod survey_figures;
pub mod surveys;
pub mod systems;
pub mod webhooks;
pub mod workforce;
pub mod wres;

pub(super) use body::{path_config, payload_config, payload_problem, query_config};
