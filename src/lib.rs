//! Candour: anonymous race-equality surveys of NHS staff, and workforce against community.
//!
//! # The map
//!
//! | room | what lives there |
//! | --- | --- |
//! | [`commands`] | the command line: one file per command |
//! | [`config`] | one small struct per area; defaults < file < environment |
//! | [`domain`] | what Candour knows; pure, no I/O of any kind |
//! | [`import`] | bytes of CSV and XLSX files → domain types, every bad row with its line |
//! | [`export`] | the only place that names rust_xlsxwriter: typed entries → workbooks |
//! | [`storage`] | the only place that names diesel |
//! | [`mail`] | the only place that names lettre |
//! | [`outbound`] | HTTP requests that we send: the only place that names ureq and rustls |
//! | [`security`] | the only place that names argon2, jsonwebtoken and the cipher |
//! | [`services`] | use cases, one file per noun: domain + storage + mail + jobs combined here and nowhere else |
//! | [`jobs`] | the outbox runner: when work after a transaction runs, how often, when it is given up |
//! | [`web`] | the only place that names actix-web: API, staff forms, office |
//! | [`telemetry`] | logs, and which request a task serves; `web` and `commands` name it |
//!
//! # Who may use whom
//!
//! ```text
//! main → commands → { web, jobs } → services → { storage, mail, outbound, security, import, export } → domain
//! ```
//!
//! `tests/integration/architecture.rs` fails on a `use` that goes the other way.
//!
//! # Where do I put…?
//!
//! | I want a new… | files, in order |
//! | --- | --- |
//! | question kind | `domain/questionnaire/question/<kind>.rs` → enum variant → `web/forms` field |
//! | disclosure rule | `domain/disclosure/rules/<rule>.rs` → `ALL` |
//! | indicator | `domain/indicator/<name>.rs` → `ALL` |
//! | endpoint | `web/api/<noun>.rs` → `services/<noun>.rs` → a line each in `web/routes.rs` and `web/openapi/permissions.rs` |
//! | query | `storage/<noun>.rs`, a function taking `&mut Connection` |
//! | column | both migration folders → `storage/schema.rs` → the row struct beside its query |
//! | e-mail | `mail/<name>.rs` + templates |
//! | job | a variant of [`domain::job::Job`] → what it does, in `services/<noun>.rs` → one arm in `jobs/runner.rs` |
//! | setting | a documented field in `config/<area>.rs` + `config/default.toml` |

pub mod commands;
pub mod config;
pub mod domain;
pub mod export;
pub mod import;
pub mod jobs;
pub mod mail;
pub mod outbound;
pub mod security;
pub mod services;
pub mod storage;
pub mod telemetry;
pub mod web;
