//! The handle on one phone's file: the store, the clock, the author of edits, and who is told of changes.
//!
//! What an app can do with it stands in the rooms above, each of which adds its own calls.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use roadbook_domain::document::change::Actor;
use roadbook_domain::settings::{LOCAL_USER, Settings, SettingsRow, builtin_rows, local_user};
use roadbook_domain::value::env::Env;
use roadbook_domain::value::id::DeviceId;
use roadbook_domain::value::time::Zone;

use crate::change_set::ChangeSet;
use crate::error::{ApiError, Error};
use crate::store::meta::Identity;
use crate::store::outbox::{self, UnsentState};
use crate::store::swap;
use crate::store::workspace::Workspace;
use crate::store::{Store, lease, settings, words};

/// A handle on one phone's file. Cheap to clone; may be used by several threads at once.
///
/// Every opening authors under its own fresh actor, so an app, its widget and a restored copy of the
/// file never make the same change number twice (R12). It takes another one for another device's
/// identity, which the server would not let it write under, and for another log of the server's: the
/// device may have made changes that neither of them knows any more.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    env: Arc<dyn Env>,
    authoring: Mutex<Authoring>,
    /// Held by the one of this process that gets another access token.
    refreshing: tokio::sync::Mutex<()>,
    listeners: Listeners,
}

/// The actor of edits, and the device for which it was taken; `None` before any.
#[derive(Clone, Copy)]
struct Authoring {
    actor: Actor,
    taken_for: Option<(Option<DeviceId>, u64)>,
}

type Listener = Arc<dyn Fn(&ChangeSet) + Send + Sync>;

#[derive(Default)]
struct Listeners {
    next: AtomicU64,
    by_number: Mutex<BTreeMap<u64, Listener>>,
}

/// A handle that keeps nothing open.
pub(crate) struct WeakClient(Weak<Inner>);

impl WeakClient {
    pub fn upgrade(&self) -> Option<Client> {
        self.0.upgrade().map(|inner| Client { inner })
    }
}

/// As long as it lives, its listener is told of changes.
#[must_use = "the listener is told of nothing once this is dropped"]
pub struct Subscription {
    number: u64,
    client: Weak<Inner>,
}

impl Client {
    /// Opens the file at `path` for the app, and makes it if there is none.
    ///
    /// The platform runs one process of the app at a time. A process that was exchanging with the server is
    /// gone, or it stops: the app never waits for its own last process.
    ///
    /// # Errors
    /// [`ApiError::AppTooOld`] for a file of a newer version and [`ApiError::FileTooOld`] for one of before the
    /// first release, which are left untouched;
    /// [`ApiError::Damaged`] for one that cannot be read.
    pub fn open(path: impl AsRef<Path>, env: Arc<dyn Env>) -> Result<Self, ApiError> {
        Self::open_beside(path, env)?.begun()
    }

    /// Opens the file for this handle alone, as a browser must: there is no other one until it is dropped, in this
    /// process or in another. Each read waits for what is read or written at the time, and cannot be made from within
    /// a batch.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_alone(path: impl AsRef<Path>, env: Arc<dyn Env>) -> Result<Self, ApiError> {
        Self::over(Store::open_alone(path.as_ref())?, env).begun()
    }

    /// Opens the file for a process beside the app: a widget, a notification extension. It leaves the
    /// exchange to the process that is at it. To open a file that is up to date it writes nothing, and waits for
    /// nobody who does.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_beside(path: impl AsRef<Path>, env: Arc<dyn Env>) -> Result<Self, ApiError> {
        Ok(Self::over(Store::open(path.as_ref())?, env))
    }

    /// A handle on a database that is gone with it.
    pub(crate) fn in_memory(env: Arc<dyn Env>) -> Result<Self, ApiError> {
        Ok(Self::over(Store::in_memory()?, env))
    }

    fn over(store: Store, env: Arc<dyn Env>) -> Self {
        let authoring = Mutex::new(Authoring { actor: Actor::new(&*env), taken_for: None });
        let refreshing = tokio::sync::Mutex::default();
        let inner = Inner { store, env, authoring, refreshing, listeners: Listeners::default() };
        Self { inner: Arc::new(inner) }
    }

    /// Nobody exchanges yet: the process that did is gone.
    fn begun(self) -> Result<Self, ApiError> {
        self.store().write_if_room(|tx| {
            lease::clear(tx)?;
            // If the marks are those of a process beside the app, changes are only sent again, harmlessly (R05).
            // On a full disk they stay as they are: what is marked as sent is sent again all the same.
            outbox::unmark(tx, UnsentState::Sent)?;
            // The server may be a newer one by now.
            outbox::unmark(tx, UnsentState::WaitsForServer).map(drop)
        })?;
        Ok(self)
    }

    /// Begins to work without an account: built-in products, and a local user (C14).
    ///
    /// # Errors
    /// [`ApiError::Invalid`] if somebody has begun already, with or without an account.
    pub fn begin_local_workspace(&self, zone: Zone, locale: &str) -> Result<ChangeSet, ApiError> {
        let me = SettingsRow::new(&local_user(zone, locale), 1);
        let identity = Identity { user: LOCAL_USER, org: None, device: None };
        self.changing(|tx| {
            // Inside the transaction: two threads could otherwise both find nobody.
            if self.store().workspace(tx)?.me.is_some() {
                return Err(Error::UserThere);
            }
            let rows: Vec<_> = builtin_rows().into_iter().chain([me]).collect();
            settings::set_identity(tx, Some(identity))?;
            settings::put(tx, &rows)?;
            Ok(((), ChangeSet::all()))
        })
        .map(|((), changes)| changes)
    }

    /// Sets the author of what this device writes, as the server said at sign-in.
    pub fn set_identity(&self, identity: Identity) -> Result<ChangeSet, ApiError> {
        self.changing(|tx| {
            settings::set_identity(tx, Some(identity))?;
            Ok(((), ChangeSet::all()))
        })
        .map(|((), changes)| changes)
    }

    /// The author of what this device writes; `None` before anybody signed in.
    pub fn me(&self) -> Result<Option<Identity>, ApiError> {
        Ok(self.workspace()?.me)
    }

    /// The settings that hold: products, statuses, fields, users.
    pub fn settings(&self) -> Result<Arc<Settings>, ApiError> {
        Ok(Arc::clone(&self.workspace()?.settings))
    }

    /// Reads the whole file and tells whether it is sound; for the time after the app was killed or
    /// the storage was full (R10). It takes about as long as reading the file.
    ///
    /// # Errors
    /// [`ApiError::Damaged`] if it is not.
    pub fn check(&self) -> Result<(), ApiError> {
        Ok(self.store().query(crate::store::check)?)
    }

    /// Tells `listener` of every change from now on, by edits and merges through this handle, after
    /// it is durable. It is called on the thread that made the change and should return soon.
    pub fn subscribe(&self, listener: impl Fn(&ChangeSet) + Send + Sync + 'static) -> Subscription {
        let listeners = &self.inner.listeners;
        let number = listeners.next.fetch_add(1, Ordering::Relaxed);
        listeners.lock().insert(number, Arc::new(listener));
        // Weak: a subscription that is never dropped must not keep the file open.
        Subscription { number, client: Arc::downgrade(&self.inner) }
    }

    /// Whether another process wrote the file since the last time this was asked; then subscribers
    /// have been told to read everything anew.
    pub fn poll(&self) -> Result<bool, ApiError> {
        let changed = self.store().changed_elsewhere()?;
        if changed {
            self.notify(&ChangeSet::all());
        }
        Ok(changed)
    }

    /// The number of the newest unsent edit; 0 if there is none.
    pub(crate) fn last_unsent(&self) -> Result<i64, ApiError> {
        Ok(self.store().read(outbox::last_number)?)
    }

    pub(crate) fn downgrade(&self) -> WeakClient {
        WeakClient(Arc::downgrade(&self.inner))
    }

    /// Waits for what is under way through this handle, and closes the file: no lock on it is held any more, so
    /// the system may suspend the process (R21). Until [`Self::resume`] every call fails with
    /// [`ApiError::Paused`]; subscriptions stay.
    ///
    /// Not from within a batch or a listener, which it would wait for.
    pub fn pause(&self) {
        self.store().pause();
    }

    /// Lets the handle be used again, and tells subscribers to read everything anew: another process may have
    /// written meanwhile.
    pub fn resume(&self) {
        self.store().resume();
        self.notify(&ChangeSet::all());
    }

    /// Ends every reading for a screen that is under way through this handle with [`ApiError::Interrupted`]: the user
    /// typed the next letter, or left the screen. Edits and syncs go on.
    pub fn interrupt(&self) {
        self.store().interrupt();
    }

    pub(crate) fn store(&self) -> &Store {
        &self.inner.store
    }

    /// See [`Store::clear_log`]. The edit is stored, so after a failure the next opening tries again.
    pub(crate) fn clear_log(&self) {
        if let Err(error) = self.store().clear_log() {
            tracing::warn!(%error, "the write-ahead log is not emptied");
        }
    }

    pub(crate) fn refreshing(&self) -> &tokio::sync::Mutex<()> {
        &self.inner.refreshing
    }

    pub(crate) fn env(&self) -> &dyn Env {
        &*self.inner.env
    }

    pub(crate) fn shared_env(&self) -> Arc<dyn Env> {
        Arc::clone(&self.inner.env)
    }

    /// The actor that edits in this workspace are made under.
    pub(crate) fn actor(&self, workspace: &Workspace) -> Actor {
        let wanted = Some((workspace.me.and_then(|me| me.device), workspace.log));
        let mut authoring = self.inner.authoring.lock().unwrap_or_else(PoisonError::into_inner);
        // The actor taken at opening is still unused, so it serves the first user who writes.
        if authoring.taken_for.is_some() && authoring.taken_for != wanted {
            authoring.actor = Actor::new(self.env());
        }
        authoring.taken_for = wanted;
        authoring.actor
    }

    /// Takes a fresh actor, because the present one turned out to be another device's, too (R12).
    pub(crate) fn renew_actor(&self) {
        let fresh = Actor::new(self.env());
        self.inner.authoring.lock().unwrap_or_else(PoisonError::into_inner).actor = fresh;
    }

    /// Tells subscribers what changed; only after it is durable.
    pub(crate) fn notify(&self, changes: &ChangeSet) {
        if changes.is_empty() {
            return;
        }
        // Copied: a listener may subscribe or unsubscribe, which takes this lock.
        let listeners: Vec<_> = self.inner.listeners.lock().values().cloned().collect();
        for listener in listeners {
            // The change is stored: an error here would be taken for one of the change.
            if catch_unwind(AssertUnwindSafe(|| listener(changes))).is_err() {
                tracing::error!("a listener panicked");
            }
        }
    }

    pub(crate) fn workspace(&self) -> Result<Arc<Workspace>, Error> {
        self.store().read(|connection| self.store().workspace(connection))
    }

    /// Runs `change` in a transaction and tells subscribers what it changed.
    pub(crate) fn changing<T>(
        &self,
        change: impl FnOnce(&rusqlite::Transaction<'_>) -> Result<(T, ChangeSet), Error>,
    ) -> Result<(T, ChangeSet), ApiError> {
        let (answer, changes) = self.store().write(|tx| {
            let (answer, changes) = change(tx)?;
            words::follow(tx, &changes.documents)?;
            self.panic_for_a_test();
            Ok((answer, changes))
        })?;
        // After the commit: a listener reads at once, and must find what it is told of.
        self.notify(&changes);
        Ok((answer, changes))
    }

    /// In a debug build it panics if a file `….panic-for-a-test` lies beside the user's.
    ///
    /// No call of an app is known to panic, and Kotlin and Swift must see what becomes of one that does. Here, in the
    /// middle of a transaction, it could do most harm. A file asks for it, and no variable: a JVM cannot set its own,
    /// and all tests of a process would have it at once.
    #[expect(clippy::panic, reason = "tests ask for it")]
    fn panic_for_a_test(&self) {
        if cfg!(debug_assertions) && swap::beside(self.store().path(), ".panic-for-a-test").exists() {
            panic!("a panic for a test");
        }
    }
}

impl Listeners {
    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<u64, Listener>> {
        self.by_number.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(client) = self.client.upgrade() {
            client.listeners.lock().remove(&self.number);
        }
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("store", &self.inner.store).finish_non_exhaustive()
    }
}
