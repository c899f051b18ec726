//! For tests: a request that waits for its turn before every statement, so that a test says in which order
//! the statements of several requests run. No part of the product is built with it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use super::meter;

tokio::task_local! {
    static TURN: Turn;
}

/// Where a request waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// Before a statement.
    Statement,
    /// Before a database snapshot. The statement after it is the moment that the snapshot shows.
    Snapshot,
    /// Before a write transaction, which waits for every other one to end.
    Write,
    /// Before a turn to read much, which may wait for another one to end.
    Turn,
}

/// The turns of one request. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Turn(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    waiting: Option<Point>,
    is_granted: bool,
    is_writing: bool,
    is_reading: bool,
    waker: Option<Waker>,
}

impl Turn {
    /// A request's future, which from now on waits for its turns.
    pub async fn of<F: Future>(&self, request: F) -> F::Output {
        TURN.scope(self.clone(), request).await
    }

    /// Where it waits, if it does.
    pub fn waiting(&self) -> Option<Point> {
        self.state().waiting
    }

    /// Whether it has a write transaction open.
    pub fn is_writing(&self) -> bool {
        self.state().is_writing
    }

    /// Whether it has a turn to read much.
    pub fn is_reading(&self) -> bool {
        self.state().is_reading
    }

    /// Lets it run up to its next point.
    pub fn grant(&self) {
        let mut state = self.state();
        state.is_granted = true;
        state.waker.take().into_iter().for_each(Waker::wake);
    }

    async fn wait(&self, point: Point) {
        {
            let mut state = self.state();
            // What was granted before it came here let it come here, and no further.
            (state.waiting, state.is_granted) = (Some(point), false);
        }
        std::future::poll_fn(|cx| {
            let mut state = self.state();
            if std::mem::take(&mut state.is_granted) {
                state.waiting = None;
                return Poll::Ready(());
            }
            state.waker = Some(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits for the turn of the request that is running, if it takes turns.
pub(crate) async fn wait(point: Point) {
    if let Ok(turn) = TURN.try_with(Clone::clone) {
        turn.wait(point).await;
    }
}

/// A write transaction, for as long as it lasts: a request that takes turns has it open, and the meter's
/// watcher is told.
#[derive(Debug)]
pub(super) struct Writing(Option<Turn>);

impl Writing {
    /// It begins.
    pub fn begin() -> Self {
        let turn = TURN.try_with(Clone::clone).ok();
        turn.iter().for_each(|turn| turn.state().is_writing = true);
        meter::writing(true);
        Self(turn)
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        meter::writing(false);
        self.0.iter().for_each(|turn| turn.state().is_writing = false);
    }
}

/// A turn to read much, of a request that takes turns, for as long as it lasts.
#[derive(Debug)]
pub(crate) struct Marked(Option<Turn>);

impl Marked {
    /// It begins.
    pub fn reading() -> Self {
        let turn = TURN.try_with(Clone::clone).ok();
        turn.iter().for_each(|turn| turn.state().is_reading = true);
        Self(turn)
    }
}

impl Drop for Marked {
    fn drop(&mut self) {
        self.0.iter().for_each(|turn| turn.state().is_reading = false);
    }
}
