//! What the server shows to the users of the page, told by phones of theirs that do nothing else. They are asked beside
//! the office, which so acts at once, also while the server does not answer.

use std::sync::Arc;
use std::time::Duration;

use data_encoding::HEXLOWER;
use roadbook_domain::value::time::Timestamp;
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::demo::cast::Person;
use crate::demo::phone::Phone;

/// How long the server may take to tell all of them.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the server shows to a user.
#[derive(Debug)]
pub struct Seen {
    /// Its state hash.
    pub hash: String,
    /// Whether it is their own cards only.
    pub is_restricted: bool,
}

/// The phones, in the order of those of the page; none before there is a firm.
#[derive(Clone, Default)]
pub struct Witnesses(Arc<Mutex<Vec<(Phone, Person)>>>);

impl Witnesses {
    /// Names those that are asked from now on.
    pub async fn are(&self, phones: Vec<(Phone, Person)>) {
        *self.0.lock().await = phones;
    }

    /// Asks what the server shows to each of them then: one call after the other, because a phone has one session.
    /// Nothing is known of the one whom it does not answer, and of none if it takes too long.
    pub async fn ask(&self, now: Timestamp) -> Vec<Option<Seen>> {
        let asked = async {
            let phones = self.0.lock().await;
            let mut seen = Vec::new();
            for (phone, person) in phones.iter() {
                seen.push(look_again(phone, person, now).await);
            }
            seen
        };
        timeout(PATIENCE, asked).await.unwrap_or_default()
    }
}

/// Also after a restore, or when rights were taken away: then the session that asked may be over.
async fn look_again(phone: &Phone, person: &Person, now: Timestamp) -> Option<Seen> {
    if let Some(seen) = look(phone, now).await {
        return Some(seen);
    }
    phone.sign_in_again(person).await.ok()?;
    look(phone, now).await
}

async fn look(phone: &Phone, now: Timestamp) -> Option<Seen> {
    let hash = HEXLOWER.encode(&phone.state_hash_of_server(now).await.ok()?);
    Some(Seen { hash, is_restricted: phone.is_restricted().await.ok()? })
}
