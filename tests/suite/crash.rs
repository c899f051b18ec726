//! Real processes, killed with SIGKILL again and again: nothing they confirmed is lost (L2, R01-R05).
//!
//! `KILLS` says how many kills instead of the few of every run: `KILLS=2000 cargo test -p
//! roadbook-tests crash`.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "what a test's helpers meet unexpectedly is a failure of the test"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;

use roadbook_client::account::is_signed_in;
use roadbook_client::app::{CardView, ContactView, HistoryItem};
use roadbook_client::{Client, HttpTransport, Identity, NewCard, NewContact, Owner, SyncState, sync};
use roadbook_domain::crm::command::{CardCommand, ContactCommand, NewEntry, NewTodo};
use roadbook_domain::crm::row::ContactSort;
use roadbook_domain::document::{DocumentTypeId, OriginKind};
use roadbook_domain::settings::LOCAL_USER;
use roadbook_domain::settings::product::ProductKind;
use roadbook_domain::value::env::{Env, SeededEnv, SystemEnv};
use roadbook_domain::value::id::{DocumentId, FieldId, PartId};
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::value::todo::Outcome;
use roadbook_tests::dice::Dice;
use roadbook_tests::sim::{Firm, Peek, folder, server_hashes};
use rusqlite::Connection;
use rusqlite::types::Value;

/// A process that says in lines what it confirmed.
struct Process {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
}

impl Process {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_crash"))
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    fn line(&mut self) -> String {
        self.lines.next().expect("it runs until it is killed").unwrap()
    }

    /// The next edits that it confirms.
    fn made(&mut self, count: usize) -> Vec<String> {
        (0..count).filter_map(|_| Some(self.line().strip_prefix("made ")?.to_owned())).collect()
    }

    /// Lets it confirm so many edits more, kills it in the middle of what follows, and returns
    /// everything that it confirmed.
    fn kill_after(&mut self, count: usize) -> Vec<String> {
        let mut lines: Vec<_> = (0..count).map(|_| self.line()).collect();
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        // What was in the pipe when it died was confirmed, too; a half line was not.
        lines.extend(
            self.lines.by_ref().map_while(Result::ok).filter(|line| line.len() == "made ".len() + 64),
        );
        lines.into_iter().filter_map(|line| Some(line.strip_prefix("made ")?.to_owned())).collect()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn kills(few: usize) -> usize {
    std::env::var("KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(few)
}

/// Every change that the phone holds, sent or not.
fn held(file: &Path) -> BTreeSet<String> {
    let client = Client::open(file, Arc::new(SystemEnv)).expect("a killed phone opens");
    assert_eq!(client.wrong_projections().unwrap(), [], "what it shows is what it holds");
    Peek::open(file).unwrap().changes().unwrap().iter().map(ToString::to_string).collect()
}

#[test]
fn a_phone_killed_at_any_moment_has_every_edit_that_it_confirmed() {
    let folder = folder().unwrap();
    let file = folder.path().join("phone.db");
    let mut dice = Dice::new(1);
    let mut confirmed = BTreeSet::new();
    for start in 0..kills(40) {
        let arguments = ["phone", file.to_str().unwrap(), "--starts", &start.to_string()];
        confirmed.extend(Process::start(&arguments).kill_after(1 + dice.below(12)));
        let held = held(&file);
        let lost: Vec<_> = confirmed.difference(&held).collect();
        assert!(lost.is_empty(), "after kill {start}: {lost:?}");
    }
    assert!(confirmed.len() >= kills(40));
}

#[test]
fn a_salvage_killed_at_any_moment_loses_no_edit_and_the_next_opening_finishes_it() {
    let folder = folder().unwrap();
    let file = folder.path().join("phone.db");
    let path = file.to_str().unwrap();
    let confirmed: BTreeSet<_> = Process::start(&["phone", path]).kill_after(20).into_iter().collect();
    let mut dice = Dice::new(3);
    for kill in 0..kills(20) {
        let mut salvage = Process::start(&["salvage", path]);
        (0..1 + dice.below(2)).for_each(|_| drop(salvage.line()));
        // Somewhere in what follows.
        (0..dice.below(20_000)).for_each(|_| drop(std::fs::metadata(&file)));
        drop(salvage);
        let held = held(&file);
        let lost: Vec<_> = confirmed.difference(&held).collect();
        assert!(lost.is_empty(), "after kill {kill}: {lost:?}");
    }
}

/// A server and a phone on a folder, of which now the one and now the other is killed.
struct Pair {
    database: PathBuf,
    secrets: PathBuf,
    address: PathBuf,
    file: PathBuf,
    starts: usize,
}

impl Pair {
    fn new(folder: &Path, firm: &Firm) -> Self {
        let place = |name: &str| folder.join(name);
        let pair = Self {
            database: place("server.db"),
            secrets: firm.secrets(),
            address: place("address"),
            file: place("phone.db"),
            starts: 0,
        };
        std::fs::copy(firm.database(), &pair.database).unwrap();
        pair
    }

    fn serve(&self) -> Process {
        let (database, secrets) = (self.database.to_str().unwrap(), self.secrets.to_str().unwrap());
        let mut server = Process::start(&["server", database, secrets]);
        let line = server.line();
        std::fs::write(&self.address, line.strip_prefix("serving ").unwrap()).unwrap();
        server
    }

    fn phone(&mut self) -> Process {
        self.starts += 1;
        self.start(&["--starts", &self.starts.to_string()])
    }

    /// The app, or a widget beside it, by one clock: each finds the other's lease.
    fn process(&self, is_app: bool) -> Process {
        self.start(if is_app { &[] } else { &["--beside"] })
    }

    /// Makes the phone's workspace an account's; it stays at this point, if it comes to it.
    fn attach(&self, number: usize, stop_at: Option<usize>) -> Process {
        let (file, address) = (self.file.to_str().unwrap(), self.address.to_str().unwrap());
        // Each is another device; the lowest numbers are those of the firm's phones.
        let (device, stop_at) = ((100 + number % 150).to_string(), stop_at.map(|point| point.to_string()));
        let mut arguments = vec!["attach", file, "--server", address, "--device", device.as_str()];
        arguments.extend(stop_at.iter().flat_map(|point| ["--stop-at", point.as_str()]));
        Process::start(&arguments)
    }

    fn start(&self, more: &[&str]) -> Process {
        let (file, address) = (self.file.to_str().unwrap(), self.address.to_str().unwrap());
        Process::start(&[&["phone", file, "--server", address], more].concat())
    }

    fn on_server(&self) -> BTreeSet<String> {
        server_hashes(&self.database).unwrap().iter().map(ToString::to_string).collect()
    }
}

#[test]
fn app_and_widget_on_one_file_killed_at_any_moment_lose_no_edit_that_either_confirmed() {
    let (folder, firm) = (folder().unwrap(), Firm::prepare().unwrap());
    let pair = Pair::new(folder.path(), &firm);
    let server = pair.serve();
    let mut dice = Dice::new(4);
    let mut made = BTreeSet::new();
    let mut app = pair.process(true);
    // Whoever signs in has a file that a widget can open.
    made.extend(app.made(1));
    let mut widget = pair.process(false);
    for kill in 0..kills(30) {
        let is_app = dice.percent(50);
        let (killed, other) = if is_app { (&mut app, &mut widget) } else { (&mut widget, &mut app) };
        made.extend(other.made(3));
        made.extend(killed.kill_after(1 + dice.below(8)));
        *killed = pair.process(is_app);
        made.extend(other.made(3));
        let held = Peek::open(&pair.file).unwrap().changes().unwrap();
        let held: BTreeSet<_> = held.iter().map(ToString::to_string).collect();
        let lost: Vec<_> = made.difference(&held).collect();
        assert!(lost.is_empty(), "after kill {kill}: {lost:?}");
    }
    made.extend(app.kill_after(0));
    made.extend(widget.kill_after(0));
    assert!(made.is_subset(&held(&pair.file)));
    let mut alone = pair.process(true);
    while !made.is_subset(&pair.on_server()) {
        // What it makes meanwhile is not waited for: there would always be more.
        alone.made(1);
    }
    drop((alone, server));
}

#[test]
fn phone_and_server_killed_at_any_moment_lose_nothing_that_they_confirmed() {
    let (folder, firm) = (folder().unwrap(), Firm::prepare().unwrap());
    let mut pair = Pair::new(folder.path(), &firm);
    let mut dice = Dice::new(2);
    let mut made = BTreeSet::new();
    let (mut server, mut phone) = (pair.serve(), pair.phone());
    for kill in 0..kills(40) {
        let before = dice.below(20);
        if dice.percent(50) {
            made.extend(phone.kill_after(1 + before));
            let held = held(&pair.file);
            let lost: Vec<_> = made.difference(&held).collect();
            assert!(lost.is_empty(), "after kill {kill}, of the phone: {lost:?}");
            phone = pair.phone();
        } else {
            made.extend((0..before).filter_map(|_| Some(phone.line().strip_prefix("made ")?.to_owned())));
            drop(server);
            server = pair.serve();
            // What the phone holds as acknowledged is there.
            let unsent: BTreeSet<_> =
                Peek::open(&pair.file).unwrap().outbox().unwrap().keys().map(ToString::to_string).collect();
            let acknowledged: BTreeSet<_> = made.difference(&unsent).cloned().collect();
            let lost: Vec<_> = acknowledged.difference(&pair.on_server()).cloned().collect();
            assert!(lost.is_empty(), "after kill {kill}, of the server: {lost:?}");
        }
    }
    // Nobody is killed any more: everything arrives.
    while !made.is_subset(&pair.on_server()) {
        let line = phone.line();
        assert!(line.starts_with("made "), "{line}");
    }
    drop(server);
}

#[test]
fn a_workspace_killed_while_it_is_attached_is_local_and_whole_or_wholly_the_accounts() {
    let (folder, firm) = (folder().unwrap(), Firm::prepare().unwrap());
    let mut pair = Pair::new(folder.path(), &firm);
    let server = pair.serve();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut dice = Dice::new(5);
    // The first is not killed: it tells how many points there are.
    work_alone(&pair.file, 0);
    let mut whole = pair.attach(0, None);
    let points = std::iter::repeat_with(|| whole.line()).take_while(|line| line == "point").count();
    let mut met = BTreeMap::new();
    for kill in 1..=kills(40).max(points + 1) {
        // New cards each time: the server keeps those of the times before.
        pair.file = folder.path().join(format!("phone-{kill}.db"));
        work_alone(&pair.file, kill);
        let before = Opened::look(&pair.file);

        // First at each point, and after the last, then somewhere in what follows one.
        let (point, is_exact) = (kill % (points + 1), kill <= points + 1);
        let mut attaching = pair.attach(kill, is_exact.then_some(point));
        (0..=point).map(|_| attaching.line()).take_while(|line| line == "point").for_each(drop);
        if !is_exact {
            (0..dice.below(20_000)).for_each(|_| drop(std::fs::metadata(&pair.file)));
        }
        drop(attaching);

        assert_eq!(other_files(&pair.file), [""; 0], "no session is left in the open");
        let after = Opened::look(&pair.file);
        let place = format!("after kill {kill}, at point {point} of {points}");
        let is_attached = after.me != before.me;
        if is_attached {
            assert!(after.me.org.is_some() && after.me.device.is_some() && after.is_signed_in, "{place}");
            assert_eq!((after.documents, after.rest), before.by(after.me), "{place}: it is the account's");
        } else {
            let other: Vec<_> = after.rows.iter().filter(|row| !before.rows.contains(row)).collect();
            assert_eq!((other, after.rows.len()), (vec![], before.rows.len()), "{place}: it is local");
        }
        *met.entry(is_attached).or_insert(0) += 1;

        if !is_attached {
            let mut again = pair.attach(kill, None);
            while again.line() != "attached" {}
        }
        let client = Client::open(&pair.file, Arc::new(SystemEnv)).unwrap();
        runtime.block_on(async {
            let transport = HttpTransport::new(&std::fs::read_to_string(&pair.address).unwrap()).unwrap();
            sync(&client, &transport, &mut |_| {}).await.unwrap();
        });
        assert_eq!((client.unsent_count(), client.quarantine().unwrap()), (Ok(0), vec![]), "{place}");
        let me = client.me().unwrap().unwrap();
        let synced = Opened::look(&pair.file).documents;
        for (id, shown) in before.by(me).0 {
            let is = synced.get(&id).map_or("", String::as_str);
            let alike =
                shown.bytes().zip(is.bytes()).take_while(|(was, is)| was == is).count().saturating_sub(80);
            let end = |text: &str| text.chars().skip(alike).take(240).collect::<String>();
            let (was, is) = (end(&shown), end(is));
            assert_eq!(was, is, "{place}, and then attached and synced: {id}");
        }
    }
    assert_eq!(met.len(), 2, "both ends are met: {met:?}");
    drop(server);
}

/// What a phone is found to hold when it is opened.
struct Opened {
    me: Identity,
    is_signed_in: bool,
    /// All that it shows, document by document; not how far that has come.
    documents: BTreeMap<DocumentId, String>,
    /// What it shows beside them.
    rest: String,
    /// Every row of every table.
    rows: Vec<(String, Vec<Value>)>,
}

impl Opened {
    fn look(file: &Path) -> Self {
        let client = Client::open(file, Arc::new(SystemEnv)).expect("a killed phone opens");
        assert_eq!(client.wrong_projections().unwrap(), [], "what it shows is what it holds");
        let (me, settings) = (client.me().unwrap().unwrap(), client.settings().unwrap());
        assert!(settings.user(me.user).is_some(), "it knows its user");
        assert_eq!(settings.user(LOCAL_USER).is_some(), me.org.is_none(), "its settings are of one sort");
        let peek = Peek::open(file).unwrap();
        let cards = peek.ids(DocumentTypeId::CARD).unwrap().into_iter().map(|id| {
            let view = CardView { sync: SyncState::Here, ..CardView::open(&client, id).unwrap() };
            (id, format!("{view:?} {}", history(&client, id)))
        });
        let contacts = peek.ids(DocumentTypeId::CONTACT).unwrap().into_iter().map(|id| {
            let view = ContactView { sync: SyncState::Here, ..ContactView::open(&client, id).unwrap() };
            (id, format!("{view:?} {}", history(&client, id)))
        });
        Self {
            me,
            is_signed_in: is_signed_in(&client).unwrap(),
            documents: cards.chain(contacts).collect(),
            rest: format!(
                "favourites {:?}, recents {:?}, unsent {}, quarantine {:?}",
                client.favourites().unwrap(),
                client.recents().unwrap(),
                client.unsent_count().unwrap(),
                client.quarantine().unwrap(),
            ),
            rows: rows(file),
        }
    }

    /// The same if another user had done it.
    fn by(&self, me: Identity) -> (BTreeMap<DocumentId, String>, String) {
        // In Projects no id of the catalogue is that of the local user.
        let named = |text: &String| text.replace(&self.me.user.to_string(), &me.user.to_string());
        (self.documents.iter().map(|(id, shown)| (*id, named(shown))).collect(), named(&self.rest))
    }
}

/// Without the acts: attaching is one itself, and it is told once the server has the changes.
fn history(client: &Client, id: DocumentId) -> String {
    let items = HistoryItem::list(client, id, 0, 1_000).unwrap().into_iter();
    format!("{:?}", items.map(|item| (item.at, item.by, item.edits)).collect::<Vec<_>>())
}

fn rows(file: &Path) -> Vec<(String, Vec<Value>)> {
    let connection = Connection::open(file).unwrap();
    let sql =
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
    let mut statement = connection.prepare(sql).unwrap();
    let tables: Vec<String> =
        statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    let mut all = Vec::new();
    for table in tables {
        let mut statement = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let values = (0..columns).map(|column| row.get(column).unwrap()).collect();
            all.push((table.clone(), values));
        }
    }
    all
}

/// What is beside a file under a longer name, but for SQLite's own.
fn other_files(file: &Path) -> Vec<String> {
    let name = file.file_name().unwrap().to_str().unwrap();
    let own = ["", "-wal", "-shm"].map(|end| format!("{name}{end}"));
    let files = std::fs::read_dir(file.parent().unwrap()).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    names.filter(|other| other.starts_with(name) && !own.contains(other)).collect()
}

/// A day of work without an account, with all that attaching has to map, in the zone of the firm's first user.
fn work_alone(file: &Path, seed: usize) {
    let yesterday = Timestamp::from_millis(SystemEnv.now().millis() - 86_400_000);
    let env = Arc::new(SeededEnv::new(1_000 + seed as u64, yesterday));
    let client = Client::open(file, env.clone()).unwrap();
    client.begin_local_workspace("Europe/Budapest".parse().unwrap(), "hu-HU").unwrap();
    let rename = ContactCommand::Rename { given: "Éva".to_owned(), family: "Kis".to_owned() };
    let contact = NewContact { sort: ContactSort::Person, commands: vec![rename] };
    let (contact, _) = client.create_contact(&contact).unwrap();
    let settings = client.settings().unwrap();
    let product = settings.products().find(|product| product.kind == ProductKind::Projects).unwrap().id;
    let status = settings.statuses(product).last().unwrap().id;
    for number in 0..3 {
        let call = PartId::new(&*env);
        let todo = NewTodo {
            id: call,
            text: "Call".to_owned(),
            due: Some("2026-11-23".parse().unwrap()),
            assignee: Some(LOCAL_USER),
            contact: Some(contact),
        };
        let link = CardCommand::Link { role: "customer".to_owned(), target: contact };
        let commands = vec![CardCommand::AddTodo(todo), link];
        let new =
            NewCard { product, name: format!("Roof {number}"), status: None, owner: Owner::Me, commands };
        let (card, _) = client.create_card(&new).unwrap();
        let visit = NewEntry {
            id: PartId::new(&*env),
            kind: "visit".to_owned(),
            at: env.now(),
            text: "They want it red.".to_owned(),
            by: None,
            person: Some(contact),
            place: "There".to_owned(),
        };
        let notes = FieldId::from_bytes([4; 16]);
        for command in [
            CardCommand::Close(call, Outcome::Success),
            CardCommand::Move(status),
            CardCommand::AddEntry(visit),
            CardCommand::EditText(notes, "They want it red.".to_owned()),
            CardCommand::EditText(notes, "They want all of it in dark red.".to_owned()),
            CardCommand::SetOwner(None),
            CardCommand::SetOwner(Some(LOCAL_USER)),
        ] {
            env.advance(60_000);
            client.edit_card(card, &[command]).unwrap();
        }
        env.advance(60_000);
        let rename = CardCommand::Rename(format!("Red roof {number}"));
        client.batch(OriginKind::BULK, |batch| batch.edit_card(card, &[rename])).unwrap();
        client.set_favourite(card, true).unwrap();
    }
    client.note_opened(contact).unwrap();
}
