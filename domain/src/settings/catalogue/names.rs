//! Names in the languages of Roadbook.

use serde::{Deserialize, Serialize};

/// A language of Roadbook's texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English; also for readers of any other language.
    #[default]
    English,
    /// Hungarian.
    Hungarian,
    /// Romanian.
    Romanian,
}

impl Language {
    /// The language of a locale such as `hu`, `hu-HU` or `ro_RO`.
    pub fn of(locale: &str) -> Self {
        match locale.split(['-', '_']).next() {
            Some("hu") => Self::Hungarian,
            Some("ro") => Self::Romanian,
            _ => Self::English,
        }
    }

    /// A name as its readers expect it: family name first in Hungarian, given name first in the others (T19).
    pub fn full_name(self, given: &str, family: &str) -> String {
        let (first, second) = match self {
            Self::Hungarian => (family, given),
            Self::English | Self::Romanian => (given, family),
        };
        format!("{first} {second}").trim().to_owned()
    }
}

/// One thing's name in every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Names {
    /// English.
    pub en: &'static str,
    /// Hungarian.
    pub hu: &'static str,
    /// Romanian.
    pub ro: &'static str,
}

impl Names {
    /// The name in a language.
    pub const fn get(&self, language: Language) -> &'static str {
        match language {
            Language::English => self.en,
            Language::Hungarian => self.hu,
            Language::Romanian => self.ro,
        }
    }

    /// `given`, the name that an administrator gave; if they gave none, the name in the reader's
    /// language.
    pub fn unless<'a>(&self, given: &'a str, language: Language) -> &'a str
    where
        'static: 'a,
    {
        if given.is_empty() { self.get(language) } else { given }
    }
}

/// A name in English, Hungarian and Romanian.
pub(super) const fn names(en: &'static str, hu: &'static str, ro: &'static str) -> Names {
    Names { en, hu, ro }
}
