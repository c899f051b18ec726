//! Addresses of pages in the web: their form.

/// The most bytes of an address.
pub const MAX_URL: usize = 2_000;

/// Whether a text is the address of a page, as a browser opens it: `http` or `https`, and a host.
///
/// Colleagues tap on what one of them wrote. So the address says where it leads: no user stands before the host, as
/// in `https://bank.example@elsewhere.example`, and no character is unseen or turns the reading round.
pub fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let is_web = ["http", "https"].iter().any(|web| scheme.eq_ignore_ascii_case(web));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    text.len() <= MAX_URL && is_web && is_authority(authority) && text.chars().all(is_seen)
}

/// The address that a text means which leaves `https://` out, as people and exports write it:
/// `www.example.com/menu`. `None` if it is none.
pub fn read(text: &str) -> Option<String> {
    if is_url(text) {
        return Some(text.to_owned());
    }
    let host = text.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let (_, top) = host.rsplit_once('.')?;
    let completed = format!("https://{text}");
    // A number such as `12.5` has a point, too.
    (top.starts_with(char::is_alphabetic) && is_url(&completed)).then_some(completed)
}

/// Whether a text is a host, and perhaps a port.
fn is_authority(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        // The colons of an IPv6 address stand in brackets.
        Some((host, port)) if !port.ends_with(']') => (host, port),
        _ => (text, ""),
    };
    let is_host = match host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
        Some(inner) => inner.contains(':') && inner.bytes().all(is_ipv6),
        None => host.split('.').all(is_label),
    };
    is_host && port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_ipv6(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.')
}

fn is_label(label: &str) -> bool {
    !label.is_empty() && label.chars().all(|char| char.is_alphanumeric() || matches!(char, '-' | '_'))
}

fn is_seen(char: char) -> bool {
    let turns = matches!(char, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    // Browsers take `\` for `/`, which moves where the host ends.
    let is_other = turns || char.is_whitespace() || matches!(char, '\\' | '<' | '>' | '"');
    !is_other && !char.is_control()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_address_is_of_the_web_has_a_host_and_hides_nothing() {
        for text in [
            "https://example.com",
            "http://example.com/",
            "HTTPS://Example.COM/Menu?day=1#top",
            "https://www.őrség.hu/szállás",
            "https://localhost:8080/x",
            "http://wiki/page",
            "http://192.168.0.1",
            "https://[2001:db8::1]:443/",
            "https://example.com:/",
            "https://example.com/a@b:c",
            "https://example.com/?to=http://other.example",
        ] {
            assert!(is_url(text), "{text}");
            assert_eq!(read(text).as_deref(), Some(text));
        }
        for text in [
            "",
            "https://",
            "https:///path",
            "https://?x",
            "https:example.com",
            "example.com",
            "//example.com",
            "ftp://example.com",
            "javascript://example.com/%0aalert(1)",
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "https://anna@example.com",
            "https://bank.example:443@elsewhere.example/",
            "https://elsewhere.example\\@bank.example",
            "https://example..com",
            "https://.example.com",
            "https://exa mple.com",
            "https://example.com/a b",
            " https://example.com",
            "https://example.com\n",
            "https://example.com/\u{0}",
            "https://example.com/\u{202e}gpj.exe",
            "https://example.com/<b>",
            "https://example.com:port",
            "https://example.com:123456",
            "https://[2001:db8::1",
            "https://[]",
            "https://[::1]x",
        ] {
            assert!(!is_url(text), "{text}");
        }
        assert!(is_url(&format!("https://a.hu/{}", "x".repeat(MAX_URL - 13))));
        assert!(!is_url(&format!("https://a.hu/{}", "x".repeat(MAX_URL - 12))));
    }

    #[test]
    fn an_address_that_people_write_without_its_beginning_is_one_and_other_texts_are_none() {
        for text in ["example.com", "www.example.com/menu?x=1", "example.com:8080", "őrség.hu"] {
            assert_eq!(read(text), Some(format!("https://{text}")));
        }
        for text in
            ["", "-", "n/a", "n.a.", "none", "12.5", "mailto:a.b@c.hu", "a.b@c.hu", "ftp://c.hu", "c.hu x"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_an_address(text in "(https?://)?[a-z.:/@\\[\\]\\\\ é-]{0,20}|.{0,20}") {
            if let Some(address) = read(&text) {
                prop_assert!(is_url(&address), "{}", address);
            }
        }
    }
}
