//! Verification: is what is stored whole, readable, and consistent with itself? Reads everything, changes nothing.

use super::{AppError, audit_verification, closing};
use crate::config::Config;
use crate::security::{Keys, Purpose, Sealer};
use crate::storage::maintenance::SurveyLine;
use crate::storage::{
    Connection, Database, StorageError, invitations, maintenance, migrations, receipts, releases, responses,
    sealed_responses, surveys,
};

/// What one check found.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// What was checked.
    pub check: &'static str,
    /// How many things were looked at.
    pub looked_at: u64,
    /// What is wrong, one sentence each; empty when nothing is.
    pub problems: Vec<String>,
}

type Check = fn(&mut Connection, &[SurveyLine], &Sealer) -> Result<(u64, Vec<String>), StorageError>;

/// Every check, in the order in which they are run.
const ALL: &[(&str, Check)] = &[
    ("the database's own check", |conn, _, _| Ok((1, maintenance::damage(conn)?))),
    ("migrations are those of this build", current_migrations),
    ("the database keeps organisations apart", wall),
    ("surveys can be read", readable_surveys),
    ("addresses open with security.secret", open_addresses),
    ("spent invitations are as many as responses", one_response_each),
    ("closed surveys list a receipt for each response", one_receipt_each),
    ("responses can be read", readable_responses),
    ("published surveys have a release, and each can be read", readable_releases),
];

/// Runs every check over one state of the database.
///
/// # Errors
/// [`AppError`] when the database does not answer; what is wrong with what it holds is in the findings.
pub async fn verify(config: &Config) -> Result<Vec<Finding>, AppError> {
    let database = Database::new(&config.database)?;
    let sealer = Sealer::new(Keys::new(&config.security));
    let keys = Keys::new(&config.security);
    database
        .of_every_organisation()
        .read(move |conn| {
            let surveys = maintenance::surveys(conn)?;
            let log = audit_verification::verify_all(conn, &keys)?;
            let log = Finding {
                check: "the audit log is as it was written",
                looked_at: log.entries,
                problems: log.faults.iter().map(ToString::to_string).collect(),
            };
            ALL.iter()
                .map(|(check, run)| {
                    let (looked_at, problems) = match run(conn, &surveys, &sealer) {
                        // What cannot be read is a finding; a database that is gone is an error.
                        Err(error @ StorageError::Unreadable { .. }) => (0, vec![error.to_string()]),
                        other => other?,
                    };
                    Ok(Finding { check, looked_at, problems })
                })
                .chain([Ok(log)])
                .collect()
        })
        .await
}

fn current_migrations(conn: &mut Connection, _: &[SurveyLine], _: &Sealer) -> Result<(u64, Vec<String>), StorageError> {
    let status = migrations::status(conn)?;
    let missing = status.iter().filter(|migration| !migration.applied);
    let problems = missing.map(|migration| format!("{} is missing; run `candour migrate up`", migration.name));
    Ok((status.len() as u64, problems.collect()))
}

fn wall(conn: &mut Connection, _: &[SurveyLine], _: &Sealer) -> Result<(u64, Vec<String>), StorageError> {
    let problem = "the account in database.url is a superuser, or passes over row-level security, and the role \
                   candour_app is missing or has no rights; run `candour migrate up`, or give it them as \
                   docs/operations.md says";
    let problems = if maintenance::has_wall(conn)? { Vec::new() } else { vec![problem.to_owned()] };
    Ok((1, problems))
}

fn readable_surveys(conn: &mut Connection, all: &[SurveyLine], _: &Sealer) -> Result<(u64, Vec<String>), StorageError> {
    each(all, |survey| surveys::read_content(conn, &survey.id).map(|_| (1, None)))
}

fn open_addresses(
    conn: &mut Connection,
    all: &[SurveyLine],
    sealer: &Sealer,
) -> Result<(u64, Vec<String>), StorageError> {
    each(all, |survey| {
        let addresses = maintenance::sealed_addresses(conn, &survey.id)?;
        let closed = addresses
            .iter()
            .filter(|(_, sealed)| !sealed.is_empty())
            .filter(|(id, sealed)| sealer.open(Purpose::AddressSeal, id.as_str().as_bytes(), sealed).is_none())
            .count();
        let problem = (closed > 0).then(|| format!("{closed} addresses do not open: was security.secret changed?"));
        Ok((addresses.len() as u64, problem))
    })
}

fn one_response_each(
    conn: &mut Connection,
    all: &[SurveyLine],
    _: &Sealer,
) -> Result<(u64, Vec<String>), StorageError> {
    each(all, |survey| {
        let counts = invitations::counts(conn, &survey.id)?;
        if counts.invited == 0 {
            return Ok((0, None)); // Not invited yet, or deleted when their time was over.
        }
        let sealed = sealed_responses::counts(conn, &survey.id)?;
        let listed = receipts::all(conn, &survey.id)?.iter().filter(|receipt| receipt.withdrawn).count() as u64;
        let stored = responses::count(conn, &survey.id)? + sealed.kept;
        let withdrawn = sealed.withdrawn + listed;
        let purged = stored == 0 && survey.closed_on.is_some();
        let problem = (counts.used != stored + withdrawn && !purged).then(|| {
            format!(
                "{} invitations are spent, {stored} responses are stored and {withdrawn} were withdrawn",
                counts.used
            )
        });
        Ok((1, problem))
    })
}

fn one_receipt_each(conn: &mut Connection, all: &[SurveyLine], _: &Sealer) -> Result<(u64, Vec<String>), StorageError> {
    let closed: Vec<SurveyLine> = all.iter().filter(|survey| survey.closed_on.is_some()).cloned().collect();
    each(&closed, |survey| {
        let listed = receipts::all(conn, &survey.id)?.iter().filter(|receipt| !receipt.withdrawn).count() as u64;
        let stored = responses::count(conn, &survey.id)?;
        let problem =
            (listed != stored).then(|| format!("{listed} receipts are listed, {stored} responses are stored"));
        Ok((listed, problem))
    })
}

fn readable_responses(
    conn: &mut Connection,
    all: &[SurveyLine],
    sealer: &Sealer,
) -> Result<(u64, Vec<String>), StorageError> {
    // Numbers of an open survey are told in steps, here as everywhere.
    const STEP: u64 = 11;
    let (read, problems) = each(all, |survey| {
        let stored = responses::all(conn, &survey.id)?;
        let mut read = stored.len() as u64;
        let mut damaged = stored.iter().filter(|response| response.response().is_err()).count();
        let packing = closing::packing(conn, &survey.id)?;
        closing::for_each(conn, &survey.id, |row| {
            if let Some(sealed) = &row.sealed {
                read += 1;
                damaged +=
                    usize::from(closing::open(sealer, &survey.id, &row.receipt_hash, &packing, sealed).is_none());
            }
            Ok::<_, StorageError>(())
        })?;
        Ok((read, (damaged > 0).then(|| format!("{damaged} responses cannot be read"))))
    })?;
    Ok((read / STEP * STEP, problems))
}

fn readable_releases(
    conn: &mut Connection,
    all: &[SurveyLine],
    _: &Sealer,
) -> Result<(u64, Vec<String>), StorageError> {
    let published: Vec<SurveyLine> =
        all.iter().filter(|survey| survey.state == crate::domain::survey::SurveyState::Published).cloned().collect();
    each(&published, |survey| match releases::read(conn, &survey.id) {
        Ok(_) => Ok((1, None)),
        Err(StorageError::NotFound) => Ok((1, Some("it is published and has no release".to_owned()))),
        Err(other) => Err(other),
    })
}

/// Looks at each survey; what cannot be read of one does not keep the others from being looked at.
fn each(
    all: &[SurveyLine],
    mut look: impl FnMut(&SurveyLine) -> Result<(u64, Option<String>), StorageError>,
) -> Result<(u64, Vec<String>), StorageError> {
    let (mut looked_at, mut problems) = (0, Vec::new());
    for survey in all {
        match look(survey) {
            Ok((count, problem)) => {
                looked_at += count;
                problems.extend(problem.map(|problem| format!("survey {}: {problem}", survey.id)));
            }
            Err(error @ StorageError::Unreadable { .. }) => problems.push(format!("survey {}: {error}", survey.id)),
            Err(other) => return Err(other),
        }
    }
    Ok((looked_at, problems))
}
