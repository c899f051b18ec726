//! Which documents a session re-uploads, and which of them it leaves alone for now.
//!
//! This phone's copy may be the last one. Only the server's verdict on a re-upload says that it is not, so
//! until there is one the document is not fetched: the answer of a server without it would delete it here.

use std::collections::{BTreeMap, BTreeSet};

use roadbook_domain::value::id::DocumentId;

use crate::sync::receive::{NextPart, Received, Sent};

/// How often one sync re-uploads a document again that the server does not judge.
const MOST_RETRIES: u8 = 3;

/// What a session remembers of its re-uploads.
#[derive(Debug, Default)]
pub(super) struct Reuploads {
    pending: BTreeSet<DocumentId>,
    /// Those that were sent and, once the answer is here, judged; or that cannot be sent at all.
    done: BTreeSet<DocumentId>,
    /// The next part of the document that is re-uploaded in parts.
    next_part: Option<NextPart>,
    /// How often each was sent in this sync and not judged.
    unjudged: BTreeMap<DocumentId, u8>,
    /// Those that the server did not judge, however often: the next sync compares them again.
    put_off: BTreeSet<DocumentId>,
    /// Since a document was put off the server has judged none.
    is_deaf: bool,
    /// Those that this server cannot take, or this version of the app cannot send: a later session compares
    /// them again.
    too_large: BTreeSet<DocumentId>,
}

impl Reuploads {
    pub fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    /// Whether some are left to a later sync or session, which then has to compare again.
    pub fn leaves_some(&self) -> bool {
        !self.put_off.is_empty() || !self.too_large.is_empty()
    }

    /// Whether the server has still to judge a document, now or later: nothing else may touch it.
    pub fn awaits(&self, document: DocumentId) -> bool {
        self.pending.contains(&document) || self.is_left_alone(document)
    }

    pub fn is_left_alone(&self, document: DocumentId) -> bool {
        self.put_off.contains(&document) || self.too_large.contains(&document)
    }

    /// Notes in what is to be sent what the answer will be judged by.
    pub fn tell(&self, sent: &mut Sent) {
        sent.to_reupload = self.pending.iter().chain(&self.put_off).chain(&self.too_large).copied().collect();
    }

    /// Documents that were re-uploaded, which is done once in a conversation.
    pub fn done(&self) -> &BTreeSet<DocumentId> {
        &self.done
    }

    /// Asks for the re-upload of a document.
    pub fn ask(&mut self, document: DocumentId) {
        if !self.is_left_alone(document) {
            self.pending.insert(document);
        }
    }

    /// Which document is to be re-uploaded next: one that was begun is ended first.
    pub fn next(&self) -> Option<DocumentId> {
        let begun = self.next_part.map(|next| next.document).filter(|id| self.pending.contains(id));
        begun.or_else(|| self.pending.first().copied())
    }

    /// How many changes of a document the server keeps already.
    pub fn begun(&self, document: DocumentId) -> usize {
        self.next_part.filter(|next| next.document == document).map_or(0, |next| next.first)
    }

    /// A document is on its way as a whole, or there is nothing of it to send.
    pub fn close(&mut self, document: DocumentId) {
        self.pending.remove(&document);
        self.done.insert(document);
    }

    /// Nobody answered for these documents: they are as good as never sent.
    pub fn again(&mut self, documents: impl IntoIterator<Item = DocumentId>) {
        for document in documents {
            self.done.remove(&document);
            self.pending.insert(document);
        }
    }

    /// A later session is to try this document.
    pub fn leave_alone(&mut self, document: DocumentId) {
        tracing::warn!(document.id = %document, "this server cannot take back a document: it stays here");
        self.forget(document);
        self.too_large.insert(document);
    }

    /// Notes what an answer says about re-uploads.
    pub fn note(&mut self, sent: &Sent, received: &Received, is_kept: bool) {
        self.note_part(sent, received, is_kept);
        let is_answered = |id: &DocumentId| !received.reupload_again.contains(id);
        if !is_kept && sent.reuploads.iter().any(|(document, _)| is_answered(document)) {
            self.is_deaf = false;
        }
        for document in received.reupload.difference(&self.done.clone()) {
            self.ask(*document);
        }
        for document in &received.reupload_again {
            let tried = self.unjudged.entry(*document).or_default();
            *tried = tried.saturating_add(1);
            // Each is tried once, but a server that is deaf to all of them need not hear each again and again.
            if *tried > MOST_RETRIES || self.is_deaf {
                tracing::warn!(document.id = %document, "the server does not judge a document: the next sync sends it again");
                self.forget(*document);
                self.put_off.insert(*document);
                self.is_deaf = true;
            } else {
                self.again([*document]);
            }
        }
        for document in &received.too_large {
            self.leave_alone(*document);
        }
    }

    /// The server's log is another one: what the last one judged, this one may have lost again.
    pub fn follow_another_log(&mut self) {
        self.done.clear();
    }

    /// A sync begins; says whether to compare again what the one before put off.
    pub fn begin_sync(&mut self) -> bool {
        self.done.clear();
        self.unjudged.clear();
        self.is_deaf = false;
        !std::mem::take(&mut self.put_off).is_empty()
    }

    /// Notes what became of a part that was re-uploaded and is not the last one.
    fn note_part(&mut self, sent: &Sent, received: &Received, is_kept: bool) {
        let Some(next) = sent.next_part else {
            if !sent.reuploads.is_empty() {
                self.next_part = None;
            }
            return;
        };
        self.next_part = is_kept.then_some(next);
        // Any verdict but the one that it is to be sent again is one over the document.
        if !is_kept && !received.reupload_again.contains(&next.document) {
            self.close(next.document);
        }
    }

    /// Neither pending nor done.
    fn forget(&mut self, document: DocumentId) {
        self.pending.remove(&document);
        self.done.remove(&document);
    }
}
