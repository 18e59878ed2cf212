//! Lists in settings: a list in a file, or text with commas, which is what the environment can say.

use std::fmt::Display;
use std::str::FromStr;

use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// A list, or text with commas.
pub fn list_or_text<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        List(Vec<String>),
        Text(String),
    }
    let parts = match Either::deserialize(deserializer)? {
        Either::List(list) => list,
        Either::Text(text) => text.split(',').map(|part| part.trim().to_owned()).collect(),
    };
    parts
        .iter()
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().map_err(|error| Error::custom(format!("“{part}” cannot stand in this list: {error}"))))
        .collect()
}
