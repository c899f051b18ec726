//! How identifiers, times and texts with one form cross into Kotlin, Swift and TypeScript: as that text.

#[cfg(feature = "uniffi")]
mod refusal;

#[cfg(feature = "uniffi")]
pub use refusal::refuse_by;
#[cfg(feature = "uniffi")]
use refusal::{parsed, refusal};
#[cfg(feature = "web")]
use serde::{Deserialize, Deserializer, de};

use crate::value::decimal::Decimal;
use crate::value::due::Due;
use crate::value::id::{DeviceId, DocumentId, FieldId, OrgId, PartId, ProductId, StatusId, UserId};
use crate::value::key::Key;
use crate::value::money::Currency;
use crate::value::open_word::OtherName;
use crate::value::time::{Day, Timestamp, Zone};
#[cfg(feature = "web")]
use crate::value::typescript::typescript;

/// Lets types cross as their text. What only the core makes is a type of its own in TypeScript, too: no other text
/// takes its place there.
macro_rules! texts {
    (
        made by the core { $($(#[doc = $made_doc:tt])* $made:ident;)+ }
        written by apps { $($(#[doc = $doc:tt])* $name:ident;)+ }
    ) => {
        $(texts! {
            $(#[doc = $made_doc])* $made = "string & { readonly __is: \"", stringify!($made), "\" }"
        })+
        $(texts! { $(#[doc = $doc])* $name = "string" })+
    };
    ($(#[doc = $doc:tt])* $name:ident = $($type:tt)+) => {
        #[cfg(feature = "uniffi")]
        uniffi::custom_type!($name, String, {
            lower: |value| value.to_string(),
            try_lift: |text| parsed(&text),
        });
        #[cfg(feature = "web")]
        typescript! { $(#[doc = $doc])* $name = $($type)+ }
    };
}

texts! {
    made by the core {
        /// An installation of the app, enrolled by one user.
        DeviceId;
        /// A card or a contact.
        DocumentId;
        /// A field of cards or contacts.
        FieldId;
        /// The key of an option.
        Key;
        /// An organisation.
        OrgId;
        /// A todo, an entry, a link or a detail of one card or contact.
        PartId;
        /// A product.
        ProductId;
        /// A status of a product.
        StatusId;
        /// A user.
        UserId;
        /// The name of a member that this version does not know: to be shown as it is.
        OtherName;
    }
    written by apps {
        /// Three capital letters: `HUF`.
        Currency;
        /// A day: `2026-11-22`.
        Day;
        /// An exact number: `-1.5`.
        Decimal;
        /// A day, or a minute on the clocks of a zone: `2026-11-22T09:00[Europe/Budapest]`.
        Due;
    }
}

// A zone that only a later version knows crosses in both directions.
#[cfg(feature = "uniffi")]
uniffi::custom_type!(Zone, String, {
    lower: |zone| zone.to_string(),
    try_lift: |text| Zone::read(&text).map_err(|_| refusal()),
});
#[cfg(feature = "web")]
typescript! {
    /// A time zone by its IANA name: `Europe/Budapest`.
    Zone = "string"
}

/// Reads a zone as it crosses.
///
/// # Errors
/// Those of the deserializer, and one for a text that cannot be the name of a zone.
#[cfg(feature = "web")]
pub fn zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Zone, D::Error> {
    Zone::read(&String::deserialize(deserializer)?).map_err(de::Error::custom)
}

#[cfg(feature = "uniffi")]
uniffi::custom_type!(Timestamp, i64, {
    lower: |at| at.millis(),
    try_lift: |millis| Ok(Timestamp::from_millis(millis)),
});
#[cfg(feature = "web")]
typescript! {
    /// An instant: milliseconds since 1970-01-01T00:00Z.
    Timestamp = "number"
}
