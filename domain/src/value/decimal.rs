//! Exact decimal numbers with one text form.
//!
//! No number of Roadbook is a binary float (T23). A value has at most 15 digits before the point and
//! 6 after, so that the sum of a million values is still exact in 28 digits.

use std::fmt;
use std::str::FromStr;

use crate::value::text_form::text_form;
use rust_decimal::Decimal as Exact;

/// The most digits before the point.
pub const MAX_INTEGER_DIGITS: u32 = 15;

/// The most digits after the point.
pub const MAX_FRACTION_DIGITS: u32 = 6;

/// An exact decimal number.
///
/// Its canonical text form has no exponent, no plus sign, no needless zero and no `-0`: `0`, `1990`,
/// `-0.5`. Equal numbers have equal text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Decimal(Exact);

/// Why something is not a [`Decimal`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// The text is no number, or not in canonical form.
    #[error("not a number in canonical form")]
    NotCanonical,
    /// More than [`MAX_INTEGER_DIGITS`] digits before the point.
    #[error("more than {MAX_INTEGER_DIGITS} digits before the point")]
    TooLarge,
    /// More than [`MAX_FRACTION_DIGITS`] digits after the point.
    #[error("more than {MAX_FRACTION_DIGITS} digits after the point")]
    TooFine,
}

text_form!(Decimal);

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self(Exact::ZERO);

    /// The value as a number to compute with; come back by `try_from`.
    pub const fn exact(self) -> Exact {
        self.0
    }
}

impl From<i32> for Decimal {
    fn from(value: i32) -> Self {
        Self(Exact::from(value))
    }
}

impl TryFrom<Exact> for Decimal {
    type Error = DecimalError;

    /// Never rounds: a value that does not fit is refused.
    fn try_from(value: Exact) -> Result<Self, DecimalError> {
        if value.is_zero() {
            return Ok(Self::ZERO);
        }
        // `1.50` and `1.5` are one number, so they must have one text.
        let value = value.normalize();
        if value.scale() > MAX_FRACTION_DIGITS {
            return Err(DecimalError::TooFine);
        }
        if value.trunc().mantissa().unsigned_abs() >= 10_u128.pow(MAX_INTEGER_DIGITS) {
            return Err(DecimalError::TooLarge);
        }
        Ok(Self(value))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Decimal {
    type Err = DecimalError;

    /// Accepts the canonical text form only: one number, one string.
    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (integer, fraction) = match digits.split_once('.') {
            Some((_, fraction)) if fraction.is_empty() || fraction.ends_with('0') => {
                return Err(DecimalError::NotCanonical);
            }
            Some(parts) => parts,
            None => (digits, ""),
        };
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let leading_zero = integer.starts_with('0') && integer != "0";
        let negative_zero = text == "-0";
        if integer.is_empty()
            || leading_zero
            || negative_zero
            || !all_digits(integer)
            || !all_digits(fraction)
        {
            return Err(DecimalError::NotCanonical);
        }
        if integer.len() > MAX_INTEGER_DIGITS as usize {
            return Err(DecimalError::TooLarge);
        }
        if fraction.len() > MAX_FRACTION_DIGITS as usize {
            return Err(DecimalError::TooFine);
        }
        Exact::from_str_exact(text).map(Self).map_err(|_| DecimalError::NotCanonical)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn canonical_text_reads_back_and_nothing_else_is_read() {
        for text in ["0", "7", "-7", "0.5", "-0.5", "1990", "10", "999999999999999.999999", "0.000001"] {
            assert_eq!(text.parse::<Decimal>().map(|value| value.to_string()), Ok(text.to_owned()));
        }
        for text in [
            "", "-", ".", "-0", "+1", "01", "00", "-01", "1.", ".5", "1.0", "1.50", "0.0", "-0.0", "1e3",
            "1,5", "1 000", " 1", "1 ", "1_000", "--1", "1.2.3", "1.-2", "NaN", "٣",
        ] {
            assert_eq!(text.parse::<Decimal>(), Err(DecimalError::NotCanonical), "{text}");
        }
    }

    #[test]
    fn a_number_with_too_many_digits_is_refused_and_never_rounded() {
        assert_eq!("1000000000000000".parse::<Decimal>(), Err(DecimalError::TooLarge));
        assert_eq!("0.0000001".parse::<Decimal>(), Err(DecimalError::TooFine));
        assert_eq!(Decimal::try_from(Exact::from(10_i64.pow(15))), Err(DecimalError::TooLarge));
        assert_eq!(Decimal::try_from(Exact::new(-1, 7)), Err(DecimalError::TooFine));
        assert_eq!("9".repeat(100_000).parse::<Decimal>(), Err(DecimalError::TooLarge));
    }

    #[test]
    fn a_computed_number_takes_the_canonical_form() {
        assert_eq!(Decimal::try_from(Exact::new(1500, 3)).unwrap().to_string(), "1.5");
        assert_eq!(Decimal::try_from(-Exact::new(0, 2)).unwrap().to_string(), "0");
        assert_eq!(Decimal::try_from(Exact::new(100, 7)).unwrap().to_string(), "0.00001");
    }

    #[test]
    fn the_sum_of_a_million_of_the_largest_values_is_exact() {
        let largest: Decimal = "999999999999999.999999".parse().unwrap();
        let sum = largest.exact() * Exact::from(1_000_000);
        assert_eq!(sum.normalize().to_string(), "999999999999999999999");
        assert_eq!((sum + Exact::new(1, 6)).to_string(), "999999999999999999999.000001");
    }

    #[test]
    fn json_and_cbor_carry_the_text() {
        let value: Decimal = "-12.5".parse().unwrap();
        assert_eq!(serde_json::to_string(&value).unwrap(), "\"-12.5\"");
        assert_eq!(minicbor::to_vec(value).unwrap(), b"\x65-12.5");
        assert_eq!(minicbor::decode::<Decimal>(b"\x65-12.5").unwrap(), value);
        assert!(minicbor::decode::<Decimal>(b"\x6412.0").is_err());
    }

    proptest! {
        #[test]
        fn every_value_reads_back_from_its_text(mantissa in -(10_i128.pow(21) - 1)..10_i128.pow(21), scale in 0_u32..=6) {
            let exact = Exact::from_i128_with_scale(mantissa, scale);
            if let Ok(value) = Decimal::try_from(exact) {
                prop_assert_eq!(value.exact(), exact);
                prop_assert_eq!(value.to_string().parse(), Ok(value));
            } else {
                prop_assert!(mantissa.unsigned_abs() >= 10_u128.pow(15 + scale));
            }
        }

        #[test]
        fn text_is_refused_or_is_the_form_it_prints(text in "-?[0-9.]{0,24}") {
            if let Ok(value) = text.parse::<Decimal>() {
                prop_assert_eq!(value.to_string(), text);
            }
        }
    }
}
