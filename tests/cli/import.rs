//! Importing: nothing that a file says is dropped without a word, and nothing comes in twice.

use super::firm::{Firm, Ran};

/// How many lines of what is shown begin so.
fn count(shown: &[String], beginning: &str) -> usize {
    shown.iter().filter(|line| line.starts_with(beginning)).count()
}

fn holds(shown: &[String], beginning: &str, text: &str) -> bool {
    shown.iter().any(|line| line.starts_with(beginning) && line.contains(text))
}

fn assert_whole(ran: &Ran) {
    assert_eq!(ran.status, Some(0), "{}{}", ran.out, ran.err);
}

#[test]
fn every_column_whose_name_ends_in_id_is_used_or_kept() {
    let firm = Firm::start();
    let ran = firm.import(
        "a.csv",
        "Name,Tax ID,VAT ID,Skype ID,parent_id,country_id,Deal ID\n\
         Teo Próba,T-1,HU99,teo.skype,Alma Kft.,Hungary,D-7\n",
        &[],
    );
    assert_whole(&ran);
    let shown = firm.shown();
    for said in [
        "Tax ID: T-1",
        "VAT ID: HU99",
        "Skype ID: teo.skype",
        "parent_id: Alma Kft.",
        "country_id: Hungary",
        "Deal ID: D-7",
    ] {
        assert!(holds(&shown, "card Teo Próba", said), "{said}: {shown:#?}");
    }
}

#[test]
fn another_file_of_the_same_name_brings_its_customers_also_under_the_same_ids() {
    let firm = Firm::start();
    assert_whole(&firm.import(
        "a.csv",
        "id,Name,Email\n1,Teo Próba,tp@alma.example\n2,Pia Minta,pm@alma.example\n",
        &[],
    ));
    let other = "id,Company,Phone\n1,Gamma Kft.,+36 1 111 2222\n2,Delta Kft.,+36 1 111 3333\n3,Eta Kft.,+36 1 111 4444\n";
    assert_whole(&firm.import("a.csv", other, &[]));
    let branch = "id,Name,Email\n1,Ada Példa,ap@beta.example\n2,Ida Példa,ip@beta.example\n";
    assert_whole(&firm.import("a.csv", branch, &[]));
    let shown = firm.shown();
    assert_eq!(count(&shown, "card "), 7, "{shown:#?}");
    // Each of them is known again.
    for file in [other, branch] {
        assert_whole(&firm.import("b.csv", file, &[]));
    }
    assert_eq!(firm.shown(), shown);
}

#[test]
fn the_same_file_under_another_name_comes_in_once() {
    let firm = Firm::start();
    let file = "Name,Company,Email\nTeo Próba,Gamma Kft.,tp@gamma.example\n";
    assert_whole(&firm.import("a.csv", file, &[]));
    let once = firm.shown();
    let again = firm.import("renamed.csv", file, &[]);
    assert_whole(&again);
    assert!(again.out.contains("0 rows imported, 1 known"), "{}", again.out);
    assert_eq!(firm.shown(), once);
}

#[test]
fn a_source_that_is_named_is_another_one_whatever_it_holds() {
    let firm = Firm::start();
    let file = "id,Name\n1,Teo Próba\n";
    assert_whole(&firm.import("a.csv", file, &["--source", "shop"]));
    assert_whole(&firm.import("a.csv", file, &["--source", "fair"]));
    assert_whole(&firm.import("b.csv", file, &["--source", "shop"]));
    assert_eq!(count(&firm.shown(), "card Teo Próba"), 2);
}

#[test]
fn a_new_row_on_top_moves_nothing_with_an_id_and_without() {
    for (header, [third, second, first]) in [
        (
            "Deal ID,Company,Expected value,Notes",
            ["D3,Gamma Kft.,300 EUR,third", "D2,Gamma Kft.,200 EUR,second", "D1,Gamma Kft.,100 EUR,first"],
        ),
        (
            "Company,Expected value,Notes",
            ["Gamma Kft.,300 EUR,third", "Gamma Kft.,200 EUR,second", "Gamma Kft.,100 EUR,first"],
        ),
    ] {
        let firm = Firm::start();
        assert_whole(&firm.import("a.csv", &format!("{header}\n{second}\n{first}\n"), &[]));
        let before = firm.shown();
        let ran = firm.import("a.csv", &format!("{header}\n{third}\n{second}\n{first}\n"), &[]);
        assert_whole(&ran);
        assert!(ran.out.contains("1 row imported, 2 known"), "{}", ran.out);
        let after = firm.shown();
        assert_eq!(count(&after, "card Gamma Kft."), 3, "{after:#?}");
        assert!(before.iter().all(|line| after.contains(line)), "{before:#?}\n{after:#?}");
        for (value, note) in [("300 EUR", "third"), ("200 EUR", "second"), ("100 EUR", "first")] {
            let is_one = |line: &&String| line.contains(value) && line.contains(note);
            assert_eq!(after.iter().filter(is_one).count(), 1, "{value}: {after:#?}");
        }
        assert_eq!(count(&after, "contact Gamma Kft."), 1);
    }
}

#[test]
fn what_a_later_file_says_about_a_known_company_is_listed_and_kept() {
    let firm = Firm::start();
    assert_whole(&firm.import("a.csv", "Name,Company,Email\nTeo Próba,Gamma Kft.,tp@gamma.example\n", &[]));
    let ran = firm.import(
        "a.csv",
        "Name,Company,Email,Company phone,Company city\nPia Minta,Gamma Kft.,pm@gamma.example,+36 1 111 2222,Pécs\n",
        &[],
    );
    assert_whole(&ran);
    let shown = firm.shown();
    assert_eq!(count(&shown, "contact Gamma Kft."), 1);
    for said in ["+36 1 111 2222", "Pécs"] {
        assert!(ran.out.contains(said), "{}", ran.out);
        assert!(holds(&shown, "card Pia Minta", said), "{shown:#?}");
    }
}

#[test]
fn a_corrected_row_is_listed_as_known_and_different_and_the_status_tells() {
    let firm = Firm::start();
    assert_whole(&firm.import(
        "a.csv",
        "id,Name,Phone\n1,Teo Próba,+36 30 111 2222\n2,Pia Minta,+36 30 111 3333\n",
        &[],
    ));
    let before = firm.shown();
    let corrected =
        "id,Name,Phone,Expected value\n1,Teo Próba,+36 30 999 9999,500 EUR\n2,Pia Minta,+36 30 111 3333,\n";
    for _ in 0..2 {
        let ran = firm.import("a.csv", corrected, &[]);
        assert_eq!(ran.status, Some(1), "{}", ran.out);
        for said in ["row 2", "known and different", "+36 30 999 9999", "500 EUR"] {
            assert!(ran.out.contains(said), "{said}: {}", ran.out);
        }
        assert!(ran.out.contains("0 rows imported, 1 known, 1 known and different"), "{}", ran.out);
        assert_eq!(firm.shown(), before);
    }
}

#[test]
fn a_person_with_three_deals_is_one_person_with_three_cards() {
    let firm = Firm::start();
    let file = "Contact,Email,Company,Notes\n\
                Teo Próba,tp@x.example,Alma Kft.,deal one\n\
                Teo Próba,tp@x.example,Alma Kft.,deal two\n\
                Teo Próba,tp@x.example,Alma Kft.,deal three\n";
    assert_whole(&firm.import("a.csv", file, &[]));
    let shown = firm.shown();
    assert_eq!((count(&shown, "card Teo Próba"), count(&shown, "contact Teo Próba")), (3, 1), "{shown:#?}");
    let by_id = "Contact ID,Contact,Notes\n7,Ada Példa,deal one\n7,Ada Példa,deal two\n";
    assert_whole(&firm.import("b.csv", by_id, &[]));
    let shown = firm.shown();
    assert_eq!((count(&shown, "card Ada Példa"), count(&shown, "contact Ada Példa")), (2, 1), "{shown:#?}");
}

#[test]
fn a_row_without_a_name_is_named_by_its_email_or_its_phone() {
    let firm = Firm::start();
    let file = "First Name,Last Name,Email Address,Phone\n\
                Teo,Próba,tp@alma.example,\n,,only@beta.example,\n,,,+36 30 111 2222\n";
    assert_whole(&firm.import("a.csv", file, &[]));
    assert_whole(&firm.import("b.csv", "Email,Phone\nep@alma.example,+36 30 111 2233\n", &[]));
    let shown = firm.shown();
    for name in ["Teo Próba", "only@beta.example", "+36 30 111 2222", "ep@alma.example"] {
        assert_eq!(
            (count(&shown, &format!("card {name}")), count(&shown, &format!("contact {name}"))),
            (1, 1),
            "{shown:#?}"
        );
    }
    assert!(holds(&shown, "contact ep@alma.example", "+36 30 111 2233"), "{shown:#?}");
}

#[test]
fn a_file_of_251_columns_comes_in_with_every_cell() {
    let firm = Firm::start();
    let columns: String = (0..250).map(|place| format!(",Property {place}")).collect();
    let cells: String = (0..250).map(|place| format!(",value {place}")).collect();
    assert_whole(&firm.import("a.csv", &format!("Name{columns}\nTeo Próba{cells}\n"), &[]));
    let shown = firm.shown();
    for place in [0, 125, 249] {
        assert!(holds(&shown, "card Teo Próba", &format!("Property {place}: value {place}")), "{place}");
    }
}

#[test]
fn two_companies_of_one_name_in_two_towns_are_two() {
    let firm = Firm::start();
    let file = "id,Company,Phone,City\n1,Virág Bt.,+36 72 111 222,Pécs\n2,Virág Bt.,+36 96 111 222,Győr\n";
    for _ in 0..2 {
        assert_whole(&firm.import("a.csv", file, &[]));
        let shown = firm.shown();
        assert_eq!((count(&shown, "card Virág"), count(&shown, "contact Virág")), (2, 2), "{shown:#?}");
        for (phone, town) in [("+36 72 111 222", "Pécs"), ("+36 96 111 222", "Győr")] {
            let is_one = |line: &&String| line.contains(phone) && line.contains(town);
            assert_eq!(shown.iter().filter(is_one).count(), 1, "{shown:#?}");
        }
    }
}

#[test]
fn rows_that_were_left_out_are_named_and_the_status_says_so_in_a_dry_run_too() {
    let firm = Firm::start();
    let file = "Name,Email\nTeo Próba,tp@alma.example\n,\"\n,nobody\n";
    for more in [&["--dry-run"][..], &[]] {
        let ran = firm.import("a.csv", file, more);
        assert_eq!(ran.status, Some(1), "{}", ran.out);
        assert!(ran.out.contains("skipped: row 3") && ran.out.contains("skipped: row 4"), "{}", ran.out);
        assert!(ran.err.contains("2 rows were left out"), "{}", ran.err);
    }
    assert_eq!(count(&firm.shown(), "card Teo Próba"), 1);
}

#[test]
fn the_help_says_what_the_exit_status_means() {
    let firm = Firm::start();
    let help = super::firm::ran(&firm.command("a.csv".as_ref(), &["--help"]).output().unwrap());
    assert!(help.out.contains("exit status") && help.out.contains("left out"), "{}", help.out);
}
