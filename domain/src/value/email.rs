//! Email addresses of contacts: their form, and when two spellings are one (F59).

/// Whether a text looks like an address that mail can be sent to: one `@`, a domain with a point.
///
/// Whether it exists only sending shows; letters beyond ASCII are allowed (RFC 6531).
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let labels_ok = domain.contains('.') && domain.split('.').all(|label| !label.is_empty());
    // The marks that exports put around an address, as in `mailto:` and `[...]`, are no part of it.
    let is_clean =
        |char: char| !char.is_whitespace() && !matches!(char, '@' | '(' | ')' | '[' | ']' | ':' | '\u{fffd}');
    // RFC 5321 allows 256 bytes with the angle brackets around it.
    text.len() <= 254 && !local.is_empty() && labels_ok && local.chars().chain(domain.chars()).all(is_clean)
}

/// What two spellings of one address have in common.
pub fn folded(text: &str) -> String {
    // In theory the part before the `@` depends on case; no common mail provider makes use of it.
    text.trim().to_lowercase()
}

/// The same of a text that may be no address: `None` if it is none.
pub fn key(text: &str) -> Option<String> {
    is_email(text.trim()).then(|| folded(text))
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
    fn case_and_space_around_make_no_other_address_and_what_is_none_has_no_key() {
        assert_eq!(key(" Anna.Kovacs@Example.HU "), key("anna.kovacs@example.hu"));
        assert_ne!(key("anna@example.hu"), key("anna@example.ro"));
        for text in ["", "n/a", "anna", "anna@"] {
            assert_eq!(key(text), None, "{text}");
        }
    }
}
