//! The gate: what it takes to let somebody in.

use std::fmt;

use super::password::Passwords;
use super::throttle::Throttle;
use super::token::Tokens;
use crate::node::Node;

/// What sessions are made with: the node, and what hashes, signs and slows down.
pub struct Gate {
    node: Node,
    tokens: Tokens,
    passwords: Passwords,
    throttle: Throttle,
}

impl Gate {
    /// A gate that remembers no wrong password yet.
    pub fn new(node: Node, tokens: Tokens, passwords: Passwords) -> Self {
        Self { node, tokens, passwords, throttle: Throttle::default() }
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
