//! The gate: what it takes to let somebody in.

use std::fmt;

use super::password::Passwords;
use super::seen::Seen;
use super::throttle::Throttle;
use super::token::{TokenError, Tokens};
use crate::node::Node;
use crate::store::StoreError;
use crate::store::users::Claimed;

/// What sessions are made with: the node, and what hashes, signs and slows down.
pub struct Gate {
    node: Node,
    tokens: Tokens,
    passwords: Passwords,
    throttle: Throttle,
    seen: Seen,
}

impl Gate {
    /// A gate that remembers no wrong password yet.
    pub fn new(node: Node, tokens: Tokens, passwords: Passwords) -> Self {
        let throttle = Throttle::new(passwords.patience());
        Self { node, tokens, passwords, throttle, seen: Seen::default() }
    }

    /// Database, keys and clock.
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// Issues and checks access tokens.
    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// Hashes and verifies passwords.
    pub fn passwords(&self) -> &Passwords {
        &self.passwords
    }

    /// Who an access token says is calling, if it is good now. Its session is not asked yet.
    ///
    /// # Errors
    /// It is not.
    pub fn verify(&self, token: &str) -> Result<Claimed, TokenError> {
        let now = self.node.now();
        let (claimed, generation) = self.tokens.verify(token, now)?;
        self.seen.note(claimed.session, generation, now);
        Ok(claimed)
    }

    /// Writes down which access tokens were used, for other nodes and the time after a restart.
    ///
    /// # Errors
    /// Of the database; then it is done the next time.
    pub async fn save_seen(&self) -> Result<(), StoreError> {
        self.seen.save(self.node.db(), self.node.org(), self.node.now()).await
    }

    /// Knows which access tokens were used.
    pub(super) fn seen(&self) -> &Seen {
        &self.seen
    }

    /// Slows down the guessing of passwords.
    pub(super) fn throttle(&self) -> &Throttle {
        &self.throttle
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").field("node", &self.node).finish_non_exhaustive()
    }
}
