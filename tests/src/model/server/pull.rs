//! Pulling: what a device is told.

use std::collections::BTreeSet;

use minicbor::bytes::ByteArray;
use roadbook_domain::read::projection;
use roadbook_domain::value::id::{DocumentId, UserId};
use roadbook_domain::wire::{Bundle, DocumentReceipt, Entry, Forgotten, Progress};

use super::{ModelServer, receipt, settings_entry, tombstone};
use crate::model::log::{Accepted, Event, Position, check};

/// Log entries or bundles of one page.
const PAGE: usize = 12;

/// A page of entries and where it ends.
pub(super) struct Page {
    pub entries: Vec<Entry>,
    pub end: Position,
    pub more: bool,
    pub progress: Option<Progress>,
}

impl ModelServer {
    pub(super) fn pull(
        &self,
        user: UserId,
        start: &Position,
        sent: &BTreeSet<(DocumentId, [u8; 8])>,
    ) -> Page {
        match start.filled_to {
            Some(from) => self.fill(user, start, from),
            None => self.tail(user, start, sent),
        }
    }

    /// One page of a first sync: settings first, then documents by id.
    fn fill(&self, user: UserId, start: &Position, from: DocumentId) -> Page {
        let mut entries: Vec<_> =
            if start.filled == 0 { self.settings.iter().map(settings_entry).collect() } else { Vec::new() };
        let seen = || self.documents.keys().filter(|id| self.sees(user, **id));
        let page: Vec<_> = seen().filter(|id| **id > from).take(PAGE).copied().collect();
        entries.extend(page.iter().filter_map(|id| self.bundle(*id)).map(Entry::Bundle));
        let done = start.filled + page.len() as u64;
        let filled_to = if page.len() == PAGE { page.last().copied() } else { None };
        Page {
            entries,
            end: Position { filled_to, filled: done, ..start.clone() },
            more: filled_to.is_some() || start.seq < self.log.head(),
            progress: Some(Progress { done, total: seen().count() as u64 }),
        }
    }

    fn tail(&self, user: UserId, start: &Position, sent: &BTreeSet<(DocumentId, [u8; 8])>) -> Page {
        let rows: Vec<_> = self.log.after(start.seq).take(PAGE).collect();
        let mut entries = Vec::new();
        for (seq, event) in &rows {
            entries.extend(self.entry(user, start.seq, (*seq, event), sent));
        }
        let seq = start.seq + rows.len() as u64;
        let chain = self.log.chain_at(seq).unwrap_or_default();
        let end = Position { seq, chain, filled_to: None, filled: start.filled };
        Page { entries, end, more: seq < self.log.head(), progress: None }
    }

    fn entry(
        &self,
        user: UserId,
        since: u64,
        (seq, event): (u64, &Event),
        sent: &BTreeSet<(DocumentId, [u8; 8])>,
    ) -> Option<Entry> {
        match event {
            Event::Settings(row) => Some(settings_entry(row)),
            Event::Purge(document) => Some(tombstone(*document)),
            Event::Change(accepted) => self.change_entry(user, since, seq, accepted, sent),
            Event::Audience(document, of, _) if *of == user => {
                if self.sees(user, *document) {
                    self.bundle(*document).map(Entry::Bundle)
                } else {
                    Some(Entry::Forget(Forgotten { seq, document: *document, closings: Vec::new() }))
                }
            }
            Event::Audience(..) => None,
        }
    }

    /// A change of a document that the device has. If it has not, the first change comes as a bundle.
    fn change_entry(
        &self,
        user: UserId,
        since: u64,
        seq: u64,
        accepted: &Accepted,
        sent: &BTreeSet<(DocumentId, [u8; 8])>,
    ) -> Option<Entry> {
        let document = accepted.document;
        let became_visible = self.log.after(since).any(
            |(_, event)| matches!(event, Event::Audience(of, by, true) if (*of, *by) == (document, user)),
        );
        if !self.sees(user, document) || became_visible {
            return None;
        }
        let just_sent = |hash| sent.contains(&(document, *check(hash)));
        let places = self.documents.get(&document).map(|held| &held.places);
        let made = places.into_iter().flatten().min_by_key(|(_, seq)| **seq);
        match made {
            Some((hash, made)) if *made > since && !just_sent(*hash) => {
                (*made == seq).then(|| self.bundle(document)).flatten().map(Entry::Bundle)
            }
            _ => Some(Entry::Change(accepted.entry(seq, just_sent(accepted.hash)))),
        }
    }

    pub(super) fn fetched(&self, user: UserId, document: DocumentId) -> Entry {
        let bundle = self.sees(user, document).then(|| self.bundle(document)).flatten();
        bundle.map_or_else(
            || Entry::Forget(Forgotten { seq: self.log.head(), document, closings: Vec::new() }),
            Entry::Bundle,
        )
    }

    fn bundle(&self, document: DocumentId) -> Option<Bundle> {
        let held = self.documents.get(&document)?;
        let saved = held.document.save();
        let kind = held.document.kind();
        let rows = match projection::rows_of_saved(kind, &saved, &held.authors) {
            Some(_) => Vec::new(),
            None => minicbor::to_vec(held.rows()).unwrap_or_default(),
        };
        Some(Bundle {
            document,
            kind: held.kind,
            as_of: self.log.head(),
            saved,
            heads: held.document.heads(),
            authors: held.authors.clone(),
            rows,
            projection_version: projection::VERSION,
            receipt: ByteArray::from(receipt(document, &held.document.heads(), &held.authors)),
        })
    }

    /// Receipts of the documents with changes on the page and none after it.
    pub(super) fn receipts(&self, page: &Page) -> Vec<DocumentReceipt> {
        let changed = page.entries.iter().filter_map(|entry| match entry {
            Entry::Change(entry) => Some(entry.document),
            _ => None,
        });
        let later: BTreeSet<_> =
            self.log.after(page.end.seq).filter_map(|(_, event)| event.document()).collect();
        let changed: BTreeSet<_> = changed.filter(|document| !later.contains(document)).collect();
        let receipt = |document: DocumentId| {
            let held = self.documents.get(&document)?;
            let receipt = receipt(document, &held.document.heads(), &held.authors);
            Some(DocumentReceipt { document, receipt: ByteArray::from(receipt) })
        };
        changed.into_iter().filter_map(receipt).collect()
    }
}
