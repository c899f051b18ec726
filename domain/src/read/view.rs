//! Reading a document's registers: what to show, above all if several users wrote one at the same time
//! (N3, C13).

use std::collections::BTreeMap;
use std::str::FromStr;

use crate::crm::place::Place;
use crate::document::OpIndex;
use crate::document::change::Register;
use crate::document::{Document, DocumentType, Values, Written, shown};
use crate::value::id::PartId;
use crate::value::todo::{Closing, merge};

/// All registers of a document, read once.
#[derive(Debug, Clone)]
pub struct View {
    kind: &'static DocumentType,
    containers: BTreeMap<u8, BTreeMap<String, Values>>,
}

/// A register that several users wrote at the same time, with its texts. Apps see values instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// What it is.
    pub place: Place,
    /// What it shows.
    pub shown: String,
    /// The other values, the latest first. They are kept, and one command brings one back (L6).
    pub others: Vec<String>,
}

/// A register whose value this version cannot read, or only in part: a later version wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct Unread {
    /// What it is.
    pub place: Place,
    /// Its value as it was written.
    pub text: String,
}

impl View {
    /// Reads a document.
    pub fn of(document: &Document) -> Self {
        let addresses = document.kind().addresses();
        let containers = addresses.map(|container| (container, document.registers(container))).collect();
        Self { kind: document.kind(), containers }
    }

    /// Reads one container of a document; all others are as if they were empty.
    pub fn of_container(document: &Document, container: u8) -> Self {
        let containers = BTreeMap::from([(container, document.registers(container))]);
        Self { kind: document.kind(), containers }
    }

    /// Reads a document from its index, without automerge; long texts come as empty ones.
    pub fn of_index(index: &OpIndex) -> Self {
        let registers = |container| {
            let registers = index.registers(container);
            (container, registers.map(|(name, values)| (name.to_owned(), values)).collect())
        };
        Self { kind: index.kind(), containers: index.kind().addresses().map(registers).collect() }
    }

    /// The registers of one container, by name.
    pub fn registers(&self, container: u8) -> impl Iterator<Item = (&str, &Values)> {
        let registers = self.containers.get(&container);
        registers.into_iter().flatten().map(|(name, values)| (name.as_str(), values))
    }

    /// What a register holds.
    pub fn values(&self, container: u8, name: &str) -> Option<&Values> {
        self.containers.get(&container)?.get(name)
    }

    /// What a register shows; empty if nobody has written it.
    pub fn text(&self, container: u8, name: &str) -> String {
        let values = self.values(container, name);
        values.map(|values| shown(self.kind, container, name, values)).unwrap_or_default()
    }

    /// What a register shows, read as a value; `None` if it is none.
    pub fn parsed<T: FromStr>(&self, container: u8, name: &str) -> Option<T> {
        self.text(container, name).parse().ok()
    }

    /// The parts of a container: by part, what its registers show by the rest of their names.
    pub fn parts(&self, container: u8) -> BTreeMap<PartId, BTreeMap<&str, String>> {
        let mut parts: BTreeMap<PartId, BTreeMap<&str, String>> = BTreeMap::new();
        for (name, values) in self.registers(container) {
            // Another name is from a later version: it is carried on, and not shown here.
            if let Some((part, rest)) = name.split_once('/')
                && let Ok(part) = part.parse()
            {
                let text = shown(self.kind, container, name, values);
                parts.entry(part).or_default().insert(rest, text);
            }
        }
        parts
    }

    /// Who closed a todo in its present period, first the closing that counts (C13); empty while it is
    /// open. If users closed it at the same time, all are named.
    pub fn closings(&self, todos: u8, todo: PartId) -> Vec<Closing> {
        let values = self.values(todos, &format!("{todo}/state"));
        let states = values.into_iter().flat_map(Values::all);
        merge(states.filter_map(|written| written.value.parse().ok())).closers
    }

    /// Every conflict whose values differ, by register.
    pub fn conflicts(&self) -> Vec<Conflict> {
        self.containers
            .iter()
            .flat_map(|(container, registers)| {
                registers
                    .iter()
                    .filter(|(_, values)| !values.losers.is_empty())
                    .filter_map(move |(name, values)| self.conflict(*container, name, values))
            })
            .collect()
    }

    /// Every value that is not in the form that this version knows for its register, by register. It is kept
    /// and carried on; to be shown as it is.
    pub fn unread(&self) -> Vec<Unread> {
        let all = self.containers.iter().flat_map(|(container, registers)| {
            registers.iter().map(move |(name, values)| (*container, name, values))
        });
        let unread = all.filter_map(|(container, name, values)| {
            let text = shown(self.kind, container, name, values);
            // A register without a rule is a later version's: nothing says how it must read.
            let is_read = self.kind.rule(container, name).is_none_or(|rule| rule.form.accepts(&text));
            let register = Register { container, name: name.clone() };
            (!is_read).then(|| Unread { place: Place::of(self.kind.id, &register), text })
        });
        unread.collect()
    }

    fn conflict(&self, container: u8, name: &str, values: &Values) -> Option<Conflict> {
        let shown = shown(self.kind, container, name, values);
        // All long texts are shown, and equal values need no decision: neither is a conflict. A value beside
        // a text is one whatever the text reads: rows are made without knowing that.
        let has_text = values.has_text();
        let is_other = |written: &&Written| match has_text {
            true => !written.is_text && !written.value.is_empty(),
            false => written.value != shown,
        };
        let others = values.all().filter(is_other);
        let others: Vec<_> = others.map(|written| written.value.clone()).collect();
        let register = Register { container, name: name.to_owned() };
        let place = Place::of(self.kind.id, &register);
        (!others.is_empty()).then_some(Conflict { place, shown, others })
    }
}
