//! Scopes: what an organisation lets one of its API clients do. Each is one line of the permission table.
//!
//! There is none for accounts, clients and webhooks: a program cannot give itself, or another, more than it has. There is none
//! for the policy: two programs are not two people.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::account::Action;

/// One thing that a client may do in its organisation, as `noun:verb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Scope {
    /// [`Action::ReadOrganisation`].
    #[serde(rename = "organisation:read")]
    OrganisationRead,
    /// [`Action::ChangeOrganisation`].
    #[serde(rename = "organisation:write")]
    OrganisationWrite,
    /// [`Action::ReadSurvey`].
    #[serde(rename = "survey:read")]
    SurveyRead,
    /// [`Action::RunSurvey`].
    #[serde(rename = "survey:run")]
    SurveyRun,
    /// [`Action::ReadRelease`].
    #[serde(rename = "release:read")]
    ReleaseRead,
    /// [`Action::ReadWorkforce`].
    #[serde(rename = "workforce:read")]
    WorkforceRead,
    /// [`Action::ChangeWorkforce`].
    #[serde(rename = "workforce:write")]
    WorkforceWrite,
    /// [`Action::ReadPopulation`].
    #[serde(rename = "population:read")]
    PopulationRead,
    /// [`Action::ChangePopulation`].
    #[serde(rename = "population:write")]
    PopulationWrite,
    /// [`Action::ReadAuditLog`].
    #[serde(rename = "audit-log:read")]
    AuditLogRead,
}

/// Every scope, its name, and the action that it stands for.
const SCOPES: [(Scope, &str, Action); 10] = [
    (Scope::OrganisationRead, "organisation:read", Action::ReadOrganisation),
    (Scope::OrganisationWrite, "organisation:write", Action::ChangeOrganisation),
    (Scope::SurveyRead, "survey:read", Action::ReadSurvey),
    (Scope::SurveyRun, "survey:run", Action::RunSurvey),
    (Scope::ReleaseRead, "release:read", Action::ReadRelease),
    (Scope::WorkforceRead, "workforce:read", Action::ReadWorkforce),
    (Scope::WorkforceWrite, "workforce:write", Action::ChangeWorkforce),
    (Scope::PopulationRead, "population:read", Action::ReadPopulation),
    (Scope::PopulationWrite, "population:write", Action::ChangePopulation),
    (Scope::AuditLogRead, "audit-log:read", Action::ReadAuditLog),
];

impl Scope {
    /// Every scope.
    pub fn all() -> impl Iterator<Item = Self> {
        SCOPES.iter().map(|(scope, _, _)| *scope)
    }

    /// Its name in tokens and requests.
    pub fn as_str(self) -> &'static str {
        SCOPES.iter().find(|(scope, _, _)| *scope == self).map_or("", |(_, name, _)| name)
    }

    /// The scope that lets a client do `action`; `None` for what no client may do.
    pub fn of(action: Action) -> Option<Self> {
        SCOPES.iter().find(|(_, _, of)| *of == action).map(|(scope, _, _)| *scope)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = UnknownScope;
    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        SCOPES.iter().find(|(_, name, _)| *name == text).map(|(scope, _, _)| *scope).ok_or(UnknownScope)
    }
}

/// The text is no scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownScope;

impl std::error::Error for UnknownScope {}

impl fmt::Display for UnknownScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = SCOPES.iter().map(|(_, name, _)| *name).collect();
        write!(f, "one of these is no scope; the scopes are {}", names.join(", "))
    }
}

/// A set of scopes; as text, in a fixed order with a space between (RFC 6749, section 3.3).
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Scopes(BTreeSet<Scope>);

impl Scopes {
    /// Whether `scope` is among them.
    pub fn has(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those that are in both.
    pub fn and(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0).copied().collect())
    }

    /// Whether all of `other` are among them.
    pub fn include(&self, other: &Self) -> bool {
        other.0.is_subset(&self.0)
    }

    /// One by one.
    pub fn iter(&self) -> impl Iterator<Item = Scope> {
        self.0.iter().copied()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().collect())
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.iter().map(Scope::as_str).collect();
        f.write_str(&names.join(" "))
    }
}

impl FromStr for Scopes {
    type Err = UnknownScope;
    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        text.split(' ').filter(|name| !name.is_empty()).map(str::parse).collect()
    }
}

impl TryFrom<String> for Scopes {
    type Error = UnknownScope;
    fn try_from(text: String) -> Result<Self, UnknownScope> {
        text.parse()
    }
}

impl From<Scopes> for String {
    fn from(scopes: Scopes) -> Self {
        scopes.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_back_as_written() {
        let all: Scopes = Scope::all().collect();
        assert_eq!(all.to_string().parse(), Ok(all.clone()));
        assert_eq!(serde_json::to_string(&Scope::WorkforceWrite).expect("JSON"), "\"workforce:write\"");
        for scope in Scope::all() {
            assert_eq!(serde_json::to_value(scope).expect("JSON"), scope.as_str());
        }
        assert_eq!("".parse(), Ok(Scopes::default()));
        assert_eq!("workforce:write everything".parse::<Scopes>(), Err(UnknownScope));
    }

    #[test]
    fn no_scope_lets_a_client_make_others_powerful() {
        for action in [Action::ManageAccounts, Action::ManageIntegrations, Action::CreateOrganisation] {
            assert_eq!(Scope::of(action), None, "{action:?}");
        }
    }
}
