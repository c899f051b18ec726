//! Money: an exact amount in the currency's major unit (T23).

use std::fmt;
use std::str::FromStr;

use crate::value::decimal::{Decimal, DecimalError};
use crate::value::text_form::text_form;

/// A currency, by its ISO 4217 code.
///
/// Any three capital letters are accepted: the list of currencies changes, and a card must stay readable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// An amount of one currency, one register: text form `1990 HUF`.
///
/// Major units, not minor ones: ISO 4217 gives HUF two decimals that nobody uses, so minor units would
/// lead to amounts that are wrong by a factor of 100 (T23).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    /// How much, in major units.
    pub amount: Decimal,
    /// Of what.
    pub currency: Currency,
}

/// Why text is not a [`Money`] or a [`Currency`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not of the form `<amount> <currency>`.
    #[error("not an amount, a space and a currency")]
    Form,
    /// The amount is no canonical decimal.
    #[error("amount: {0}")]
    Amount(#[from] DecimalError),
    /// The currency is not three capitals.
    #[error("a currency is three capital letters of ISO 4217")]
    Currency,
}

text_form!(Currency, Money);

impl Currency {
    /// Hungarian forint.
    pub const HUF: Self = Self(*b"HUF");
    /// Euro.
    pub const EUR: Self = Self(*b"EUR");
    /// Romanian leu.
    pub const RON: Self = Self(*b"RON");

    /// The three letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// How many digits after the point are shown at least; an amount that has more shows them all
    /// (T23: HUF none, RON and EUR two).
    pub fn shown_digits(&self) -> u32 {
        match &self.0 {
            b"HUF" | b"ISK" | b"JPY" | b"KRW" | b"VND" | b"CLP" | b"PYG" | b"UGX" | b"XAF" | b"XOF"
            | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            _ => 2,
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        match <[u8; 3]>::try_from(text.as_bytes()) {
            Ok(code) if code.iter().all(u8::is_ascii_uppercase) => Ok(Self(code)),
            _ => Err(MoneyError::Currency),
        }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency)
    }
}

impl FromStr for Money {
    type Err = MoneyError;

    /// Accepts the canonical text form only: one amount, one string.
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let (amount, currency) = text.split_once(' ').ok_or(MoneyError::Form)?;
        Ok(Self { amount: amount.parse()?, currency: currency.parse()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_reads_back_from_its_text_and_nothing_else_is_read() {
        for text in ["1990 HUF", "-0.5 EUR", "0 RON"] {
            assert_eq!(text.parse::<Money>().map(|money| money.to_string()), Ok(text.to_owned()));
        }
        for (text, error) in [
            ("", MoneyError::Form),
            ("1990", MoneyError::Form),
            ("1990HUF", MoneyError::Form),
            ("1990.0 HUF", MoneyError::Amount(DecimalError::NotCanonical)),
            ("1 990 HUF", MoneyError::Currency),
            ("1990  HUF", MoneyError::Currency),
            ("1990 huf", MoneyError::Currency),
            ("1990 HUFF", MoneyError::Currency),
            ("1990 Ft", MoneyError::Currency),
            ("HUF 1990", MoneyError::Amount(DecimalError::NotCanonical)),
        ] {
            assert_eq!(text.parse::<Money>(), Err(error), "{text}");
        }
    }

    #[test]
    fn forints_show_no_decimals_and_euros_two() {
        assert_eq!(Currency::HUF.shown_digits(), 0);
        assert_eq!(Currency::EUR.shown_digits(), 2);
        assert_eq!(Currency::RON.shown_digits(), 2);
        assert_eq!("KWD".parse::<Currency>().unwrap().shown_digits(), 3);
    }
}
