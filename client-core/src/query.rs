//! What screens read: Today, boards, cards, contacts and searches. Nothing here writes, and nothing waits for a
//! network.

pub(crate) mod board;
pub(crate) mod caller;
pub(crate) mod card;
pub(crate) mod contact;
pub(crate) mod duplicate;
pub(crate) mod names;
pub(crate) mod search;
pub(crate) mod today;
pub(crate) mod todo_details;
