//! Documents: changes as typed register operations, their canonical bytes, the guard that judges
//! foreign ones, and the document that holds them. No word of the CRM is known here.

mod authors;
pub mod canonical;
pub mod change;
mod change_list;
pub mod codec;
mod differences;
pub mod digest;
#[expect(clippy::module_inception, reason = "the room is named for what it holds, and so is this file")]
mod document;
mod document_type;
pub mod draft;
mod form;
mod genesis;
pub mod guard;
mod index;
pub mod limits;
mod shown;
mod split;
mod text_diff;
mod values;

pub use authors::{ActorRow, Appender, AuthorIndex, AuthorTable, Origin, OriginKind, Signature};
pub(crate) use change_list::is_list as is_change_list;
pub use document::{Document, DocumentError};
pub use document_type::{AudienceRule, DocumentType, DocumentTypeId, Fresh, RegisterRule, Writer};
pub use form::Form;
pub use genesis::{PER_VERSION, is_reserved};
pub use index::OpIndex;
pub use limits::MAX_SAVED;
pub use shown::shown;
pub use text_diff::merged;
pub use values::{Values, Written};
