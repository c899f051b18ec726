//! Which codings a client takes: its `Accept-Encoding` (RFC 9110, section 12.5.3).

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_ENCODING;

/// The codings that a client named, each with its weight in thousandths.
#[derive(Debug)]
pub(super) struct Accepted<'a>(Vec<(&'a str, u16)>);

impl<'a> Accepted<'a> {
    /// What the headers of a request say; of a coding that is named twice the first word holds.
    pub(super) fn of(headers: &'a HeaderMap) -> Self {
        let lists = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|list| list.to_str().ok());
        Self(lists.flat_map(|list| list.split(',')).map(named).collect())
    }

    /// How gladly the client takes a coding, up to 1,000; 0: not at all, or nothing is said of it.
    pub(super) fn weight(&self, coding: &str) -> u16 {
        let of = |name: &str| self.0.iter().find(|(named, _)| named.eq_ignore_ascii_case(name));
        of(coding).or_else(|| of("*")).map_or(0, |(_, weight)| *weight)
    }
}

/// A coding and its weight, such as `br;q=0.8`. One whose weight cannot be read is not taken.
fn named(part: &str) -> (&str, u16) {
    let mut words = part.split(';').map(str::trim);
    let coding = words.next().unwrap_or_default();
    let weight = words.find_map(|word| word.strip_prefix("q=").or_else(|| word.strip_prefix("Q=")));
    (coding, weight.map_or(1000, |weight| thousandths(weight).unwrap_or(0)))
}

/// A number from 0 to 1 with at most three decimals.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let decimals: u16 = format!("{decimals:0<3}").parse().ok()?;
    match (whole, decimals) {
        ("0", decimals) => Some(decimals),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weight_is_what_the_header_says_of_the_coding_else_of_the_star() {
        for (lists, gzip, brotli) in [
            (&[][..], 0, 0),
            (&[""], 0, 0),
            (&["gzip"], 1000, 0),
            (&["GZIP, br"], 1000, 1000),
            (&["gzip;q=0.5,br;q=1.0"], 500, 1000),
            (&["gzip ; Q=0.25", "br;q=0.001"], 250, 1),
            (&["gzip;q=0, *"], 0, 1000),
            (&["*;q=0.2"], 200, 200),
            (&["gzip;q=1, gzip;q=0"], 1000, 0),
            // Not of the form.
            (&["gzip;q=2, br;q=-1"], 0, 0),
            (&["gzip;q=1.001, br;q=0.1234"], 0, 0),
            (&["gzip;q=, br;q=inf"], 0, 0),
            (&["gzip;q=.5, br;q=+1"], 0, 0),
        ] {
            let mut headers = HeaderMap::new();
            for list in lists {
                headers.append(ACCEPT_ENCODING, list.parse().unwrap());
            }
            let accepted = Accepted::of(&headers);
            assert_eq!((accepted.weight("gzip"), accepted.weight("br")), (gzip, brotli), "{lists:?}");
        }
    }
}
