//! Reading settings from the built-in defaults, a file and the environment, and saying where each came from.

use std::collections::BTreeMap;
use std::path::Path;

use ::config::builder::DefaultState;
use ::config::{ConfigBuilder, Environment, File, FileFormat, Value, ValueKind};

use super::Config;

const DEFAULTS: &str = include_str!("../../config/default.toml");
const PREFIX: &str = "CANDOUR__";
/// Settings whose value is masked wherever settings are shown.
const SECRETS: [&str; 3] = ["database.url", "security.secret", "mail.password"];

/// The settings cannot be read; one sentence that names the key and the file or variable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("configuration: {0}")]
pub struct ConfigError(String);

/// One setting as it is in force.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct EffectiveSetting {
    /// `area.name`
    pub key: String,
    /// Its value; secrets masked.
    pub value: String,
    /// `default`, the file, or `environment`.
    pub origin: String,
}

/// Reads the settings; `file` is optional, the environment is the process's.
///
/// # Errors
/// A file that is missing or not TOML, an unknown key, a value of the wrong type, a value that cannot work.
pub fn load(file: Option<&Path>) -> Result<Config, ConfigError> {
    load_with_environment(file, std::env::vars())
}

/// [`load`] with an environment of the caller's.
pub fn load_with_environment(
    file: Option<&Path>,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<Config, ConfigError> {
    let config: Config =
        sources(file, environment)?.build().and_then(::config::Config::try_deserialize).map_err(ConfigError::from)?;
    match config.problems().as_slice() {
        [] => Ok(config),
        problems => Err(ConfigError(problems.join("; "))),
    }
}

/// Every setting with its value (secrets masked) and where it came from, by key.
pub fn effective_settings(file: Option<&Path>) -> Result<Vec<EffectiveSetting>, ConfigError> {
    let built = sources(file, std::env::vars())?.build()?;
    let mut settings = Vec::new();
    flatten("", built.cache, &mut settings);
    settings.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(settings)
}

fn sources(
    file: Option<&Path>,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<ConfigBuilder<DefaultState>, ConfigError> {
    let mut builder = ::config::Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml));
    if let Some(path) = file {
        builder = builder.add_source(File::from(path).format(FileFormat::Toml));
    }
    let variables = Environment::with_prefix("CANDOUR").prefix_separator("__").separator("__").try_parsing(true);
    Ok(builder.add_source(variables.source(Some(with_files_read(environment)?))))
}

/// Our variables; one that ends in `_FILE` is replaced by what its file holds, without the line end.
fn with_files_read(
    environment: impl Iterator<Item = (String, String)>,
) -> Result<::config::Map<String, String>, ConfigError> {
    let ours: BTreeMap<String, String> = environment.filter(|(name, _)| name.starts_with(PREFIX)).collect();
    ours.into_iter()
        .map(|(name, value)| match name.strip_suffix("_FILE") {
            Some(target) => match std::fs::read_to_string(&value) {
                Ok(content) => Ok((target.to_owned(), content.trim_end().to_owned())),
                Err(error) => Err(ConfigError(format!("{name} names a file that cannot be read: {error}"))),
            },
            None => Ok((name, value)),
        })
        .collect()
}

fn flatten(prefix: &str, value: Value, settings: &mut Vec<EffectiveSetting>) {
    let origin = match value.origin() {
        None => "default".to_owned(),
        Some("the environment") => "environment".to_owned(),
        Some(other) => other.to_owned(),
    };
    match value.kind {
        ValueKind::Table(table) => {
            for (name, child) in table {
                let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
                flatten(&key, child, settings);
            }
        }
        kind => {
            let shown = kind.to_string();
            let value = if SECRETS.contains(&prefix) && !shown.is_empty() { "********".to_owned() } else { shown };
            settings.push(EffectiveSetting { key: prefix.to_owned(), value, origin });
        }
    }
}

impl From<::config::ConfigError> for ConfigError {
    fn from(error: ::config::ConfigError) -> Self {
        Self(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: (&str, &str) = ("CANDOUR__SECURITY__SECRET", "0123456789abcdef0123456789abcdef");

    fn load_from(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        load_with_environment(None, variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn the_environment_wins_over_the_defaults() {
        let config = load_from(&[SECRET, ("CANDOUR__SERVER__PORT", "9000")]).expect("valid");
        assert_eq!(config.server.port, 9000);
        assert_eq!(config.disclosure.minimum_count, 11);
    }

    #[test]
    fn a_list_from_the_environment_has_commas() {
        let proxies = |text| load_from(&[SECRET, ("CANDOUR__SERVER__TRUSTED_PROXIES", text)]);
        assert_eq!(proxies("172.30.0.1, ::1").expect("valid").server.trusted_proxies.len(), 2);
        assert!(proxies("proxy.local").expect_err("no address").to_string().contains("proxy.local"));
    }

    #[test]
    fn a_typo_is_an_error_that_names_the_key() {
        let error = load_from(&[SECRET, ("CANDOUR__SERVER__PROT", "9000")]).expect_err("unknown key");
        assert!(error.to_string().contains("prot"), "{error}");
    }

    #[test]
    fn a_threshold_below_ten_is_refused() {
        let error = load_from(&[SECRET, ("CANDOUR__DISCLOSURE__MINIMUM_COUNT", "9")]).expect_err("too low");
        assert!(error.to_string().contains("at least 10"), "{error}");
    }

    #[test]
    fn a_secret_is_read_from_its_file_and_never_shown() {
        let file = tempfile::NamedTempFile::new().expect("temporary file");
        std::fs::write(file.path(), format!("{}\n", SECRET.1)).expect("written");
        let config =
            load_from(&[("CANDOUR__SECURITY__SECRET_FILE", file.path().to_str().expect("UTF-8"))]).expect("valid");
        assert_eq!(config.security.secret.reveal(), SECRET.1);
        assert!(!format!("{config:?}").contains(SECRET.1));
    }

    #[test]
    fn a_missing_secret_says_how_to_make_one() {
        assert!(load_from(&[]).expect_err("no secret").to_string().contains("CANDOUR__SECURITY__SECRET_FILE"));
    }
}
