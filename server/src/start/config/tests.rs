use clap::Parser;

use super::*;

#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    config: Config,
}

#[test]
fn without_flags_the_defaults_hold_together() {
    let checked = config(&[]).check().unwrap();
    assert_eq!(checked.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(checked.header_timeout, Duration::from_secs(10));
    assert_eq!(checked.password_cost, Cost::RECOMMENDED);
    assert!(matches!(checked.database, Address::Sqlite(path) if *path == *"roadbook.db"));
}

#[test]
fn a_wrong_value_is_one_line_with_key_value_and_remedy() {
    for (flag, value, remedy) in [
        ("database", "roadbook.db", "give sqlite:PATH or postgres://"),
        ("database", "sqlite:", "give sqlite:PATH"),
        ("database", "sqlite::memory:", "give sqlite:PATH"),
        ("database", "postgres://u@h:notaport/db", "give sqlite:PATH"),
        ("database-connections", "1", "from 2 to 1000"),
        ("database-connections", "many", "from 2 to 1000"),
        ("secrets", "", "give the path"),
        ("listen", "8080", "such as 127.0.0.1:8080"),
        ("listen", "localhost:8080", "such as 127.0.0.1:8080"),
        ("public-address", "roadbook.example", "such as https://roadbook.example"),
        ("public-address", "https://", "such as https://roadbook.example"),
        ("public-address", "https:///path", "such as https://roadbook.example"),
        ("public-address", "https://kávé.example", "begins with xn--"),
        ("app", "/nowhere", "give the folder of a built app"),
        ("demo-page", "https://crm.example.com", "a page on localhost"),
        ("demo-page", "http://localhost.example:8000", "a page on localhost"),
        ("demo-page", "http://crm.localhost:8000 https://crm.example.com", "a page on localhost"),
        ("demo-page", "http://crm.localhost; script-src *", "a page on localhost"),
        ("metrics-from", "everybody", "such as 127.0.0.1, 10.0.0.0/8"),
        ("trusted-proxies", "127.0.0.1, proxy", "such as 127.0.0.1, 10.0.0.0/8"),
        ("max-connections", "1000001", "from 1 to 1000000"),
        ("header-timeout", "10", "such as 500ms, 10s or 2m"),
        ("header-timeout", "0s", "from 100ms to 10m"),
        ("request-timeout", "11m", "from 100ms to 10m"),
        ("body-grace", "15", "such as 500ms, 10s or 2m"),
        ("body-rate", "0", "from 1 to 1000000"),
        ("write-timeout", "s", "such as 500ms"),
        ("drain-timeout", "99999999999999999999s", "from 100ms"),
        ("listen", "a\nb", "such as 127.0.0.1:8080"),
    ] {
        let error = config(&[&format!("--{flag}={value}")]).check().unwrap_err().to_string();
        let variable = format!("ROADBOOK_{} (--{flag})", flag.to_uppercase().replace('-', "_"));
        assert!(error.starts_with(&variable), "{error}");
        assert!(error.contains(&one_line(value)) && error.contains(remedy), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}

#[test]
fn no_page_frames_an_app_that_others_reach() {
    let page = "--demo-page=http://roadbook.localhost:8000";
    let checked = config(&[page]).check().unwrap();
    assert_eq!(checked.demo_page.as_deref(), Some("http://roadbook.localhost:8000"));
    for listen in ["0.0.0.0:8080", "[::]:8080", "192.0.2.1:8080"] {
        let error = config(&[page, &format!("--listen={listen}")]).check().unwrap_err().to_string();
        assert!(error.contains("only this machine reaches"), "{listen}: {error}");
    }
}

#[test]
fn an_app_stands_at_the_root_of_its_host() {
    let check = |address: &str, app: &str| {
        let config = config(&[&format!("--public-address={address}"), &format!("--app={app}")]);
        config.check().map(|checked| checked.public_address.unwrap()).map_err(|error| error.to_string())
    };
    let with_path = "https://crm.example.com:8443/roadbook";
    assert_eq!(check(with_path, "").unwrap(), with_path);
    let error = check(with_path, "/nowhere").unwrap_err();
    assert!(error.starts_with("ROADBOOK_PUBLIC_ADDRESS (--public-address) is"), "{error}");
    assert!(error.contains("without the path"), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
    // Nothing but the folder is wrong with these.
    for address in ["https://crm.example.com:8443", "https://crm.example.com/", "http://[::1]:8080"] {
        let error = check(address, "/nowhere").unwrap_err();
        assert!(error.starts_with("ROADBOOK_APP (--app)"), "{error}");
    }
}

#[test]
fn a_database_password_is_never_shown() {
    for address in [
        "postgres://anna:s3cret@db/roadbook",
        "postgres://anna:s3@cret@db/roadbook?port=x",
        "postgres://anna@db/roadbook?password=s3cret",
        "postgres://db/roadbook?user=anna&Password=s3cret&sslmode=require",
    ] {
        let config = config(&[&format!("--database={address}")]);
        let shown = format!("{config:?} {:?} {}", config.database, config.wrong("database", "no".into()));
        assert!(!shown.contains("s3") && shown.contains("anna") && shown.contains("***"), "{shown}");
        assert_eq!(config.database.flag(), None);
        if let Ok(checked) = config.check() {
            assert!(!format!("{checked:?}").contains("s3cret"));
        }
    }
    assert_eq!(without_password("bob:secret@host/db"), "***@host/db");
    assert_eq!(without_password("sqlite:a folder@home/b.db"), "sqlite:a folder@home/b.db", "a path has none");
}

#[test]
fn times_are_read_with_their_unit() {
    for (text, millis) in [("100ms", 100), ("1s", 1_000), ("10m", 600_000)] {
        assert_eq!(parse_duration(text), Some(Duration::from_millis(millis)));
    }
    for text in ["", "5", "ms", "1h", "1.5s", "-1s", "1 s", "18446744073709551615m"] {
        assert_eq!(parse_duration(text), None, "{text}");
    }
}

#[test]
fn of_two_flags_that_name_the_database_neither_is_taken() {
    let both = config(&["--database=sqlite:one.db", "--database-file=two"]);
    assert_eq!(both.check().unwrap_err().to_string(), BOTH_FLAGS);
    assert_eq!(both.database.flag(), None);
    let empty = config(&["--database-file="]).check().unwrap_err().to_string();
    assert!(empty.contains("(--database-file) is \"\": cannot be read"), "{empty}");
}

fn config(flags: &[&str]) -> Config {
    Cli::try_parse_from([&["roadbook"], flags].concat()).unwrap().config
}
