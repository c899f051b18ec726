//! The live channel: hints that an exchange would bring something. Missing one never matters.
//!
//! A hint goes to those whom the growth of the log concerns: who may not see a document learns nothing of its
//! changes, not even that there was one. The process that takes a push tells the sockets that wait there.
//! Everything else is found by looking, every second: what other processes did (on PostgreSQL a notification
//! says when), settings, and sessions that ended since, so that their sockets are closed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use roadbook_domain::access::rights::Principal;
use roadbook_domain::settings::role::Role;
use roadbook_domain::settings::{SettingsClass, SettingsKind, SettingsRow};
use roadbook_domain::value::id::{DeviceId, OrgId, UserId};
use roadbook_domain::value::time::Timestamp;
use tokio::sync::watch;
use uuid::Uuid;

use crate::auth::Caller;
use crate::node::Node;
use crate::node::seats::{Seat, Seats};
use crate::store::notice::Listener;
use crate::store::{Conn, StoreError, feed, key, notice, organisation};

/// The most sockets of one user.
pub const MAX_SOCKETS: usize = 16;

/// How often a process looks for what other processes did, and for ended sessions.
const LOOK: Duration = Duration::from_millis(800);

/// How far before the last look one for ended sessions goes, in milliseconds: further than clocks of nodes differ.
const LOOK_BACK: i64 = 10_000;

/// What of an organisation an entry of the log is about, as far as it decides whom it concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Concern {
    /// Cards and contacts, for everybody who sees all of them.
    Staff,
    /// What this principal sees.
    Principal(Principal),
    /// Settings that reach devices of these.
    Settings(SettingsClass),
    /// This user's own entry: what they may do may have changed.
    Account(UserId),
}

/// That the log has grown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Its last number.
    pub head: u64,
    /// The device whose exchange made it grow: it was told by the answer.
    pub by: Option<DeviceId>,
    /// What grew.
    pub concerns: BTreeSet<Concern>,
}

/// The sockets that wait for news.
#[derive(Debug)]
pub struct Live {
    waiting: Mutex<BTreeMap<OrgId, Waiting>>,
    seats: Arc<Seats<UserId>>,
    ended: watch::Sender<BTreeSet<Uuid>>,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            waiting: Mutex::default(),
            seats: Arc::new(Seats::new(MAX_SOCKETS)),
            ended: watch::Sender::default(),
        }
    }
}

/// Those who wait in one organisation.
#[derive(Debug, Default)]
struct Waiting {
    /// How many wait for each concern, and the last growth that it had.
    concerns: BTreeMap<Concern, (usize, Last)>,
    /// The entry up to which this process has looked; `None` until the first of them has begun.
    looked: Option<u64>,
    grown: watch::Sender<()>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Last {
    head: u64,
    by: Option<DeviceId>,
}

/// One who waits for news.
#[derive(Debug)]
pub struct Watch {
    live: Arc<Live>,
    org: OrgId,
    /// All that may ever concern the user.
    all: Vec<Concern>,
    /// What concerns them by the role that they have.
    own: Vec<Concern>,
    grown: watch::Receiver<()>,
}

/// What a [`Watch`] heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct News {
    /// The last number of what grew; 0: nothing did.
    pub head: u64,
    /// Whether another device made it grow.
    pub is_foreign: bool,
    /// Whether the user's own entry is among it.
    pub is_account: bool,
}

impl Concern {
    /// What concerns a caller.
    pub fn of(caller: &Caller) -> Vec<Self> {
        let of_user = Self::of_user(caller.user).into_iter();
        of_user.filter(|concern| concern.reaches(caller.role)).collect()
    }

    /// What may concern a user, whatever their role.
    fn of_user(user: UserId) -> [Self; 8] {
        let principals = [Principal::Everyone, Principal::User(user), Principal::Private(user)];
        let [everyone, own, private] = principals.map(Self::Principal);
        let classes = [SettingsClass::Device, SettingsClass::Manager, SettingsClass::Admin];
        let [all, managers, admins] = classes.map(Self::Settings);
        [Self::Staff, everyone, own, private, all, managers, admins, Self::Account(user)]
    }

    fn reaches(self, role: Role) -> bool {
        match self {
            Self::Staff => role.reads_all(),
            Self::Principal(Principal::Everyone | Principal::User(_)) => !role.reads_all(),
            Self::Settings(class) => class.reaches(role),
            Self::Principal(Principal::Private(_)) | Self::Account(_) => true,
        }
    }

    /// What a settings row is about.
    fn of_row(row: &SettingsRow) -> impl Iterator<Item = Self> {
        let user = UserId::from_bytes(*row.id.as_bytes());
        let account = (row.kind == SettingsKind::User).then_some(Self::Account(user));
        [Self::Settings(row.class)].into_iter().chain(account)
    }
}

impl Live {
    /// Tells those whom it concerns that the log has grown.
    pub fn moved(&self, org: OrgId, moved: &Moved) {
        let mut all = self.waiting();
        let Some(waiting) = all.get_mut(&org) else { return };
        let mut is_new = false;
        for concern in &moved.concerns {
            // Word may come out of order: a look at the database may have begun before.
            if let Some((_, last)) = waiting.concerns.get_mut(concern)
                && moved.head > last.head
            {
                *last = Last { head: moved.head, by: moved.by };
                is_new = true;
            }
        }
        if is_new {
            waiting.grown.send_replace(());
        }
    }

    /// Word of what will concern a user, whatever their role is found to be.
    pub fn watch(self: &Arc<Self>, org: OrgId, user: UserId) -> Watch {
        let all = Concern::of_user(user).to_vec();
        let mut waiting = self.waiting();
        let waiting = waiting.entry(org).or_default();
        for concern in &all {
            waiting.concerns.entry(*concern).or_default().0 += 1;
        }
        let grown = waiting.grown.subscribe();
        Watch { live: Arc::clone(self), org, own: all.clone(), all, grown }
    }

    /// The sessions that ended of late.
    pub fn ended(&self) -> watch::Receiver<BTreeSet<Uuid>> {
        self.ended.subscribe()
    }

    /// A place for one more socket of a user; `None` if they have too many.
    pub fn seat(&self, user: UserId) -> Option<Seat<UserId>> {
        self.seats.take(user)
    }

    /// How many sockets are open.
    pub fn count(&self) -> usize {
        self.seats.count()
    }

    /// The organisations that somebody waits for, and up to which entry this process has looked.
    fn waited_for(&self) -> Vec<(OrgId, u64)> {
        let waiting = self.waiting();
        waiting.iter().filter_map(|(org, waiting)| Some((*org, waiting.looked?))).collect()
    }

    /// The keys that somebody waits for who does not read whole scopes.
    fn principals(&self, org: OrgId) -> Vec<Vec<u8>> {
        let waiting = self.waiting();
        let concerns = waiting.get(&org).into_iter().flat_map(|waiting| waiting.concerns.keys());
        let keys = concerns.filter_map(|concern| match concern {
            Concern::Principal(own @ (Principal::Everyone | Principal::User(_))) => {
                Some(key::of_principal(*own))
            }
            _ => None,
        });
        keys.collect()
    }

    fn waiting(&self) -> MutexGuard<'_, BTreeMap<OrgId, Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch {
    /// Begins to listen, as a caller who was judged in a snapshot with this head, taken after the watch was.
    pub fn begin(&mut self, caller: &Caller, head: u64) {
        self.own = Concern::of(caller);
        if let Some(waiting) = self.live.waiting().get_mut(&self.org) {
            waiting.looked.get_or_insert(head);
        }
    }

    /// Waits until something grew that somebody waits for; `false` when nothing ever will.
    pub async fn grew(&mut self) -> bool {
        self.grown.changed().await.is_ok()
    }

    /// What grew since an entry that concerns the caller, who is on this device.
    pub fn news(&self, since: u64, device: DeviceId) -> News {
        let all = self.live.waiting();
        let mut news = News::default();
        let Some(waiting) = all.get(&self.org) else { return news };
        for concern in &self.own {
            if let Some((_, last)) = waiting.concerns.get(concern)
                && last.head > since
            {
                news.head = news.head.max(last.head);
                news.is_foreign |= last.by != Some(device);
                news.is_account |= matches!(concern, Concern::Account(_));
            }
        }
        news
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let mut all = self.live.waiting();
        let Some(waiting) = all.get_mut(&self.org) else { return };
        for concern in &self.all {
            if let Some((count, _)) = waiting.concerns.get_mut(concern) {
                *count -= 1;
                if *count == 0 {
                    waiting.concerns.remove(concern);
                }
            }
        }
        // The database is not asked about an organisation that nobody waits for.
        if waiting.concerns.is_empty() {
            all.remove(&self.org);
        }
    }
}

/// A process's looks for what it has not heard of.
#[derive(Debug)]
pub struct Looks {
    /// When the last one that succeeded began: sessions may have ended ever since.
    last: Timestamp,
}

impl Looks {
    /// None yet.
    pub fn begin(now: Timestamp) -> Self {
        Self { last: now }
    }

    /// Looks once for what this process has not heard of: growth by other processes, settings, and ended
    /// sessions.
    ///
    /// # Errors
    /// Of the database; then the next look goes back as far as this one.
    pub async fn look(&mut self, node: &Node, live: &Live) -> Result<(), StoreError> {
        let now = node.now();
        // The earlier of both: the clock may have been set back.
        look(node, live, self.last.min(now)).await?;
        self.last = now;
        Ok(())
    }
}

/// Looks once, for sessions that ended since `last` or not long before it.
async fn look(node: &Node, live: &Live, last: Timestamp) -> Result<(), StoreError> {
    let since = Timestamp::from_millis(last.millis().saturating_sub(LOOK_BACK));
    let mut ended = BTreeSet::new();
    for (org, looked) in live.waited_for() {
        let mut conn = node.db().read().await?;
        if let Some(head) = organisation::head(&mut conn, org).await? {
            // Its growth, and no more: later entries are for the next look.
            grown(&mut conn, live, org, looked, head.seq).await?;
            if let Some(waiting) = live.waiting().get_mut(&org) {
                waiting.looked = Some(head.seq.unsigned_abs());
            }
        }
        ended.extend(notice::ended_sessions(&mut conn, org, since).await?);
    }
    live.ended.send_if_modified(|known| {
        let has_new = !ended.is_subset(known);
        // Replaced, not added to: sockets of sessions that ended long ago are gone.
        *known = ended;
        has_new
    });
    Ok(())
}

/// Tells what grew after one entry and up to another.
async fn grown(conn: &mut Conn, live: &Live, org: OrgId, after: u64, upto: i64) -> Result<(), StoreError> {
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    if upto <= after {
        return Ok(());
    }
    let mut found: Vec<(Concern, i64)> = Vec::new();
    for (feed, seq) in notice::feeds_since(conn, org, after, upto).await? {
        match feed.as_slice() {
            // Settings are found by their own numbers.
            [] => {}
            staff if *staff == key::STAFF => found.push((Concern::Staff, seq)),
            private => found.push((Concern::Principal(key::principal(private)?), seq)),
        }
    }
    let principals = live.principals(org);
    for (principal, seq) in notice::principals_since(conn, org, &principals, after, upto).await? {
        found.push((Concern::Principal(key::principal(&principal)?), seq));
    }
    for (seq, row) in feed::settings_since(conn, org, after, upto).await? {
        found.extend(Concern::of_row(&row).map(|concern| (concern, seq)));
    }
    for (concern, seq) in found {
        let moved = Moved { head: seq.unsigned_abs(), by: None, concerns: BTreeSet::from([concern]) };
        live.moved(org, &moved);
    }
    Ok(())
}

/// Looks until `stopping` turns true. A failure is tried again: nobody is told less than the truth.
pub async fn run(node: Node, live: Arc<Live>, mut stopping: watch::Receiver<bool>) {
    let mut looks = Looks::begin(node.now());
    let mut listener = Listener::open(node.db()).await;
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = listener.heard() => {}
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
        if let Err(error) = looks.look(&node, &live).await {
            tracing::warn!(error.cause = %error, "cannot look for news");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORG: OrgId = OrgId::from_bytes([1; 16]);
    const USER: UserId = UserId::from_bytes([1; 16]);
    const DEVICE: DeviceId = DeviceId::from_bytes([1; 16]);

    fn at(head: u64, by: Option<DeviceId>, concern: Concern) -> Moved {
        Moved { head, by, concerns: BTreeSet::from([concern]) }
    }

    #[test]
    fn a_poke_tells_the_newest_head_and_never_goes_back() {
        let live = Arc::new(Live::default());
        let mut watch = live.watch(ORG, USER);
        live.moved(ORG, &at(7, None, Concern::Staff));
        live.moved(ORG, &at(5, None, Concern::Staff));
        assert!(watch.grown.has_changed().unwrap());
        watch.grown.mark_unchanged();
        assert_eq!(watch.news(0, DEVICE), News { head: 7, is_foreign: true, is_account: false });
        assert_eq!(watch.news(7, DEVICE), News::default());
        live.moved(ORG, &at(7, None, Concern::Staff));
        assert!(!watch.grown.has_changed().unwrap());
        live.moved(ORG, &at(8, Some(DEVICE), Concern::Account(USER)));
        assert_eq!(watch.news(7, DEVICE), News { head: 8, is_foreign: false, is_account: true });
    }

    #[test]
    fn nobody_is_woken_by_what_concerns_nobody_who_waits_and_nothing_is_kept_for_who_is_gone() {
        let live = Arc::new(Live::default());
        let watch = live.watch(ORG, USER);
        let other = Principal::User(UserId::from_bytes([2; 16]));
        live.moved(ORG, &at(7, None, Concern::Principal(other)));
        assert!(!watch.grown.has_changed().unwrap());
        assert_eq!(live.principals(ORG).len(), 2, "everyone and themselves");
        assert_eq!(live.waited_for(), [], "it has not begun");
        drop(watch);
        assert!(live.waiting().is_empty());
    }

    #[test]
    fn what_concerns_whom_follows_from_the_role() {
        let of = |role: Role| Concern::of_user(USER).into_iter().filter(move |concern| concern.reaches(role));
        assert!(of(Role::Restricted).all(|concern| concern != Concern::Staff));
        assert!(of(Role::Restricted).any(|concern| concern == Concern::Principal(Principal::User(USER))));
        assert!(of(Role::User).any(|concern| concern == Concern::Staff));
        let hears = |role, class| of(role).any(|concern| concern == Concern::Settings(class));
        let hear = |class| [Role::Admin, Role::Manager, Role::User].map(|role| hears(role, class));
        assert_eq!(hear(SettingsClass::Device), [true; 3]);
        assert_eq!(hear(SettingsClass::Manager), [true, true, false]);
        assert_eq!(hear(SettingsClass::Admin), [true, false, false]);
        assert_eq!(hear(SettingsClass::Secret), [false; 3]);
    }
}
