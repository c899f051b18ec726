//! What the settings of a local workspace are in the account that it is attached to (C14).
//!
//! Built-in settings have fixed ids, so mostly everything is itself. What an administrator took away, or never had,
//! has no counterpart: then the user says what takes its place, before anything is sent.

use std::collections::{BTreeMap, BTreeSet};

use super::audience::{inbox_id, user_document_id};
use crate::crm::place::Place;
use crate::document::DocumentTypeId;
use crate::document::change::Register;
use crate::settings::field::FieldScope;
use crate::settings::{LOCAL_USER, Settings};
use crate::value::id::{DocumentId, FieldId, ProductId, StatusId, UserId};

/// What the user said takes the place of what has no counterpart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counterparts {
    /// By product of the local workspace, one of the account.
    pub products: BTreeMap<ProductId, ProductId>,
    /// By status of the local workspace, one of the account's product.
    pub statuses: BTreeMap<StatusId, StatusId>,
}

/// Something without a counterpart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Missing {
    /// A product.
    Product(ProductId),
    /// A status, whose product is this one of the account's.
    Status(StatusId, ProductId),
}

/// Which id of a local workspace is which of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    user: UserId,
    products: BTreeMap<ProductId, ProductId>,
    statuses: BTreeMap<StatusId, StatusId>,
    fields: BTreeMap<FieldId, FieldId>,
}

impl Mapping {
    /// The mapping of what `used` names: by card its product and the status that it stores.
    ///
    /// # Errors
    /// What has no counterpart; products first, because a status belongs to one.
    pub fn new(
        local: &Settings,
        account: &Settings,
        user: UserId,
        used: &BTreeSet<(ProductId, Option<StatusId>)>,
        said: &Counterparts,
    ) -> Result<Self, BTreeSet<Missing>> {
        let mut mapping =
            Self { user, products: BTreeMap::new(), statuses: BTreeMap::new(), fields: BTreeMap::new() };
        let mut missing = BTreeSet::new();
        for (product, status) in used {
            let Some(is) = product_of(local, account, *product, said) else {
                missing.insert(Missing::Product(*product));
                continue;
            };
            mapping.products.insert(*product, is);
            mapping.map_fields(local, account, *product, is);
            if let Some(status) = status {
                match status_of(local, account, *status, is, said) {
                    Some(is) => drop(mapping.statuses.insert(*status, is)),
                    None => drop(missing.insert(Missing::Status(*status, is))),
                }
            }
        }
        if missing.is_empty() { Ok(mapping) } else { Err(missing) }
    }

    /// The document that one of the local workspace becomes: the user's own are those of the account's user.
    pub fn document(&self, id: DocumentId) -> DocumentId {
        match id {
            id if id == inbox_id(LOCAL_USER) => inbox_id(self.user),
            id if id == user_document_id(LOCAL_USER) => user_document_id(self.user),
            id => id,
        }
    }

    /// A register and its value as they are in the account.
    pub fn value(&self, kind: DocumentTypeId, register: &Register, value: &str) -> (Register, String) {
        let value = match Place::of(kind, register) {
            Place::Product => mapped(&self.products, value),
            Place::Status => mapped(&self.statuses, value),
            Place::Link { .. } => self.link(value).unwrap_or_else(|| value.to_owned()),
            // Of owners, assignees, closings and entries there is one user.
            Place::Owner | Place::Todo { .. } | Place::Entry { .. } | Place::Preference { .. } => {
                value.replace(&LOCAL_USER.to_string(), &self.user.to_string())
            }
            _ => value.to_owned(),
        };
        (self.register(kind, register), value)
    }

    /// A link, `<role> <target>`, as it is in the account; `None` for one that was removed.
    fn link(&self, value: &str) -> Option<String> {
        let (role, target) = value.split_once(' ')?;
        Some(format!("{role} {}", self.document(target.parse().ok()?)))
    }

    /// A register as it is in the account: fields of a product that is another there have other ids.
    pub fn register(&self, kind: DocumentTypeId, register: &Register) -> Register {
        let is = |field: &FieldId| self.fields.get(field).copied();
        let place = match Place::of(kind, register) {
            Place::Field { field } => is(&field).map(|field| Place::Field { field }),
            Place::Option { field, option } => is(&field).map(|field| Place::Option { field, option }),
            _ => None,
        };
        place.and_then(|place| place.register(kind)).unwrap_or_else(|| register.clone())
    }

    fn map_fields(&mut self, local: &Settings, account: &Settings, from: ProductId, to: ProductId) {
        if from == to {
            return;
        }
        for field in local.fields(FieldScope::Product(from)) {
            let of_key = |other: &&crate::settings::field::FieldDefinition| {
                field.key.is_some() && other.key == field.key && other.kind == field.kind
            };
            // One without a counterpart keeps its id: its value is shown as it is.
            if let Some(is) = account.fields(FieldScope::Product(to)).find(of_key) {
                self.fields.insert(field.id, is.id);
            }
        }
    }
}

fn product_of(
    local: &Settings,
    account: &Settings,
    product: ProductId,
    said: &Counterparts,
) -> Option<ProductId> {
    let is_there = |id: &ProductId| account.product(*id).is_some_and(|known| known.enabled);
    // What was switched off here, too, was not taken away.
    let is_same = |id: &ProductId| {
        let is_off = local.product(*id).is_some_and(|known| !known.enabled);
        is_there(id) || is_off && account.product(*id).is_some()
    };
    Some(product).filter(is_same).or_else(|| said.products.get(&product).copied().filter(is_there))
}

fn status_of(
    local: &Settings,
    account: &Settings,
    status: StatusId,
    product: ProductId,
    said: &Counterparts,
) -> Option<StatusId> {
    let of_product = |id: &StatusId| account.status(*id).filter(|known| known.product == product);
    let is_there = |id: &StatusId| of_product(id).is_some_and(|known| !known.retired);
    let is_same = |id: &StatusId| {
        let is_retired = local.status(*id).is_some_and(|known| known.retired);
        is_there(id) || is_retired && of_product(id).is_some()
    };
    let same_key = || {
        let key = local.status(status)?.key.as_ref()?;
        let mut in_use = account.statuses(product).filter(|known| !known.retired);
        in_use.find(|known| known.key.as_ref() == Some(key)).map(|known| known.id)
    };
    Some(status)
        .filter(is_same)
        .or_else(|| said.statuses.get(&status).copied().filter(is_there))
        .or_else(same_key)
}

fn mapped<T: std::str::FromStr + Ord + ToString>(map: &BTreeMap<T, T>, value: &str) -> String {
    let id = value.parse().ok().and_then(|id: T| map.get(&id).map(ToString::to_string));
    id.unwrap_or_else(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::card;
    use crate::settings::product::{Product, ProductKind};
    use crate::settings::status::Status;
    use crate::settings::{SettingsRow, builtin_rows};
    use crate::value::time::{Timestamp, Zone};
    use crate::value::todo::{Outcome, TodoState};

    const ME: UserId = UserId::from_bytes([7; 16]);

    fn register(name: &str) -> Register {
        Register { container: card::CARD, name: name.to_owned() }
    }

    /// The built-in settings without one product, which has become another of the same kind.
    fn account(gone: ProductId, instead: ProductId) -> Settings {
        let text = |id: ProductId| id.to_string();
        let local = Settings::from_rows(builtin_rows());
        let product = local.product(gone).unwrap();
        let spec = crate::settings::catalogue::spec(product.kind).unwrap();
        let made = crate::settings::catalogue::new_product(instead, spec, 10).rows();
        assert_ne!(text(gone), text(instead));
        let kept = builtin_rows().into_iter().filter(|row| row.product != Some(gone));
        let kept: Vec<SettingsRow> =
            kept.filter(|row| row.id.as_bytes() != gone.as_bytes()).chain(made).collect();
        Settings::from_rows(kept)
    }

    #[test]
    fn built_in_settings_are_themselves_and_the_local_user_is_the_accounts() {
        let local = Settings::from_rows(builtin_rows());
        let product = local.products().find(|product| local.statuses(product.id).count() > 1).unwrap();
        let status = local.statuses(product.id).next().unwrap().id;
        let used = BTreeSet::from([(product.id, Some(status))]);
        let mapping = Mapping::new(&local, &local, ME, &used, &Counterparts::default()).unwrap();
        let card = DocumentTypeId::CARD;
        for (name, value) in [("product", product.id.to_string()), ("status", status.to_string())] {
            assert_eq!(mapping.value(card, &register(name), &value), (register(name), value));
        }
        let owner = mapping.value(card, &register("owner"), &LOCAL_USER.to_string());
        assert_eq!(owner.1, ME.to_string());
        let closed = TodoState::OPEN
            .close(Outcome::Success, Timestamp::from_millis(0), Zone::UTC, LOCAL_USER)
            .to_string();
        let state = Register { container: card::TODOS, name: "AQEBAQEB/state".to_owned() };
        let state: TodoState = mapping.value(card, &state, &closed).1.parse().unwrap();
        assert_eq!(state.closing().unwrap().by(), ME);
        assert_eq!(mapping.document(inbox_id(LOCAL_USER)), inbox_id(ME));
        let link = Register { container: card::LINKS, name: "AQEBAQEB/to".to_owned() };
        assert!(matches!(Place::of(card, &link), Place::Link { .. }));
        for (before, after) in [
            (format!("part {}", inbox_id(LOCAL_USER)), format!("part {}", inbox_id(ME))),
            (format!("part {status}"), format!("part {status}")),
            (String::new(), String::new()),
        ] {
            assert_eq!(mapping.value(card, &link, &before).1, after);
        }
    }

    #[test]
    fn what_an_administrator_switched_off_or_retired_is_asked() {
        let local = Settings::from_rows(builtin_rows());
        // Statuses that follow from fields cannot be retired.
        let product = local.products().find(|product| product.kind == ProductKind::Projects).unwrap();
        let status = local.statuses(product.id).next().unwrap();
        let used = BTreeSet::from([(product.id, Some(status.id))]);
        let with = |change: SettingsRow| {
            let rows = builtin_rows().into_iter().filter(|row| row.id != change.id);
            Settings::from_rows(rows.chain([change.clone()]))
        };
        let asked =
            |change: SettingsRow| Mapping::new(&local, &with(change), ME, &used, &Counterparts::default());
        let off = Product { enabled: false, ..product.clone() };
        assert_eq!(asked(SettingsRow::new(&off, 2)), Err(BTreeSet::from([Missing::Product(product.id)])));
        let retired = Status { retired: true, ..status.clone() };
        let missing = Missing::Status(status.id, product.id);
        assert_eq!(asked(SettingsRow::new(&retired, 2)), Err(BTreeSet::from([missing])));

        // What was off before is not asked, and what is off is no answer.
        let without = with(SettingsRow::new(&off, 2));
        assert!(Mapping::new(&without, &without, ME, &used, &Counterparts::default()).is_ok());
        let other = local.products().find(|other| other.id != product.id).unwrap().id;
        let used = BTreeSet::from([(other, None)]);
        let said = Counterparts { products: BTreeMap::from([(other, product.id)]), ..Default::default() };
        let gone: Vec<_> =
            without.rows().filter(|row| row.id.as_bytes() != other.as_bytes()).cloned().collect();
        let asked = Mapping::new(&local, &Settings::from_rows(gone), ME, &used, &said);
        assert_eq!(asked, Err(BTreeSet::from([Missing::Product(other)])));
    }

    #[test]
    fn what_has_no_counterpart_is_asked_and_what_the_user_said_takes_its_place() {
        let local = Settings::from_rows(builtin_rows());
        let gone = local.products().find(|product| local.statuses(product.id).count() > 1).unwrap().id;
        let instead = ProductId::from_bytes([9; 16]);
        let account = account(gone, instead);
        let status = local.statuses(gone).next().unwrap().id;
        let used = BTreeSet::from([(gone, Some(status))]);
        let mut said = Counterparts::default();
        let asked = Mapping::new(&local, &account, ME, &used, &said);
        assert_eq!(asked, Err(BTreeSet::from([Missing::Product(gone)])));
        // A product that is not there is no answer.
        said.products.insert(gone, ProductId::from_bytes([8; 16]));
        assert!(Mapping::new(&local, &account, ME, &used, &said).is_err());
        said.products.insert(gone, instead);
        let mapping = Mapping::new(&local, &account, ME, &used, &said).unwrap();
        let is = mapping.value(DocumentTypeId::CARD, &register("status"), &status.to_string()).1;
        assert_eq!(account.status(is.parse().unwrap()).unwrap().product, instead, "by its key");
        let field = local.fields(FieldScope::Product(gone)).next().unwrap();
        let of_it = Register { container: card::FIELDS, name: field.id.to_string() };
        let is = mapping.register(DocumentTypeId::CARD, &of_it);
        let is = account.field(is.name.parse().unwrap()).unwrap();
        assert_eq!((is.scope, &is.key), (FieldScope::Product(instead), &field.key));
        // A status without a key, or whose key is not there, is asked.
        let other =
            local.products().find(|product| product.id != gone && local.statuses(product.id).count() > 1);
        let other = other.unwrap().id;
        said.products.insert(gone, other);
        let asked = Mapping::new(&local, &account, ME, &used, &said);
        let same_key = local.status(status).and_then(|status| {
            account.statuses(other).find(|known| known.key == status.key).map(|known| known.id)
        });
        match same_key {
            Some(_) => assert!(asked.is_ok()),
            None => assert_eq!(asked, Err(BTreeSet::from([Missing::Status(status, other)]))),
        }
    }
}
