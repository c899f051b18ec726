//! From what a row says to the commands that make its documents.

use std::collections::BTreeMap;

use super::MAX_DETAILS;
use super::destination::{Destination, Holder};
use super::header::{Party, Target};
use super::known::{Saying, Sort, Subject};
use super::names::fold;
use super::problem::{Problem, Reason};
use super::records::prefix;
use super::row::{Detail, ImportRow};
use super::rows::RowKey;
use super::scope::{Scope, digest};
use super::values::Value;
use crate::crm::command::{CardCommand, ContactCommand, MAX_VALUE_LEN, NewEntry, NewTodo};
use crate::crm::row::{ContactSort, DetailSort};
use crate::value::due::Due;
use crate::value::id::{DocumentId, FieldId, PartId};
use crate::value::time::Timestamp;

/// What one row makes: at most three documents, each by one change.
///
/// Write them in this order, in one transaction: company, person, card. Write nothing to documents that
/// exist already (see [`crate::import`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowPlan {
    /// The row as spreadsheets number it: the header is row 1.
    pub row: u32,
    /// The company, if the row names one. All rows that name it make the same.
    pub company: Option<Planned<ContactCommand>>,
    /// The person, if the row names one. Rows alike in names, and in company or email or phone, make the same.
    pub person: Option<Planned<ContactCommand>>,
    /// The card.
    pub card: Planned<CardCommand>,
    /// Warnings about cells of the row.
    pub warnings: Vec<Problem>,
    /// What the row says, to be compared with what is there.
    pub says: Vec<Saying>,
}

/// A document to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned<C> {
    /// Its id, derived from the organisation's import key and what it is known by.
    pub document: DocumentId,
    /// What makes it, as one change.
    pub commands: Vec<C>,
}

impl RowPlan {
    /// The contacts it makes, in the order in which to make them.
    pub fn contacts(&self) -> impl Iterator<Item = &Planned<ContactCommand>> {
        self.company.iter().chain(&self.person)
    }

    /// A note for the new card: what the row says about contacts that are there already, and that they do not
    /// say themselves.
    pub fn note(&self, differs: &[Saying], now: Timestamp) -> Vec<CardCommand> {
        let lines: Vec<String> = differs.iter().map(Saying::line).collect();
        let entry = |(place, text): (u64, &str)| {
            CardCommand::AddEntry(NewEntry {
                id: PartId::derived(&[b"import", b"known", &place.to_be_bytes()]),
                kind: "note".to_owned(),
                at: now,
                text: text.to_owned(),
                by: None,
                person: None,
                place: String::new(),
            })
        };
        (0..).zip(pieces(&lines.join("\n"))).map(entry).collect()
    }

    /// The name of the card.
    pub fn name(&self) -> &str {
        let name = self.card.commands.iter().find_map(|command| match command {
            CardCommand::Create { name, .. } => Some(name.as_str()),
            _ => None,
        });
        name.unwrap_or_default()
    }
}

/// A company as all rows together describe it.
#[derive(Debug, Default)]
pub(super) struct Company {
    name: String,
    details: Vec<Detail>,
    fields: BTreeMap<FieldId, String>,
}

/// The companies of a file by folded name: several where rows give one name addresses in several places.
#[derive(Debug, Default)]
pub(super) struct Companies(BTreeMap<String, Vec<Company>>);

impl Companies {
    /// Adds what a row says about its company: the first spelling and the first value of a field count.
    pub(super) fn add(&mut self, row: ImportRow, scope: &Scope<'_>) {
        if row.company.is_empty() {
            return;
        }
        let namesakes = self.0.entry(fold(&row.company)).or_default();
        let place = namesakes.iter().position(|company| company.may_be_of(&row)).unwrap_or(namesakes.len());
        if place == namesakes.len() {
            namesakes.push(Company { name: row.company.clone(), ..Company::default() });
        }
        let Some(company) = namesakes.get_mut(place) else { return };
        for detail in row.details.into_iter().filter(|detail| detail.of == Party::Company) {
            if company.details.len() < MAX_DETAILS && !detail.is_among(&company.details) {
                company.details.push(detail);
            }
        }
        for (field, value) in row.fields {
            if let Value::Text(text) = value
                && scope.holder(field) == Some(Holder::Company)
            {
                company.fields.entry(field).or_insert(text);
            }
        }
    }

    /// The company of a row, and what it is known by.
    fn of(&self, row: &ImportRow) -> Option<(&Company, String)> {
        let name = fold(&row.company);
        let namesakes = self.0.get(&name)?;
        let shares = |company: &&Company| row.of_company().any(|detail| detail.is_among(&company.details));
        let company = namesakes.iter().find(shares).or(namesakes.first())?;
        // By its name and not by its row: a corrected file may lack the row that made the company.
        let key = match namesakes.len() {
            1 => name,
            _ => format!("{name}\n{}", company.details.iter().map(Detail::key).min().unwrap_or_default()),
        };
        Some((company, key))
    }
}

impl Company {
    /// Whether a row that names it so may mean it. A row about a company alone, with an address elsewhere and
    /// nothing in common, is about a namesake.
    fn may_be_of(&self, row: &ImportRow) -> bool {
        let is_address = |detail: &&Detail| detail.sort == DetailSort::Address;
        let is_elsewhere = self.details.iter().any(|detail| is_address(&detail))
            && row.of_company().any(|detail| is_address(&detail))
            && !row.of_company().any(|detail| detail.is_among(&self.details));
        row.has_person() || !is_elsewhere
    }
}

/// Plans a row; its documents are known by `key`.
pub(super) fn plan(mut row: ImportRow, key: RowKey, companies: &Companies, scope: &Scope<'_>) -> RowPlan {
    let says = sayings(&row, scope);
    let company = companies.of(&row).filter(|_| !row.company.is_empty());
    let company_id = company.as_ref().map(|(_, key)| scope.contact(b"company", key.as_bytes()));
    if let Some((company, _)) = &company {
        keep_what_differs(&mut row, company, scope);
    }
    let person_id = row.has_person().then(|| person(&row, key, scope));
    let card_id = key.card(scope);
    RowPlan {
        row: row.row,
        company: company
            .zip(company_id)
            .map(|((company, _), id)| Planned { document: id, commands: make_company(company, id) }),
        person: person_id
            .map(|id| Planned { document: id, commands: make_person(&row, id, company_id, scope) }),
        card: Planned { document: card_id, commands: make_card(&row, card_id, person_id, company_id, scope) },
        warnings: row.warnings,
        says: says.into_iter().chain(kept(&row.kept)).collect(),
    }
}

/// The id of a row's person. A name alone is not enough to say that two rows mean one person.
fn person(row: &ImportRow, key: RowKey, scope: &Scope<'_>) -> DocumentId {
    let reach = row.reach().unwrap_or_default();
    let parts: &[&[u8]] = &[&row.names_key(), reach.as_bytes()];
    let by = match row {
        _ if !row.company.is_empty() || !reach.is_empty() => digest(parts),
        // An id that several rows have is that of the customer.
        _ if !row.external_id.is_empty() => digest(&[scope.import.as_bytes(), &key.base]),
        _ => digest(&[scope.import.as_bytes(), &key.bytes()]),
    };
    scope.contact(b"person", &by)
}

/// What a row says, as its documents will hold it; without what is kept in a note of its own.
fn sayings(row: &ImportRow, scope: &Scope<'_>) -> Vec<Saying> {
    let mut says = Vec::new();
    let names = [
        (Subject::Person, Target::GivenName, &row.given),
        (Subject::Person, Target::FamilyName, &row.family),
        (Subject::Company, Target::Company, &row.company),
    ];
    for (of, target, name) in names.into_iter().filter(|(.., name)| !name.is_empty()) {
        let column = match scope.column_of(&target) {
            "" => scope.column_of(&Target::FullName),
            column => column,
        };
        says.push(Saying { sort: Sort::Name, ..Saying::new(of, column, name) });
    }
    for detail in &row.details {
        let of = if detail.of == Party::Company { Subject::Company } else { Subject::Person };
        let sort = if detail.sort == DetailSort::Address { Sort::Value } else { Sort::Reach };
        says.push(Saying { sort, ..Saying::new(of, scope.column(detail.place), &detail.value) });
    }
    for (field, value) in &row.fields {
        let of = match scope.holder(*field) {
            Some(Holder::Person) => Subject::Person,
            Some(Holder::Company) => Subject::Company,
            _ => Subject::Card,
        };
        let column = scope.column_of(&Target::Field(*field));
        match value {
            Value::Text(text) => says.push(Saying::new(of, column, text)),
            Value::Options(options) => says.extend(options.iter().map(|option| {
                let text = format!("{field}/{option}");
                Saying { text, ..Saying::new(of, column, option) }
            })),
        }
    }
    for (target, cell) in &row.named {
        let id = match target {
            Target::Owner => row.owner.map(|owner| owner.to_string()),
            _ => row.status.map(|status| status.to_string()),
        };
        let text = id.unwrap_or_default();
        says.push(Saying { text, ..Saying::new(Subject::Card, scope.column_of(target), cell) });
    }
    let notes = row.notes.iter();
    says.extend(notes.map(|note| Saying::new(Subject::Card, scope.column_of(&Target::Note), note)));
    says
}

fn kept(cells: &[(String, String)]) -> impl Iterator<Item = Saying> {
    cells.iter().map(|(header, cell)| {
        let says = Saying::new(Subject::Card, header, cell);
        Saying { text: says.line(), ..says }
    })
}

/// Keeps with the card what the row says about its company but the company does not get.
fn keep_what_differs(row: &mut ImportRow, company: &Company, scope: &Scope<'_>) {
    let left: Vec<Detail> =
        row.of_company().filter(|detail| !detail.is_among(&company.details)).cloned().collect();
    for detail in left {
        row.warn_and_keep(scope.column(detail.place), &detail.value, Reason::TooManyDetails);
    }
    for (field, text) in &company.fields {
        if let Some(Value::Text(other)) = row.fields.get(field).cloned()
            && other != *text
        {
            row.keep(scope.column_of(&Target::Field(*field)), &other);
        }
    }
}

fn make_company(company: &Company, id: DocumentId) -> Vec<ContactCommand> {
    let mut commands = vec![
        ContactCommand::Create(ContactSort::Company),
        ContactCommand::Rename { given: String::new(), family: company.name.clone() },
    ];
    commands.extend(company.details.iter().map(|detail| set_detail(id, detail)));
    let fields = company.fields.iter();
    commands.extend(fields.map(|(field, text)| ContactCommand::SetField(*field, text.clone())));
    commands
}

fn make_person(
    row: &ImportRow,
    id: DocumentId,
    company: Option<DocumentId>,
    scope: &Scope<'_>,
) -> Vec<ContactCommand> {
    let mut commands = vec![
        ContactCommand::Create(ContactSort::Person),
        ContactCommand::Rename { given: row.given.clone(), family: row.family.clone() },
    ];
    let details = row.details.iter().filter(|detail| detail.of == Party::Person);
    commands.extend(details.map(|detail| set_detail(id, detail)));
    for (field, value) in &row.fields {
        if let Value::Text(text) = value
            && scope.holder(*field) == Some(Holder::Person)
        {
            commands.push(ContactCommand::SetField(*field, text.clone()));
        }
    }
    commands.extend(company.map(|target| ContactCommand::Link { role: "employer".to_owned(), target }));
    commands
}

fn set_detail(contact: DocumentId, detail: &Detail) -> ContactCommand {
    let sort = detail.sort.name().as_bytes();
    ContactCommand::SetDetail {
        // From the value, so that importing again on another device makes the same detail, not a second one.
        id: PartId::derived(&[b"import", contact.as_bytes(), sort, detail.value.as_bytes()]),
        sort: detail.sort,
        label: detail.label.clone(),
        value: detail.value.clone(),
    }
}

fn make_card(
    row: &ImportRow,
    id: DocumentId,
    person: Option<DocumentId>,
    company: Option<DocumentId>,
    scope: &Scope<'_>,
) -> Vec<CardCommand> {
    let to = scope.to;
    let owner = row.owner.unwrap_or(to.acting.by);
    let person_name = scope.mapping.name_order.join(&row.given, &row.family);
    let name = match (person, company) {
        (Some(_), Some(_)) => format!("{person_name} ({})", row.company),
        (Some(_), None) => person_name.clone(),
        (None, _) => row.company.clone(),
    };
    let status = row.status.or(to.first_status);
    let mut commands = vec![CardCommand::Create { product: to.product, name, status, owner: Some(owner) }];
    for (field, value) in &row.fields {
        match value {
            _ if scope.holder(*field) != Some(Holder::Card) => {}
            Value::Text(text) => commands.push(CardCommand::SetField(*field, text.clone())),
            Value::Options(options) => commands
                .extend(options.iter().map(|option| CardCommand::SetOption(*field, option.clone(), true))),
        }
    }
    let customers = person.into_iter().chain(company);
    commands.extend(customers.map(|target| CardCommand::Link { role: "customer".to_owned(), target }));
    if let Some((follow_up, last_seen)) = to.follow_up.as_ref().zip(row.last_seen) {
        let whom = if person.is_some() { &person_name } else { &row.company };
        let text = follow_up.text.replace("{name}", whom);
        commands.push(CardCommand::AddTodo(NewTodo {
            id: PartId::derived(&[b"import", id.as_bytes(), b"follow-up"]),
            // A todo that is cut short is better than a row that fails because of a long name.
            text: prefix(&text, MAX_VALUE_LEN).to_owned(),
            due: Some(Due::Day(follow_up.day(last_seen.day))),
            assignee: Some(owner),
            contact: person.or(company),
        }));
    }
    commands.extend(make_notes(row, id, person, to).map(CardCommand::AddEntry));
    commands
}

/// The row's notes, then all cells without a place as one more; long ones in parts, a millisecond apart
/// so that they stay in order.
fn make_notes(
    row: &ImportRow,
    card: DocumentId,
    person: Option<DocumentId>,
    to: &Destination,
) -> impl Iterator<Item = NewEntry> {
    let kept: Vec<String> = row.kept.iter().map(|(header, cell)| format!("{header}: {cell}")).collect();
    let kept = (!kept.is_empty()).then(|| kept.join("\n"));
    // Notes say nothing about their own time; the first meeting puts them where the history begins.
    let first = row.first_seen.or(row.last_seen).map_or(to.acting.now, |moment| moment.at);
    let texts = row.notes.iter().chain(&kept).flat_map(|text| pieces(text));
    let texts: Vec<String> = texts.map(str::to_owned).collect();
    (0_i64..).zip(texts).map(move |(place, text)| NewEntry {
        id: PartId::derived(&[b"import", card.as_bytes(), b"note", &place.to_be_bytes()]),
        kind: "note".to_owned(),
        at: Timestamp::from_millis(first.millis().saturating_add(place)),
        text,
        by: None,
        person,
        place: String::new(),
    })
}

/// A text in parts that fit a register, cut between words where there are any.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let longest = prefix(rest, MAX_VALUE_LEN);
        // Not at 0, which would make an empty piece: a word longer than a register is cut inside.
        let word = longest.rfind(char::is_whitespace).filter(|cut| longest.len() < rest.len() && *cut > 0);
        let (piece, after) = rest.split_at_checked(word.unwrap_or(longest.len()))?;
        rest = after.trim_start();
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_long_text_loses_nothing_but_space_at_its_cuts(text in "[aő \n]{0,8000}") {
            let pieces: Vec<&str> = pieces(&text).collect();
            prop_assert!(pieces.iter().all(|piece| piece.len() <= MAX_VALUE_LEN && !piece.is_empty()));
            let letters = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(letters(&pieces.concat()), letters(&text));
        }
    }
}
