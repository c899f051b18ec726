//! Files that are too large, too odd or made to harm.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn refused(file: &[u8]) -> FileError {
    import_with(file, Hints::default(), &destination()).err().unwrap()
}

#[test]
fn a_file_that_cannot_be_imported_says_why() {
    assert_eq!(refused(b""), FileError::Empty);
    assert_eq!(refused(b"\n \n\r\n"), FileError::Empty);
    assert_eq!(refused(b",,\n"), FileError::NoName);
    assert_eq!(refused(b"PK\x03\x04\0\0"), FileError::NotText);
    assert_eq!(refused(b"Anna,anna@example.com\nB\xe9la,bela@example.com"), FileError::NoName);
    assert_eq!(refused(b"gender,city\nfemale,Vac"), FileError::NoName);
    assert_eq!(refused(&vec![b'a'; MAX_FILE + 1]), FileError::TooLarge);
    let FileError::Header(problem) = refused(b"name,\"email\nAnna,a@b.hu") else { panic!("a broken header") };
    assert_eq!(
        (problem.row, problem.column.as_deref(), problem.reason),
        (1, Some("column 2"), Reason::UnclosedQuote)
    );
}

#[test]
fn columns_are_limited_but_empty_ones_at_the_end_do_not_count() {
    let columns = |count: usize| format!("name{}\nAnna", ",x".repeat(count - 1));
    assert_eq!(refused(columns(MAX_COLUMNS + 1).as_bytes()), FileError::TooManyColumns(MAX_COLUMNS + 1));
    assert_eq!(import(&columns(MAX_COLUMNS)).summary.cards, 1);
    let trailing = format!("name{0}\nAnna{0}", ",".repeat(2_000));
    assert_eq!(import(&trailing).summary.cards, 1);
}

#[test]
fn rows_are_limited() {
    let mut file = String::from("id,name\n");
    (1..=MAX_ROWS).for_each(|id| file.push_str(&format!("{id},A\n")));
    let source = Source::read(file.as_bytes(), Hints::default()).unwrap();
    let (to, directory) = (destination(), directory());
    let mapping = Mapping::guess(source.header(), &to);
    let import = Import::prepare(&source, &mapping, &to, &directory).unwrap();
    assert_eq!(import.row_count(), MAX_ROWS);
    file.push_str("x,one more");
    assert_eq!(refused(file.as_bytes()), FileError::TooManyRows);
}

#[test]
fn a_file_of_broken_rows_is_something_else() {
    let broken = |count: usize| format!("name\n{}Anna", "\"a\"b\n".repeat(count));
    assert_eq!(refused(broken(MAX_UNREADABLE + 1).as_bytes()), FileError::TooManyUnreadable);
    let imported = import(&broken(MAX_UNREADABLE));
    assert_eq!(imported.summary.skipped, BTreeMap::from([("text_after_quote", 1_000)]));
    assert_eq!(imported.summary.cards, 1);
}

#[test]
fn the_longest_row_still_fits_in_one_change() {
    let long = "ő ".repeat(MAX_CELL / 3 - 500);
    let header: String = (0..MAX_COLUMNS - 3).map(|place| format!(",{}{place}", "ő".repeat(58))).collect();
    let file = format!(
        "name,note,note{header}\n{},{long},{long}{}",
        "n".repeat(MAX_NAME),
        ",x".repeat(MAX_COLUMNS - 3)
    );
    let plan = only_row(&file);
    assert!(Made::of(&plan).notes.len() > 60);
}

#[test]
fn a_contact_gets_at_most_fifty_details_and_the_rest_is_kept() {
    let phones: Vec<String> = (100..100 + MAX_DETAILS).map(|number| number.to_string()).collect();
    let plan = only_row(&format!("name,phone,phone,city\nAnna,{},999,Pécs", phones.join(";")));
    let reasons: Vec<_> = plan.warnings.iter().map(|warning| warning.reason).collect();
    assert_eq!(reasons, [Reason::TooManyDetails, Reason::TooManyDetails]);
    let made = Made::of(&plan);
    assert_eq!(made.person.unwrap().details.len(), MAX_DETAILS);
    assert_eq!(made.notes[0].1, "phone: 999\ncity: Pécs");

    let mut file = String::from("company,company phone\n");
    (100..110).for_each(|row| {
        let phones: Vec<String> = (0..MAX_DETAILS).map(|place| format!("{row}{place:03}")).collect();
        file.push_str(&format!("Acme,{}\n", phones.join(";")));
    });
    let imported = import(&file);
    let company = Made::of(imported.rows[0].as_ref().unwrap()).company.unwrap();
    assert_eq!(company.details.len(), MAX_DETAILS);
    assert_eq!(imported.rows[1].as_ref().unwrap().warnings.len(), MAX_DETAILS);
}

#[test]
fn names_are_one_line_of_bounded_length_without_control_characters() {
    let plan = only_row("first name,last name,company\n\"An\u{7}na\nMária\",---,\u{feff}\u{200b}");
    assert_eq!(Made::of(&plan).card.name, "Anna Mária");
    let reasons: Vec<_> = plan.warnings.iter().map(|warning| warning.reason).collect();
    assert_eq!(reasons, [Reason::Control, Reason::Name, Reason::Name]);
    let plan = only_row(&format!("name,company\n{},Acme", "x".repeat(MAX_NAME + 1)));
    assert_eq!(Made::of(&plan).card.name, "Acme");
}

#[test]
fn formulas_and_markup_are_text_like_any_other() {
    let made = Made::of(&only_row("name,phone,note\n=1+1,+36 30 123 4567,<script>alert(1)</script>"));
    assert_eq!(made.card.name, "=1+1");
    assert_eq!(details(&made.person.unwrap()), ["phone  +36 30 123 4567"]);
    assert_eq!(made.notes[0].1, "<script>alert(1)</script>");
}

#[test]
fn characters_that_cannot_be_read_are_marked_and_told() {
    let mut file = "name,city\nAnna Kovács,Pécs\nBéla \u{fffd},Győr\n".to_owned().into_bytes();
    file.extend_from_slice(b"Cili \xff,Eger");
    let imported = import_with(&file, Hints::default(), &destination()).unwrap();
    for row in &imported.rows[1..] {
        let warnings = &row.as_ref().unwrap().warnings;
        assert_eq!((warnings.len(), warnings[0].reason), (1, Reason::Undecodable));
        assert_eq!(warnings[0].column.as_deref(), Some("name"));
    }
}

#[test]
fn excel_of_our_countries_is_read_as_it_is_saved() {
    let hungarian = b"N\xe9v;C\xe9g;Utols\xf3 kapcsolat\r\nGy\xf5ri \xc1kos;\xdcveg Kft.;2026. 11. 22.\r\n";
    let imported = import_with(hungarian, Hints::default(), &destination()).unwrap();
    let made = Made::of(imported.rows[0].as_ref().unwrap());
    assert_eq!(made.card.name, "Győri Ákos (Üveg Kft.)");
    assert_eq!(made.card.todos[0].due.unwrap().to_string(), "2026-11-30");
    let romanian = b"Nume;Prenume;Ultimul contact\r\n\xaatef\xe3nescu;Ion;22.11.2026\r\n";
    let imported = import_with(romanian, Hints::default(), &destination()).unwrap();
    assert_eq!(Made::of(imported.rows[0].as_ref().unwrap()).card.name, "Ion Ştefănescu");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = import_with(&bytes, Hints::default(), &destination());
    }

    #[test]
    fn every_row_of_any_file_is_planned_within_all_limits_or_reported(
        rows in prop::collection::vec("[aŐ,;\"\n@.0-9/ \u{7}-]{0,60}", 0..8)
    ) {
        let header = "id,name,company,email,phone,city,zip,owner,status,note,first seen,last seen,tags,title,industry,other";
        let file = format!("{header}\n{}", rows.join("\n"));
        let imported = import_with(file.as_bytes(), Hints::default(), &destination());
        if let Ok(imported) = imported {
            let plans: Vec<&RowPlan> = imported.rows.iter().filter_map(|row| row.as_ref().ok()).collect();
            let made: Vec<Made> = plans.iter().map(|plan| Made::of(plan)).collect();
            prop_assert!(made.iter().all(|made| !made.card.name.is_empty() && !made.card.links.is_empty()));
            let mut ids: Vec<DocumentId> = plans.iter().map(|plan| plan.card.document).collect();
            ids.sort_unstable();
            ids.dedup();
            prop_assert_eq!(ids.len(), plans.len(), "no card is made twice");
        }
    }
}
