//! One run of chaos with every kind of fault; RELIABILITY.md says how to play more.

use std::process::Command;

#[test]
fn real_phones_and_a_real_server_lose_nothing_while_lines_processes_and_backups_fail() {
    let run = ["run", "--seconds", "5", "--phones", "5", "--rate", "20"];
    let done = Command::new(env!("CARGO_BIN_EXE_chaos")).args(run).output().expect("it starts");
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{said}{}", String::from_utf8_lossy(&done.stderr));
    // A run in which nothing went wrong, or nobody edited, would prove nothing.
    assert!(!said.contains(" 0 faults") && !said.contains(" 0 edits"), "{said}");
}
