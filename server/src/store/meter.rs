//! What one thread asks of the database: counted, and halted or watched where a test says so. Outside of tests
//! it does nothing.
//!
//! A test's server runs on the test's own thread, so tests that run beside it are not counted.

#[cfg(any(test, feature = "testing"))]
use std::cell::RefCell;

#[cfg(any(test, feature = "testing"))]
use tokio::sync::oneshot;

/// A connection that was taken; dropped, it goes back.
#[derive(Debug)]
pub(super) struct Lease {
    /// Whether a transaction is open on it, which is then rolled back.
    pub(super) in_transaction: bool,
}

impl Drop for Lease {
    fn drop(&mut self) {
        if self.in_transaction {
            wake();
        }
        // The pool looks whether the connection still answers.
        wake();
    }
}

/// Counts one command to a connection. SQLite's connections are threads, which each command wakes; to
/// PostgreSQL it is a round trip.
pub(super) fn wake() {
    #[cfg(any(test, feature = "testing"))]
    METER.with_borrow_mut(|meter| meter.wakes += 1);
}

/// Counts a connection that is about to be taken, and waits there if a test says so.
pub(super) async fn connect() {
    #[cfg(any(test, feature = "testing"))]
    {
        let halt = METER.with_borrow_mut(|meter| {
            meter.connections += 1;
            meter.halt.take_if(|halt| halt.at == meter.connections)
        });
        if let Some(halt) = halt {
            let _ = halt.arrived.send(());
            let _ = halt.go_on.await;
        }
    }
}

#[cfg(any(test, feature = "testing"))]
thread_local! {
    static METER: RefCell<Meter> = RefCell::default();
}

#[cfg(any(test, feature = "testing"))]
#[derive(Debug, Default)]
struct Meter {
    wakes: u64,
    connections: u64,
    halt: Option<Halt>,
    watcher: Option<Watcher>,
}

/// Called with `true` when a write transaction begins, with `false` when it is over.
#[cfg(any(test, feature = "testing"))]
pub type Watcher = fn(bool);

#[cfg(any(test, feature = "testing"))]
#[derive(Debug)]
struct Halt {
    at: u64,
    arrived: oneshot::Sender<()>,
    go_on: oneshot::Receiver<()>,
}

/// Somebody who waits for a connection until they are told to go on.
#[cfg(any(test, feature = "testing"))]
#[derive(Debug)]
pub struct Halted {
    /// Done when they wait.
    pub arrived: oneshot::Receiver<()>,
    /// Tells them to go on; dropped, too.
    pub go_on: oneshot::Sender<()>,
}

/// Halts whoever takes the `nth` connection from now on, before they take it.
#[cfg(any(test, feature = "testing"))]
pub fn halt_before(nth: u64) -> Halted {
    let (arrived, has_arrived) = oneshot::channel();
    let (go_on, may_go_on) = oneshot::channel();
    METER.with_borrow_mut(|meter| {
        meter.halt = Some(Halt { at: meter.connections + nth, arrived, go_on: may_go_on });
    });
    Halted { arrived: has_arrived, go_on }
}

/// Lets a test watch this thread's write transactions: while one lasts, nobody else can write.
#[cfg(any(test, feature = "testing"))]
pub fn watch_writing(watcher: Watcher) {
    METER.with_borrow_mut(|meter| meter.watcher = Some(watcher));
}

/// Tells the watcher that a write transaction begins or is over.
#[cfg(any(test, feature = "testing"))]
pub(super) fn writing(begins: bool) {
    // Called outside of the borrow: it may ask the meter.
    let watcher = METER.with_borrow(|meter| meter.watcher);
    if let Some(watcher) = watcher {
        watcher(begins);
    }
}

/// How often this thread woke the database until now.
#[cfg(any(test, feature = "testing"))]
pub fn wakes() -> u64 {
    METER.with_borrow(|meter| meter.wakes)
}
