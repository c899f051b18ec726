//! `init`: an organisation, its secrets folder and its first administrator.

use std::fmt;
use std::path::{Path, PathBuf};

use clap::builder::{OsStringValueParser, TypedValueParser};
use data_encoding::BASE64URL_NOPAD;
use roadbook_domain::document::Signature;
use roadbook_domain::document::change::Actor;
use roadbook_domain::settings::role::Role;
use roadbook_domain::settings::user::{Email, User};
use roadbook_domain::settings::{
    ImportKey, Organisation, Settings, SettingsError, SettingsRow, builtin_rows,
};
use roadbook_domain::value::env::{Env, random};
use roadbook_domain::value::id::{OrgId, UserId};
use roadbook_domain::value::time::Timestamp;

use super::config::{ConfigError, Database, LOCALE, NAME, ZONE, store_advice};
use super::small_file::small_text;
use crate::auth::password::{Cost, PasswordError, Passwords};
use crate::node::secrets::Secrets;
use crate::store::db::Address;
use crate::store::organisation::{self, NewOrganisation};
use crate::store::users::{self, NewAccount};
use crate::store::{Db, StoreError, settings};
use crate::sync::OwnDocuments;

/// What `init` is told.
#[derive(Debug, Clone, clap::Args)]
pub struct InitConfig {
    /// Where everything is to be kept.
    #[command(flatten)]
    pub database: Database,

    /// The secrets folder to make; back it up apart from the database
    #[arg(long, env = "ROADBOOK_SECRETS", default_value = "secrets")]
    pub secrets: String,

    /// The firm's name
    #[arg(long, env = "ROADBOOK_ORGANISATION")]
    pub organisation: String,

    /// The first administrator's login
    #[arg(long, env = "ROADBOOK_ADMIN_EMAIL")]
    pub admin_email: String,

    /// The first administrator's family name
    #[arg(long, env = "ROADBOOK_ADMIN_FAMILY_NAME", default_value = "")]
    pub admin_family_name: String,

    /// The first administrator's given name
    #[arg(long, env = "ROADBOOK_ADMIN_GIVEN_NAME", default_value = "")]
    pub admin_given_name: String,

    /// A file with the first administrator's password; without it one is made and shown once
    #[arg(
        long,
        env = "ROADBOOK_ADMIN_PASSWORD_FILE",
        value_parser = OsStringValueParser::new().map(PathBuf::from)
    )]
    pub admin_password_file: Option<PathBuf>,

    /// The firm's time zone, an IANA name such as Europe/Budapest
    #[arg(long, env = "ROADBOOK_ZONE", default_value = "UTC")]
    pub zone: String,

    /// The firm's language and country, such as hu-HU
    #[arg(long, env = "ROADBOOK_LOCALE", default_value = "en")]
    pub locale: String,

    /// What a password hash costs; only simulations lower it.
    #[arg(skip)]
    pub password_cost: Cost,
}

/// What `init` made.
#[derive(Clone)]
pub struct Created {
    /// The organisation.
    pub org: OrgId,
    /// Its first administrator.
    pub admin: UserId,
    /// The password that was made for them: to be shown once and kept nowhere.
    pub generated_password: Option<String>,
}

/// Makes an organisation with the built-in products, its secrets folder and its first administrator,
/// who has their own documents from then on.
///
/// Secrets first, then everything else in one transaction; if that fails the secrets are removed again.
/// Nothing that exists is ever overwritten.
///
/// # Errors
/// In one line: the key, its value and the remedy.
pub async fn init(config: &InitConfig, env: &dyn Env) -> Result<Created, ConfigError> {
    // All that can be judged is judged before anything is made.
    let plan = Plan::new(config, env)?;
    let password = Password::of(config, env)?;
    let passwords = Passwords::new(config.password_cost, 1, env).map_err(unexpected)?;
    let password_hash =
        passwords.hash(&password.text, env).await.map_err(|error| password.blame(config, &error))?;

    let secrets_folder = Path::new(&config.secrets);
    // Before the database: a wrong path must not leave one behind.
    if config.secrets.is_empty() || secrets_folder.symlink_metadata().is_ok() {
        let problem = "secrets are never overwritten; give the path of a folder that is not there yet";
        return Err(ConfigError::of("secrets", &config.secrets, problem));
    }
    let db = Db::create(&plan.database, 1).await.map_err(|error| database_error(config, &error))?;
    let mut conn = db.read().await.map_err(|error| database_error(config, &error))?;
    if let Some(org) = organisation::any(&mut conn).await.map_err(|error| database_error(config, &error))? {
        let problem = format!("it holds organisation {org} already; choose another database");
        return Err(config.database.wrong(problem));
    }
    drop(conn);
    let secrets = Secrets::create(secrets_folder, plan.org, env)
        .map_err(|error| ConfigError::of("secrets", &config.secrets, &error.to_string()))?;
    let created = Created { org: plan.org, admin: plan.admin.id, generated_password: password.generated() };
    if let Err(error) = plan.write(&db, &password_hash, env).await {
        secrets.discard();
        return Err(database_error(config, &error));
    }
    // So that the log is in the file, should somebody copy it before the first start.
    db.close().await;
    Ok(created)
}

/// Everything that will be written, judged by the rules of settings.
struct Plan {
    database: Address,
    org: OrgId,
    organisation: Organisation,
    email: Email,
    admin: User,
    own: OwnDocuments,
    now: Timestamp,
}

impl Plan {
    fn new(config: &InitConfig, env: &dyn Env) -> Result<Self, ConfigError> {
        let wrong = |key: &str, value: &str, problem: &str| ConfigError::of(key, value, problem);
        let database = config.database.address()?;
        let email: Email = config.admin_email.parse().map_err(|_| {
            wrong("admin-email", &config.admin_email, "give an email address, such as anna@example.com")
        })?;
        let organisation = Organisation {
            name: config.organisation.trim().to_owned(),
            zone: config.zone.clone(),
            locale: config.locale.clone(),
            ..Organisation::default()
        };
        let admin = User {
            id: UserId::new(env),
            email: Some(email.clone()),
            family_name: config.admin_family_name.clone(),
            given_name: config.admin_given_name.clone(),
            role: Role::Admin,
            zone: config.zone.clone(),
            locale: config.locale.clone(),
            active: true,
            issues_invoices: false,
        };
        let settings = Settings::from_rows(builtin_rows());
        for row in [SettingsRow::new(&organisation, 1), SettingsRow::new(&admin, 1)] {
            settings.judge(&row).map_err(|error| blame(config, error))?;
        }
        let now = env.now();
        let own = OwnDocuments::of(&admin, Actor::new(env), now).map_err(unexpected)?;
        Ok(Self { database, org: OrgId::new(env), organisation, email, admin, own, now })
    }

    async fn write(self, db: &Db, password_hash: &str, env: &dyn Env) -> Result<(), StoreError> {
        let Self { org, now, .. } = self;
        let epoch = uuid::Builder::from_random_bytes(random(env)).into_uuid();
        let new = NewOrganisation { id: org, name: &self.organisation.name, epoch, created_at: now };
        let account = NewAccount {
            id: self.admin.id,
            email: &self.email,
            password_hash,
            role: self.admin.role,
            created_at: now,
        };
        let mut tx = db.write().await?;
        // First, because everything else takes numbers of its log.
        organisation::insert(&mut tx, &new).await?;
        users::insert(&mut tx, org, &account).await?;
        let own = [SettingsRow::new(&self.organisation, 1), SettingsRow::new(&self.admin, 1)];
        let by = Signature { user: None, device: None };
        for row in builtin_rows().into_iter().chain(own) {
            settings::put(&mut tx, org, &row, &by, now).await?;
        }
        let key = SettingsRow::new(&ImportKey::new(env), 1);
        settings::put(&mut tx, org, &key, &by, now).await?;
        self.own.write(&mut tx, org, now).await?;
        tx.commit().await
    }
}

/// The first administrator's password, and where it came from.
struct Password {
    text: String,
    given: bool,
}

impl Password {
    fn of(config: &InitConfig, env: &dyn Env) -> Result<Self, ConfigError> {
        // An empty variable counts as not set.
        let path = config.admin_password_file.as_ref().filter(|path| !path.as_os_str().is_empty());
        let Some(path) = path else {
            // 15 bytes give 20 characters without padding.
            return Ok(Self { text: BASE64URL_NOPAD.encode(&random::<15>(env)), given: false });
        };
        match small_text(path) {
            // Editors end a file with a line break that is not part of the password.
            Ok(text) => Ok(Self { text: text.trim_end_matches(['\n', '\r']).to_owned(), given: true }),
            Err(error) => Err(ConfigError::of(
                "admin-password-file",
                &path.display().to_string(),
                &format!("cannot be read ({error}); give a file that holds the password"),
            )),
        }
    }

    fn generated(self) -> Option<String> {
        (!self.given).then_some(self.text)
    }

    fn blame(&self, config: &InitConfig, error: &PasswordError) -> ConfigError {
        match &config.admin_password_file {
            Some(path) => ConfigError::of(
                "admin-password-file",
                &path.display().to_string(),
                &format!("{error}; choose another"),
            ),
            None => unexpected(error),
        }
    }
}

impl fmt::Debug for Created {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Created").field("org", &self.org).field("admin", &self.admin).finish_non_exhaustive()
    }
}

/// The key that a broken rule of settings is about.
fn blame(config: &InitConfig, error: SettingsError) -> ConfigError {
    let (key, value, remedy) = match error {
        SettingsError::UnknownZone => ("zone", &config.zone, ZONE),
        SettingsError::Malformed("locale") => ("locale", &config.locale, LOCALE),
        SettingsError::Malformed("name") => ("organisation", &config.organisation, "give the firm's name"),
        SettingsError::Malformed("family_name") => ("admin-family-name", &config.admin_family_name, NAME),
        SettingsError::Malformed("given_name") => ("admin-given-name", &config.admin_given_name, NAME),
        other => return unexpected(other),
    };
    ConfigError::of(key, value, remedy)
}

fn database_error(config: &InitConfig, error: &StoreError) -> ConfigError {
    config.database.wrong(store_advice(error))
}

fn unexpected(error: impl fmt::Display) -> ConfigError {
    ConfigError::other(error.to_string())
}
