//! Where an import goes: the product, its statuses and fields, and the colleagues, as the caller's data.

use std::collections::BTreeMap;

use super::names::fold;
use super::problem::Reason;
use crate::crm::command::Acting;
use crate::document::{Origin, OriginKind};
use crate::settings::ImportKey;
use crate::settings::catalogue::Language;
use crate::settings::field::FieldKind;
use crate::value::id::{DocumentId, FieldId, ProductId, StatusId, UserId};
use crate::value::time::Day;

/// One source of rows, such as the export of one system: rows of one source are known again by their ids,
/// and what they made is undone together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ImportId([u8; 16]);

/// Which source the rows of a file come from. Its file name says nothing: every export is `contacts.csv`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ImportSource {
    /// The user gave it a name.
    Named(String),
    /// To be told from the column with the ids, and from what is there under these ids
    /// ([`Import::recognise`](super::Import::recognise)).
    #[default]
    Unnamed,
}

impl ImportId {
    /// The import with these bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The source that the user gave this name.
    pub(super) fn of_name(key: &ImportKey, product: ProductId, name: &str) -> Self {
        Self::derived(key, product, &[b"name", name.as_bytes()])
    }

    /// The source with this number, of those whose ids stand in a column of this name; an empty name: rows
    /// without ids.
    pub(super) fn of_column(key: &ImportKey, product: ProductId, column: &str, number: u32) -> Self {
        Self::derived(key, product, &[b"column", column.as_bytes(), &number.to_be_bytes()])
    }

    fn derived(key: &ImportKey, product: ProductId, of: &[&[u8]]) -> Self {
        let parts = [b"import source".as_slice(), key.as_bytes(), product.as_bytes()];
        let parts: Vec<&[u8]> = parts.into_iter().chain(of.iter().copied()).collect();
        Self(*DocumentId::derived(&parts).as_bytes())
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// What every change of the import carries, so that it can be shown and undone as one.
    pub const fn origin(self) -> Origin {
        Origin { kind: OriginKind::IMPORT, id: self.0 }
    }
}

/// Where the rows go.
#[derive(Debug, Clone)]
pub struct Destination {
    /// The organisation's secret: without it, ids could be computed from names.
    pub key: ImportKey,
    /// Which source the file is of.
    pub source: ImportSource,
    /// The product of the cards.
    pub product: ProductId,
    /// Who imports, when, and in which zone dates without an offset are meant.
    pub acting: Acting,
    /// The product's statuses; none where it derives them (C16).
    pub statuses: Vec<Named<StatusId>>,
    /// The status of cards whose row names none, or one that is not there.
    pub first_status: Option<StatusId>,
    /// Fields that columns may fill.
    pub fields: Vec<FieldColumn>,
    /// The first todo of rows that say when the customer was last seen; `None`: no todos.
    pub follow_up: Option<FollowUp>,
}

/// Why there is nowhere to import to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoDestination {
    /// There is no such product.
    #[error("there is no such product")]
    NoProduct,
    /// The user has no import key: only Managers and Admins may import (C19).
    #[error("only managers and administrators may import")]
    NotAllowed,
}

/// Something a cell names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named<T> {
    /// What it is.
    pub id: T,
    /// Its names, in all languages; compared without case, diacritics and punctuation.
    pub names: Vec<String>,
}

/// A field that a column may fill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldColumn {
    /// The field.
    pub field: FieldId,
    /// What has it.
    pub of: Holder,
    /// Header names that mean it.
    pub names: Vec<String>,
    /// What its values are.
    pub kind: ValueKind,
}

/// What has a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holder {
    /// The card.
    Card,
    /// The person.
    Person,
    /// The company.
    Company,
}

/// What the values of a field are, and so how a cell becomes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueKind {
    /// One line of text.
    Text,
    /// A yes, or nothing.
    Flag,
    /// A day.
    Day,
    /// A day and a time, by the clocks of the importing user's zone.
    DayTime,
    /// A colleague, by name or email, also one who has left.
    User,
    /// A value in the canonical form of this kind of field, such as `1990.5` or `1990 HUF`: how much
    /// `1,990` is, nobody knows. The address of a page may lack its `https://`.
    Canonical(FieldKind),
    /// One option, by key; or any number of them, separated by `,` `;` or `|`, which only cards can hold.
    Choice {
        /// The options.
        options: Vec<Named<String>>,
        /// Whether several may be chosen.
        multiple: bool,
    },
}

impl ValueKind {
    /// Whether it is a choice of several options.
    pub(super) fn is_multiple(&self) -> bool {
        matches!(self, Self::Choice { multiple: true, .. })
    }
}

/// The first todo of an imported card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUp {
    /// Its text; `{name}` stands for the person, or the company if there is none.
    pub text: String,
    /// How many days after the customer was last seen.
    pub after_days: u16,
}

impl FollowUp {
    /// When it is due: that many days after `last_seen`, or on the Monday after if that is a weekend.
    ///
    /// It depends on the file alone, not on the day of the import. So a customer who has waited longer is
    /// overdue at once and stands first in the list (F30). Public holidays are not known here (T17).
    pub fn day(&self, last_seen: Day) -> Day {
        let day = last_seen.plus(i32::from(self.after_days));
        let monday = day.monday();
        if day >= monday.plus(5) { monday.plus(7) } else { day }
    }
}

impl FollowUp {
    /// "Follow up with NAME" after a week, in a language.
    pub fn in_language(language: Language) -> Self {
        let text = match language {
            Language::English => "Follow up with {name}",
            Language::Hungarian => "Utánkövetés: {name}",
            Language::Romanian => "De urmărit: {name}",
        };
        Self { text: text.to_owned(), after_days: 7 }
    }
}

impl Default for FollowUp {
    fn default() -> Self {
        Self::in_language(Language::English)
    }
}

/// A colleague, as far as an import must know them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colleague {
    /// The user.
    pub id: UserId,
    /// The login, if there is one.
    pub email: Option<String>,
    /// The given name.
    pub given: String,
    /// The family name.
    pub family: String,
    /// Whether they have access now.
    pub active: bool,
}

/// The organisation's users, found by name or email.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Directory {
    by_email: BTreeMap<String, Vec<(UserId, bool)>>,
    by_name: BTreeMap<String, Vec<(UserId, bool)>>,
}

impl FromIterator<Colleague> for Directory {
    fn from_iter<T: IntoIterator<Item = Colleague>>(colleagues: T) -> Self {
        let mut directory = Self::default();
        for Colleague { id, email, given, family, active } in colleagues {
            if let Some(email) = email {
                // No two logins differ in case alone, and exports write them in any case.
                directory.by_email.entry(email.trim().to_lowercase()).or_default().push((id, active));
            }
            let orders = [fold(&format!("{given} {family}")), fold(&format!("{family} {given}"))];
            for (place, name) in orders.iter().enumerate() {
                // A user whose two names are equal would otherwise be ambiguous with themselves.
                if !name.is_empty() && !orders.iter().take(place).any(|before| before == name) {
                    directory.by_name.entry(name.clone()).or_default().push((id, active));
                }
            }
        }
        directory
    }
}

impl Directory {
    /// The colleague with this email, or this name in either order, or written `name <email>`.
    ///
    /// Of several with one name, the only one who has access. A user who has left owns no new cards.
    pub fn find(&self, text: &str) -> Result<UserId, Reason> {
        let found = self.named(text).ok_or(Reason::UnknownOwner)?;
        let mut active = found.iter().filter(|(_, active)| *active).map(|(id, _)| *id);
        match (active.next(), active.next()) {
            (Some(id), None) => Ok(id),
            (Some(_), Some(_)) => Err(Reason::AmbiguousOwner),
            (None, _) => Err(Reason::InactiveOwner),
        }
    }

    /// The colleague whom a text names as in [`Self::find`], also one who has left: a field may tell of them.
    pub fn find_any(&self, text: &str) -> Result<UserId, Reason> {
        let found = self.named(text).ok_or(Reason::UnknownUser)?;
        let active: Vec<UserId> = found.iter().filter(|(_, active)| *active).map(|(id, _)| *id).collect();
        match (active.as_slice(), found) {
            ([id], _) | ([], [(id, _)]) => Ok(*id),
            _ => Err(Reason::AmbiguousUser),
        }
    }

    /// Those whom a text may name, each with whether they have access.
    fn named(&self, text: &str) -> Option<&[(UserId, bool)]> {
        let email = text.split_once('<').and_then(|(_, email)| email.trim_end().strip_suffix('>'));
        let email = email.unwrap_or(text).trim().to_lowercase();
        // The email first: it is unique, where two colleagues may share a name.
        let found = self.by_email.get(&email).or_else(|| self.by_name.get(&fold(text)));
        found.map(Vec::as_slice)
    }
}
