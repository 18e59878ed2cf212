//! Populations to compare a workforce with.

use super::AppError;
use crate::domain::population::{DeprivationProfile, Population};
use crate::import::catchment::Catchments;
use crate::storage::{Connection, Database, StorageError, populations};

/// Identifier of the population that needs no import: England and Wales, Census 2021.
pub const BUILT_IN: &str = "england-and-wales-2021";

/// Use cases around populations.
#[derive(Clone)]
pub struct Populations {
    database: Database,
}

impl Populations {
    pub(super) fn new(database: Database) -> Self {
        Self { database }
    }

    /// Stores a population, in place of an earlier one with this identifier; with `dry_run`, only checks it.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for an identifier that cannot be one.
    pub async fn import(&self, id: String, population: Population, dry_run: bool) -> Result<(), AppError> {
        check_id(&id)?;
        if dry_run { Ok(()) } else { self.import_all(vec![(id, population)]).await.map(drop) }
    }

    /// Stores many populations, all or none; gives how many.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for an identifier that cannot be one.
    pub async fn import_all(&self, batch: Vec<(String, Population)>) -> Result<usize, AppError> {
        batch.iter().try_for_each(|(id, _)| check_id(id))?;
        self.database
            .of_no_organisation()
            .write(move |conn| {
                for (id, population) in &batch {
                    populations::upsert(conn, id, population)?;
                }
                Ok(batch.len())
            })
            .await
    }

    /// Adds deciles of deprivation to populations that are there, in place of earlier ones, all or none; gives what they
    /// are then. With `dry_run`, stores nothing.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for a population that has not been imported.
    pub async fn import_deprivation(
        &self,
        batch: Vec<(String, DeprivationProfile)>,
        dry_run: bool,
    ) -> Result<Vec<(String, Population)>, AppError> {
        self.database
            .of_no_organisation()
            .write(move |conn| {
                let mut changed = Vec::with_capacity(batch.len());
                for (id, profile) in batch {
                    let mut population = populations::find(conn, &id).map_err(|error| match error {
                        StorageError::NotFound => AppError::invalid(format!(
                            "there is no population “{id}” that has been imported; import its people by ethnic group \
                             first, deciles of deprivation after them"
                        )),
                        other => other.into(),
                    })?;
                    population.deprivation = Some(profile);
                    if !dry_run {
                        populations::upsert(conn, &id, &population)?;
                    }
                    changed.push((id, population));
                }
                Ok(changed)
            })
            .await
    }

    /// Makes the catchment of each organisation from areas that have been imported (each under its code, see
    /// [`area_id`]), and stores it as `catchment-rxx`, all or none. With `dry_run`, only says what it would store.
    ///
    /// # Errors
    /// [`AppError::Invalid`] when no area of an organisation has been imported.
    pub async fn import_catchments(
        &self,
        catchments: Catchments,
        dry_run: bool,
    ) -> Result<Vec<(String, Population)>, AppError> {
        self.database
            .of_no_organisation()
            .write(move |conn| {
                let mut batch = Vec::with_capacity(catchments.len());
                for (organisation, shares) in catchments {
                    let catchment =
                        Population::catchment(organisation.as_str(), &parts(conn, &shares)?).map_err(|error| {
                            AppError::invalid(format!(
                                "{error}; import the areas first, with `candour import population FILE`"
                            ))
                        })?;
                    batch.push((format!("catchment-{}", organisation.as_str().to_ascii_lowercase()), catchment));
                }
                for (id, population) in batch.iter().filter(|_| !dry_run) {
                    populations::upsert(conn, id, population)?;
                }
                Ok(batch)
            })
            .await
    }

    /// The population with this identifier.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn read(&self, id: String) -> Result<Population, AppError> {
        self.database.of_no_organisation().read(move |conn| find(conn, &id)).await
    }

    /// Populations with their identifiers, the built-in one first, at most `limit` others: for people to choose from.
    pub async fn choices(&self, limit: u16) -> Result<Vec<(String, Population)>, AppError> {
        self.database
            .of_no_organisation()
            .read(move |conn| {
                let mut all = vec![(BUILT_IN.to_owned(), Population::england_and_wales())];
                all.extend(populations::all(conn, i64::from(limit))?);
                Ok(all)
            })
            .await
    }

    /// Identifiers of all populations after `after`, the built-in one included, at most `limit`.
    pub async fn list(&self, after: Option<String>, limit: u16) -> Result<Vec<String>, AppError> {
        let after = after.unwrap_or_default();
        self.database
            .of_no_organisation()
            .read(move |conn| {
                let mut ids = populations::list(conn, &after, i64::from(limit))?;
                if BUILT_IN > after.as_str() {
                    ids.push(BUILT_IN.to_owned());
                }
                ids.sort();
                ids.truncate(usize::from(limit));
                Ok(ids)
            })
            .await
    }
}

/// Identifier of the residents of one area: its code, in lower case.
pub fn area_id(code: &str) -> String {
    code.to_ascii_lowercase()
}

/// The areas that have been imported, with their shares.
fn parts(conn: &mut Connection, shares: &[(String, f64)]) -> Result<Vec<(Population, f64)>, AppError> {
    let mut parts = Vec::with_capacity(shares.len());
    for (code, share) in shares.iter().filter(|(_, share)| *share > 0.0) {
        match populations::find(conn, &area_id(code)) {
            Ok(population) => parts.push((population, *share)),
            Err(StorageError::NotFound) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Ok(parts)
}

fn check_id(id: &str) -> Result<(), AppError> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if id.is_empty() || id.len() > 60 || !id.bytes().all(plain) || id == BUILT_IN {
        let rule =
            "a population's identifier has 1 to 60 lower-case letters, digits and hyphens, and is not the built-in one";
        return Err(AppError::invalid(rule));
    }
    Ok(())
}

/// The population with this identifier, the built-in one without the database.
pub(super) fn find(conn: &mut Connection, id: &str) -> Result<Population, AppError> {
    if id == BUILT_IN {
        return Ok(Population::england_and_wales());
    }
    populations::find(conn, id).map_err(|error| match error {
        StorageError::NotFound => AppError::NotFound("population"),
        other => other.into(),
    })
}
