//! An edit, and who hears of it: the server alone, and one phone alone.
//!
//! Wall time, for once, on real sockets. In the field each phone brings its own processor; a hundred of
//! them on the server's cores would measure how the cores are shared. So the hundred that the server
//! serves are bare sockets ([`crate::bare`]), and the one phone has the machine to itself.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use roadbook_client::{ChangeSet, HttpTransport, Live, SyncSession, Syncer, account};
use roadbook_domain::crm::command::CardCommand;
use roadbook_domain::value::id::DocumentId;
use roadbook_server::serve_on;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

use crate::bare::{Channel, Exchange};
use crate::dataset;
use crate::measure::{Figure, Table, cpu_of_threads, micros, percentile};
use crate::office::Office;
use crate::phone::Phone;

/// Cards of the office.
const CARDS: usize = 1_000;
/// Sockets that the server serves in its part.
const SOCKETS: usize = 100;
/// A user may have 16 live channels.
const SOCKETS_OF_A_USER: usize = 10;
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
    server_alone(table, &office, &address, &editor);
    phone_alone(table, &office, &address, &editor);
}

/// A hundred sockets, and an edit that all of them ask for.
fn server_alone(table: &mut Table, office: &Office, address: &str, editor: &Phone) {
    let clients = Builder::new_multi_thread().worker_threads(1).thread_name("clients").enable_all().build();
    let clients = clients.unwrap();
    let tokens = (0..SOCKETS).map(|number| {
        let login = format!("socket-{}", number / SOCKETS_OF_A_USER);
        if number % SOCKETS_OF_A_USER == 0 {
            office.hire(&login, &login);
        }
        token(office, &office.phone_of(&login))
    });
    // A new user is news to every socket: all come before the first socket.
    let tokens: Vec<String> = tokens.collect();
    let (tell, told) = channel();
    for token in tokens {
        clients.spawn(listen(address.to_owned(), token, tell.clone()));
        told.recv_timeout(PATIENCE).unwrap();
    }
    let mut line = office.block_on(Exchange::open(address, token(office, editor)));
    let mut push = |card: &DocumentId| push(office, editor, *card, &mut line, &told);
    let (warm_up, cards) = editor.cards.split_at(WARM_UP);
    for card in warm_up {
        push(card);
    }
    let before = server_cpu();
    let pushes: Vec<Push> = cards.iter().take(EDITS).map(push).collect();
    let spent = server_cpu() - before;

    let ms = |of: &dyn Fn(&Push) -> Duration, share: f64| quantile(pushes.iter().map(of), share);
    let last = |times: &[Duration]| times.last().copied().unwrap();
    let answered = |push: &Push| push.answered;
    let hinted = |push: &Push| last(&push.hinted);
    let served = |push: &Push| last(&push.served);
    let mut note = |what: String, share: f64, of: &dyn Fn(&Push) -> Duration| {
        table.note(what, ms(of, share), "ms");
    };
    note(format!("{SOCKETS} sockets, one edit: until its push is answered, p50"), 0.5, &answered);
    note("  p99".to_owned(), 0.99, &answered);
    note(format!("{SOCKETS} sockets, one edit: until all have the hint, p50"), 0.5, &hinted);
    note("  p99".to_owned(), 0.99, &hinted);
    note(format!("{SOCKETS} sockets, one edit: until all have the change, p50"), 0.5, &served);
    note("  p99".to_owned(), 0.99, &served);
    let exchanges = (EDITS * (SOCKETS + 1)) as f64;
    table.note("  one edit, the server", spent / EDITS as f64 / 1e3, "ms CPU");
    table.row("  one exchange, the server", Figure::new(spent / exchanges, "us CPU").at_most(600.0));
}

/// What one edit took the server.
struct Push {
    /// Until the answer to the push was there.
    answered: Duration,
    /// Until each socket had the hint, ascending.
    hinted: Vec<Duration>,
    /// Until each socket had the change, ascending.
    served: Vec<Duration>,
}

/// A socket has the hint, and then the change.
struct Served {
    hinted: Instant,
    served: Instant,
    entries: usize,
}

/// Whenever a hint comes, asks for news.
#[expect(clippy::disallowed_methods, reason = "this measures wall time")]
async fn listen(address: String, token: String, tell: Sender<Served>) {
    let mut line = Exchange::open(&address, token.clone()).await;
    line.pull().await;
    let mut channel = Channel::open(&address, &token).await;
    while channel.next().await {
        let hinted = Instant::now();
        let entries = line.pull().await;
        // Nobody listens any more when all is measured.
        let _ = tell.send(Served { hinted, served: Instant::now(), entries });
    }
}

/// An edit that a phone has made, as the server takes it in; the phone's own work is done before and after.
#[expect(clippy::disallowed_methods, reason = "this measures wall time")]
fn push(
    office: &Office,
    editor: &Phone,
    card: DocumentId,
    line: &mut Exchange,
    told: &Receiver<Served>,
) -> Push {
    editor.client.edit_card(card, &[set("socket")]).unwrap();
    let mut session = SyncSession::new(&editor.client);
    let frame = session.next_request().unwrap().unwrap();
    let begin = Instant::now();
    let answer = office.block_on(line.send(&frame));
    let answered = begin.elapsed();
    let mut served = Vec::new();
    while served.len() < SOCKETS {
        let socket = told.recv_timeout(PATIENCE).unwrap();
        assert!(socket.entries < 2, "there is one edit at a time");
        served.extend((socket.entries == 1).then_some(socket));
    }
    assert_eq!(session.on_response(&answer).unwrap().counts.acknowledged, 1);
    let sorted = |of: fn(&Served) -> Instant| {
        let mut times: Vec<Duration> = served.iter().map(|served| of(served) - begin).collect();
        times.sort_unstable();
        times
    };
    Push { answered, hinted: sorted(|served| served.hinted), served: sorted(|served| served.served) }
}

/// One phone with its own file, its own connection and its own live channel. Poked, it asks for news and
/// stores them; its screens are told when that is durable.
fn phone_alone(table: &mut Table, office: &Office, address: &str, editor: &Phone) {
    let phones = threads("phones");
    let address = format!("http://{address}");
    let transport = HttpTransport::new(&address).unwrap();
    office.hire("phone", "phone");
    let phone = office.phone_of("phone");
    let (tell, arrivals) = channel();
    let (connected, is_connected) = channel();
    phones.spawn(stay(phone.client.clone(), address, connected, tell));
    is_connected.recv_timeout(PATIENCE).unwrap();

    let edit = |card: &DocumentId| edit(&phones, editor, *card, &transport, &arrivals);
    let (warm_up, cards) = editor.cards.split_at(WARM_UP);
    for card in warm_up {
        edit(card);
    }
    let before = cpu_of_threads(|name| name == "phones");
    let edits: Vec<Edit> = cards.iter().take(EDITS).map(edit).collect();
    let spent = cpu_of_threads(|name| name == "phones") - before;
    for card in &editor.cards[..WARM_UP + EDITS] {
        assert!(shows(&phone, *card, "phone"), "the phone shows every edit");
    }

    let ms = |of: fn(&Edit) -> Duration, share: f64| quantile(edits.iter().map(of), share);
    let arrived = |share, bar| Figure::new(ms(|edit| edit.arrived, share), "ms").at_most(bar);
    table.row("one phone, one edit of another: until it has it, p50", arrived(0.5, 8.0));
    table.row("  p99", arrived(0.99, 25.0));
    table.note("  until it is on the editor's disk, p50", ms(|edit| edit.stored, 0.5), "ms");
    table.note("  until the editor has the server's word, p50", ms(|edit| edit.acknowledged, 0.5), "ms");
    table.note("  one edit, both phones", spent / EDITS as f64 / 1e3, "ms CPU");
}

/// What one edit took the phones.
struct Edit {
    /// Until the edit was on the editor's disk.
    stored: Duration,
    /// Until the editor heard that the server has it.
    acknowledged: Duration,
    /// Until the other phone had it.
    arrived: Duration,
}

/// A phone has something new, on its disk.
struct Arrival {
    what: ChangeSet,
    at: Instant,
}

#[expect(clippy::disallowed_methods, reason = "this measures wall time")]
fn edit(
    phones: &Runtime,
    editor: &Phone,
    card: DocumentId,
    transport: &HttpTransport,
    arrivals: &Receiver<Arrival>,
) -> Edit {
    let (client, transport) = (editor.client.clone(), transport.clone());
    let editing = phones.spawn(async move {
        let begin = Instant::now();
        client.edit_card(card, &[set("phone")]).unwrap();
        let stored = begin.elapsed();
        let report = Syncer::new(&client).sync(&transport, &mut |_| {}).await.unwrap();
        assert_eq!(report.counts.acknowledged, 1);
        (begin, stored, begin.elapsed())
    });
    let arrival = loop {
        let arrival = arrivals.recv_timeout(PATIENCE).unwrap();
        if arrival.what.documents.contains(&card) {
            break arrival.at;
        }
    };
    let (begin, stored, acknowledged) = phones.block_on(editing).unwrap();
    Edit { stored, acknowledged, arrived: arrival - begin }
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
    let mut live = Live::open(&transport, &token).await.unwrap();
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

/// Another value in each part, because writing the same value is no edit.
fn set(value: &str) -> CardCommand {
    CardCommand::SetField(dataset::field("f06"), value.to_owned())
}

fn shows(phone: &Phone, card: DocumentId, value: &str) -> bool {
    let field = dataset::field("f06").to_string();
    let card = phone.client.card(card).unwrap();
    card.row.fields.iter().any(|(name, shown)| *name == field && shown == value)
}

fn token(office: &Office, phone: &Phone) -> String {
    office.block_on(account::access_token(&phone.client, &office.line)).unwrap()
}

/// Serves the office on a port of its own; answers host and port.
fn serve(office: &Office, server: &Runtime) -> String {
    let listener = server.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let state = server.block_on(office.another_server());
    server.spawn(serve_on(listener, state, std::future::pending()));
    address
}

fn threads(name: &str) -> Runtime {
    Builder::new_multi_thread().thread_name(name).enable_all().build().unwrap()
}

/// CPU time of the server's threads, in microseconds; those of its database are its own.
fn server_cpu() -> f64 {
    cpu_of_threads(|name| name == "server" || name.starts_with("sqlx"))
}

/// The milliseconds below which `share` of the times stay.
fn quantile(times: impl Iterator<Item = Duration>, share: f64) -> f64 {
    let mut times: Vec<f64> = times.map(|time| micros(time) / 1e3).collect();
    times.sort_by(f64::total_cmp);
    percentile(&times, share)
}
