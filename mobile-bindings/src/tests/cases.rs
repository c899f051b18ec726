//! The named cases that Rust, Kotlin and Swift answer alike: `mobile-bindings/cases.txt`.

use roadbook_client::app::{CardEdit, FieldType, FieldValue, NewCard};
use roadbook_client::{ApiError, Owner};
use roadbook_domain::settings::product::ProductKind;
use roadbook_domain::value::id::{DocumentId, FieldId, PartId};
use roadbook_domain::value::todo::Outcome;

use super::{Roadbook, phone};

#[test]
fn every_case_answers_as_it_says() {
    let cases = include_str!("../../cases.txt").split("\ncase ").skip(1);
    let mut count = 0;
    for case in cases {
        let (name, lines) = case.split_once('\n').unwrap();
        run(name, lines.lines().filter(|line| !line.is_empty()));
        count += 1;
    }
    assert!(count >= 12, "{count} cases");
}

fn run<'a>(name: &str, lines: impl Iterator<Item = &'a str>) {
    let (roadbook, _folder) = phone();
    roadbook.begin_local_workspace("Europe/Budapest", "en-GB").unwrap();
    let mut card = DocumentId::from_bytes([0; 16]);
    let mut todos: Vec<PartId> = Vec::new();
    let mut refused = None;
    for line in lines {
        if let Some(expected) = line.strip_prefix("= ") {
            let told = tell(&roadbook, card, refused.as_deref());
            assert!(told.iter().any(|line| line == expected), "{name}: {expected} is not in {told:#?}");
            continue;
        }
        match act(&roadbook, &mut card, &todos, line) {
            Ok(made) => todos.extend(made),
            Err(error) => refused = Some(error.code().to_owned()),
        }
    }
}

fn act(
    roadbook: &Roadbook,
    card: &mut DocumentId,
    todos: &[PartId],
    line: &str,
) -> Result<Vec<PartId>, ApiError> {
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    let nth = |text: &str| todos[text.parse::<usize>().unwrap() - 1];
    let due = |text: &str| (text != "-").then(|| text.parse().unwrap());
    let edit = match verb {
        "card" | "sales" => {
            let kind = if verb == "card" { ProductKind::Projects } else { ProductKind::Sales };
            let product = roadbook.settings()?.products.into_iter().find(|of| of.kind == kind).unwrap().id;
            let (name, edits) = (rest.to_owned(), Vec::new());
            *card =
                roadbook.create_card(NewCard { product, name, status: None, owner: Owner::Me, edits })?.id;
            return Ok(Vec::new());
        }
        "rename" => CardEdit::Rename { name: rest.to_owned() },
        "todo" => {
            let (at, text) = rest.split_once(' ').unwrap_or((rest, ""));
            CardEdit::AddTodo { text: text.to_owned(), due: due(at), assignee: Owner::Me, contact: None }
        }
        "close" => {
            let (todo, outcome) = rest.split_once(' ').unwrap();
            let outcome = match outcome {
                "success" => Outcome::Success,
                "failed" => Outcome::Failed,
                _ => Outcome::None,
            };
            CardEdit::Close { todo: nth(todo), outcome }
        }
        "reopen" => CardEdit::Reopen { todo: nth(rest) },
        "postpone" => {
            let (todo, at) = rest.split_once(' ').unwrap();
            CardEdit::Postpone { todo: nth(todo), due: due(at) }
        }
        "entry" => {
            let (kind, text) = rest.split_once(' ').unwrap();
            let (kind, text) = (kind.to_owned(), text.to_owned());
            CardEdit::AddEntry { kind, at: None, text, person: None, place: String::new() }
        }
        "amount" => {
            let (amount, currency) = rest.split_once(' ').unwrap();
            let value =
                FieldValue::Amount { amount: amount.parse().unwrap(), currency: currency.parse().unwrap() };
            CardEdit::SetField { field: field(roadbook, &FieldType::Amount), value: Some(value) }
        }
        "day" => {
            let value = FieldValue::Day { day: rest.parse().unwrap() };
            CardEdit::SetField { field: field(roadbook, &FieldType::Day), value: Some(value) }
        }
        "wrong" => {
            CardEdit::SetField { field: field(roadbook, &FieldType::Day), value: Some(FieldValue::Flag) }
        }
        "trash" => CardEdit::Trash,
        "restore" => CardEdit::Restore,
        other => panic!("no such verb: {other}"),
    };
    let made = roadbook.edit_card(*card, vec![edit])?.made;
    Ok(if verb == "todo" { made } else { Vec::new() })
}

fn field(roadbook: &Roadbook, kind: &FieldType) -> FieldId {
    let products = roadbook.settings().unwrap().products;
    let sales = products.into_iter().find(|product| product.kind == ProductKind::Sales).unwrap();
    sales.fields.iter().find(|field| field.kind == *kind).unwrap().id
}

fn tell(roadbook: &Roadbook, card: DocumentId, refused: Option<&str>) -> Vec<String> {
    let view = roadbook.card(card).unwrap();
    let totals = roadbook.today(10, None).unwrap().totals;
    let matching = roadbook.today(10, None).unwrap().matching;
    let trashed = roadbook.trashed_cards(view.product.unwrap(), 0, 10).unwrap().len();
    let mut told = vec![
        format!("name {}", view.name),
        format!("history {}", roadbook.history(card, 0, 100).unwrap().len()),
        format!("unsent {}", roadbook.unsent_count().unwrap()),
        format!("today {matching} overdue {} closed {}", totals.overdue, totals.closed),
        format!("postponed {}", totals.postponed),
        format!("trashed {trashed}"),
    ];
    told.extend(view.todos.iter().map(|todo| {
        let due = todo.due.map_or("-".to_owned(), |due| due.to_string());
        let state = todo.closings.first().map_or("open", |closing| match closing.outcome {
            Outcome::Success => "success",
            Outcome::Failed => "failed",
            _ => "none",
        });
        format!("todo {} {due} {state}", todo.text)
    }));
    told.extend(view.entries.iter().map(|entry| format!("entry {} {}", entry.kind, entry.text)));
    told.extend(view.fields.iter().filter_map(|field| match &field.value {
        FieldValue::Amount { amount, currency } => Some(format!("amount {amount} {currency}")),
        FieldValue::Day { day } => Some(format!("day {day}")),
        _ => None,
    }));
    told.extend(refused.map(|code| format!("refused {code}")));
    told
}
