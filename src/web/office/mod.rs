//! The office: what HR leads see. English, behind sign-in, over the same services as the API.

pub mod account;
pub mod accounts;
pub mod actions;
pub mod audit_log;
pub mod breakdowns;
mod confirm;
pub mod differences;
pub mod downloads;
pub mod draft;
mod errors;
pub(super) mod figures;
pub mod forgotten_password;
mod frame;
pub mod heat_map;
pub mod home;
pub mod imports;
pub mod letters;
pub mod mail_words;
pub mod mails;
pub mod people;
pub mod published;
pub mod question;
pub mod representation;
pub mod respondents;
pub mod results;
pub mod second_factor;
pub mod setup;
pub mod sign_in;
pub mod single_sign_on;
pub mod survey;
mod upload;
pub mod wres;

pub(super) use errors::error_pages;
