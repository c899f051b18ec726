//! What an administrator may set: the rules that every edited row must pass (F12, F22-F27, F62).

use std::collections::BTreeSet;

use super::view::may_replace;
use super::{ImportKey, Organisation, Setting, Settings};
use crate::settings::INBOX_PRODUCT;
use crate::settings::catalogue::{self, FieldSpec, KindSpec};
use crate::settings::field::{ChoiceOption, FieldDefinition, FieldKind, FieldScope, StepMeaning};
use crate::settings::product::Product;
use crate::settings::role::Role;
use crate::settings::status::Status;
use crate::settings::user::User;
use crate::value::id::{ProductId, StatusId};
use crate::value::key::Key;
use crate::value::time::Zone;

/// The most bytes of a name.
pub const MAX_NAME_LEN: usize = 200;

/// The most options of a choice, retired ones among them.
pub const MAX_OPTIONS: usize = 200;

/// The most fields of a product, of persons and of companies, retired ones among them.
pub const MAX_FIELDS: usize = 200;

/// Why an edit of a setting is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Somebody else edited it since: it has this version now (0: it does not exist yet).
    #[error("the setting changed meanwhile: its version is {current}")]
    Stale {
        /// The version that an edit must be based on.
        current: u64,
    },
    /// The body is not a setting of the row's kind, or longer than the kind allows.
    #[error("not a setting of this kind")]
    Unreadable,
    /// A name, text or list is empty, too long, or has control characters. The word says which one.
    #[error("{0} is empty, too long, or not allowed")]
    Malformed(&'static str),
    /// The zone is not one of the IANA database.
    #[error("unknown time zone")]
    UnknownZone,
    /// The product that it belongs to is not there.
    #[error("unknown product")]
    UnknownProduct,
    /// What it was made from or belongs to cannot change. The word says which of them.
    #[error("{0} cannot change")]
    Unchangeable(&'static str),
    /// The set of statuses of this kind of product is fixed (F12).
    #[error("the statuses of this kind of product are fixed")]
    FixedStatuses,
    /// The status of the cards is derived from this field, so its values are fixed (F19), except the
    /// options of a step (C24).
    #[error("statuses depend on this field: its values are fixed")]
    FixedField,
    /// A product needs a status that a new card can be in (F25).
    #[error("a product needs a status that is not retired")]
    LastStatus,
    /// A key, or an option's key, is there twice.
    #[error("the key is taken")]
    KeyTaken,
    /// There are as many of its sort as there may be.
    #[error("there are as many as there may be: rename a retired one")]
    TooMany,
    /// Another user has this login (F64).
    #[error("the email is taken")]
    EmailTaken,
    /// An organisation needs an active administrator.
    #[error("an organisation needs an active administrator")]
    LastAdmin,
    /// Everybody's inbox card lives in this product.
    #[error("this product cannot be switched off")]
    ReservedProduct,
    /// The setting, or an option of a choice, can be retired or switched off, but not removed: cards and history
    /// name it (F7, F27, F41, F62).
    #[error("it cannot be removed")]
    NotRemovable,
}

/// The rules that an edit of a setting must keep.
pub(super) trait Judged: Setting {
    /// Judges the next version of a setting, or its first.
    ///
    /// # Errors
    /// The rule that the edit breaks.
    fn judge(&self, settings: &Settings) -> Result<(), SettingsError>;
}

impl Judged for Product {
    fn judge(&self, settings: &Settings) -> Result<(), SettingsError> {
        settings.judge_product(self)
    }
}

impl Judged for Status {
    fn judge(&self, settings: &Settings) -> Result<(), SettingsError> {
        settings.judge_status(self)
    }
}

impl Judged for FieldDefinition {
    fn judge(&self, settings: &Settings) -> Result<(), SettingsError> {
        settings.judge_field(self)
    }
}

impl Judged for User {
    fn judge(&self, settings: &Settings) -> Result<(), SettingsError> {
        settings.judge_user(self)
    }
}

impl Judged for Organisation {
    fn judge(&self, _: &Settings) -> Result<(), SettingsError> {
        judge_organisation(self)
    }
}

impl Judged for ImportKey {
    fn judge(&self, settings: &Settings) -> Result<(), SettingsError> {
        // With another key everything that was imported before would come in once more.
        match settings.import_key() {
            Some(_) => Err(SettingsError::Unchangeable("import_key")),
            None => Ok(()),
        }
    }
}

impl Settings {
    fn judge_product(&self, new: &Product) -> Result<(), SettingsError> {
        name_or_builtin("name", &new.name, true)?;
        name_or_builtin("item_noun", &new.item_noun, true)?;
        // Without a catalogue nothing of this product could be judged or derived.
        catalogue::spec(new.kind).ok_or(SettingsError::Malformed("kind"))?;
        // After zero days every card would have lapsed as soon as it is made.
        if new.lapse_days == Some(0) {
            return Err(SettingsError::Malformed("lapse_days"));
        }
        if new.id == INBOX_PRODUCT && !new.enabled {
            return Err(SettingsError::ReservedProduct);
        }
        match self.product(new.id) {
            Some(old) if old.kind != new.kind => Err(SettingsError::Unchangeable("kind")),
            _ => Ok(()),
        }
    }

    fn judge_status(&self, new: &Status) -> Result<(), SettingsError> {
        if !new.group.is_known() {
            return Err(SettingsError::Malformed("group"));
        }
        let spec = self.known_spec(new.product)?;
        let builtin = new.key.as_ref().and_then(|key| spec.status(key.as_str()));
        name_or_builtin("name", &new.name, builtin.is_some())?;
        if let Some(todo) = &new.todo {
            let has_text = builtin.is_some_and(|builtin| builtin.todo.is_some());
            name_or_builtin("todo.text", &todo.text, has_text)?;
        }
        judge_key(new.key.as_ref(), |key| catalogue::status_id(new.product, key) == new.id)?;
        if let Some(old) = self.status(new.id) {
            // Cards of the old product would be left with a status of another one.
            if old.product != new.product {
                return Err(SettingsError::Unchangeable("product"));
            }
            if old.key != new.key {
                return Err(SettingsError::Unchangeable("key"));
            }
        }
        if !spec.mode.set_is_editable() {
            let kept = self.status(new.id).is_some_and(|old| {
                (old.group, old.order, old.retired) == (new.group, new.order, new.retired)
            });
            return if kept { Ok(()) } else { Err(SettingsError::FixedStatuses) };
        }
        let others = self.statuses(new.product).any(|other| other.id != new.id && !other.retired);
        if new.retired && !others { Err(SettingsError::LastStatus) } else { Ok(()) }
    }

    fn judge_field(&self, new: &FieldDefinition) -> Result<(), SettingsError> {
        if matches!(new.kind, FieldKind::Other(_)) {
            return Err(SettingsError::Malformed("kind"));
        }
        let old = self.field(new.id);
        if let Some(old) = old {
            if old.scope != new.scope {
                return Err(SettingsError::Unchangeable("scope"));
            }
            if old.key != new.key {
                return Err(SettingsError::Unchangeable("key"));
            }
        }
        let spec = new.product().map(|product| self.known_spec(product)).transpose()?;
        let builtin = new.key.as_ref().zip(spec).and_then(|(key, spec)| spec.field(key.as_str()));
        name_or_builtin("name", &new.name, builtin.is_some())?;
        if let FieldKind::Choice { options, .. } = &new.kind {
            judge_options(options, builtin)?;
        }
        match new.scope {
            FieldScope::Product(product) => {
                judge_key(new.key.as_ref(), |key| catalogue::field_id(product, key) == new.id)?;
                if let Some(builtin) = builtin.filter(|builtin| builtin.decides_status) {
                    let fixed = builtin.make(product, 1);
                    if new.retired || !may_replace(builtin, &new.kind, &fixed.kind) {
                        return Err(SettingsError::FixedField);
                    }
                }
            }
            // The catalogue has no fields of persons and companies, so a key there is made up.
            FieldScope::Persons | FieldScope::Companies if new.key.is_some() => {
                return Err(SettingsError::Malformed("key"));
            }
            FieldScope::Persons | FieldScope::Companies => {}
        }
        self.judge_required_for(new)?;
        match old {
            Some(old) => judge_change_of_kind(&old.kind, &new.kind),
            // A bound on what every phone must hold.
            None if self.fields(new.scope).count() >= MAX_FIELDS => Err(SettingsError::TooMany),
            None => Ok(()),
        }
    }

    /// A field is wanted for statuses of its own product only: cards of others never have it (F43).
    fn judge_required_for(&self, new: &FieldDefinition) -> Result<(), SettingsError> {
        let is_own = |id: &StatusId| {
            self.status(*id).is_some_and(|status| FieldScope::Product(status.product) == new.scope)
        };
        let once: BTreeSet<&StatusId> = new.required_for.iter().collect();
        if once.len() == new.required_for.len() && new.required_for.iter().all(is_own) {
            Ok(())
        } else {
            Err(SettingsError::Malformed("required_for"))
        }
    }

    fn judge_user(&self, new: &User) -> Result<(), SettingsError> {
        optional_name("family_name", &new.family_name)?;
        optional_name("given_name", &new.given_name)?;
        locale(&new.locale)?;
        zone(&new.zone)?;
        if !new.role.is_known() {
            return Err(SettingsError::Malformed("role"));
        }
        // Only the user of a local workspace has no login, and no server judges that row.
        let email = new.email.as_ref().ok_or(SettingsError::Malformed("email"))?;
        if self.user_by_email(email).is_some_and(|other| other.id != new.id) {
            return Err(SettingsError::EmailTaken);
        }
        let is_admin = |user: &User| user.active && user.role == Role::Admin;
        let others = self.users().any(|other| other.id != new.id && is_admin(other));
        if is_admin(new) || others { Ok(()) } else { Err(SettingsError::LastAdmin) }
    }

    fn known_spec(&self, product: ProductId) -> Result<&'static KindSpec, SettingsError> {
        let product = self.product(product).ok_or(SettingsError::UnknownProduct)?;
        catalogue::spec(product.kind).ok_or(SettingsError::UnknownProduct)
    }
}

fn judge_options(options: &[ChoiceOption], builtin: Option<&FieldSpec>) -> Result<(), SettingsError> {
    if options.len() > MAX_OPTIONS {
        return Err(SettingsError::Malformed("options"));
    }
    let is_step = builtin.is_some_and(FieldSpec::has_meanings);
    for option in options {
        let known = builtin.and_then(|builtin| builtin.option(option.key.as_str()));
        name_or_builtin("option.name", &option.name, known.is_some())?;
        // A step's meaning decides the status, so it must be given; elsewhere it would be ignored.
        if matches!(option.means, None | Some(StepMeaning::Other(_))) == is_step {
            return Err(SettingsError::Malformed("option.means"));
        }
    }
    let keys: BTreeSet<&Key> = options.iter().map(|option| &option.key).collect();
    if keys.len() == options.len() { Ok(()) } else { Err(SettingsError::KeyTaken) }
}

/// What a field may become, so that what cards hold is still shown, still means the same and can still be changed.
///
/// One text may become another: what the new kind cannot read is shown as it is. A value never takes a long text's
/// place, one option for each register is read by nothing but a choice of several, and the id of a user tells nobody
/// anything. A choice keeps its options, retired if need be (F41): a key that came back as another option would give
/// it to every card that has the old one.
fn judge_change_of_kind(old: &FieldKind, new: &FieldKind) -> Result<(), SettingsError> {
    let kind = Err(SettingsError::Unchangeable("kind"));
    match (old, new) {
        (FieldKind::LongText, FieldKind::LongText) | (FieldKind::User, FieldKind::User) => Ok(()),
        (
            FieldKind::Choice { options: old, multiple: was_multiple },
            FieldKind::Choice { options: new, multiple },
        ) => {
            let is_kept = |old: &ChoiceOption| new.iter().any(|new| new.key == old.key);
            if *was_multiple && !multiple {
                kind
            } else if old.iter().all(is_kept) {
                Ok(())
            } else {
                Err(SettingsError::NotRemovable)
            }
        }
        // Nor can be judged what a later version made.
        (FieldKind::LongText | FieldKind::Choice { .. } | FieldKind::User | FieldKind::Other(_), _) => kind,
        _ => Ok(()),
    }
}

fn judge_organisation(new: &Organisation) -> Result<(), SettingsError> {
    name("name", &new.name)?;
    locale(&new.locale)?;
    zone(&new.zone)
}

/// Only what the catalogue made has a key; its id follows from the key.
fn judge_key(key: Option<&Key>, is_derived: impl Fn(&str) -> bool) -> Result<(), SettingsError> {
    match key {
        Some(key) if !is_derived(key.as_str()) => Err(SettingsError::Malformed("key")),
        _ => Ok(()),
    }
}

fn name(what: &'static str, text: &str) -> Result<(), SettingsError> {
    if text.trim().is_empty() { Err(SettingsError::Malformed(what)) } else { optional_name(what, text) }
}

/// A name may be empty only where the catalogue has one.
fn name_or_builtin(what: &'static str, text: &str, is_builtin: bool) -> Result<(), SettingsError> {
    if is_builtin && text.is_empty() { Ok(()) } else { name(what, text) }
}

fn optional_name(what: &'static str, text: &str) -> Result<(), SettingsError> {
    if text.len() > MAX_NAME_LEN || text.chars().any(char::is_control) {
        Err(SettingsError::Malformed(what))
    } else {
        Ok(())
    }
}

fn locale(text: &str) -> Result<(), SettingsError> {
    let subtag =
        |part: &str| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    // 35 characters are what RFC 5646 asks every reader to allow.
    if text.len() <= 35 && text.split('-').all(subtag) {
        Ok(())
    } else {
        Err(SettingsError::Malformed("locale"))
    }
}

fn zone(text: &str) -> Result<(), SettingsError> {
    text.parse::<Zone>().map(|_| ()).map_err(|_| SettingsError::UnknownZone)
}
