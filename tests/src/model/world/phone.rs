//! One phone of the model: a real client on a file, and what can happen to the file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use roadbook_client::{Client, Identity, ValueEdit};
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::document::change::Op;
use roadbook_domain::value::env::{Env, SeededEnv};
use roadbook_domain::value::id::{DocumentId, OrgId};
use roadbook_domain::value::time::Timestamp;

use crate::model::server::{ModelServer, Principal};

/// One phone.
pub(super) struct Phone {
    path: PathBuf,
    pub who: Principal,
    seed: u64,
    /// As in a browser: its handle has the file to itself.
    is_alone: bool,
    env: Arc<SeededEnv>,
    client: Option<Client>,
    copied_at: Option<Principal>,
}

impl Phone {
    pub fn open(path: PathBuf, who: Principal, seed: u64, now: Timestamp) -> Result<Self, String> {
        let env = Arc::new(SeededEnv::new(seed, now));
        let is_alone = seed % 2 == 1;
        let client = Some(opened(&path, is_alone, &env)?);
        Ok(Self { path, who, seed, is_alone, env, client, copied_at: None })
    }

    /// Writes down who uses it, as a sign-in does.
    pub fn enrol(&self) -> Result<(), String> {
        let identity =
            Identity { user: self.who.user, org: Some(OrgId::derived(&[])), device: Some(self.who.device) };
        self.client()?.set_identity(identity).map_err(text).map(drop)
    }

    pub fn client(&self) -> Result<Client, String> {
        self.client.clone().ok_or_else(|| "the phone is off".to_owned())
    }

    pub fn set_now(&self, now: Timestamp) {
        self.env.set_now(now);
    }

    /// Ends the process and begins another one: another actor.
    pub fn restart(&mut self) -> Result<(), String> {
        self.reopen(self.seed.wrapping_add(1))
    }

    /// Ends the process and begins another one on this seed.
    pub fn reopen(&mut self, seed: u64) -> Result<(), String> {
        let now = self.env.now();
        self.client = None;
        self.seed = seed;
        self.env = Arc::new(SeededEnv::new(seed, now));
        self.client = Some(opened(&self.path, self.is_alone, &self.env)?);
        Ok(())
    }

    /// Moves the phone's randomness on, so that a second phone on the same seed makes other ids.
    pub fn stir(&self) {
        self.env.fill(&mut [0; 7]);
    }

    /// Copies the file, as a backup of the operating system does.
    pub fn keep_copy(&mut self) -> Result<(), String> {
        let copy = self.path.with_extension("copy");
        self.copy_to(&copy, self.seed.wrapping_add(1))?;
        self.copied_at = Some(self.who);
        Ok(())
    }

    /// Puts the kept copy, if there is one, in the place of the file.
    pub fn restore_copy(&mut self) -> Result<(), String> {
        if self.copied_at == Some(self.who) {
            self.client = None;
            std::fs::copy(self.path.with_extension("copy"), &self.path).map_err(text)?;
        }
        self.restart()
    }

    /// Copies the file while the process is down, and begins another process on this seed.
    pub fn copy_to(&mut self, path: &Path, seed: u64) -> Result<(), String> {
        self.client = None;
        std::fs::copy(&self.path, path).map_err(text)?;
        self.reopen(seed)
    }

    pub fn unsent(&self) -> Result<u64, String> {
        self.client()?.unsent_count().map_err(text)
    }

    pub fn state_hash(&self, now: Timestamp) -> Result<[u8; 32], String> {
        self.client()?.state_hash(now).map_err(text)
    }

    /// Every document of a type on this phone.
    pub fn documents(&self, kind: DocumentTypeId) -> Result<Vec<DocumentId>, String> {
        let all = self.client()?.documents().map_err(text)?;
        Ok(all.into_iter().filter(|(_, of)| *of == kind).map(|(id, _)| id).collect())
    }

    /// Every value that any change on this phone, or an edit in its quarantine, gave a register.
    pub fn values(&self) -> Result<BTreeSet<String>, String> {
        let mut values = self.quarantined()?;
        let client = self.client()?;
        for (id, _) in client.documents().map_err(text)? {
            let changes = client.changes(id).map_err(text)?;
            values.extend(changes.into_iter().flat_map(|change| change.ops).filter_map(|op| match op {
                Op::Put { value, .. } => Some(value),
                Op::Insert { chars, .. } => Some(chars),
                _ => None,
            }));
        }
        Ok(values)
    }

    /// Every value in the quarantine.
    pub fn quarantined(&self) -> Result<BTreeSet<String>, String> {
        let items = self.client()?.quarantine().map_err(text)?;
        let edits = items.into_iter().flat_map(|item| item.edits);
        Ok(edits
            .map(|edit| match edit {
                ValueEdit::Put { value, .. } => value,
                ValueEdit::Text { after, .. } => after,
            })
            .collect())
    }

    /// Whether the phone holds exactly what its user may see, and shows what it holds.
    pub fn check_against(&self, server: &ModelServer) -> Result<(), String> {
        let client = self.client()?;
        let here: Vec<_> = client.terms().map_err(text)?;
        let there: Vec<_> = server.terms(self.who.user).into_iter().collect();
        if here != there {
            let differing = there
                .iter()
                .filter(|term| !here.contains(term))
                .chain(here.iter().filter(|term| !there.contains(term)));
            let ids: Vec<_> = differing.map(|(id, _)| *id).collect();
            return Err(format!("it holds other documents or states than the server: {ids:?}"));
        }
        let all = client.documents().map_err(text)?;
        if all.len() != here.len() {
            return Err("it keeps documents that the server has not".to_owned());
        }
        let wrong = client.wrong_projections().map_err(text)?;
        if wrong.is_empty() { Ok(()) } else { Err(format!("{} documents are shown wrongly", wrong.len())) }
    }
}

fn opened(path: &Path, is_alone: bool, env: &Arc<SeededEnv>) -> Result<Client, String> {
    let opened =
        if is_alone { Client::open_alone(path, env.clone()) } else { Client::open(path, env.clone()) };
    opened.map_err(text)
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
