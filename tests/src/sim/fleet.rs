//! A fleet in which not everybody has updated: phones of one user of several generations, and a server of
//! the newest. The network is without faults: what is looked at is what each makes of the others' words.

use roadbook_client::{ApiError, Client, Counts};
use roadbook_domain::value::generation::{Generation, with};
use roadbook_domain::wire::{Pushed, SyncRequest, SyncResponse, Verdict, from_frame, to_frame};
use tempfile::TempDir;

use super::firm::{Firm, START, folder};
use super::phone::Phone;
use super::server::Server;
use crate::failure::{Failure, ensure};

/// The number of the user whose phones they all are: a Manager, who sees all but what is private.
const USER: usize = 1;

/// How many exchanges a phone may need to come to rest.
const MOST_EXCHANGES: usize = 60;

/// The most bytes of a message.
const MOST_BYTES: usize = 32 << 20;

/// Phones of several generations with one server.
pub struct Fleet<'a> {
    firm: &'a Firm,
    server: Server,
    members: Vec<Member>,
    folder: TempDir,
}

struct Member {
    generation: Generation,
    phone: Phone,
    token: String,
}

/// What one sync took.
#[derive(Debug, Clone, Default)]
pub struct Synced {
    /// The requests, in order.
    pub requests: Vec<SyncRequest>,
    /// What the answers did.
    pub counts: Counts,
    /// Whether phone and server were compared document by document.
    pub reconciled: bool,
}

impl<'a> Fleet<'a> {
    /// The server of a firm as tomorrow's build, and no phones yet.
    ///
    /// # Errors
    /// The server does not begin.
    pub fn new(firm: &'a Firm) -> Result<Self, Failure> {
        let folder = folder()?;
        let (serving, admin) = (folder.path().join("server"), firm.users[0].clone());
        let start = || Server::start(&firm.database(), &firm.secrets(), serving, 1, START, admin);
        let server = with(Generation::Tomorrow, start)?;
        Ok(Self { firm, server, members: Vec::new(), folder })
    }

    /// Adds a phone of a generation, which has not synced yet; returns its place.
    ///
    /// # Errors
    /// It cannot sign in.
    pub fn add(&mut self, generation: Generation) -> Result<usize, Failure> {
        let place = self.members.len();
        let install_secret = [0x40 + u8::try_from(place)?; 32];
        let signed_in = self.server.sign_in(&self.firm.users[USER].email, &install_secret)?;
        let (identity, folder) = (signed_in.identity, self.folder.path().join(format!("phone-{place}")));
        let phone = with(generation, || {
            let mut phone = Phone::new(identity, folder, None, 900 + place as u64, START)?;
            phone.app().client.set_identity(identity)?;
            Ok::<_, Failure>(phone)
        })?;
        self.members.push(Member { generation, phone, token: signed_in.token });
        Ok(place)
    }

    /// Does something on a phone, as a build of its generation.
    ///
    /// # Errors
    /// What the phone says.
    pub fn act<T>(
        &mut self,
        place: usize,
        act: impl FnOnce(&Client) -> Result<T, ApiError>,
    ) -> Result<T, Failure> {
        let member = &mut self.members[place];
        Ok(with(member.generation, || act(&member.phone.app().client))?)
    }

    /// Lets a phone exchange until it rests.
    ///
    /// # Errors
    /// An exchange fails, or it does not come to rest.
    pub fn sync(&mut self, place: usize) -> Result<Synced, Failure> {
        self.sync_with(place, |_| {}, |_| {})
    }

    /// As [`Self::sync`]; each request and each answer may be changed on its way.
    ///
    /// # Errors
    /// As [`Self::sync`].
    pub fn sync_with(
        &mut self,
        place: usize,
        mut up: impl FnMut(&mut SyncRequest),
        mut down: impl FnMut(&mut SyncResponse),
    ) -> Result<Synced, Failure> {
        let Member { generation, phone, token } = &mut self.members[place];
        let (generation, app) = (*generation, phone.app());
        app.session.poke();
        let mut synced = Synced::default();
        for _ in 0..MOST_EXCHANGES {
            let Some(frame) = with(generation, || app.session.next_request())? else { return Ok(synced) };
            let mut request: SyncRequest = from_frame(&frame, MOST_BYTES)?;
            synced.requests.push(request.clone());
            up(&mut request);
            let mut answer = answered(&self.server, token, &request)?;
            down(&mut answer);
            let step = with(generation, || app.session.on_response(&to_frame(&answer)))?;
            synced.counts.add(step.counts);
            synced.reconciled |= step.reconciling;
        }
        Err(Failure::new(
            "a sync comes to rest",
            format!("phone {place} has made {MOST_EXCHANGES} exchanges"),
        ))
    }

    /// Pushes changes that no call of the app writes, in the name of a phone.
    ///
    /// # Errors
    /// The server does not take all of them.
    pub fn push(&self, place: usize, pushed: Pushed) -> Result<(), Failure> {
        let request = SyncRequest { push: vec![pushed], ..SyncRequest::default() };
        let answer = answered(&self.server, &self.members[place].token, &request)?;
        let mut verdicts = answer.verdicts.iter().flat_map(|group| &group.verdicts);
        let is_applied = verdicts.all(|verdict| matches!(verdict, Verdict::Applied(_)));
        ensure("tomorrow's server takes what tomorrow's build writes", is_applied, || {
            format!("{:?}", answer.verdicts)
        })
    }
}

/// What the server answers.
fn answered(server: &Server, token: &str, request: &SyncRequest) -> Result<SyncResponse, Failure> {
    let answer = server.exchange(token, &to_frame(request))?;
    let answer = answer.map_err(|status| Failure::new("an exchange is answered", status))?;
    Ok(from_frame(&answer, MOST_BYTES)?)
}
