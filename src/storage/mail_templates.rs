//! What organisations say in their own words in e-mails.

use diesel::prelude::*;

use super::connection::on_either;
use super::schema::mail_templates;
use super::{Connection, StorageError};
use crate::domain::mail_template::MailTemplates;
use crate::domain::organisation::OdsCode;

/// Stores an organisation's words in place of earlier ones.
pub fn upsert(conn: &mut Connection, organisation: &OdsCode, templates: &MailTemplates) -> Result<(), StorageError> {
    let body = serde_json::to_string(templates)
        .map_err(|error| StorageError::unreadable("mail template")(error.to_string()))?;
    on_either!(conn, |c| diesel::insert_into(mail_templates::table)
        .values((mail_templates::organisation.eq(organisation.as_str()), mail_templates::body.eq(&body)))
        .on_conflict(mail_templates::organisation)
        .do_update()
        .set(mail_templates::body.eq(&body))
        .execute(c))?;
    Ok(())
}

/// An organisation's words; none where it has said nothing.
pub fn find(conn: &mut Connection, organisation: &OdsCode) -> Result<MailTemplates, StorageError> {
    let body: Option<String> =
        mail_templates::table.find(organisation.as_str()).select(mail_templates::body).get_result(conn).optional()?;
    body.map_or_else(
        || Ok(MailTemplates::default()),
        |body| {
            serde_json::from_str(&body).map_err(|error| StorageError::unreadable("mail template")(error.to_string()))
        },
    )
}
