//! A user who worked without an account attaches their workspace to one: all of it becomes the account's, or
//! nothing has happened (C14).

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use roadbook_client::app::{Attached, attach};
use roadbook_client::{ApiError, Client, SyncError, SyncSession, Transport, TransportError, account};
use roadbook_domain::access::audience::inbox_id;
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::settings::LOCAL_USER;
use roadbook_domain::value::id::{DocumentId, UserId};
use roadbook_domain::value::time::{Timestamp, Zone};

use super::edits::{self, Marks, People};
use super::phone::{App, Phone};
use super::server::Line;
use super::{Handset, MOST_PHONES, PASSWORD, Simulation};
use crate::dice::{Dice, seed_of};
use crate::failure::{Failure, ensure, same};

impl Simulation<'_> {
    /// A user works on a new phone without an account, and then attaches it to theirs; the first attempt may fail.
    pub(super) fn attach(&mut self, user: u8, edits: u8, fault: u8) -> Result<(), Failure> {
        let owner = usize::from(user) % self.users.len();
        if self.phones.len() >= MOST_PHONES || !self.is_enabled(owner)? {
            return Ok(());
        }
        let mut handset = self.local_phone(owner)?;
        self.work_alone(&mut handset, edits)?;
        if let Some(failed) = self.fail_to_attach(&mut handset, fault)? {
            self.ledger.tally.count(failed);
        }
        let before = Workspace::of(handset.phone.app(), LOCAL_USER)?;
        let attached = self.try_attach(&handset.phone.app().client.clone(), &handset, u32::MAX);
        let Ok(Attached::Done { identity }) = attached else {
            let law = "a workspace of the catalogue's products can be attached (C14)";
            return Err(Failure::new(law, format!("{attached:?}")));
        };
        handset.phone.identity = identity;
        if fault.is_multiple_of(5) {
            handset.phone.kill()?;
        }
        self.ledger.tally.count("attached");
        let after = Workspace::of(handset.phone.app(), self.users[owner].id)?;
        same("all of a workspace becomes the account's (C14)", &before, &after)?;
        let app = handset.phone.app();
        app.session = SyncSession::new(&app.client);
        handset.phone.begin_anew();
        self.sign_in(&mut handset)?;
        same("the server knows who attached, and on which device", &identity, &handset.phone.identity)?;
        self.phones.push(handset);
        self.look_at(self.phones.len() - 1)
    }

    fn local_phone(&mut self, owner: usize) -> Result<Handset, Failure> {
        self.made += 1;
        let folder = self.folder.path().join(format!("phone-{}", self.made));
        let seed = seed_of(self.seed, self.made << 32);
        let install_secret = [0xa0 + u8::try_from(self.made % 32)?; 32];
        // It is nobody's yet, and becomes its user's where they sign in.
        let identity = self.firm.phones[0].signed_in.identity;
        let mut phone = Phone::new(identity, folder, None, seed, self.now)?;
        phone.app().client.begin_local_workspace(Zone::UTC, "en-GB")?;
        Ok(Handset { phone, owner, install_secret, token: String::new(), signed_in_at: self.now })
    }

    /// A few edits of somebody who knows nobody.
    fn work_alone(&mut self, handset: &mut Handset, edits: u8) -> Result<(), Failure> {
        let people = People { users: vec![LOCAL_USER], contacts: Vec::new() };
        let mut dice = Dice::new(seed_of(self.seed, u64::from(edits)));
        let mut marks = Marks { next: &mut self.marked, erased: &mut self.ledger.erased };
        let first = [(0, 3), (1, 1), (0, 2)];
        let more = (0..edits % 24).map(|_| (dice.byte(), dice.byte())).collect::<Vec<_>>();
        for (act, value) in first.into_iter().chain(more) {
            let app = handset.phone.app();
            edits::edit(app, act, value % 4, value, &people, &mut marks)?;
            app.env.set_now(Timestamp::from_millis(app.env_now().millis() + 60_000));
        }
        Ok(())
    }

    /// An attempt that the line, the disk or a kill ends: the workspace stays as it was. Tells what happened.
    fn fail_to_attach(&mut self, handset: &mut Handset, fault: u8) -> Result<Option<&'static str>, Failure> {
        let before = Workspace::of(handset.phone.app(), LOCAL_USER)?;
        let client = handset.phone.app().client.clone();
        let (attached, what) = match fault % 4 {
            // It needs two calls: to sign in, and to learn the account's settings.
            0 => (self.try_attach(&client, handset, u32::from(fault / 4) % 2), "attaching cut off"),
            1 => {
                client.fill_storage(true);
                let attached = self.try_attach(&client, handset, u32::MAX);
                client.fill_storage(false);
                (attached, "attaching without room")
            }
            _ => return Ok(None),
        };
        let is_expected = matches!(
            attached,
            Err(SyncError::Unreachable { .. } | SyncError::Local { error: ApiError::StorageFull })
        );
        ensure("an attempt to attach says why it failed", is_expected, || format!("{attached:?}"))?;
        drop(client);
        if fault / 8 % 2 == 1 {
            handset.phone.kill()?;
        }
        let after = Workspace::of(handset.phone.app(), LOCAL_USER)?;
        same("what is not wholly attached is local and whole (C14)", &before, &after)?;
        Ok(Some(what))
    }

    fn try_attach(&self, client: &Client, handset: &Handset, calls: u32) -> Result<Attached, SyncError> {
        let credentials =
            account::Credentials { email: &self.users[handset.owner].email, password: PASSWORD };
        let installation =
            account::Installation { platform: "test", name: "phone", secret: &handset.install_secret };
        let line = Breaking { line: self.server.line(), left: AtomicU32::new(calls) };
        self.server.wait_for(attach(client, &line, credentials, installation, &[], &[]))
    }
}

/// What a workspace shows, as if it were the local user's.
#[derive(Debug, PartialEq, Eq)]
struct Workspace {
    unsent: usize,
    documents: BTreeMap<DocumentId, String>,
}

impl Workspace {
    fn of(app: &App, me: UserId) -> Result<Self, Failure> {
        let mut documents = BTreeMap::new();
        for id in app.peek.ids(DocumentTypeId::CARD)? {
            let view = app.client.card(id)?;
            let texts: Vec<_> = view.entries.into_iter().map(|entry| entry.text).collect();
            let id = if id == inbox_id(me) { inbox_id(LOCAL_USER) } else { id };
            documents.insert(id, format!("{:?} {:?} {texts:?}", view.row, view.texts));
        }
        for id in app.peek.ids(DocumentTypeId::CONTACT)? {
            documents.insert(id, format!("{:?}", app.client.contact(id)?.row));
        }
        // As it is printed: a product has the same number.
        let (me, local) = (format!("{me:?}"), format!("{LOCAL_USER:?}"));
        let left = documents.values().find(|shown| me != local && shown.contains(&local));
        ensure("nothing is the local user's any more (C14)", left.is_none(), || format!("{left:?}"))?;
        documents.values_mut().for_each(|shown| *shown = shown.replace(&me, &local));
        Ok(Self { unsent: app.peek.outbox()?.len(), documents })
    }
}

/// A line to the server that breaks after some calls.
struct Breaking {
    line: Line,
    left: AtomicU32,
}

impl Breaking {
    fn call(&self) -> Result<(), TransportError> {
        let left = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        left.map(drop).map_err(|_| TransportError::Unreachable)
    }
}

impl Transport for Breaking {
    async fn exchange(&self, token: &str, frame: Vec<u8>) -> Result<Vec<u8>, TransportError> {
        self.call()?;
        self.line.exchange(token, frame).await
    }

    async fn post(&self, path: &str, token: Option<&str>, json: String) -> Result<String, TransportError> {
        self.call()?;
        self.line.post(path, token, json).await
    }
}
