//! A phone for tests: a file in a folder of its own, and a clock that stands still.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use roadbook_domain::crm::command::{CardCommand, ContactCommand, NewTodo};
use roadbook_domain::crm::row::ContactSort;
use roadbook_domain::settings::catalogue::Language;
use roadbook_domain::settings::{LOCAL_USER, Settings};
use roadbook_domain::value::due::Due;
use roadbook_domain::value::env::SeededEnv;
use roadbook_domain::value::id::{DocumentId, PartId, ProductId, UserId};
use roadbook_domain::value::time::{Timestamp, Zone};

use crate::{Client, NewCard, NewContact, Owner};

/// Monday 2026-11-23, 10:00 in Budapest.
pub const NOW: Timestamp = Timestamp::from_millis(1_795_424_400_000);

pub struct Phone {
    pub client: Client,
    pub env: Arc<SeededEnv>,
    pub path: PathBuf,
    folder: Arc<tempfile::TempDir>,
}

impl Phone {
    /// A phone on which nobody has signed in.
    pub fn blank(seed: u64) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let env = Arc::new(SeededEnv::new(seed, NOW));
        let path = folder.path().join("roadbook.sqlite");
        let client = open(&path, &env);
        Self { client, env, path, folder }
    }

    /// A phone with a local workspace in Budapest.
    pub fn local(seed: u64) -> Self {
        let phone = Self::blank(seed);
        phone.client.begin_local_workspace(zone("Europe/Budapest"), "hu-HU").unwrap();
        phone
    }

    /// Another handle on the same file, as another process has it; not for [`is_alone`].
    pub fn another(&self) -> Client {
        Client::open(&self.path, self.env.clone()).unwrap()
    }

    /// Closes the file and opens it again.
    pub fn reopen(&mut self) {
        if is_alone() {
            // The one that is there must go first.
            self.client = Client::in_memory(self.env.clone()).unwrap();
        }
        self.client = open(&self.path, &self.env);
    }

    /// Closes the file and keeps its folder for as long as what this returns lives.
    pub fn close(self) -> Arc<tempfile::TempDir> {
        drop(self.client);
        self.folder
    }

    /// The product with this English name.
    pub fn product(&self, name: &str) -> ProductId {
        product(&self.client.settings().unwrap(), name)
    }

    /// A card of the product Projects.
    pub fn card(&self, name: &str, commands: &[CardCommand]) -> DocumentId {
        let new = new_card(self.product("Projects"), name, commands);
        self.client.create_card(&new).unwrap().0
    }

    pub fn company(&self, name: &str, commands: &[ContactCommand]) -> DocumentId {
        let rename = ContactCommand::Rename { given: String::new(), family: name.to_owned() };
        let commands = [&[rename], commands].concat();
        let new = NewContact { sort: ContactSort::Company, commands };
        self.client.create_contact(&new).unwrap().0
    }
}

pub fn new_card(product: ProductId, name: &str, commands: &[CardCommand]) -> NewCard {
    let (name, commands) = (name.to_owned(), commands.to_vec());
    NewCard { product, name, status: None, owner: Owner::Me, commands }
}

pub fn product(settings: &Settings, name: &str) -> ProductId {
    settings.products().find(|product| product.display_name(Language::English) == name).unwrap().id
}

pub fn zone(name: &str) -> Zone {
    name.parse().unwrap()
}

/// Whether these tests run as in a browser, where a handle has its file to itself: `tests/run` asks for it, and leaves
/// those out that want another handle beside it.
pub fn is_alone() -> bool {
    std::env::var_os("ROADBOOK_TESTS_ALONE").is_some()
}

fn open(path: &Path, env: &Arc<SeededEnv>) -> Client {
    let opened =
        if is_alone() { Client::open_alone(path, env.clone()) } else { Client::open(path, env.clone()) };
    opened.unwrap()
}

pub fn due(text: &str) -> Option<Due> {
    Some(text.parse().unwrap())
}

/// The `n`-th part.
pub fn part(n: u8) -> PartId {
    PartId::from_bytes([n; 6])
}

/// A todo of the local user.
pub fn todo(n: u8, text: &str, due: &str) -> CardCommand {
    todo_of(n, text, due, Some(LOCAL_USER))
}

pub fn todo_of(n: u8, text: &str, due: &str, assignee: Option<UserId>) -> CardCommand {
    let due = (!due.is_empty()).then(|| due.parse().unwrap());
    CardCommand::AddTodo(NewTodo { id: part(n), text: text.to_owned(), due, assignee, contact: None })
}
