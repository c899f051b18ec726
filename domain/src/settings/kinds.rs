//! The kinds of settings that this version knows, in one table: what a row of each holds, how long it may
//! be, who may edit it, what an edit is held to, and where it is looked up.

use super::field::FieldDefinition;
use super::import_key::ImportKey;
use super::judge::{Judged, SettingsError};
use super::organisation::Organisation;
use super::product::Product;
use super::role::{Act, Role};
use super::rows::{MAX_BODY_LEN, Setting, SettingsClass, SettingsId, SettingsKind, SettingsRow};
use super::status::Status;
use super::user::User;
use super::view::{Kept, Settings};

/// A kind that is new needs its type, with what it is held to and where it is kept, a number in
/// [`SettingsKind`], and its line here.
static KINDS: [Kind; 6] = [
    Kind::of::<Product>(),
    Kind::of::<Status>(),
    Kind::of::<FieldDefinition>(),
    Kind::of::<User>(),
    Kind::of::<Organisation>(),
    Kind::of::<ImportKey>(),
];

struct Kind {
    kind: SettingsKind,
    class: SettingsClass,
    size_cap: usize,
    editing: Act,
    judge: fn(&Settings, &SettingsRow) -> Result<(), SettingsError>,
    /// Whether the row could be read.
    keep: fn(&mut Settings, &SettingsRow) -> bool,
}

impl Kind {
    const fn of<T: Setting + Judged + Kept>() -> Self {
        Self {
            kind: T::KIND,
            class: T::CLASS,
            size_cap: T::SIZE_CAP,
            editing: T::EDITING,
            judge: |settings, row| row.read::<T>().map_err(|_| SettingsError::Unreadable)?.judge(settings),
            keep: |settings, row| row.read::<T>().map(|setting| setting.keep(settings)).is_ok(),
        }
    }

    fn get(kind: SettingsKind) -> Option<&'static Self> {
        KINDS.iter().find(|known| known.kind == kind)
    }
}

impl SettingsKind {
    /// The most bytes of a body: a bound on what a phone must hold.
    pub fn size_cap(self) -> usize {
        Kind::get(self).map_or(MAX_BODY_LEN, |kind| kind.size_cap)
    }

    /// What one must be allowed to do to edit such a row (F73). A kind that this version does not know is
    /// an administrator's.
    pub fn editing(self) -> Act {
        Kind::get(self).map_or(Act::EditSettings, |kind| kind.editing)
    }
}

impl Settings {
    /// The settings of these rows.
    pub fn from_rows(rows: impl IntoIterator<Item = SettingsRow>) -> Self {
        let mut settings = Self::default();
        settings.apply(rows);
        settings
    }

    /// Takes in rows, in any order: of two with the same kind and id the later version counts.
    /// Tells whether anything changed. A row longer than its cap is left out.
    pub fn apply(&mut self, rows: impl IntoIterator<Item = SettingsRow>) -> bool {
        let mut changed = false;
        for row in rows {
            let key = (row.kind, row.id);
            let newer = self
                .rows
                .get(&key)
                // Two rows have one version only after a server was restored; the body then decides on all
                // devices.
                .is_none_or(|known| (known.version, &known.body) < (row.version, &row.body));
            if newer && row.body.len() <= row.kind.size_cap() {
                self.rows.insert(key, row);
                changed = true;
            }
        }
        if changed {
            self.understand();
        }
        changed
    }

    /// Takes out the rows that do not reach a user with this role, and tells which.
    ///
    /// For the device of a user whose role is another now: the server does not send such rows any more, and
    /// counts them out of the state that it compares with the device's.
    pub fn withdraw(&mut self, role: Role) -> Vec<(SettingsKind, SettingsId)> {
        let hidden = self.rows.iter().filter(|(_, row)| !row.class.reaches(role));
        let hidden: Vec<_> = hidden.map(|(key, _)| *key).collect();
        if !hidden.is_empty() {
            hidden.iter().for_each(|key| drop(self.rows.remove(key)));
            self.understand();
        }
        hidden
    }

    /// Judges a row that an administrator wants to write: the next version of a setting, or the first of a
    /// new one.
    ///
    /// Whether they may write settings at all is asked before, by [`SettingsKind::editing`].
    ///
    /// # Errors
    /// What it breaks.
    pub fn judge(&self, row: &SettingsRow) -> Result<(), SettingsError> {
        let current = self.row(row.kind, row.id).map_or(0, |known| known.version);
        if row.version.checked_sub(1) != Some(current) {
            return Err(SettingsError::Stale { current });
        }
        if row.body.len() > row.kind.size_cap() {
            return Err(SettingsError::Unreadable);
        }
        // An older server cannot judge it, but must not stand in the way of newer apps.
        let Some(kind) = Kind::get(row.kind) else { return Ok(()) };
        if row.is_removed() {
            return Err(SettingsError::NotRemovable);
        }
        if row.class != kind.class {
            return Err(SettingsError::Malformed("class"));
        }
        (kind.judge)(self, row)
    }

    fn understand(&mut self) {
        // Everything is read again: what the catalogue completes depends on all rows together.
        let rows = std::mem::take(&mut self.rows);
        *self = Self::default();
        for (key, row) in &rows {
            let mut is_kept = || Kind::get(row.kind).is_some_and(|kind| (kind.keep)(self, row));
            if !row.is_removed() && !is_kept() {
                self.unread.insert(*key);
            }
        }
        self.rows = rows;
        self.complete_from_catalogue();
        self.put_in_order();
    }
}
