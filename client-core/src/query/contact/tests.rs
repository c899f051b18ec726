use roadbook_domain::crm::command::{CardCommand, ContactCommand};
use roadbook_domain::crm::row::{ContactSort, DetailSort};
use roadbook_domain::settings::{SettingsRow, local_user};

use crate::testing::{Phone, part, zone};
use crate::{NewContact, SyncState};

#[test]
fn a_company_shows_the_cards_of_its_people_in_all_products() {
    let phone = Phone::local(1);
    let company = phone.company("Kovács Kft.", &[]);
    let works_for = ContactCommand::Link { role: "employer".into(), target: company };
    let new = NewContact { sort: ContactSort::Person, commands: vec![works_for] };
    let (person, _) = phone.client.create_contact(&new).unwrap();
    let customer = |target| CardCommand::Link { role: "customer".into(), target };
    let of_company = phone.card("Oven", &[customer(company)]);
    let of_person = phone.card("Repair", &[customer(person)]);
    let trashed = phone.card("Old", &[customer(person)]);
    phone.client.edit_card(trashed, &[CardCommand::Trash]).unwrap();
    phone.card("Unrelated", &[]);

    let ids = |contact| -> Vec<_> {
        phone.client.cards_of_contact(contact).unwrap().into_iter().map(|(id, _)| id).collect()
    };
    assert_eq!(ids(company), [of_company, of_person]);
    assert_eq!(ids(person), [of_person]);
    let link = phone.client.card(of_person).unwrap().row.links[0].id;
    phone.client.edit_card(of_person, &[CardCommand::Unlink(link)]).unwrap();
    assert!(ids(person).is_empty());
}

#[test]
fn contacts_are_listed_by_family_name_and_found_by_any_part_of_it() {
    let phone = Phone::local(1);
    for name in ["Zöld Kft.", "Alma Bt.", "Körte és Alma"] {
        phone.company(name, &[]);
    }
    let names = |text| -> Vec<_> {
        let found = phone.client.contacts(text, 0, 9).unwrap();
        found.into_iter().map(|(_, row)| row.family_name).collect()
    };
    assert_eq!(names(None), ["Alma Bt.", "Körte és Alma", "Zöld Kft."]);
    assert_eq!(names(Some("ALMA")), ["Alma Bt.", "Körte és Alma"]);
    assert_eq!(phone.client.contacts(None, 1, 1).unwrap().len(), 1);
}

#[test]
fn contacts_are_counted_as_they_are_listed() {
    let phone = Phone::local(1);
    for name in ["Zöld Kft.", "Alma Bt.", "Körte és Alma"] {
        phone.company(name, &[]);
    }
    let trashed = phone.company("Régi Alma", &[]);
    phone.client.edit_contact(trashed, &[ContactCommand::Trash]).unwrap();
    for (text, expected) in
        [(None, 3), (Some("ALMA"), 2), (Some("alma korte"), 1), (Some("."), 3), (Some("x"), 0)]
    {
        assert_eq!(phone.client.contact_count(text), Ok(expected), "{text:?}");
        assert_eq!(phone.client.contacts(text, 0, 9).unwrap().len(), expected as usize, "{text:?}");
    }
}

#[test]
fn a_contact_has_any_number_of_details_and_one_taken_away_is_gone() {
    let phone = Phone::local(1);
    let detail = |n, sort, value: &str| ContactCommand::SetDetail {
        id: part(n),
        sort,
        label: "work".into(),
        value: value.into(),
    };
    let phones = [detail(1, DetailSort::Phone, "+36 1"), detail(2, DetailSort::Email, "a@b.hu")];
    let company = phone.company("Kovács Kft.", &phones);
    phone.client.edit_contact(company, &[detail(1, DetailSort::Phone, "")]).unwrap();
    let view = phone.client.contact(company).unwrap();
    assert_eq!(view.row.details.len(), 1);
    assert_eq!(
        (view.sync, view.row.creator),
        (SyncState::Here, phone.client.me().unwrap().map(|me| me.user))
    );
    assert_eq!(phone.client.wrong_projections().unwrap(), []);
    assert_eq!(phone.client.contacts(None, 0, 9).unwrap()[0].1, view.row);
}

fn person(phone: &Phone, given: &str, family: &str) {
    let rename = ContactCommand::Rename { given: given.into(), family: family.into() };
    let new = NewContact { sort: ContactSort::Person, commands: vec![rename] };
    phone.client.create_contact(&new).unwrap();
}

fn listed(phone: &Phone) -> Vec<String> {
    let contacts = phone.client.contacts(None, 0, 99).unwrap();
    contacts.into_iter().map(|(_, row)| format!("{} {}", row.family_name, row.given_name)).collect()
}

#[test]
fn contacts_stand_in_the_order_of_the_letters_of_the_users_language_and_follow_it() {
    let phone = Phone::local(1);
    let names = ["Ács ", "Balogh ", "Czakó ", "Csaba ", "Obadiás ", "Őzike ", "Zádor ", "Zsoldos "];
    for family in names.iter().rev() {
        person(&phone, "", family.trim());
    }
    assert_eq!(listed(&phone), names);
    let english = SettingsRow::new(&local_user(zone("Europe/Budapest"), "en-GB"), 2);
    phone
        .client
        .changing(|tx| Ok((crate::store::settings::put(tx, &[english])?, Default::default())))
        .unwrap();
    let english = ["Ács ", "Balogh ", "Csaba ", "Czakó ", "Obadiás ", "Őzike ", "Zádor ", "Zsoldos "];
    assert_eq!(listed(&phone), english);
}

#[test]
fn a_name_is_found_however_its_marks_its_case_and_its_words_are_written() {
    let phone = Phone::local(1);
    person(&phone, "Zso\u{301}fia", "Kova\u{301}cs");
    person(&phone, "Anna", "Braşov");
    let found = |text: &str| phone.client.contacts(Some(text), 0, 9).unwrap().len();
    for (text, expected) in [
        ("Kovács", 1),
        ("kovacs", 1),
        ("KOVA\u{301}CS", 1),
        ("brasov", 1),
        ("Brașov", 1),
        ("Anna Brașov", 1),
        ("Brasov,  Anna", 1),
        ("an bra", 1),
        ("Anna Kovács", 0),
        ("a", 1),
        ("ovacs", 0),
        ("", 2),
        (" . ", 2),
    ] {
        assert_eq!(found(text), expected, "{text:?}");
    }
    assert_eq!(found("a b c d e f g h i j k l"), 0);
}

#[test]
fn keys_of_names_that_another_version_made_are_made_anew_when_the_file_is_opened() {
    let mut phone = Phone::local(1);
    person(&phone, "Anna", "Ács");
    person(&phone, "Béla", "Zádor");
    let spoil = |tx: &rusqlite::Transaction<'_>| {
        tx.execute("UPDATE contact SET search = '', place = x'00'", [])?;
        Ok(tx.execute("DELETE FROM meta WHERE key = 'name_keys'", [])?)
    };
    phone.client.store().write(spoil).unwrap();
    phone.reopen();
    assert_eq!(listed(&phone), ["Ács Anna", "Zádor Béla"]);
    assert_eq!(phone.client.contacts(Some("acs"), 0, 9).unwrap().len(), 1);
}
