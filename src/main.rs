//! The Roadbook command line: the sync server, its set-up, imports, and the demonstration.

#![deny(clippy::print_stdout, clippy::print_stderr, reason = "they panic where nobody reads: `out` does not")]

mod demo;
mod import;
mod logs;
mod out;
mod scratch;
mod stop;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use roadbook_domain::value::env::SystemEnv;
use roadbook_server::{Config, InitConfig};

use out::say;

/// A CRM that keeps working where the signal doesn't.
///
/// Start with `roadbook demo`: it needs nothing, and shows two phones lose the network, edit the same
/// customers, and merge. For a server of your own: `roadbook init`, then `roadbook serve`.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
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
    /// Serve an organisation's phones until stopped (SIGINT or SIGTERM)
    Serve(Config),
    /// Bring a CSV export of contacts into a running organisation
    Import(import::ImportConfig),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // Their transcript is for people, and log lines would stand in between.
    let quiet = matches!(arguments.command, Command::Demo(_) | Command::Import(_));
    logs::start(quiet);
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
        Command::Demo(config) => demo::run(&config, &stop::Stop::listen()).await?,
        Command::Init(config) => init(&config).await?,
        Command::Serve(config) => roadbook_server::serve(&config, stopped()).await?,
        Command::Import(config) => import::run(&config, &stop::Stop::listen()).await?,
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
    let (database, secrets) = (out::quoted(&config.database), out::quoted(&config.secrets));
    say!("Next: {} serve --database {database} --secrets {secrets}", out::program());
    Ok(())
}

/// Done when somebody asks the program to stop.
async fn stopped() {
    let interrupted = async { drop(tokio::signal::ctrl_c().await) };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminated) => tokio::select! {
                () = interrupted => {}
                _ = terminated.recv() => {}
            },
            // Without this signal the program can still be stopped from its terminal.
            Err(_) => interrupted.await,
        }
    }
    #[cfg(not(unix))]
    interrupted.await;
}

fn failed(reason: &str) -> ExitCode {
    out::complain(format_args!("roadbook: {reason}\n"));
    ExitCode::FAILURE
}
