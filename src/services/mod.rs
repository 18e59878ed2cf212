//! Use cases: the only room that combines domain, storage, mail and security. One file per noun.
//!
//! A service method is a list of steps, with at most one transaction. Time and randomness enter here.

pub mod account_administration;
pub mod accounts;
pub mod action_plans;
pub mod audit_log;
pub mod audit_verification;
pub mod backups;
pub mod clients;
mod clock;
mod closing;
pub mod column_mappings;
pub mod comments;
mod error;
pub mod forecasts;
pub mod health;
pub mod idempotency;
mod identity_directory;
pub mod identity_providers;
pub mod indicators;
mod invitation_mail;
pub mod invitations;
pub mod letters;
pub mod mail_samples;
pub mod mail_templates;
mod open_forms;
pub mod organisations;
pub mod outbox;
pub mod own_account;
pub mod participation;
pub mod policies;
pub mod populations;
mod precondition;
pub mod published_summaries;
pub mod rate_limits;
pub mod receipts;
pub mod respondents;
pub mod results;
pub mod retention;
pub mod sign_in;
pub mod signing_keys;
pub mod single_sign_on;
pub mod suppressions;
pub mod surveys;
pub mod systems;
pub mod tokens;
pub mod verification;
pub mod webhooks;
pub mod workforces;

pub use clock::{now, today};
pub use error::{AppError, FieldProblem};
pub use health::migrated;
pub use precondition::Precondition;

use crate::config::Config;
use crate::mail::{Mailer, ReportsFolder};
use crate::security::{Keys, PasswordHasher, Sealer};
use crate::storage::Database;

/// Every use case, ready to be called; cheap to clone.
#[derive(Clone)]
pub struct Services {
    /// Office accounts, sessions, access tokens.
    pub accounts: accounts::Accounts,
    /// Action plans.
    pub action_plans: action_plans::ActionPlans,
    /// Who did what.
    pub audit_log: audit_log::AuditLog,
    /// Programs that use the API.
    pub clients: clients::Clients,
    /// How organisations' own files name our columns.
    pub column_mappings: column_mappings::ColumnMappings,
    /// What people wrote in their own words.
    pub comments: comments::Comments,
    /// Whether the service can work.
    pub health: health::Health,
    /// Requests that may be sent again.
    pub idempotency: idempotency::Idempotency,
    /// Organisations' own identity providers.
    pub identity_providers: identity_providers::IdentityProviders,
    /// The WRES indicators and their inputs.
    pub indicators: indicators::Indicators,
    /// Inviting staff, reminding them, sending both.
    pub invitations: invitations::Invitations,
    /// What organisations say in their own words in e-mails.
    pub mail_words: mail_templates::MailWords,
    /// Organisations and their units.
    pub organisations: organisations::Organisations,
    /// Jobs to be done.
    pub outbox: outbox::Outbox,
    /// From how many people on organisations show a group.
    pub policies: policies::Policies,
    /// How many take part in surveys.
    pub participation: participation::ParticipationCounts,
    /// Populations to compare with.
    pub populations: populations::Populations,
    /// How many requests a caller may send.
    pub rate_limits: rate_limits::RateLimits,
    /// What a receipt is good for.
    pub receipts: receipts::Receipts,
    /// What is kept no longer.
    pub retention: retention::Retention,
    /// What staff do.
    pub respondents: respondents::Respondents,
    /// What a release says.
    pub results: results::Results,
    /// Who wants no e-mail.
    pub suppressions: suppressions::Suppressions,
    /// Surveys and their life.
    pub surveys: surveys::Surveys,
    /// Systems and their members.
    pub systems: systems::Systems,
    /// Signing in at an organisation's own identity provider.
    pub single_sign_on: single_sign_on::SingleSignOn,
    /// Keys that sign access tokens.
    pub signing_keys: signing_keys::SigningKeys,
    /// Access tokens and refresh tokens.
    pub tokens: tokens::Tokens,
    /// Addresses that hear of events.
    pub webhooks: webhooks::Webhooks,
    /// Workforce snapshots and reports on them.
    pub workforces: workforces::Workforces,
    /// Seals what travels with a browser.
    pub sealer: Sealer,
}

impl Services {
    /// The use cases of an installation. Opens no connection yet.
    ///
    /// # Errors
    /// [`AppError::Internal`] when a setting cannot work.
    pub fn new(config: &Config) -> Result<Self, AppError> {
        let internal = |error: &dyn std::fmt::Display| AppError::Internal(error.to_string());
        let database = Database::new(&config.database)?;
        let keys = Keys::new(&config.security);
        let sealer = Sealer::new(keys.clone());
        let mailer = Mailer::new(&config.mail).map_err(|error| internal(&error))?;
        let passwords = PasswordHasher::new().map_err(|error| internal(&error))?;
        let audit_log = audit_log::AuditLog::new(database.clone(), keys.clone(), &config.server.public_url);
        let accounts = accounts::Accounts::new(
            database.clone(),
            passwords,
            keys.clone(),
            audit_log.clone(),
            mailer.clone(),
            config,
        );
        let signing_keys =
            signing_keys::SigningKeys::new(database.clone(), sealer.clone(), audit_log.clone(), &config.security);
        let open_forms = open_forms::OpenForms::default();
        Ok(Self {
            tokens: tokens::Tokens::new(accounts.clone(), signing_keys.clone(), config),
            signing_keys,
            single_sign_on: single_sign_on::SingleSignOn::new(
                accounts.clone(),
                identity_directory::Directory::new(config.webhooks),
            ),
            identity_providers: identity_providers::IdentityProviders::new(
                database.clone(),
                sealer.clone(),
                audit_log.clone(),
                config.webhooks,
            ),
            accounts,
            action_plans: action_plans::ActionPlans::new(database.clone(), audit_log.clone()),
            clients: clients::Clients::new(database.clone(), audit_log.clone()),
            audit_log: audit_log.clone(),
            column_mappings: column_mappings::ColumnMappings::new(database.clone()),
            comments: comments::Comments::new(database.clone(), audit_log.clone()),
            health: health::Health::new(database.clone()),
            idempotency: idempotency::Idempotency::new(database.clone(), keys.clone(), sealer.clone(), &config.api),
            indicators: indicators::Indicators::new(database.clone(), audit_log.clone()),
            invitations: invitations::Invitations::new(
                database.clone(),
                keys.clone(),
                sealer.clone(),
                mailer,
                audit_log.clone(),
                config,
            ),
            mail_words: mail_templates::MailWords::new(database.clone(), audit_log.clone()),
            organisations: organisations::Organisations::new(database.clone(), audit_log.clone()),
            outbox: outbox::Outbox::new(database.clone()),
            participation: participation::ParticipationCounts::new(database.clone(), config.disclosure),
            policies: policies::Policies::new(database.clone(), audit_log.clone(), config.disclosure),
            populations: populations::Populations::new(database.clone()),
            rate_limits: rate_limits::RateLimits::new(database.clone(), keys.clone(), &config.api),
            receipts: receipts::Receipts::new(database.clone(), config.disclosure),
            retention: retention::Retention::new(database.clone(), audit_log.clone(), config.retention),
            respondents: respondents::Respondents::new(database.clone(), sealer.clone(), open_forms.clone()),
            results: results::Results::new(database.clone(), audit_log.clone()),
            suppressions: suppressions::Suppressions::new(
                database.clone(),
                keys,
                sealer.clone(),
                ReportsFolder::new(&config.mail.reports_directory),
            ),
            surveys: surveys::Surveys::new(
                database.clone(),
                sealer.clone(),
                audit_log.clone(),
                config.disclosure,
                open_forms,
            ),
            systems: systems::Systems::new(database.clone(), audit_log.clone(), config.disclosure),
            webhooks: webhooks::Webhooks::new(
                database.clone(),
                sealer.clone(),
                audit_log.clone(),
                config.webhooks,
                &config.server.public_url,
            ),
            workforces: workforces::Workforces::new(database, audit_log.clone(), config.disclosure),
            sealer,
        })
    }
}
