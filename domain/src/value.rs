//! Values: ids, times, amounts and other texts with one form; and clock and randomness as arguments.
//! Nothing here knows what a document or a card is.

pub mod channels;
pub mod clock;
pub mod collation;
pub mod counted;
pub mod decimal;
pub mod due;
pub mod email;
pub mod env;
pub mod fold;
pub mod generation;
pub mod id;
pub mod key;
pub mod leads;
pub mod money;
pub mod open_code;
pub mod open_word;
pub mod phone;
pub mod recurrence;
pub(crate) mod text_form;
pub mod time;
pub mod todo;
pub mod trash;
#[cfg(feature = "web")]
pub mod typescript;
pub mod url;
pub(crate) mod wall_clock;
pub mod word;
mod zone_rules;
