//! Which source a file comes from, and which of its rows are there already.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::destination::ImportId;
use super::known::{Known, Sort, Written};
use super::plan::{self, Companies, RowPlan};
use super::rows::{ImportRows, RowKey};
use super::scope::Scope;

/// How many sources with ids in a column of one name are told apart; with more, they are to be named.
const SOURCES: u32 = 8;
/// How many known rows of a source are read to find out whether it is the same.
const READ: usize = 100;
/// How many cards of rows alike are looked at; the rows of all others are taken in order.
const MAX_ALIKE: u32 = 10_000;
/// How many cards are compared with a row, of those that say the least common thing that it says.
const COMPARED: usize = 256;

/// How many rows of a source are there, of those that were read, and how many of these mean the same customer.
#[derive(Clone, Copy, Default)]
struct Agreement {
    found: usize,
    agreeing: usize,
}

/// Finds the source whose rows these are.
///
/// Two systems may number their customers alike. So a file whose known ids mostly belong to somebody else
/// is of another source with such ids: the one whose customers agree, or one of which nothing is there.
pub(super) fn choose_source<K: Known>(
    scope: &mut Scope<'_>,
    companies: &Companies,
    known: &K,
) -> Result<(), K::Error> {
    if !scope.may_choose_source() {
        return Ok(());
    }
    let sources: Vec<ImportId> = (0..SOURCES).map(|number| scope.numbered(number)).collect();
    let mut agreements = vec![Agreement::default(); sources.len()];
    for (key, row) in ImportRows::new(scope).flatten() {
        let is_there = |(source, agreement): (&ImportId, &Agreement)| {
            let card = scope.card_of(*source, &key.bytes());
            Ok((agreement.found < READ && known.is_there(card)?).then_some(card))
        };
        let cards = sources.iter().zip(&agreements).map(is_there).collect::<Result<Vec<_>, K::Error>>()?;
        // Most rows of a new file are nowhere, and are not planned for nothing.
        if cards.iter().all(Option::is_none) {
            continue;
        }
        let plan = plan::plan(row, key, companies, scope);
        for (card, agreement) in cards.into_iter().zip(&mut agreements) {
            let Some(card) = card else { continue };
            let written = known.written(card)?;
            let mut reaches = plan.says.iter().filter(|saying| saying.sort == Sort::Reach);
            let is_meant = written.is_named(plan.name()) || reaches.any(|saying| written.says(saying));
            agreement.found += 1;
            agreement.agreeing += usize::from(is_meant);
        }
    }
    let sources = sources.into_iter().zip(agreements);
    let same = sources.clone().filter(|(_, of)| of.agreeing > 0 && of.agreeing * 2 >= of.found);
    let same = same.min_by_key(|(_, of)| Reverse(of.agreeing)).map(|(source, _)| source);
    let fresh = || sources.clone().find(|(_, of)| of.found == 0).map(|(source, _)| source);
    // Where all are somebody else's, its rows are told to be known and different, and the user names it.
    if let Some(source) = same.or_else(fresh) {
        scope.import = source;
    }
    Ok(())
}

/// The cards of rows that are alike in what they are known by.
#[derive(Default)]
struct Alike {
    /// What the cards that are there say, until a row takes one.
    cards: Vec<Option<Written>>,
    /// Which of them say what.
    sayers: BTreeMap<u64, Vec<usize>>,
    /// Rows that say what no card says.
    others: Vec<u32>,
}

/// Finds for each of the rows that are alike the card that it made, whatever order they are in now.
pub(super) fn find_alike<K: Known>(
    scope: &mut Scope<'_>,
    companies: &Companies,
    known: &K,
) -> Result<(), K::Error> {
    let mut counts: BTreeMap<[u8; 16], u32> = BTreeMap::new();
    for (key, _) in ImportRows::new(scope).flatten() {
        *counts.entry(key.base).or_default() += 1;
    }
    let (mut groups, mut slots) = (BTreeMap::<[u8; 16], Alike>::new(), BTreeMap::new());
    for (key, row) in ImportRows::new(scope).flatten() {
        let first = RowKey { slot: 0, ..key };
        let is_alone = counts.get(&key.base).is_some_and(|count| *count == 1);
        // Most rows are like no other, and their card is found by its id alone.
        if is_alone && !known.is_there(RowKey { slot: 1, ..key }.card(scope))? {
            continue;
        }
        let group = match groups.entry(key.base) {
            Entry::Occupied(group) => group.into_mut(),
            Entry::Vacant(group) => group.insert(alike(first, scope, known)?),
        };
        let number = row.row;
        let plan = plan::plan(row, first, companies, scope);
        match group.take(&plan) {
            Some(slot) => drop(slots.insert(number, slot)),
            None => group.others.push(number),
        }
    }
    for group in groups.into_values() {
        let is_free = |(slot, card): (u32, &Option<Written>)| card.is_some().then_some(slot);
        let there = u32::try_from(group.cards.len()).unwrap_or(u32::MAX);
        let free: Vec<u32> = (0..).zip(&group.cards).filter_map(is_free).collect();
        // A row that is new may take the place of a corrected one: then it is told, and not written.
        slots.extend(group.others.into_iter().zip(free.into_iter().chain(there..)));
    }
    scope.slots = slots;
    Ok(())
}

impl Alike {
    /// Takes the card that says all that a row says, and tells its place.
    fn take(&mut self, plan: &RowPlan) -> Option<u32> {
        let sayers = plan.says.iter().filter_map(|saying| self.sayers.get(&saying.mark()));
        let is_free = |slot: &usize| self.cards.get(*slot).is_some_and(Option::is_some);
        let candidates: Vec<usize> = match sayers.min_by_key(|sayers| sayers.len()) {
            Some(rarest) => rarest.iter().copied().filter(is_free).take(COMPARED).collect(),
            None => (0..self.cards.len()).filter(is_free).take(COMPARED).collect(),
        };
        let is_same = |slot: &usize| {
            let card = self.cards.get(*slot).and_then(Option::as_ref);
            card.is_some_and(|written| plan.says.iter().all(|saying| written.says(saying)))
        };
        let slot = candidates.into_iter().find(is_same)?;
        self.cards.get_mut(slot)?.take();
        u32::try_from(slot).ok()
    }
}

fn alike<K: Known>(first: RowKey, scope: &Scope<'_>, known: &K) -> Result<Alike, K::Error> {
    let mut alike = Alike::default();
    for slot in 0..MAX_ALIKE {
        let card = RowKey { slot, ..first }.card(scope);
        if !known.is_there(card)? {
            break;
        }
        let written = known.written(card)?;
        for mark in written.marks() {
            alike.sayers.entry(mark).or_default().push(alike.cards.len());
        }
        alike.cards.push(Some(written));
    }
    Ok(alike)
}
