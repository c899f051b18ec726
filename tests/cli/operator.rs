//! What whoever runs a server types: a flag beats a variable, an error names what to change, a file has one server.

use std::process::Command;

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

use super::place::{ALMA, ANNA, PASSWORD, Place, Serving};

#[test]
fn a_flag_that_names_the_database_beats_every_variable() {
    let place = Place::with(&["alma", "beta"]);
    for (flag, variable, other) in [
        ("--database sqlite:alma.db", "ROADBOOK_DATABASE_FILE", "beta.address"),
        ("--database sqlite:alma.db", "ROADBOOK_DATABASE", "sqlite:beta.db"),
        ("--database-file alma.address", "ROADBOOK_DATABASE_FILE", "beta.address"),
        ("--database-file alma.address", "ROADBOOK_DATABASE", "sqlite:beta.db"),
    ] {
        let ran = place.run(&format!("check --secrets alma {flag}"), &[(variable, other)]);
        assert_eq!(ran.status, Some(0), "{flag}, {variable}: {}", ran.err);
        assert!(ran.out.contains("(alma)"), "{flag}, {variable}: {}", ran.out);
    }
}

#[test]
fn two_of_a_kind_that_name_the_database_are_refused_by_their_names() {
    let place = Place::with(&["alma"]);
    let address = ("ROADBOOK_DATABASE", "sqlite:alma.db");
    let variables = place.run("check --secrets alma", &[address, ("ROADBOOK_DATABASE_FILE", "alma.address")]);
    assert_eq!(variables.status, Some(1));
    assert!(
        variables.err.contains("ROADBOOK_DATABASE and ROADBOOK_DATABASE_FILE are both"),
        "{}",
        variables.err
    );
    let flags = place.run(&format!("check {ALMA} --database-file alma.address"), &[]);
    assert_eq!(flags.status, Some(1));
    assert!(flags.err.contains("--database and --database-file are both"), "{}", flags.err);
}

#[test]
fn an_empty_variable_counts_as_not_set_or_is_blamed_by_its_name() {
    let place = Place::with(&["alma"]);
    let check = "check --secrets alma";
    for variables in [
        [("ROADBOOK_DATABASE", "sqlite:alma.db"), ("ROADBOOK_DATABASE_FILE", "")],
        [("ROADBOOK_DATABASE", ""), ("ROADBOOK_DATABASE_FILE", "alma.address")],
    ] {
        let ran = place.run(check, &variables);
        assert_eq!(ran.status, Some(0), "{variables:?}: {}", ran.err);
    }
    let init = "init --organisation Gamma --admin-email anna@example.com";
    let made = place.run(init, &[("ROADBOOK_ADMIN_PASSWORD_FILE", "")]);
    assert!(made.out.contains("Password, shown this once"), "{}", made.err);
    for (line, variable, blamed) in [
        (check, "ROADBOOK_DATABASE", "ROADBOOK_DATABASE (--database) is \"\": give sqlite:PATH"),
        (
            "import a.csv --email anna@example.com",
            "ROADBOOK_PASSWORD_FILE",
            "ROADBOOK_PASSWORD_FILE (--password-file) is \"\": cannot be read",
        ),
    ] {
        let ran = place.run(line, &[(variable, "")]);
        assert_eq!(ran.status, Some(1), "{line}");
        assert!(ran.err.contains(blamed), "{}", ran.err);
    }
}

#[test]
fn an_error_about_a_file_blames_that_file_and_says_what_to_do() {
    let place = Place::with(&["alma"]);
    assert_eq!(place.run(&format!("backup alma.backup {ALMA}"), &[]).status, Some(0));
    let no_folder = "the folder none is not there; make it, or correct the path";
    for (line, blamed, remedy) in [
        ("backup none/new --database sqlite:alma.db --secrets alma", "file \"none/new\"", no_folder),
        (
            "backup new --database sqlite:none.db --secrets alma",
            "ROADBOOK_DATABASE (--database) is \"sqlite:none.db\"",
            "run roadbook init first, or correct the address",
        ),
        (
            "backup new --database sqlite:alma --secrets alma",
            "ROADBOOK_DATABASE (--database) is \"sqlite:alma\"",
            "alma is a folder; give the path of a file",
        ),
        (
            "restore none.backup --database sqlite:new.db --secrets alma",
            "file \"none.backup\"",
            "it is not there, or empty; give the file that roadbook backup wrote",
        ),
        (
            "restore alma.backup --database sqlite:none/new.db --secrets alma",
            "ROADBOOK_DATABASE (--database) is \"sqlite:none/new.db\"",
            no_folder,
        ),
        (
            "restore alma.backup --database-file alma.address --secrets alma",
            "ROADBOOK_DATABASE_FILE (--database-file) is \"alma.address\"",
            "nothing is overwritten; stop the server, and move away all of alma.db, alma.db-wal",
        ),
        (
            "init --organisation New --admin-email anna@example.com --database sqlite:none/new.db --secrets new",
            "ROADBOOK_DATABASE (--database) is \"sqlite:none/new.db\"",
            no_folder,
        ),
    ] {
        let ran = place.run(line, &[]);
        assert_eq!(ran.status, Some(1), "{line}");
        assert!(ran.err.contains(blamed) && ran.err.contains(remedy), "{line}: {}", ran.err);
        assert!(!ran.err.contains("code: ") && !ran.err.contains("does not answer"), "{line}: {}", ran.err);
        assert_eq!(ran.err.lines().count(), 1, "{line}: {}", ran.err);
    }
    for left in ["new", "new.roadbook-partial", "new.db", "new.db.roadbook-partial"] {
        assert!(!place.folder.path().join(left).exists(), "{left}");
    }
}

#[test]
fn a_name_that_means_something_else_to_the_database_is_a_name() {
    let place = Place::with(&["alma"]);
    for name in ["file:alma.copy", "a?mode=memory", "a#b", "it's", "%41"] {
        let made = place.run(&format!("backup {name} {ALMA}"), &[]);
        assert_eq!(made.status, Some(0), "{name}: {}", made.err);
        let restored =
            place.run(&format!("restore {name} --database sqlite:file:{name}.db --secrets alma"), &[]);
        assert_eq!(restored.status, Some(0), "{name}: {}", restored.err);
        for file in [name.to_owned(), format!("file:{name}.db")] {
            let found = std::fs::metadata(place.folder.path().join(&file)).unwrap();
            let mode = std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o777;
            assert!(found.len() > 4096 && mode == 0o600, "{file}: {} bytes, {mode:o}", found.len());
        }
    }
    let name = <std::ffi::OsString as std::os::unix::ffi::OsStringExt>::from_vec(b"bad\xff.db".to_vec());
    let before = std::fs::read_dir(place.folder.path()).unwrap().count();
    let output = place.command(&format!("backup {ALMA}")).arg(name).output().unwrap();
    assert!(!output.status.success());
    assert_eq!(std::fs::read_dir(place.folder.path()).unwrap().count(), before, "nothing is left");
}

#[test]
fn a_file_that_never_ends_and_a_password_in_a_wrong_address_are_held_back() {
    let place = Place::with(&["alma"]);
    let endless = place.run("check --secrets alma --database-file /dev/zero", &[]);
    assert!(endless.err.contains("larger than 64 KiB"), "{}", endless.err);
    for address in ["postgers//bob:topsecret@host/db", "bob:topsecret@host"] {
        let wrong = place.run("check --secrets alma", &[("ROADBOOK_DATABASE", address)]);
        assert!(wrong.err.contains("give sqlite:PATH") && !wrong.err.contains("topsecret"), "{}", wrong.err);
    }
}

#[test]
fn an_error_about_a_user_names_the_flag_the_value_and_what_is_accepted() {
    let place = Place::with(&["alma"]);
    let long_name = "x".repeat(300);
    for (line, said) in [
        (
            "user add bela@example.com --zone Mars/Phobos",
            "--zone is \"Mars/Phobos\": give an IANA name, such as",
        ),
        ("user add bela@example.com --locale ?", "--locale is \"?\": give a language"),
        (
            "user add bela@example.com --role boss",
            "--role is \"boss\": give admin, manager, user or restricted",
        ),
        ("user role anna@example.com boss", "ROLE is \"boss\": give admin, manager, user or restricted"),
        ("user add bela", "EMAIL is \"bela\": give an email address, such as"),
        ("enrol bela", "EMAIL is \"bela\": give an email address, such as"),
        ("user disable anna@example.com", "give somebody else the role admin first"),
        (&*format!("user add bela@example.com --given-name {long_name}"), "--given-name is \"xxx"),
    ] {
        let ran = place.run(&format!("{line} {ALMA}"), &[]);
        assert_eq!(ran.status, Some(1), "{line}");
        assert!(ran.err.contains(said), "{line}: {}", ran.err);
        assert!(!ran.err.contains("ROADBOOK_"), "no variable stands for it: {}", ran.err);
    }
}

#[test]
fn commands_refuse_a_database_that_the_secrets_do_not_fit() {
    let place = Place::with(&["alma", "beta"]);
    for line in [
        "user list",
        "user disable anna@example.com",
        "enrol anna@example.com",
        "check",
        "backup new",
        "serve",
    ] {
        let ran = place.run(&format!("{line} --database sqlite:alma.db --secrets beta"), &[]);
        assert_eq!((ran.status, ran.out.as_str()), (Some(1), ""), "{line}");
        let blamed = "ROADBOOK_DATABASE (--database) is \"sqlite:alma.db\": it does not hold organisation";
        assert!(ran.err.contains(blamed), "{line}: {}", ran.err);
    }
}

#[test]
fn a_second_server_on_a_file_is_refused_and_one_that_was_killed_keeps_nobody_out() {
    let place = Place::with(&["alma"]);
    let first = Serving::start(&place, "");
    let path = |name: &str| place.folder.path().join(name);
    std::os::unix::fs::symlink("alma.db", path("link.db")).unwrap();
    std::fs::hard_link(path("alma.db"), path("hard.db")).unwrap();
    for database in ["alma.db", "link.db", "hard.db"] {
        // No machine has this address: a server that is not refused ends, too.
        let line = format!("serve --listen 192.0.2.1:8080 --database sqlite:{database} --secrets alma");
        let second = place.run(&line, &[]);
        assert_eq!(second.status, Some(1));
        let blamed =
            format!("ROADBOOK_DATABASE (--database) is \"sqlite:{database}\": another roadbook serve");
        assert!(second.err.contains(&blamed) && second.err.contains("stop that one"), "{}", second.err);
    }
    for line in ["user list", "enrol anna@example.com", "backup new", "check"] {
        let beside = place.run(&format!("{line} {ALMA}"), &[]);
        assert_eq!(beside.status, Some(0), "{line}: {}", beside.err);
    }
    first.kill();
    Serving::start(&place, "").kill();
}

#[test]
fn a_variable_that_no_command_knows_is_refused_by_every_command_in_one_line_that_names_it() {
    let place = Place::with(&["alma"]);
    let before = place.names();
    for line in [
        format!("init --organisation New --admin-email {ANNA} --database sqlite:new.db --secrets new"),
        // No machine has this address: a server that is not refused ends, too.
        format!("serve --listen 192.0.2.1:8080 {ALMA}"),
        format!("user list {ALMA}"),
        format!("enrol {ANNA} {ALMA}"),
        format!("backup new {ALMA}"),
        "restore alma.db --database sqlite:new.db --secrets alma".to_owned(),
        format!("check {ALMA}"),
        format!("import new.csv --email {ANNA} --password-file alma.password"),
        "demo --once".to_owned(),
    ] {
        for (name, hint) in
            [("ROADBOOK_DATABSE", ", or did you mean ROADBOOK_DATABASE?"), ("ROADBOOK_COLOUR", "")]
        {
            for value in ["sqlite:alma.db", ""] {
                let ran = place.run(&line, &[(name, value)]);
                let said = format!("roadbook: {name} is no variable of this program; unset it{hint}\n");
                assert_eq!((ran.status, &*ran.out, &*ran.err), (Some(1), "", &*said), "{line}");
            }
        }
    }
    assert_eq!(place.names(), before);
    // What another command reads was meant for that one.
    let of_others = [("ROADBOOK_LISTEN", "127.0.0.1:0"), ("ROADBOOK_SERVER", ""), ("ROADBOOK_ZONE", "UTC")];
    let ran = place.run(&format!("check {ALMA}"), &of_others);
    assert_eq!(ran.status, Some(0), "{}", ran.err);
}

#[test]
fn the_version_names_the_commit_that_the_program_was_built_from() {
    let place = Place::with(&[]);
    // Whoever builds it may say which one that is: in a container there is no history.
    let given = option_env!("ROADBOOK_COMMIT").filter(|commit| !commit.is_empty());
    let git = |arguments: &[&str]| {
        let done = Command::new("git").args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output();
        done.is_ok_and(|done| done.status.success())
    };
    for flag in ["--version", "-V"] {
        let ran = place.run(flag, &[]);
        assert_eq!((ran.status, &*ran.err), (Some(0), ""), "{flag}");
        let begin = concat!("roadbook ", env!("CARGO_PKG_VERSION"), " (");
        let commit = ran.out.strip_prefix(begin).and_then(|rest| rest.strip_suffix(")\n"));
        let commit = commit.unwrap_or_else(|| panic!("{flag}: {}", ran.out));
        match given {
            Some(given) => assert_eq!(commit, given, "{flag}"),
            None if git(&["rev-parse", "HEAD"]) => {
                let is_name = commit.len() >= 12 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
                assert!(is_name, "{flag}: {commit}");
                // Not necessarily the newest one: somebody may commit while the tests run.
                assert!(git(&["cat-file", "-e", &format!("{commit}^{{commit}}")]), "{commit} is not there");
            }
            None => assert_eq!(commit, "commit unknown", "{flag}"),
        }
    }
}

#[test]
fn a_request_is_one_line_of_the_log_that_says_once_where_it_came_from_who_asked_and_what_for() {
    let place = Place::with(&["alma"]);
    let serving = Serving::start(&place, "--trusted-proxies 127.0.0.1");
    let device = json!({
        "platform": "test", "name": "phone", "install_secret": BASE64URL_NOPAD.encode(&[1; 32]),
    });
    let credentials = json!({ "email": ANNA, "password": PASSWORD, "device": device }).to_string();
    let (head, session) = serving.ask("POST /v1/sign-in", "Content-Type: application/json\r\n", &credentials);
    let session: Value = serde_json::from_str(&session).unwrap();
    let bearer = format!("Authorization: Bearer {}\r\n", session["access_token"].as_str().unwrap());
    let (here, afar) = ("127.0.0.1", "203.0.113.9");
    let passed_on = format!("X-Forwarded-For: {afar}\r\n");
    // The route is the pattern, not what a client wrote.
    let mut asked = vec![(head, "POST", "/v1/sign-in", 200, here, Value::Null)];
    for (request, headers, route, status, peer, user) in [
        ("GET /health", "", "/health", 200, here, &Value::Null),
        ("GET /nothing?name=nobody", &*passed_on, "none", 404, afar, &Value::Null),
        ("DELETE /v1/users", "", "/v1/users", 405, here, &Value::Null),
        ("GET /v1/devices", &*passed_on, "/v1/devices", 401, afar, &Value::Null),
        ("GET /v1/devices", &*bearer, "/v1/devices", 200, here, &session["user"]),
        ("GET /v1/me", &*format!("{bearer}{passed_on}"), "/v1/me", 200, afar, &session["user"]),
    ] {
        let (head, _) = serving.ask(request, headers, "");
        let (method, _) = request.split_once(' ').unwrap();
        asked.push((head, method, route, status, peer, user.clone()));
    }
    serving.signal("TERM");
    let (_, log) = serving.ended();

    let request_fields = ["request.id", "http.method", "http.route", "http.peer"];
    let count = |line: &str, field: &str| line.matches(&format!("\"{field}\":")).count();
    for line in &log {
        assert!(serde_json::from_str::<Value>(line).is_ok(), "{line}");
        for field in request_fields.into_iter().chain(["user.id", "device.id", "http.status", "duration.ms"])
        {
            assert!(count(line, field) < 2, "{field}: {line}");
        }
    }
    let served: Vec<_> = log.iter().filter(|line| line.contains("\"request served\"")).collect();
    assert_eq!(served.len(), asked.len(), "{log:?}");
    for (line, (head, method, route, status, peer, user)) in served.into_iter().zip(asked) {
        for field in request_fields {
            assert_eq!(count(line, field), 1, "{field}: {line}");
        }
        let told: Value = serde_json::from_str(line).unwrap();
        let (span, fields) = (&told["span"], &told["fields"]);
        let id = head.lines().find_map(|line| line.strip_prefix("x-request-id: "));
        assert_eq!(span["request.id"].as_str(), id, "{line}");
        assert!(
            head.starts_with(&format!("HTTP/1.1 {status} ")) && fields["http.status"] == status,
            "{line}"
        );
        assert_eq!((&span["http.method"], &span["http.route"]), (&json!(method), &json!(route)), "{line}");
        assert_eq!((&span["http.peer"], &span["user.id"]), (&json!(peer), &user), "{line}");
        assert_eq!(span["device.id"].is_string(), user.is_string(), "{line}");
    }
}
