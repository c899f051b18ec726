//! The shapes in which views and edits cross into TypeScript.

use roadbook_domain::crm::place::{Place, TodoPart};
use roadbook_domain::settings::role::{Act, Role};
use roadbook_domain::value::id::{DocumentId, PartId, ProductId, UserId};
use roadbook_domain::value::time::{Timestamp, Zone};
use roadbook_domain::value::todo::Outcome;
use serde_json::{from_str, to_string};
use tsify::Tsify;

use super::*;
use crate::account::DeviceView;
use crate::change_set::{ChangeSet, List};
use crate::edit::batch::Owner;
use crate::query::board::BoardQuery;

#[test]
fn an_edit_is_an_object_with_its_kind_and_what_is_left_out_has_its_default() {
    let edits: Vec<CardEdit> = from_str(
        r#"[
            {"kind":"addTodo","text":"Call"},
            {"kind":"addEntry","sort":"call","text":"Nobody there"},
            {"kind":"setOwner","owner":null},
            {"kind":"trash"}
        ]"#,
    )
    .unwrap();
    let entry = CardEdit::AddEntry {
        kind: "call".to_owned(),
        at: None,
        text: "Nobody there".to_owned(),
        person: None,
        place: String::new(),
    };
    let todo = CardEdit::AddTodo { text: "Call".to_owned(), due: None, assignee: None, contact: None };
    assert_eq!(edits, [todo, entry, CardEdit::SetOwner { owner: None }, CardEdit::Trash]);

    assert_eq!(from_str::<Budget>("{}").unwrap(), Budget::default());
    let product = ProductId::from_bytes([1; 16]);
    let query = format!(r#"{{"product":"{product}"}}"#);
    assert_eq!(from_str::<BoardQuery>(&query).unwrap(), BoardQuery::new(product, 50));
}

#[test]
fn a_conflict_is_given_back_as_it_came_also_with_a_zone_and_an_outcome_of_a_later_version() {
    let closing = ClosingView {
        outcome: "delegated".parse().unwrap(),
        by: UserId::from_bytes([2; 16]),
        on: Some("2026-11-22".parse().unwrap()),
        at: Timestamp::from_millis(1_000),
        zone: Zone::read("Europe/Somewhere").unwrap(),
    };
    let conflict = Conflict {
        place: Place::Todo { todo: PartId::from_bytes([3; 6]), part: TodoPart::State },
        shown: PlaceValue::Closed { period: 1, closing },
        others: vec![PlaceValue::Open { period: 1 }],
    };
    let json = to_string(&conflict).unwrap();
    assert!(json.starts_with(r#"{"place":{"kind":"todo","todo":"#), "{json}");
    assert!(json.contains(r#""outcome":"delegated""#), "{json}");
    assert_eq!(from_str::<Conflict>(&json).unwrap(), conflict);
}

#[test]
fn a_member_without_a_name_of_its_own_stands_under_value() {
    let product = ProductId::from_bytes([1; 16]);
    let changes = ChangeSet { lists: vec![List::Board(product), List::Outbox], ..ChangeSet::default() };
    let lists = format!(r#"[{{"kind":"board","value":"{product}"}},{{"kind":"outbox"}}]"#);
    assert_eq!(
        to_string(&changes).unwrap(),
        format!(r#"{{"documents":[],"lists":{lists},"everything":false}}"#),
    );
}

#[test]
fn an_instant_beyond_all_dates_is_the_last_date() {
    assert_eq!(to_string(&Timestamp::NEVER).unwrap(), "8640000000000000");
    assert_eq!(to_string(&Timestamp::from_millis(-5)).unwrap(), "-5");
}

#[test]
fn a_device_is_read_as_the_server_writes_it() {
    let device: DeviceView = from_str(
        r#"{
            "id": "01010101-0101-0101-0101-010101010101", "platform": "linux", "name": "Laptop",
            "created_at": 1, "last_seen_at": 2, "revoked_at": null, "current": true
        }"#,
    )
    .unwrap();
    assert!(device.is_current);
    assert!(to_string(&device).unwrap().ends_with(r#""lastSeenAt":2,"revokedAt":null,"isCurrent":true}"#));
}

#[test]
fn types_are_declared_as_their_values_cross() {
    for (declaration, parts) in [
        (DocumentId::DECL, &[r#"export type DocumentId = string & { readonly __is: "DocumentId" };"#][..]),
        (Timestamp::DECL, &["export type Timestamp = number;"]),
        (
            Role::DECL,
            &[r#"export type Role = "admin" | "manager" | "user" | "restricted" | `other_${number}`;"#],
        ),
        (Outcome::DECL, &[r#"export type Outcome = "none" | "failed" | "success" | OtherName;"#]),
        (Act::DECL, &[r#"export type Act = "edit_settings" | "#]),
        (SyncEnd::DECL, &[r#"export type SyncEnd = "done" | "budget" | "paused" | "cancelled";"#]),
        (
            Owner::DECL,
            &[r#"export type Owner = { kind: "me" } | { kind: "user"; id: UserId } | { kind: "nobody" };"#],
        ),
        (List::DECL, &[r#"{ kind: "today" } | { kind: "board"; value: ProductId } | "#]),
        (BoardQuery::DECL, &["assignee?: UserId | null;", "limit?: number;", "product: ProductId;"]),
        (CardView::DECL, &["product: ProductId | null;", "lastContact: Timestamp | null;"]),
        (CardEdit::DECL, &[r#"{ kind: "addEntry"; sort: string; at?: Timestamp | null; text: string; "#]),
        (
            FieldValue::DECL,
            &[
                r#"{ kind: "dayTime"; at: Due } | { kind: "user"; user: UserId } | { kind: "email"; email: string }"#,
            ],
        ),
        (FieldType::DECL, &[r#"{ kind: "flag" } | { kind: "dayTime" } | { kind: "user" } | "#]),
        (AttachQuestion::DECL, &["choices: ProductChoice[]"]),
    ] {
        for part in parts {
            assert!(declaration.contains(part), "{part} is not in\n{declaration}");
        }
    }
}
