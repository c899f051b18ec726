//! The Roadbook command line: the sync server, its set-up, imports, and the demonstration.

#![deny(clippy::print_stdout, clippy::print_stderr, reason = "they panic where nobody reads: `out` does not")]

mod demo;
mod environment;
mod import;
mod logs;
mod operate;
mod out;
mod people;
mod scratch;
mod stop;

use std::cell::Cell;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use roadbook_domain::value::env::SystemEnv;
use roadbook_server::{BackupConfig, CheckConfig, Config, InitConfig, RestoreConfig};

use out::say;
use stop::Stop;

/// A CRM that keeps working where the signal doesn't.
///
/// Start with `roadbook demo`: it shows two phones lose the network, edit the same customers, and merge; in a browser,
/// or with `--text` needing nothing. For a server of your own: `roadbook init`, then `roadbook serve`.
#[derive(Parser)]
#[command(version = env!("ROADBOOK_BUILD"), arg_required_else_help = true, after_help = logs::HELP)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Show the whole story on this machine: a server, two phones, lost networks, merged edits
    Demo(demo::DemoConfig),
    /// Make an organisation, its secrets folder and its first administrator
    Init(InitConfig),
    /// Serve an organisation's phones until stopped (SIGINT, SIGTERM, SIGHUP or SIGQUIT)
    #[command(after_help = logs::HELP)]
    Serve(Box<Config>),
    /// Add colleagues and change what they may do, beside a running server
    User(people::UserConfig),
    /// Show what lets a user in once: a new colleague, or one who forgot the password
    Enrol(people::EnrolConfig),
    /// Copy the database to a file, while it is in use, and look through the copy
    Backup(BackupConfig),
    /// Put a backup in the place of a database that is lost
    Restore(RestoreConfig),
    /// Look through the whole database
    Check(CheckConfig),
    /// Bring a CSV export of contacts into a running organisation
    Import(import::ImportConfig),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // Their transcript is for people, and log lines would stand in between.
    let quiet = !matches!(arguments.command, Command::Serve(_));
    if let Err(problem) = environment::check(&Arguments::command()).and_then(|()| logs::start(quiet)) {
        return failed(&problem);
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&format!("the machine gives no threads: {error}")),
    };
    match runtime.block_on(run(arguments.command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error.to_string()),
    }
}

async fn run(command: Command) -> Result<(), Box<dyn std::error::Error>> {
    match command {
        Command::Demo(config) => demo::run(&config, &Stop::listen()).await?,
        Command::Init(config) => init(&config).await?,
        Command::Serve(config) => serve(&config).await?,
        Command::User(config) => people::user(&config).await?,
        Command::Enrol(config) => people::enrol(&config).await?,
        Command::Backup(config) => operate::backup(&config).await?,
        Command::Restore(config) => operate::restore(&config).await?,
        Command::Check(config) => operate::check(&config).await?,
        Command::Import(config) => import::run(&config, &Stop::listen()).await?,
    }
    Ok(())
}

async fn init(config: &InitConfig) -> Result<(), roadbook_server::ConfigError> {
    let created = roadbook_server::init(config, &SystemEnv).await?;
    say!("Organisation {} is made: {}", created.org, config.organisation);
    say!("Administrator: {}", config.admin_email);
    if let Some(password) = created.generated_password {
        say!("Password, shown this once and kept nowhere: {password}");
    }
    say!("Back up the secrets folder \"{}\" apart from the database: without it no phone is", config.secrets);
    say!("recognised and no backup can be refilled.");
    let (program, secrets) = (out::program(), out::quoted(&config.secrets));
    match config.database.flag() {
        Some((flag, value)) => {
            say!("Next: {program} serve {flag} {} --secrets {secrets}", out::quoted(&value));
        }
        None => say!(
            "Next: {program} serve --secrets {secrets}, with the database's address in ROADBOOK_DATABASE"
        ),
    }
    Ok(())
}

/// Serves until somebody asks to stop, and then in an orderly way to its end. Asked before it serves, it ends at
/// once: it may be looking through a large file, and nobody waits for an answer. The server of a demonstration ends with
/// that, also if that was killed.
async fn serve(config: &Config) -> Result<(), roadbook_server::ConfigError> {
    let is_demo = !config.demo_page.is_empty();
    let stop = if is_demo { Stop::listen_with_input() } else { Stop::listen() };
    let serves = Cell::new(false);
    let shutdown = async {
        // The server waits for this as soon as it serves, and not before.
        serves.set(true);
        stop.asked().await;
    };
    let given_up = async {
        stop.asked().await;
        if serves.get() {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        served = roadbook_server::serve(config, shutdown) => served,
        () = given_up => Ok(()),
    }
}

/// Listens from its call on, not from its first poll; done when somebody asks the program to stop.
fn stopped() -> impl Future<Output = ()> {
    let stop = Stop::listen();
    async move { stop.asked().await }
}

fn failed(reason: &str) -> ExitCode {
    out::complain(format_args!("roadbook: {reason}\n"));
    ExitCode::FAILURE
}
