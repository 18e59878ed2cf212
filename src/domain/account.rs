//! Accounts: roles, and the one permission table.
//!
//! [`may`] is the only place that says who may do what. A [`TenantScope`] can only be made by asking it, and every
//! storage function that touches an organisation's rows demands one.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::audit_event::Actor;
use super::identifier::AccountId;
use super::organisation::OdsCode;
use super::scope::{Scope, Scopes};

/// What an account is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the installation; sees no results.
    PlatformAdministrator,
    /// Runs one organisation's accounts, units and settings.
    OrganisationAdministrator,
    /// Runs surveys, uploads workforce, reads everything that is released.
    HrLead,
    /// Reads what is released: staff network, board.
    Viewer,
    /// Reads releases of member organisations: local maternity system, integrated care system.
    SystemViewer,
}

/// Something that a person wants to do to an organisation or what belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Create an organisation.
    CreateOrganisation,
    /// See that an organisation exists, its name and its units.
    ReadOrganisation,
    /// Replace name or unit tree.
    ChangeOrganisation,
    /// See surveys and their participation.
    ReadSurvey,
    /// Create, invite, open, close, publish.
    RunSurvey,
    /// Read a release and what is computed from it.
    ReadRelease,
    /// Read workforce counts and reports on them.
    ReadWorkforce,
    /// Upload workforce counts.
    ChangeWorkforce,
    /// Read populations.
    ReadPopulation,
    /// Import populations.
    ChangePopulation,
    /// See, invite, change and disable accounts.
    ManageAccounts,
    /// Read who did what.
    ReadAuditLog,
    /// See, make and revoke API clients and webhooks.
    ManageIntegrations,
    /// Decide from how many people on a group is shown; to lower it takes two who may.
    ChangePolicy,
}

impl Action {
    /// Every action, for tests and documentation.
    pub const ALL: [Action; 14] = [
        Action::CreateOrganisation,
        Action::ReadOrganisation,
        Action::ChangeOrganisation,
        Action::ReadSurvey,
        Action::RunSurvey,
        Action::ReadRelease,
        Action::ReadWorkforce,
        Action::ChangeWorkforce,
        Action::ReadPopulation,
        Action::ChangePopulation,
        Action::ManageAccounts,
        Action::ReadAuditLog,
        Action::ManageIntegrations,
        Action::ChangePolicy,
    ];
}

/// What somebody may do: an account by its role, an API client by its scopes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Powers {
    /// Of an account.
    Role(Role),
    /// Of a client.
    Scopes(Scopes),
}

/// The permission table: may somebody with these powers do this, in an organisation of their own?
pub fn may(powers: &Powers, action: Action) -> bool {
    match powers {
        Powers::Role(role) => role_may(*role, action),
        Powers::Scopes(scopes) => Scope::of(action).is_some_and(|scope| scopes.has(scope)),
    }
}

fn role_may(role: Role, action: Action) -> bool {
    use Action::*;
    match role {
        Role::PlatformAdministrator => {
            matches!(
                action,
                CreateOrganisation
                    | ReadOrganisation
                    | ChangeOrganisation
                    | ReadPopulation
                    | ChangePopulation
                    | ManageAccounts
                    | ReadAuditLog
            )
        }
        Role::OrganisationAdministrator => matches!(
            action,
            ReadOrganisation
                | ChangeOrganisation
                | ReadSurvey
                | ReadRelease
                | ReadWorkforce
                | ReadPopulation
                | ManageAccounts
                | ReadAuditLog
                | ManageIntegrations
                | ChangePolicy
        ),
        Role::HrLead => matches!(
            action,
            ReadOrganisation
                | ReadSurvey
                | RunSurvey
                | ReadRelease
                | ReadWorkforce
                | ChangeWorkforce
                | ReadPopulation
                | ChangePopulation
        ),
        Role::Viewer => matches!(action, ReadOrganisation | ReadSurvey | ReadRelease | ReadPopulation),
        Role::SystemViewer => matches!(action, ReadOrganisation | ReadRelease | ReadPopulation),
    }
}

/// The request is not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// Shown as if the thing did not exist.
    #[error("not allowed")]
    Hidden,
    /// A client in its own organisation, without the scope that this needs.
    #[error("the token lacks the scope {0}")]
    Scope(Scope),
}

/// Who is asking: an account that has signed in, or an API client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The account or client.
    pub actor: Actor,
    /// What it may do.
    pub powers: Powers,
    /// Its organisation; `None` for platform administrators, who stand outside all of them.
    pub organisation: Option<OdsCode>,
}

/// Proof that the caller may do something in one organisation, and that organisation's code.
///
/// Only [`Caller::authorise`], [`TenantScope::of_operator`] and, for members of a system, [`TenantScope::of_member`] make
/// one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantScope {
    organisation: OdsCode,
    actor: Actor,
}

impl TenantScope {
    /// The organisation whose rows may be touched.
    pub fn organisation(&self) -> &OdsCode {
        &self.organisation
    }

    /// Who touches them, as the audit log names them.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The scope of the same person in a member of their system. Only for [`crate::storage::systems`], which knows the
    /// members, and only for what members have published.
    pub fn of_member(&self, member: OdsCode) -> Self {
        Self { organisation: member, actor: self.actor.clone() }
    }

    /// Scope of somebody at the machine's own command line, or of a background job: they hold the database anyway.
    pub fn of_operator(organisation: OdsCode) -> Self {
        Self { organisation, actor: Actor::Operator }
    }
}

impl Caller {
    /// Asks the permission table; another organisation's things are denied whatever the powers.
    ///
    /// # Errors
    /// [`Denied`], which callers show as "not found" where existence is private.
    pub fn authorise(&self, action: Action, organisation: &OdsCode) -> Result<TenantScope, Denied> {
        let own = match (&self.organisation, &self.powers) {
            (None, Powers::Role(Role::PlatformAdministrator)) => true,
            (Some(own), _) => own == organisation,
            (None, _) => false,
        };
        if !own {
            return Err(Denied::Hidden);
        }
        self.authorise_global(action)?;
        Ok(TenantScope { organisation: organisation.clone(), actor: self.actor.clone() })
    }

    /// The caller as the audit log names them.
    pub fn actor(&self) -> Actor {
        self.actor.clone()
    }

    /// The caller's account; `None` for a client.
    pub fn account(&self) -> Option<&AccountId> {
        match &self.actor {
            Actor::Account(account) => Some(account),
            _ => None,
        }
    }

    /// Asks the permission table for something that belongs to no organisation.
    ///
    /// # Errors
    /// [`Denied`].
    pub fn authorise_global(&self, action: Action) -> Result<(), Denied> {
        match (&self.powers, Scope::of(action)) {
            (powers, _) if may(powers, action) => Ok(()),
            (Powers::Scopes(_), Some(scope)) => Err(Denied::Scope(scope)),
            _ => Err(Denied::Hidden),
        }
    }

    /// Asks the permission table for something in the caller's own organisation.
    ///
    /// # Errors
    /// [`Denied`], also for those who belong to none.
    pub fn authorise_at_home(&self, action: Action) -> Result<TenantScope, Denied> {
        self.authorise(action, self.organisation.as_ref().ok_or(Denied::Hidden)?)
    }
}

const ROLE_NAMES: [(Role, &str); 5] = [
    (Role::PlatformAdministrator, "platform_administrator"),
    (Role::OrganisationAdministrator, "organisation_administrator"),
    (Role::HrLead, "hr_lead"),
    (Role::Viewer, "viewer"),
    (Role::SystemViewer, "system_viewer"),
];

impl Role {
    /// Every role.
    pub const ALL: [Role; 5] =
        [Role::PlatformAdministrator, Role::OrganisationAdministrator, Role::HrLead, Role::Viewer, Role::SystemViewer];

    /// Name in the database, the API and the command line.
    pub fn as_str(self) -> &'static str {
        ROLE_NAMES.iter().find(|(role, _)| *role == self).map_or("", |(_, name)| name)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        ROLE_NAMES.iter().find(|(_, name)| *name == text).map(|(role, _)| *role).ok_or_else(|| {
            let names: Vec<&str> = ROLE_NAMES.iter().map(|(_, name)| *name).collect();
            format!("“{text}” is not a role; the roles are {}", names.join(", "))
        })
    }
}

impl From<Role> for Powers {
    fn from(role: Role) -> Self {
        Self::Role(role)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::identifier::ClientId;

    fn caller(role: Role, organisation: Option<&str>) -> Caller {
        Caller {
            actor: Actor::Account(AccountId::from_random([1; 16])),
            powers: role.into(),
            organisation: organisation.map(|ods| ods.parse().expect("code")),
        }
    }

    #[test]
    fn nobody_may_do_anything_in_another_organisation() {
        let other: OdsCode = "RYY".parse().expect("code");
        for role in Role::ALL.into_iter().filter(|role| *role != Role::PlatformAdministrator) {
            for action in Action::ALL {
                assert_eq!(
                    caller(role, Some("RXX")).authorise(action, &other),
                    Err(Denied::Hidden),
                    "{role} {action:?}"
                );
                assert_eq!(caller(role, None).authorise(action, &other), Err(Denied::Hidden), "{role} {action:?}");
            }
        }
    }

    #[test]
    fn a_client_may_do_what_its_scopes_say_and_nothing_else() {
        let (own, other): (OdsCode, OdsCode) = ("RXX".parse().expect("code"), "RYY".parse().expect("code"));
        for has in Scope::all() {
            let client = Caller {
                actor: Actor::Client(ClientId::from_random([1; 16])),
                powers: Powers::Scopes([has].into_iter().collect()),
                organisation: Some(own.clone()),
            };
            for action in Action::ALL {
                let expected = match Scope::of(action) {
                    Some(scope) if scope == has => Ok(()),
                    Some(scope) => Err(Denied::Scope(scope)),
                    None => Err(Denied::Hidden),
                };
                assert_eq!(client.authorise(action, &own).map(drop), expected, "{has} {action:?}");
                assert_eq!(client.authorise(action, &other), Err(Denied::Hidden), "{has} {action:?}");
            }
        }
    }

    #[test]
    fn those_who_run_the_installation_see_no_results() {
        for action in [Action::ReadRelease, Action::ReadWorkforce, Action::RunSurvey, Action::ReadSurvey] {
            assert!(!may(&Role::PlatformAdministrator.into(), action));
        }
    }

    #[test]
    fn role_names_are_read_back() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        assert!("root".parse::<Role>().is_err());
    }
}
