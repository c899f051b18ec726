//! Configuration: by flags and environment, every key checked before anything starts.

#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::ffi::OsString;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use clap::parser::ValueSource;
use roadbook_domain::value::id::OrgId;

use super::app::App;
use super::network::Network;
use super::small_file::small_text;
use super::tls::Tls;
use crate::auth::password::Cost;
use crate::store::StoreError;
use crate::store::db::Address;

/// What `serve` is told. Every value is text until [`Config::check`]: so a wrong one is reported in one
/// line that names key, value and remedy.
#[derive(Clone, clap::Args)]
pub struct Config {
    /// Where everything is kept.
    #[command(flatten)]
    pub database: Database,

    /// How many connections to PostgreSQL this server may hold (2 to 1000): it keeps one to listen
    #[arg(long, env = "ROADBOOK_DATABASE_CONNECTIONS", default_value = "10")]
    pub database_connections: String,

    /// The secrets folder that init made
    #[arg(long, env = "ROADBOOK_SECRETS", default_value = "secrets")]
    pub secrets: String,

    /// The address and port to listen on
    #[arg(long, env = "ROADBOOK_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: String,

    /// The address by which phones reach the server, such as `https://roadbook.example`: for links that let them in
    #[arg(long, env = "ROADBOOK_PUBLIC_ADDRESS", default_value = "")]
    pub public_address: String,

    /// The folder of the built web app, which browsers get at /; without it they get nothing. It is read once, at the
    /// start
    #[arg(long, env = "ROADBOOK_APP", value_name = "FOLDER", default_value = "")]
    pub app: String,

    /// The certificate with its chain, in PEM, if no proxy ends TLS; a renewed one is taken within a minute
    #[arg(long, env = "ROADBOOK_TLS_CERTIFICATE", default_value = "")]
    pub tls_certificate: String,

    /// The private key of the certificate, in PEM
    #[arg(long, env = "ROADBOOK_TLS_KEY", default_value = "")]
    pub tls_key: String,

    /// Who may read /metrics: addresses or networks, with commas between
    #[arg(long, env = "ROADBOOK_METRICS_FROM", default_value = "127.0.0.1, ::1")]
    pub metrics_from: String,

    /// The proxies whose X-Forwarded-For is believed: addresses or networks, with commas between
    #[arg(long, env = "ROADBOOK_TRUSTED_PROXIES", default_value = "")]
    pub trusted_proxies: String,

    /// How many connections are open at once; the next ones wait (1 to 1000000)
    #[arg(long, env = "ROADBOOK_MAX_CONNECTIONS", default_value = "10000")]
    pub max_connections: String,

    /// How long a client may take for the head of a request, and stay idle between two (100ms to 10m)
    #[arg(long, env = "ROADBOOK_HEADER_TIMEOUT", default_value = "10s")]
    pub header_timeout: String,

    /// How long a request may take once its body is here (100ms to 10m)
    #[arg(long, env = "ROADBOOK_REQUEST_TIMEOUT", default_value = "30s")]
    pub request_timeout: String,

    /// How long a body may take however slowly it arrives (100ms to 10m)
    #[arg(long, env = "ROADBOOK_BODY_GRACE", default_value = "15s")]
    pub body_grace: String,

    /// How many bytes of a body a second there must be on average after that (1 to 1000000)
    #[arg(long, env = "ROADBOOK_BODY_RATE", default_value = "1024")]
    pub body_rate: String,

    /// How long a client may leave an answer unread before it is cut off (100ms to 10m)
    #[arg(long, env = "ROADBOOK_WRITE_TIMEOUT", default_value = "30s")]
    pub write_timeout: String,

    /// How long requests under way may take to end when the server stops (100ms to 10m)
    #[arg(long, env = "ROADBOOK_DRAIN_TIMEOUT", default_value = "10s")]
    pub drain_timeout: String,

    /// For `roadbook demo` alone: the origin of its page, which may show the app in frames. Both are on this machine
    // No variable: it is nothing that anybody sets up.
    #[arg(long, value_name = "ORIGIN", default_value = "", hide = true)]
    pub demo_page: String,

    /// What a password hash costs; only simulations lower it.
    #[arg(skip)]
    pub password_cost: Cost,
}

/// Where a database is: told directly, or by a file, which keeps a password out of the list of processes. A flag
/// beats every variable; two of a kind that name both are refused.
#[derive(Clone)]
pub struct Database(Told);

#[derive(Clone)]
enum Told {
    Address(String),
    File(PathBuf),
    /// Both at once, in the words of the error.
    Both(&'static str),
}

const BOTH_FLAGS: &str = "--database and --database-file are both given: give one of them";
const BOTH_VARIABLES: &str =
    "ROADBOOK_DATABASE and ROADBOOK_DATABASE_FILE are both set: unset one of them, or empty it";

#[derive(clap::Args)]
struct Flags {
    /// The database: sqlite:PATH or postgres://USER@HOST/DATABASE. Others on the machine can read flags: an
    /// address with a password belongs in the variable or in a file
    #[arg(
        long = "database",
        id = "database",
        value_name = "ADDRESS",
        env = "ROADBOOK_DATABASE",
        hide_env_values = true,
        default_value = "sqlite:roadbook.db"
    )]
    text: String,

    /// A file that holds the address instead
    #[arg(long = "database-file", id = "database-file", value_name = "FILE", env = "ROADBOOK_DATABASE_FILE")]
    file: Option<OsString>,
}

impl clap::Args for Database {
    fn augment_args(command: clap::Command) -> clap::Command {
        <Flags as clap::Args>::augment_args(command)
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        <Flags as clap::Args>::augment_args_for_update(command)
    }
}

impl clap::FromArgMatches for Database {
    fn from_arg_matches(matches: &clap::ArgMatches) -> Result<Self, clap::Error> {
        let Flags { text, file } = <Flags as clap::FromArgMatches>::from_arg_matches(matches)?;
        let file = file.unwrap_or_default();
        // They are in order: a default, a variable, a flag. A variable that is empty counts as not set.
        let told_by = |id: &str, is_empty: bool| {
            matches.value_source(id).filter(|source| !is_empty || *source != ValueSource::EnvVariable)
        };
        let (of_text, of_file) =
            (told_by("database", text.is_empty()), told_by("database-file", file.is_empty()));
        Ok(Self(match of_file.cmp(&of_text) {
            Ordering::Greater => Told::File(file.into()),
            Ordering::Equal if of_file == Some(ValueSource::CommandLine) => Told::Both(BOTH_FLAGS),
            Ordering::Equal if of_file.is_some() => Told::Both(BOTH_VARIABLES),
            // If nothing names one but an empty variable, the error blames that.
            Ordering::Equal | Ordering::Less => Told::Address(text),
        }))
    }

    fn update_from_arg_matches(&mut self, matches: &clap::ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Database {
    /// The address to connect to.
    ///
    /// # Errors
    /// It is not one, the file cannot be read, or both are named.
    pub(crate) fn address(&self) -> Result<Address, ConfigError> {
        let remedy = || self.wrong("give sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE".into());
        match &self.0 {
            Told::Both(conflict) => Err(ConfigError::other((*conflict).to_owned())),
            Told::Address(text) => text.parse().map_err(|_| remedy()),
            Told::File(path) => small_text(path)
                .map_err(|error| {
                    self.wrong(format!("cannot be read ({error}); give a file with an address"))
                })?
                .trim()
                .parse()
                .map_err(|_| remedy()),
        }
    }

    /// The error that blames the database.
    pub(crate) fn wrong(&self, problem: String) -> ConfigError {
        match &self.0 {
            Told::Both(conflict) => ConfigError::other(format!("{conflict}; {problem}")),
            Told::Address(text) => ConfigError::of("database", text, &problem),
            Told::File(path) => ConfigError::of("database-file", &path.display().to_string(), &problem),
        }
    }

    /// The flag that names this database on a command line, and its value; `None` if that would show a password.
    pub fn flag(&self) -> Option<(&'static str, String)> {
        match &self.0 {
            Told::File(path) => Some(("--database-file", path.display().to_string())),
            Told::Address(text) if without_password(text) == *text => Some(("--database", text.clone())),
            Told::Address(_) | Told::Both(_) => None,
        }
    }
}

impl From<String> for Database {
    fn from(text: String) -> Self {
        Self(Told::Address(text))
    }
}

impl fmt::Debug for Database {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Told::Address(text) => f.write_str(&without_password(text)),
            Told::File(path) => write!(f, "the address in {}", path.display()),
            Told::Both(conflict) => f.write_str(conflict),
        }
    }
}

/// A configuration that holds together.
#[derive(Debug, Clone)]
pub struct Checked {
    /// Where the database is.
    pub database: Address,
    /// How many connections to PostgreSQL.
    pub database_connections: u32,
    /// The secrets folder.
    pub secrets: PathBuf,
    /// Where to listen.
    pub listen: SocketAddr,
    /// The address by which phones reach the server, if it is known.
    pub public_address: Option<String>,
    /// The web app, if the server hands one out.
    pub app: Option<Arc<App>>,
    /// The page that may show the app in frames, if there is one.
    pub demo_page: Option<String>,
    /// The certificate to show; none where a proxy does.
    pub tls: Option<Arc<Tls>>,
    /// Who may read the counters.
    pub metrics_from: Vec<Network>,
    /// The proxies that are believed.
    pub trusted_proxies: Vec<Network>,
    /// How many connections at once.
    pub max_connections: usize,
    /// For the head of a request, and between two.
    pub header_timeout: Duration,
    /// For a request whose body is here.
    pub request_timeout: Duration,
    /// For a body however slow.
    pub body_grace: Duration,
    /// Bytes of a body a second, on average, after the grace.
    pub body_rate: u32,
    /// For a write that makes no progress.
    pub write_timeout: Duration,
    /// For what is under way when the server stops.
    pub drain_timeout: Duration,
    /// Of a password hash.
    pub password_cost: Cost,
}

/// Why the server cannot start: one line with the key, its value and the remedy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(String);

impl ConfigError {
    /// A problem that no key is to blame for.
    pub(crate) fn other(problem: String) -> Self {
        Self(one_line(&problem))
    }

    /// `ROADBOOK_KEY (--key) is "value": problem and remedy`.
    pub(crate) fn of(key: &str, value: &str, problem: &str) -> Self {
        let variable = key.to_uppercase().replace('-', "_");
        Self::argument(&format!("ROADBOOK_{variable} (--{key})"), value, problem)
    }

    /// `NAME is "value": problem and remedy`, for a flag or argument that no variable stands for.
    pub(crate) fn argument(name: &str, value: &str, problem: &str) -> Self {
        let value = one_line(&without_password(value));
        Self(format!("{name} is \"{value}\": {}", one_line(problem)))
    }
}

impl Config {
    /// What `serve` takes by default, on this database and secrets folder.
    pub fn at(database: impl Into<Database>, secrets: String) -> Self {
        #[derive(clap::Parser)]
        struct Defaults {
            #[command(flatten)]
            config: Config,
        }
        // Parsed instead of written down here, so that it stays what `serve` takes.
        let defaults = <Defaults as clap::Parser>::parse_from(["serve"]).config;
        Self { database: database.into(), secrets, ..defaults }
    }

    /// Checks every key.
    ///
    /// # Errors
    /// The first that is wrong.
    pub fn check(&self) -> Result<Checked, ConfigError> {
        let listen = self.parse("listen", "give ADDRESS:PORT, such as 127.0.0.1:8080 or [::]:8080")?;
        Ok(Checked {
            database: self.database.address()?,
            database_connections: self.number("database-connections", 2, 1000)?,
            secrets: match self.value("secrets") {
                "" => return Err(self.wrong("secrets", "give the path of the folder that init made".into())),
                path => path.into(),
            },
            listen,
            public_address: self.public_address()?,
            app: self.app()?,
            demo_page: self.demo_page(listen)?,
            tls: self.tls()?,
            metrics_from: self.networks("metrics-from")?,
            trusted_proxies: self.networks("trusted-proxies")?,
            max_connections: self.number("max-connections", 1, 1_000_000)?,
            header_timeout: self.duration("header-timeout")?,
            request_timeout: self.duration("request-timeout")?,
            body_grace: self.duration("body-grace")?,
            body_rate: self.number("body-rate", 1, 1_000_000)?,
            write_timeout: self.duration("write-timeout")?,
            drain_timeout: self.duration("drain-timeout")?,
            password_cost: self.password_cost,
        })
    }

    /// The error that blames this key.
    pub(crate) fn wrong(&self, key: &str, problem: String) -> ConfigError {
        if key == "database" {
            self.database.wrong(problem)
        } else {
            ConfigError::of(key, self.value(key), &problem)
        }
    }

    fn value(&self, key: &str) -> &str {
        match key {
            "database-connections" => &self.database_connections,
            "secrets" => &self.secrets,
            "listen" => &self.listen,
            "public-address" => &self.public_address,
            "app" => &self.app,
            "demo-page" => &self.demo_page,
            "tls-certificate" => &self.tls_certificate,
            "tls-key" => &self.tls_key,
            "metrics-from" => &self.metrics_from,
            "trusted-proxies" => &self.trusted_proxies,
            "max-connections" => &self.max_connections,
            "header-timeout" => &self.header_timeout,
            "request-timeout" => &self.request_timeout,
            "body-grace" => &self.body_grace,
            "body-rate" => &self.body_rate,
            "write-timeout" => &self.write_timeout,
            "drain-timeout" => &self.drain_timeout,
            _ => "",
        }
    }

    fn parse<T: FromStr>(&self, key: &str, remedy: &str) -> Result<T, ConfigError> {
        self.value(key).parse().map_err(|_| self.wrong(key, remedy.into()))
    }

    fn public_address(&self) -> Result<Option<String>, ConfigError> {
        let address = match self.value("public-address") {
            "" => return Ok(None),
            address => public_address(address)?,
        };
        let has_path = address.split_once("://").is_some_and(|(_, rest)| rest.contains('/'));
        if has_path && !self.app.is_empty() {
            return Err(self.wrong(
                "public-address",
                "it has a path, but the web app stands at the root of its host; give the address without the path, \
                 or no --app"
                    .into(),
            ));
        }
        Ok(Some(address))
    }

    fn app(&self) -> Result<Option<Arc<App>>, ConfigError> {
        match self.value("app") {
            "" => Ok(None),
            folder => App::read(folder.as_ref())
                .map(|app| Some(Arc::new(app)))
                .map_err(|problem| self.wrong("app", problem)),
        }
    }

    /// Nobody's app but that of a demonstration is ever framed: a page that frames it could make its user press what
    /// they do not see.
    fn demo_page(&self, listen: SocketAddr) -> Result<Option<String>, ConfigError> {
        let page = self.value("demo-page");
        if page.is_empty() {
            return Ok(None);
        }
        let authority = page.strip_prefix("http://").unwrap_or_default();
        let is_plain = authority.chars().all(|c| c.is_ascii_alphanumeric() || "-.:".contains(c));
        let host = authority.split(':').next().unwrap_or_default();
        let is_here = host == "localhost" || host.ends_with(".localhost");
        if !is_plain || !is_here {
            return Err(self.wrong("demo-page", "give the origin of a page on localhost".into()));
        }
        if !listen.ip().is_loopback() {
            let remedy = "it is for a server that only this machine reaches; give --listen 127.0.0.1:0, or no --demo-page";
            return Err(self.wrong("demo-page", remedy.into()));
        }
        // Behind a proxy every server listens on this machine alone.
        let is_public = ["public-address", "trusted-proxies", "tls-certificate"];
        if is_public.iter().any(|key| !self.value(key).is_empty()) {
            let remedy = "it is for a demonstration, and not for a server that others reach by --public-address, \
                          --trusted-proxies or --tls-certificate";
            return Err(self.wrong("demo-page", remedy.into()));
        }
        Ok(Some(page.to_owned()))
    }

    fn tls(&self) -> Result<Option<Arc<Tls>>, ConfigError> {
        match (self.tls_certificate.as_str(), self.tls_key.as_str()) {
            ("", "") => Ok(None),
            ("", _) => Err(self.wrong("tls-certificate", "give the certificate of the key".into())),
            (_, "") => Err(self.wrong("tls-key", "give the private key of the certificate".into())),
            (certificate, key) => Tls::load(certificate.as_ref(), key.as_ref())
                .map(|tls| Some(Arc::new(tls)))
                .map_err(|problem| self.wrong("tls-certificate", problem)),
        }
    }

    fn networks(&self, key: &str) -> Result<Vec<Network>, ConfigError> {
        let parts = self.value(key).split(',').map(str::trim).filter(|part| !part.is_empty());
        parts
            .map(|part| {
                part.parse().map_err(|()| {
                    self.wrong(key, "give addresses or networks, such as 127.0.0.1, 10.0.0.0/8".into())
                })
            })
            .collect()
    }

    fn number<T: FromStr + PartialOrd + fmt::Display>(
        &self,
        key: &str,
        least: T,
        most: T,
    ) -> Result<T, ConfigError> {
        match self.value(key).parse::<T>() {
            Ok(number) if (&least..=&most).contains(&&number) => Ok(number),
            _ => Err(self.wrong(key, format!("give a whole number from {least} to {most}"))),
        }
    }

    fn duration(&self, key: &str) -> Result<Duration, ConfigError> {
        let range = Duration::from_millis(100)..=Duration::from_secs(600);
        match parse_duration(self.value(key)) {
            Some(duration) if range.contains(&duration) => Ok(duration),
            _ => Err(self.wrong(key, "give a time from 100ms to 10m, such as 500ms, 10s or 2m".into())),
        }
    }
}

impl fmt::Debug for Config {
    /// Without the database's password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("database", &self.database)
            .field("secrets", &self.secrets)
            .field("listen", &self.listen)
            .finish_non_exhaustive()
    }
}

/// An address that a phone can be given.
///
/// # Errors
/// It is none.
pub fn public_address(text: &str) -> Result<String, ConfigError> {
    let wrong = |remedy: &str| ConfigError::of("public-address", text, remedy);
    let rest = ["https://", "http://"].iter().find_map(|scheme| text.strip_prefix(scheme));
    let rest = rest.filter(|rest| !rest.contains(['#', '?', ' ', '@']));
    let host = rest.and_then(|rest| rest.split('/').next()).filter(|host| !host.is_empty());
    match host {
        None => Err(wrong("give one such as https://roadbook.example")),
        // Browsers name it in ASCII, and would be taken for pages of another site.
        Some(host) if !host.is_ascii() => {
            Err(wrong("give its host in ASCII, in the form that begins with xn--"))
        }
        Some(_) => Ok(text.trim_end_matches('/').to_owned()),
    }
}

/// What is accepted as a time zone.
pub(crate) const ZONE: &str = "give an IANA name, such as Europe/Budapest";
/// What is accepted as a language and country.
pub(crate) const LOCALE: &str = "give a language, with a country or without, such as hu-HU or hu";
/// What is accepted as a person's name.
pub(crate) const NAME: &str = "give a shorter name, on one line";

/// The problem of a database, with what to do about it.
pub(crate) fn store_advice(error: &StoreError) -> String {
    match error {
        StoreError::Missing => format!("{error}; run roadbook init first, or correct the address"),
        StoreError::Foreign => format!("{error}; choose another file"),
        other => other.to_string(),
    }
}

/// What is wrong with a database that an organisation is not in.
pub(crate) fn foreign(org: OrgId) -> String {
    format!(
        "it does not hold organisation {org}, which the secrets folder was made for; point both to one \
         organisation"
    )
}

/// A whole number of `ms`, `s` or `m`.
fn parse_duration(text: &str) -> Option<Duration> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(digits)?;
    let number: u64 = number.parse().ok()?;
    match unit {
        "ms" => Some(Duration::from_millis(number)),
        "s" => Some(Duration::from_secs(number)),
        "m" => number.checked_mul(60).map(Duration::from_secs),
        _ => None,
    }
}

/// An address without what stands between the first colon after `//` and the last `@`, and without the
/// passwords among its options.
fn without_password(address: &str) -> String {
    let parts = address.split_once("://").and_then(|(scheme, rest)| {
        // The last `@`: a password may hold one that is not escaped.
        let (login, host) = rest.rsplit_once('@')?;
        let (user, _) = login.split_once(':')?;
        Some(format!("{scheme}://{user}:***@{host}"))
    });
    // Whatever it is to be, unless it is a path: what stands before an `@` may be a password.
    let is_path = address.starts_with("sqlite:");
    let other = || match address.rsplit_once('@') {
        Some((login, host)) if !is_path && !address.contains("://") && login.contains(':') => {
            format!("***@{host}")
        }
        _ => address.to_owned(),
    };
    let address = parts.unwrap_or_else(other);
    let Some((before, options)) = address.split_once('?') else { return address };
    let masked = options.split('&').map(|option| match option.split_once('=') {
        Some((name, _)) if name.to_ascii_lowercase().contains("password") => format!("{name}=***"),
        _ => option.to_owned(),
    });
    format!("{before}?{}", masked.collect::<Vec<_>>().join("&"))
}

/// The same on one line; what would move a terminal is written out.
pub(crate) fn one_line(text: &str) -> String {
    let lines = text.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty());
    let text = lines.collect::<Vec<_>>().join(" ");
    let shown = |c: char| if c.is_control() { c.escape_default().collect() } else { String::from(c) };
    text.chars().map(shown).collect()
}
