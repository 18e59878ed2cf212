//! Systems: members side by side, and rolled up.
//!
//! Side by side stands what each member has published itself. A roll-up counts the members' answers together; it is
//! protected jointly with every member's release, attacked, and published once and for good, as a release is.
//!
//! A system reaches several organisations, so that its transactions do; the scopes of its members say which.

use std::sync::Arc;
use std::time::Instant;

use super::audit_log::AuditLog;
use super::results::Release;
use super::{AppError, populations, results, today};
use crate::config::DisclosureConfig;
use crate::domain::account::TenantScope;
use crate::domain::audit_event::{Actor, Event};
use crate::domain::deprivation;
use crate::domain::disclosure::{self, Ledger, Policy, ProtectedTable};
use crate::domain::identifier::ReleaseId;
use crate::domain::indicator::ReportingYear;
use crate::domain::organisation::{OdsCode, Organisation};
use crate::domain::questionnaire::Classification;
use crate::domain::representation::{PublishedReport, published_report};
use crate::domain::response::Response;
use crate::domain::results::{ResultTable, Selection, SelectionError, results};
use crate::domain::survey::SurveyContent;
use crate::domain::tabulation::{self, ALL, TabulationError, system_code};
use crate::security::random_identifier_bytes;
use crate::storage::responses::StoredResponse;
use crate::storage::systems::StoredSystemRelease;
use crate::storage::{
    Connection, Database, StorageError, organisations, published_workforces, releases, responses, surveys, systems,
};

/// Use cases around systems.
#[derive(Clone)]
pub struct Systems {
    database: Database,
    audit_log: AuditLog,
    disclosure: DisclosureConfig,
}

/// A member, and what it published last.
pub struct Member {
    /// The member.
    pub organisation: Organisation,
    /// Its latest release; `None` until it has one.
    pub release: Option<Release>,
}

/// What was published of several members together.
pub struct RollUp {
    /// Identifier, day, surveys, figures.
    pub release: StoredSystemRelease,
    /// What the questions say.
    pub content: Arc<SurveyContent>,
    /// Sums of what every member has published itself, where they were asked the same: they say nothing new.
    sums: Option<ProtectedTable>,
}

impl RollUp {
    /// Answers of all members together to one question. Where the roll-up withholds what every member has published, the
    /// sum of that stands: anybody can add it up.
    ///
    /// # Errors
    /// [`SelectionError`].
    pub fn results(&self, question: &str, selection: &Selection) -> Result<ResultTable, SelectionError> {
        let of = |table: &ProtectedTable| results(table, &self.content.questionnaire, question, selection);
        let found = of(&self.release.table)?;
        Ok(match self.sums.as_ref().and_then(|sums| of(sums).ok()) {
            Some(sums) => found.or(&sums),
            None => found,
        })
    }
}

/// A system as its viewers see it.
pub struct System {
    /// The system.
    pub organisation: Organisation,
    /// Its members, by code.
    pub members: Vec<Member>,
    /// The latest roll-up.
    pub roll_up: Option<RollUp>,
}

/// Members' published workforces beside one population.
pub struct SystemRepresentation {
    /// Each member with its report; `None` where it has not published the year.
    pub members: Vec<(Organisation, Option<PublishedReport>)>,
    /// All members together: sums of published counts. `None` until every member has published the year.
    pub together: Option<PublishedReport>,
}

/// What a roll-up is made from.
struct Part {
    organisation: OdsCode,
    release: Release,
    answered: Vec<StoredResponse>,
}

impl Systems {
    pub(super) fn new(database: Database, audit_log: AuditLog, disclosure: DisclosureConfig) -> Self {
        Self { database, audit_log, disclosure }
    }

    /// The members of a system, by code.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for an organisation without members.
    pub async fn members(&self, scope: TenantScope) -> Result<Vec<Organisation>, AppError> {
        self.database
            .of_every_organisation()
            .read(move |conn| {
                members(conn, &scope)?.iter().map(|member| Ok(organisations::find(conn, member)?)).collect()
            })
            .await
    }

    /// Makes these the members of a system; with none, it is no system any more. What was published stays.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a system that is no organisation; [`AppError::Invalid`] for members that are none, and
    /// for a system within a system.
    pub async fn replace_members(
        &self,
        by: Actor,
        system: OdsCode,
        mut wanted: Vec<OdsCode>,
    ) -> Result<Vec<Organisation>, AppError> {
        wanted.sort();
        wanted.dedup();
        let log = self.audit_log.clone();
        self.database
            .of_every_organisation()
            .write(move |conn| {
                let scope = TenantScope::of_operator(system.clone());
                organisations::find(conn, &scope).map_err(AppError::or_not_found("organisation"))?;
                let mut found = Vec::with_capacity(wanted.len());
                for member in &wanted {
                    let of = TenantScope::of_operator(member.clone());
                    let organisation = organisations::find(conn, &of).map_err(|error| match error {
                        StorageError::NotFound => {
                            AppError::invalid(format!("{member} is no organisation here; add it first"))
                        }
                        other => other.into(),
                    })?;
                    if *member == system || !systems::members(conn, &of)?.is_empty() {
                        return Err(AppError::invalid(format!("{member} is a system; its members are trusts")));
                    }
                    found.push(organisation);
                }
                systems::replace_members(conn, &system, &wanted)?;
                log.note_by(conn, &by, Some(&system), &Event::SystemMembersReplaced { members: wanted })?;
                Ok(found)
            })
            .await
    }

    /// Members with their latest releases, and the latest roll-up.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for an organisation without members.
    pub async fn read(&self, scope: TenantScope) -> Result<System, AppError> {
        self.database
            .of_every_organisation()
            .read(move |conn| {
                let mut found = Vec::new();
                for member in members(conn, &scope)? {
                    let organisation = organisations::find(conn, &member)?;
                    found.push(Member { organisation, release: latest(conn, &member)? });
                }
                Ok(System {
                    organisation: organisations::find(conn, &scope)?,
                    roll_up: roll_up(conn, &scope)?,
                    members: found,
                })
            })
            .await
    }

    /// Rolls the latest releases of all members up. The same again changes nothing. With `dry_run`, only says what would
    /// be seen.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for an organisation without members; [`AppError::Conflict`] with the reason when members
    /// have no release, when one is part of another roll-up, and when protection refuses.
    pub async fn publish(&self, scope: TenantScope, dry_run: bool) -> Result<RollUp, AppError> {
        let of = scope.clone();
        let parts = self.database.of_every_organisation().read(move |conn| parts(conn, &of)).await?;
        let parts = match parts {
            Parts::New(parts) => parts,
            Parts::Published(roll_up) => return Ok(*roll_up),
        };
        // What one member promised its staff holds for all.
        let lowest = self.disclosure.minimum_count;
        let minimum_count = parts.iter().map(|part| part.release.survey.minimum(lowest)).fold(lowest, u32::max);
        let policy = Policy::for_survey(minimum_count, self.disclosure.minimum_interval);
        let content = parts[0].release.content.clone();
        let mut surveys: Vec<_> = parts.iter().map(|part| part.release.survey.id.clone()).collect();
        surveys.sort_by(|one, other| one.as_str().cmp(other.as_str()));
        let sums = sum_of_releases(parts.iter().map(|part| &*part.release.table));
        let concerned: Vec<OdsCode> = parts.iter().map(|part| part.organisation.clone()).collect();
        let table = tokio::task::spawn_blocking(move || protect(parts, &policy))
            .await
            .map_err(|_| AppError::Internal("protection did not finish".to_owned()))??;
        let id = ReleaseId::from_random(random_identifier_bytes());
        let release = StoredSystemRelease { id, made_on: today(), surveys, table };
        if dry_run {
            return Ok(RollUp { release, content, sums });
        }
        let log = self.audit_log.clone();
        self.database
            .of_every_organisation()
            .write(move |conn| {
                systems::insert_release(conn, &scope, &release).map_err(|error| match error {
                    StorageError::AlreadyExists(_) => rolled_up_already(),
                    other => other.into(),
                })?;
                // Chains are held in one order, so that two systems with the same members do not wait for each other.
                let mut chains: Vec<&OdsCode> = concerned.iter().chain([scope.organisation()]).collect();
                chains.sort();
                for chain in chains {
                    let event =
                        Event::SystemReleased { system: scope.organisation().clone(), release: release.id.clone() };
                    log.note_by(conn, scope.actor(), Some(chain), &event)?;
                }
                Ok(RollUp { release, content, sums })
            })
            .await
    }

    /// What members published of their workforces of 31 March of `year`, beside a population: each, and summed.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for an organisation without members, and for a population that is not there.
    pub async fn representation(
        &self,
        scope: TenantScope,
        year: ReportingYear,
        population: Option<String>,
    ) -> Result<SystemRepresentation, AppError> {
        self.database
            .of_every_organisation()
            .read(move |conn| {
                let id = population.as_deref().unwrap_or(populations::BUILT_IN);
                let population = populations::find(conn, id)?;
                let (mut found, mut tables) = (Vec::new(), Vec::new());
                for member in members(conn, &scope)? {
                    let organisation = organisations::find(conn, &member)?;
                    let table = published_workforces::of_year(conn, &member, year)?.pop();
                    found.push((organisation, table.as_ref().map(|table| published_report(table, &population))));
                    tables.extend(table);
                }
                let complete = tables.len() == found.len();
                let together = if complete { sum(tables) } else { None };
                Ok(SystemRepresentation {
                    together: together.map(|table| published_report(&table, &population)),
                    members: found,
                })
            })
            .await
    }
}

/// Sums of what all members have published. Where some published before deciles of deprivation were, the sum has none.
fn sum(tables: Vec<ProtectedTable>) -> Option<ProtectedTable> {
    let without_deciles = |table: ProtectedTable| table.without_variable(deprivation::VARIABLE);
    ProtectedTable::sum_of_published(&tables)
        .or_else(|| ProtectedTable::sum_of_published(&tables.into_iter().map(without_deciles).collect::<Vec<_>>()))
}

fn members(conn: &mut Connection, scope: &TenantScope) -> Result<Vec<TenantScope>, AppError> {
    let members = systems::members(conn, scope)?;
    if members.is_empty() { Err(AppError::NotFound("system")) } else { Ok(members) }
}

fn latest(conn: &mut Connection, member: &TenantScope) -> Result<Option<Release>, AppError> {
    match surveys::latest_published(conn, member)? {
        Some(survey) => Ok(Some(results::find(conn, member, &survey)?)),
        None => Ok(None),
    }
}

fn roll_up(conn: &mut Connection, scope: &TenantScope) -> Result<Option<RollUp>, AppError> {
    let Some(release) = systems::latest_release(conn, scope)? else { return Ok(None) };
    let first = release.surveys.first().ok_or_else(|| AppError::Internal("a roll-up has no survey".to_owned()))?;
    let content = surveys::content(conn, first)?;
    let tables = release.surveys.iter().map(|survey| Ok(releases::find(conn, survey)?.1));
    let tables: Vec<_> = tables.collect::<Result<_, StorageError>>()?;
    Ok(Some(RollUp { content, sums: sum_of_releases(tables.iter().map(|table| &**table)), release }))
}

/// Sums of the groups that units do not divide, where every member was asked the same.
fn sum_of_releases<'a>(tables: impl Iterator<Item = &'a ProtectedTable>) -> Option<ProtectedTable> {
    let of_all = tables.map(|table| table.clone().without_variable(Classification::Unit.code()));
    ProtectedTable::sum_of_published(&of_all.collect::<Vec<_>>())
}

/// What there is to roll up.
enum Parts {
    /// Releases that are in no roll-up yet.
    New(Vec<Part>),
    /// Just these have been rolled up by this system.
    Published(Box<RollUp>),
}

fn parts(conn: &mut Connection, scope: &TenantScope) -> Result<Parts, AppError> {
    let members = members(conn, scope)?;
    if members.len() < 2 {
        let detail = "the system has one member, whose own release says everything".to_owned();
        return Err(AppError::Conflict { code: "one-member", detail });
    }
    let (mut releases, mut without) = (Vec::new(), Vec::new());
    for member in &members {
        match latest(conn, member)? {
            Some(release) => releases.push((member.organisation().clone(), release)),
            None => without.push(organisations::find(conn, member)?.name),
        }
    }
    if !without.is_empty() {
        let detail = format!("{} has no release yet; a roll-up needs one of every member", without.join(", "));
        return Err(AppError::Conflict { code: "member-without-release", detail });
    }
    let mut wanted: Vec<&str> = releases.iter().map(|(_, release)| release.survey.id.as_str()).collect();
    wanted.sort_unstable();
    if let Some(latest) = roll_up(conn, scope)?
        && latest.release.surveys.iter().map(|survey| survey.as_str()).eq(wanted.iter().copied())
    {
        return Ok(Parts::Published(Box::new(latest)));
    }
    let mut parts = Vec::with_capacity(releases.len());
    for (organisation, release) in releases {
        if systems::is_rolled_up(conn, &release.survey.id)? {
            return Err(rolled_up_already());
        }
        let answered = responses::all(conn, &release.survey.id)?;
        if answered.is_empty() {
            let detail = format!(
                "the answers of {organisation} have been deleted as its retention says, so nothing can be counted anew"
            );
            return Err(AppError::Conflict { code: "answers-deleted", detail });
        }
        parts.push(Part { organisation, release, answered });
    }
    Ok(Parts::New(parts))
}

fn rolled_up_already() -> AppError {
    AppError::Conflict {
        code: "rolled-up-already",
        detail:
            "a release of these is part of another roll-up; with other members, the answers of those who are in one \
                 alone would follow by subtraction, so a release is rolled up once"
                .to_owned(),
    }
}

/// Counts the answers of all parts together, and protects them jointly with what each part has published.
fn protect(parts: Vec<Part>, policy: &Policy) -> Result<ProtectedTable, AppError> {
    let mut read: Vec<Vec<(Option<&str>, Response)>> = Vec::with_capacity(parts.len());
    for part in &parts {
        let responses = part.answered.iter().map(|stored| Ok((stored.coarse_class.as_deref(), stored.response()?)));
        read.push(responses.collect::<Result<_, StorageError>>()?);
    }
    let members: Vec<tabulation::Member<'_>> = parts
        .iter()
        .zip(&read)
        .map(|(part, responses)| tabulation::Member {
            organisation: &part.organisation,
            content: &part.release.content,
            responses,
        })
        .collect();
    let raw = tabulation::of_system(&members).map_err(|error| match error {
        TabulationError::Empty => AppError::Conflict { code: "nobody-answered", detail: error.to_string() },
        TabulationError::Misfit => AppError::Internal(error.to_string()),
    })?;
    let unit = Classification::Unit.code();
    let mut ledger = Ledger::default();
    for part in &parts {
        let renamed =
            ProtectedTable::clone(&part.release.table).with_codes(unit, |code| system_code(&part.organisation, code));
        ledger.record(renamed, vec![(unit.to_owned(), system_code(&part.organisation, ALL))]);
    }
    let started = Instant::now();
    disclosure::protect(raw, policy, &ledger, &|| started.elapsed())
        .map(|table| table.without_variable(unit))
        .map_err(|refusal| AppError::Conflict { code: "roll-up-refused", detail: refusal.to_string() })
}
