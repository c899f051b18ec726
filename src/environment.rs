//! The variables of the environment: one that nobody reads is refused, because it was meant for something.

use clap::Command;

/// Variables that are read by no flag; the first is set by Cargo where it runs tests.
const OTHERS: [&str; 5] =
    ["ROADBOOK_BUILD", "ROADBOOK_COMMIT", "ROADBOOK_LOG", "ROADBOOK_STATEMENTS", "ROADBOOK_TEST_POSTGRES"];

/// Looks for variables that begin with `ROADBOOK_` and are none of the program's.
///
/// # Errors
/// The first of them, with the nearest one that there is.
pub fn check(program: &Command) -> Result<(), String> {
    let known: Vec<String> = program
        .get_subcommands()
        .flat_map(all)
        .flat_map(Command::get_arguments)
        .filter_map(|argument| argument.get_env()?.to_str().map(ToOwned::to_owned))
        .chain(OTHERS.map(ToOwned::to_owned))
        .collect();
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let unknown = |name: &String| name.starts_with("ROADBOOK_") && !known.contains(name);
    match names.filter(unknown).min() {
        None => Ok(()),
        Some(name) => {
            // Another name with a slip of the finger, and not just another name.
            let is_near = |known: &&String| common(known, &name) + 3 > known.len().max(name.len());
            let nearest = known.iter().filter(is_near).max_by_key(|known| common(known, &name));
            let hint = nearest.map(|nearest| format!(", or did you mean {nearest}?")).unwrap_or_default();
            Err(format!("{name} is no variable of this program; unset it{hint}"))
        }
    }
}

/// A command and those below it.
fn all(command: &Command) -> Vec<&Command> {
    std::iter::once(command).chain(command.get_subcommands().flat_map(all)).collect()
}

/// How many characters two names have in common at their beginning and end.
fn common(one: &str, other: &str) -> usize {
    let same = |pair: &(char, char)| pair.0 == pair.1;
    let begin = one.chars().zip(other.chars()).take_while(same).count();
    begin + one.chars().rev().zip(other.chars().rev()).take_while(same).count()
}
