//! The network between phones and server: it loses, repeats, holds up and cuts messages.

use roadbook_client::{SessionError, Step};
use roadbook_domain::wire::{SyncRequest, SyncResponse, from_frame, to_frame};
use sha2::Digest;

use super::Simulation;
use super::transition::Fault;
use crate::failure::{Failure, ensure};

/// How long a phone waits for another process of its own that holds the lease, in milliseconds.
const LEASE: i64 = 91_000;

/// How many exchanges a phone may need to come to rest.
const MOST_EXCHANGES: usize = 150;

/// The most bytes of a message.
const MOST_BYTES: usize = 32 << 20;

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
        let Some(frame) = self.next_request(place)? else { return Ok(None) };
        self.transcript.update(&frame);
        let answer = self.carry(place, &frame, fault)?;
        let app = self.phones[place].phone.app();
        let step = match answer {
            None => {
                app.session.on_failure(None);
                None
            }
            Some(answer) => {
                self.transcript.update(&answer);
                match app.session.on_response(&answer) {
                    Ok(step) => Some((step, moves(&frame, &answer))),
                    Err(SessionError::Malformed(_)) if matches!(fault, Fault::CutAnswer(_)) => {
                        app.session.on_failure(None);
                        None
                    }
                    Err(error) => return Err(error.into()),
                }
            }
        };
        if fault == Fault::KillBeforeStoring {
            self.kill(place)?;
        }
        self.look_at(place)?;
        Ok(step)
    }

    /// The next request of a phone; it waits as long as it must.
    fn next_request(&mut self, place: usize) -> Result<Option<Vec<u8>>, Failure> {
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
    fn carry(&mut self, place: usize, frame: &[u8], fault: Fault) -> Result<Option<Vec<u8>>, Failure> {
        match fault {
            Fault::DropRequest => return Ok(None),
            Fault::Delay => {
                self.held_up.push((self.phones[place].token.clone(), frame.to_vec()));
                return Ok(None);
            }
            Fault::CutRequest(at) => {
                let cut = &frame[..frame.len() * usize::from(at) / 256];
                let refused = self.server.exchange(&self.phones[place].token, cut)?.is_err();
                ensure("half a request is refused", refused, || format!("{} bytes were taken", cut.len()))?;
                return Ok(None);
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
        let answer = self.delivered(place, frame)?;
        match fault {
            Fault::DropAnswer | Fault::KillBeforeStoring => Ok(None),
            Fault::Twice => self.delivered(place, frame).map(Some),
            Fault::CutAnswer(at) => Ok(Some(answer[..answer.len() * usize::from(at) / 256].to_vec())),
            _ => Ok(Some(answer)),
        }
    }

    /// What the server answers to a whole frame; the ledger notes it.
    fn delivered(&mut self, place: usize, frame: &[u8]) -> Result<Vec<u8>, Failure> {
        let mut answer = self.server.exchange(&self.phones[place].token, frame)?;
        if answer.is_err() {
            // The session is over, or the server forgot it: the user signs in again and nothing is lost.
            let mut handset = self.phones.remove(place);
            let signed_in = self.sign_in(&mut handset);
            self.phones.insert(place, handset);
            signed_in?;
            answer = self.server.exchange(&self.phones[place].token, frame)?;
        }
        let answer = answer.map_err(|status| Failure::new("a whole request is answered", status))?;
        self.ledger.note(&from_frame(frame, MOST_BYTES)?, &from_frame(&answer, MOST_BYTES)?);
        Ok(answer)
    }

    /// A request that was held up arrives at last.
    pub(super) fn arrive(&mut self) -> Result<(), Failure> {
        if self.held_up.is_empty() {
            return Ok(());
        }
        let (token, frame) = self.held_up.remove(0);
        // By now the session may be over.
        if let Ok(answer) = self.server.exchange(&token, &frame)? {
            self.ledger.note(&from_frame(&frame, MOST_BYTES)?, &from_frame(&answer, MOST_BYTES)?);
        }
        Ok(())
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
