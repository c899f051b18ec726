//! Phones and a server as real processes, while lines are cut, processes are stopped and killed, and the
//! server is set back to a backup. Afterwards nothing may be lost, all must be equal, and nobody stuck.
//!
//! `chaos run --runs 200 --faults kill` plays 200 runs; RELIABILITY.md says what came of them.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a harness that meets the unexpected has found something, and may end"
)]
#![expect(clippy::disallowed_methods, reason = "real processes run on the real clock")]

mod faults;
mod line;
mod office;
mod phone;
mod run;
mod verdict;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use roadbook_tests::failure::Failure;
use roadbook_tests::served;

#[derive(Parser)]
#[command(name = "chaos", about)]
struct Arguments {
    #[command(subcommand)]
    role: Role,
}

#[derive(Subcommand)]
enum Role {
    /// Plays runs, and ends with 1 if one of them lost something, diverged or got stuck
    Run(run::RunConfig),
    /// A phone, for `run`
    #[command(hide = true)]
    Phone(phone::PhoneConfig),
    /// A server, for `run`
    #[command(hide = true)]
    Server { database: PathBuf, secrets: PathBuf, listen: String },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().role {
        Role::Run(config) => run::all(&config),
        Role::Phone(config) => phone::run(&config),
        Role::Server { database, secrets, listen } => serve(&database, &secrets, &listen),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("chaos: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn serve(database: &std::path::Path, secrets: &std::path::Path, listen: &str) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(served::serve(database, secrets, listen))
}
