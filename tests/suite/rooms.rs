//! Each crate stands in rooms: a file uses only rooms below its own, and no files use one another in a circle.
//!
//! The front page of a crate lists its rooms, the lowest first; `server/src/sync.rs` lists rooms of its own.
//! The check reads paths. It does not see that a room calls a method which a higher room adds to a type, nor
//! which names a `*` brings in.

#![expect(clippy::unwrap_used, reason = "what a test's helpers meet unexpectedly is a failure of the test")]

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::iter::Peekable;
use std::path::{Path, PathBuf};
use std::slice::Iter;

/// The crates, and in each the modules whose documentation lists rooms; the empty path is the front page.
const CRATES: [(&str, &[&[&str]]); 3] =
    [("domain", &[&[]]), ("client-core", &[&[]]), ("server", &[&[], &["sync"]])];

#[test]
fn every_room_is_listed_and_every_listed_room_is_there() {
    let wrong =
        in_all_crates(|files, lists| lists.iter().flat_map(|owner| files.wrong_list(owner)).collect());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_file_uses_only_rooms_below_its_own() {
    let upward =
        in_all_crates(|files, lists| lists.iter().flat_map(|owner| files.upward_uses(owner)).collect());
    assert!(upward.is_empty(), "\n{}", upward.join("\n"));
}

#[test]
fn no_files_use_one_another_in_a_circle() {
    let circles = in_all_crates(|files, _| files.circles());
    assert!(circles.is_empty(), "\n{}", circles.join("\n"));
}

#[test]
fn a_use_of_a_higher_room_is_found_however_it_is_written() {
    let front = "//! 1. `low`: x.\n//! 2. [`high`]: y.\n\npub use high::attic::Offered;";
    for (text, expected) in [
        ("use crate::high::Thing;", &[(1, "crate::high::Thing")][..]),
        (
            "\nuse crate::{high::{self, attic::B as C}, low};",
            &[(2, "crate::high::self"), (2, "crate::high::attic::B")],
        ),
        ("fn f() -> super::super::high::attic::T {}", &[(1, "super::super::high::attic::T")]),
        ("m! { $crate::high::f::<u8>(0..crate::high::N) }", &[(1, "crate::high::f"), (1, "crate::high::N")]),
        ("use crate::Offered;", &[(1, "crate::Offered")]),
        ("use super::Borrowed;", &[(1, "super::Borrowed")]),
        ("use super::Own;\nuse std::{high::A, fmt};\nfn f() { high::g() }", &[]),
        ("/// [`crate::high::T`]\n/* crate::high::f /* and */ crate::high::f */\nfn f<'a>() {}", &[]),
        (
            r##"(r#""crate::high::f"#, "\"crate::high::f", '"', '\'', b"\\", crate::high::f)"##,
            &[(1, "crate::high::f")],
        ),
        ("#[cfg(test)]\n#[path = \"a\"]\nmod tests { use crate::high::T; fn f() { crate::high::f() } }", &[]),
        ("#[cfg(test)]\nuse crate::high::{A, B};\nuse crate::high::C;", &[(3, "crate::high::C")]),
    ] {
        let planted = Crate::new([
            ("lib.rs", front),
            ("low.rs", "use crate::high::Borrowed;"),
            ("low/shelf.rs", text),
            ("high.rs", "use crate::low::shelf;"),
            ("high/attic.rs", ""),
            ("high/tests.rs", ""),
        ]);
        let found: BTreeSet<_> =
            planted.upward_uses(&[]).into_iter().filter(|report| report.contains("shelf")).collect();
        let expected: BTreeSet<_> = expected
            .iter()
            .map(|(line, path)| format!("low/shelf.rs:{line}: `low` is below `high`, and uses {path}"))
            .collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn no_room_uses_what_the_front_page_defines() {
    let planted = Crate::new([
        ("lib.rs", "//! 1. `low`: x.\nfn start() {}"),
        ("low.rs", "\nfn f() { crate::start() }"),
    ]);
    assert_eq!(planted.upward_uses(&[]), ["low.rs:2: `low` is below the front page, and uses crate::start"]);
}

#[test]
fn a_room_that_is_missing_or_not_listed_is_found() {
    let front = "//! 1. `low`: x.\n//! 2. `gone`: y.\n//! 2. `high`: its number is wrong.";
    let planted = Crate::new([("lib.rs", front), ("low.rs", ""), ("high.rs", ""), ("testing.rs", "")]);
    assert_eq!(
        planted.wrong_list(&[]),
        ["lib.rs lists `gone`, which is not there", "lib.rs does not list `high`"]
    );
}

#[test]
fn a_circle_of_files_is_found() {
    let files = [
        ("lib.rs", "//! 1. `room`: x."),
        ("room.rs", "pub use c::Shown;\nuse d::Chest;"),
        ("room/a.rs", "use super::b::B;"),
        ("room/b.rs", "\nuse crate::room::Shown;"),
        ("room/c.rs", ""),
        ("room/c/drawer.rs", "use super::super::a;"),
        ("room/d.rs", "mod lid;\nuse lid::Lid;"),
        ("room/d/lid.rs", "use super::Chest;\nuse crate::room::a::A;"),
    ];
    let circle = "a > b > c > a in room: room/a.rs:1, room/b.rs:2, room/c/drawer.rs:1";
    assert_eq!(Crate::new(files).circles(), [circle]);

    let open = files.into_iter().filter(|(file, _)| *file != "room/c/drawer.rs");
    assert!(Crate::new(open).circles().is_empty(), "a file and its child modules are one");
}

/// What `check` reports of each crate, with the modules that list its rooms.
fn in_all_crates(check: impl Fn(&Crate, &[&[&str]]) -> Vec<String>) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut reports = Vec::new();
    for (name, lists) in CRATES {
        let source = root.join(name).join("src");
        let mut paths = Vec::new();
        collect_files(&source, &mut paths);
        let texts: Vec<_> = paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
        let relative = paths.iter().map(|path| path.strip_prefix(&source).unwrap().to_str().unwrap());
        let files = Crate::new(relative.zip(texts.iter().map(String::as_str)));
        // A search that understands no path would find nothing wrong.
        assert!(files.uses().len() > files.0.len(), "{name}: files use one another");
        reports.extend(check(&files, lists).into_iter().map(|report| format!("{name}/src: {report}")));
    }
    reports
}

fn collect_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// Where a module stands: `["store", "log"]` for `src/store/log.rs`, empty for `src/lib.rs`.
type Module = Vec<String>;

/// The files of a crate without its tests.
struct Crate(BTreeMap<Module, File>);

struct File {
    path: String,
    text: String,
    mentions: Vec<Mention>,
    /// What each `use` brings in, by the name that the file calls it.
    imports: BTreeMap<String, Vec<String>>,
}

/// A path that a file mentions.
struct Mention {
    path: Vec<String>,
    line: usize,
    /// What the file calls it from there on, if a `use` mentions it.
    name: Option<String>,
}

/// That the file of one module uses what is in another's.
struct Use {
    from: Module,
    to: Module,
    place: String,
    path: String,
}

/// What a path leads to: a module, or an item in it.
enum Goal {
    Module(Module),
    ItemOf(Module),
}

impl Crate {
    fn new<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut modules = BTreeMap::new();
        for (path, text) in files {
            let module: Module = path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
            if module.iter().any(|name| name == "tests" || name == "testing") {
                continue;
            }
            let module = if path == "lib.rs" { Module::new() } else { module };
            let mentions = mentions(&without_tests(tokens(text)));
            let imports = mentions
                .iter()
                .filter_map(|mention| Some((mention.name.clone()?, mention.path.clone())))
                .collect();
            modules.insert(module, File { path: path.to_owned(), text: text.to_owned(), mentions, imports });
        }
        Self(modules)
    }

    /// The rooms that the documentation of `owner` lists, lowest first: `//! 1. ` and the name, a link or
    /// not, and a colon.
    fn listed_rooms(&self, owner: &[&str]) -> Vec<&str> {
        let mut rooms = Vec::new();
        for line in self.file(owner).text.lines() {
            let item = line.strip_prefix(&format!("//! {}. ", rooms.len() + 1));
            let name = item.and_then(|item| item.trim_start_matches('[').strip_prefix('`')?.split_once('`'));
            if let Some((name, rest)) = name
                && rest.trim_start_matches(']').starts_with(':')
            {
                rooms.push(name);
            }
        }
        rooms
    }

    fn file(&self, module: &[&str]) -> &File {
        self.0.iter().find(|(other, _)| *other == module).unwrap().1
    }

    fn wrong_list(&self, owner: &[&str]) -> Vec<String> {
        let path = &self.file(owner).path;
        let listed = self.listed_rooms(owner);
        let rooms: BTreeSet<_> = self.0.keys().filter_map(|module| room(module, owner)).collect();
        let gone = listed.iter().filter(|name| !rooms.contains(*name));
        let new = rooms.iter().filter(|name| !listed.contains(name));
        gone.map(|name| format!("{path} lists `{name}`, which is not there"))
            .chain(new.map(|name| format!("{path} does not list `{name}`")))
            .collect()
    }

    /// The uses of a room above the user's own, of those that `owner` lists.
    fn upward_uses(&self, owner: &[&str]) -> Vec<String> {
        let listed = self.listed_rooms(owner);
        let mut upward = Vec::new();
        for Use { from, to, place, path } in self.uses() {
            let Some(user) = room(&from, owner) else { continue };
            let used = room(&to, owner);
            let rank = |name| listed.iter().position(|listed| *listed == name);
            let is_upward = match used {
                Some(used) => rank(used) > rank(user),
                None => to.is_empty() && owner.is_empty(),
            };
            if is_upward {
                let used = used.map_or("the front page".to_owned(), |name| format!("`{name}`"));
                upward.push(format!("{place}: `{user}` is below {used}, and uses {path}"));
            }
        }
        upward
    }

    /// The circles among the children of each module. A child is its file and all modules in it.
    fn circles(&self) -> Vec<String> {
        let uses = self.uses();
        let mut circles = BTreeMap::new();
        for owner in self.0.keys() {
            let owner: Vec<_> = owner.iter().map(String::as_str).collect();
            let mut graph: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
            for Use { from, to, place, .. } in &uses {
                if let (Some(user), Some(used)) = (room(from, &owner), room(to, &owner))
                    && user != used
                {
                    graph.entry(user).or_default().entry(used).or_insert(place.as_str());
                }
            }
            for start in graph.keys() {
                let circle = shortest_circle(start, &graph);
                let members: BTreeSet<_> = circle.iter().map(|(name, _)| *name).collect();
                if !members.is_empty() {
                    circles.entry((owner.clone(), members)).or_insert(circle);
                }
            }
        }
        let name =
            |owner: Vec<&str>| if owner.is_empty() { "the crate".to_owned() } else { owner.join("::") };
        circles
            .into_iter()
            .map(|((owner, _), circle)| {
                let (names, places): (Vec<_>, Vec<_>) = circle.into_iter().unzip();
                let first = names.first().unwrap();
                format!("{} > {first} in {}: {}", names.join(" > "), name(owner), places.join(", "))
            })
            .collect()
    }

    fn uses(&self) -> Vec<Use> {
        let mut uses = Vec::new();
        for (module, file) in &self.0 {
            for Mention { path, line, .. } in &file.mentions {
                let (Some(Goal::Module(to) | Goal::ItemOf(to)), true) =
                    (self.goal(module, path), path.len() > 1)
                else {
                    continue;
                };
                if to != *module {
                    let place = format!("{}:{line}", file.path);
                    uses.push(Use { from: module.clone(), to, place, path: path.join("::") });
                }
            }
        }
        uses
    }

    /// What `path` leads to if `module` says it; nothing if that is in another crate.
    fn goal(&self, module: &Module, path: &[String]) -> Option<Goal> {
        let (first, rest) = path.split_first()?;
        let mut at = match first.as_str() {
            "crate" => Module::new(),
            "self" => module.clone(),
            "super" => parent(module),
            name => match self.named(module, name)? {
                Goal::Module(at) => at,
                // The file's `use` of the item was counted already.
                Goal::ItemOf(_) => return None,
            },
        };
        for name in rest {
            at = match name.as_str() {
                "self" => at,
                "super" => parent(&at),
                name => match self.named(&at, name) {
                    Some(Goal::Module(inner)) => inner,
                    Some(item) => return Some(item),
                    None => return Some(Goal::ItemOf(at)),
                },
            };
        }
        Some(Goal::Module(at))
    }

    /// What is called `name` in `module` and comes from elsewhere: a child, or what a `use` brings in.
    fn named(&self, module: &Module, name: &str) -> Option<Goal> {
        let child = |name: &str| [module.as_slice(), &[name.to_owned()]].concat();
        if self.0.contains_key(&child(name)) {
            return Some(Goal::Module(child(name)));
        }
        let path = self.0.get(module)?.imports.get(name)?;
        let first = path.first()?;
        let is_inside =
            ["crate", "self", "super"].contains(&first.as_str()) || self.0.contains_key(&child(first));
        if is_inside { self.goal(module, path) } else { None }
    }
}

/// The room of `owner` in which a module stands.
fn room<'a>(module: &'a Module, owner: &[&str]) -> Option<&'a str> {
    let (above, below) = module.split_at_checked(owner.len())?;
    if above == owner { below.first().map(String::as_str) } else { None }
}

fn parent(module: &Module) -> Module {
    module.iter().take(module.len().saturating_sub(1)).cloned().collect()
}

/// The fewest names that lead from `start` back to it, each with the place that uses the next; empty if none
/// lead back.
fn shortest_circle<'a>(
    start: &&'a str,
    graph: &BTreeMap<&'a str, BTreeMap<&'a str, &'a str>>,
) -> Vec<(&'a str, &'a str)> {
    let mut ways = VecDeque::from([vec![]]);
    let mut reached = BTreeSet::new();
    while let Some(way) = ways.pop_front() {
        let last = way.last().map_or(*start, |(_, _, used)| *used);
        for (used, place) in graph.get(last).into_iter().flatten() {
            let longer: Vec<_> = way.iter().copied().chain([(last, *place, *used)]).collect();
            if used == start {
                return longer.into_iter().map(|(user, place, _)| (user, place)).collect();
            }
            if reached.insert(*used) {
                ways.push_back(longer);
            }
        }
    }
    Vec::new()
}

#[derive(Clone, Copy)]
struct Token<'a> {
    text: &'a str,
    line: usize,
}

impl Token<'_> {
    fn is_name(&self) -> bool {
        self.text.starts_with(|first: char| first.is_alphabetic() || first == '_')
    }
}

/// The names and signs of a program, without comments and texts.
fn tokens(program: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = program;
    let mut line = 1;
    while let Some(first) = rest.chars().next() {
        let prose = prose_length(rest);
        let length = match first {
            _ if prose > 0 => prose,
            '_' | 'a'..='z' | 'A'..='Z' | '0'..='9' => end_of_word(rest),
            ':' if rest.starts_with("::") => 2,
            _ => first.len_utf8(),
        };
        let (text, after) = rest.split_at(length);
        if prose == 0 && !first.is_whitespace() {
            tokens.push(Token { text, line });
        }
        line += text.matches('\n').count();
        rest = after;
    }
    tokens
}

fn end_of_word(rest: &str) -> usize {
    rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
}

/// The length of the comment, text or character that `rest` begins with; 0 if it begins with none.
fn prose_length(rest: &str) -> usize {
    let until = |end: &str, from: usize| {
        rest.get(from..).and_then(|rest| rest.find(end)).map_or(rest.len(), |at| from + at + end.len())
    };
    let raw = rest.trim_start_matches(['b', 'c']).strip_prefix('r').unwrap_or_default();
    let hashes = raw.len() - raw.trim_start_matches('#').len();
    if rest.starts_with("//") {
        until("\n", 2)
    } else if rest.starts_with("/*") {
        let (mut depth, mut at) = (1, 2);
        while depth > 0 && at < rest.len() {
            let (opens, closes) = (until("/*", at), until("*/", at));
            depth = if opens < closes { depth + 1 } else { depth - 1 };
            at = opens.min(closes);
        }
        at
    } else if raw.trim_start_matches('#').starts_with('"') {
        until(&format!("\"{}", "#".repeat(hashes)), rest.len() - raw.len() + hashes + 1)
    } else if rest.starts_with('"') {
        let mut is_escaped = false;
        let end = rest.bytes().skip(1).position(|byte| {
            let ends = byte == b'"' && !is_escaped;
            is_escaped = byte == b'\\' && !is_escaped;
            ends
        });
        end.map_or(rest.len(), |at| at + 2)
    } else if rest.starts_with("'\\") {
        until("'", 3)
    } else if rest.starts_with('\'') && rest.chars().nth(2) == Some('\'') {
        rest.char_indices().nth(3).map_or(rest.len(), |(at, _)| at)
    } else {
        0
    }
}

/// Leaves out what is compiled for tests only: each item after `#[cfg(test)]`.
fn without_tests(tokens: Vec<Token<'_>>) -> Vec<Token<'_>> {
    let attribute = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut kept = Vec::new();
    let mut rest = tokens.as_slice();
    while let Some((first, after)) = rest.split_first() {
        if rest.iter().take(attribute.len()).map(|token| token.text).eq(attribute) {
            rest = after_item(rest.split_at(attribute.len()).1);
        } else {
            kept.push(*first);
            rest = after;
        }
    }
    kept
}

fn after_item<'t, 'a>(mut rest: &'t [Token<'a>]) -> &'t [Token<'a>] {
    let mut depth = 0;
    while let Some((token, after)) = rest.split_first() {
        rest = after;
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 && [";", "}"].contains(&token.text) {
            break;
        }
    }
    rest
}

fn mentions(tokens: &[Token<'_>]) -> Vec<Mention> {
    let mut mentions = Vec::new();
    let mut tokens = tokens.iter().peekable();
    let mut before = "";
    while let Some(token) = tokens.next() {
        // Not the `use<'a>` of a return type.
        if token.text == "use" && tokens.peek().is_some_and(|next| next.text != "<") {
            use_tree(&mut tokens, &[], &mut mentions);
        } else if token.is_name() && before != "::" {
            let mut path = vec![token.text.to_owned()];
            while tokens.next_if(|next| next.text == "::").is_some() {
                path.extend(tokens.next_if(|next| next.is_name()).map(|next| next.text.to_owned()));
            }
            mentions.push(Mention { path, line: token.line, name: None });
        }
        before = token.text;
    }
    mentions.retain(|mention| mention.path.len() > 1 || mention.name.is_some());
    mentions
}

/// Adds each path of a tree as in `use a::{b, c::{self, d as e}};`, of which `above` was read before.
fn use_tree(tokens: &mut Peekable<Iter<'_, Token<'_>>>, above: &[String], mentions: &mut Vec<Mention>) {
    let mut path = above.to_vec();
    while let Some(token) = tokens.next() {
        match token.text {
            "::" => {}
            "{" => {
                while tokens.next_if(|next| next.text == "}").is_none() && tokens.peek().is_some() {
                    use_tree(tokens, &path, mentions);
                    tokens.next_if(|next| next.text == ",");
                }
                return;
            }
            "*" => {
                mentions.push(Mention { path, line: token.line, name: None });
                return;
            }
            name => {
                path.push(name.to_owned());
                if tokens.next_if(|next| next.text == "as").is_some() {
                    let name = tokens.next().map(|next| next.text.to_owned());
                    mentions.push(Mention { path, line: token.line, name });
                    return;
                }
                if tokens.peek().is_none_or(|next| next.text != "::") {
                    let name = path.iter().rfind(|name| *name != "self").cloned();
                    mentions.push(Mention { path, line: token.line, name });
                    return;
                }
            }
        }
    }
}
