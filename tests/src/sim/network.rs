//! The network between phones and server: it loses, repeats, holds up and cuts messages.

use std::sync::Arc;
use std::time::Duration;

use roadbook_client::{ApiError, SessionError, Step};
use roadbook_domain::value::id::{DeviceId, UserId};
use roadbook_domain::wire::{SyncRequest, SyncResponse, Verdict, from_frame, to_frame};
use sha2::Digest;

use super::Simulation;
use super::answers::Carried;
use super::moment::Moment;
use super::phone::stored;
use super::transition::Fault;
use crate::failure::{Failure, ensure};

/// What a proxy says instead of the server.
const PAGE: &[u8] = b"<!DOCTYPE html><html><body>Sign in to the guest network</body></html>";

/// What a phone hears of its request.
enum Heard {
    Nothing,
    /// The server asks it to wait.
    Busy,
    /// The line was too slow.
    TooSlow,
    /// Nobody listens any more.
    Dropped,
    Answer(Vec<u8>),
}

/// How long a phone waits for another process of its own that holds the lease, in milliseconds.
const LEASE: i64 = 91_000;

/// How many exchanges a phone may need to come to rest.
const MOST_EXCHANGES: usize = 150;

/// The most bytes of a message.
pub(super) const MOST_BYTES: usize = 32 << 20;

impl Simulation<'_> {
    /// Exchanges until nothing is left, with the same fault each time; tells whether anything moved.
    pub(super) fn sync(&mut self, place: usize, fault: Fault) -> Result<bool, Failure> {
        let mut moved = false;
        self.poke(place);
        for _ in 0..MOST_EXCHANGES {
            match self.exchange(place, fault)? {
                Some((step, news)) => {
                    moved |= news;
                    if step.resting {
                        return Ok(moved);
                    }
                }
                None => return Ok(moved),
            }
        }
        Err(Failure::new(
            "a sync comes to rest",
            format!("phone {place} has made {MOST_EXCHANGES} exchanges"),
        ))
    }

    /// Gives a phone a reason to exchange.
    pub(super) fn poke(&mut self, place: usize) {
        self.phones[place].phone.app().session.poke();
    }

    /// One exchange; `None` if there is nothing to exchange or no answer came. With what it did comes
    /// whether anything moved.
    pub(super) fn exchange(&mut self, place: usize, fault: Fault) -> Result<Option<(Step, bool)>, Failure> {
        // A phone that asks for the least sends the least, too: what is larger goes in parts.
        if fault == Fault::Narrow {
            self.phones[place].phone.app().session.set_budget(Some(1));
        }
        let frame = self.next_request(place)?;
        if fault == Fault::Narrow {
            self.phones[place].phone.app().session.set_budget(None);
        }
        let Some(frame) = frame else { return Ok(None) };
        self.ledger.tally.count(fault.name());
        self.transcript.update(&frame);
        let heard = self.carry(place, &frame, fault)?;
        let session = &mut self.phones[place].phone.app().session;
        let mut done = None;
        match heard {
            Heard::Nothing => drop(session.on_failure(None)),
            Heard::Busy => drop(session.on_failure(Some(Duration::from_secs(2)))),
            Heard::TooSlow => drop(session.on_time_out()),
            // Whoever waited for the answer is gone, and told nobody.
            Heard::Dropped => {}
            Heard::Answer(answer) if fault == Fault::PhoneFull => self.store_in_no_room(place, &answer)?,
            Heard::Answer(answer) if fault.spoils_answer() => {
                let heard = session.on_response(&answer);
                match heard {
                    Err(SessionError::Malformed(_)) => drop(session.on_failure(None)),
                    // Cut so late that nothing is missing.
                    Ok(step) => done = Some((step, moves(&frame, &answer))),
                    Err(error) => return Err(error.into()),
                }
            }
            Heard::Answer(answer) => done = Some((self.store(place, &answer)?, moves(&frame, &answer))),
        }
        if fault == Fault::KillBeforeStoring {
            self.kill(place)?;
        }
        self.look_at(place)?;
        Ok(done)
    }

    /// A phone stores an answer.
    pub(super) fn store(&mut self, place: usize, answer: &[u8]) -> Result<Step, Failure> {
        self.transcript.update(answer);
        let step = stored(self.phones[place].phone.app(), place, answer);
        step.map_err(|failure| match self.differences(place) {
            Ok(differences) => Failure::new(failure.law, format!("{}: {differences}", failure.what)),
            Err(other) => other,
        })
    }

    /// In which documents a phone and the server differ, for whoever looks for the cause.
    fn differences(&mut self, place: usize) -> Result<String, Failure> {
        let moment = self.look()?;
        let user = self.users[self.phones[place].owner].id;
        let held = self.phones[place].phone.app().peek.documents()?;
        let mut told = String::new();
        for (id, stored) in moment.documents.iter().filter(|(id, _)| moment.sees(user, **id)) {
            match held.get(id) {
                Some(held) if held.heads == stored.changes.heads() => {}
                Some(held) => {
                    told += &format!("{id} at {:?} is at {:?}; ", held.heads, stored.changes.heads())
                }
                None => told += &format!("{id} is not on the phone; "),
            }
        }
        let known = held.iter().filter(|(id, held)| !held.heads.is_empty() && !moment.sees(user, **id));
        known.for_each(|(id, _)| told += &format!("{id} is to be forgotten; "));
        Ok(told)
    }

    /// Carries a frame and its answer over a line without faults; `None` if there is no answer.
    pub(super) fn carry_plain(&mut self, place: usize, frame: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
        Ok(match self.delivered(place, frame)? {
            Heard::Answer(answer) => Some(answer),
            _ => None,
        })
    }

    /// The phone has no room left for an answer: it stores all of it or nothing, and goes on later (R08).
    fn store_in_no_room(&mut self, place: usize, answer: &[u8]) -> Result<(), Failure> {
        let app = self.phones[place].phone.app();
        app.client.fill_storage(true);
        let stored = app.session.on_response(answer);
        app.client.fill_storage(false);
        match stored {
            Ok(_) => Ok(()),
            Err(SessionError::Local(ApiError::StorageFull)) => {
                self.ledger.tally.count("no room on a phone");
                self.phones[place].phone.app().session.on_failure(None);
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The next request of a phone; it waits as long as it must.
    pub(super) fn next_request(&mut self, place: usize) -> Result<Option<Vec<u8>>, Failure> {
        for _ in 0..3 {
            let session = &mut self.phones[place].phone.app().session;
            let wait = match session.next_request() {
                Ok(Some(frame)) => return Ok(Some(frame)),
                Ok(None) => match session.wake_at() {
                    Some(wake_at) => {
                        let now = self.phones[place].phone.app().env_now();
                        wake_at.millis() - now.millis()
                    }
                    None => return Ok(None),
                },
                Err(SessionError::Elsewhere) => LEASE,
                Err(error) => return Err(error.into()),
            };
            self.pass(wait.max(0))?;
        }
        Err(Failure::new("a phone that waits long enough may exchange", format!("phone {place} may not")))
    }

    /// Carries a frame to the server and the answer back.
    fn carry(&mut self, place: usize, frame: &[u8], fault: Fault) -> Result<Heard, Failure> {
        match fault {
            Fault::DropRequest => return Ok(Heard::Nothing),
            Fault::Delay => {
                let handset = &self.phones[place];
                self.held_up.push((handset.token.clone(), handset.sender(), frame.to_vec()));
                return Ok(Heard::Nothing);
            }
            Fault::CutRequest(at) => {
                let cut = &frame[..frame.len() * usize::from(at) / 256];
                let refused = self.server.exchange(&self.phones[place].token, cut)?.is_err();
                ensure("half a request is refused", refused, || format!("{} bytes were taken", cut.len()))?;
                return Ok(Heard::Nothing);
            }
            Fault::Fails(statements) => return self.fail_amid(place, frame, statements),
            Fault::ServerFull => {
                self.server.fill_disk(true)?;
                let heard = self.delivered(place, frame);
                self.server.fill_disk(false)?;
                return heard;
            }
            _ => {}
        }
        let narrowed;
        let frame = if fault == Fault::Narrow {
            narrowed = narrow(frame)?;
            &narrowed
        } else {
            frame
        };
        let answer = match self.delivered(place, frame)? {
            Heard::Answer(answer) => answer,
            other => return Ok(other),
        };
        Ok(match fault {
            Fault::DropAnswer | Fault::KillBeforeStoring => Heard::Nothing,
            Fault::TooSlow => Heard::TooSlow,
            Fault::Dropped => Heard::Dropped,
            Fault::Twice => return self.delivered(place, frame),
            Fault::CutAnswer(at) => Heard::Answer(answer[..answer.len() * usize::from(at) / 256].to_vec()),
            Fault::Proxy => Heard::Answer(PAGE.to_vec()),
            _ => Heard::Answer(answer),
        })
    }

    /// The server's process fails after some statements, with whatever it had committed by then.
    fn fail_amid(&mut self, place: usize, frame: &[u8], statements: u8) -> Result<Heard, Failure> {
        let request: SyncRequest = from_frame(frame, MOST_BYTES)?;
        let mut running = self.server.begin_exchange(&self.phones[place].token, frame);
        for _ in 0..statements {
            if self.server.step(&mut running).is_some() {
                break;
            }
        }
        self.server.drop_request(Some(running));
        self.look()?;
        self.ledger.note_unheard(self.phones[place].sender(), &request);
        Ok(Heard::Busy)
    }

    /// What the server answers to a whole frame; the ledger notes it.
    fn delivered(&mut self, place: usize, frame: &[u8]) -> Result<Heard, Failure> {
        let before = self.look()?;
        let mut answer = self.server.exchange(&self.phones[place].token, frame)?;
        if answer.as_ref().is_err_and(|status| !status.is_server_error()) {
            // The session is over, or the server forgot it: the user signs in again and nothing is lost.
            if !self.sign_in_again(place)? {
                return Ok(Heard::Nothing);
            }
            answer = self.server.exchange(&self.phones[place].token, frame)?;
        }
        match answer {
            Ok(answer) => {
                let from = self.phones[place].sender();
                self.judge(from, frame, &answer, &[before])?;
                if self.server.is_full() && puts_off(&answer)? {
                    self.ledger.tally.count("no room at the server");
                }
                Ok(Heard::Answer(answer))
            }
            // A full server, too: it takes nothing, and is read from (R09).
            Err(status) => Err(Failure::new("a whole request is answered", status)),
        }
    }

    /// Signs a phone's user in again; tells whether they may.
    pub(super) fn sign_in_again(&mut self, place: usize) -> Result<bool, Failure> {
        let owner = self.users[self.phones[place].owner].id;
        if self.look()?.accounts.get(&owner).is_none_or(|account| account.is_disabled) {
            return Ok(false);
        }
        let mut handset = self.phones.remove(place);
        let signed_in = self.sign_in(&mut handset);
        self.phones.insert(place, handset);
        signed_in.map(|()| true)
    }

    /// What the server holds now; the ledger notes who saw what.
    pub(super) fn look(&mut self) -> Result<Arc<Moment>, Failure> {
        let moment = self.server.moment()?;
        if self.looked.as_ref().is_none_or(|last| !Arc::ptr_eq(last, &moment)) {
            self.ledger.note_seen(&moment);
            self.looked = Some(moment.clone());
        }
        Ok(moment)
    }

    /// Judges an exchange that the server carried out while nobody else wrote.
    fn judge(
        &mut self,
        from: (UserId, DeviceId),
        frame: &[u8],
        answer: &[u8],
        before: &[Arc<Moment>],
    ) -> Result<(), Failure> {
        let (request, answer) = (from_frame(frame, MOST_BYTES)?, from_frame(answer, MOST_BYTES)?);
        self.ledger.note(from, &request, &answer)?;
        let snapshot = self.look()?;
        let (user, request, answer, honest) = (from.0, &request, &answer, Some(from.1));
        Carried { user, request, answer, before, snapshot: &snapshot, alone: true, honest }
            .check(&self.ledger)
    }

    /// A request that was held up arrives at last.
    pub(super) fn arrive(&mut self) -> Result<(), Failure> {
        if self.held_up.is_empty() {
            return Ok(());
        }
        let (token, from, frame) = self.held_up.remove(0);
        let before = self.look()?;
        // By now the session may be over.
        match self.server.exchange(&token, &frame)? {
            Ok(answer) => self.judge(from, &frame, &answer, &[before]),
            Err(_) => Ok(()),
        }
    }
}

/// The same request with the least budget for its answer.
fn narrow(frame: &[u8]) -> Result<Vec<u8>, Failure> {
    let request: SyncRequest = from_frame(frame, MOST_BYTES)?;
    Ok(to_frame(&SyncRequest { budget: Some(1), ..request }))
}

/// Whether an exchange brought or carried anything.
fn moves(frame: &[u8], answer: &[u8]) -> bool {
    let request = from_frame::<SyncRequest>(frame, MOST_BYTES);
    let answer = from_frame::<SyncResponse>(answer, MOST_BYTES);
    let carried = request.is_ok_and(|request| {
        !request.push.is_empty()
            || !request.reuploads.is_empty()
            || !request.fetch.is_empty()
            || request.reuploads_rows()
    });
    carried || answer.is_ok_and(|answer| !answer.entries.is_empty() || answer.more)
}

/// Whether the server has put off some of what was sent.
fn puts_off(answer: &[u8]) -> Result<bool, Failure> {
    let answer: SyncResponse = from_frame(answer, MOST_BYTES)?;
    let mut verdicts = answer.verdicts.iter().flat_map(|group| &group.verdicts).chain(&answer.row_verdicts);
    Ok(verdicts.any(|verdict| *verdict == Verdict::NotReached))
}
