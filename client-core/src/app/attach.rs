//! Attaching a local workspace to an account: everything in it becomes the account's (C14).
//!
//! A scratch database, in memory, signs in and learns the account's settings. Then one transaction empties the
//! workspace and makes every change again, in order and with its time, with ids mapped: so it is local, or wholly
//! attached, wherever it is killed. What was made again is unsent, and goes the way of every edit.

use std::collections::BTreeSet;
use std::sync::Arc;

use roadbook_domain::access::mapping::{Counterparts, Mapping, Missing};
use roadbook_domain::crm::row::Rows;
use roadbook_domain::document::change::{ChangeHash, Register};
use roadbook_domain::document::{DocumentType, DocumentTypeId, Origin, is_reserved};
use roadbook_domain::settings::catalogue::Language;
use roadbook_domain::settings::{LOCAL_USER, Settings};
use roadbook_domain::value::id::{DocumentId, ProductId, StatusId};
use roadbook_domain::value::time::Timestamp;
use rusqlite::Transaction;

use crate::change_set::ChangeSet;
use crate::client::Client;
use crate::edit::batch::Batch;
use crate::edit::recents;
use crate::edit::replica::Replica;
use crate::error::{ApiError, Error};
use crate::remote::account::{self, Credentials, Installation};
use crate::remote::error::SyncError;
use crate::remote::tokens;
use crate::remote::transport::Transport;
use crate::store::meta::Identity;
use crate::store::{self, documents, kept, outbox, sealed, settings};
use crate::sync::session::SyncSession;
use crate::sync::syncer::of_session;
use crate::value_edit::ValueEdit;

/// What attaching came to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify), tsify(missing_as_null))]
#[cfg_attr(feature = "web", serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase"))]
pub enum Attached {
    /// The workspace is the account's: a sync sends it.
    Done {
        /// Who works here now.
        identity: Identity,
    },
    /// Nothing has changed: the user has to say what takes the place of these, then it is called again.
    Open {
        /// What the account has not, or has switched off or retired.
        questions: Vec<AttachQuestion>,
    },
}

/// Something that cards of the workspace have and the account has not, and what may take its place.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase"))]
pub enum AttachQuestion {
    /// A product.
    Product {
        /// The workspace's product.
        product: ProductId,
        /// Its name.
        name: String,
        /// The account's products.
        choices: Vec<ProductChoice>,
    },
    /// A status of a product that the account has, or that was chosen.
    Status {
        /// The workspace's status.
        status: StatusId,
        /// Its name.
        name: String,
        /// The statuses of the account's product.
        choices: Vec<StatusChoice>,
    },
}

/// A product of the account's that may take a place.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct ProductChoice {
    /// Its id.
    pub id: ProductId,
    /// Its name.
    pub name: String,
}

/// A status of the account's that may take a place.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct StatusChoice {
    /// Its id.
    pub id: StatusId,
    /// Its name.
    pub name: String,
}

/// The account's product in the place of one of the workspace's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Deserialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct ProductAnswer {
    /// The workspace's.
    pub product: ProductId,
    /// The account's.
    pub becomes: ProductId,
}

/// The account's status in the place of one of the workspace's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Deserialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct StatusAnswer {
    /// The workspace's.
    pub status: StatusId,
    /// The account's.
    pub becomes: StatusId,
}

/// What a scratch database learned of the account.
struct Account {
    identity: Identity,
    settings: Arc<Settings>,
    /// With the session.
    scratch: Client,
}

/// A document of the local workspace: what was done to it, in order.
struct Made {
    id: DocumentId,
    kind: &'static DocumentType,
    edits: Vec<(Timestamp, Option<Origin>, Vec<ValueEdit>)>,
}

/// Signs in and makes a local workspace the account's. In a file that holds none it is a sign-in.
///
/// # Errors
/// As for [`account::sign_in`]; [`SyncError::OtherUser`] if the file is an account's already.
pub async fn attach(
    client: &Client,
    transport: &impl Transport,
    credentials: Credentials<'_>,
    installation: Installation<'_>,
    products: &[ProductAnswer],
    statuses: &[StatusAnswer],
) -> Result<Attached, SyncError> {
    let said = Counterparts {
        products: products.iter().map(|answer| (answer.product, answer.becomes)).collect(),
        statuses: statuses.iter().map(|answer| (answer.status, answer.becomes)).collect(),
    };
    if client.me()?.is_some_and(|me| me.org.is_some()) {
        return Err(SyncError::OtherUser);
    }
    let account = learn(client, transport, credentials, installation).await?;
    let missing = client.store().write(|tx| join(client, tx, &account, &said)).map_err(ApiError::from)?;
    let Account { identity, settings, .. } = account;
    if !missing.is_empty() {
        let local = client.settings()?;
        let questions = missing.into_iter().map(|missing| question(missing, &local, &settings));
        return Ok(Attached::Open { questions: questions.collect() });
    }
    client.clear_log();
    client.notify(&ChangeSet::all());
    Ok(Attached::Done { identity })
}

fn question(missing: Missing, local: &Settings, account: &Settings) -> AttachQuestion {
    // Nobody has worked in the account yet: the words are those of the workspace's user.
    let language = Language::of(local.user(LOCAL_USER).map_or("", |user| &user.locale));
    match missing {
        Missing::Product(product) => AttachQuestion::Product {
            product,
            name: local.product(product).map(|of| of.display_name(language).to_owned()).unwrap_or_default(),
            choices: account
                .products()
                .filter(|of| of.enabled)
                .map(|of| ProductChoice { id: of.id, name: of.display_name(language).to_owned() })
                .collect(),
        },
        Missing::Status(status, product) => AttachQuestion::Status {
            status,
            name: local
                .status(status)
                .map(|of| local.status_name(of, language).to_owned())
                .unwrap_or_default(),
            choices: account
                .statuses(product)
                .filter(|of| !of.retired)
                .map(|of| StatusChoice { id: of.id, name: account.status_name(of, language).to_owned() })
                .collect(),
        },
    }
}

/// Signs in with a scratch database, and reads the settings that the first answers bring.
async fn learn(
    client: &Client,
    transport: &impl Transport,
    credentials: Credentials<'_>,
    installation: Installation<'_>,
) -> Result<Account, SyncError> {
    // In memory: it holds a session of the account's, which nothing that ends this may leave in the open.
    let scratch = Client::in_memory(client.shared_env())?;
    let identity = account::sign_in(&scratch, transport, credentials, installation).await?;
    let token = tokens::access_token(&scratch, transport).await?;
    let mut session = SyncSession::new(&scratch);
    session.poke();
    let failed = |error| SyncError::of_transport(error, transport.address(), None);
    // Settings come before all documents.
    while scratch.store().read(documents::all).map_err(ApiError::from)?.is_empty() {
        let frame = session.next_request().map_err(|error| of_session(error, transport))?;
        let Some(frame) = frame else { break };
        let answer = transport.exchange(&token, frame).await.map_err(failed)?;
        session.on_response(&answer).map_err(|error| of_session(error, transport))?;
    }
    session.give_up();
    Ok(Account { identity, settings: scratch.settings()?, scratch })
}

/// Makes the workspace the account's; what has no counterpart is answered, and nothing is changed then.
fn join(
    client: &Client,
    tx: &Transaction<'_>,
    account: &Account,
    said: &Counterparts,
) -> Result<BTreeSet<Missing>, Error> {
    let local = client.store().workspace(tx)?;
    if local.me.is_some_and(|me| me.org.is_some()) {
        return Err(Error::UserThere);
    }
    let (made, used) = read(tx)?;
    let mapping = Mapping::new(&local.settings, &account.settings, account.identity.user, &used, said);
    let mapping = match mapping {
        Ok(mapping) => mapping,
        Err(missing) => return Ok(missing),
    };
    // A workspace that was damaged once may have some.
    let held = kept::held(tx)?;
    let mut opened = recents::opened(tx)?;
    opened.iter_mut().for_each(|(document, _)| *document = mapping.document(*document));
    store::wipe(tx)?;
    settings::set_identity(tx, Some(account.identity))?;
    account.scratch.store().read(|scratch| {
        tokens::take_session(tx, scratch)?;
        sealed::take_key(tx, scratch)
    })?;
    let rows: Vec<_> = account.settings.rows().cloned().collect();
    // The receipts stay in the scratch database.
    settings::put_unproven(tx, &rows)?;
    held.iter().try_for_each(|held| kept::put(tx, held))?;
    recents::keep_opened(tx, &opened)?;
    let workspace = client.store().workspace(tx)?;
    let actor = client.actor(&workspace);
    let mut batch = Batch::new(tx, client.env(), workspace, actor, None)?;
    for document in made {
        make_again(&mut batch, &mapping, document)?;
    }
    Ok(BTreeSet::new())
}

type Used = BTreeSet<(ProductId, Option<StatusId>)>;

/// All documents, and the products and statuses that their cards name.
fn read(tx: &Transaction<'_>) -> Result<(Vec<Made>, Used), Error> {
    let (mut made, mut used) = (Vec::new(), BTreeSet::new());
    for (id, kind) in documents::all(tx)? {
        let (Some(replica), Some(kind)) = (Replica::open(tx, id)?, DocumentType::get(kind)) else { continue };
        if let Rows::Card(row, _) = replica.rows_without_facts(None) {
            used.extend(row.product.map(|product| (product, row.status)));
        }
        let origins = outbox::of_document(tx, id)?;
        let origin = |hash: ChangeHash| origins.iter().find(|unsent| unsent.hash == hash)?.origin;
        let changes = replica.document.changes_since(&[]);
        let by_users = changes.into_iter().filter(|(_, change)| !is_reserved(change.actor));
        let edits = by_users.map(|(hash, change)| {
            (change.time, origin(hash), ValueEdit::of(&replica.document, hash, &change))
        });
        let edits = edits.collect();
        made.push(Made { id, kind, edits });
    }
    Ok((made, used))
}

fn make_again(batch: &mut Batch<'_>, mapping: &Mapping, document: Made) -> Result<(), Error> {
    let Made { id, kind, edits } = document;
    let id = mapping.document(id);
    let mut exists = documents::exists(batch.transaction(), id)?;
    for (at, origin, edits) in edits {
        let edits: Vec<ValueEdit> = edits.into_iter().map(|edit| map(mapping, kind.id, edit)).collect();
        batch.as_if_at(at, origin);
        let draft = |draft: &mut roadbook_domain::document::draft::Draft<'_>, _: &_| {
            edits.iter().for_each(|edit| edit.draft(draft));
            Ok(())
        };
        if exists {
            batch.edit(id, kind.id, draft)?;
        } else {
            exists = batch.create_as(id, kind, draft)?;
        }
    }
    Ok(())
}

fn map(mapping: &Mapping, kind: DocumentTypeId, edit: ValueEdit) -> ValueEdit {
    match edit {
        ValueEdit::Put { container, name, value } => {
            let (register, value) = mapping.value(kind, &Register { container, name }, &value);
            ValueEdit::Put { container: register.container, name: register.name, value }
        }
        ValueEdit::Text { container, name, before, after } => {
            let register = mapping.register(kind, &Register { container, name });
            ValueEdit::Text { container: register.container, name: register.name, before, after }
        }
    }
}
