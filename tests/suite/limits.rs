//! `docs/limits.md` has every bound of the code, with its value.

#![expect(clippy::unwrap_used, reason = "what a test's helpers meet unexpectedly is a failure of the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A bound: the file that it stands in, and its name.
type Bound = (String, String);

/// Named like bounds, but bounds of a text or a form, which no input can go beyond.
const NO_BOUNDS: [(&str, &str); 2] = [
    // The length of a quotation in a message.
    ("domain/src/import/problem.rs", "MAX_QUOTE"),
    ("domain/src/import/records.rs", "MAX_QUOTE"),
];

#[test]
fn the_page_of_limits_has_every_bound_of_the_code_with_its_value() {
    let bounds = bounds();
    let page = fs::read_to_string(root().join("docs/limits.md")).unwrap();
    let listed: BTreeMap<_, _> = page.lines().filter_map(row).collect();
    assert!(listed.len() > 50, "{} rows", listed.len());

    let unlisted: Vec<_> = bounds.keys().filter(|bound| !listed.contains_key(bound)).collect();
    assert!(unlisted.is_empty(), "docs/limits.md does not list {unlisted:?}");
    for (bound, said) in &listed {
        let Some(value) = bounds.get(bound) else { panic!("{bound:?} is not in the code") };
        let meant = amount(said).unwrap_or_else(|| panic!("{bound:?}: {said} is no amount"));
        let equal = evaluate(value, &bounds).is_some_and(|value| meant.contains(&value));
        assert!(equal, "{bound:?} is {value}; docs/limits.md says {said}");
    }
}

#[test]
fn amounts_and_expressions_are_read_as_they_are_meant() {
    let bounds = BTreeMap::from([(("a.rs".to_owned(), "MAX_A".to_owned()), "10_000".to_owned())]);
    let evaluated = |expression| evaluate(expression, &bounds);
    assert_eq!(evaluated("4 << 20"), Some(4 << 20));
    assert_eq!(evaluated("62 * 24 * 60 * 60 * 1000"), Some(62 * 86_400_000));
    assert_eq!(evaluated("Duration::from_secs(60 * 60)"), Some(3_600));
    assert_eq!(evaluated("2 * MAX_A"), Some(20_000));
    assert_eq!(evaluated("OTHER * 4"), None);
    assert_eq!(amount("4 MiB"), Some(vec![4 << 20]));
    assert_eq!(amount("60 minutes"), Some(vec![3_600, 3_600_000]));
    assert_eq!(amount("many"), None);
}

/// Every bound of the sources, with the expression that is its value; tests and their helpers have none.
fn bounds() -> BTreeMap<Bound, String> {
    let skipped: BTreeSet<_> = NO_BOUNDS.into_iter().collect();
    let mut sources = Vec::new();
    for folder in ["domain/src", "client-core/src", "server/src", "src"] {
        collect(&root().join(folder), &mut sources);
    }
    let mut bounds = BTreeMap::new();
    for source in sources {
        let file = source.strip_prefix(root()).unwrap().display().to_string();
        if file.contains("/tests") || file.contains("testing") {
            continue;
        }
        let text = fs::read_to_string(&source).unwrap();
        for line in text.lines().filter(|line| !line.starts_with("    ")) {
            let Some((_, rest)) = line.split_once("const ") else { continue };
            let Some((name, rest)) = rest.split_once(':') else { continue };
            let is_bound = name.starts_with("MAX_") || name.starts_with("MOST_") || name.ends_with("_LIMIT");
            if let Some((_, value)) = rest.split_once(" = ")
                && is_bound
                && !skipped.contains(&(file.as_str(), name))
            {
                let value = value.split(';').next().unwrap().to_owned();
                bounds.insert((file.clone(), name.to_owned()), value);
            }
        }
    }
    bounds
}

/// A row of the page: the bound, and its value as the page says it.
fn row(line: &str) -> Option<(Bound, String)> {
    let cells: Vec<_> = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").collect();
    let [_, value, _, place] = cells[..] else { return None };
    let (file, name) = place.split_once("`: `")?;
    Some(((file.strip_prefix('`')?.to_owned(), name.strip_suffix('`')?.to_owned()), value.to_owned()))
}

/// What a constant's expression comes to; of a duration its seconds. It may name another bound.
fn evaluate(expression: &str, bounds: &BTreeMap<Bound, String>) -> Option<u64> {
    let inner = expression.strip_prefix("Duration::from_secs(").and_then(|rest| rest.strip_suffix(')'));
    let expression = inner.unwrap_or(expression);
    if let Some((left, right)) = expression.split_once(" << ") {
        return evaluate(left, bounds)?.checked_shl(right.parse().ok()?);
    }
    let factor = |factor: &str| match bounds.iter().find(|((_, name), _)| name == factor) {
        Some((_, value)) => evaluate(value, bounds),
        None => factor.replace('_', "").parse().ok(),
    };
    expression.split(" * ").map(factor).product()
}

/// What the page says: a number with its unit. A time may stand in the code as seconds or milliseconds.
fn amount(said: &str) -> Option<Vec<u64>> {
    let (number, unit) = said.split_once(' ').unwrap_or((said, ""));
    let number: u64 = number.parse().ok()?;
    let seconds = |each: u64| vec![number * each, number * each * 1_000];
    Some(match unit {
        "" | "bytes" => vec![number],
        "KiB" => vec![number << 10],
        "MiB" => vec![number << 20],
        "seconds" => seconds(1),
        "minutes" => seconds(60),
        "hours" => seconds(3_600),
        "days" => seconds(86_400),
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
