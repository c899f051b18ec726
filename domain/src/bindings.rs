//! How identifiers, times and texts with one form cross into Kotlin and Swift: as that text.

use crate::value::decimal::Decimal;
use crate::value::due::Due;
use crate::value::id::{DeviceId, DocumentId, FieldId, OrgId, PartId, ProductId, StatusId, UserId};
use crate::value::key::Key;
use crate::value::money::Currency;
use crate::value::open_word::OtherName;
use crate::value::time::Day;
use crate::value::time::Timestamp;

uniffi::custom_type!(DeviceId, String, { lower: |id| id.to_string(), try_lift: |text| Ok(text.parse()?) });
uniffi::custom_type!(DocumentId, String, { lower: |id| id.to_string(), try_lift: |text| Ok(text.parse()?) });
uniffi::custom_type!(OrgId, String, { lower: |id| id.to_string(), try_lift: |text| Ok(text.parse()?) });
uniffi::custom_type!(ProductId, String, { lower: |id| id.to_string(), try_lift: |text| Ok(text.parse()?) });
uniffi::custom_type!(StatusId, String, { lower: |id| id.to_string(), try_lift: |text| Ok(text.parse()?) });
uniffi::custom_type!(UserId, String, { lower: |id| id.to_string(), try_lift: |text| Ok(text.parse()?) });
uniffi::custom_type!(FieldId, String, { lower: |id| id.to_string(), try_lift: |text| Ok(text.parse()?) });
uniffi::custom_type!(PartId, String, { lower: |id| id.to_string(), try_lift: |text| Ok(text.parse()?) });
uniffi::custom_type!(Day, String, { lower: |day| day.to_string(), try_lift: |text| Ok(text.parse()?) });
uniffi::custom_type!(Decimal, String, { lower: |number| number.to_string(), try_lift: |text| Ok(text.parse()?) });
uniffi::custom_type!(Currency, String, { lower: |currency| currency.to_string(), try_lift: |text| Ok(text.parse()?) });
uniffi::custom_type!(Key, String, { lower: |key| key.to_string(), try_lift: |text| Ok(text.parse()?) });
uniffi::custom_type!(Due, String, { lower: |due| due.to_string(), try_lift: |text| Ok(text.parse()?) });
uniffi::custom_type!(OtherName, String, { lower: |name| name.to_string(), try_lift: |text| Ok(text.parse()?) });
uniffi::custom_type!(Timestamp, i64, {
    lower: |at| at.millis(),
    try_lift: |millis| Ok(Timestamp::from_millis(millis)),
});
