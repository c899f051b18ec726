//! Programs that are killed: a phone that edits and syncs without end, one that salvages, one that attaches, and a
//! server. Each says on its standard output what it has confirmed, so that the test that kills it knows what must be
//! there afterwards.

#![expect(clippy::unwrap_used, reason = "a program that is killed anyway may end of itself: its test fails")]

mod attach;
mod phone;

use std::path::PathBuf;

use clap::Parser;
use roadbook_tests::served;

/// Runs until it is killed.
#[derive(Parser)]
#[command(name = "crash")]
enum Role {
    /// Edits, and prints `made HASH` once an edit is durable.
    Phone {
        /// The file.
        file: PathBuf,
        /// How often it was started before: its clock goes on by as many leases.
        #[arg(long, default_value_t = 0)]
        starts: i64,
        /// A file with the address of the server, read before every sync; without one it never syncs.
        #[arg(long)]
        server: Option<PathBuf>,
        /// Whether it is a widget, beside the app that has the file.
        #[arg(long)]
        beside: bool,
    },
    /// Salvages a file again and again, and prints `salvaged` after each time.
    Salvage {
        /// The file.
        file: PathBuf,
    },
    /// Makes a local workspace an account's. It prints `point` at each point that it passes, and `attached` once it
    /// is done.
    Attach {
        /// The file.
        file: PathBuf,
        /// A file with the address of the server.
        #[arg(long)]
        server: PathBuf,
        /// The number of the device.
        #[arg(long)]
        device: u8,
        /// The number of the point at which it stays, counted from 0; without one it goes on to the end.
        #[arg(long)]
        stop_at: Option<usize>,
    },
    /// Serves over HTTP, and prints `serving ADDRESS` once it does.
    Server {
        /// The database.
        database: PathBuf,
        /// The secrets folder.
        secrets: PathBuf,
    },
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    match Role::parse() {
        Role::Phone { file, starts, server, beside } => {
            runtime.block_on(phone::run(&file, starts, server.as_deref(), beside));
        }
        Role::Salvage { file } => phone::salvage(&file),
        Role::Attach { file, server, device, stop_at } => {
            runtime.block_on(attach::run(&file, &server, device, stop_at));
        }
        Role::Server { database, secrets } => {
            runtime.block_on(served::serve(&database, &secrets, "127.0.0.1:0")).unwrap();
        }
    }
}
