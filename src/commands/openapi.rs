//! `candour openapi`: the document that `/api/v1/openapi.json` serves.

use super::CommandError;
use crate::web::openapi::document;

/// Prints the document as JSON.
pub(super) fn run() -> Result<(), CommandError> {
    println!("{:#}", document());
    Ok(())
}
