//! `demo`: a server, two phones, lost networks, and how their edits merge: to touch, where the app for browsers is
//! built, or as a story in text.
//!
//! Nothing is staged: the server is the one that `serve` runs, on a real socket; the phones are the
//! core that apps embed, each with its own file, over real HTTP.

mod cast;
mod firm;
mod phone;
mod show;
mod story;
mod touch;

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;

use roadbook_domain::value::env::SystemEnv;
use roadbook_server::{Config, InitConfig, State};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::import;
use crate::out::{self, say};
use crate::scratch::Scratch;
use crate::stop::Stop;
use cast::{ADMINISTRATOR, Person};
use touch::Built;

/// The options of the demonstration.
#[derive(Debug, clap::Args)]
pub struct DemoConfig {
    /// Tell a story in text, without a browser; so it is told, too, where the app is not built
    #[arg(long)]
    text: bool,

    /// End after the story in text, instead of serving on
    #[arg(long)]
    once: bool,

    /// Play on the customers of this CSV export instead of the invented ones
    #[arg(long, value_name = "FILE.csv")]
    import: Option<PathBuf>,

    /// The address and port of the page, or of the server of the story in text; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: String,

    /// The folder of the built web app, with the page of the demonstration beside it, in a folder of the same name with
    /// -demo behind; without it app/dist of the sources
    #[arg(long, value_name = "FOLDER")]
    app: Option<PathBuf>,
}

/// A contact export to play on.
pub struct Import {
    /// The name of the file, for the transcript.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// Shows the demonstration to touch, or tells the story.
///
/// # Errors
/// What went wrong, in one line; also if phones and server do not show the same in the end.
pub async fn run(config: &DemoConfig, stop: &Stop) -> Result<(), Box<dyn Error>> {
    let import = config.import.as_deref().map(|file| {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok::<_, Box<dyn Error>>(Import { name, bytes: import::read(file)? })
    });
    let import = import.transpose()?;
    if config.text || config.once {
        return tell(config, import, stop).await;
    }
    match Built::find(config.app.as_deref())? {
        Some(built) => touch::run(config, &built, import, stop).await,
        None => {
            say!("The app for browsers is not built (./demo builds it): here is the story in text.\n");
            tell(config, import, stop).await
        }
    }
}

/// Plays the story.
async fn tell(config: &DemoConfig, import: Option<Import>, stop: &Stop) -> Result<(), Box<dyn Error>> {
    let folder = Scratch::new("roadbook-demo-")?;
    let path = |name: &str| folder.path().join(name).display().to_string();
    let init = InitConfig {
        database: format!("sqlite:{}", path("server.db")).into(),
        secrets: path("secrets"),
        organisation: cast::FIRM.to_owned(),
        admin_email: ADMINISTRATOR.email.to_owned(),
        admin_family_name: ADMINISTRATOR.family_name.to_owned(),
        admin_given_name: ADMINISTRATOR.given_name.to_owned(),
        admin_password_file: None,
        zone: cast::ZONE.to_owned(),
        locale: cast::LOCALE.to_owned(),
        password_cost: Default::default(),
    };
    let created = roadbook_server::init(&init, &SystemEnv).await?;
    let admin =
        Person { password: created.generated_password.unwrap_or_default(), ..Person::new(ADMINISTRATOR) };

    let listener = TcpListener::bind(&config.listen).await.map_err(|error| {
        format!(
            "--listen is \"{}\": cannot listen there ({error}); choose another address or port",
            config.listen
        )
    })?;
    let address = format!("http://{}", listener.local_addr()?);
    let serving =
        Config { listen: config.listen.clone(), ..Config::at(init.database.clone(), init.secrets.clone()) };
    let state = State::open(&serving, Arc::new(SystemEnv)).await?;
    let (end, ended) = oneshot::channel::<()>();
    let server = tokio::spawn(roadbook_server::serve_on(listener, state, async {
        drop(ended.await);
    }));

    say!("{} at {address}, on an embedded database in {}\n", cast::FIRM, folder.path().display());
    let played = tokio::select! {
        played = play(config, &address, &folder, admin, import, stop) => played,
        () = stop.asked() => Ok(()),
    };
    if stop.is_asked() {
        say!("\nStopping; the demonstration's files go with it.");
    }
    // At every end, before the folder goes: the server writes into it until it has stopped.
    drop(end);
    server.await?;
    played
}

/// Plays the story, and goes on until somebody asks to stop.
async fn play(
    config: &DemoConfig,
    address: &str,
    folder: &Scratch,
    admin: Person,
    import: Option<Import>,
    stop: &Stop,
) -> Result<(), Box<dyn Error>> {
    let logins = story::play(address, folder, admin, import, stop).await?;
    // Who reads the end of `demo | head` would not know that it still serves.
    if !config.once && !out::is_closed() {
        show::what_next(address, folder, &logins)?;
        stop.asked().await;
    }
    Ok(())
}
