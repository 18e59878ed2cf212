//! Who wants no e-mail: by their own link, or because the organisation's mail system says that it does not arrive.
//!
//! Only a keyed hash of the address is kept. Whether somebody stands here is told to nobody: they are invited like
//! everybody, and no e-mail leaves.

use super::{AppError, invitations};
use crate::domain::account::TenantScope;
use crate::domain::invitation::EmailAddress;
use crate::domain::organisation::OdsCode;
use crate::import::mail_report;
use crate::mail::ReportsFolder;
use crate::security::{Keys, PlaintextToken, Purpose, Sealer};
use crate::storage::{self, Connection, Database, StorageError, organisations, suppressions, surveys};

/// Use cases around people who want no e-mail.
#[derive(Clone)]
pub struct Suppressions {
    database: Database,
    keys: Keys,
    sealer: Sealer,
    reports: Option<ReportsFolder>,
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
    /// `reports` is the folder that bounces and complaints come into.
    pub(super) fn new(database: Database, keys: Keys, sealer: Sealer, reports: Option<ReportsFolder>) -> Self {
        Self { database, keys, sealer, reports }
    }

    /// The person with this link wants no further e-mail of the organisation. The link itself goes on working.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn opt_out(&self, token: PlaintextToken) -> Result<OptOutOutcome, AppError> {
        let this = self.clone();
        self.database
            .of_every_organisation()
            .write(move |conn| {
                let invitation = match storage::invitations::find_by_token(conn, token.hash().as_str()) {
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
        self.database.of(&scope).write(move |conn| Ok(suppressions::add(conn, &organisation, &indexes)?)).await
    }

    /// Notes what a mail server reported, to one organisation or, without a scope, to all: an address that does not
    /// exist is nobody's. Gives whether it was a report about an e-mail of ours; anything else changes nothing, so that
    /// nobody is kept from their invitation by a message that was made up.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn note_report(&self, scope: Option<TenantScope>, message: &[u8]) -> Result<bool, AppError> {
        let Some(report) = mail_report::read(message) else { return Ok(false) };
        if !report.message_id.is_some_and(|id| invitations::is_message_id(&self.keys, &id)) {
            return Ok(false);
        }
        let this = self.clone();
        let transactions = match &scope {
            Some(scope) => self.database.of(scope),
            None => self.database.of_every_organisation(),
        };
        transactions
            .write(move |conn| {
                let organisations = match scope {
                    Some(scope) => vec![scope.organisation().clone()],
                    None => every_organisation(conn)?,
                };
                for organisation in &organisations {
                    let indexes: Vec<String> =
                        report.addresses.iter().map(|address| this.index(organisation, address)).collect();
                    suppressions::add(conn, organisation, &indexes)?;
                }
                Ok(true)
            })
            .await
    }

    /// Reads what has come into the folder of reports: notes and deletes reports, leaves other messages to people.
    /// Gives how many reports there were.
    ///
    /// # Errors
    /// [`AppError::Busy`] when the folder or the database cannot be read now.
    pub async fn read_reports(&self) -> Result<usize, AppError> {
        const AT_ONCE: usize = 200;
        let Some(folder) = self.reports.clone() else { return Ok(0) };
        let failed = |error: std::io::Error| AppError::Busy(format!("the folder of mail reports: {error}"));
        let reader = folder.clone();
        let messages = tokio::task::spawn_blocking(move || reader.new_messages(AT_ONCE))
            .await
            .map_err(|_| AppError::Internal("reading the folder of mail reports did not finish".to_owned()))?
            .map_err(failed)?;
        let mut reports = 0;
        for (file, message) in messages {
            if self.note_report(None, &message).await? {
                reports += 1;
                folder.delete(&file).map_err(failed)?;
            } else {
                folder.leave_to_people(&file).map_err(failed)?;
            }
        }
        Ok(reports)
    }

    /// Whether no e-mail may go to this address.
    pub(super) async fn contains(&self, organisation: OdsCode, address: &EmailAddress) -> Result<bool, AppError> {
        let index = self.index(&organisation, address);
        self.database
            .of_every_organisation()
            .read(move |conn| Ok(suppressions::contains(conn, &organisation, &index)?))
            .await
    }

    fn index(&self, organisation: &OdsCode, address: &EmailAddress) -> String {
        let text = format!("suppressed\n{organisation}\n{}", address.reveal().to_lowercase());
        self.keys.authentication_code(Purpose::AddressIndex, text.as_bytes())
    }
}

fn every_organisation(conn: &mut Connection) -> Result<Vec<OdsCode>, StorageError> {
    const PAGE: i64 = 500;
    let mut all: Vec<OdsCode> = Vec::new();
    loop {
        let after = all.last().map_or("", OdsCode::as_str).to_owned();
        let page = organisations::list(conn, &after, PAGE)?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page.into_iter().map(|organisation| organisation.ods));
    }
}
