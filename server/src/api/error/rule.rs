//! The rules of settings, by codes.

use roadbook_domain::settings::SettingsError;
use serde_json::{Value, json};

/// The code of the rule that was broken, and the field that broke it where the rule names one.
pub fn data(error: SettingsError) -> Value {
    let (rule, field) = match error {
        SettingsError::Stale { .. } => ("stale", None),
        SettingsError::Unreadable => ("unreadable", None),
        SettingsError::Malformed(field) => ("malformed", Some(field)),
        SettingsError::UnknownZone => ("unknown_zone", None),
        SettingsError::UnknownProduct => ("unknown_product", None),
        SettingsError::Unchangeable(field) => ("unchangeable", Some(field)),
        SettingsError::FixedStatuses => ("fixed_statuses", None),
        SettingsError::FixedField => ("fixed_field", None),
        SettingsError::LastStatus => ("last_status", None),
        SettingsError::KeyTaken => ("key_taken", None),
        SettingsError::TooMany => ("too_many", None),
        SettingsError::EmailTaken => ("email_taken", None),
        SettingsError::LastAdmin => ("last_admin", None),
        SettingsError::ReservedProduct => ("reserved_product", None),
        SettingsError::NotRemovable => ("not_removable", None),
    };
    match field {
        Some(field) => json!({ "rule": rule, "field": field }),
        None => json!({ "rule": rule }),
    }
}
