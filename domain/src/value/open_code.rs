//! Open enumerations: lists that grow. An older app keeps the members that it does not know.

/// Declares an enumeration of small numbers with a word for each, and `Other` for numbers that a
/// newer version may send. The number is the CBOR form, the word the JSON form (`other_7` for a
/// number without one).
///
/// Apps see one that is marked as a `view`: in Kotlin and Swift its members, in TypeScript their words.
macro_rules! open_code {
    ($(#[doc = $doc:tt])* view $name:ident { $($(#[$($variant_doc:tt)*])* $variant:ident = $code:tt, $word:tt;)* }) => {
        $crate::value::open_code::open_code! {
            $(#[doc = $doc])*
            #[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
            $name { $($(#[$($variant_doc)*])* $variant = $code, $word;)* }
        }

        #[cfg(feature = "web")]
        $crate::value::typescript::typescript! {
            $(#[doc = $doc])*
            $name = $("\"", $word, "\" | ",)* "`other_${number}`"
        }
    };
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal, $word:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
            /// One that this version does not know; made by [`Self::from_code`] only.
            Other(u16),
        }

        impl $name {
            /// All that this version knows, in order of their codes.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Whether this version knows it.
            pub const fn is_known(self) -> bool {
                !matches!(self, Self::Other(_))
            }

            /// The number that stands for it on the wire and in storage.
            pub const fn code(self) -> u16 {
                match self {
                    $(Self::$variant => $code,)*
                    Self::Other(code) => code,
                }
            }

            /// The one with this number.
            pub const fn from_code(code: u16) -> Self {
                match code {
                    $($code => Self::$variant,)*
                    other => Self::Other(other),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    $(Self::$variant => f.write_str($word),)*
                    Self::Other(code) => write!(f, "other_{code}"),
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::value::open_code::UnknownWord;

            /// Accepts the words of this version, and `other_<number>` for numbers without one.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($word => Ok(Self::$variant),)*
                    other => match other.strip_prefix("other_").and_then(|code| code.parse().ok()) {
                        Some(code) => {
                            let value = Self::from_code(code);
                            // A number that has a word is refused here: one value, one text.
                            if value.to_string() == other { Ok(value) } else { Err(crate::value::open_code::UnknownWord) }
                        }
                        None => Err(crate::value::open_code::UnknownWord),
                    },
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.u16(self.code())?.ok()
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
                d.u16().map(Self::from_code)
            }
        }
    };
}

pub(crate) use open_code;

/// Text that is no word of the enumeration it was read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a known word")]
pub struct UnknownWord;

#[cfg(test)]
mod tests {
    use super::UnknownWord;

    open_code! {
        /// Two colours, and whatever comes later.
        Colour {
            /// Like blood.
            Red = 1, "red";
            /// Like grass.
            Green = 2, "green";
        }
    }

    #[test]
    fn a_number_without_a_word_survives_a_round_trip_through_cbor_and_json() {
        for code in [0, 1, 2, 3, u16::MAX] {
            let colour = Colour::from_code(code);
            assert_eq!(colour.code(), code);
            let bytes = minicbor::to_vec(colour).unwrap();
            assert_eq!(minicbor::decode::<Colour>(&bytes).unwrap(), colour);
            let json = serde_json::to_string(&colour).unwrap();
            assert_eq!(serde_json::from_str::<Colour>(&json).unwrap(), colour);
        }
        assert_eq!(Colour::from_code(3), Colour::Other(3));
        assert!(Colour::Red.is_known() && !Colour::from_code(3).is_known());
        assert_eq!(Colour::ALL, [Colour::Red, Colour::Green]);
    }

    #[test]
    fn one_value_has_one_word() {
        for text in ["", "Red", "blue", "other_1", "other_03", "other_-1", "other_65536"] {
            assert_eq!(text.parse::<Colour>(), Err(UnknownWord), "{text}");
        }
        assert_eq!("other_3".parse::<Colour>(), Ok(Colour::Other(3)));
    }
}
