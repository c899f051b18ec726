//! What screens read: Today, boards, cards, contacts and searches. Nothing here writes, and nothing waits for a
//! network.

pub(crate) mod board;
pub(crate) mod card;
pub(crate) mod contact;
pub(crate) mod search;
pub(crate) mod today;
