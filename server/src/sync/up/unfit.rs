//! What a trial may come to that fits no document.

use roadbook_domain::document::DocumentError;
use roadbook_domain::wire::RefusalCode;

/// Why what was accepted cannot be logged.
#[derive(Debug)]
pub enum Unfit {
    /// The document would exceed a limit.
    TooLarge,
    /// Automerge does not take it, or does not read back what it saved.
    Broken(DocumentError),
}

impl Unfit {
    /// With which code it is refused.
    pub fn code(&self) -> RefusalCode {
        match self {
            Self::TooLarge => RefusalCode::TooLarge,
            Self::Broken(_) => RefusalCode::Malformed,
        }
    }
}

impl From<DocumentError> for Unfit {
    fn from(error: DocumentError) -> Self {
        if error == DocumentError::TooLarge { Self::TooLarge } else { Self::Broken(error) }
    }
}
