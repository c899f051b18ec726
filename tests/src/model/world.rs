//! A firm of phones and its server, on one seed. The seed decides who edits what, which messages are lost,
//! and what is restored.

mod edits;
mod phone;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use roadbook_client::{Client, Counts, SyncSession};
use roadbook_domain::settings::user::User;
use roadbook_domain::settings::{SettingsRow, builtin_rows, local_user};
use roadbook_domain::value::env::{Env, SeededEnv, random};
use roadbook_domain::value::id::{DeviceId, DocumentId, UserId};
use roadbook_domain::value::time::{Timestamp, Zone};
use roadbook_domain::wire::{SyncRequest, SyncResponse, from_frame, to_frame};

use super::server::{ModelServer, Principal};
use phone::Phone;

/// How many exchanges one sync may take; more is a loop.
const MOST_EXCHANGES: u32 = 400;
/// How often everybody syncs in turn, at the end, before all must be equal.
const MOST_ROUNDS: u32 = 12;

/// Phones, a network and a server.
pub struct World {
    env: SeededEnv,
    dir: PathBuf,
    server: ModelServer,
    backup: Option<ModelServer>,
    users: Vec<UserId>,
    phones: Vec<Phone>,
    /// Requests that the network delivers once more, later.
    delayed: Vec<(Principal, SyncRequest)>,
    /// Every value that somebody wrote, and whether it may be lost.
    written: BTreeMap<String, Written>,
    counts: Counts,
    exchanges: u64,
}

/// A value that somebody wrote once.
#[derive(Debug, Clone)]
struct Written {
    document: DocumentId,
    excused: bool,
}

/// What a run came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// How many values were written.
    pub written: usize,
    /// How many of them were lost because no copy was left, or with a purge.
    pub excused: usize,
    /// How many exchanges it took.
    pub exchanges: u64,
    /// What the phones did.
    pub counts: Counts,
    /// The hash of the first phone's state.
    pub state: [u8; 32],
}

impl World {
    /// Runs `steps` random steps on a seed, lets everybody sync, and checks what must hold then: all
    /// hold the same, show what they hold, and nothing that was written is lost. `dir` is an empty
    /// folder for the phones' files.
    ///
    /// # Errors
    /// What does not hold, in words.
    pub fn run(seed: u64, steps: u32, dir: &Path) -> Result<Ending, String> {
        let mut world = Self::new(seed, dir)?;
        for step in 0..steps {
            world.step().map_err(|why| format!("seed {seed}, step {step}: {why}"))?;
        }
        world.end().map_err(|why| format!("seed {seed}, at rest: {why}"))
    }

    /// A firm of two users with three phones, before anything happened.
    pub fn new(seed: u64, dir: &Path) -> Result<Self, String> {
        let now = Timestamp::from_millis(1_800_000_000_000);
        let env = SeededEnv::new(seed, now);
        let users: Vec<_> = (0..2).map(|_| UserId::new(&env)).collect();
        let rows = users.iter().map(|id| {
            let user = User { id: *id, ..local_user(Zone::UTC, "en-GB") };
            SettingsRow::new(&user, 1)
        });
        let server = ModelServer::new(now, builtin_rows().into_iter().chain(rows).collect());
        let mut world = Self {
            env,
            dir: dir.to_owned(),
            server,
            backup: None,
            users,
            phones: Vec::new(),
            delayed: Vec::new(),
            written: BTreeMap::new(),
            counts: Counts::default(),
            exchanges: 0,
        };
        for owner in [0, 0, 1] {
            world.add_phone(owner)?;
        }
        Ok(world)
    }

    /// One random step.
    pub fn step(&mut self) -> Result<(), String> {
        self.env.advance(i64::try_from(self.draw(100_000)).unwrap_or_default());
        self.server.set_now(self.env.now());
        let phone = self.draw_phone();
        match self.draw(100) {
            0..55 => self.edit(phone),
            55..80 => self.sync(phone, true).map(drop),
            80..84 => self.phone(phone)?.restart(),
            84..86 => self.phone(phone)?.keep_copy(),
            86..88 => self.restore_phone(phone),
            88 => self.clone_phone(phone),
            89 => self.fork_phone(phone),
            90 | 91 => self.back_up_or_restore(),
            92 => {
                self.server.compact();
                Ok(())
            }
            93 | 94 => {
                self.change_visibility();
                Ok(())
            }
            95 => {
                self.purge();
                Ok(())
            }
            96 => {
                self.change_settings();
                Ok(())
            }
            _ => {
                self.deliver_delayed();
                Ok(())
            }
        }
    }

    /// Everybody syncs until nothing moves; then everything is checked.
    pub fn end(mut self) -> Result<Ending, String> {
        self.delayed.clear();
        for round in 0.. {
            let mut moved = false;
            for phone in 0..self.phones.len() {
                moved |= self.sync(phone, false)?;
            }
            if !moved {
                break;
            }
            if round == MOST_ROUNDS {
                return Err("the phones do not come to rest".to_owned());
            }
        }
        self.check_equal()?;
        self.check_nothing_lost()?;
        let first = self.phones.first().ok_or("no phone")?;
        Ok(Ending {
            written: self.written.len(),
            excused: self.written.values().filter(|written| written.excused).count(),
            exchanges: self.exchanges,
            counts: self.counts,
            state: first.state_hash(self.env.now())?,
        })
    }

    fn draw(&self, below: u64) -> u64 {
        u64::from_be_bytes(random(&self.env)) % below.max(1)
    }

    fn draw_phone(&self) -> usize {
        usize::try_from(self.draw(self.phones.len() as u64)).unwrap_or_default()
    }

    fn phone(&mut self, phone: usize) -> Result<&mut Phone, String> {
        self.phones.get_mut(phone).ok_or_else(|| format!("no phone {phone}"))
    }

    fn add_phone(&mut self, owner: usize) -> Result<(), String> {
        let user = self.users.get(owner).copied().ok_or("no such user")?;
        let who = Principal { user, device: DeviceId::new(&self.env) };
        let path = self.dir.join(format!("phone{}.sqlite", self.phones.len()));
        let phone = Phone::open(path, who, u64::from_be_bytes(random(&self.env)), self.env.now())?;
        phone.enrol()?;
        self.phones.push(phone);
        Ok(())
    }
}

/// Exchanges.
impl World {
    /// Syncs a phone until it rests, or until the network fails it; tells whether anything moved.
    fn sync(&mut self, phone: usize, faulty: bool) -> Result<bool, String> {
        let now = self.env.now();
        let (client, who) = {
            let phone = self.phone(phone)?;
            phone.set_now(now);
            (phone.client()?, phone.who)
        };
        let mut session = SyncSession::new(&client);
        let mut moved = false;
        for _ in 0..MOST_EXCHANGES {
            let frame = session.next_request().map_err(|error| format!("next request: {error}"))?;
            let Some(frame) = frame else {
                check_shown(&client)?;
                return Ok(moved);
            };
            let request: SyncRequest =
                from_frame(&frame, frame.len().max(1 << 24)).map_err(|error| error.to_string())?;
            self.exchanges += 1;
            match self.carry(who, &request, faulty) {
                None => {
                    session.on_failure(None);
                    check_shown(&client)?;
                    return Ok(true);
                }
                Some(response) => {
                    let step = session
                        .on_response(&to_frame(&response))
                        .map_err(|error| format!("answer: {error}"))?;
                    moved |= step.counts != Counts::default() || step.reconciling;
                    self.counts.add(step.counts);
                }
            }
        }
        Err(format!("a sync took more than {MOST_EXCHANGES} exchanges"))
    }

    /// Carries a request to the server and its answer back, or loses one of them.
    fn carry(&mut self, who: Principal, request: &SyncRequest, faulty: bool) -> Option<SyncResponse> {
        let fault = if faulty { self.draw(16) } else { 99 };
        if fault == 0 {
            return None;
        }
        let response = self.server.exchange(who, request);
        match fault {
            1 => None,
            2 => Some(self.server.exchange(who, request)),
            3 => {
                self.server.exchange(who, request);
                Some(response)
            }
            4 => {
                self.delayed.push((who, request.clone()));
                Some(response)
            }
            _ => Some(response),
        }
    }

    fn deliver_delayed(&mut self) {
        for (who, request) in std::mem::take(&mut self.delayed) {
            self.server.exchange(who, &request);
        }
    }
}

/// What happens to phones and server.
impl World {
    fn restore_phone(&mut self, phone: usize) -> Result<(), String> {
        self.phone(phone)?.restore_copy()?;
        self.excuse_lost()
    }

    /// Sets up another phone from a copy of this one's file: the server gives it another device id.
    fn clone_phone(&mut self, phone: usize) -> Result<(), String> {
        if self.phones.len() >= 5 {
            return Ok(());
        }
        let device = DeviceId::new(&self.env);
        let seeds = (u64::from_be_bytes(random(&self.env)), u64::from_be_bytes(random(&self.env)));
        self.copy_phone(phone, device, seeds)
    }

    /// Runs the same phone twice: one device id, one actor.
    fn fork_phone(&mut self, phone: usize) -> Result<(), String> {
        if self.phones.len() >= 5 {
            return Ok(());
        }
        let seed = u64::from_be_bytes(random(&self.env));
        let device = self.phone(phone)?.who.device;
        self.copy_phone(phone, device, (seed, seed))?;
        self.phones.last().into_iter().for_each(Phone::stir);
        Ok(())
    }

    /// Copies a phone; the seeds are of the original's next process and of the copy's first one.
    fn copy_phone(&mut self, phone: usize, device: DeviceId, seeds: (u64, u64)) -> Result<(), String> {
        let path = self.dir.join(format!("phone{}.sqlite", self.phones.len()));
        let now = self.env.now();
        let original = self.phone(phone)?;
        let who = Principal { device, ..original.who };
        original.copy_to(&path, seeds.0)?;
        let copy = Phone::open(path, who, seeds.1, now)?;
        copy.enrol()?;
        self.phones.push(copy);
        Ok(())
    }

    fn back_up_or_restore(&mut self) -> Result<(), String> {
        match self.backup.take() {
            None => self.backup = Some(self.server.clone()),
            Some(backup) => {
                self.server.restore(&backup);
                self.excuse_lost()?;
            }
        }
        Ok(())
    }

    fn change_visibility(&mut self) {
        let user = self.users.get(usize::try_from(self.draw(2)).unwrap_or_default()).copied();
        if let (Some(document), Some(user)) = (self.draw_document(), user) {
            let sees = self.draw(2) == 0;
            self.server.set_visible(document, user, sees);
        }
    }

    fn purge(&mut self) {
        if let Some(document) = self.draw_document() {
            self.server.purge(document);
            for written in self.written.values_mut().filter(|written| written.document == document) {
                written.excused = true;
            }
        }
    }

    fn change_settings(&mut self) {
        if let Some(user) = self.users.first() {
            let zone =
                if self.draw(2) == 0 { Zone::UTC } else { "Europe/Budapest".parse().unwrap_or(Zone::UTC) };
            let user = User { id: *user, ..local_user(zone, "en-GB") };
            self.server.put_settings(SettingsRow::new(&user, 0));
        }
    }

    fn draw_document(&self) -> Option<DocumentId> {
        let documents = self.server.documents();
        let place = usize::try_from(self.draw(documents.len() as u64)).unwrap_or_default();
        documents.get(place).copied()
    }
}

/// What must hold.
impl World {
    /// After something was put back to an older state, a value that nobody holds any more may be lost.
    fn excuse_lost(&mut self) -> Result<(), String> {
        let held = self.held_by_phones()?;
        for (value, written) in &mut self.written {
            let by_phone = held.iter().any(|held| held.contains(value));
            let by_server = self.server.values_ever(written.document).iter().any(|held| held.contains(value));
            written.excused |= !by_phone && !by_server;
        }
        Ok(())
    }

    fn held_by_phones(&self) -> Result<BTreeSet<String>, String> {
        let mut held = BTreeSet::new();
        for phone in &self.phones {
            held.extend(phone.values()?);
        }
        Ok(held)
    }

    fn check_equal(&self) -> Result<(), String> {
        let now = self.env.now();
        let mut by_user: BTreeMap<UserId, [u8; 32]> = BTreeMap::new();
        for (number, phone) in self.phones.iter().enumerate() {
            let unsent = phone.unsent()?;
            if unsent > 0 {
                return Err(format!("phone {number} still has {unsent} unsent changes"));
            }
            phone.check_against(&self.server).map_err(|why| format!("phone {number}: {why}"))?;
            let hash = phone.state_hash(now)?;
            if *by_user.entry(phone.who.user).or_insert(hash) != hash {
                return Err(format!("phone {number} shows another state than its user's first phone"));
            }
        }
        Ok(())
    }

    fn check_nothing_lost(&self) -> Result<(), String> {
        let mut quarantined = BTreeSet::new();
        for phone in &self.phones {
            quarantined.extend(phone.quarantined()?);
        }
        for (value, written) in self.written.iter().filter(|(_, written)| !written.excused) {
            let on_server = self.server.values_ever(written.document).iter().any(|held| held.contains(value));
            if !on_server && !quarantined.iter().any(|held| held.contains(value)) {
                return Err(format!("{value} of {:?} is lost", written.document));
            }
        }
        Ok(())
    }
}

/// Whether every list shows what the documents say.
fn check_shown(client: &Client) -> Result<(), String> {
    let wrong = client.wrong_projections().map_err(|error| error.to_string())?;
    if wrong.is_empty() { Ok(()) } else { Err(format!("{} documents are shown wrongly", wrong.len())) }
}
