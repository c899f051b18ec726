//! What befalls users and their phones: accounts that change, phones that are lost, two processes on a file,
//! sign-outs, damage, and no room.

use std::collections::{BTreeMap, BTreeSet};

use roadbook_client::{ApiError, SessionError, SyncError, SyncSession, Transport, TransportError, account};
use roadbook_domain::document::change::ChangeHash;
use roadbook_domain::settings::role::Role;
use roadbook_domain::value::id::DocumentId;

use super::edits::{self, Marks, People};
use super::peek::Unsent;
use super::phone::stored;
use super::transition::Act;
use super::{Handset, MOST_PHONES, PASSWORD, Simulation};
use crate::dice::seed_of;
use crate::failure::{Failure, ensure, same};

/// Fewer phones than this make no conversation.
const LEAST_PHONES: usize = 3;

impl Simulation<'_> {
    /// An administrator does something to a user.
    pub(super) fn act(&mut self, user: u8, act: Act) -> Result<(), Failure> {
        // The administrator stays one.
        let owner = 1 + usize::from(user) % (self.users.len() - 1);
        let handset = self.phones.iter().find(|handset| handset.owner == owner);
        let device = handset.and_then(|handset| handset.phone.identity.device);
        if act == Act::Revoke && device.is_none() {
            return Ok(());
        }
        self.ledger.tally.count(act.name());
        self.server.act(self.users[owner].id, device, act)?;
        self.look().map(drop)
    }

    /// Everybody may work again, so that all can come to rest; tells whether somebody could not.
    pub(super) fn enable_all(&mut self) -> Result<bool, Failure> {
        let accounts = self.look()?.accounts.clone();
        let disabled: Vec<_> = accounts.iter().filter(|(_, account)| account.is_disabled).collect();
        for (user, _) in &disabled {
            self.server.act(**user, None, Act::Enable)?;
        }
        Ok(!disabled.is_empty())
    }

    /// A user joins, with a phone.
    pub(super) fn join(&mut self) -> Result<(), Failure> {
        if self.phones.len() >= MOST_PHONES {
            return Ok(());
        }
        self.ledger.tally.count("users made");
        let number = self.users.len();
        let role = if number.is_multiple_of(2) { Role::Restricted } else { Role::User };
        self.joined += 1;
        let email = format!("new{}@example.com", self.joined);
        let member = self.server.add_user(&email, role, "Europe/Lisbon")?;
        self.users.push(member);
        self.enrol_user(number)
    }

    /// A phone is lost for ever. Somebody revokes it.
    pub(super) fn lose(&mut self, phone: u8) -> Result<(), Failure> {
        if self.phones.len() <= LEAST_PHONES {
            return Ok(());
        }
        self.ledger.tally.count("phones lost");
        let handset = self.phones.remove(self.place(phone));
        let device = handset.phone.identity.device;
        drop(handset);
        if let Some(device) = device.filter(|device| {
            // A copy that counts as the same device goes on.
            !self.phones.iter().any(|other| other.phone.identity.device == Some(*device))
        }) {
            let owner = self.users[0].id;
            self.server.act(owner, Some(device), Act::Revoke)?;
        }
        self.write_off()
    }

    /// Another process works on the file of an app.
    pub(super) fn widget(
        &mut self,
        phone: u8,
        (act, target, value): (u8, u8, u8),
        amid: bool,
    ) -> Result<(), Failure> {
        let place = self.place(phone);
        let frame = match amid {
            true => {
                self.poke(place);
                self.next_request(place)?
            }
            false => None,
        };
        self.made += 1;
        let seed = seed_of(self.seed, self.made << 32);
        let mut widget = self.phones[place].phone.beside(seed)?;
        let people = People { users: self.user_ids(), contacts: self.look()?.contacts() };
        let mut marks = Marks { next: &mut self.marked, erased: &mut self.ledger.erased };
        edits::edit(&widget, act, target, value, &people, &mut marks)?;
        self.look_at(place)?;
        self.ledger.tally.count("two processes on a file");
        widget.session.poke();
        match widget.session.next_request() {
            Ok(None) => {}
            Ok(Some(own)) => {
                ensure("one process of a device exchanges at a time", frame.is_none(), || {
                    format!("phone {place}")
                })?;
                match self.carry_plain(place, &own)? {
                    Some(answer) => drop(stored(&mut widget, place, &answer)?),
                    None => drop(widget.session.on_failure(None)),
                }
            }
            Err(SessionError::Elsewhere) => {
                self.ledger.tally.count("kept from exchanging by the other process");
            }
            Err(error) => return Err(error.into()),
        }
        drop(widget);
        self.look_at(place)?;
        if let Some(frame) = frame {
            match self.carry_plain(place, &frame)? {
                Some(answer) => drop(self.store(place, &answer)?),
                None => drop(self.phones[place].phone.app().session.on_failure(None)),
            }
        }
        self.look_at(place)
    }

    /// A user signs out; then the one with this number signs in, or the same again if the file is still
    /// theirs.
    pub(super) fn sign_out(&mut self, phone: u8, forced: bool, user: u8) -> Result<(), Failure> {
        let place = self.place(phone);
        let app = self.phones[place].phone.app();
        let (unsent, quarantined) = (app.peek.outbox()?, app.peek.quarantine()?);
        let client = app.client.clone();
        let signed_out = self.server.wait_for(account::sign_out(&client, &Line(None), forced));
        let is_kept = !unsent.is_empty() || !quarantined.is_empty();
        match signed_out {
            Ok(()) => {
                ensure("a sign-out loses nothing unless it is forced (C15)", forced || !is_kept, || {
                    format!("{} unsent, {} in the quarantine", unsent.len(), quarantined.len())
                })?
            }
            // By force only if a salvage lost the key: it must come from the server first.
            Err(SyncError::Unsent { .. } | SyncError::Unreachable { .. }) if is_kept => {
                self.ledger.tally.count("kept from signing out");
                return self.look_at(place);
            }
            Err(error) => return Err(error.into()),
        }
        self.ledger.tally.count(if forced && is_kept { "signed out by force" } else { "signed out" });
        let app = self.phones[place].phone.app();
        // Edits that the server has not are sealed; without a key for that the file stays as it was.
        let held = app.peek.documents()?;
        ensure("a sign-out leaves nothing of the user (C15)", is_kept || held.is_empty(), || {
            format!("{held:?}")
        })?;
        let is_free = held.is_empty() && app.peek.outbox()?.is_empty() && app.peek.quarantine()?.is_empty();
        app.session = SyncSession::new(&app.client);
        if is_free {
            // Of what a restored server lost, this may have been the last copy.
            self.write_off()?;
        }
        let owner = self.phones[place].owner;
        let other = usize::from(user) % self.users.len();
        if other != owner && self.is_enabled(other)? {
            let taken = self.sign_in_on(place, other)?;
            same("only a file without anything of another user is given on (C15)", &taken, &is_free)?;
            if taken {
                self.ledger.tally.count("another user signed in");
            }
        }
        if self.phones[place].owner == owner {
            // Whoever is disabled just now will be enabled at rest.
            let is_enabled = self.is_enabled(owner)?;
            if !is_enabled {
                self.server.act(self.users[owner].id, None, Act::Enable)?;
            }
            let taken = self.sign_in_on(place, owner)?;
            ensure("a user signs in to their own file again", taken, || format!("phone {place}"))?;
            self.is_back(place, &unsent, &quarantined)?;
        }
        self.look_at(place)
    }

    /// Whether all that a user had not sent is on their phone again.
    pub(super) fn is_back(
        &mut self,
        place: usize,
        unsent: &BTreeMap<ChangeHash, Unsent>,
        quarantined: &[(DocumentId, Vec<u8>)],
    ) -> Result<(), Failure> {
        let peek = &self.phones[place].phone.app().peek;
        let outbox = peek.outbox()?;
        let back = peek.quarantine()?;
        let is_back = |one: &Unsent| {
            let change = one.change.to_bytes();
            back.iter().any(|(document, kept)| *document == one.document && *kept == change)
        };
        let lost: Vec<_> =
            unsent.iter().filter(|(hash, one)| !outbox.contains_key(hash) && !is_back(one)).collect();
        ensure("what was kept at a sign-out is back (C15)", lost.is_empty(), || format!("{lost:?}"))?;
        let lost = quarantined.iter().filter(|item| !back.contains(item)).count();
        same("the quarantine that was kept at a sign-out is back (C15)", &lost, &0)
    }

    pub(super) fn is_enabled(&mut self, owner: usize) -> Result<bool, Failure> {
        let user = self.users[owner].id;
        Ok(self.look()?.accounts.get(&user).is_some_and(|account| !account.is_disabled))
    }

    /// A user signs in on a phone as its app does it; tells whether the file is theirs.
    pub(super) fn sign_in_on(&mut self, place: usize, owner: usize) -> Result<bool, Failure> {
        let member = self.users[owner].clone();
        let secret = self.phones[place].install_secret;
        let answer = self.server.sign_in_answer(&member.email, &secret)?;
        let credentials = account::Credentials { email: &member.email, password: PASSWORD };
        let installation = account::Installation { platform: "test", name: "phone", secret: &secret };
        let line = Line(Some(answer.to_string()));
        let client = self.phones[place].phone.app().client.clone();
        match self.server.wait_for(account::sign_in(&client, &line, credentials, installation)) {
            Ok(identity) => {
                let handset = &mut self.phones[place];
                let token = answer["access_token"].as_str().unwrap_or_default();
                handset.token = token.to_owned();
                handset.signed_in_at = self.now;
                handset.phone.identity = identity;
                if handset.owner != owner {
                    // What the user before wrote has been sent, or is sealed.
                    handset.owner = owner;
                    handset.phone.begin_anew();
                }
                Ok(true)
            }
            Err(SyncError::OtherUser) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// A page of the file is damaged, and the file salvaged: what can be read is kept.
    pub(super) fn salvage(&mut self, phone: u8, page: u8) -> Result<(), Failure> {
        let place = self.place(phone);
        self.ledger.tally.count("salvaged");
        let Handset { phone, owner, .. } = &mut self.phones[place];
        let owner = *owner;
        let (unsent, quarantined) = (phone.app().peek.outbox()?, phone.app().peek.quarantine()?);
        let complete = phone.salvage(page)?;
        let app = phone.app();
        let kept: BTreeSet<_> = app.peek.quarantine()?.into_iter().map(|(_, change)| change).collect();
        let outbox = app.peek.outbox()?;
        // Of a user who cannot be told any more all is sealed, and another file is theirs.
        let is_signed_in = app.client.me()?.is_some();
        if complete && is_signed_in {
            let lost: Vec<_> = unsent
                .iter()
                .filter(|(hash, unsent)| {
                    !outbox.contains_key(hash) && !kept.contains(&unsent.change.to_bytes())
                })
                .collect();
            ensure("a salvage that is complete keeps all that is unsent (R10)", lost.is_empty(), || {
                format!("phone {place}: {lost:?}")
            })?;
            let lost = quarantined.iter().filter(|(_, change)| !kept.contains(change)).count();
            same("a salvage that is complete keeps the quarantine (R10)", &lost, &0)?;
        }
        if !complete {
            // Nobody knows what else there was.
            phone.confirmed = outbox;
        }
        // What the phone held as acknowledged is gone, and may have been the last copy after a restore.
        self.write_off()?;
        if is_signed_in {
            return self.look_at(place);
        }
        // Nobody can sign in to a file whose user cannot be told any more: they begin with another.
        drop(self.phones.remove(place));
        if self.is_enabled(owner)? { self.enrol_user(owner) } else { Ok(()) }
    }

    /// A document becomes unreadable and the app meets it: it comes again from the server, and nothing else suffers.
    pub(super) fn spoil(&mut self, phone: u8, target: u8) -> Result<(), Failure> {
        let place = self.place(phone);
        let Some(id) = self.phones[place].phone.spoil(target)? else { return Ok(()) };
        self.ledger.tally.count("documents spoiled");
        let client = &self.phones[place].phone.app().client;
        for met in [client.card(id).map(drop), client.contact(id).map(drop)] {
            match met {
                // It is here no more, or is no such document.
                Ok(()) | Err(ApiError::NotFound { .. } | ApiError::Invalid { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        // It may have been the last copy after a restore.
        self.write_off()?;
        self.look_at(place)
    }

    /// A user edits while there is no room: the edit is there, or it is not (R08).
    pub(super) fn edit_in_no_room(&mut self, phone: u8, act: u8, value: u8) -> Result<(), Failure> {
        let place = self.place(phone);
        let people = People { users: self.user_ids(), contacts: Vec::new() };
        let app = self.phones[place].phone.app();
        let before = app.peek.outbox()?;
        app.client.fill_storage(true);
        let mut marks = Marks { next: &mut self.marked, erased: &mut self.ledger.erased };
        let done = edits::try_edit(app, act, 0, value, &people, &mut marks)?;
        app.client.fill_storage(false);
        if matches!(done, Err(ApiError::StorageFull)) {
            self.ledger.tally.count("no room on a phone");
            same("an edit without room changes nothing (R08)", &before, &app.peek.outbox()?)?;
        } else if let Err(error) = done
            && !matches!(error, ApiError::NotFound { .. } | ApiError::Invalid { .. })
        {
            return Err(error.into());
        }
        self.look_at(place)
    }
}

/// A line to a server that answers one call with this, or not at all.
struct Line(Option<String>);

impl Transport for Line {
    async fn exchange(&self, _: &str, _: Vec<u8>) -> Result<Vec<u8>, TransportError> {
        Err(TransportError::Unreachable)
    }

    async fn post(&self, _: &str, _: Option<&str>, _: String) -> Result<String, TransportError> {
        self.0.clone().ok_or(TransportError::Unreachable)
    }
}
