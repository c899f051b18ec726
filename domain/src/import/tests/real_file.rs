//! A contact export of another system, whole.

use super::*;

#[test]
fn a_real_contact_export_is_planned_whole() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/atomic-crm-contacts.csv");
    let bytes = std::fs::read(file).unwrap();
    let to = Destination {
        statuses: ["warm", "cold", "hot", "in-contract"]
            .into_iter()
            .zip(10..)
            .map(|(name, byte)| Named { id: StatusId::from_bytes([byte; 16]), names: vec![name.to_owned()] })
            .collect(),
        ..destination()
    };
    let imported = import_with(&bytes, Hints::default(), &to).unwrap();
    insta::assert_debug_snapshot!(imported.summary, @r"
    Summary {
        rows: 500,
        cards: 500,
        persons: 500,
        companies: 55,
        todos: 500,
        entries: 1000,
        phones: 830,
        emails: 500,
        addresses: 0,
        contacts: 555,
        skipped: {},
        warnings: {},
    }
    ");
    let kept = ["gender", "has_newsletter", "company_id", "sales_id", "linkedin_url", "nb_tasks"];
    assert_eq!(imported.mapping.kept().collect::<Vec<_>>(), kept);
    assert_eq!(imported.mapping.ignored().count(), 0);
    assert_eq!(imported.undecided, Vec::<String>::new());

    let made: Vec<Made> = imported.rows.iter().map(|row| Made::of(row.as_ref().unwrap())).collect();
    assert!(made.iter().all(|made| made.card.owner == Some(JANE) && made.card.todos.len() == 1));
    let first = &made[0];
    assert_eq!(first.card.name, "Shelley Kerluke (Gottlieb and Sons)");
    assert_eq!(first.card.todos[0].due.unwrap().to_string(), "2024-08-21");
    assert_eq!(first.card.status, Some(StatusId::from_bytes([10; 16])));
    let person = details(first.person.as_ref().unwrap());
    assert_eq!(person, ["email other Shelley_Kerluke47@hotmail.com", "phone home 1-955-371-0847 x371"]);
    let notes: Vec<&str> = first.notes.iter().map(|(_, text)| text.as_str()).collect();
    insta::assert_snapshot!(notes.join("\n---\n"), @r"
    Eaque ipsa velit.
    ---
    id: 2
    gender: female
    first_seen: 2024-08-13T18:04:34.666+00:00
    last_seen: 2024-08-14T11:39:02.318+00:00
    has_newsletter: false
    company_id: 1
    sales_id: 1
    nb_tasks: 0
    ");
}
