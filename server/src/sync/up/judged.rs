//! A judged group: the fates of its changes, and what is to be written.

use std::collections::{BTreeMap, BTreeSet};

use roadbook_domain::crm::contact;
use roadbook_domain::document::change::{Actor, ChangeHash};
use roadbook_domain::value::id::{DeviceId, DocumentId};
use roadbook_domain::wire::{RefusalCode, Verdict};

use super::plan::FILED_PER_PATH;
use super::scratch::Update;

/// What became of one change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It is the one with this place among the [`Update::accepted`].
    Accepted(usize),
    /// The document holds it already.
    Dup(ChangeHash),
    /// The author does not see the document. If their device pushed it once, it may know so.
    Hidden(Option<ChangeHash>),
    /// It is not accepted.
    Not(Verdict),
}

/// A judged group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The document.
    pub document: DocumentId,
    /// The fates of its changes, in order.
    pub fates: Vec<Fate>,
    /// What is to be written.
    pub update: Option<Update>,
    /// Actors to bind, and to which device; `None` is the server.
    pub bound: BTreeMap<Actor, Option<DeviceId>>,
    /// What a change was refused for linking to.
    pub lacks: BTreeSet<DocumentId>,
    /// The contacts of the same push without which it does not stand.
    pub rests_on: BTreeSet<DocumentId>,
    /// By how many rows its entries are filed.
    pub filed: usize,
}

impl Judged {
    /// A group of which nothing was judged yet.
    pub fn new(document: DocumentId, total: usize) -> Self {
        Self {
            document,
            fates: Vec::with_capacity(total),
            update: None,
            bound: BTreeMap::new(),
            lacks: BTreeSet::new(),
            rests_on: BTreeSet::new(),
            filed: 0,
        }
    }

    /// A group whose first change is refused.
    pub fn refused(document: DocumentId, total: usize, code: RefusalCode) -> Self {
        Self::not(document, total, Verdict::Refused(code))
    }

    /// A group whose first change is not accepted.
    pub fn not(document: DocumentId, total: usize, verdict: Verdict) -> Self {
        let mut judged = Self::new(document, total);
        judged.end(Fate::Not(verdict), total);
        judged
    }

    /// What filing its entries costs, in paths that change.
    pub fn filing(&self) -> usize {
        self.filed / FILED_PER_PATH
    }

    /// Whether it makes a contact.
    pub fn makes_contact(&self) -> bool {
        let is_new = |update: &Update| update.rows_before.is_none() && update.after.kind == contact::TYPE.id;
        self.update.as_ref().is_some_and(is_new)
    }

    /// Whether its last change waits for the next request.
    pub fn is_cut(&self) -> bool {
        self.fates.last() == Some(&Fate::Not(Verdict::NotReached))
    }

    /// What was refused for linking to what the same push makes is left for the next request.
    pub fn postpone(&mut self) {
        let refused = Fate::Not(Verdict::Refused(RefusalCode::LinkNotVisible));
        for fate in self.fates.iter_mut().filter(|fate| **fate == refused) {
            *fate = Fate::Not(Verdict::NotReached);
        }
    }

    /// Ends the group: this fate, and the rest is not reached.
    pub fn end(&mut self, fate: Fate, total: usize) {
        self.fates.push(fate);
        self.fates.resize(total.max(self.fates.len()), Fate::Not(Verdict::NotReached));
    }
}

/// Adds the documents of groups that do not stand without those that are there already.
pub fn with_dependents<'a>(documents: &mut BTreeSet<DocumentId>, judged: impl Iterator<Item = &'a Judged>) {
    let mut rest: Vec<&Judged> = judged.filter(|judged| !judged.rests_on.is_empty()).collect();
    loop {
        let known = documents.len();
        rest.retain(|judged| {
            let stands = judged.rests_on.is_disjoint(documents);
            documents.extend((!stands).then_some(judged.document));
            stands
        });
        if documents.len() == known {
            break;
        }
    }
}
