//! Requests that meet at the server: each waits before every statement, also inside a write transaction,
//! and the seed says whose turn it is. Nothing else of them runs meanwhile, so a seed repeats.

use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::http::StatusCode;
use roadbook_domain::wire::{SyncRequest, SyncResponse, from_frame};
use roadbook_server::testing::{Point, Turn};
use serde_json::Value;
use sha2::Digest;

use super::Simulation;
use super::answers::Carried;
use super::moment::Moment;
use super::network::MOST_BYTES;
use super::server::member;
use super::transition::Rival;
use crate::dice::{Dice, seed_of};
use crate::failure::{Failure, ensure};

/// A request at the server that stops before each of its statements.
pub struct Running {
    turn: Turn,
    answer: Pin<Box<dyn Future<Output = Answer>>>,
}

/// An answer: its status and its body.
pub type Answer = Result<(StatusCode, Vec<u8>), Failure>;

impl Running {
    /// A request that has not begun.
    pub fn new(answer: impl Future<Output = Answer> + 'static) -> Self {
        let turn = Turn::default();
        let turns = turn.clone();
        Self { turn, answer: Box::pin(async move { turns.of(answer).await }) }
    }

    /// Goes on to the next statement, or to the end and its answer.
    pub async fn step(&mut self) -> Option<Answer> {
        let Self { turn, answer } = self;
        turn.grant();
        std::future::poll_fn(|cx| match answer.as_mut().poll(cx) {
            Poll::Ready(answer) => Poll::Ready(Some(answer)),
            Poll::Pending if turn.waiting().is_some() => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        })
        .await
    }
}

/// For how long a token is surely good, in milliseconds.
const TOKEN: i64 = 14 * 60 * 1000;

/// One of those who meet.
struct Party {
    /// The phone, and the frame that it sent; `None`: an administrator.
    phone: Option<(usize, Vec<u8>)>,
    running: Option<Running>,
    answer: Option<(StatusCode, Vec<u8>)>,
    /// The server before the request, and before each of its transactions.
    before: Vec<Arc<Moment>>,
    /// The server in the last snapshot that it read.
    snapshot: Option<Arc<Moment>>,
    begins_snapshot: bool,
}

impl Party {
    fn new(phone: Option<(usize, Vec<u8>)>, running: Running, before: Arc<Moment>) -> Self {
        let (running, before) = (Some(running), vec![before]);
        Self { phone, running, answer: None, before, snapshot: None, begins_snapshot: false }
    }

    fn point(&self) -> Option<Point> {
        self.running.as_ref().and_then(|running| running.turn.waiting())
    }

    /// Whether it would wait for something that another one has.
    fn waits_for(&self, other: &Self) -> bool {
        let other = other.running.as_ref().map(|running| &running.turn);
        match self.point() {
            Some(Point::Write) => other.is_some_and(Turn::is_writing),
            Some(Point::Turn) => other.is_some_and(Turn::is_reading),
            Some(Point::Statement | Point::Snapshot) | None => false,
        }
    }
}

impl Simulation<'_> {
    /// A phone exchanges while another phone does, or while an administrator does something.
    pub(super) fn meet(&mut self, phone: u8, rival: Rival, order: u8) -> Result<(), Failure> {
        let place = self.place(phone);
        let Some(frame) = self.frame_of(place)? else { return Ok(()) };
        // Only now: time passes until a phone has something to say.
        let refresh_token = if rival == Rival::Refresh { self.fresh_session(place)? } else { None };
        let first = self.arrives(place, frame)?;
        let second = match rival {
            Rival::Exchange if self.phones.len() > 1 => self.arriving((place + 1) % self.phones.len())?,
            Rival::Exchange => None,
            Rival::Refresh => refresh_token.as_deref().map(|token| self.refreshing(token)).transpose()?,
            Rival::Administer(act) => {
                let (owner, device) = (self.phones[place].owner, self.phones[place].phone.identity.device);
                // The administrator stays one.
                let is_other = owner != 0;
                let user = self.users[owner].id;
                let request = if is_other { Some(self.server.act_of(user, device, act)?) } else { None };
                let moment = self.look()?;
                request.map(|request| {
                    self.ledger.tally.count(act.name());
                    Party::new(None, self.server.begin(request), moment)
                })
            }
        };
        let mut parties: Vec<Party> = [first].into_iter().chain(second).collect();
        let third = refresh_token.as_deref().map(|token| self.refreshing(token)).transpose()?;
        parties.extend(third);
        if parties.len() > 1 {
            self.ledger.tally.count("met");
        }
        self.run_in_turn(&mut parties, order)?;
        self.note_parties(&parties)?;
        if refresh_token.is_some() {
            self.is_still_signed_in(place, &parties)?;
        }
        for party in parties {
            if let Some((place, _)) = party.phone {
                self.hear(place, party.answer)?;
            }
        }
        Ok(())
    }

    /// A new session of a phone's user, and its refresh token; `None` if they have no access.
    fn fresh_session(&mut self, place: usize) -> Result<Option<String>, Failure> {
        if !self.sign_in_again(place)? {
            return Ok(None);
        }
        let handset = &mut self.phones[place];
        let email = &self.users[handset.owner].email;
        let answer = self.server.sign_in_answer(email, &handset.install_secret)?;
        handset.token = member(&answer, "access_token")?.to_owned();
        Ok(Some(member(&answer, "refresh_token")?.to_owned()))
    }

    fn refreshing(&mut self, token: &str) -> Result<Party, Failure> {
        self.ledger.tally.count("refreshed at once");
        Ok(Party::new(None, self.server.begin(self.server.refresh_of(token)), self.look()?))
    }

    /// Whoever refreshes with the same token gets the same one, and the session goes on with it.
    fn is_still_signed_in(&mut self, place: usize, parties: &[Party]) -> Result<(), Failure> {
        let law = "two processes that refresh at once stay signed in (R16)";
        let mut tokens = Vec::new();
        for (status, body) in
            parties.iter().filter(|party| party.phone.is_none()).flat_map(|party| &party.answer)
        {
            let body: Value = serde_json::from_slice(body).unwrap_or_default();
            ensure(law, *status == StatusCode::OK || status.is_server_error(), || {
                format!("{status} {body}")
            })?;
            if *status == StatusCode::OK {
                tokens.push(member(&body, "refresh_token")?.to_owned());
            }
        }
        tokens.dedup();
        ensure(law, tokens.len() < 2, || "they got different tokens".to_owned())?;
        let Some(token) = tokens.pop() else { return Ok(()) };
        let answer = self.server.refresh(&token).map_err(|failure| Failure::new(law, failure.what))?;
        self.phones[place].token = member(&answer, "access_token")?.to_owned();
        self.look().map(drop)
    }

    /// A request of a phone that has just arrived at the server.
    fn arriving(&mut self, place: usize) -> Result<Option<Party>, Failure> {
        let frame = self.frame_of(place)?;
        frame.map(|frame| self.arrives(place, frame)).transpose()
    }

    fn frame_of(&mut self, place: usize) -> Result<Option<Vec<u8>>, Failure> {
        self.poke(place);
        self.next_request(place)
    }

    fn arrives(&mut self, place: usize, frame: Vec<u8>) -> Result<Party, Failure> {
        // A request with a token that ran out ends at once, and meets nobody.
        if self.now.millis() - self.phones[place].signed_in_at.millis() > TOKEN {
            self.sign_in_again(place)?;
        }
        self.transcript.update(&frame);
        let running = self.server.begin_exchange(&self.phones[place].token, &frame);
        Ok(Party::new(Some((place, frame)), running, self.look()?))
    }

    /// Lets all of them run, one statement at a time, until each has its answer.
    fn run_in_turn(&mut self, parties: &mut [Party], order: u8) -> Result<(), Failure> {
        let mut dice = Dice::new(seed_of(self.seed, 0x3ee7_0000 + u64::from(order)));
        // Long stretches find other faults than a change at every statement.
        let often = [5, 15, 40, 70][usize::from(order) % 4];
        let mut at = 0;
        while parties.iter().any(|party| party.running.is_some()) {
            if dice.percent(often) {
                at = dice.below(parties.len());
            }
            let may_run = |at: usize| {
                let others = || parties.iter().enumerate().filter(move |(other, _)| *other != at);
                parties[at].running.is_some() && !others().any(|(_, party)| parties[at].waits_for(party))
            };
            if !may_run(at) {
                let next = (0..parties.len()).find(|at| may_run(*at));
                at = next.ok_or_else(|| Failure::new("somebody can always go on", "all wait"))?;
            }
            if dice.below(400) == 0 && parties[at].phone.is_some() {
                // The line is gone, and the server drops the request where it is.
                let running = parties[at].running.take();
                self.server.drop_request(running);
                self.ledger.tally.count("dropped at the server");
                continue;
            }
            self.let_run(&mut parties[at])?;
        }
        Ok(())
    }

    fn let_run(&mut self, party: &mut Party) -> Result<(), Failure> {
        match party.point() {
            Some(Point::Write) => party.before.push(self.look()?),
            Some(Point::Snapshot) => party.begins_snapshot = true,
            Some(Point::Statement) if std::mem::take(&mut party.begins_snapshot) => {
                party.snapshot = Some(self.look()?);
            }
            _ => {}
        }
        let Some(running) = &mut party.running else { return Ok(()) };
        if let Some(answer) = self.server.step(running) {
            let answer = answer?;
            // Its last words may have been a commit.
            self.look()?;
            let busy = answer.0 == StatusCode::SERVICE_UNAVAILABLE;
            ensure("the server never fails", busy || !answer.0.is_server_error(), || {
                format!("{} {}", answer.0, String::from_utf8_lossy(&answer.1))
            })?;
            party.answer = Some(answer);
            party.running = None;
        }
        Ok(())
    }

    /// What all of them did is noted before any is judged: one may tell of what the other wrote.
    fn note_parties(&mut self, parties: &[Party]) -> Result<(), Failure> {
        let mut carried = Vec::new();
        for party in parties {
            let Some((place, frame)) = &party.phone else { continue };
            let (from, request) =
                (self.phones[*place].sender(), from_frame::<SyncRequest>(frame, MOST_BYTES)?);
            match &party.answer {
                Some((StatusCode::OK, answer)) => {
                    let answer = from_frame::<SyncResponse>(answer, MOST_BYTES)?;
                    self.ledger.note(from, &request, &answer)?;
                    carried.push((from, request, answer, party));
                }
                _ => self.ledger.note_unheard(from, &request),
            }
        }
        for (from, request, answer, party) in &carried {
            let last = self.look()?;
            let snapshot = party.snapshot.as_ref().unwrap_or(&last);
            let (user, honest, before) = (from.0, Some(from.1), &party.before);
            Carried { user, request, answer, before, snapshot, alone: false, honest }.check(&self.ledger)?;
        }
        Ok(())
    }

    /// A phone hears what came of its request.
    fn hear(&mut self, place: usize, answer: Option<(StatusCode, Vec<u8>)>) -> Result<(), Failure> {
        match answer {
            Some((StatusCode::OK, answer)) => drop(self.store(place, &answer)?),
            Some((status, _)) if status.is_server_error() => {
                self.phones[place].phone.app().session.on_failure(Some(Duration::from_secs(1)));
            }
            _ => drop(self.phones[place].phone.app().session.on_failure(None)),
        }
        self.look_at(place)
    }
}
