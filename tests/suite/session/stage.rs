//! Two users with phones, and a server in memory.

#![expect(clippy::unwrap_used, reason = "what a test's helpers meet unexpectedly is a failure of the test")]

use std::sync::Arc;

use roadbook_client::{
    Client, Counts, Identity, MAX_ANSWER, NewCard, Owner, QuarantineReason, Quarantined, SyncSession,
    ValueEdit,
};
use roadbook_domain::crm::command::CardCommand;
use roadbook_domain::settings::user::User;
use roadbook_domain::settings::{Settings, SettingsKind, SettingsRow, builtin_rows, local_user};
use roadbook_domain::value::env::SeededEnv;
use roadbook_domain::value::id::{DeviceId, DocumentId, OrgId, UserId};
use roadbook_domain::value::time::{Timestamp, Zone};
use roadbook_domain::wire::{GroupVerdict, SyncRequest, SyncResponse, Verdict, from_frame, to_frame};
use roadbook_tests::model::{ModelServer, Principal};
use rusqlite::Connection;

pub const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
pub const ALICE: UserId = UserId::from_bytes([1; 16]);
pub const BOB: UserId = UserId::from_bytes([2; 16]);

/// A phone and its user.
pub struct Phone {
    pub client: Client,
    pub env: Arc<SeededEnv>,
    pub who: Principal,
    pub folder: tempfile::TempDir,
}

impl Phone {
    pub fn new(user: UserId, number: u8) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let env = Arc::new(SeededEnv::new(u64::from(number), NOW));
        let client = Client::open(folder.path().join("phone.sqlite"), env.clone()).unwrap();
        let who = Principal { user, device: DeviceId::from_bytes([number; 16]) };
        let org = Some(OrgId::derived(&[]));
        client.set_identity(Identity { user, org, device: Some(who.device) }).unwrap();
        Self { client, env, who, folder }
    }

    /// Syncs to rest; `tamper` may change each answer, knowing its request.
    pub fn sync_with(
        &self,
        server: &mut ModelServer,
        mut tamper: impl FnMut(&SyncRequest, &mut SyncResponse),
    ) -> Counts {
        let mut session = SyncSession::new(&self.client);
        let mut counts = Counts::default();
        while let Some(frame) = session.next_request().unwrap() {
            let request: SyncRequest = from_frame(&frame, MAX_ANSWER).unwrap();
            let mut response = server.exchange(self.who, &request);
            tamper(&request, &mut response);
            counts.add(session.on_response(&to_frame(&response)).unwrap().counts);
            assert_eq!(self.client.wrong_projections(), Ok(Vec::new()));
        }
        counts
    }

    /// Exchanges to rest with a server that takes no request of more bytes of changes than `most`, and
    /// whose answers are lost where `is_lost` says so.
    pub fn exchange(
        &self,
        server: &mut ModelServer,
        session: &mut SyncSession,
        most: usize,
        mut is_lost: impl FnMut(&SyncRequest) -> bool,
    ) -> Vec<SyncRequest> {
        let mut requests = Vec::new();
        loop {
            let Some(frame) = session.next_request().unwrap() else { return requests };
            let request: SyncRequest = from_frame(&frame, MAX_ANSWER).unwrap();
            requests.push(request.clone());
            if carried(&request) > most {
                assert!(session.on_too_large());
                continue;
            }
            let response = server.exchange(self.who, &request);
            if is_lost(&request) {
                session.on_failure(None);
                self.env.advance(600_000);
                continue;
            }
            session.on_response(&to_frame(&response)).unwrap();
        }
    }

    /// Syncs with a server that has no room for what is re-uploaded; answers how many requests carried some.
    pub fn sync_to_full(&self, session: &mut SyncSession, server: &mut ModelServer) -> usize {
        let mut carried = 0;
        session.poke();
        while let Some(frame) = session.next_request().unwrap() {
            let mut request: SyncRequest = from_frame(&frame, MAX_ANSWER).unwrap();
            let offered = std::mem::take(&mut request.reuploads);
            carried += usize::from(!offered.is_empty());
            let mut response = server.exchange(self.who, &request);
            response.verdicts.extend(offered.into_iter().map(|offer| {
                let verdicts = vec![Verdict::NotReached; offer.changes.len()];
                GroupVerdict { document: offer.document, verdicts }
            }));
            session.on_response(&to_frame(&response)).unwrap();
        }
        carried
    }

    pub fn sync(&self, server: &mut ModelServer) -> Counts {
        self.sync_with(server, |_, _| {})
    }

    pub fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("phone.sqlite")
    }

    /// The file, seen and written beside the client.
    pub fn file(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }

    /// The documents that the phone does not trust any more.
    pub fn damaged(&self) -> Vec<DocumentId> {
        let file = self.file();
        let mut statement = file.prepare("SELECT id FROM document WHERE damage IS NOT NULL").unwrap();
        let ids = statement.query_map([], |row| row.get(0).map(DocumentId::from_bytes)).unwrap();
        ids.map(Result::unwrap).collect()
    }

    /// The same file in a process beside the app.
    pub fn widget(&self) -> Client {
        Client::open_beside(self.folder.path().join("phone.sqlite"), self.env.clone()).unwrap()
    }

    pub fn card(&self, name: &str) -> DocumentId {
        self.card_with(name, Vec::new())
    }

    /// A card that is made by one change, with all that `commands` write.
    pub fn card_with(&self, name: &str, commands: Vec<CardCommand>) -> DocumentId {
        let product = self.client.settings().unwrap().products().next().unwrap().id;
        let (name, owner) = (name.to_owned(), Owner::Nobody);
        self.client.create_card(&NewCard { product, name, status: None, owner, commands }).unwrap().0
    }

    pub fn rename(&self, card: DocumentId, name: &str) {
        self.client.edit_card(card, &[CardCommand::Rename(name.to_owned())]).unwrap();
    }

    pub fn name(&self, card: DocumentId) -> Option<String> {
        self.client.card(card).ok().map(|card| card.row.name)
    }

    pub fn quarantine(&self) -> Vec<Quarantined> {
        self.client.quarantine().unwrap()
    }
}

/// How many bytes of changes a request carries.
pub fn carried(request: &SyncRequest) -> usize {
    let offered = request.reuploads.iter().flat_map(|offer| &offer.changes).map(|change| change.len());
    let pushed = request.push.iter().flat_map(|group| &group.changes).map(|change| change.change.len());
    offered.chain(pushed).sum()
}

pub fn server() -> ModelServer {
    let user = |id| SettingsRow::new(&User { id, ..local_user(Zone::UTC, "en-GB") }, 1);
    ModelServer::new(NOW, builtin_rows().into_iter().chain([user(ALICE), user(BOB)]).collect())
}

/// A server, and two phones that hold the same card.
pub fn stage() -> (ModelServer, Phone, Phone, DocumentId) {
    let mut server = server();
    let (alice, bob) = (Phone::new(ALICE, 1), Phone::new(BOB, 2));
    alice.sync(&mut server);
    let card = alice.card("Kitchen");
    alice.sync(&mut server);
    bob.sync(&mut server);
    assert_eq!(bob.name(card).as_deref(), Some("Kitchen"));
    (server, alice, bob, card)
}

pub fn values(items: &[Quarantined]) -> Vec<(QuarantineReason, String)> {
    let value = |edit: &ValueEdit| match edit {
        ValueEdit::Put { value, .. } => value.clone(),
        ValueEdit::Text { after, .. } => after.clone(),
    };
    items.iter().flat_map(|item| item.edits.iter().map(|edit| (item.reason, value(edit)))).collect()
}

/// Bob's row of the directory in another zone.
pub fn bob_in(zone: &str) -> SettingsRow {
    SettingsRow::new(&User { id: BOB, ..local_user(zone.parse().unwrap(), "en-GB") }, 0)
}

pub fn zone_of_bob(settings: &Settings) -> (String, u64) {
    let row = settings.row(SettingsKind::User, BOB.into()).unwrap();
    (row.read::<User>().unwrap().zone, row.version)
}
