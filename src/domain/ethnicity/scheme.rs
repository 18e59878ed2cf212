//! The schemes by name and version, with their entries and the reading of codes.

use serde::{Deserialize, Serialize};

use super::{Category, Ethnicity, Group, NhsCategory, Unknown, Upper, WresCategory};
use crate::domain::code_list::UnknownCode;
use crate::domain::questionnaire::Language;

/// A versioned list of ethnic categories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// Government Statistical Service 2021, England and Wales: 19 categories.
    #[serde(rename = "gss_2021")]
    Gss2021,
    /// NHS Data Dictionary, 2001: 16 categories and not stated.
    #[serde(rename = "nhs_2001")]
    Nhs2001,
    /// The five groups of 2021.
    FiveGroups,
    /// White, BME, unknown.
    Wres,
}

/// One entry of a scheme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The scheme's name.
    pub scheme: Scheme,
    /// Version: the year of the standard.
    pub version: u16,
    /// Code in this scheme.
    pub code: &'static str,
    /// English label.
    pub label_en: &'static str,
    /// Welsh label.
    pub label_cy: &'static str,
    /// Code of the entry's five-group or upper category.
    pub parent: Option<&'static str>,
    /// Place in the list, from 0.
    pub order: usize,
}

impl Scheme {
    /// Every scheme.
    pub const ALL: [Self; 4] = [Self::Gss2021, Self::Nhs2001, Self::FiveGroups, Self::Wres];

    /// Name on the command line and in the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::Gss2021 => "gss_2021",
            Self::Nhs2001 => "nhs_2001",
            Self::FiveGroups => "five_groups",
            Self::Wres => "wres",
        }
    }

    /// Year of the standard.
    pub fn version(self) -> u16 {
        match self {
            Self::Gss2021 | Self::FiveGroups => 2021,
            Self::Nhs2001 => 2001,
            Self::Wres => 2016,
        }
    }

    /// The entries, in order.
    pub fn entries(self) -> Vec<Entry> {
        match self {
            Self::Gss2021 => self.list(Category::ALL, |entry| {
                (entry.code(), entry.label(Language::English), entry.label(Language::Welsh), Some(entry.group().code()))
            }),
            Self::Nhs2001 => self.list(NhsCategory::ALL, |entry| {
                (entry.code(), entry.label(Language::English), entry.label(Language::Welsh), Some(entry.group().code()))
            }),
            Self::FiveGroups => self.list(Group::ALL, |entry| {
                let parent = (entry.upper() == Upper::MinorityEthnic).then_some(Upper::MinorityEthnic.code());
                (entry.code(), entry.label(Language::English), entry.label(Language::Welsh), parent)
            }),
            Self::Wres => self.list(WresCategory::ALL, |entry| {
                (entry.code(), entry.label(Language::English), entry.label(Language::Welsh), None)
            }),
        }
    }

    /// Reads a code of any scheme in which people are recorded; no two share a code.
    ///
    /// # Errors
    /// [`UnknownCode`] for a code that none of them has.
    pub fn read_any(text: &str) -> Result<Ethnicity, UnknownCode> {
        Self::Gss2021.read(text).or_else(|_| Self::Nhs2001.read(text)).map_err(|error| UnknownCode {
            what: "an ethnic category of GSS 2021 or of the NHS Data Dictionary",
            known: format!("white_british to other_any, white to other, not_stated, and {}", error.known),
            ..error
        })
    }

    fn list<T: Copy>(
        self,
        all: &[T],
        row: impl Fn(T) -> (&'static str, &'static str, &'static str, Option<&'static str>),
    ) -> Vec<Entry> {
        all.iter()
            .enumerate()
            .map(|(order, entry)| {
                let (code, label_en, label_cy, parent) = row(*entry);
                Entry { scheme: self, version: self.version(), code, label_en, label_cy, parent, order }
            })
            .collect()
    }

    /// Reads a code of this scheme as a record holds it. Empty is not known; `not_stated` and `not_known` are read in
    /// every scheme, `Z` and `99` in the NHS's, whose second character is local and not read.
    ///
    /// # Errors
    /// [`UnknownCode`] for a code that the scheme does not have.
    pub fn read(self, text: &str) -> Result<Ethnicity, UnknownCode> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Ethnicity::Unknown(Unknown::NotKnown));
        }
        if let Ok(unknown) = text.parse::<Unknown>() {
            return Ok(Ethnicity::Unknown(unknown));
        }
        match self {
            Self::Gss2021 => text
                .parse()
                .map(Ethnicity::Gss2021)
                .or_else(|error| text.parse().map(Ethnicity::Group).map_err(|_| error)),
            Self::Nhs2001 => read_nhs(text),
            Self::FiveGroups => text.parse().map(Ethnicity::Group),
            Self::Wres => Err(UnknownCode {
                what: "a category that Candour stores; store the finest category that is known and let the WRES group be derived",
                code: text.to_owned(),
                known: "those of gss_2021, nhs_2001 and five_groups".to_owned(),
            }),
        }
    }
}

fn read_nhs(text: &str) -> Result<Ethnicity, UnknownCode> {
    let upper = text.to_ascii_uppercase();
    let mut characters = upper.chars();
    let first = characters.next().map(String::from).unwrap_or_default();
    let local_part_fits = upper.chars().count() <= 2 && characters.all(|second| second.is_ascii_alphanumeric());
    match (first.as_str(), upper.as_str()) {
        (_, "99") => Ok(Ethnicity::Unknown(Unknown::NotKnown)),
        ("Z", _) if local_part_fits => Ok(Ethnicity::Unknown(Unknown::NotStated)),
        _ => match first.parse() {
            Ok(category) if local_part_fits => Ok(Ethnicity::Nhs2001(category)),
            _ => Err(UnknownCode {
                what: "an ethnic category of the NHS Data Dictionary",
                code: text.to_owned(),
                known: "A to H, J to N, P, R, S, Z and 99; a second character is local and not read".to_owned(),
            }),
        },
    }
}

impl std::fmt::Display for Scheme {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}
