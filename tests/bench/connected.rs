//! A hundred connected phones, and one that edits: how long until all have the edit.
//!
//! Wall time, for once: a server on real sockets, each phone with its own file, its own connection and
//! its own live channel. Poked, it asks for news and stores them; its screens are told when that is
//! durable.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use roadbook_client::{ChangeSet, HttpTransport, Live, Syncer, account};
use roadbook_domain::crm::command::CardCommand;
use roadbook_domain::value::id::DocumentId;
use roadbook_server::serve_on;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

use crate::dataset;
use crate::measure::{Figure, Table, micros, percentile};
use crate::office::Office;
use crate::phone::Phone;

/// Cards on every phone.
const CARDS: usize = 1_000;
/// A user may have 16 live channels.
const PHONES_OF_A_USER: usize = 10;
/// Edits that are measured, each of another card, and before them those that warm up.
const EDITS: usize = 100;
const WARM_UP: usize = 10;
/// How long an edit may take at all.
const PATIENCE: Duration = Duration::from_secs(30);

pub fn run(table: &mut Table) {
    let office = Office::with(CARDS);
    let server = threads("server");
    let address = serve(&office, &server);
    let editor = office.synced_phone();
    for count in [1, 100] {
        let measured = Connected::new(&office, &address, count).measure(&editor);
        report(table, count, measured);
    }
}

/// What one edit took.
struct Edit {
    /// Until the edit was on the editor's disk.
    stored: Duration,
    /// Until the editor heard that the server has it.
    acknowledged: Duration,
    /// Until each phone had it, from the fastest to the slowest.
    arrived: Vec<Duration>,
}

/// CPU time, in microseconds.
struct Cpu {
    server: f64,
    phones: f64,
}

fn report(table: &mut Table, count: usize, (edits, cpu): (Vec<Edit>, Cpu)) {
    let ms = |of: &dyn Fn(&Edit) -> Duration, share: f64| {
        let mut all: Vec<f64> = edits.iter().map(|edit| micros(of(edit)) / 1e3).collect();
        all.sort_by(f64::total_cmp);
        percentile(&all, share)
    };
    let mut each: Vec<f64> =
        edits.iter().flat_map(|edit| &edit.arrived).map(|time| micros(*time) / 1e3).collect();
    each.sort_by(f64::total_cmp);
    let phones =
        if count == 1 { "1 connected phone".to_owned() } else { format!("{count} connected phones") };
    let judge = |figure: Figure, bar: f64| if count == 100 { figure.at_most(bar) } else { figure };
    let last = |edit: &Edit| edit.arrived.last().copied().unwrap();
    table.row(
        format!("{phones}, one edit: until all have it, p50"),
        judge(Figure::new(ms(&last, 0.5), "ms"), 8.0),
    );
    table.row("  p99", judge(Figure::new(ms(&last, 0.99), "ms"), 25.0));
    table.note("  until one of them has it, over all phones, p50", percentile(&each, 0.5), "ms");
    table.note("  p99", percentile(&each, 0.99), "ms");
    table.note("  until the first has it, p50", ms(&|edit| edit.arrived[0], 0.5), "ms");
    table.note("  until it is on the editor's disk, p50", ms(&|edit| edit.stored, 0.5), "ms");
    table.note("  until the editor has the server's word, p50", ms(&|edit| edit.acknowledged, 0.5), "ms");
    table.note("  one edit, the server", cpu.server / edits.len() as f64 / 1e3, "ms CPU");
    table.note("  one edit, all phones", cpu.phones / edits.len() as f64 / 1e3, "ms CPU");
    let exchanges = (edits.len() * (count + 1)) as f64;
    table.note("  one phone's exchange, the server", cpu.server / exchanges, "us CPU");
    table.note("  one phone's exchange, the phone", cpu.phones / exchanges, "us CPU");
}

/// Phones that are connected.
struct Connected {
    /// Who runs them.
    runtime: Runtime,
    /// The editor's way to the server.
    transport: HttpTransport,
    arrivals: Receiver<Arrival>,
    phones: Vec<Phone>,
}

/// A phone has something new, on its disk.
struct Arrival {
    what: ChangeSet,
    at: Instant,
}

impl Connected {
    /// So many phones of several users, each with everything.
    fn new(office: &Office, address: &str, count: usize) -> Self {
        let runtime = threads("phones");
        let (tell, arrivals) = channel();
        let mut phones = Vec::new();
        for number in 0..count {
            let login = format!("user-{count}-{}", number / PHONES_OF_A_USER);
            if number % PHONES_OF_A_USER == 0 {
                office.hire(&login, &login);
            }
            let phone = office.phone_of(&login);
            let (connected, is_connected) = channel();
            runtime.spawn(stay(phone.client.clone(), address.to_owned(), connected, tell.clone()));
            is_connected.recv_timeout(PATIENCE).unwrap();
            phones.push(phone);
        }
        let transport = HttpTransport::new(address).unwrap();
        Self { runtime, transport, arrivals, phones }
    }

    fn measure(&self, editor: &Phone) -> (Vec<Edit>, Cpu) {
        let cards = || editor.cards.iter().copied();
        // Another value each time: what is as it was is no edit.
        let value = format!("{:06}", self.phones.len());
        for card in cards().take(WARM_UP) {
            self.edit(editor, card, &value);
        }
        let before = Cpu::so_far();
        let edits = cards().skip(WARM_UP).take(EDITS).map(|card| self.edit(editor, card, &value)).collect();
        let after = Cpu::so_far();
        let cpu = Cpu { server: after.server - before.server, phones: after.phones - before.phones };
        for phone in &self.phones {
            for card in cards().take(WARM_UP + EDITS) {
                assert!(shows(phone, card, &value), "every phone shows every edit");
            }
        }
        (edits, cpu)
    }

    #[expect(clippy::disallowed_methods, reason = "this measures wall time")]
    fn edit(&self, editor: &Phone, card: DocumentId, value: &str) -> Edit {
        let (client, transport) = (editor.client.clone(), self.transport.clone());
        let command = CardCommand::SetField(dataset::field("f06"), value.to_owned());
        let editing = async move {
            let begin = Instant::now();
            client.edit_card(card, &[command]).unwrap();
            let stored = begin.elapsed();
            let report = Syncer::new(&client).sync(&transport, &mut |_| {}).await.unwrap();
            assert_eq!(report.counts.acknowledged, 1);
            (begin, stored, begin.elapsed())
        };
        let editing = self.runtime.spawn(editing);
        let mut arrived = Vec::new();
        while arrived.len() < self.phones.len() {
            let arrival = self.arrivals.recv_timeout(PATIENCE).unwrap();
            if arrival.what.documents.contains(&card) {
                arrived.push(arrival.at);
            }
        }
        let (begin, stored, acknowledged) = self.runtime.block_on(editing).unwrap();
        let arrived = arrived.into_iter().map(|at| at - begin).collect();
        Edit { stored, acknowledged, arrived }
    }
}

/// A phone that stays connected: whenever it is poked it asks for news.
async fn stay(
    client: roadbook_client::Client,
    address: String,
    connected: Sender<()>,
    tell: Sender<Arrival>,
) {
    let transport = HttpTransport::new(&address).unwrap();
    let mut syncer = Syncer::new(&client);
    syncer.sync(&transport, &mut |_| {}).await.unwrap();
    let token = account::access_token(&client, &transport).await.unwrap();
    let mut live = Live::open(&address, &token).await.unwrap();
    #[expect(clippy::disallowed_methods, reason = "this measures wall time")]
    let _subscription = client.subscribe(move |changes| {
        // Nobody listens any more when all is measured.
        let _ = tell.send(Arrival { what: changes.clone(), at: Instant::now() });
    });
    while live.next().await.is_some() {
        syncer.sync(&transport, &mut |_| {}).await.unwrap();
        let _ = connected.send(());
    }
}

fn shows(phone: &Phone, card: DocumentId, value: &str) -> bool {
    let field = dataset::field("f06").to_string();
    let card = phone.client.card(card).unwrap();
    card.row.fields.iter().any(|(name, shown)| *name == field && shown == value)
}

/// Serves the office on a port of its own; answers the address.
fn serve(office: &Office, server: &Runtime) -> String {
    let listener = server.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let state = server.block_on(office.another_server());
    server.spawn(serve_on(listener, state, std::future::pending()));
    address
}

fn threads(name: &str) -> Runtime {
    Builder::new_multi_thread().thread_name(name).enable_all().build().unwrap()
}

impl Cpu {
    /// Of all threads, by their names; those of the server's database are its own.
    fn so_far() -> Self {
        let mut cpu = Self { server: 0.0, phones: 0.0 };
        for task in std::fs::read_dir("/proc/self/task").unwrap() {
            let folder = task.unwrap().path();
            let read = |what: &str| std::fs::read_to_string(folder.join(what));
            // A thread may end meanwhile.
            let (Ok(name), Ok(schedule)) = (read("comm"), read("schedstat")) else { continue };
            let spent = schedule.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e3;
            match name.trim() {
                "phones" => cpu.phones += spent,
                name if name == "server" || name.starts_with("sqlx") => cpu.server += spent,
                _ => {}
            }
        }
        cpu
    }
}
