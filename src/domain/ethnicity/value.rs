//! What is known about the ethnicity of one count of people: the finest category, in the scheme it was recorded in.

use serde::{Deserialize, Serialize};

use super::{Category, Group, NhsCategory, Scheme, Upper};
use crate::domain::code_list::{UnknownCode, code_list};

code_list! {
    /// Why a category is not known. Five different things that all classify as not stated.
    Unknown, "a reason for an unknown ethnic category" {
        NotStated = "not_stated", "Not stated", "Heb ei nodi";
        NotKnown = "not_known", "Not known", "Ddim yn hysbys";
        PreferNotToSay = "prefer_not_to_say", "Prefer not to say", "Gwell gennyf beidio â dweud";
        Skipped = "skipped", "Question skipped", "Cwestiwn wedi’i hepgor";
        NotAsked = "not_asked", "Not asked", "Heb ei ofyn";
    }
}

/// An ethnic category as it was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Ethnicity {
    /// One of the nineteen categories of 2021.
    Gss2021(Category),
    /// One of the sixteen categories of 2001.
    Nhs2001(NhsCategory),
    /// Only the group is known.
    Group(Group),
    /// Nothing is known.
    Unknown(Unknown),
}

impl Ethnicity {
    /// The code in the scheme that it was recorded in. No two schemes share a code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Gss2021(category) => category.code(),
            Self::Nhs2001(category) => category.code(),
            Self::Group(group) => group.code(),
            Self::Unknown(unknown) => unknown.code(),
        }
    }

    /// The scheme that it was recorded in; `None` when unknown.
    pub fn scheme(self) -> Option<Scheme> {
        match self {
            Self::Gss2021(_) => Some(Scheme::Gss2021),
            Self::Nhs2001(_) => Some(Scheme::Nhs2001),
            Self::Group(_) => Some(Scheme::FiveGroups),
            Self::Unknown(_) => None,
        }
    }

    /// The group of the 2021 standard; `None` when unknown.
    pub fn group(self) -> Option<Group> {
        match self {
            Self::Gss2021(category) => Some(category.group()),
            Self::Nhs2001(category) => Some(category.group()),
            Self::Group(group) => Some(group),
            Self::Unknown(_) => None,
        }
    }

    /// The category of 2001; `None` when unknown or when only the group is known.
    pub fn to_nhs_2001(self) -> Option<NhsCategory> {
        match self {
            Self::Gss2021(category) => Some(category.to_nhs_2001()),
            Self::Nhs2001(category) => Some(category),
            Self::Group(_) | Self::Unknown(_) => None,
        }
    }

    /// White, minority ethnic or not stated.
    pub fn upper(self) -> Upper {
        self.group().map_or(Upper::NotStated, Group::upper)
    }
}

impl std::str::FromStr for Ethnicity {
    type Err = UnknownCode;
    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        let unknown = |_: UnknownCode| text.parse().map(Self::Unknown);
        let category = |error: UnknownCode| unknown(error.clone()).map_err(|_: UnknownCode| error);
        text.parse()
            .map(Self::Nhs2001)
            .or_else(|_: UnknownCode| text.parse().map(Self::Group))
            .or_else(|_: UnknownCode| text.parse().map(Self::Gss2021))
            .or_else(category)
    }
}

impl TryFrom<String> for Ethnicity {
    type Error = UnknownCode;
    fn try_from(text: String) -> Result<Self, UnknownCode> {
        text.parse()
    }
}

impl From<Ethnicity> for String {
    fn from(ethnicity: Ethnicity) -> String {
        ethnicity.code().to_owned()
    }
}

impl From<Category> for Ethnicity {
    fn from(category: Category) -> Self {
        Self::Gss2021(category)
    }
}
