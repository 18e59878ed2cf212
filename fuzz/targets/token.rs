//! What stands in links, on letters and in cookies. What is taken is taken back as it was written.
#![no_main]

use candour::domain::identifier::{ReleaseId, SurveyId};
use candour::domain::organisation::OdsCode;
use candour::domain::scope::Scopes;
use candour::security::{LetterCode, PlaintextToken};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(token) = text.parse::<PlaintextToken>() {
        assert_eq!(token.reveal(), text);
        assert_eq!(token.hash().as_str().len(), 64);
    }
    if let Ok(id) = text.parse::<SurveyId>() {
        assert_eq!(id.as_str(), text);
    }
    if let Ok(code) = text.parse::<OdsCode>() {
        assert_eq!(code.to_string(), text);
    }
    if let Ok(scopes) = text.parse::<Scopes>() {
        assert_eq!(scopes.to_string().parse::<Scopes>().as_ref(), Ok(&scopes));
    }
    let _ = text.parse::<ReleaseId>();
    let _ = text.parse::<LetterCode>();
});
