//! How identifiers, times and texts with one form cross into Kotlin and Swift: as that text.

use std::str::FromStr;
use std::sync::OnceLock;

use uniffi::deps::anyhow::Error;

use crate::value::decimal::Decimal;
use crate::value::due::Due;
use crate::value::id::{DeviceId, DocumentId, FieldId, OrgId, PartId, ProductId, StatusId, UserId};
use crate::value::key::Key;
use crate::value::money::Currency;
use crate::value::open_word::OtherName;
use crate::value::time::{Day, Timestamp, Zone};

/// What makes the error of a text that is not of the form it is to have.
static REFUSAL: OnceLock<fn() -> Error> = OnceLock::new();

/// Makes such errors by this function. An app gets a typed error only if it is the very type that the call
/// declares, and that type is known to the crate that has the calls.
pub fn refuse_by(make: fn() -> Error) {
    // The first one stays: there is one crate that has calls.
    let _ = REFUSAL.set(make);
}

fn parsed<T: FromStr>(text: &str) -> Result<T, Error> {
    text.parse().map_err(|_| refusal())
}

fn refusal() -> Error {
    REFUSAL.get().map_or_else(|| Error::msg("not of the form that is asked for"), |make| make())
}

uniffi::custom_type!(DeviceId, String, { lower: |id| id.to_string(), try_lift: |text| parsed(&text) });
uniffi::custom_type!(DocumentId, String, { lower: |id| id.to_string(), try_lift: |text| parsed(&text) });
uniffi::custom_type!(OrgId, String, { lower: |id| id.to_string(), try_lift: |text| parsed(&text) });
uniffi::custom_type!(ProductId, String, { lower: |id| id.to_string(), try_lift: |text| parsed(&text) });
uniffi::custom_type!(StatusId, String, { lower: |id| id.to_string(), try_lift: |text| parsed(&text) });
uniffi::custom_type!(UserId, String, { lower: |id| id.to_string(), try_lift: |text| parsed(&text) });
uniffi::custom_type!(FieldId, String, { lower: |id| id.to_string(), try_lift: |text| parsed(&text) });
uniffi::custom_type!(PartId, String, { lower: |id| id.to_string(), try_lift: |text| parsed(&text) });
uniffi::custom_type!(Day, String, { lower: |day| day.to_string(), try_lift: |text| parsed(&text) });
uniffi::custom_type!(Decimal, String, { lower: |number| number.to_string(), try_lift: |text| parsed(&text) });
uniffi::custom_type!(Currency, String, { lower: |currency| currency.to_string(), try_lift: |text| parsed(&text) });
uniffi::custom_type!(Key, String, { lower: |key| key.to_string(), try_lift: |text| parsed(&text) });
uniffi::custom_type!(Due, String, { lower: |due| due.to_string(), try_lift: |text| parsed(&text) });
uniffi::custom_type!(OtherName, String, { lower: |name| name.to_string(), try_lift: |text| parsed(&text) });
// A zone that only a later version knows crosses in both directions.
uniffi::custom_type!(Zone, String, {
    lower: |zone| zone.to_string(),
    try_lift: |text| Zone::read(&text).map_err(|_| refusal()),
});
uniffi::custom_type!(Timestamp, i64, {
    lower: |at| at.millis(),
    try_lift: |millis| Ok(Timestamp::from_millis(millis)),
});
