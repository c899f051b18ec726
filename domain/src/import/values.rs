//! From the text of one cell to a value of its kind.

use std::collections::BTreeSet;

use super::MAX_NAME;
use super::dates;
use super::destination::ValueKind;
use super::names::fold;
use super::problem::Reason;
use super::scope::Scope;
use crate::crm::command::MAX_VALUE_LEN;
use crate::settings::field::{FieldKind, SET};
use crate::value::id::FieldId;
use crate::value::url;

/// The value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    Options(BTreeSet<String>),
}

/// What a cell gives a field, if anything, and what is wrong with it: options that there are count even
/// if the cell names others too.
pub(super) fn field_value(
    scope: &Scope<'_>,
    field: FieldId,
    place: usize,
    cell: &str,
) -> (Option<Value>, Option<Reason>) {
    let Some((definition, options)) = scope.field(field) else { return (None, None) };
    let option = |name: &str| options.get(&fold(name)).cloned().ok_or(Reason::UnknownOption);
    let text = match &definition.kind {
        // Not cut: as a warning, the whole cell goes into a note.
        ValueKind::Text if cell.len() > MAX_VALUE_LEN => Err(Reason::TooLong),
        ValueKind::Text => Ok(Some(one_line(cell))),
        // A `no` writes nothing: a flag that is not set has no register.
        ValueKind::Flag => flag(cell).map(|is_set| is_set.then(|| SET.to_owned())),
        ValueKind::Day => {
            let moment = dates::moment(cell, scope.order(place), scope.zone());
            moment.map(|moment| Some(moment.day.to_string()))
        }
        ValueKind::DayTime => {
            let due = dates::minute(cell, scope.order(place), scope.zone());
            due.map(|due| Some(due.to_string()))
        }
        ValueKind::User => scope.directory.find_any(cell).map(|user| Some(user.to_string())),
        ValueKind::Canonical(kind) => {
            let text = one_line(cell);
            let text = match kind {
                FieldKind::Url => url::read(&text).unwrap_or(text),
                _ => text,
            };
            kind.check(&text).map(|()| Some(text)).map_err(|_| not_of(kind))
        }
        ValueKind::Choice { multiple: false, .. } => option(cell).map(Some),
        ValueKind::Choice { multiple: true, .. } => {
            // Not at spaces, because names of options have them.
            let names = cell.split([',', ';', '|', '\n']).map(str::trim).filter(|name| !name.is_empty());
            let (known, unknown): (Vec<_>, Vec<_>) = names.map(option).partition(Result::is_ok);
            let chosen: BTreeSet<String> = known.into_iter().flatten().collect();
            let value = (!chosen.is_empty()).then_some(Value::Options(chosen));
            return (value, unknown.into_iter().find_map(Result::err));
        }
    };
    match text {
        Ok(text) => (text.map(Value::Text), None),
        Err(reason) => (None, Some(reason)),
    }
}

/// Why a text is no value of a kind.
fn not_of(kind: &FieldKind) -> Reason {
    match kind {
        FieldKind::Email => Reason::Email,
        FieldKind::Phone => Reason::Phone,
        FieldKind::Url => Reason::Url,
        _ => Reason::Value,
    }
}

fn flag(cell: &str) -> Result<bool, Reason> {
    match fold(cell).as_str() {
        "true" | "yes" | "y" | "1" | "x" | "igen" | "i" | "igaz" | "da" | "adevarat" => Ok(true),
        "false" | "no" | "n" | "0" | "nem" | "hamis" | "nu" | "fals" => Ok(false),
        _ => Err(Reason::Flag),
    }
}

/// A name in one line.
pub(super) fn one_name(text: &str) -> Result<String, Reason> {
    let name = one_line(text);
    if name.len() <= MAX_NAME && name.chars().any(char::is_alphanumeric) {
        Ok(name)
    } else {
        Err(Reason::Name)
    }
}

/// A text in one line, with one space between words.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a character can stand in a text: not a control character other than a line break or tab.
pub(super) fn is_text(char: char) -> bool {
    !char.is_control() || matches!(char, '\n' | '\t')
}
