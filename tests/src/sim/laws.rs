//! The laws: those that hold after every step, and those that hold at rest, when all phones have
//! exchanged everything.

use std::collections::BTreeSet;

use data_encoding::HEXLOWER;
use roadbook_client::Client;
use roadbook_domain::document::change::{Change, ChangeHash};
use roadbook_domain::document::is_reserved;
use roadbook_domain::read::today::Period;
use roadbook_domain::settings::role::Role;
use roadbook_domain::value::fold::search_words;
use roadbook_domain::value::id::DocumentId;
use sha2::Digest;

use super::answers::are_signed;
use super::ledger::puts;
use super::moment::{Documents, LoggedChange, marks};
use super::peek::Unsent;
use super::world::World;
use super::{Fault, Simulation};
use crate::failure::{Failure, ensure, same};
use crate::reference::{Card, Today};

/// How often all phones exchange in turn before all must be at rest.
const MOST_ROUNDS: usize = 12;

impl Simulation<'_> {
    /// Looks at a phone's outbox: each new change was confirmed to the user, and each change that left must
    /// be somewhere (L2, L6).
    pub(super) fn look_at(&mut self, place: usize) -> Result<(), Failure> {
        let phone = &mut self.phones[place].phone;
        let now = phone.app().peek.outbox()?;
        let before = std::mem::replace(&mut phone.outbox, now);
        let phone = &mut self.phones[place].phone;
        phone.confirmed.extend(phone.outbox.iter().map(|(hash, unsent)| (*hash, unsent.clone())));
        let gone: Vec<_> = before.into_iter().filter(|(hash, _)| !phone.outbox.contains_key(hash)).collect();
        let acknowledged = gone.iter().map(|(hash, _)| *hash).filter(|hash| self.ledger.ever.contains(hash));
        phone.acknowledged.extend(acknowledged);
        // What the server turned out not to have is unsent again.
        phone.acknowledged.retain(|hash| !phone.outbox.contains_key(hash));
        if gone.iter().all(|(hash, _)| self.ledger.ever.contains(hash)) {
            return Ok(());
        }
        let mut whereabouts = Whereabouts::of(self.phones[place].phone.app().peek.quarantine()?);
        whereabouts
            .reauthored
            .extend(self.phones[place].phone.outbox.values().filter_map(|one| one.reauthors));
        for (hash, unsent) in gone {
            let known = self.ledger.ever.contains(&hash) || whereabouts.knows(hash, &unsent.change);
            if !known {
                self.writes_nothing_new(place, hash, &unsent)?;
            }
        }
        Ok(())
    }

    /// A change that vanished without an answer must have written nothing that neither the server has nor what the
    /// phone is still to send: two edits that say the same may be made again as one.
    fn writes_nothing_new(&self, place: usize, hash: ChangeHash, unsent: &Unsent) -> Result<(), Failure> {
        let stored = self.server.documents()?;
        let changes = stored.get(&unsent.document).map(|stored| stored.changes.0.values());
        let outbox = self.phones[place].phone.outbox.values();
        let waiting = outbox.filter(|one| one.document == unsent.document).map(|one| &one.change);
        let written: Vec<_> = changes.into_iter().flatten().chain(waiting).flat_map(puts).collect();
        let nothing_new = puts(&unsent.change).all(|put| written.contains(&put));
        ensure("an unsent change leaves the outbox on the server's word only (L2)", nothing_new, || {
            format!("phone {place}: {hash} of {} is nowhere: {:?}", unsent.document, unsent.change.ops)
        })
    }

    /// What was acknowledged is in the server's database (L2).
    pub(super) fn acknowledged_is_there(&mut self) -> Result<(), Failure> {
        let documents = self.server.documents()?;
        for (hash, document) in &self.ledger.required {
            let there = documents.get(document).is_some_and(|stored| stored.changes.0.contains_key(hash));
            ensure("the server has what it acknowledged (L2)", there, || {
                format!("{hash} of {document} is not there")
            })?;
        }
        let settings = self.server.settings()?;
        for (row, version) in &self.ledger.settings {
            let there = settings.get(row).is_some_and(|there| there >= version);
            ensure("phones re-upload the settings that the server lost (N7)", there, || {
                format!("{row:?} in version {version}: {:?}", settings.get(row))
            })?;
        }
        Ok(())
    }

    /// A server or a phone was put back to an older state. The server need not have a change any more that
    /// nobody holds as acknowledged.
    ///
    /// If only an outbox holds a change, no phone knows that it was acknowledged. The server judges it anew,
    /// and then it is on the server or in the quarantine, like any other (L6).
    pub(super) fn write_off(&mut self) -> Result<(), Failure> {
        let (mut held, mut unsent) = (BTreeSet::new(), BTreeSet::new());
        for handset in &mut self.phones {
            let peek = &handset.phone.app().peek;
            let outbox = peek.outbox()?;
            held.extend(peek.changes()?.into_iter().filter(|hash| !outbox.contains_key(hash)));
            unsent.extend(outbox.into_keys());
        }
        for stored in self.server.documents()?.into_values() {
            held.extend(stored.changes.0.keys());
        }
        self.ledger.settings = self.server.settings()?;
        for handset in &mut self.phones {
            for (row, version) in handset.phone.app().peek.settings()? {
                let required = self.ledger.settings.entry(row).or_default();
                *required = version.max(*required);
            }
        }
        self.ledger.required.retain(|hash, _| held.contains(hash));
        self.ledger.ever.retain(|hash| held.contains(hash) || !unsent.contains(hash));
        Ok(())
    }

    /// All phones exchange until nothing moves; then the laws of rest are checked.
    ///
    /// # Errors
    /// A law was broken.
    pub fn rest(&mut self) -> Result<[u8; 32], Failure> {
        while !self.held_up.is_empty() {
            self.arrive()?;
        }
        self.phones.iter_mut().for_each(|handset| handset.phone.skew = 0);
        self.pass(0)?;
        let mut moved = true;
        for _ in 0..MOST_ROUNDS {
            // In every round: after a restore a phone may bring back that somebody was disabled.
            moved = self.enable_all()?;
            for place in 0..self.phones.len() {
                moved |= self.sync(place, Fault::None)?;
            }
            if !moved {
                break;
            }
        }
        self.acknowledged_is_there()?;
        self.server.is_sound()?;
        let log = self.server.log()?;
        self.ledger.check_log(&log)?;
        let documents = self.server.documents()?;
        let world = World::of(&documents);
        for place in 0..self.phones.len() {
            self.is_at_rest(place, &documents, &world, &log)
                .map_err(|failure| Failure::new(failure.law, format!("phone {place}: {}", failure.what)))?;
        }
        // This comes last: a broken law says more about the cause than a missing rest.
        ensure("all come to rest", !moved, || format!("not in {MOST_ROUNDS} rounds"))?;
        Ok(self.transcript())
    }

    fn is_at_rest(
        &mut self,
        place: usize,
        documents: &Documents,
        world: &World,
        log: &[LoggedChange],
    ) -> Result<(), Failure> {
        let now = self.now;
        let token = self.phones[place].token.clone();
        let user = self.users[self.phones[place].owner].id;
        let phone = &mut self.phones[place].phone;
        let app = phone.app();
        let settings = app.client.settings()?;
        let role = settings.user(user).map_or(Role::Restricted, |user| user.role);
        let sees: BTreeSet<_> = documents.keys().filter(|id| world.sees(user, role, **id)).copied().collect();

        let outbox = app.peek.outbox()?;
        ensure("at rest nothing is unsent", outbox.is_empty(), || format!("{outbox:?}"))?;
        let held = app.peek.documents()?;
        let holds: BTreeSet<_> = held.keys().copied().collect();
        let leaked: Vec<_> = holds.difference(&sees).collect();
        ensure("no phone holds what its user may not see (L5)", leaked.is_empty(), || format!("{leaked:?}"))?;
        let missing: Vec<_> = sees.difference(&holds).collect();
        ensure("every phone holds all that its user may see", missing.is_empty(), || format!("{missing:?}"))?;
        for (id, held) in &held {
            let stored = &documents[id];
            same(
                &format!("phone and server hold the same of {id} (L3)"),
                &held.heads,
                &stored.changes.heads(),
            )?;
            ensure("at rest nothing is damaged", !held.is_damaged, || id.to_string())?;
            same("document types agree", &held.kind, &stored.kind)?;
            are_signed(stored, &held.authors, &self.ledger)?;
            for change in log.iter().filter(|change| stored.changes.0.contains_key(&change.hash)) {
                let by = held.authors.signature(change.actor).filter(|_| !is_reserved(change.actor));
                // Not the device: after a rollback another copy of the file may have been first, and a phone that
                // holds the document is told nothing new.
                let user = by.unwrap_or(&change.by).user;
                same("log and author table say the same (L4)", &user, &change.by.user)?;
            }
        }
        let wrong = app.client.wrong_projections()?;
        ensure("rows are those of the documents", wrong.is_empty(), || format!("{wrong:?}"))?;
        for (id, card) in world.cards.iter().filter(|(id, _)| sees.contains(id)) {
            let row = app.client.card(*id)?.row;
            same("cards are those of the reference model", &Card::of_row(&row, card), card)?;
            same(
                "a search finds what the reference model has",
                &found(&app.client, *id, card)?,
                &findable(card),
            )?;
        }
        let zone = settings.zone(Some(user));
        let seen = world.cards.iter().filter(|(id, _)| sees.contains(id)).map(|(id, card)| (*id, card));
        let mut expected = Today::of(user, zone, now, seen);
        if role == Role::Restricted {
            // Closings are retained as they were when the user lost the card; the documents do not tell that.
            let hidden = world.cards.iter().filter(|(id, _)| !sees.contains(id) && !world.is_private(**id));
            let most: usize = hidden.map(|(_, card)| card.todos.len()).sum();
            let shown = today(&app.client)?.closed;
            let fits = (expected.closed..=expected.closed + u32::try_from(most)?).contains(&shown);
            ensure("a closing counts once", fits, || format!("{shown} closings, {} seen", expected.closed))?;
            expected.closed = shown;
        }
        same("Today is that of the reference model", &today(&app.client)?, &expected)?;
        let theirs = self.server.state_hash(&token, now);
        let ours = HEXLOWER.encode(&app.client.state_hash(now)?);
        let theirs = match theirs {
            Ok(theirs) => theirs,
            Err(_) => {
                self.sign_in_again(place)?;
                self.server.state_hash(&self.phones[place].token, now)?
            }
        };
        same("phone and server show the same (L3)", &ours, &theirs)?;
        self.transcript.update(&ours);
        self.nothing_vanished(place, documents)
    }

    /// What the app confirmed is on the server, in the quarantine, or re-authored (L2, L6).
    fn nothing_vanished(&mut self, place: usize, documents: &Documents) -> Result<(), Failure> {
        let phone = &mut self.phones[place].phone;
        let quarantine = phone.app().peek.quarantine()?;
        // When a document has left a phone, the phone cannot know what a copy of it did later.
        let held = phone.app().peek.documents()?;
        for (document, change) in quarantine.iter().filter(|(document, _)| held.contains_key(document)) {
            let applied = documents.get(document).is_some_and(|stored| {
                let mut changes = stored.changes.0.values();
                changes.any(|applied| applied.to_bytes() == *change)
            });
            ensure("what the server took is not in the quarantine", !applied, || format!("{document}"))?;
        }
        for (document, original) in phone.app().peek.quarantined_again()? {
            let stored = documents.get(&document).filter(|_| held.contains_key(&document));
            let is_there = stored.is_some_and(|stored| stored.changes.0.contains_key(&original));
            ensure("what the server has of its author is in no quarantine", !is_there, || {
                format!("{original} of {document}")
            })?;
        }
        let read = |changes: &BTreeSet<Vec<u8>>| -> Vec<Change> {
            changes.iter().filter_map(|change| Change::from_bytes(change).ok()).collect()
        };
        let mut whereabouts = Whereabouts::of(quarantine);
        let (kept, reapplied) = (read(&whereabouts.quarantined), read(&phone.reapplied));
        whereabouts.quarantined.extend(phone.reapplied.iter().cloned());
        // A re-authored change may itself have been refused, or re-authored.
        whereabouts.reauthored.extend(phone.confirmed.values().filter_map(|unsent| unsent.reauthors));
        let there: BTreeSet<_> = documents.values().flat_map(|stored| stored.changes.0.keys()).collect();
        let mut marked = marks(documents.values().flat_map(|stored| stored.changes.0.values()).chain(&kept));
        marked.extend(&self.ledger.erased);
        let confirmed: Vec<_> =
            phone.confirmed.iter().map(|(hash, unsent)| (*hash, unsent.clone())).collect();
        let written_off = self.written_off(place);
        for (hash, unsent) in confirmed {
            let is_written_off = written_off.contains(&hash);
            if !there.contains(&hash) && !is_written_off && !whereabouts.knows(hash, &unsent.change) {
                self.writes_nothing_new(place, hash, &unsent)?;
            }
            if !there.contains(&hash) && !is_written_off {
                // Re-authored or not: what it said is there, or in the quarantine.
                let stored = documents.get(&unsent.document).map(|stored| stored.changes.0.values());
                let written = stored.into_iter().flatten().chain(&kept).chain(&reapplied);
                let written: BTreeSet<_> = written.flat_map(puts).collect();
                let lost: Vec<_> = puts(&unsent.change)
                    .filter(|(_, name, _)| !name.ends_with("/state"))
                    .filter(|put| !written.contains(put))
                    .collect();
                ensure("what an edit said is kept or in the quarantine (L6)", lost.is_empty(), || {
                    format!("phone {place}: {lost:?} of {hash} in {}", unsent.document)
                })?;
                let lost: Vec<_> = marks([&unsent.change]).difference(&marked).copied().collect();
                ensure("an edit of a long text is kept or in the quarantine (L6)", lost.is_empty(), || {
                    format!("phone {place}: {lost:?} of {hash} in {}", unsent.document)
                })?;
            }
        }
        Ok(())
    }

    /// What a phone was told to be on the server and nobody held when the server became what it was; and what such
    /// a change made again.
    fn written_off(&self, place: usize) -> BTreeSet<ChangeHash> {
        let phone = &self.phones[place].phone;
        let told = self.ledger.ever.union(&phone.acknowledged).copied();
        let mut written_off: BTreeSet<_> =
            told.filter(|hash| !self.ledger.required.contains_key(hash)).collect();
        loop {
            let again = phone.confirmed.iter().filter(|(hash, _)| written_off.contains(hash));
            let beginnings: BTreeSet<_> = again.filter_map(|(_, unsent)| unsent.reauthors).collect();
            let originals = phone.confirmed.keys().filter(|hash| {
                beginnings.iter().any(|beginning| hash.0.starts_with(beginning))
                    && !written_off.contains(hash)
            });
            let originals: Vec<_> = originals.copied().collect();
            if originals.is_empty() {
                return written_off;
            }
            written_off.extend(originals);
        }
    }
}

/// Where changes went that the server has not taken.
struct Whereabouts {
    quarantined: BTreeSet<Vec<u8>>,
    /// The beginnings of the hashes of changes that were re-authored.
    reauthored: BTreeSet<[u8; 16]>,
}

impl Whereabouts {
    fn of(quarantine: Vec<(DocumentId, Vec<u8>)>) -> Self {
        let quarantined = quarantine.into_iter().map(|(_, change)| change).collect();
        Self { quarantined, reauthored: BTreeSet::new() }
    }

    fn knows(&self, hash: ChangeHash, change: &Change) -> bool {
        self.quarantined.contains(&change.to_bytes())
            || self.reauthored.iter().any(|beginning| hash.0.starts_with(beginning))
    }
}

/// Today as a client shows it.
fn today(client: &Client) -> Result<Today, Failure> {
    let view = client.today(Period::Today, usize::MAX)?;
    let key = |todo: &roadbook_client::TodayTodo| {
        let key = todo.item.key;
        (key.overdue_from, key.card, key.todo)
    };
    Ok(Today {
        items: view.todos.iter().map(key).collect(),
        today: view.totals.today,
        overdue: view.totals.overdue,
        closed: view.totals.closed,
        postponed: view.totals.postponed,
    })
}

/// What a search for the beginning of each word that stands in a card is to find: the name, and the open todos.
fn findable(card: &Card) -> (Vec<String>, Vec<String>) {
    let open = card.todos.values().filter(|todo| todo.state.is_open());
    let mut todos: Vec<String> = open.flat_map(|todo| beginnings(&todo.text)).collect();
    todos.sort_unstable();
    if card.in_trash { Default::default() } else { (beginnings(&card.name), todos) }
}

/// What it finds.
fn found(client: &Client, id: DocumentId, card: &Card) -> Result<(Vec<String>, Vec<String>), Failure> {
    let (mut names, mut todos) = (Vec::new(), Vec::new());
    for word in beginnings(&card.name) {
        let cards = client.search(&word, u32::MAX)?.cards;
        names.extend(cards.iter().any(|(found, _)| *found == id).then_some(word));
    }
    for (part, todo) in &card.todos {
        for word in beginnings(&todo.text) {
            let found = client.search(&word, u32::MAX)?.todos;
            todos.extend(found.iter().any(|(of, _, todo)| *of == id && todo.id == *part).then_some(word));
        }
    }
    todos.sort_unstable();
    Ok((names, todos))
}

/// The first letters of each word, as one types them.
fn beginnings(text: &str) -> Vec<String> {
    search_words(text).iter().map(|word| word.chars().take(3).collect()).collect()
}
