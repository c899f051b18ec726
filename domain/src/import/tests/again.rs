//! Files that come again: the same, corrected, in another order, of another system.

use std::collections::BTreeMap;
use std::convert::Infallible;

use super::*;

/// Documents as earlier imports left them, in memory.
#[derive(Default)]
struct Here(BTreeMap<DocumentId, Document>);

impl Known for Here {
    type Error = Infallible;

    fn is_there(&self, document: DocumentId) -> Result<bool, Infallible> {
        Ok(self.0.contains_key(&document))
    }

    fn written(&self, card: DocumentId) -> Result<Written, Infallible> {
        let mut written = Written::default();
        self.0.get(&card).into_iter().for_each(|document| written.add(document));
        for contact in written.links().to_vec() {
            self.0.get(&contact).into_iter().for_each(|document| written.add(document));
        }
        Ok(written)
    }
}

impl Here {
    /// Imports a file; answers by row whether it is new (`None`), or in what a known row differs.
    fn import(&mut self, file: &str) -> Vec<Option<Vec<String>>> {
        let source = Source::read(file.as_bytes(), Hints::default()).unwrap();
        let (to, directory) = (destination(), directory());
        let mapping = Mapping::guess(source.header(), &to);
        let mut import = Import::prepare(&source, &mapping, &to, &directory).unwrap();
        import.recognise(self).unwrap();
        let plans: Vec<RowPlan> = import.rows().map(Result::unwrap).collect();
        plans.iter().map(|plan| self.take(plan)).collect()
    }

    fn take(&mut self, plan: &RowPlan) -> Option<Vec<String>> {
        if self.0.contains_key(&plan.card.document) {
            let written = self.written(plan.card.document).unwrap();
            let differs = plan.says.iter().filter(|saying| !written.says(saying));
            return Some(differs.map(Saying::line).collect());
        }
        let acting = destination().acting;
        for planned in plan.contacts() {
            self.0.entry(planned.document).or_insert_with(|| {
                make(&contact::TYPE, |draft| {
                    planned.commands.iter().for_each(|command| command.draft(draft, &acting).unwrap());
                })
            });
        }
        let card = make(&card::TYPE, |draft| {
            plan.card.commands.iter().for_each(|command| command.draft(draft, &acting).unwrap());
        });
        self.0.insert(plan.card.document, card);
        None
    }
}

const KNOWN: Option<Vec<String>> = Some(Vec::new());

fn differs(lines: &[&str]) -> Option<Vec<String>> {
    Some(lines.iter().map(ToString::to_string).collect())
}

#[test]
fn a_file_again_says_nothing_new_whatever_its_cells_became() {
    let long = "word ".repeat(1_000);
    let file = format!(
        "id,name,company,email,phone,owner,status,tags,last seen,note,industry,city,other\n\
         1,Anna Kovács,Acme,a@x.hu; b@x.hu,n/a,Jane Doe,hot,\"vip, nonsense\",2026-01-05,\"Tea.\n{long}\",steel,Pécs,\"x\ny\"\n\
         2,,ACME,,,Nobody,frozen,,someday,,wood,Vác,{long}"
    );
    let mut here = Here::default();
    assert_eq!(here.import(&file), [None, None]);
    assert_eq!(here.import(&file), [KNOWN, KNOWN]);
}

#[test]
fn rows_alike_keep_their_cards_in_any_order_and_only_the_new_one_is_written() {
    let mut here = Here::default();
    let file = |notes: &[&str]| {
        let rows: Vec<String> = notes.iter().map(|note| format!("Anna,Acme,{note}")).collect();
        format!("name,company,note\n{}", rows.join("\n"))
    };
    assert_eq!(here.import(&file(&["one", "two", "three"])), [None, None, None]);
    assert_eq!(here.import(&file(&["four", "three", "two", "one"])), [None, KNOWN, KNOWN, KNOWN]);
    assert_eq!(
        here.import(&file(&["two", "five"])),
        [KNOWN, differs(&["note: five"])],
        "it may be a correction"
    );
    assert_eq!(here.import(&file(&["one", "four"])), [KNOWN, KNOWN]);
    assert_eq!(here.import(&file(&["four"])), [KNOWN]);
}

#[test]
fn a_thousand_rows_alike_are_each_found_again() {
    let mut here = Here::default();
    let file = |deals: Vec<u32>| {
        let rows: Vec<String> = deals.iter().map(|deal| format!("Acme,deal {deal},same")).collect();
        format!("company,note,other\n{}", rows.join("\n"))
    };
    let all: Vec<u32> = (0..1_000).collect();
    assert!(here.import(&file(all)).iter().all(Option::is_none));
    let again = here.import(&file((0..1_002).rev().collect()));
    assert_eq!(again.iter().filter(|row| row.is_none()).count(), 2);
    assert!(again.iter().skip(2).all(|row| *row == KNOWN));
}

#[test]
fn a_row_with_an_id_is_known_by_it_wherever_it_stands_and_its_corrections_are_told() {
    let mut here = Here::default();
    assert_eq!(here.import("id,name,phone\n1,Anna,111\n2,Béla,222"), [None, None]);
    let corrected = here.import("id,name,phone,tags\n3,Cili,333,\n2,Béla Nagy,222,vip\n1,Anna,444,");
    assert_eq!(corrected, [None, differs(&["name: Nagy", "tags: vip"]), differs(&["phone: 444"])]);
}

#[test]
fn the_same_ids_of_other_customers_are_another_source_and_each_is_found_again() {
    let mut here = Here::default();
    let (shop, fair, club) =
        ("id,name\n1,Anna\n2,Béla", "id,name\n1,Cili\n2,Dezső", "id,company\n1,Acme\n3,Other");
    for file in [shop, fair, club] {
        assert_eq!(here.import(file), [None, None], "{file}");
    }
    for file in [club, shop, fair] {
        assert_eq!(here.import(file), [KNOWN, KNOWN], "{file}");
    }
    assert_eq!(here.import("id,company\n3,Other"), [KNOWN], "no other source has it");
}

#[test]
fn what_users_changed_since_is_no_difference() {
    let mut here = Here::default();
    assert_eq!(here.import("id,name,phone\n1,Anna,111"), [None]);
    let person = here.0.values_mut().find(|document| document.kind().id == contact::TYPE.id).unwrap();
    let mut draft = Draft::new(person, Actor([2; 16]), destination().acting.now);
    let rename = ContactCommand::Rename { given: "Anni".into(), family: "Kis".into() };
    rename.draft(&mut draft, &destination().acting).unwrap();
    let change = draft.finish().unwrap();
    person.apply(vec![change.to_automerge(&contact::TYPE)]).unwrap();
    assert_eq!(here.import("id,name,phone\n1,Anna,111"), [KNOWN]);
    assert_eq!(
        here.import("id,name,phone\n1,Anni Kis,111"),
        [KNOWN],
        "nor is what the user wrote themselves"
    );
}
