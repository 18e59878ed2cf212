//! The one integration-test binary: Candour through its front doors, on both databases.
//!
//! One file per noun. `support/` starts what a test needs: a server, a database of its own, a mailbox.

mod support;

mod account_pages;
mod accounts;
mod action_plans;
mod administration;
mod api_guide;
mod architecture;
mod audit_log;
mod authorisation;
mod bulk;
mod clients;
mod command_line;
mod comments;
mod disclosure;
mod downloads;
mod durability;
mod evidence;
mod faults;
mod forged_tokens;
mod forms;
mod headers;
mod indicators;
mod invitations;
mod letters;
mod linkage;
mod lists;
mod logs;
mod mail;
mod manners;
mod migrations;
mod openapi;
mod operations;
mod policies;
mod populations;
mod postgres_tls;
mod printed_figures;
mod receipts;
mod representation;
mod responses;
mod row_security;
mod single_sign_on;
mod survey_measures;
mod surveys;
mod systems;
mod tokens;
mod webhooks;
