//! The domain: what Candour knows about surveys, staff, populations and disclosure.
//!
//! Pure: no async, no SQL, no HTTP, no clock and no randomness of its own. Time and random bytes come in as
//! arguments. What reads files belongs in [`crate::import`], what combines domain and storage in
//! [`crate::services`].

pub mod account;
pub mod action_plan;
pub mod audit_event;
pub mod code_list;
pub mod column_mapping;
pub mod comment;
pub mod deprivation;
pub mod disclosure;
pub mod ethnicity;
pub mod figure;
pub mod identifier;
pub mod indicator;
pub mod invitation;
pub mod job;
pub mod mail_template;
pub mod organisation;
pub mod pay_band;
pub mod population;
pub mod published_summary;
pub mod questionnaire;
pub mod representation;
pub mod response;
pub mod results;
pub mod scope;
pub mod sign_in_delay;
pub mod staff_group;
pub mod statistics;
pub mod survey;
pub mod survey_measure;
pub mod tabulation;
pub mod threshold;
pub mod webhook;
pub mod workforce;
