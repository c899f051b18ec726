//! `user` and `enrol`: colleagues, as who runs the server adds them, changes them and lets them in.
//!
//! It works on the database itself, beside a server that may be running: the operator needs no account, so a
//! lost administrator's password is not the end.

use std::fmt;

use roadbook_domain::document::Signature;
use roadbook_domain::document::change::Actor;
use roadbook_domain::settings::role::Role;
use roadbook_domain::settings::user::{Email, User};
use roadbook_domain::settings::{Settings, SettingsError, SettingsId, SettingsKind, SettingsRow};
use roadbook_domain::value::env::Env;
use roadbook_domain::value::id::{OrgId, UserId};
use roadbook_domain::value::time::Timestamp;

use super::config::{ConfigError, Database, LOCALE, NAME, ZONE, foreign, store_advice};
use crate::auth::enrolment::{self, Invitation, enrolment_link};
use crate::node::secrets::Secrets;
use crate::store::users::{self, NewAccount};
use crate::store::{Db, StoreError, Tx, organisation, retry, sessions, settings};
use crate::sync::OwnDocuments;

/// Whose colleagues they are.
#[derive(Debug, Clone, clap::Args)]
pub struct Firm {
    /// Where everything is kept.
    #[command(flatten)]
    pub database: Database,

    /// The secrets folder that init made
    #[arg(long, env = "ROADBOOK_SECRETS", default_value = "secrets")]
    pub secrets: String,
}

/// What `user add` is told.
#[derive(Debug, Clone, clap::Args)]
pub struct NewUser {
    /// The login
    pub email: String,

    /// The family name
    #[arg(long, default_value = "")]
    pub family_name: String,

    /// The given name
    #[arg(long, default_value = "")]
    pub given_name: String,

    /// admin, manager, user or restricted
    #[arg(long, default_value = "user")]
    pub role: String,

    /// The time zone, an IANA name; without it that of the firm
    #[arg(long)]
    pub zone: Option<String>,

    /// The language and country, such as hu-HU; without it those of the firm
    #[arg(long)]
    pub locale: Option<String>,
}

/// A change of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserChange {
    /// Another role.
    Role(Role),
    /// Access, or none.
    Access(bool),
}

/// The colleagues of an organisation, within reach of whoever runs its server.
pub struct People<'a> {
    db: Db,
    org: OrgId,
    env: &'a dyn Env,
}

/// Why a command does nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PeopleError {
    /// Of the configuration, the secrets or the database's address.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// It is no email address.
    #[error("EMAIL is \"{0}\": give an email address, such as anna@example.com")]
    Email(String),
    /// Nobody has this login.
    #[error("nobody has the login {0}; roadbook user list shows all")]
    Unknown(String),
    /// Somebody has this login already.
    #[error("{0} is the login of somebody already; roadbook user list shows all")]
    Taken(String),
    /// The user has no access.
    #[error("{0} has no access; roadbook user enable gives it back")]
    Disabled(String),
    /// Nobody else is an administrator with access.
    #[error("{0} is the only administrator with access; give somebody else the role admin first")]
    LastAdmin(String),
    /// A rule of settings.
    #[error("{0}")]
    Rule(#[from] SettingsError),
    /// The user's own documents cannot be made.
    #[error("the user's own documents cannot be made: {0}")]
    Documents(String),
    /// Of the database.
    #[error("{}", store_advice(.0))]
    Store(#[from] StoreError),
}

impl<'a> People<'a> {
    /// Opens the database beside a server that may be running; it must hold the organisation that the secrets
    /// folder was made for.
    ///
    /// # Errors
    /// [`PeopleError::Config`]; of the database.
    pub async fn of(firm: &Firm, env: &'a dyn Env) -> Result<Self, PeopleError> {
        let secrets = Secrets::load(firm.secrets.as_ref())
            .map_err(|error| ConfigError::of("secrets", &firm.secrets, &error.to_string()))?;
        let db = Db::attach(&firm.database.address()?)
            .await
            .map_err(|error| firm.database.wrong(store_advice(&error)))?;
        let known = organisation::head(&mut db.read().await?, secrets.org).await?;
        match known {
            Some(_) => Ok(Self { db, org: secrets.org, env }),
            None => Err(firm.database.wrong(foreign(secrets.org)).into()),
        }
    }

    /// All users, by name.
    ///
    /// # Errors
    /// Of the database.
    pub async fn list(&self) -> Result<Vec<User>, PeopleError> {
        let mut conn = self.db.snapshot().await?;
        let settings = Settings::from_rows(settings::all(&mut conn, self.org).await?);
        let mut users: Vec<User> = settings.users().cloned().collect();
        users.sort_by_key(User::sort_key);
        Ok(users)
    }

    /// Adds a user, who gets a password by the enrolment.
    ///
    /// # Errors
    /// Every [`PeopleError`].
    pub async fn add(&self, new: &NewUser) -> Result<Invitation, PeopleError> {
        let email = email(&new.email)?;
        let role = role("--role", &new.role)?;
        retry(|| async {
            let (mut tx, settings) = self.begin().await?;
            if settings.user_by_email(&email).is_some() {
                return Err(PeopleError::Taken(email.to_string()));
            }
            let firm = settings.organisation();
            let user = User {
                id: UserId::new(self.env),
                email: Some(email.clone()),
                family_name: new.family_name.clone(),
                given_name: new.given_name.clone(),
                role,
                zone: new.zone.clone().unwrap_or_else(|| firm.zone.clone()),
                locale: new.locale.clone().unwrap_or_else(|| firm.locale.clone()),
                active: true,
                issues_invoices: false,
            };
            let now = self.env.now();
            self.put(&mut tx, &settings, &user, 0, now).await.map_err(|error| new.blame(error))?;
            let account = NewAccount { id: user.id, email: &email, password_hash: "", role, created_at: now };
            users::insert(&mut tx, self.org, &account).await.map_err(|error| match error {
                StoreError::Exists => PeopleError::Taken(email.to_string()),
                other => other.into(),
            })?;
            // An actor of this act alone: nobody else goes on counting from it.
            let own = OwnDocuments::of(&user, Actor::new(self.env), now);
            own.map_err(|error| PeopleError::Documents(error.to_string()))?
                .write(&mut tx, self.org, now)
                .await?;
            let invitation = enrolment::invite(self.org, self.env, &mut tx, user.id).await?;
            tx.commit().await?;
            Ok(invitation)
        })
        .await
    }

    /// Changes a user's role or access.
    ///
    /// # Errors
    /// Every [`PeopleError`]; an organisation keeps an administrator with access.
    pub async fn change(&self, login: &str, change: UserChange) -> Result<(), PeopleError> {
        let email = email(login)?;
        retry(|| async {
            let (mut tx, settings) = self.begin().await?;
            let known = settings.user_by_email(&email).cloned();
            let mut user = known.ok_or_else(|| PeopleError::Unknown(email.to_string()))?;
            match change {
                UserChange::Role(role) => user.role = role,
                UserChange::Access(active) => user.active = active,
            }
            let now = self.env.now();
            let version = self.version_of(&mut tx, user.id).await?;
            self.put(&mut tx, &settings, &user, version, now).await.map_err(|error| match error {
                PeopleError::Rule(SettingsError::LastAdmin) => PeopleError::LastAdmin(email.to_string()),
                other => other,
            })?;
            users::set_access(&mut tx, self.org, user.id, &email, user.role, !user.active, now).await?;
            if !user.active {
                sessions::end_of_user(&mut tx, self.org, user.id, now).await?;
            }
            tx.commit().await?;
            Ok(())
        })
        .await
    }

    /// A code for one time for the user with this login.
    ///
    /// # Errors
    /// [`PeopleError::Unknown`], [`PeopleError::Disabled`]; of the database.
    pub async fn enrol(&self, login: &str) -> Result<Invitation, PeopleError> {
        let email = email(login)?;
        retry(|| async {
            let (mut tx, settings) = self.begin().await?;
            let user = settings.user_by_email(&email);
            let user = user.ok_or_else(|| PeopleError::Unknown(email.to_string()))?;
            if !user.active {
                return Err(PeopleError::Disabled(email.to_string()));
            }
            let invitation = enrolment::invite(self.org, self.env, &mut tx, user.id).await?;
            tx.commit().await?;
            Ok(invitation)
        })
        .await
    }

    /// Closes the database.
    pub async fn close(self) {
        self.db.close().await;
    }

    async fn begin(&self) -> Result<(Tx, Settings), PeopleError> {
        let mut tx = self.db.write().await?;
        organisation::lock(&mut tx, self.org).await?;
        let rows = settings::all(&mut tx, self.org).await?;
        Ok((tx, Settings::from_rows(rows)))
    }

    async fn version_of(&self, tx: &mut Tx, user: UserId) -> Result<u64, StoreError> {
        let rows = settings::of_kind(tx, self.org, SettingsKind::User).await?;
        let id = SettingsId::from(user);
        Ok(rows.iter().find(|row| row.id == id).map_or(0, |row| row.version))
    }

    async fn put(
        &self,
        tx: &mut Tx,
        known: &Settings,
        user: &User,
        base: u64,
        now: Timestamp,
    ) -> Result<(), PeopleError> {
        let row = SettingsRow::new(user, base.saturating_add(1));
        known.judge(&row)?;
        // The operator has no account.
        let by = Signature { user: None, device: None };
        settings::put(tx, self.org, &row, &by, now).await?;
        Ok(())
    }
}

impl NewUser {
    /// Names the flag that a broken rule of settings is about.
    fn blame(&self, error: PeopleError) -> PeopleError {
        let (flag, value, remedy) = match error {
            PeopleError::Rule(SettingsError::UnknownZone) => ("--zone", self.zone.as_deref(), ZONE),
            PeopleError::Rule(SettingsError::Malformed("locale")) => {
                ("--locale", self.locale.as_deref(), LOCALE)
            }
            PeopleError::Rule(SettingsError::Malformed("family_name")) => {
                ("--family-name", Some(self.family_name.as_str()), NAME)
            }
            PeopleError::Rule(SettingsError::Malformed("given_name")) => {
                ("--given-name", Some(self.given_name.as_str()), NAME)
            }
            other => return other,
        };
        ConfigError::argument(flag, value.unwrap_or_default(), remedy).into()
    }
}

/// An invitation in words, for whoever passes it on.
#[derive(Debug)]
pub struct Letter<'a> {
    /// The code, and until when it is good.
    pub invitation: &'a Invitation,
    /// The address of the server, as phones reach it.
    pub address: &'a str,
}

impl Letter<'_> {
    /// What a phone opens or scans.
    pub fn link(&self) -> String {
        enrolment_link(self.address, &self.invitation.code)
    }
}

impl fmt::Display for Letter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Server: {}", self.address)?;
        writeln!(f, "Code:   {}", self.invitation.code)?;
        write!(f, "Link:   {}", self.link())
    }
}

fn email(text: &str) -> Result<Email, PeopleError> {
    text.parse().map_err(|_| PeopleError::Email(text.to_owned()))
}

/// The role with this word, which a flag or argument of this name holds.
///
/// # Errors
/// In one line, with all words.
pub fn role(name: &str, text: &str) -> Result<Role, ConfigError> {
    let known = text.parse::<Role>().ok().filter(|role| role.is_known());
    known.ok_or_else(|| ConfigError::argument(name, text, "give admin, manager, user or restricted"))
}

impl crate::store::MayConflict for PeopleError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_conflict())
    }
}
