//! Who wants no e-mail: by their own link, or because the organisation's mail system says that it does not arrive.
//!
//! Only a keyed hash of the address is kept. Whether somebody stands here is told to nobody: they are invited like
//! everybody, and no e-mail leaves.

use super::AppError;
use crate::domain::account::TenantScope;
use crate::domain::invitation::EmailAddress;
use crate::domain::organisation::OdsCode;
use crate::security::{Keys, PlaintextToken, Purpose, Sealer};
use crate::storage::{Database, StorageError, invitations, suppressions, surveys};

/// Use cases around people who want no e-mail.
#[derive(Clone)]
pub struct Suppressions {
    database: Database,
    keys: Keys,
    sealer: Sealer,
}

/// What a link for opting out leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptOutOutcome {
    /// No further e-mail goes to this person.
    Done,
    /// There is no such link, or its survey has closed and sends nothing any more.
    UnknownLink,
}

impl Suppressions {
    pub(super) fn new(database: Database, keys: Keys, sealer: Sealer) -> Self {
        Self { database, keys, sealer }
    }

    /// The person with this link wants no further e-mail of the organisation. The link itself goes on working.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn opt_out(&self, token: PlaintextToken) -> Result<OptOutOutcome, AppError> {
        let this = self.clone();
        self.database
            .write(move |conn| {
                let invitation = match invitations::find_by_token(conn, token.hash().as_str()) {
                    Err(StorageError::NotFound) => return Ok(OptOutOutcome::UnknownLink),
                    other => other?,
                };
                let context = invitation.id.as_str().as_bytes();
                let address = this
                    .sealer
                    .open(Purpose::AddressSeal, context, &invitation.address)
                    .and_then(|bytes| EmailAddress::parse(&String::from_utf8(bytes).ok()?).ok());
                let Some(address) = address else { return Ok(OptOutOutcome::UnknownLink) };
                let organisation = surveys::organisation_of(conn, &invitation.survey)?;
                suppressions::add(conn, &organisation, &[this.index(&organisation, &address)])?;
                Ok(OptOutOutcome::Done)
            })
            .await
    }

    /// No further e-mail of the organisation goes to these addresses: they complained, or do not exist.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn add(&self, scope: TenantScope, addresses: Vec<EmailAddress>) -> Result<(), AppError> {
        let organisation = scope.organisation().clone();
        let indexes: Vec<String> = addresses.iter().map(|address| self.index(&organisation, address)).collect();
        self.database.write(move |conn| Ok(suppressions::add(conn, &organisation, &indexes)?)).await
    }

    /// Whether no e-mail may go to this address.
    pub(super) async fn contains(&self, organisation: OdsCode, address: &EmailAddress) -> Result<bool, AppError> {
        let index = self.index(&organisation, address);
        self.database.read(move |conn| Ok(suppressions::contains(conn, &organisation, &index)?)).await
    }

    fn index(&self, organisation: &OdsCode, address: &EmailAddress) -> String {
        let text = format!("suppressed\n{organisation}\n{}", address.reveal().to_lowercase());
        self.keys.authentication_code(Purpose::AddressIndex, text.as_bytes())
    }
}
