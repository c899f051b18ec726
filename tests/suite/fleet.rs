//! Fleets of phones of several generations: what a newer build writes costs an older phone nothing.

#![expect(clippy::unwrap_used, reason = "what a test's helpers meet unexpectedly is a failure of the test")]

use std::collections::BTreeSet;

use minicbor::bytes::ByteArray;
use roadbook_client::{
    ApiError, BoardQuery, CardView, ChangeSet, Client, ContactView, Counts, NewCard, NewContact, Owner,
    QuarantineReason,
};
use roadbook_domain::crm::command::{CardCommand, ContactCommand, NewTodo};
use roadbook_domain::crm::place::Place;
use roadbook_domain::crm::row::{ContactSort, TodoRow};
use roadbook_domain::crm::tomorrow::{ROUTE, VISITS};
use roadbook_domain::crm::{card, contact};
use roadbook_domain::document::change::{Actor, ChangeHash, Op, Register};
use roadbook_domain::document::draft::Draft;
use roadbook_domain::document::{Document, DocumentType, DocumentTypeId};
use roadbook_domain::read::today::Period;
use roadbook_domain::read::view::Conflict;
use roadbook_domain::value::generation::{Generation, with};
use roadbook_domain::value::id::{DocumentId, PartId};
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::value::todo::Outcome;
use roadbook_domain::wire::{
    Entry, GroupVerdict, Pushed, PushedChange, RefusalCode, SyncResponse, SyncStatus, Verdict,
};
use roadbook_tests::dice::Dice;
use roadbook_tests::sim::{Firm, Fleet};

/// The places of the first phones in the fleet.
const TOMORROW: usize = 0;
const TODAY: usize = 1;
const YESTERDAY: usize = 2;

/// What can be read of the todos of [`written`]: the number of the todo, its due, its outcome.
const TODOS: [(u8, Option<&str>, Option<&str>); 7] = [
    (1, Some("2026-11-30"), None),
    (2, Some("2026-12-01T09:00[Europe/Newtown]"), None),
    (3, None, Some("delegated")),
    (4, None, None),
    (5, None, None),
    (6, None, Some("failed")),
    (7, Some("2026-12-01T09:00[Europe/Lisbon]"), None),
];

#[test]
fn what_a_newer_phone_writes_comes_to_older_ones_with_one_sync_and_is_carried_on_by_them() {
    let firm = Firm::prepare().unwrap();
    let (mut fleet, written) = written(&firm);
    let Written { card, contact, .. } = written;
    let mut route = Route::new();
    fleet.push(TOMORROW, route.named("North")).unwrap();
    one_sync(&mut fleet, &[TOMORROW, TODAY, YESTERDAY]);
    for phone in [TOMORROW, TODAY, YESTERDAY] {
        shows(&mut fleet, phone, written, "Bakery");
    }

    // The older phones edit the same documents, the very todos that they read in part among them.
    let call = ContactCommand::Rename { given: "Anna".into(), family: "Kovács".into() };
    let rename = CardCommand::Rename("Bakery Kovács".into());
    fleet.act(TODAY, |client| client.edit_card(card, &[rename, reword(2, "Meet there")])).unwrap();
    fleet.act(YESTERDAY, |client| client.edit_card(card, &[reword(4, "Plan the week")])).unwrap();
    fleet.act(YESTERDAY, |client| client.edit_contact(contact, &[call])).unwrap();
    // Their user lives in a zone that yesterday's build does not know.
    let close = [CardCommand::Close(part(1), Outcome::Success)];
    fleet.act(YESTERDAY, |client| client.edit_card(card, &close)).unwrap();
    fleet.push(TOMORROW, route.named("South")).unwrap();
    one_sync(&mut fleet, &[YESTERDAY, TODAY, TOMORROW, YESTERDAY]);

    // Phones that begin only now take everything by bundle.
    let late = [Generation::Today, Generation::Yesterday].map(|generation| fleet.add(generation).unwrap());
    one_sync(&mut fleet, &late);
    for phone in [TOMORROW, TODAY, YESTERDAY].into_iter().chain(late) {
        shows(&mut fleet, phone, written, "Bakery Kovács");
        let todo = |n| view(&mut fleet, phone, card).row.todos.into_iter().find(|todo| todo.id == part(n));
        let texts: Vec<_> = [2, 4].map(todo).into_iter().map(|todo| todo.unwrap().text).collect();
        assert_eq!(texts, ["Meet there", "Plan the week"]);
    }
    for (late, early) in late.into_iter().zip([TODAY, YESTERDAY]) {
        assert_eq!(view(&mut fleet, late, card), view(&mut fleet, early, card));
        assert_eq!(contact_view(&mut fleet, late, contact), contact_view(&mut fleet, early, contact));
    }
}

#[test]
fn rows_of_a_bundle_that_an_older_phone_cannot_read_are_made_from_its_document() {
    let firm = Firm::prepare().unwrap();
    let (mut fleet, written) = written(&firm);
    one_sync(&mut fleet, &[TOMORROW, TODAY]);
    let fresh = fleet.add(Generation::Today).unwrap();
    let mut unreadable = 0;
    let down = |answer: &mut SyncResponse| {
        for envelope in &mut answer.entries {
            if let Ok(Some(Entry::Bundle(mut bundle))) = Entry::from_envelope(envelope)
                && !bundle.rows.is_empty()
            {
                // Rows of a sort that is still to come.
                bundle.rows = vec![0x82, 0x18, 99, 0x80];
                bundle.projection_version += 1;
                unreadable += 1;
                *envelope = Entry::Bundle(bundle).to_envelope();
            }
        }
    };
    let synced = fleet.sync_with(fresh, |_| {}, down).unwrap();
    assert!(unreadable > 0 && !synced.reconciled);
    assert_eq!(synced.counts.unusable, 0);
    shows(&mut fleet, fresh, written, "Bakery");
    assert_eq!(view(&mut fleet, fresh, written.card), view(&mut fleet, TODAY, written.card));
}

#[test]
fn an_edit_that_is_answered_in_words_of_a_newer_server_is_kept() {
    let firm = Firm::prepare().unwrap();
    let mut fleet = Fleet::new(&firm).unwrap();
    let phone = fleet.add(Generation::Today).unwrap();
    fleet.sync(phone).unwrap();
    let cards = ["Status", "Refusal", "Verdict"].map(|name| {
        let (card, _) = fleet.act(phone, |client| client.create_card(&new_card(client, name)?)).unwrap();
        card
    });
    fleet.sync(phone).unwrap();
    let rename = |fleet: &mut Fleet<'_>, card| {
        let rename = [CardCommand::Rename("Edited".into())];
        fleet.act(phone, |client| client.edit_card(card, &rename)).unwrap();
    };
    let unsent = |fleet: &mut Fleet<'_>| fleet.act(phone, Client::unsent_count).unwrap();
    let judged = |card, verdict: Verdict| {
        move |answer: &mut SyncResponse| {
            answer.verdicts = vec![GroupVerdict { document: card, verdicts: vec![verdict.clone()] }];
        }
    };

    rename(&mut fleet, cards[0]);
    let mut is_first = true;
    let other_status = |answer: &mut SyncResponse| {
        if std::mem::take(&mut is_first) {
            answer.status = SyncStatus::Other(9);
        }
    };
    fleet.sync_with(phone, |_| {}, other_status).unwrap();
    assert_eq!((unsent(&mut fleet), fleet.act(phone, Client::quarantine).unwrap()), (0, vec![]));
    assert_eq!(view(&mut fleet, phone, cards[0]).row.name, "Edited");

    // In the next two the server does not get what it is said to have judged.
    rename(&mut fleet, cards[1]);
    let refused = judged(cards[1], Verdict::Refused(RefusalCode::Other(77)));
    fleet.sync_with(phone, |request| request.push.clear(), refused).unwrap();
    let kept = fleet.act(phone, Client::quarantine).unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].reason, QuarantineReason::Refused(RefusalCode::Other(77)));
    fleet.act(phone, |client| client.reapply(kept[0].n)).unwrap();
    fleet.sync(phone).unwrap();
    assert_eq!(unsent(&mut fleet), 0);

    rename(&mut fleet, cards[2]);
    let other_verdict = judged(cards[2], Verdict::Other(99));
    let synced = fleet.sync_with(phone, |request| request.push.clear(), other_verdict).unwrap();
    assert_eq!((unsent(&mut fleet), synced.counts.quarantined), (1, 0));
    for card in cards {
        assert_eq!(view(&mut fleet, phone, card).row.name, "Edited");
    }
}

/// So many seeds, each with a fleet of its own.
const SEEDS: u64 = 24;
/// So many edits and syncs in each.
const STEPS: usize = 60;

#[test]
fn fleets_of_any_seed_lose_nothing_and_compare_nothing() {
    use Generation::{Today, Tomorrow, Yesterday};
    let firm = Firm::prepare().unwrap();
    for seed in 0..SEEDS {
        let mut dice = Dice::new(seed);
        let mut fleet = Fleet::new(&firm).unwrap();
        let generations = [Tomorrow, Today, Yesterday, Tomorrow, Yesterday];
        let phones = generations.map(|generation| {
            let phone = fleet.add(generation).unwrap();
            fleet.sync(phone).unwrap();
            phone
        });
        let cards: Vec<_> = (0..3)
            .map(|n| {
                let name = format!("Card {n}");
                fleet.act(TODAY, |client| client.create_card(&new_card(client, &name)?)).unwrap().0
            })
            .collect();
        one_sync(&mut fleet, &[TODAY, 0, 2, 3, 4]);
        let mut written: Vec<(DocumentId, PartId)> = Vec::new();
        for step in 0..STEPS {
            let (phone, card) = (dice.below(phones.len()), cards[dice.below(cards.len())]);
            if dice.percent(30) {
                let synced = fleet.sync(phone).unwrap();
                assert!(!synced.reconciled, "seed {seed}, step {step}");
                continue;
            }
            let is_newest = generations[phone] == Tomorrow;
            let edit = random_edit(&mut dice, step, is_newest);
            let old = dice.pick(&written).copied().filter(|(of, _)| *of == card).map(|(_, todo)| todo);
            fleet.act(phone, |client| edit.make(client, card, old)).unwrap();
            if let Edit::Todo(todo, _) = edit {
                written.push((card, todo));
            }
        }
        one_sync(&mut fleet, &[phones, phones].concat());
        for phone in phones {
            for (card, todo) in &written {
                let shown = view(&mut fleet, phone, *card);
                assert!(
                    shown.row.todos.iter().any(|shown| shown.id == *todo),
                    "seed {seed}: phone {phone} lacks a todo"
                );
            }
        }
    }
}

/// One edit of a seeded fleet.
enum Edit {
    Todo(PartId, Option<&'static str>),
    /// Closes a todo that is there, with this outcome.
    Close(&'static str),
    Rename(String),
    /// Writes what only the newest build can.
    Register(u8, &'static str, &'static str),
}

fn random_edit(dice: &mut Dice, step: usize, is_newest: bool) -> Edit {
    let dues = [None, Some("2026-11-30"), Some("2026-12-01T09:00[Europe/Newtown]")];
    let outcomes = ["none", "success", "delegated"];
    // The last of each only the newest build knows.
    let known = if is_newest { 3 } else { 2 };
    match dice.below(if is_newest { 6 } else { 4 }) {
        0 | 1 => {
            let id = PartId::derived(&[&step.to_be_bytes()]);
            Edit::Todo(id, dues.get(dice.below(known)).copied().flatten())
        }
        2 => Edit::Close(outcomes.get(dice.below(known)).copied().unwrap_or("none")),
        3 => Edit::Rename(format!("Name {step}")),
        4 => Edit::Register(VISITS, "a1/km", "12"),
        _ => Edit::Register(card::CARD, "mood", "sunny"),
    }
}

impl Edit {
    fn make(&self, client: &Client, card: DocumentId, old: Option<PartId>) -> Result<(), ApiError> {
        let command = match self {
            Self::Todo(id, due) => {
                let assignee = client.me()?.map(|me| me.user);
                let (text, due) = (format!("Todo {id}"), due.map(|due| due.parse().unwrap()));
                CardCommand::AddTodo(NewTodo { id: *id, text, due, assignee, contact: None })
            }
            Self::Close(outcome) => {
                // A phone closes what it has; another may not have come here yet.
                let held =
                    client.card(card)?.row.todos.into_iter().map(|todo| todo.id).find(|id| Some(*id) == old);
                let Some(todo) = held else { return Ok(()) };
                CardCommand::Close(todo, outcome.parse().unwrap())
            }
            Self::Rename(name) => CardCommand::Rename(name.clone()),
            Self::Register(container, name, text) => {
                return put(client, card, (*container, name), text).map(drop);
            }
        };
        client.edit_card(card, &[command]).map(drop)
    }
}

/// What tomorrow's build wrote into.
#[derive(Debug, Clone, Copy)]
struct Written {
    /// A card and a contact that all phones had before.
    card: DocumentId,
    contact: DocumentId,
    /// A card that it made itself, in so few changes that it travels as their list.
    short: DocumentId,
}

/// A fleet of three phones, of which the newest has written what the others do not know, and has not synced
/// since.
fn written(firm: &Firm) -> (Fleet<'_>, Written) {
    let mut fleet = Fleet::new(firm).unwrap();
    for generation in [Generation::Tomorrow, Generation::Today, Generation::Yesterday] {
        let phone = fleet.add(generation).unwrap();
        fleet.sync(phone).unwrap();
    }
    let commands = vec![
        ContactCommand::Rename { given: "Ann".into(), family: "Kovács".into() },
        detail(1, "phone", "+36 1 234 5678"),
    ];
    let person = NewContact { sort: ContactSort::Person, commands };
    let (contact, _) = fleet.act(TODAY, |client| client.create_contact(&person)).unwrap();
    let bakery = |client: &Client| {
        let mut bakery = new_card(client, "Bakery")?;
        bakery.commands.push(CardCommand::Link { role: "customer".into(), target: contact });
        client.create_card(&bakery)
    };
    let (card, _) = fleet.act(TODAY, bakery).unwrap();
    one_sync(&mut fleet, &[TODAY, YESTERDAY, TOMORROW]);
    let short = fleet.act(TOMORROW, |client| write(client, card, contact)).unwrap();
    (fleet, Written { card, contact, short })
}

/// What tomorrow's build writes; returns the card that it makes.
fn write(client: &Client, card: DocumentId, contact: DocumentId) -> Result<DocumentId, ApiError> {
    let me = client.me()?.map(|me| me.user);
    let todo = |n, due: Option<&str>| {
        let (text, due) = (format!("Todo {n}"), due.map(|due| due.parse().unwrap()));
        CardCommand::AddTodo(NewTodo { id: part(n), text, due, assignee: me, contact: None })
    };
    for (n, due, outcome) in TODOS {
        client.edit_card(card, &[todo(n, due)])?;
        if let Some(outcome) = outcome {
            client.edit_card(card, &[CardCommand::Close(part(n), outcome.parse().unwrap())])?;
        }
    }
    put(client, card, (card::TODOS, &register(4, "due")), "2026-W48")?;
    put(client, card, (card::TODOS, &register(5, "state")), "waiting#1")?;
    put(client, card, (VISITS, &register(1, "km")), "12")?;
    let details = [detail(2, "messenger", "ann.kovacs"), detail(3, "address", "1 Fő utca")];
    client.edit_contact(contact, &details)?;
    // A later version may add to a detail; by name it comes before what the detail is.
    put(client, contact, (contact::DETAILS, &register(1, "country")), "HU")?;
    let (short, _) = client.create_card(&new_card(client, "Garage")?)?;
    client.edit_card(short, &[todo(4, None)])?;
    put(client, short, (card::TODOS, &register(4, "due")), "2026-W48")?;
    Ok(short)
}

/// Lets phones sync once each, and checks that this was enough: all hold the same, nothing was compared,
/// nothing is in a quarantine, and nothing is left to do.
fn one_sync(fleet: &mut Fleet<'_>, phones: &[usize]) {
    for phone in phones {
        let synced = fleet.sync(*phone).unwrap();
        assert!(!synced.reconciled, "phone {phone}");
        for request in &synced.requests {
            assert!(request.reconcile.is_none() && request.reuploads.is_empty() && !request.reuploads_rows());
            // A change of a document type that a phone does not know is no use to it: it fetches the whole.
            assert!(request.fetch.iter().all(|document| *document == NORTH), "phone {phone}");
        }
        assert_eq!((synced.counts.quarantined, synced.counts.reauthored), (0, 0), "phone {phone}");
    }
    let mut held = BTreeSet::new();
    for phone in phones {
        let again = fleet.sync(*phone).unwrap();
        assert_eq!((again.requests.len(), again.counts), (1, Counts::default()), "phone {phone}");
        assert_eq!(fleet.act(*phone, Client::unsent_count).unwrap(), 0);
        assert_eq!(fleet.act(*phone, Client::quarantine).unwrap(), []);
        assert_eq!(fleet.act(*phone, Client::wrong_projections).unwrap(), []);
        held.insert(fleet.act(*phone, Client::terms).unwrap());
    }
    assert_eq!(held.len(), 1, "the same heads of the same documents");
}

/// What each phone must show: all that it can read, and the rest as it was written.
fn shows(fleet: &mut Fleet<'_>, phone: usize, written: Written, name: &str) {
    let Written { card, contact, short } = written;
    let shown = view(fleet, phone, card);
    assert_eq!(shown.row.name, name);
    assert_eq!(shown.row.links.len(), 1);
    let due = |todo: &TodoRow| todo.due.map(|due| due.to_string());
    let outcome = |todo: &TodoRow| todo.state.closing().map(|closing| closing.outcome().to_string());
    for (n, of_due, of_outcome) in TODOS {
        let todo = shown.row.todos.iter().find(|todo| todo.id == part(n)).unwrap();
        assert_eq!(due(todo).as_deref(), of_due, "phone {phone}, todo {n}");
        // The first is closed later on.
        if n > 1 {
            assert_eq!(outcome(todo).as_deref(), of_outcome, "phone {phone}, todo {n}");
        }
    }
    let garage = view(fleet, phone, short);
    assert_eq!(garage.row.name, "Garage");
    assert!(garage.row.todos.iter().any(|todo| todo.id == part(4)), "phone {phone}");
    let knows_all = phone == TOMORROW;
    assert_eq!(shown.unread.is_empty(), knows_all, "{:?}", shown.unread);
    if !knows_all {
        assert_eq!(raw(&shown, 4, "due"), Some("2026-W48"));
        assert_eq!(raw(&garage, 4, "due"), Some("2026-W48"));
        assert_eq!(raw(&shown, 5, "state"), Some("waiting#1"));
        assert_eq!(raw(&shown, 2, "due"), Some("2026-12-01T09:00[Europe/Newtown]"));
        assert!(raw(&shown, 3, "state").is_some_and(|state| state.contains("delegated")));
    }
    let changes = fleet.act(phone, |client| client.changes(card)).unwrap();
    let into_visits = |op: &Op| matches!(op, Op::Put { register, .. } if register.container == VISITS);
    assert_eq!(changes.iter().flat_map(|change| &change.ops).filter(|op| into_visits(op)).count(), 1);

    let person = contact_view(fleet, phone, contact);
    let details = person.row.details.iter().map(|detail| (detail.sort.name(), detail.value.as_str()));
    let expected = [("phone", "+36 1 234 5678"), ("messenger", "ann.kovacs"), ("address", "1 Fő utca")];
    assert_eq!(details.collect::<Vec<_>>(), expected, "phone {phone}");

    // Lists and history go on, too.
    let product = shown.row.product.unwrap();
    let board = fleet.act(phone, |client| client.board(&BoardQuery::new(product, 50))).unwrap();
    assert!(board.cards.iter().any(|listed| listed.id == card && listed.row == shown.row));
    fleet.act(phone, |client| client.today(Period::Today, 50)).unwrap();
    let history = fleet.act(phone, |client| client.history(card, 0, 50)).unwrap();
    assert!(history.iter().all(|item| !item.edits.is_empty()), "nobody made containers");
}

/// The value of a todo's register that a phone shows as it was written.
fn raw<'a>(shown: &'a CardView, n: u8, name: &str) -> Option<&'a str> {
    let register = Register { container: card::TODOS, name: register(n, name) };
    let place = Place::of(DocumentTypeId::CARD, &register);
    shown.unread.iter().find(|unread| unread.place == place).map(|unread| unread.text.as_str())
}

/// The document of [`Route`].
const NORTH: DocumentId = DocumentId::from_bytes([9; 16]);

/// A document of a type that only tomorrow's build knows, and its author.
struct Route {
    document: Document,
}

impl Route {
    fn new() -> Self {
        let kind = with(Generation::Tomorrow, || DocumentType::get(ROUTE).unwrap());
        assert!(DocumentType::get(ROUTE).is_none(), "today's build does not know it");
        Self { document: Document::new(kind) }
    }

    /// The change that gives it a name.
    fn named(&mut self, name: &str) -> Pushed {
        let mut draft =
            Draft::new(&mut self.document, Actor([9; 16]), Timestamp::from_millis(1_795_334_400_000));
        draft.put(0, "name", name);
        let change = draft.finish().unwrap();
        let ChangeHash(hash) = self.document.add(&change).unwrap();
        let check = ByteArray::from(*hash.first_chunk::<8>().unwrap());
        let changes = vec![PushedChange { change: change.to_bytes(), check, origin: None }];
        Pushed { document: NORTH, kind: ROUTE, changes }
    }
}

fn view(fleet: &mut Fleet<'_>, phone: usize, card: DocumentId) -> CardView {
    fleet.act(phone, |client| client.card(card)).unwrap()
}

fn contact_view(fleet: &mut Fleet<'_>, phone: usize, contact: DocumentId) -> ContactView {
    fleet.act(phone, |client| client.contact(contact)).unwrap()
}

fn new_card(client: &Client, name: &str) -> Result<NewCard, ApiError> {
    let product = client.settings()?.products().nth(1).unwrap().id;
    Ok(NewCard { product, name: name.to_owned(), status: None, owner: Owner::Me, commands: Vec::new() })
}

/// Gives a register a text, as a version does that has a command for it.
fn put(
    client: &Client,
    document: DocumentId,
    (container, name): (u8, &str),
    text: &str,
) -> Result<ChangeSet, ApiError> {
    let place = Place::Other { container, name: name.to_owned() };
    client.resolve(document, &Conflict { place, shown: String::new(), others: Vec::new() }, text)
}

fn reword(n: u8, text: &str) -> CardCommand {
    CardCommand::RewordTodo(part(n), text.to_owned())
}

fn detail(n: u8, sort: &str, value: &str) -> ContactCommand {
    let (sort, value) = (sort.parse().unwrap(), value.to_owned());
    ContactCommand::SetDetail { id: part(n), sort, label: "work".to_owned(), value }
}

fn register(n: u8, name: &str) -> String {
    format!("{}/{name}", part(n))
}

fn part(n: u8) -> PartId {
    PartId::from_bytes([n; 6])
}
