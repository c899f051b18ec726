//! What single cells become.

use super::*;
use crate::settings::field::FieldKind;

#[test]
fn owners_are_found_by_email_or_by_name_in_either_order() {
    let find = |text| directory().find(text);
    for text in [
        "JANE@example.com",
        "Jane Doe",
        " doe  JANE",
        "Jane Doe <jane@example.com>",
        "Somebody <Jane@Example.com>",
    ] {
        assert_eq!(find(text), Ok(JANE), "{text}");
    }
    assert_eq!(find("jane"), Err(Reason::UnknownOwner));
    assert_eq!(find(""), Err(Reason::UnknownOwner));
    assert_eq!(find("Sam Smith"), Err(Reason::AmbiguousOwner));
    assert_eq!(find("gone@example.com"), Err(Reason::InactiveOwner));
    assert_eq!(find("Kovacs Bela"), Ok(ME), "the one of two who has access");
}

#[test]
fn a_cell_may_hold_several_phones_or_emails_and_each_is_kept_once() {
    let file = "name,email,phone,phone 2,email 2\n\
        Anna,\"a@x.hu; B@x.hu, Anna <c@x.hu>\",111 222; 333 444,111-222,a-@x.hu;A@X.hu";
    let person = Made::of(&only_row(file)).person.unwrap();
    assert_eq!(
        details(&person),
        [
            "email  B@x.hu",
            "email  a-@x.hu",
            "email  a@x.hu",
            "email  c@x.hu",
            "phone  111 222",
            "phone  333 444"
        ]
    );
}

#[test]
fn an_address_is_put_together_from_its_parts() {
    let file = "name,Country,City,Street,Zip,State,Home street,Company city\n\
        Anna,Hungary,Pécs,Fő tér 1.,7621,Baranya,Kis u. 2.,Vác";
    let person = Made::of(&only_row(file)).person.unwrap();
    let expected =
        ["address  Fő tér 1., 7621 Pécs, Baranya, Hungary", "address  Vác", "address home Kis u. 2."];
    assert_eq!(details(&person), expected);
}

#[test]
fn colleagues_of_a_field_are_found_as_owners_are_and_may_have_left() {
    let find = |text| directory().find_any(text);
    assert_eq!(find("Jane Doe <jane@example.com>"), Ok(JANE));
    assert_eq!(find("gone@example.com"), Ok(UserId::from_bytes([11; 16])));
    assert_eq!(find("Girl Gone"), Ok(UserId::from_bytes([11; 16])));
    assert_eq!(find("Kovacs Bela"), Ok(ME), "the one of two who has access");
    assert_eq!(find("Sam Smith"), Err(Reason::AmbiguousUser));
    assert_eq!(find("jane"), Err(Reason::UnknownUser));
}

#[test]
fn dates_of_a_column_are_read_in_the_order_that_one_of_them_tells() {
    let due = |row: &Result<RowPlan, Problem>| {
        let todos = Made::of(row.as_ref().unwrap()).card.todos;
        todos.first().map(|todo| todo.due.unwrap().to_string())
    };
    let told = import("name,last seen\nAnna,03/04/2026\nBéla,25/04/2026");
    assert_eq!(due(&told.rows[0]).as_deref(), Some("2026-04-10"));
    assert_eq!(told.undecided, Vec::<String>::new());

    let undecided = import("name,last seen,born\nAnna,03/04/2026,01/02/2000\nBéla,2026-04-25,");
    assert_eq!(undecided.undecided, ["last seen"], "other columns are no dates");
    assert_eq!(due(&undecided.rows[0]), None);
    let warning = undecided.rows[0].as_ref().unwrap().warnings[0].clone();
    assert_eq!(warning.to_string(), r#"row 2, column "last seen": day or month first?: "03/04/2026""#);

    let hints = Hints { date_order: Some(DateOrder::MonthFirst), ..Hints::default() };
    let asked = import_with("name,last seen\nAnna,03/04/2026".as_bytes(), hints, &destination()).unwrap();
    assert_eq!(due(&asked.rows[0]).as_deref(), Some("2026-03-11"));
    assert_eq!(asked.undecided, Vec::<String>::new());
}

#[test]
fn the_first_todo_is_due_a_week_after_the_last_meeting_and_never_on_a_weekend() {
    let due = |seen: &str| FollowUp::default().day(seen.parse().unwrap()).to_string();
    assert_eq!(due("2026-11-20"), "2026-11-27", "Friday");
    assert_eq!(due("2026-11-21"), "2026-11-30", "a Saturday gives the Monday after");
    assert_eq!(due("2026-11-22"), "2026-11-30", "so does a Sunday");
    assert_eq!(due("2026-11-23"), "2026-11-30", "Monday");
    assert_eq!(due("9999-12-31"), "9999-12-31");
}

#[test]
fn fields_take_flags_days_and_options_and_refuse_what_they_are_not() {
    let field = |byte: u8, name: &str, kind| FieldColumn {
        field: FieldId::from_bytes([byte; 16]),
        of: Holder::Card,
        names: vec![name.to_owned()],
        kind,
    };
    let options =
        vec![Named { id: "web".to_owned(), names: vec!["Weboldal".to_owned(), "Website".to_owned()] }];
    let to = Destination {
        fields: vec![
            field(20, "Hot", ValueKind::Flag),
            field(21, "Since", ValueKind::Day),
            field(22, "Source", ValueKind::Choice { options, multiple: false }),
            field(23, "Hobby", ValueKind::Text),
            field(24, "Value", ValueKind::Canonical(FieldKind::Money)),
        ],
        ..destination()
    };
    let file = "name,hot,since,source,hobby,value\nAnna,igen,2026. 11. 22.,WEBOLDAL,two\u{a0} lines,1990.5 HUF\n\
        Béla,nem,,web,,\nCili,perhaps,soon,radio,,\"1,990\"";
    let imported = import_to(file, &to);
    let fields = |row: usize| -> Vec<(u8, String)> {
        let fields = Made::of(imported.rows[row].as_ref().unwrap()).card.fields;
        fields
            .into_iter()
            .map(|(name, text)| (name.parse::<FieldId>().unwrap().as_bytes()[0], text))
            .collect()
    };
    let text = |field, text: &str| (field, text.to_owned());
    assert_eq!(
        fields(0),
        [
            text(20, "1"),
            text(21, "2026-11-22"),
            text(22, "web"),
            text(23, "two lines"),
            text(24, "1990.5 HUF")
        ]
    );
    assert_eq!(fields(1), [text(22, "web")]);
    assert_eq!(fields(2), []);
    let reasons: Vec<_> =
        imported.rows[2].as_ref().unwrap().warnings.iter().map(|warning| warning.reason).collect();
    assert_eq!(reasons, [Reason::Flag, Reason::Date, Reason::UnknownOption, Reason::Value]);
}

#[test]
fn fields_take_minutes_colleagues_emails_phones_and_pages_and_keep_what_is_none_as_a_note() {
    let field = |byte: u8, name: &str, kind| FieldColumn {
        field: FieldId::from_bytes([byte; 16]),
        of: Holder::Card,
        names: vec![name.to_owned()],
        kind,
    };
    let to = Destination {
        fields: vec![
            field(20, "Visit", ValueKind::DayTime),
            field(21, "Trainer", ValueKind::User),
            field(22, "Mail for bills", ValueKind::Canonical(FieldKind::Email)),
            field(23, "Hotline", ValueKind::Canonical(FieldKind::Phone)),
            field(24, "Website", ValueKind::Canonical(FieldKind::Url)),
        ],
        ..destination()
    };
    let file = "name,visit,trainer,mail for bills,hotline,website\n\
        Anna,13/04/2026 9:30,doe jane,bills@x.hu, 06 30  123 4567 ,www.x.hu/a\n\
        Béla,03/04/2026 10:00,gone@example.com,,,http://x.hu\n\
        Cili,13/04/2026,Nobody,bills,12,n/a";
    let imported = import_to(file, &to);
    let fields = |row: usize| -> Vec<String> {
        let fields = Made::of(imported.rows[row].as_ref().unwrap()).card.fields;
        fields.into_iter().map(|(_, text)| text).collect()
    };
    let jane = JANE.to_string();
    assert_eq!(
        fields(0),
        ["2026-04-13T09:30[Europe/Budapest]", &jane, "bills@x.hu", "06 30 123 4567", "https://www.x.hu/a"]
    );
    let gone = UserId::from_bytes([11; 16]).to_string();
    assert_eq!(fields(1), ["2026-04-03T10:00[Europe/Budapest]", &gone, "http://x.hu"]);
    assert!(fields(2).is_empty());
    let cili = imported.rows[2].as_ref().unwrap();
    let reasons: Vec<_> = cili.warnings.iter().map(|warning| warning.reason).collect();
    assert_eq!(reasons, [Reason::NoTime, Reason::UnknownUser, Reason::Email, Reason::Phone, Reason::Url]);
    let [(_, note)] = Made::of(cili).notes.try_into().unwrap();
    assert!(note.contains("trainer: Nobody") && note.contains("website: n/a"), "{note}");

    let undecided = import_to("name,visit\nAnna,03/04/2026 10:00", &to);
    assert_eq!(undecided.undecided, ["visit"]);
}

#[test]
fn a_long_note_becomes_several_in_order() {
    let long = "word ".repeat(1_000);
    let made = Made::of(&only_row(&format!("name,note\nAnna,{long}")));
    assert_eq!(made.notes.len(), 3);
    assert!(made.notes.is_sorted());
    let together: Vec<&str> = made.notes.iter().flat_map(|(_, text)| text.split(' ')).collect();
    assert_eq!(together.len(), 1_000);
}
