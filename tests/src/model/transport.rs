//! The model's server behind the real transport, in the process: sign-in, tokens, and a network that
//! fails when told.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use data_encoding::BASE64URL_NOPAD;
use roadbook_client::{Transport, TransportError};
use roadbook_domain::value::id::{DeviceId, OrgId, UserId};
use roadbook_domain::value::time::Timestamp;
use roadbook_domain::wire::{SyncRequest, from_frame, to_frame};
use serde_json::{Value, json};

use super::server::{ModelServer, Principal};

/// How long an access token is good, in milliseconds.
const ACCESS: i64 = 600_000;

/// A model server that is reached as a real one is.
#[derive(Debug)]
pub struct ModelTransport {
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    server: ModelServer,
    now: Timestamp,
    users: BTreeMap<String, (UserId, String)>,
    devices: BTreeMap<String, DeviceId>,
    sessions: Vec<Session>,
    made: u64,
    faults: VecDeque<Fault>,
}

/// A session: its present tokens and, until they are used, those before.
#[derive(Debug)]
struct Session {
    who: Principal,
    access: (String, Timestamp),
    refresh: String,
    before: Option<String>,
}

/// What happens to one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The message arrives and is answered.
    None,
    /// It does not arrive.
    RequestLost,
    /// It arrives; the answer does not.
    AnswerLost,
    /// It is answered with this error.
    Error(TransportError),
}

impl ModelTransport {
    /// A transport to this server, with users by email and password.
    pub fn new(server: ModelServer, now: Timestamp, users: &[(&str, UserId, &str)]) -> Self {
        let users = users
            .iter()
            .map(|(email, user, password)| ((*email).to_owned(), (*user, (*password).to_owned())))
            .collect();
        let inner = Inner {
            server,
            now,
            users,
            devices: BTreeMap::new(),
            sessions: Vec::new(),
            made: 0,
            faults: VecDeque::new(),
        };
        Self { inner: Mutex::new(inner) }
    }

    /// The server's clock stands at `now` from now on.
    pub fn set_now(&self, now: Timestamp) {
        let mut inner = self.lock();
        inner.now = now;
        inner.server.set_now(now);
    }

    /// What happens to the next messages, in order.
    pub fn next_faults(&self, faults: impl IntoIterator<Item = Fault>) {
        self.lock().faults.extend(faults);
    }

    /// Ends all sessions, as a change of password does.
    pub fn end_sessions(&self) {
        self.lock().sessions.clear();
    }

    /// Looks at the server, or does something to it.
    pub fn with_server<T>(&self, with: impl FnOnce(&mut ModelServer) -> T) -> T {
        with(&mut self.lock().server)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn carry<T>(
        &self,
        answer: impl FnOnce(&mut Inner) -> Result<T, TransportError>,
    ) -> Result<T, TransportError> {
        let mut inner = self.lock();
        match inner.faults.pop_front().unwrap_or(Fault::None) {
            Fault::None => answer(&mut inner),
            Fault::RequestLost => Err(TransportError::Unreachable),
            Fault::AnswerLost => answer(&mut inner).and(Err(TransportError::Unreachable)),
            Fault::Error(error) => Err(error),
        }
    }
}

impl Transport for ModelTransport {
    async fn exchange(&self, access_token: &str, frame: Vec<u8>) -> Result<Vec<u8>, TransportError> {
        self.carry(|inner| {
            let now = inner.now;
            let good = |session: &&mut Session| session.access.0 == access_token && now < session.access.1;
            let session = inner.sessions.iter_mut().find(good).ok_or(TransportError::Unauthorized)?;
            // The new pair is in use: the one before it is done with.
            session.before = None;
            let who = session.who;
            let request: SyncRequest = from_frame(&frame, 1 << 24).map_err(|_| refused(422, "invalid"))?;
            Ok(to_frame(&inner.server.exchange(who, &request)))
        })
    }

    async fn post(&self, path: &str, _: Option<&str>, json: String) -> Result<String, TransportError> {
        self.carry(|inner| {
            let asked: Value = serde_json::from_str(&json).map_err(|_| refused(422, "invalid"))?;
            let text =
                |of: &Value, name: &str| of.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            match path {
                "/v1/sign-in" => {
                    let device = asked.get("device").cloned().unwrap_or_default();
                    inner.sign_in(
                        &text(&asked, "email"),
                        &text(&asked, "password"),
                        text(&device, "install_secret"),
                    )
                }
                "/v1/refresh" => inner.refresh(&text(&asked, "refresh_token")),
                "/v1/sign-out" => {
                    let refresh = text(&asked, "refresh_token");
                    inner.sessions.retain(|session| session.refresh != refresh);
                    Ok(String::new())
                }
                _ => Err(refused(404, "not_found")),
            }
        })
    }
}

impl Inner {
    fn sign_in(&mut self, email: &str, password: &str, install: String) -> Result<String, TransportError> {
        let user = self.users.get(email).filter(|(_, right)| right == password).map(|(user, _)| *user);
        let user = user.ok_or_else(|| refused(401, "bad_credentials"))?;
        let fresh = DeviceId::derived(&[install.as_bytes(), user.as_bytes()]);
        let device = *self.devices.entry(install).or_insert(fresh);
        let session = Session {
            who: Principal { user, device },
            access: (String::new(), self.now),
            refresh: String::new(),
            before: None,
        };
        self.sessions.push(session);
        Ok(self.grant(self.sessions.len() - 1))
    }

    fn refresh(&mut self, token: &str) -> Result<String, TransportError> {
        let is_of = |session: &Session| session.refresh == token || session.before.as_deref() == Some(token);
        let place = self.sessions.iter().position(is_of).ok_or(TransportError::SessionOver)?;
        Ok(self.grant(place))
    }

    /// A new pair for a session; a pair that was never used gives way to it.
    fn grant(&mut self, place: usize) -> String {
        self.made += 1;
        let Some(session) = self.sessions.get_mut(place) else { return String::new() };
        session.before.get_or_insert_with(|| std::mem::take(&mut session.refresh));
        session.refresh = format!("refresh-{}", self.made);
        let expires_at = Timestamp::from_millis(self.now.millis() + ACCESS);
        session.access = (format!("access-{}", self.made), expires_at);
        json!({
            "organisation": OrgId::derived(&[]),
            "user": session.who.user,
            "device": session.who.device,
            "role": "user",
            "access_token": session.access.0,
            "access_expires_at": expires_at,
            "refresh_token": session.refresh,
            // Any function of the user that nobody else can guess would do.
            "keep_key": BASE64URL_NOPAD.encode(&[session.who.user.as_bytes(), &session.who.user.as_bytes()[..]].concat()),
        })
        .to_string()
    }
}

fn refused(status: u16, code: &str) -> TransportError {
    TransportError::Refused { status, code: code.to_owned() }
}
