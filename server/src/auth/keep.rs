//! The key with which a phone keeps what its user had not sent when they signed out by force (C15), and with
//! which it and the server know each other when their session is over.
//!
//! It is a function of the user, so every sign-in of theirs gets the same, and nothing is stored.

use std::fmt;

use aws_lc_rs::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
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

    /// What was sealed with it for this purpose: a nonce, then the sealed bytes. `None`: it was not.
    pub fn open(&self, purpose: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, bytes) = sealed.split_at_checked(NONCE_LEN)?;
        let key = UnboundKey::new(&CHACHA20_POLY1305, &self.0).ok().map(LessSafeKey::new)?;
        let mut bytes = bytes.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let opened = key.open_in_place(nonce, Aad::from(purpose), &mut bytes).ok()?.len();
        bytes.truncate(opened);
        Some(bytes)
    }

    /// What a phone does: seals bytes for this purpose.
    #[cfg(test)]
    pub fn seal(&self, purpose: &[u8], bytes: &[u8]) -> Vec<u8> {
        let key = LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, &self.0).unwrap());
        let (nonce, mut sealed) = ([7; NONCE_LEN], bytes.to_vec());
        let unique = Nonce::assume_unique_for_key(nonce);
        key.seal_in_place_append_tag(unique, Aad::from(purpose), &mut sealed).unwrap();
        [nonce.as_slice(), &sealed].concat()
    }

    /// A signature over bytes for this purpose (HMAC-SHA256).
    pub fn sign(&self, purpose: &[u8], bytes: &[u8]) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, &self.0));
        context.update(purpose);
        context.update(bytes);
        context.sign().as_ref().to_vec()
    }
}

impl fmt::Debug for KeepKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeepKey(..)")
    }
}
