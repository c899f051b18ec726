//! What earlier imports made of a source, and in what a row differs from it.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::names::fold;
use crate::crm::{card, contact};
use crate::document::Document;
use crate::document::change::Op;
use crate::value::id::DocumentId;

/// What is there already.
pub trait Known {
    /// What can go wrong when it is looked at.
    type Error;

    /// Whether there is a document with this id.
    fn is_there(&self, document: DocumentId) -> Result<bool, Self::Error>;

    /// All that was ever written in a card that is there, and in the contacts that it links to.
    fn written(&self, card: DocumentId) -> Result<Written, Self::Error>;
}

/// All that was ever written in some documents, to compare a row with.
///
/// What a row says is known if anybody wrote it at any time: the import itself, or a user by hand. So an
/// edit made since is no difference, and the same file again has none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// Folded names of cards.
    cards: BTreeSet<String>,
    /// Folded names of contacts, given and family names apart.
    contacts: BTreeSet<String>,
    /// Hashes of values and of their lines: many of these are held at once, and nobody reads them.
    texts: BTreeSet<u64>,
    links: Vec<DocumentId>,
}

impl Written {
    /// Adds what is written in a document.
    pub fn add(&mut self, document: &Document) {
        for (_, change) in document.changes_since(&[]) {
            let mut entries = Vec::new();
            for op in &change.ops {
                let Op::Put { register, value, .. } = op else { continue };
                if value.is_empty() {
                    continue;
                }
                self.texts.extend(value.lines().chain([value.as_str()]).map(hash));
                match register.name.as_str() {
                    "name" => drop(self.cards.insert(fold(value))),
                    "given" | "family" => drop(self.contacts.insert(fold(value))),
                    // The value of a chosen option is the same for all of them: the name says which.
                    name if register.container == card::FIELDS => drop(self.texts.insert(hash(name))),
                    name if name.ends_with("/text") => entries.push(value.as_str()),
                    _ => {}
                }
                if matches!(register.container, card::LINKS | contact::LINKS) {
                    let target =
                        value.rsplit(' ').next().and_then(|target| target.parse::<DocumentId>().ok());
                    self.links.extend(target);
                }
            }
            self.texts.extend(spans(&entries));
        }
    }

    /// The documents that it links to.
    pub fn links(&self) -> &[DocumentId] {
        &self.links
    }

    /// Whether it says this too.
    pub fn says(&self, saying: &Saying) -> bool {
        if saying.sort == Sort::Name {
            return self.contacts.contains(&fold(&saying.text));
        }
        let has = |text: &str| self.texts.contains(&hash(text));
        let has_lines = |text: &str| text.lines().all(|line| has(line) || has(&squeezed(line)));
        // What was known already when another row came is kept in the notes of that row's card.
        has(&saying.text) || has_lines(&saying.text) || has_lines(&saying.line())
    }

    /// What it says, as [`Saying::mark`] would have it.
    pub(super) fn marks(&self) -> impl Iterator<Item = u64> {
        self.texts.iter().copied()
    }

    /// Whether the card has this name, or had it, perhaps with a word more or less.
    pub(super) fn is_named(&self, name: &str) -> bool {
        let name = fold(name);
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<BTreeSet<_>>();
        let wanted = words(&name);
        let is_part = |known: &String| {
            let known = words(known);
            known.is_subset(&wanted) || wanted.is_subset(&known)
        };
        self.cards.iter().any(is_part)
    }
}

/// Something that a row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saying {
    /// Of whom.
    pub of: Subject,
    /// The column.
    pub column: String,
    /// What it says, for people.
    pub value: String,
    /// The same as documents hold it.
    pub(super) text: String,
    pub(super) sort: Sort,
}

/// How it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// A name of a contact: without case, diacritics and punctuation.
    Name,
    /// A phone or email, which tells who is meant where names differ.
    Reach,
    /// Letter by letter.
    Value,
}

/// Of what a row says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The card.
    Card,
    /// The person.
    Person,
    /// The company.
    Company,
}

impl Saying {
    pub(super) fn new(of: Subject, column: &str, value: &str) -> Self {
        let value = value.to_owned();
        Self { of, column: column.to_owned(), text: value.clone(), value, sort: Sort::Value }
    }

    /// By which texts that say the same are found.
    pub(super) fn mark(&self) -> u64 {
        hash(&self.text)
    }

    /// Whether it is the name of a person or company.
    pub fn is_name(&self) -> bool {
        self.sort == Sort::Name
    }

    /// It as a line of a note.
    pub fn line(&self) -> String {
        format!("{}: {}", self.column, self.value)
    }
}

/// The lines that reach over the ends of entries: a long note is in several, cut between words or inside of one.
fn spans(entries: &[&str]) -> Vec<u64> {
    let mut spans = Vec::new();
    for (place, entry) in (1..).zip(entries) {
        let mut line = squeezed(entry.lines().last().unwrap_or_default());
        for next in entries.iter().skip(place) {
            line.push_str(&squeezed(next.lines().next().unwrap_or_default()));
            spans.push(hash(&line));
            // A line goes on behind an entry only if nothing else is in it.
            if next.lines().nth(1).is_some() {
                break;
            }
        }
    }
    spans
}

fn squeezed(line: &str) -> String {
    line.split_whitespace().collect()
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
