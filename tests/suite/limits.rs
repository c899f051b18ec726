//! `docs/limits.md` has every bound of the code, with its value.

#![expect(clippy::unwrap_used, reason = "what a test's helpers meet unexpectedly is a failure of the test")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A bound: the file that it stands in, and its name.
type Bound = (String, String);

/// The constants of the sources and the flags of `serve`: of each its type, and the expression that is its value.
type Code = BTreeMap<Bound, (String, String)>;

/// Where the flags of `serve` are.
const CONFIG: &str = "server/src/start/config.rs";

/// Files whose every constant is a bound.
const WHOLE: [&str; 5] = [
    "client-core/src/remote/bounds.rs",
    "client-core/src/remote/native/http.rs",
    "server/src/api/live.rs",
    "server/src/auth/seen.rs",
    "server/src/auth/throttle.rs",
];

/// Look like bounds, but no input can go beyond them.
const NO_BOUNDS: [(&str, &str); 6] = [
    // The length of a quotation in a message.
    ("domain/src/import/problem.rs", "MAX_QUOTE"),
    ("domain/src/import/records.rs", "MAX_QUOTE"),
    // Units.
    ("domain/src/settings/catalogue/derived.rs", "DAY_MILLIS"),
    ("src/demo/firm.rs", "DAY"),
    ("src/demo/firm.rs", "HOUR"),
    ("server/src/sync/recovery/trim.rs", "DAY"),
];

#[test]
fn the_page_of_limits_has_every_bound_of_the_code_with_its_value() {
    let mut code = constants();
    code.extend(flags());
    let page = fs::read_to_string(root().join("docs/limits.md")).unwrap();
    let listed: BTreeMap<_, _> = page.lines().filter_map(row).collect();
    assert!(listed.len() > 100, "{} rows", listed.len());

    let bounds = code.keys().filter(|bound| is_bound(bound, &code) && !listed.contains_key(*bound));
    let unlisted: Vec<_> = bounds.map(|(file, name)| format!("`{file}`: `{name}`")).collect();
    assert!(unlisted.is_empty(), "docs/limits.md has no row for\n{}", unlisted.join("\n"));
    for (bound, said) in &listed {
        let (file, name) = bound;
        // A row that only says where to see its bound may name anything there.
        let Some(said) = said else { continue };
        let Some((_, value)) = code.get(bound) else {
            panic!("docs/limits.md has a row for {name} of {file}, which is not there")
        };
        let meant = amount(said).unwrap_or_else(|| panic!("docs/limits.md: {said} of {name} is no amount"));
        let equal = evaluate(value, file, &code).is_some_and(|value| meant.contains(&value));
        assert!(equal, "{name} of {file} is {value}; docs/limits.md says {said}");
    }
}

#[test]
fn amounts_and_expressions_are_read_as_they_are_meant() {
    let constant = |file: &str, name: &str, value: &str| {
        ((file.to_owned(), name.to_owned()), ("i64".to_owned(), value.to_owned()))
    };
    let code = BTreeMap::from([
        constant("a.rs", "DAY", "24"),
        constant("b.rs", "DAY", "10_000"),
        constant("b.rs", "HOURS", "2 * DAY"),
    ]);
    let evaluated = |expression| evaluate(expression, "b.rs", &code);
    assert_eq!(evaluated("4 << 20"), Some(4 << 20));
    assert_eq!(evaluated("62 * 24 * 60 * 60 * 1000"), Some(62 * 86_400_000));
    assert_eq!(evaluated("Duration::from_secs(60 * 60)"), Some(3_600_000));
    assert_eq!(evaluated("Duration::from_millis(800)"), Some(800));
    assert_eq!(evaluated("2 * DAY"), Some(20_000), "of its own file first");
    assert_eq!(evaluate("HOURS", "a.rs", &code), Some(20_000));
    assert_eq!(evaluated("OTHER * 4"), None);
    assert_eq!(amount("4 MiB"), Some(vec![4 << 20]));
    assert_eq!(amount("60 minutes"), Some(vec![3_600, 3_600_000]));
    assert_eq!(amount("1 hour"), amount("60 minutes"));
    assert_eq!(amount("many"), None);
    let defaults = ["10000", "10s", "2m", "500ms", "127.0.0.1:8080", "secrets", ""];
    assert_eq!(
        defaults.map(number_or_time),
        [Some(10_000), Some(10_000), Some(120_000), Some(500), None, None, None]
    );
}

/// Whether a constant or a flag is a bound: by its name, its file or its type. A time may also be an `i64` of
/// milliseconds.
fn is_bound(bound: &Bound, code: &Code) -> bool {
    let ((file, name), Some((kind, value))) = (bound, code.get(bound)) else { return false };
    let is_named = name.starts_with("MAX_")
        || name == "MOST"
        || name.starts_with("MOST_")
        || name.ends_with("_LIMIT")
        || name.starts_with("--");
    let is_millis = |value: u64| value >= 1_000 && value.is_multiple_of(1_000);
    let is_time =
        kind.contains("Duration") || kind == "i64" && evaluate(value, file, code).is_some_and(is_millis);
    let is_none = NO_BOUNDS.contains(&(file.as_str(), name.as_str()));
    !is_none && (is_named || is_time || WHOLE.contains(&file.as_str()))
}

/// Every constant of the sources; those of tests, of their helpers and within functions bound nothing.
fn constants() -> Code {
    let mut sources = Vec::new();
    for folder in ["domain/src", "client-core/src", "server/src", "src"] {
        collect(&root().join(folder), &mut sources);
    }
    let mut constants = Code::new();
    for source in sources {
        let file = source.strip_prefix(root()).unwrap().display().to_string();
        if file.contains("/tests") || file.contains("testing") {
            continue;
        }
        let text = fs::read_to_string(&source).unwrap();
        for line in text.lines().filter(|line| !line.starts_with("    ")) {
            let Some((_, rest)) = line.split_once("const ") else { continue };
            let Some((name, rest)) = rest.split_once(": ") else { continue };
            let is_name = name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
            if let Some((kind, value)) = rest.split_once(" = ")
                && is_name
            {
                let value = value.split(';').next().unwrap().to_owned();
                constants.insert((file.clone(), name.to_owned()), (kind.to_owned(), value));
            }
        }
    }
    constants
}

/// Every flag of `serve` whose default is a number or a time.
fn flags() -> Code {
    let text = fs::read_to_string(root().join(CONFIG)).unwrap();
    let flag = |argument: &str| {
        let (attribute, field) = argument.split_once(")]")?;
        let (_, value) = attribute.split_once("default_value = \"")?;
        let value = number_or_time(value.split('"').next()?)?;
        let (name, _) = field.trim_start().strip_prefix("pub ")?.split_once(':')?;
        let name = format!("--{}", name.replace('_', "-"));
        Some(((CONFIG.to_owned(), name), ("flag".to_owned(), value.to_string())))
    };
    text.split("#[arg(").skip(1).filter_map(flag).collect()
}

/// What a default comes to that is a number or a time; of a time its milliseconds.
fn number_or_time(text: &str) -> Option<u64> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let each = match unit {
        "" | "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(each)
}

/// A row of the page: the bound, and its value as the page says it; without, if the row says where to see it.
fn row(line: &str) -> Option<(Bound, Option<String>)> {
    let cells: Vec<_> = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").collect();
    let [_, value, _, place] = cells[..] else { return None };
    let (file, name) = place.split_once("`: ")?;
    let (name, value) = match name.strip_prefix("see ") {
        Some(name) => (name, None),
        None => (name, Some(value.to_owned())),
    };
    let name = name.strip_prefix('`')?.strip_suffix('`')?;
    Some(((file.strip_prefix('`')?.to_owned(), name.to_owned()), value))
}

/// What a constant's expression comes to; of a duration its milliseconds. It may name another constant.
fn evaluate(expression: &str, file: &str, code: &Code) -> Option<u64> {
    for (unit, millis) in [("Duration::from_secs(", 1_000), ("Duration::from_millis(", 1)] {
        if let Some(number) = expression.strip_prefix(unit) {
            return evaluate(number.strip_suffix(')')?, file, code)?.checked_mul(millis);
        }
    }
    if let Some((left, right)) = expression.split_once(" << ") {
        return evaluate(left, file, code)?.checked_shl(right.parse().ok()?);
    }
    let factor = |factor: &str| {
        let own = code.get_key_value(&(file.to_owned(), factor.to_owned()));
        match own.or_else(|| code.iter().find(|((_, name), _)| name == factor)) {
            Some(((file, _), (_, value))) => evaluate(value, file, code),
            None => factor.replace('_', "").parse().ok(),
        }
    };
    expression.split(" * ").map(factor).product()
}

/// What the page says: a number with its unit. A time may stand in the code as seconds or milliseconds.
fn amount(said: &str) -> Option<Vec<u64>> {
    let (number, unit) = said.split_once(' ').unwrap_or((said, ""));
    let number: u64 = number.parse().ok()?;
    let seconds = |each: u64| vec![number * each, number * each * 1_000];
    Some(match unit.trim_end_matches('s') {
        "" | "byte" | "millisecond" => vec![number],
        "KiB" => vec![number << 10],
        "MiB" => vec![number << 20],
        "second" => seconds(1),
        "minute" => seconds(60),
        "hour" => seconds(3_600),
        "day" => seconds(86_400),
        _ => return None,
    })
}

fn collect(folder: &Path, sources: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, sources);
        } else if path.extension().is_some_and(|own| own == "rs") {
            sources.push(path);
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}
