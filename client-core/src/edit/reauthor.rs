//! Re-authoring: unsent changes that cannot stay as they are are made again by their values.
//!
//! A change builds on the changes before it. When one of them is refused, or its actor turns out to be
//! another device's too, what the user did after it is not lost: each later action is written down in
//! values, and made again on the acknowledged base, under a fresh actor. Pure: documents in, changes out.

use std::collections::{BTreeMap, BTreeSet};

use roadbook_domain::document::change::{Actor, Change, ChangeHash, Register};
use roadbook_domain::document::draft::Draft;
use roadbook_domain::document::{Document, DocumentError, is_reserved};

use crate::value_edit::ValueEdit;

/// A change that waits to be acknowledged.
#[derive(Debug, Clone)]
pub struct Pending {
    /// Its hash.
    pub hash: ChangeHash,
    /// The change.
    pub change: Change,
    /// What may become of it.
    pub decision: Decision,
}

/// What may become of a pending change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It stays as it is, if it can.
    Keep,
    /// It must be re-authored.
    Reauthor,
    /// It was refused: it and what depends on it go.
    Refused,
}

/// What became of a pending change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It stays as it is.
    Kept,
    /// The base holds it already.
    Present,
    /// It was re-authored as this change; `left`: the edits that could not be.
    Reauthored {
        /// The new change and its hash.
        by: Box<(ChangeHash, Change)>,
        /// What depends on a refused value.
        left: Vec<ValueEdit>,
    },
    /// Nothing of it stays; empty, if it would do nothing on the new base.
    Left(Vec<ValueEdit>),
}

/// Puts pending changes, in causal order, onto a base that has changed under them.
///
/// `before` holds all of them, as their author saw them; `base` becomes base and pending changes
/// together. Each one that is re-authored sees what its original saw and no more, so that a conflict
/// with what others wrote meanwhile stays a conflict (L6). `actor` must be fresh: new to the document.
pub fn rebase(before: &Document, base: &mut Document, pending: &[Pending], actor: Actor) -> Vec<Fate> {
    let mut rebase = Rebase {
        before,
        base,
        actor,
        last: None,
        instead: BTreeMap::new(),
        blind: BTreeSet::new(),
        refused: Refused::default(),
    };
    pending.iter().map(|pending| rebase.place(pending)).collect()
}

struct Rebase<'a> {
    before: &'a Document,
    base: &'a mut Document,
    actor: Actor,
    /// The last change made by `actor`: an actor's changes form one line.
    last: Option<ChangeHash>,
    /// What stands in the place of a change that does not stand.
    instead: BTreeMap<ChangeHash, Vec<ChangeHash>>,
    /// Changes whose authors saw what is not here: a server and a phone lost it, another phone may have it.
    blind: BTreeSet<ChangeHash>,
    refused: Refused,
}

impl Rebase<'_> {
    fn place(&mut self, pending: &Pending) -> Fate {
        if self.base.contains(pending.hash) {
            return Fate::Present;
        }
        // The constant change of a schema version is no act of a user: all who make it make the same one.
        let is_constant = is_reserved(pending.change.actor);
        let is_refused = pending.decision == Decision::Refused;
        if (is_constant && !is_refused || pending.decision == Decision::Keep) && self.keep(pending) {
            return Fate::Kept;
        }
        if !self.is_here(&pending.change.deps) {
            self.blind.insert(pending.hash);
        }
        let edits = self.edits(pending);
        let heads = self.heads_for(&pending.change.deps);
        if pending.decision == Decision::Refused {
            self.refused.add(&edits, self.base);
            self.instead.insert(pending.hash, heads);
            return Fate::Left(edits);
        }
        let (left, again): (Vec<_>, Vec<_>) =
            edits.into_iter().partition(|edit| !edit.is_placed() || self.refused.holds(edit));
        self.refused.add(&left, self.base);
        match self.reauthor(&again, heads.clone(), pending) {
            Ok(Some(by)) => {
                self.instead.insert(pending.hash, vec![by.0]);
                Fate::Reauthored { by: Box::new(by), left }
            }
            Ok(None) => {
                self.instead.insert(pending.hash, heads);
                Fate::Left(left)
            }
            // The document takes no more: nothing of the change stands, and nothing of it vanishes.
            Err(_) => {
                self.instead.insert(pending.hash, heads);
                Fate::Left([left, again].concat())
            }
        }
    }

    /// What a change did. Where its author's state is not known any more, its values still are.
    fn edits(&self, pending: &Pending) -> Vec<ValueEdit> {
        if self.before.contains(pending.hash) {
            return ValueEdit::of(self.before, pending.hash, &pending.change);
        }
        ValueEdit::alone(&pending.change)
    }

    /// Applies the change as it is; false if it stands on one that does not, or its actor has made
    /// another change with its number.
    fn keep(&mut self, pending: &Pending) -> bool {
        pending.change.deps.iter().all(|dep| self.base.contains(*dep))
            && self.base.add(&pending.change).is_ok()
    }

    fn reauthor(
        &mut self,
        edits: &[ValueEdit],
        heads: Vec<ChangeHash>,
        pending: &Pending,
    ) -> Result<Option<(ChangeHash, Change)>, DocumentError> {
        let is_blind = self.blind.contains(&pending.hash);
        let mut draft = Draft::at(self.base, heads, self.actor, pending.change.time);
        for edit in edits {
            if is_blind { edit.draft_blind(&mut draft) } else { edit.draft(&mut draft) }
        }
        let Some(change) = draft.finish() else { return Ok(None) };
        let hash = self.base.add(&change)?;
        self.last = Some(hash);
        Ok(Some((hash, change)))
    }

    /// Whether all that the author of a change with these dependencies saw is in the base, or in other form.
    fn is_here(&self, deps: &[ChangeHash]) -> bool {
        let is_here = |dep| self.instead.contains_key(dep) || self.base.contains(*dep);
        deps.iter().all(|dep| is_here(dep) && !self.blind.contains(dep))
    }

    /// What the author of a change with these dependencies had seen, in terms of the new base.
    fn heads_for(&self, deps: &[ChangeHash]) -> Vec<ChangeHash> {
        let mut heads: BTreeSet<ChangeHash> = self.last.into_iter().collect();
        for dep in deps {
            match self.instead.get(dep) {
                Some(instead) => heads.extend(instead),
                None if self.base.contains(*dep) => drop(heads.insert(*dep)),
                None => {}
            }
        }
        if heads.is_empty() {
            return self.base.heads();
        }
        let seen_otherwise = |head: &ChangeHash| {
            let others: Vec<_> = heads.iter().filter(|other| *other != head).copied().collect();
            !others.is_empty() && !self.base.changes_since(&others).iter().any(|(hash, _)| hash == head)
        };
        // Every change has seen the genesis change, so it is named only where there is nothing else.
        let genesis = self.base.kind().genesis_hash();
        let only = heads.len() == 1;
        heads.iter().filter(|head| only || **head != genesis && !seen_otherwise(head)).copied().collect()
    }
}

/// The values that were refused, and what they brought into being.
#[derive(Debug, Default)]
struct Refused {
    registers: BTreeSet<Register>,
    parts: BTreeSet<(u8, String)>,
    document: bool,
}

impl Refused {
    /// Adds refused edits; `base` holds none of them.
    fn add(&mut self, edits: &[ValueEdit], base: &Document) {
        self.document |= !edits.is_empty() && base.heads() == [base.kind().genesis_hash()];
        for edit in edits {
            // An edit within a text that is there is told by its difference: it stands alone.
            if !matches!(edit, ValueEdit::Text { .. }) || base.get(&edit.register()).is_none() {
                self.registers.insert(edit.register());
            }
            if let Some((container, part)) = part(edit)
                && !base.registers(container).keys().any(|name| part_of(name) == Some(&part))
            {
                self.parts.insert((container, part));
            }
        }
    }

    /// Whether an edit depends on a refused value.
    fn holds(&self, edit: &ValueEdit) -> bool {
        self.document
            || self.registers.contains(&edit.register())
            || part(edit).is_some_and(|part| self.parts.contains(&part))
    }
}

/// The part that an edit belongs to.
fn part(edit: &ValueEdit) -> Option<(u8, String)> {
    let register = edit.register();
    Some((register.container, part_of(&register.name)?.to_owned()))
}

/// `<part>` of a register's name `<part>/<rest>`.
fn part_of(name: &str) -> Option<&str> {
    Some(name.split_once('/')?.0)
}

#[cfg(test)]
mod tests;
