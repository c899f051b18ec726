//! One reminder, and by what it is known on every screen.

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

use super::kind::ReminderKind;
use crate::value::id::{DocumentId, PartId, UserId};
use crate::value::text_form::text_form;
use crate::value::time::Timestamp;

/// One reason to tell a user of one todo, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reminder {
    /// The card that holds the todo.
    pub card: DocumentId,
    /// The todo.
    pub todo: PartId,
    /// Why.
    pub kind: ReminderKind,
    /// The instant for which it is meant, whenever it rings.
    pub nominal: Timestamp,
    /// Whether it rings in quiet hours.
    pub urgent: bool,
}

/// What is known by one key is shown once: whatever comes by a key replaces what is there by the same.
///
/// It follows from the todo, the reason and the instant for which the reminder was meant, so phone and server name it
/// alike. Other quiet hours do not make another reminder of it; another due does.
///
/// Its text form has 22 characters of base64url: what APNs, FCM, Web Push and the systems of phones all take as the
/// name of a notification. It tells nothing of the todo.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReminderKey([u8; 16]);

/// Text that is not a [`ReminderKey`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the key of a reminder")]
pub struct ReminderKeyError;

/// What the keys of single reminders are hashed with. All of it is to fit into one block of SHA-256, 55 bytes.
const REMINDER: &[u8] = b"roadbook:remind:1";

/// What the keys of gathered reminders are hashed with.
const GATHERED: &[u8] = b"roadbook:gather:1";

impl ReminderKey {
    /// The key of one reminder.
    pub fn of(reminder: &Reminder) -> Self {
        let seconds = reminder.nominal.millis().div_euclid(1_000);
        Self::hash(&[
            REMINDER,
            reminder.card.as_bytes(),
            reminder.todo.as_bytes(),
            &seconds.to_be_bytes(),
            reminder.kind.name().as_bytes(),
        ])
    }

    /// The key of what rings as one for a user in a minute. It stays the same as reminders join or leave.
    pub(super) fn gathered(what: &str, user: UserId, at: Timestamp) -> Self {
        let minute = at.millis().div_euclid(60_000);
        Self::hash(&[GATHERED, user.as_bytes(), &minute.to_be_bytes(), what.as_bytes()])
    }

    /// The key with these bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The key's bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    fn hash(parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        parts.iter().for_each(|part| hash.update(part));
        let digest = hash.finalize();
        Self(std::array::from_fn(|i| digest.get(i).copied().unwrap_or_default()))
    }
}

impl fmt::Display for ReminderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64URL_NOPAD.encode(&self.0))
    }
}

impl fmt::Debug for ReminderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReminderKey({self})")
    }
}

impl FromStr for ReminderKey {
    type Err = ReminderKeyError;

    fn from_str(text: &str) -> Result<Self, ReminderKeyError> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| ReminderKeyError)?;
        bytes.try_into().map(Self).map_err(|_| ReminderKeyError)
    }
}

text_form!(ReminderKey);

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Timestamp = Timestamp::from_millis(1_795_334_400_000);

    fn reminder() -> Reminder {
        Reminder {
            card: DocumentId::from_bytes([1; 16]),
            todo: PartId::from_bytes([2; 6]),
            kind: ReminderKind::Due,
            nominal: AT,
            urgent: false,
        }
    }

    #[test]
    fn a_key_is_pinned_for_builds_of_all_ages_name_a_reminder_alike() {
        assert_eq!(ReminderKey::of(&reminder()).to_string(), "tDd75lq9FZXAbo5TtKx-kw");
        let gathered = ReminderKey::gathered("digest", UserId::from_bytes([3; 16]), AT);
        assert_eq!(gathered.to_string(), "w2lg5TEzgvP0PPnc-atFVQ");
    }

    #[test]
    fn a_key_goes_by_todo_reason_and_instant_and_by_nothing_else() {
        let one = reminder();
        let key = ReminderKey::of(&one);
        assert_eq!(ReminderKey::of(&Reminder { urgent: true, ..one }), key);
        for other in [
            Reminder { card: DocumentId::from_bytes([9; 16]), ..one },
            Reminder { todo: PartId::from_bytes([9; 6]), ..one },
            Reminder { kind: ReminderKind::Overdue, ..one },
            Reminder { nominal: Timestamp::from_millis(AT.millis() + 60_000), ..one },
        ] {
            assert_ne!(ReminderKey::of(&other), key);
        }
    }

    #[test]
    fn a_key_reads_back_from_its_text_and_fits_every_provider() {
        let key = ReminderKey::of(&reminder());
        assert_eq!((key.to_string().parse(), key.to_string().len()), (Ok(key), 22));
        for text in ["", "short", "PINNED+ONE/AAAAAAAAAAA"] {
            assert_eq!(text.parse::<ReminderKey>(), Err(ReminderKeyError), "{text}");
        }
    }
}
