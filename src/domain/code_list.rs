//! Fixed code lists: an enum whose variants each have a code and a label in English and Welsh.
//!
//! The lists themselves stand with their nouns (`ethnicity/`, `pay_band`, `staff_group`); here is only how one is
//! declared.

/// The text is not a code of the list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{code}” is not {what}; the codes are {known}")]
pub struct UnknownCode {
    /// What a code of the list stands for, with its article.
    pub what: &'static str,
    /// The text as it was given.
    pub code: String,
    /// All codes of the list.
    pub known: String,
}

/// Declares a code list: `Variant = "code", "English label", "Welsh label";` in the order in which it is shown.
macro_rules! code_list {
    ($(#[$doc:meta])* $name:ident, $what:literal { $($variant:ident = $code:literal, $english:literal, $welsh:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $(#[doc = $english] $variant,)+
        }

        impl $name {
            /// Every code, in the order in which it is shown.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code in files, the database and the API.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// The label that people read.
            pub fn label(self, language: $crate::domain::questionnaire::Language) -> &'static str {
                use $crate::domain::questionnaire::Language;
                match (self, language) {
                    $((Self::$variant, Language::English) => $english, (Self::$variant, Language::Welsh) => $welsh),+
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::domain::code_list::UnknownCode;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|entry| entry.code() == text).ok_or_else(|| Self::Err {
                    what: $what,
                    code: text.to_owned(),
                    known: [$($code),+].join(", "),
                })
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.code())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.code())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <String as serde::Deserialize>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use code_list;
