//! `backup`, `restore` and `check`: the database as a file.

use std::error::Error;

use roadbook_domain::value::env::SystemEnv;
use roadbook_server::{BackupConfig, CheckConfig, RestoreConfig};

use crate::out::say;

/// Copies the database to a file, and says what is in it.
///
/// # Errors
/// In one line, what is wrong and what helps.
pub async fn backup(config: &BackupConfig) -> Result<(), Box<dyn Error>> {
    let sound = unless_stopped(roadbook_server::backup(config, &SystemEnv)).await??;
    say!("Backed up to {}: {sound}", config.file.display());
    match &config.secrets_to {
        Some(folder) => say!("The secrets are in {}: keep them apart from the file.", folder.display()),
        None => say!("The secrets folder {} is not in it: back it up once, apart.", config.secrets),
    }
    sound.finding.map_or(Ok(()), |finding| {
        Err(format!(
            "the backup is made, but what it is a copy of is not whole: {finding}; run roadbook check"
        )
        .into())
    })
}

/// Puts a backup in the place of a lost database, and says what is in it.
///
/// # Errors
/// In one line, what is wrong and what helps.
pub async fn restore(config: &RestoreConfig) -> Result<(), Box<dyn Error>> {
    let sound = unless_stopped(roadbook_server::restore(config, &SystemEnv)).await??;
    say!("Restored from {}: {sound}", config.file.display());
    if let Some(finding) = &sound.finding {
        say!("It is not whole, as you accepted: {finding}.");
    }
    say!("What is newer comes back from the phones, each at its next exchange.");
    Ok(())
}

/// Looks through the database, and says what is in it.
///
/// # Errors
/// In one line, what is wrong and what helps.
pub async fn check(config: &CheckConfig) -> Result<(), Box<dyn Error>> {
    let sound = unless_stopped(roadbook_server::check(config, &SystemEnv)).await??;
    say!("Sound: {sound}");
    Ok(())
}

/// Does a thing, and gives it up when somebody asks the program to stop: what it had begun is removed.
async fn unless_stopped<T>(work: impl Future<Output = T>) -> Result<T, &'static str> {
    tokio::select! {
        done = work => Ok(done),
        () = crate::stopped() => Err("stopped; nothing was changed"),
    }
}
