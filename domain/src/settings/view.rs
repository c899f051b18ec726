//! The settings as a whole: all rows, read and put in order.

use std::collections::{BTreeMap, BTreeSet};

use super::{ImportKey, Organisation, Setting, SettingsId, SettingsKind, SettingsRow};
use crate::crm::row::CardRow;
use crate::settings::catalogue::{
    self, Derived, DerivedFrom, KindSpec, Language, LapseClock, derived_status,
};
use crate::settings::field::{ChoiceOption, FieldDefinition, FieldKind, FieldScope, FieldTexts};
use crate::settings::product::Product;
use crate::settings::status::{Status, StatusGroup, StatusTodo};
use crate::settings::user::{Email, User};
use crate::value::collation::Alphabet;
use crate::value::id::{FieldId, ProductId, StatusId, UserId};
use crate::value::key::Key;
use crate::value::time::{Timestamp, Zone};

/// All settings that a device or server has. The order in which the rows came makes no difference.
///
/// A card may refer to settings that are not here (F13). Then look-ups find nothing, and the card shows
/// ids in place of names.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    pub(super) rows: BTreeMap<(SettingsKind, SettingsId), SettingsRow>,
    pub(super) unread: BTreeSet<(SettingsKind, SettingsId)>,
    organisation: Organisation,
    import_key: Option<ImportKey>,
    products: BTreeMap<ProductId, ProductView>,
    product_order: Vec<ProductId>,
    statuses: BTreeMap<StatusId, Status>,
    fields: BTreeMap<FieldId, FieldDefinition>,
    contact_fields: BTreeMap<FieldScope, Vec<FieldId>>,
    users: BTreeMap<UserId, User>,
    user_order: Vec<UserId>,
}

/// A product with what belongs to it, in order.
#[derive(Debug, Clone)]
pub(super) struct ProductView {
    pub(super) product: Product,
    tree: Vec<StatusId>,
    fields: Vec<FieldId>,
    /// Statuses by their key in the catalogue.
    pub(super) keyed_statuses: BTreeMap<&'static str, StatusId>,
    /// Preset fields, with their registers, by their key in the catalogue.
    pub(super) presets: BTreeMap<&'static str, (FieldId, String)>,
}

/// What the status of a card depends on.
#[derive(Debug, Clone, Copy)]
pub struct StatusInputs<'a> {
    /// The card's product.
    pub product: Option<ProductId>,
    /// The status that its register holds.
    pub stored: Option<StatusId>,
    /// Its field registers.
    pub texts: FieldTexts<'a>,
    /// When the customer was last contacted or, if never, when the card was made; `None` if neither is
    /// known.
    pub last_contact: Option<Timestamp>,
}

/// The status that a card is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CardStatus<'a> {
    /// Its id; `None` only if the card has none stored and its product is not known.
    pub id: Option<StatusId>,
    /// The status; `None` if no such status is known here.
    pub status: Option<&'a Status>,
    /// When it changes by time alone (T13); `None`: never.
    pub next_change: Option<Timestamp>,
}

impl CardStatus<'_> {
    /// Its group, if the status is known.
    pub fn group(&self) -> Option<StatusGroup> {
        self.status.map(|status| status.group)
    }
}

impl<'a> StatusInputs<'a> {
    /// What the status of the card with this row depends on.
    pub fn of(row: &'a CardRow) -> Self {
        Self {
            product: row.product,
            stored: row.status,
            texts: FieldTexts::new(&row.fields),
            last_contact: row.last_contact.or(row.created),
        }
    }
}

impl Settings {
    /// All rows as they came, by kind and id.
    pub fn rows(&self) -> impl Iterator<Item = &SettingsRow> {
        self.rows.values()
    }

    /// The row with this kind and id.
    pub fn row(&self, kind: SettingsKind, id: SettingsId) -> Option<&SettingsRow> {
        self.rows.get(&(kind, id))
    }

    /// The rows that this version cannot read. They are kept, to be read after an update.
    pub fn unread(&self) -> impl Iterator<Item = &SettingsRow> {
        self.unread.iter().filter_map(|key| self.rows.get(key))
    }

    /// The organisation's own settings.
    pub const fn organisation(&self) -> &Organisation {
        &self.organisation
    }

    /// The secret from which ids of imported documents follow; only devices of users who may import have it.
    pub const fn import_key(&self) -> Option<&ImportKey> {
        self.import_key.as_ref()
    }

    /// The products, in the order of the top bar; also those that are switched off.
    pub fn products(&self) -> impl Iterator<Item = &Product> {
        self.product_order.iter().filter_map(|id| self.product(*id))
    }

    /// A product.
    pub fn product(&self, id: ProductId) -> Option<&Product> {
        self.products.get(&id).map(|view| &view.product)
    }

    /// The status tree of a product, in order of groups and places; also retired ones.
    pub fn statuses(&self, product: ProductId) -> impl Iterator<Item = &Status> {
        let tree = self.products.get(&product).map(|view| view.tree.as_slice()).unwrap_or_default();
        tree.iter().filter_map(|id| self.status(*id))
    }

    /// A status, of whatever product.
    pub fn status(&self, id: StatusId) -> Option<&Status> {
        self.statuses.get(&id)
    }

    /// The status that a new card of a product is in: the first that is not retired (F25).
    pub fn first_status(&self, product: ProductId) -> Option<&Status> {
        self.statuses(product).find(|status| !status.retired)
    }

    /// The status that is written into a new card of a product for which nobody chose one; `None` if it
    /// follows from fields.
    pub fn status_at_creation(&self, product: ProductId) -> Option<StatusId> {
        let view = self.products.get(&product)?;
        let is_stored = catalogue::status_mode(view.product.kind).is_stored();
        self.first_status(product).filter(|_| is_stored).map(|status| status.id)
    }

    /// The fields of a scope, in order; also retired ones.
    pub fn fields(&self, scope: FieldScope) -> impl Iterator<Item = &FieldDefinition> {
        let ids = match scope {
            FieldScope::Product(product) => self.products.get(&product).map(|view| &view.fields),
            FieldScope::Persons | FieldScope::Companies => self.contact_fields.get(&scope),
        };
        ids.map(Vec::as_slice).unwrap_or_default().iter().filter_map(|id| self.field(*id))
    }

    /// A field, of whatever scope.
    pub fn field(&self, id: FieldId) -> Option<&FieldDefinition> {
        self.fields.get(&id)
    }

    /// The users, sorted by family name (T19); also those who have no access any more (F62).
    pub fn users(&self) -> impl Iterator<Item = &User> {
        self.user_order.iter().filter_map(|id| self.user(*id))
    }

    /// A user.
    pub fn user(&self, id: UserId) -> Option<&User> {
        self.users.get(&id)
    }

    /// The user with this login.
    pub fn user_by_email(&self, email: &Email) -> Option<&User> {
        self.users.values().find(|user| user.email.as_ref() == Some(email))
    }

    /// The zone in which a user's days are judged (T4): that of the profile, else of the
    /// organisation, else UTC.
    pub fn zone(&self, user: Option<UserId>) -> Zone {
        // A zone that this build does not know cannot be judged, so it counts as not set.
        let of_user = user.and_then(|id| self.user(id)).and_then(|user| user.zone.parse().ok());
        of_user.or_else(|| self.organisation.zone.parse().ok()).unwrap_or(Zone::UTC)
    }

    /// The status that a card is in at `now`, derived or stored.
    ///
    /// A card without a stored status is in the first of its product (F25). A stored status that is not
    /// known here still counts.
    pub fn card_status(&self, inputs: &StatusInputs<'_>, now: Timestamp) -> CardStatus<'_> {
        let view = inputs.product.and_then(|product| self.products.get(&product));
        let stored = || CardStatus {
            id: inputs.stored,
            status: inputs.stored.and_then(|id| self.status(id)),
            next_change: None,
        };
        let Some(view) = view else { return stored() };
        let text = |key: &str| inputs.texts.get(&view.presets.get(key)?.1);
        let lapse_days = view.product.lapse_days;
        let clock = LapseClock { now, last_contact: inputs.last_contact, lapse_days };
        if let Some(derived) = self.derived(view, &text, &clock) {
            let id = view.keyed_statuses.get(derived.key).copied();
            let status = id.and_then(|id| self.status(id));
            return CardStatus { id, status, next_change: derived.next_change };
        }
        if inputs.stored.is_some() {
            return stored();
        }
        let first = self.first_status(view.product.id);
        CardStatus { id: first.map(|status| status.id), status: first, next_change: None }
    }

    /// The fields that statuses of a product ask for, and that a card does not have (F43): a warning. `held` are those
    /// that it has, long texts too.
    pub fn missing(
        &self,
        product: ProductId,
        held: &BTreeSet<FieldId>,
    ) -> impl Iterator<Item = &FieldDefinition> {
        self.fields(FieldScope::Product(product))
            .filter(|field| !field.retired && !field.required_for.is_empty() && !held.contains(&field.id))
    }

    /// The name of a status: the one that an administrator gave, else the catalogue's in the reader's
    /// language, else its key.
    pub fn status_name<'a>(&self, status: &'a Status, language: Language) -> &'a str {
        match self.status_spec(status) {
            Some(builtin) => builtin.names.unless(&status.name, language),
            None => named(&status.name, status.key.as_ref()),
        }
    }

    /// The text of the todo that a status gives (C9): in the words of an administrator, else in those of
    /// the catalogue in the reader's language.
    pub fn todo_text<'a>(&self, status: &'a Status, todo: &'a StatusTodo, language: Language) -> &'a str {
        match self.status_spec(status).and_then(|builtin| builtin.todo.as_ref()) {
            Some(builtin) => builtin.names.unless(&todo.text, language),
            None => named(&todo.text, status.key.as_ref()),
        }
    }

    /// The name of a field, as in [`Settings::status_name`].
    pub fn field_name<'a>(&self, field: &'a FieldDefinition, language: Language) -> &'a str {
        match self.field_spec(field) {
            Some(builtin) => builtin.names.unless(&field.name, language),
            None => named(&field.name, field.key.as_ref()),
        }
    }

    /// The name of a field's option, as in [`Settings::status_name`].
    pub fn option_name<'a>(
        &self,
        field: &FieldDefinition,
        option: &'a ChoiceOption,
        language: Language,
    ) -> &'a str {
        match self.field_spec(field).and_then(|spec| spec.option(option.key.as_str())) {
            Some(builtin) => builtin.names.unless(&option.name, language),
            None => named(&option.name, Some(&option.key)),
        }
    }

    /// A product with what belongs to it.
    pub(super) fn view(&self, product: ProductId) -> Option<&ProductView> {
        self.products.get(&product)
    }

    /// The status that follows from fields with these texts, by their key in the catalogue; `None` if it is
    /// stored.
    pub(super) fn derived<'a>(
        &self,
        view: &ProductView,
        text: &dyn Fn(&str) -> Option<&'a str>,
        clock: &LapseClock,
    ) -> Option<Derived> {
        let meaning = |field: &str, option: &str| self.field(view.presets.get(field)?.0)?.meaning(option);
        derived_status(view.product.kind, DerivedFrom { text, meaning: &meaning }, clock)
    }

    fn status_spec(&self, status: &Status) -> Option<&'static catalogue::StatusSpec> {
        self.spec(Some(status.product))?.status(status.key.as_ref()?.as_str())
    }

    pub(super) fn field_spec(&self, field: &FieldDefinition) -> Option<&'static catalogue::FieldSpec> {
        self.spec(field.product())?.field(field.key.as_ref()?.as_str())
    }

    fn spec(&self, product: Option<ProductId>) -> Option<&'static KindSpec> {
        catalogue::spec(self.product(product?)?.kind)
    }
}

/// What is derived from the rows, once all are read.
impl Settings {
    /// Restores fixed sets of statuses, and the fields that a derived status depends on, whatever the rows
    /// say. They are compiled into this version (F12), so all replicas derive the same status.
    pub(super) fn complete_from_catalogue(&mut self) {
        for view in self.products.values_mut() {
            let Some(spec) = catalogue::spec(view.product.kind) else { continue };
            let product = view.product.id;
            for (builtin, place) in spec.statuses.iter().zip(1..) {
                let id = catalogue::status_id(product, builtin.key);
                view.keyed_statuses.insert(builtin.key, id);
                if !spec.mode.set_is_editable() {
                    // Only name and todo of a fixed status are the firm's own; the rest must be the same on
                    // all replicas.
                    let fixed = builtin.make(product, place);
                    let status = self.statuses.entry(id).or_insert_with(|| fixed.clone());
                    *status = Status { name: status.name.clone(), todo: status.todo.clone(), ..fixed };
                }
            }
            for (builtin, place) in spec.fields.iter().zip(1..) {
                let id = catalogue::field_id(product, builtin.key);
                view.presets.insert(builtin.key, (id, id.to_string()));
                if builtin.decides_status {
                    let fixed = builtin.make(product, place);
                    let field = self.fields.entry(id).or_insert_with(|| fixed.clone());
                    // Whatever a row says, a kind with other values would make replicas derive different
                    // statuses.
                    if !may_replace(builtin, &field.kind, &fixed.kind) {
                        field.kind = fixed.kind;
                    }
                    field.retired = false;
                }
            }
        }
    }

    pub(super) fn put_in_order(&mut self) {
        for status in self.statuses.values() {
            let Some(view) = self.products.get_mut(&status.product) else { continue };
            let fixed = !catalogue::status_mode(view.product.kind).set_is_editable();
            // A row may add a status that a fixed set does not have. It is found by its id, but not offered.
            if !fixed || view.keyed_statuses.values().any(|id| *id == status.id) {
                view.tree.push(status.id);
            }
        }
        for field in self.fields.values() {
            match field.scope {
                FieldScope::Product(product) => {
                    if let Some(view) = self.products.get_mut(&product) {
                        view.fields.push(field.id);
                    }
                }
                scope => self.contact_fields.entry(scope).or_default().push(field.id),
            }
        }
        let status_place = |id: &StatusId| self.statuses.get(id).map(|s| (s.group, s.order, s.id));
        let field_place = |id: &FieldId| self.fields.get(id).map(|f| (f.order, f.id));
        for view in self.products.values_mut() {
            view.tree.sort_by_key(status_place);
            view.fields.sort_by_key(field_place);
        }
        for fields in self.contact_fields.values_mut() {
            fields.sort_by_key(field_place);
        }
        self.product_order = self.products.keys().copied().collect();
        self.product_order.sort_by_key(|id| self.products.get(id).map(|view| (view.product.order, *id)));
        self.user_order = self.users.keys().copied().collect();
        // The key is made anew each time it is asked for, so it is kept while users are sorted.
        let alphabet = Alphabet::of(&self.organisation.locale);
        self.user_order.sort_by_cached_key(|id| self.users.get(id).map(|user| user.place_in(alphabet)));
    }
}

/// Whether a field that decides the status may have the kind `new` in place of `fixed`, the catalogue's.
/// The options of a step are the firm's own (C24), all others are fixed.
pub(super) fn may_replace(builtin: &catalogue::FieldSpec, new: &FieldKind, fixed: &FieldKind) -> bool {
    let is_single_choice = matches!(new, FieldKind::Choice { multiple: false, .. });
    if builtin.has_meanings() { is_single_choice } else { same_values(new, fixed) }
}

/// The name as given; without one, the key, which says at least something.
fn named<'a>(given: &'a str, key: Option<&'a Key>) -> &'a str {
    if given.is_empty() { key.map_or("", Key::as_str) } else { given }
}

/// Whether two kinds of field have the same values; names of options may differ.
fn same_values(one: &FieldKind, other: &FieldKind) -> bool {
    match (one, other) {
        (
            FieldKind::Choice { options: one, multiple: many },
            FieldKind::Choice { options: other, multiple: others },
        ) => {
            let same = |(one, other): (&ChoiceOption, &ChoiceOption)| {
                one.key == other.key && one.retired == other.retired
            };
            many == others && one.len() == other.len() && one.iter().zip(other).all(same)
        }
        _ => one == other,
    }
}

/// A setting that is put in its place once its row is read.
pub(super) trait Kept: Setting {
    /// Puts it where it is looked up.
    fn keep(self, settings: &mut Settings);
}

impl Kept for Product {
    fn keep(self, settings: &mut Settings) {
        let (tree, fields) = (Vec::new(), Vec::new());
        let (keyed_statuses, presets) = (BTreeMap::new(), BTreeMap::new());
        let id = self.id;
        let view = ProductView { product: self, tree, fields, keyed_statuses, presets };
        settings.products.insert(id, view);
    }
}

impl Kept for Status {
    fn keep(self, settings: &mut Settings) {
        settings.statuses.insert(self.id, self);
    }
}

impl Kept for FieldDefinition {
    fn keep(self, settings: &mut Settings) {
        settings.fields.insert(self.id, self);
    }
}

impl Kept for User {
    fn keep(self, settings: &mut Settings) {
        settings.users.insert(self.id, self);
    }
}

impl Kept for Organisation {
    fn keep(self, settings: &mut Settings) {
        settings.organisation = self;
    }
}

impl Kept for ImportKey {
    fn keep(self, settings: &mut Settings) {
        settings.import_key = Some(self);
    }
}
