//! The key with which a phone keeps what its user had not sent when they signed out by force (C15).
//!
//! It is a function of the user, so every sign-in of theirs gets the same, and nothing is stored.

use std::fmt;

use aws_lc_rs::hmac;
use roadbook_domain::value::id::{OrgId, UserId};

use crate::node::secrets::Secrets;

/// Keeps these apart from everything else that is authenticated with the same key.
const PURPOSE: &[u8] = b"roadbook keep key 1";

/// A user's key. It is told to nobody else, and never logged.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct KeepKey([u8; 32]);

impl KeepKey {
    /// The key of a user.
    pub fn of(secrets: &Secrets, org: OrgId, user: UserId) -> Self {
        let mut context =
            hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, secrets.receipt_key.as_bytes()));
        context.update(PURPOSE);
        context.update(org.as_bytes());
        context.update(user.as_bytes());
        let tag = context.sign();
        Self(std::array::from_fn(|place| tag.as_ref().get(place).copied().unwrap_or_default()))
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for KeepKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeepKey(..)")
    }
}
