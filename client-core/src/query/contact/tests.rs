use roadbook_domain::crm::command::{CardCommand, ContactCommand};
use roadbook_domain::crm::row::{ContactSort, DetailSort};

use crate::testing::{Phone, part};
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
