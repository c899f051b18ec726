//! A phone of Alice's, its clock, and a server in memory.

#![expect(clippy::unwrap_used, reason = "what a test's helpers meet unexpectedly is a failure of the test")]

use std::sync::Arc;

use roadbook_client::account::{Credentials, Installation, sign_in};
use roadbook_client::{ApiError, Client, Identity, NewCard, NewContact, Owner, SyncError, sync};
use roadbook_domain::crm::command::{CardCommand, ContactCommand};
use roadbook_domain::crm::row::ContactSort;
use roadbook_domain::settings::user::User;
use roadbook_domain::settings::{SettingsRow, builtin_rows, local_user};
use roadbook_domain::value::env::{Env, SeededEnv};
use roadbook_domain::value::id::{DocumentId, UserId};
use roadbook_domain::value::time::{Timestamp, Zone};
use roadbook_tests::model::{ModelServer, ModelTransport, REFUSED};
use rusqlite::Connection;

pub const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
pub const ALICE: UserId = UserId::from_bytes([1; 16]);
pub const BOB: UserId = UserId::from_bytes([2; 16]);

pub struct Stage {
    pub client: Client,
    pub env: Arc<SeededEnv>,
    pub server: ModelTransport,
    pub folder: tempfile::TempDir,
}

impl Stage {
    pub fn new() -> Self {
        Self::with(builtin_rows())
    }

    /// With these settings and two users.
    pub fn with(settings: Vec<SettingsRow>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let env = Arc::new(SeededEnv::new(1, NOW));
        let client = Client::open(folder.path().join("phone.sqlite"), env.clone()).unwrap();
        let user = |id| SettingsRow::new(&User { id, ..local_user(Zone::UTC, "en-GB") }, 1);
        let rows = settings.into_iter().chain([user(ALICE), user(BOB)]).collect();
        let users = [("alice@example.org", ALICE, "right"), ("bob@example.org", BOB, "right")];
        let server = ModelTransport::new(ModelServer::new(NOW, rows), NOW, &users);
        Self { client, env, server, folder }
    }

    pub async fn signed_in() -> Self {
        let stage = Self::new();
        stage.sign_in("alice@example.org", "right").await.unwrap();
        stage
    }

    pub async fn sign_in(&self, email: &str, password: &str) -> Result<Identity, SyncError> {
        let installation = Installation { platform: "test", name: "Phone", secret: &[7; 32] };
        sign_in(&self.client, &self.server, Credentials { email, password }, installation).await
    }

    pub async fn sync(&self) -> Result<u64, SyncError> {
        sync(&self.client, &self.server, &mut |_| {}).await.map(|report| report.round_trips)
    }

    pub fn edit(&self) {
        self.try_edit().unwrap();
    }

    pub fn try_edit(&self) -> Result<(), ApiError> {
        let name = ContactCommand::Rename { given: "Ann".to_owned(), family: "Secretname".to_owned() };
        let new = NewContact { sort: ContactSort::Person, commands: vec![name] };
        self.client.create_contact(&new).map(drop)
    }

    /// The file, seen and written beside the client.
    pub fn file(&self) -> Connection {
        Connection::open(self.folder.path().join("phone.sqlite")).unwrap()
    }

    pub fn pass(&self, millis: i64) {
        self.env.advance(millis);
        self.server.set_now(self.env.now());
    }

    /// A card that the server has, with a rename on it that the server refused.
    pub async fn refused_edit(&self) -> DocumentId {
        self.sync().await.unwrap();
        let card = self.card("Bakery");
        self.sync().await.unwrap();
        self.client.edit_card(card, &[CardCommand::Rename(format!("{REFUSED}: Secretname"))]).unwrap();
        self.sync().await.unwrap();
        assert_eq!((self.client.unsent_count(), self.client.quarantine().unwrap().len()), (Ok(0), 1));
        card
    }

    pub fn card(&self, name: &str) -> DocumentId {
        let product = self.client.settings().unwrap().products().next().unwrap().id;
        let (name, owner, commands) = (name.to_owned(), Owner::Nobody, Vec::new());
        self.client.create_card(&NewCard { product, name, status: None, owner, commands }).unwrap().0
    }

    /// How many documents the server holds.
    pub fn on_server(&self) -> usize {
        self.server.with_server(|server| server.documents().len())
    }
}
