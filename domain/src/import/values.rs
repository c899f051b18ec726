//! From the text of one cell to a value of its kind.

use std::collections::BTreeSet;

use super::MAX_NAME;
use super::dates;
use super::destination::ValueKind;
use super::names::fold;
use super::problem::Reason;
use super::scope::Scope;
use crate::crm::command::MAX_VALUE_LEN;
use crate::settings::field::SET;
use crate::value::id::FieldId;

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
        ValueKind::Canonical(kind) => {
            let text = one_line(cell);
            kind.check(&text).map(|()| Some(text)).map_err(|_| Reason::Value)
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

/// Whether a text looks like an address that mail can be sent to: one `@`, a domain with a point.
///
/// Whether it exists only sending shows; letters beyond ASCII are allowed (RFC 6531).
pub(super) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let labels_ok = domain.contains('.') && domain.split('.').all(|label| !label.is_empty());
    // The marks that exports put around an address, as in `mailto:` and `[...]`, are no part of it.
    let is_clean =
        |char: char| !char.is_whitespace() && !matches!(char, '@' | '(' | ')' | '[' | ']' | ':' | '\u{fffd}');
    // RFC 5321 allows 256 bytes with the angle brackets around it.
    text.len() <= 254 && !local.is_empty() && labels_ok && local.chars().chain(domain.chars()).all(is_clean)
}

/// Whether a text can be dialled: at least three digits among what people put around them.
pub(super) fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    // With more letters than digits it is a remark, such as `ask for Anna, 12`.
    let letters = text.chars().filter(|char| char.is_alphabetic()).count();
    text.len() <= 100 && digits >= 3 && letters <= digits && !text.contains('@')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_has_one_at_and_a_domain_with_a_point() {
        for text in ["a@b.hu", "A.b+c@sub.example.com", "őr@példa.hu", "o'neil@x.ie"] {
            assert!(is_email(text), "{text}");
        }
        for text in [
            "",
            "a",
            "a@",
            "@b.hu",
            "a@b",
            "a@b@c.hu",
            "a b@c.hu",
            "a@b..hu",
            "a@.hu",
            "mailto:a@b.hu",
            "\u{fffd}@b.hu",
        ] {
            assert!(!is_email(text), "{text}");
        }
        assert!(!is_email(&format!("{}@b.hu", "a".repeat(250))));
    }

    #[test]
    fn a_phone_number_is_mostly_digits() {
        for text in ["112", "+36 (30) 123-45-67", "1-955-371-0847 x371", "262.397.7937", "0800 FLOWERS 12345"]
        {
            assert!(is_phone(text), "{text}");
        }
        for text in ["", "-", "12", "n/a", "call me at 9 or 10", "anna1234@example.com", &"1".repeat(101)] {
            assert!(!is_phone(text), "{text}");
        }
    }
}
