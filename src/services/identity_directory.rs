//! What identity providers publish about themselves (OpenID Connect Discovery 1.0) and their keys, read over the network
//! under the rules of `outbound` and remembered for some minutes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::Value;

use crate::config::WebhooksConfig;
use crate::outbound::{Destination, Fetched, OutboundClient};

/// How long what was read is believed.
const FRESH: Duration = Duration::from_secs(600);
/// Keys are read again at most so often, whatever tokens name.
const SOONEST: Duration = Duration::from_secs(30);
/// Largest answer.
const MOST_BYTES: u64 = 256 * 1024;
/// Providers remembered; more begin anew.
const MOST_PROVIDERS: usize = 1_000;

/// What was read, by where, and when.
type Remembered<T> = Mutex<HashMap<String, (Instant, Arc<T>)>>;

/// Reads and remembers; cheap to clone.
#[derive(Clone)]
pub(super) struct Directory {
    client: OutboundClient,
    config: WebhooksConfig,
    metadata: Arc<Remembered<Metadata>>,
    keys: Arc<Remembered<Value>>,
}

/// A provider that cannot be used. The sentence is for logs and administrators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the identity provider cannot be used: {0}")]
pub struct ProviderTrouble(&'static str);

/// What a provider says of itself, as far as we ask.
#[derive(Debug)]
pub(super) struct Metadata {
    authorization: Destination,
    token: Destination,
    keys: Destination,
    /// Whether its answers say who sent them (RFC 9207): then one that does not is another's.
    pub(super) names_itself: bool,
    /// Whether it wants the secret among the parameters instead of in the header.
    secret_in_body: bool,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    code_challenge_methods_supported: Option<Vec<String>>,
}

impl Metadata {
    /// Address at which people sign in, with these parameters.
    pub(super) fn authorization_address(&self, parameters: &[(&str, String)]) -> String {
        let address = self.authorization.to_string();
        let join = if address.contains('?') { '&' } else { '?' };
        format!("{address}{join}{}", encoded(parameters))
    }
}

impl Directory {
    pub(super) fn new(config: WebhooksConfig) -> Self {
        Self { client: OutboundClient::new(config), config, metadata: Arc::default(), keys: Arc::default() }
    }

    /// What the provider says of itself.
    pub(super) async fn metadata(&self, issuer: &str) -> Result<Arc<Metadata>, ProviderTrouble> {
        if let Some(known) = recall(&self.metadata, issuer, FRESH) {
            return Ok(known);
        }
        let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let document: Document = serde_json::from_value(self.get(self.destination(&address)?).await?)
            .map_err(|_| ProviderTrouble("its description is not that of OpenID Connect"))?;
        // OpenID Connect Discovery, section 4.3: or one provider could speak for another.
        if document.issuer != issuer {
            return Err(ProviderTrouble("its description names another issuer"));
        }
        if document.code_challenge_methods_supported.is_some_and(|methods| !methods.iter().any(|m| m == "S256")) {
            return Err(ProviderTrouble("it does not take PKCE with S256"));
        }
        let methods = document.token_endpoint_auth_methods_supported.unwrap_or_default();
        let takes = |method: &str| methods.iter().any(|known| known == method);
        let metadata = Arc::new(Metadata {
            authorization: self.destination(&document.authorization_endpoint)?,
            token: self.destination(&document.token_endpoint)?,
            keys: self.destination(&document.jwks_uri)?,
            names_itself: document.authorization_response_iss_parameter_supported,
            secret_in_body: takes("client_secret_post") && !takes("client_secret_basic"),
        });
        remember(&self.metadata, issuer, &metadata);
        Ok(metadata)
    }

    /// The provider's keys; `anew` when a token names one that is not among those remembered.
    pub(super) async fn keys(&self, metadata: &Metadata, anew: bool) -> Result<Arc<Value>, ProviderTrouble> {
        let address = metadata.keys.to_string();
        if let Some(known) = recall(&self.keys, &address, if anew { SOONEST } else { FRESH }) {
            return Ok(known);
        }
        let keys = Arc::new(self.get(metadata.keys.clone()).await?);
        remember(&self.keys, &address, &keys);
        Ok(keys)
    }

    /// Changes a code for tokens; an answer that is none is an empty object.
    pub(super) async fn change(
        &self,
        metadata: &Metadata,
        client_id: &str,
        secret: &str,
        form: &[(&str, String)],
    ) -> Result<Value, ProviderTrouble> {
        let (id, word) = (encode(client_id), encode(secret));
        let (headers, body) = if metadata.secret_in_body {
            (Vec::new(), format!("{}&client_id={id}&client_secret={word}", encoded(form)))
        } else {
            (vec![("authorization", format!("Basic {}", STANDARD.encode(format!("{id}:{word}"))))], encoded(form))
        };
        let (client, to) = (self.client.clone(), metadata.token.clone());
        let fetched = blocking(move || client.post_form(&to, &headers, &body, MOST_BYTES)).await?;
        match fetched.status {
            200 => serde_json::from_slice(&fetched.body).map_err(|_| ProviderTrouble("its answer is not JSON")),
            400..=499 => Ok(Value::Null),
            _ => Err(ProviderTrouble("it answered with an error")),
        }
    }

    async fn get(&self, from: Destination) -> Result<Value, ProviderTrouble> {
        let client = self.client.clone();
        let fetched = blocking(move || client.get(&from, MOST_BYTES)).await?;
        match fetched.status {
            200 => serde_json::from_slice(&fetched.body).map_err(|_| ProviderTrouble("its answer is not JSON")),
            _ => Err(ProviderTrouble("it answered with an error")),
        }
    }

    fn destination(&self, address: &str) -> Result<Destination, ProviderTrouble> {
        Destination::parse(address, &self.config).map_err(|_| ProviderTrouble("one of its addresses is not allowed"))
    }
}

async fn blocking(
    work: impl FnOnce() -> Result<Fetched, &'static str> + Send + 'static,
) -> Result<Fetched, ProviderTrouble> {
    let ended = tokio::task::spawn_blocking(work).await;
    ended.map_err(|_| ProviderTrouble("asking it did not finish"))?.map_err(ProviderTrouble)
}

fn recall<T>(known: &Remembered<T>, key: &str, fresh: Duration) -> Option<Arc<T>> {
    let known = known.lock().unwrap_or_else(PoisonError::into_inner);
    known.get(key).filter(|(since, _)| since.elapsed() < fresh).map(|(_, value)| Arc::clone(value))
}

fn remember<T>(known: &Remembered<T>, key: &str, value: &Arc<T>) {
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    if known.len() >= MOST_PROVIDERS {
        known.clear();
    }
    known.insert(key.to_owned(), (Instant::now(), Arc::clone(value)));
}

fn encoded(parameters: &[(&str, String)]) -> String {
    let pairs: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    pairs.join("&")
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
