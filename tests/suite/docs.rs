//! The pages of the repository: their links and the files that they name are there, and `docs/api.md`
//! knows every error code of the core.

#![expect(clippy::unwrap_used, reason = "what a test's helpers meet unexpectedly is a failure of the test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// The sources whose functions `code` name the errors that leave the core.
const ERRORS: [&str; 5] = [
    "client-core/src/error.rs",
    "client-core/src/remote/error.rs",
    "client-core/src/remote/transport.rs",
    "client-core/src/sync/session.rs",
    "domain/src/import/problem.rs",
];

#[test]
fn every_link_within_the_repository_leads_to_a_file_that_is_there() {
    let mut count = 0;
    let mut broken = Vec::new();
    for page in pages() {
        let folder = page.parent().unwrap();
        for link in links(&fs::read_to_string(&page).unwrap()) {
            count += 1;
            if !folder.join(&link).exists() {
                broken.push(format!("{link} in {}", page.strip_prefix(root()).unwrap().display()));
            }
        }
    }
    assert!(broken.is_empty(), "links that lead nowhere:\n{}", broken.join("\n"));
    // A search that looks in the wrong place would find nothing wrong.
    assert!(count > 20, "{count} links");
}

#[test]
fn every_file_that_the_guide_to_the_code_names_is_there() {
    let guide = read("ARCHITECTURE.md");
    let named: BTreeSet<_> = guide.lines().flat_map(code_words).filter(|word| is_file(word)).collect();
    let missing: Vec<_> = named.iter().filter(|file| !root().join(file).exists()).collect();
    assert!(missing.is_empty(), "ARCHITECTURE.md names files that are not there: {missing:?}");
    assert!(named.len() > 50, "{} files", named.len());
}

#[test]
fn the_page_of_the_calls_knows_every_error_code_and_no_other() {
    let known: BTreeSet<_> = ERRORS.iter().flat_map(|file| codes(&read(file))).collect();
    let page = read("docs/api.md");
    let (_, section) = page.split_once("\n## Error codes\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
    let listed: BTreeSet<_> = rows.map(|(code, _)| code.to_owned()).collect();

    let unlisted: Vec<_> = known.difference(&listed).collect();
    assert!(unlisted.is_empty(), "docs/api.md does not list {unlisted:?}");
    let unknown: Vec<_> = listed.difference(&known).collect();
    assert!(unknown.is_empty(), "docs/api.md lists {unknown:?}, which no error has");
}

#[test]
fn every_function_that_names_error_codes_is_looked_at() {
    let mut sources = Vec::new();
    collect(&root().join("client-core/src"), "rs", &mut sources);
    let with_codes: BTreeSet<_> = sources
        .iter()
        .filter(|source| !codes(&fs::read_to_string(source).unwrap()).is_empty())
        .map(|source| source.strip_prefix(root()).unwrap().display().to_string())
        .collect();
    let looked_at =
        ERRORS.iter().filter(|file| file.starts_with("client-core")).map(|file| (*file).to_owned());
    assert_eq!(with_codes, looked_at.collect());
}

#[test]
fn the_code_of_the_guide_for_apps_is_that_of_the_programs_that_the_tests_run() {
    let guide = read("docs/mobile.md");
    let mut compared = 0;
    for (language, program) in [
        ("kotlin", "mobile-bindings/kotlin/src/test/kotlin/example/FieldDay.kt"),
        ("swift", "mobile-bindings/swift/Sources/FieldDay/main.swift"),
    ] {
        let program = read(program);
        for marked in guide.split(&format!("<!-- {language}: ")).skip(1) {
            let (name, rest) = marked.split_once(" -->").unwrap();
            let shown =
                rest.split_once("```").unwrap().1.split_once('\n').unwrap().1.split_once("```").unwrap().0;
            let (_, section) = program.split_once(&format!("// [{name}]\n")).unwrap();
            let (section, _) = section.split_once(&format!("// [{name} end]")).unwrap();
            let lines = |text: &str| {
                let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
                lines.map(str::to_owned).collect::<Vec<_>>()
            };
            assert_eq!(lines(shown), lines(section), "{language}: {name}");
            compared += 1;
        }
    }
    assert_eq!(compared, 16, "eight parts in two languages");
}

#[test]
fn the_page_of_the_calls_has_every_call_of_the_packages_and_says_of_no_other_that_it_is_there() {
    let mut sources = Vec::new();
    collect(&root().join("mobile-bindings/src"), "rs", &mut sources);
    let mut exported = BTreeSet::new();
    for source in sources {
        let text = fs::read_to_string(&source).unwrap();
        for block in text.split("#[uniffi::export").skip(1) {
            // What is exported ends with the item that the attribute stands on.
            let end = block.find("\n}").unwrap_or(block.len());
            let functions =
                block[..end].split("pub fn ").skip(1).chain(block[..end].split("pub async fn ").skip(1));
            exported.extend(functions.map(|text| text.split(['(', '<']).next().unwrap().to_owned()));
        }
    }
    // Constructors and what belongs to a token or a subscription are told with the calls that take them; the codes of
    // errors are a property of each.
    for own in ["new", "cancel", "trusting", "api_error_code", "sync_error_code", "address_error_code"] {
        assert!(exported.remove(own), "{own}");
    }
    assert_eq!(exported, calls_of_packages(&read("docs/api.md")));
}

/// What has no place where one worker has the file and ends with its page.
const NOT_IN_BROWSERS: [&str; 5] = ["interrupt", "open_beside", "pause", "poll", "resume"];

#[test]
fn a_browser_has_every_call_of_the_packages_but_those_that_the_page_leaves_out() {
    let mut exported = BTreeSet::new();
    for block in sources("mobile-bindings/web/src", "rs").split("#[wasm_bindgen").skip(1) {
        let end = block.find("\n}").unwrap_or(block.len());
        let functions =
            block[..end].split("pub fn ").skip(1).chain(block[..end].split("pub async fn ").skip(1));
        exported.extend(functions.map(|text| text.split(['(', '<']).next().unwrap().to_owned()));
    }
    for own in ["new", "cancel", "start", "state_hash"] {
        assert!(exported.remove(own), "{own}");
    }
    let page = read("docs/api.md");
    let expected = calls_of_packages(&page);
    let missing: Vec<_> = expected.difference(&exported).map(String::as_str).collect();
    assert_eq!(missing, NOT_IN_BROWSERS);
    let other: Vec<_> = exported.difference(&expected).collect();
    assert!(other.is_empty(), "the page has no {other:?}");
    let line = page.lines().find(|line| line.starts_with("- **TypeScript.**")).unwrap();
    for call in NOT_IN_BROWSERS {
        assert!(line.contains(&format!("`{call}`")), "the page does not say that a browser has no {call}");
    }
}

#[test]
fn kotlin_and_swift_have_every_call_of_the_packages_and_every_type_of_the_page() {
    let page = read("docs/api.md");
    for (written, generated, extension, as_generated) in [
        // `subscribe` is the flow `changes`.
        ("kotlin/src/main", "kotlin/generated", "kt", &["read_enrolment", "subscribe"][..]),
        // `open`, `open_beside` and `salvage` are `opened` and `salvaged`; the others return at once.
        (
            "swift/Sources/RoadbookKit",
            "swift/Sources/RoadbookCore",
            "swift",
            &["interrupt", "open", "open_beside", "read_enrolment", "resume", "salvage", "subscribe"][..],
        ),
    ] {
        let [written, generated] =
            [written, generated].map(|folder| sources(&format!("mobile-bindings/{folder}"), extension));
        let public = written.lines().filter(|line| line.trim_start().starts_with("public "));
        let (public, made) = (public.collect::<Vec<_>>().join("\n"), after(&generated, &["fun ", "func "]));
        let hand_made = after(&public, &["fun ", "func "]);
        let has = |call: &String| {
            let own = camel_case(call);
            hand_made.contains(own.as_str())
                || as_generated.contains(&call.as_str()) && made.contains(own.as_str())
        };
        let missing: Vec<_> = calls_of_packages(&page).into_iter().filter(|call| !has(call)).collect();
        assert!(missing.is_empty(), "the {extension} package has no {missing:?}");

        let types = after(&generated, &["class ", "struct ", "enum "]);
        let (_, section) = page.split_once("\n## View types\n").unwrap();
        let rows = section.split("\n## ").next().unwrap().lines().filter_map(|line| line.split('|').nth(1));
        let told: BTreeSet<_> = rows.flat_map(code_words).collect();
        assert!(told.len() > 20, "{told:?}");
        let missing: Vec<_> = told.difference(&types).collect();
        // Packages do not import yet.
        assert_eq!(missing, [&"Imported"], "types of the table that no {extension} source has");
    }
}

#[test]
fn whoever_changes_the_surface_of_the_packages_says_so_in_the_changelog() {
    // Of what is generated Swift's sources speak for Kotlin's, too.
    let mut declared = Sha256::new();
    for (folder, extension) in [
        ("mobile-bindings/swift/Sources/RoadbookCore", "swift"),
        ("mobile-bindings/swift/Sources/RoadbookKit", "swift"),
        ("mobile-bindings/kotlin/src/main", "kt"),
    ] {
        let declarations = declarations(&sources(folder, extension));
        declarations.iter().for_each(|declaration| declared.update(format!("{declaration}\n")));
    }
    let number: String = declared.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    assert!(
        read("CHANGELOG.md").contains(&format!("(surface {number})")),
        "calls or types of the Kotlin and Swift packages have changed: say in CHANGELOG.md what apps must change, \
         and put \"(surface {number})\" there in the place of the number before"
    );
}

#[test]
fn links_and_codes_are_found_where_they_are() {
    let page =
        "See [a](docs/a.md#part), [b](https://b.example) and [c](#c).\n```sh\n[d](d.md)\n```\n[e](../e)";
    assert_eq!(links(page), ["docs/a.md", "../e"]);
    assert_eq!(code_words("`a/b.rs`: `C::d` in `e.md`").collect::<Vec<_>>(), ["a/b.rs", "C::d", "e.md"]);
    let source =
        "    fn code(&self) -> X {\n        A => \"a.b\",\n        B => b.code(),\n    }\n    C => \"c\",\n";
    assert_eq!(codes(source), ["a.b"]);
    let source = "    public func a(\n        b: Int = 1\n    ) -> C {\n        d()\n    }\n\n    case e(f: G)\n    h\n";
    assert_eq!(declarations(source), ["public func a( b: Int = 1 ) -> C", "case e(f: G)"]);
}

/// The calls that the page says the packages have. `Server` is told as the type that it is.
fn calls_of_packages(page: &str) -> BTreeSet<String> {
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let name = cells.get(1)?.strip_prefix('`')?.strip_suffix('`')?;
        cells.get(cells.len().checked_sub(2)?)?.starts_with("packages").then(|| name.to_owned())
    };
    let names = page.lines().filter_map(row);
    names.filter(|name| name.starts_with(|first: char| first.is_lowercase())).collect()
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let (initial, rest) = word.split_at(1);
        name + &initial.to_uppercase() + rest
    })
}

/// All sources of a folder, one after the other, without block comments and the backticks around names.
fn sources(folder: &str, extension: &str) -> String {
    let mut files = Vec::new();
    collect(&root().join(folder), extension, &mut files);
    files.sort();
    let text: String = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    let code = text.split("/*").map(|part| part.split_once("*/").map_or(part, |(_, code)| code));
    code.collect::<String>().replace('`', "")
}

/// The names that follow one of these words.
fn after<'a>(source: &'a str, words: &[&str]) -> BTreeSet<&'a str> {
    let rests = words.iter().flat_map(|word| source.split(*word).skip(1));
    rests.filter_map(|rest| rest.split(|c: char| !c.is_alphanumeric()).next()).collect()
}

/// What Kotlin or Swift declare for everybody, each up to its body or value: its parameters may stand on lines of their
/// own.
fn declarations(source: &str) -> Vec<String> {
    let words = ["public ", "open ", "case ", "func ", "convenience ", "static "];
    let lines = source.split_inclusive('\n').scan(0, |next, line| {
        let at = *next;
        *next += line.len();
        Some(at)
    });
    let texts = lines.map(|at| source.split_at(at).1.trim_start_matches(' '));
    let declared = texts.filter(|text| words.iter().any(|word| text.starts_with(word)));
    let whole = declared.map(|text| {
        let mut depth = 0;
        let end = text.find(|c: char| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth <= 0 && "{=\n".contains(c)
        });
        text.split_at(end.unwrap_or(text.len())).0.split_whitespace().collect::<Vec<_>>().join(" ")
    });
    whole.collect()
}

/// The codes in the bodies of a source's functions `code`.
fn codes(source: &str) -> Vec<String> {
    let mut codes = Vec::new();
    let mut inside = false;
    for line in source.lines() {
        inside = line.contains("fn code(") || inside && line != "    }";
        if inside && let Some((_, arm)) = line.split_once("=> \"") {
            codes.extend(arm.split('"').next().map(str::to_owned));
        }
    }
    codes
}

/// The relative links of a page, without what follows `#`; code blocks have none.
fn links(page: &str) -> Vec<String> {
    let mut links = Vec::new();
    let mut is_code = false;
    for line in page.lines() {
        is_code ^= line.trim_start().starts_with("```");
        if is_code {
            continue;
        }
        let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let paths = targets.filter(|target| !target.contains("://") && !target.starts_with("mailto:"));
        let paths = paths.filter_map(|target| target.split('#').next());
        links.extend(paths.filter(|path| !path.is_empty()).map(str::to_owned));
    }
    links
}

/// What stands between backticks in a line.
fn code_words(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

fn is_file(word: &str) -> bool {
    !word.contains(char::is_whitespace)
        && [".rs", ".md", ".sql", ".toml"].iter().any(|end| word.ends_with(end))
}

fn pages() -> Vec<PathBuf> {
    let mut pages = Vec::new();
    collect(&root(), "md", &mut pages);
    pages
}

fn collect(folder: &Path, extension: &str, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let path = entry.path();
        if entry.file_type().unwrap().is_dir() {
            if ![".git", "target", "node_modules"].iter().any(|skipped| path.ends_with(skipped)) {
                collect(&path, extension, files);
            }
        } else if path.extension().is_some_and(|own| own == extension) {
            files.push(path);
        }
    }
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}
