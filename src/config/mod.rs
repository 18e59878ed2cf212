//! Configuration: defaults (`config/default.toml`, built in) < a file < the environment.
//!
//! One small struct per area. Unknown keys are errors. `CANDOUR__SERVER__PORT` overrides `server.port`; a name that
//! ends in `_FILE` reads the value from that file, which is how secrets should come in.

mod api;
mod branding;
mod database;
mod disclosure;
mod invitations;
mod list;
mod log;
mod mail;
mod production;
mod retention;
mod secret;
mod security;
mod server;
mod source;
mod webhooks;

pub use api::ApiConfig;
pub use branding::{BrandingConfig, LogoFile};
pub use database::{DatabaseConfig, DatabaseUrl};
pub use disclosure::DisclosureConfig;
pub use invitations::InvitationsConfig;
pub use log::{LogConfig, LogFormat};
pub use mail::{MailConfig, MailTls, MailTransport};
pub use retention::RetentionConfig;
pub use secret::Secret;
pub use security::{SecondFactorRule, SecurityConfig};
pub use server::ServerConfig;
pub use source::{ConfigError, EffectiveSetting, effective_settings, load, load_with_environment};
pub use webhooks::WebhooksConfig;

use serde::Deserialize;

/// Everything that can be set.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// `[server]`
    pub server: ServerConfig,
    /// `[database]`
    pub database: DatabaseConfig,
    /// `[security]`
    pub security: SecurityConfig,
    /// `[mail]`
    pub mail: MailConfig,
    /// `[webhooks]`
    pub webhooks: WebhooksConfig,
    /// `[api]`
    pub api: ApiConfig,
    /// `[invitations]`
    pub invitations: InvitationsConfig,
    /// `[disclosure]`
    pub disclosure: DisclosureConfig,
    /// `[retention]`
    pub retention: RetentionConfig,
    /// `[branding]`
    pub branding: BrandingConfig,
    /// `[log]`
    pub log: LogConfig,
}

impl Config {
    /// What is set but cannot work, or must not be: one sentence each, empty when all is well.
    pub fn problems(&self) -> Vec<String> {
        [
            self.server.problems(),
            self.database.problems(),
            self.security.problems(),
            self.mail.problems(),
            self.webhooks.problems(),
            self.api.problems(),
            self.disclosure.problems(),
            self.branding.problems(),
        ]
        .concat()
    }
}
