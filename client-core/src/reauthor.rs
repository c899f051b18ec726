//! Re-authoring: saying again, by value, what unsent changes said that cannot stand as they are.
//!
//! A change stands on the changes before it. When one of them is refused, or its actor turns out to be
//! another device's too, what the user did after it is not lost: each later action is told in values,
//! and made again on the acknowledged base, under a fresh actor. Pure: documents in, changes out.

use std::collections::{BTreeMap, BTreeSet};

use minicbor::{Decode, Encode};
use roadbook_domain::change::{Actor, Change, ChangeHash, Op, OpId, Register};
use roadbook_domain::document::{Document, Values};
use roadbook_domain::draft::Draft;
use roadbook_domain::time::Timestamp;
use roadbook_domain::view::shown;
use roadbook_domain::wire::RefusalCode;

/// What one change did to one register, in values: readable by people, and applicable to any state.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ValueEdit {
    /// The register's container, by index.
    #[n(0)]
    pub container: u8,
    /// The register's name.
    #[n(1)]
    pub name: String,
    /// Whether the register holds a long text: then the edit is the difference of `old` and `new`.
    #[n(2)]
    pub is_text: bool,
    /// What the register showed before; `None` if nobody had written it.
    #[n(3)]
    pub old: Option<String>,
    /// What its author made it show.
    #[n(4)]
    pub new: String,
}

/// Why edits are in the quarantine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum Reason {
    /// The server refused them.
    #[n(0)]
    Refused(#[n(0)] RefusalCode),
    /// They depend on edits that the server refused.
    #[n(1)]
    DependsOnRefused(#[n(0)] RefusalCode),
    /// Their document left the user's sight before they were sent.
    #[n(2)]
    LeftSight,
    /// Their document was purged (C5).
    #[n(3)]
    Purged,
}

/// A change that waits to be acknowledged.
#[derive(Debug, Clone)]
pub struct Pending {
    /// Its hash.
    pub hash: ChangeHash,
    /// The change.
    pub change: Change,
    /// What may become of it.
    pub standing: Standing,
}

/// What may become of a pending change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It stays as it is, if it can.
    Stands,
    /// It must be said again under another actor.
    Again,
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
    /// It was said again as this change; `left`: the edits that could not be.
    Replayed {
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
/// together. Each one that is said again sees what its original saw and no more, so that a conflict
/// with what others wrote meanwhile stays a conflict (L6). `actor` must be fresh: new to the document.
pub fn rebase(before: &Document, base: &mut Document, pending: &[Pending], actor: Actor) -> Vec<Fate> {
    let mut rebase =
        Rebase { before, base, actor, last: None, instead: BTreeMap::new(), refused: Refused::default() };
    pending.iter().map(|pending| rebase.place(pending)).collect()
}

/// What a change did, in values, told from a document that holds it.
///
/// If the document does not hold it, as after a damage, what the change itself says is told.
pub fn value_edits(document: &Document, hash: ChangeHash, change: &Change) -> Vec<ValueEdit> {
    let mut edits = Vec::new();
    let mut texts: BTreeSet<Register> = BTreeSet::new();
    let mut unplaced = String::new();
    let mut made: BTreeMap<OpId, Register> = BTreeMap::new();
    for (id, op) in change.with_ids() {
        match op {
            Op::Put { register, value, .. } => edits.push(ValueEdit {
                container: register.container,
                name: register.name.clone(),
                is_text: false,
                old: shown_at(document, register, &change.deps),
                new: value.clone(),
            }),
            Op::MakeText { register, .. } => {
                made.insert(id, register.clone());
                texts.insert(register.clone());
            }
            Op::Insert { text, chars, .. } => match made.get(text).cloned().or_else(|| home(document, *text))
            {
                Some(register) => drop(texts.insert(register)),
                None => unplaced.push_str(chars),
            },
            Op::Erase { text, .. } => texts.extend(made.get(text).cloned().or_else(|| home(document, *text))),
        }
    }
    for register in texts {
        let new = text_at(document, &register, &[hash]).unwrap_or_else(|| inserted(change));
        let old = text_at(document, &register, &change.deps);
        edits.push(ValueEdit { container: register.container, name: register.name, is_text: true, old, new });
    }
    if !unplaced.is_empty() {
        let name = String::from("text");
        edits.push(ValueEdit { container: u8::MAX, name, is_text: true, old: None, new: unplaced });
    }
    edits
}

/// Drafts a change that does what `edits` say; edits that a document cannot take are left out.
///
/// `heads`: the state it is made on, all of which the document holds. `None` if it would do nothing.
pub fn replay(
    document: &mut Document,
    edits: &[ValueEdit],
    heads: Vec<ChangeHash>,
    actor: Actor,
    time: Timestamp,
) -> Option<Change> {
    let texts: Vec<_> = edits
        .iter()
        .map(|edit| {
            let now = text_at(document, &edit.register(), &heads).unwrap_or_default();
            splice(edit.old.as_deref().unwrap_or_default(), &edit.new, &now)
        })
        .collect();
    let mut draft = Draft::at(document, heads, actor, time);
    for (edit, text) in edits.iter().zip(&texts) {
        let holds_text = draft
            .get(edit.container, &edit.name)
            .is_some_and(|values| values.all().any(|written| written.is_text));
        if edit.is_text {
            draft.edit_text(edit.container, edit.name.as_str(), text);
        } else if !holds_text {
            draft.put(edit.container, edit.name.as_str(), edit.new.as_str());
        }
    }
    draft.finish()
}

/// Makes in `now` the edit that led from `old` to `new`, where it belongs as far as that can be told.
///
/// Nothing that was inserted is lost, and nothing is erased that `old` did not hold at that place.
pub fn splice(old: &str, new: &str, now: &str) -> String {
    let (old, new, now): (Vec<char>, Vec<char>, Vec<char>) =
        (old.chars().collect(), new.chars().collect(), now.chars().collect());
    let prefix = common(old.iter(), new.iter());
    let most = old.len().min(new.len()) - prefix;
    let suffix = common(old.iter().rev(), new.iter().rev()).min(most);
    let erased = old.get(prefix..old.len() - suffix).unwrap_or_default();
    let inserted = new.get(prefix..new.len() - suffix).unwrap_or_default();

    let alike_before = common(old.iter(), now.iter());
    let alike_after = common(old.iter().rev(), now.iter().rev());
    let place = if alike_before >= prefix + erased.len() {
        prefix
    } else if alike_after >= suffix + erased.len() {
        now.len() - suffix - erased.len()
    } else if erased.is_empty() {
        // The surroundings changed too: after what still precedes it, or at the end.
        if alike_before >= prefix { prefix } else { now.len() - suffix.min(alike_after) }
    } else {
        match now.windows(erased.len()).position(|window| window == erased) {
            Some(place) => place,
            // What it replaced is gone already; what it inserted is not lost.
            None => return now.iter().chain(inserted).collect(),
        }
    };
    let (head, tail) = now.split_at(place.min(now.len()));
    let tail = tail.get(erased.len()..).unwrap_or_default();
    head.iter().chain(inserted).chain(tail).collect()
}

impl ValueEdit {
    /// The register it edits.
    pub fn register(&self) -> Register {
        Register { container: self.container, name: self.name.clone() }
    }

    /// The part that the register belongs to: `<part>` of `<part>/<name>`.
    fn part(&self) -> Option<(u8, &str)> {
        Some((self.container, self.name.split_once('/')?.0))
    }
}

struct Rebase<'a> {
    before: &'a Document,
    base: &'a mut Document,
    actor: Actor,
    /// The last change made by `actor`: an actor's changes form one line.
    last: Option<ChangeHash>,
    /// What stands in the place of a change that does not stand.
    instead: BTreeMap<ChangeHash, Vec<ChangeHash>>,
    refused: Refused,
}

impl Rebase<'_> {
    fn place(&mut self, pending: &Pending) -> Fate {
        if self.base.contains(pending.hash) {
            return Fate::Present;
        }
        if pending.standing == Standing::Stands && self.keep(pending) {
            return Fate::Kept;
        }
        let edits = value_edits(self.before, pending.hash, &pending.change);
        let heads = self.heads_for(&pending.change.deps);
        if pending.standing == Standing::Refused {
            self.refused.add(&edits, self.base);
            self.instead.insert(pending.hash, heads);
            return Fate::Left(edits);
        }
        let (left, again): (Vec<_>, Vec<_>) = edits.into_iter().partition(|edit| self.refused.holds(edit));
        self.refused.add(&left, self.base);
        match self.say_again(&again, heads.clone(), pending.change.time) {
            Some(by) => {
                self.instead.insert(pending.hash, vec![by.0]);
                Fate::Replayed { by: Box::new(by), left }
            }
            None => {
                self.instead.insert(pending.hash, heads);
                Fate::Left(left)
            }
        }
    }

    /// Applies the change as it is; false if it stands on one that does not, or its actor has made
    /// another change with its number.
    fn keep(&mut self, pending: &Pending) -> bool {
        pending.change.deps.iter().all(|dep| self.base.contains(*dep))
            && self.base.apply(vec![pending.change.to_automerge(self.base.kind())]).is_ok()
            && self.base.contains(pending.hash)
    }

    fn say_again(
        &mut self,
        edits: &[ValueEdit],
        heads: Vec<ChangeHash>,
        time: Timestamp,
    ) -> Option<(ChangeHash, Change)> {
        let change = replay(self.base, edits, heads, self.actor, time)?;
        let built = change.to_automerge(self.base.kind());
        let hash = ChangeHash(built.hash().0);
        self.base.apply(vec![built]).ok()?;
        self.last = Some(hash);
        Some((hash, change))
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
        let genesis = ChangeHash(self.base.kind().genesis().hash().0);
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
        let genesis = ChangeHash(base.kind().genesis().hash().0);
        self.document |= !edits.is_empty() && base.heads() == [genesis];
        for edit in edits {
            // An edit within a text that is there is told by its difference: it stands alone.
            if !edit.is_text || base.get(&edit.register()).is_none() {
                self.registers.insert(edit.register());
            }
            if let Some((container, part)) = edit.part()
                && !base
                    .registers(container)
                    .keys()
                    .any(|name| name.split_once('/').is_some_and(|n| n.0 == part))
            {
                self.parts.insert((container, part.to_owned()));
            }
        }
    }

    /// Whether an edit depends on a refused value.
    fn holds(&self, edit: &ValueEdit) -> bool {
        let part = edit.part().map(|(container, part)| (container, part.to_owned()));
        self.document
            || self.registers.contains(&edit.register())
            || part.is_some_and(|part| self.parts.contains(&part))
    }
}

/// What a register showed at some heads; `None` if nobody had written it.
fn shown_at(document: &Document, register: &Register, heads: &[ChangeHash]) -> Option<String> {
    let values = document.get_at(register, heads)?;
    Some(shown(document.kind(), register.container, &register.name, &values))
}

/// What a register's long texts read at some heads, joined; `None` if it has none.
fn text_at(document: &Document, register: &Register, heads: &[ChangeHash]) -> Option<String> {
    let values = document.get_at(register, heads)?;
    let mut texts: Vec<_> = values.all().filter(|written| written.is_text).map(|text| text.op).collect();
    texts.sort_unstable();
    let chars = texts.iter().flat_map(|text| document.characters_at(*text, heads)).map(|(_, char)| char);
    (!texts.is_empty()).then(|| chars.collect())
}

/// The register whose long text an operation made.
fn home(document: &Document, text: OpId) -> Option<Register> {
    (0..u8::try_from(document.kind().containers.len()).unwrap_or(u8::MAX)).find_map(|container| {
        let made_here = |values: &Values| values.all().any(|written| written.op == text);
        let registers = document.registers(container);
        let (name, _) = registers.into_iter().find(|(_, values)| made_here(values))?;
        Some(Register { container, name })
    })
}

/// All characters that a change inserts.
fn inserted(change: &Change) -> String {
    let chars = change.ops.iter().filter_map(|op| match op {
        Op::Insert { chars, .. } => Some(chars.as_str()),
        _ => None,
    });
    chars.collect()
}

fn common<'a>(a: impl Iterator<Item = &'a char>, b: impl Iterator<Item = &'a char>) -> usize {
    a.zip(b).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests;
