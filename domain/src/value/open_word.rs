//! Open enumerations whose members are stored in registers by name. A name that a later version added is
//! kept, shown as it is, and carried on.

use crate::value::word::Word;

/// A name that this version does not know: 1 to 24 lower-case letters and `_`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OtherName(Word<24>);

/// Text that cannot be a name of the enumeration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a name of 1 to 24 lower-case letters")]
pub struct NameError;

impl OtherName {
    /// The name.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl std::fmt::Display for OtherName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for OtherName {
    type Err = NameError;

    fn from_str(name: &str) -> Result<Self, NameError> {
        let is_name = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        Word::new(name).filter(|_| is_name).map(Self).ok_or(NameError)
    }
}

/// Declares an enumeration of names, and `Other` for names that a later version may write. The name is
/// its form in registers, in CBOR and in JSON. Members are ordered as they are written, `Other` first.
///
/// Apps see one that is marked as a `view`: in Kotlin and Swift its members, in TypeScript their names.
macro_rules! open_word {
    ($(#[doc = $doc:tt])* view $name:ident { $($(#[$($variant_doc:tt)*])* $variant:ident = $word:tt;)* }) => {
        $crate::value::open_word::open_word! {
            $(#[doc = $doc])*
            #[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
            $name { $($(#[$($variant_doc)*])* $variant = $word;)* }
        }

        #[cfg(feature = "web")]
        $crate::value::typescript::typescript! {
            $(#[doc = $doc])*
            $name = $("\"", $word, "\" | ",)* "OtherName"
        }
    };
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            /// One that this version does not know, by its name; made by reading only.
            Other(crate::value::open_word::OtherName),
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            /// All that this version knows, in order.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Whether this version knows it.
            pub fn is_known(&self) -> bool {
                match self {
                    Self::Other(name) => crate::value::generation::knows(name.as_str(), false),
                    _ => true,
                }
            }

            /// Its name in text forms.
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)*
                    Self::Other(name) => name.as_str(),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::value::open_word::NameError;

            fn from_str(name: &str) -> Result<Self, Self::Err> {
                match name {
                    $($word if crate::value::generation::knows(name, true) => Ok(Self::$variant),)*
                    other => other.parse().map(Self::Other),
                }
            }
        }

        crate::value::text_form::text_form!($name);
    };
}

pub(crate) use open_word;

#[cfg(test)]
mod tests {
    open_word! {
        /// Two colours, and whatever comes later.
        Colour {
            /// Like blood.
            Red = "red";
            /// Like grass.
            Green = "green";
        }
    }

    #[test]
    fn a_name_of_a_later_version_survives_a_round_trip_through_text_cbor_and_json() {
        for name in ["red", "green", "blue", "light_blue"] {
            let colour: Colour = name.parse().unwrap();
            assert_eq!(colour.to_string(), name);
            assert_eq!(colour.is_known(), Colour::ALL.contains(&colour));
            let bytes = minicbor::to_vec(colour).unwrap();
            assert_eq!(minicbor::decode::<Colour>(&bytes).unwrap(), colour);
            let json = serde_json::to_string(&colour).unwrap();
            assert_eq!(serde_json::from_str::<Colour>(&json).unwrap(), colour);
        }
        assert!("blue".parse::<Colour>().unwrap() < Colour::Red);
    }

    #[test]
    fn what_cannot_be_a_name_is_refused() {
        for name in ["", "Red", "light blue", "1", "a-b", "x23", &"x".repeat(25)] {
            assert!(name.parse::<Colour>().is_err(), "{name}");
        }
    }
}
