use super::*;
use crate::crm::card;
use crate::crm::command::{Acting, ContactCommand};
use crate::crm::contact;
use crate::crm::row::Rows;
use crate::crm::row::{CardRow, ContactRow, ContactSort};
use crate::document::Document;
use crate::document::OpIndex;
use crate::document::Writer;
use crate::document::change::Actor;
use crate::document::codec::MAX_CHANGE;
use crate::document::draft::Draft;
use crate::read::projection;
use crate::read::view::View;
use crate::settings::ImportKey;
use crate::value::id::{DocumentId, FieldId, ProductId, StatusId, UserId};
use crate::value::time::Timestamp;

mod again;
mod cells;
mod limits;
mod real_file;

const ME: UserId = UserId::from_bytes([1; 16]);
const JANE: UserId = UserId::from_bytes([2; 16]);
const HOT: StatusId = StatusId::from_bytes([3; 16]);
const COLD: StatusId = StatusId::from_bytes([4; 16]);
const TAGS: FieldId = FieldId::from_bytes([5; 16]);
const JOB_TITLE: FieldId = FieldId::from_bytes([6; 16]);
const SECTOR: FieldId = FieldId::from_bytes([7; 16]);

#[test]
fn a_row_makes_a_company_a_person_and_a_card_that_links_them() {
    let file = "id,First name,Last name,Company,Job title,Email,Work phone,\
        Owner,Status,Tags,Notes,First seen,Last seen,Shoe size\n\
        7,Anna,Kovács,Acme Kft.,CEO,anna@acme.hu,+36 30 123 4567,\
        Jane Doe,hot,\"vip, Press\",Likes tea.,2026-01-05,2026-01-10,38";
    let [row] = import(file).rows.try_into().unwrap();
    let made = Made::of(&row.unwrap());
    let company = made.company.unwrap();
    assert_eq!((company.sort, company.family_name.as_str()), (ContactSort::Company, "Acme Kft."));
    let person = made.person.unwrap();
    assert_eq!((person.given_name.as_str(), person.family_name.as_str()), ("Anna", "Kovács"));
    assert_eq!(details(&person), ["email  anna@acme.hu", "phone work +36 30 123 4567"]);
    assert_eq!(person.fields, [(JOB_TITLE.to_string(), "CEO".to_owned())]);
    assert_eq!(person.links[0].role, "employer");

    let card = made.card;
    assert_eq!(card.name, "Anna Kovács (Acme Kft.)");
    assert_eq!((card.status, card.owner), (Some(HOT), Some(JANE)));
    assert_eq!(
        card.fields,
        [(format!("{TAGS}/press"), "1".to_owned()), (format!("{TAGS}/vip"), "1".to_owned())]
    );
    assert!(card.links.iter().all(|link| link.role == "customer"));
    assert!(card.links.iter().any(|link| link.target == person.links[0].target));
    let todo = &card.todos[0];
    assert_eq!(todo.text, "Follow up with Anna Kovács");
    assert_eq!(todo.due.unwrap().to_string(), "2026-01-19", "a week after a Saturday is a Saturday");
    assert_eq!(todo.assignee, Some(JANE));
    assert_eq!(
        made.notes,
        [
            (day("2026-01-05"), "Likes tea.".to_owned()),
            (
                day("2026-01-05") + 1,
                "id: 7\nFirst seen: 2026-01-05\nLast seen: 2026-01-10\nShoe size: 38".to_owned()
            ),
        ]
    );
}

#[test]
fn headers_are_understood_in_three_languages() {
    for (header, row) in [
        (
            "First name;Last name;Company;E-mail (work);Mobile phone;Zip code;City;Owner;Status;Last contact",
            0,
        ),
        (
            "Keresztnév;Vezetéknév;Cégnév;Munkahelyi e-mail cím;Mobil;Irányítószám;Város;Felelős;Állapot;Utolsó kapcsolat",
            0,
        ),
        (
            "Prenume;Nume;Companie;Email serviciu;Telefon mobil;Cod poștal;Oraș;Responsabil;Stare;Ultimul contact",
            0,
        ),
        (
            "firstName;lastName;companyName;emailWork;phone_mobile;postal code;town;assigned-to;lead status;LAST_SEEN",
            0,
        ),
    ] {
        let file = format!(
            "{header}\nAnna;Kovács;Acme;anna@acme.hu;06301234567;1011;Budapest;jane@example.com;Hot;2026-01-05"
        );
        let imported = import(&file);
        assert_eq!(imported.mapping.kept().count(), 0, "{header}");
        let plan = imported.rows[row].clone().unwrap();
        assert_eq!(plan.warnings, [], "{header}");
        let made = Made::of(&plan);
        let person = made.person.unwrap();
        assert_eq!((person.given_name.as_str(), person.family_name.as_str()), ("Anna", "Kovács"), "{header}");
        assert_eq!(
            details(&person),
            ["address  1011 Budapest", "email work anna@acme.hu", "phone mobile 06301234567"]
        );
        assert_eq!((made.card.owner, made.card.status), (Some(JANE), Some(HOT)), "{header}");
        assert_eq!(made.card.todos.len(), 1, "{header}");
    }
}

#[test]
fn exports_of_mail_programs_are_understood() {
    for (name, meaning) in [
        ("E-mail 2 Address", Target::Email(Party::Person, String::new())),
        ("Phone 1 - Value", Target::Phone(Party::Person, String::new())),
        ("Home mail", Target::Email(Party::Person, "home".to_owned())),
        ("Company Main Phone", Target::Phone(Party::Company, "main".to_owned())),
        ("Business Fax", Target::Phone(Party::Person, "fax".to_owned())),
        ("Business Street 2", Target::Address(AddressPart::Street, Party::Person, "work".to_owned())),
        ("Business Country/Region", Target::Address(AddressPart::Country, Party::Person, "work".to_owned())),
        ("Home Address City", Target::Address(AddressPart::City, Party::Person, "home".to_owned())),
        ("Cég székhely irányítószám", Target::Address(AddressPart::Zip, Party::Company, String::new())),
        ("Organization 1 - Name", Target::Company),
        ("Phone 1 - Type", Target::Keep),
        ("Email Status", Target::Keep),
        ("2024", Target::Keep),
        ("", Target::Keep),
        ("Account ID", Target::Keep),
    ] {
        let mapping = Mapping::guess(&[name.to_owned()], &destination());
        assert_eq!(mapping.columns[0].target, meaning, "{name}");
    }
}

#[test]
fn a_hungarian_header_puts_the_family_name_first() {
    let made = Made::of(&only_row("Név;Cím\nDr. Kovács Anna;Budapest, Fő u. 1."));
    let person = made.person.unwrap();
    assert_eq!((person.given_name.as_str(), person.family_name.as_str()), ("Anna", "Dr. Kovács"));
    assert_eq!(made.card.name, "Dr. Kovács Anna");
    let english = Made::of(&only_row("Name,Address\nAnna Kovács,Budapest"));
    assert_eq!(english.card.name, "Anna Kovács");
}

#[test]
fn the_delimiter_is_the_one_under_which_the_header_is_understood() {
    for (file, delimiter) in [
        ("name,email\nAnna,a@b.hu", ','),
        ("name;email\nAnna;a@b.hu", ';'),
        ("name\temail\nAnna\ta@b.hu", '\t'),
        ("name\nAnna", ','),
        ("\"Name, first\";email;city\nAnna;a@b.hu;Pécs", ';'),
        ("sep=|\r\nname|email\r\nAnna|a@b.hu", '|'),
    ] {
        let source = Source::read(file.as_bytes(), Hints::default()).unwrap();
        assert_eq!(source.delimiter(), delimiter, "{file}");
        assert_eq!(source.records().count(), 1, "{file}");
    }
    let hints = Hints { delimiter: Some(';'), ..Hints::default() };
    assert_eq!(Source::read(b"name,email", hints).unwrap().header(), ["name,email"]);
}

#[test]
fn rows_that_name_one_company_share_it_whatever_their_spelling() {
    let file = "name,company,company phone,industry\n\
        Anna,Acme Kft.,,\n\
        Béla,ACME  kft,+36 1 234 5678,steel\n\
        Cili,Other,,\n\
        Dezső,acme kft,+36 1 234 5678,wood";
    let imported = import(file);
    let plans: Vec<RowPlan> = imported.rows.into_iter().map(Result::unwrap).collect();
    let made: Vec<Made> = plans.iter().map(Made::of).collect();
    let acme = made[0].company.as_ref().unwrap();
    assert_eq!(acme.family_name, "Acme Kft.", "the first spelling");
    assert_eq!(details(acme), ["phone  +36 1 234 5678"]);
    assert_eq!(acme.fields, [(SECTOR.to_string(), "steel".to_owned())]);
    assert_eq!(made[2].company.as_ref().unwrap().family_name, "Other");
    assert_eq!((&plans[1].company, &plans[3].company), (&plans[0].company, &plans[0].company), "the same");
    let employer = |made: &Made| made.person.as_ref().unwrap().links[0].target;
    assert_eq!(employer(&made[0]), plans[0].company.as_ref().unwrap().document);
    assert_eq!((employer(&made[1]), employer(&made[3])), (employer(&made[0]), employer(&made[0])));
    assert_eq!(made[3].notes[0].1, "industry: wood", "what the company does not get is kept");
}

#[test]
fn a_company_alone_and_a_person_alone_are_customers_and_keep_their_details() {
    let imported = import("name,company,email,company email\n,Acme,info@acme.hu,\nAnna,,,anna@home.hu");
    let [company, person] = imported.rows.try_into().unwrap();
    let company = Made::of(&company.unwrap());
    assert!(company.person.is_none());
    assert_eq!(details(&company.company.unwrap()), ["email  info@acme.hu"]);
    assert_eq!((company.card.name.as_str(), company.card.links.len()), ("Acme", 1));
    let person = Made::of(&person.unwrap());
    assert!(person.company.is_none());
    assert_eq!(details(&person.person.unwrap()), ["email  anna@home.hu"]);
}

#[test]
fn the_same_file_again_makes_the_same_documents_and_a_corrected_one_only_what_is_new() {
    let documents = |file: &str| -> Vec<DocumentId> {
        import(file).rows.into_iter().flatten().map(|plan| plan.card.document).collect()
    };
    let first = documents("name,email\nAnna,a@x.hu\n,b@x\nCili,c@x.hu");
    assert_eq!(first.len(), 2, "one row has no name");
    assert_eq!(documents("name,email\nAnna,a@x.hu\n,b@x\nCili,c@x.hu"), first);
    let corrected = documents("email,name,city\na@x.hu,ANNA,Pécs\nz@x.hu,Zoé,\nb@x.hu,Béla,\nc@x.hu,Cili,");
    assert_eq!((corrected[0], corrected[3]), (first[0], first[1]), "rows may move, columns may be added");
    assert!(!first.contains(&corrected[1]) && !first.contains(&corrected[2]));

    let by_id = documents("id,name\n1,Anna\n2,Béla");
    assert_eq!(
        documents("id,name\n2,Béla Nagy\n1,Anna Kis"),
        [by_id[1], by_id[0]],
        "an id outlives its name"
    );
    let twins = documents("name,city\nAnna,Pécs\nAnna,Vác");
    assert_ne!(twins[0], twins[1], "alike in name, two rows all the same");
}

#[test]
fn a_source_with_a_name_is_one_of_its_own_and_shares_its_contacts_with_all() {
    let named = |name: &str, text: &str| {
        let to = Destination { source: ImportSource::Named(name.to_owned()), ..destination() };
        import_to(text, &to).rows[0].clone().unwrap()
    };
    let file = "id,name,company,email\n1,Anna,Acme,a@x.hu";
    let (shop, fair) = (named("shop", file), named("fair", file));
    assert_eq!(shop, named("shop", file));
    assert_ne!(shop.card.document, fair.card.document);
    let contacts = |plan: &RowPlan| plan.contacts().map(|contact| contact.document).collect::<Vec<_>>();
    assert_eq!(contacts(&shop), contacts(&fair), "one company and one person, whoever tells of them");
    let nameless = named("shop", "id,name\n1,Anna");
    let other = named("fair", "id,name\n1,Anna");
    assert_ne!(contacts(&nameless), contacts(&other), "a name alone does not say that it is she");
}

#[test]
fn ids_cannot_be_computed_without_the_organisations_key() {
    let file = "id,name,company,email\n1,Anna,Acme,a@x.hu";
    let ids = |byte| {
        let to = Destination { key: ImportKey::from_bytes([byte; 32]), ..destination() };
        let plan = import_to(file, &to).rows[0].clone().unwrap();
        let contacts: Vec<_> = plan.contacts().map(|contact| contact.document).collect();
        [contacts, vec![plan.card.document]].concat()
    };
    assert!(ids(1).iter().all(|id| !ids(2).contains(id)));
    assert_eq!(format!("{:?}", ImportKey::from_bytes([1; 32])), "ImportKey(..)");
}

#[test]
fn of_several_ids_the_one_of_the_deal_counts_and_the_others_are_kept() {
    for (header, id) in [
        ("Contact ID,Name,Deal ID", "Deal ID"),
        ("Deal ID,Name,Customer ID", "Deal ID"),
        ("id,Name,Contact ID", "id"),
        ("Name,Customer ID", "Customer ID"),
    ] {
        let mapping = import(&format!("{header}\n1,2,3")).mapping;
        let of = |target| mapping.columns.iter().filter(|column| column.target == target).collect::<Vec<_>>();
        let ids: Vec<&str> = of(Target::ExternalId).iter().map(|column| column.name.as_str()).collect();
        assert_eq!(ids, [id], "{header}");
        assert_eq!(of(Target::Keep).len() + 2, mapping.columns.len(), "{header}");
    }
}

#[test]
fn a_cell_that_cannot_be_used_is_a_warning_and_is_kept_as_a_note() {
    let file = "name,email,phone,owner,status,last seen,tags\nAnna,anna@,n/a,Nobody,frozen,someday,\"VIP, nonsense\"";
    let plan = only_row(file);
    let warnings: Vec<String> = plan.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            r#"row 2, column "email": not an email address: "anna@""#,
            r#"row 2, column "phone": not a phone number: "n/a""#,
            r#"row 2, column "owner": no such user: you are the owner: "Nobody""#,
            r#"row 2, column "status": no such status: "frozen""#,
            r#"row 2, column "last seen": not a date: "someday""#,
            r#"row 2, column "tags": no such option: "VIP, nonsense""#,
        ]
    );
    let made = Made::of(&plan);
    assert_eq!((made.card.owner, made.card.status), (Some(ME), Some(COLD)));
    assert_eq!(made.card.todos, []);
    assert_eq!(made.card.fields, [(format!("{TAGS}/vip"), "1".to_owned())], "the option that there is");
    let kept =
        "email: anna@\nphone: n/a\nowner: Nobody\nstatus: frozen\nlast seen: someday\ntags: VIP, nonsense";
    assert_eq!(made.notes, [(destination().acting.now.millis(), kept.to_owned())]);
}

#[test]
fn an_unusable_row_is_skipped_and_its_neighbours_are_not() {
    let file = "id,name,note\n1,Anna,x\n2,,y\n3,Cili,a,b\n1,Dezső,z\n4,---,z\n5,\"Edit\"x,\n6,Feri";
    let problems: Vec<String> = import(file)
        .rows
        .iter()
        .map(|row| match row {
            Ok(plan) => {
                format!("planned {:?}", plan.warnings.iter().map(ToString::to_string).collect::<Vec<_>>())
            }
            Err(problem) => problem.to_string(),
        })
        .collect();
    assert_eq!(
        problems,
        [
            "planned []",
            "row 3: neither a person nor a company is named",
            "row 4: 4 cells, but the header has 3 columns: \"b\"",
            "row 5: row 2 has the same id",
            "row 6: neither a person nor a company is named",
            "row 7, column \"name\": text follows a closing quotation mark: \"\\\"Edit\\\"x,\\n6,Feri\"",
            "planned [\"row 8: 2 cells, but the header has 3 columns\"]",
        ]
    );
    let same = import("name,note\nAnna,x\nAnna,x\n\nAnna, x ");
    let reasons: Vec<_> =
        same.rows.iter().filter_map(|row| row.as_ref().err()).map(|p| (p.row, p.reason)).collect();
    assert_eq!(reasons, [(3, Reason::SameRow(2)), (5, Reason::SameRow(2))]);
}

#[test]
fn columns_of_one_meaning_fill_each_others_gaps_and_what_differs_is_kept() {
    let file = "company_name,company,name\nAcme,Acme,Anna\n,Beta,Béla\nGamma,Delta,Cili";
    let imported = import(file);
    let made: Vec<Made> = imported.rows.iter().map(|row| Made::of(row.as_ref().unwrap())).collect();
    let names: Vec<&str> = made.iter().map(|made| made.card.name.as_str()).collect();
    assert_eq!(names, ["Anna (Acme)", "Béla (Beta)", "Cili (Gamma)"]);
    assert_eq!(made[0].notes, []);
    assert_eq!(made[2].notes[0].1, "company: Delta");
    assert_eq!(import("Phone,Phone,name\n111,222,Anna").mapping.duplicates(), ["Phone"]);
}

#[test]
fn columns_without_a_place_are_kept_unless_the_user_says_otherwise_and_either_is_told() {
    let imported = import("name,company_id,nb_tasks,gender,,Column\nAnna,5,0,female,x,y");
    let kept = ["company_id", "nb_tasks", "gender", "column 5", "Column"];
    assert_eq!(imported.mapping.kept().collect::<Vec<_>>(), kept);
    assert_eq!(
        Made::of(imported.rows[0].as_ref().unwrap()).notes[0].1,
        "company_id: 5\nnb_tasks: 0\ngender: female\ncolumn 5: x\nColumn: y"
    );
    let mut mapping = imported.mapping;
    mapping.columns[1].target = Target::Ignore;
    assert_eq!(mapping.ignored().collect::<Vec<_>>(), ["company_id"]);
}

#[test]
fn a_mapping_corrected_by_hand_counts() {
    let source = Source::read(b"who,what\nAnna,loud", Hints::default()).unwrap();
    let (to, directory) = (destination(), directory());
    let mut mapping = Mapping::guess(source.header(), &to);
    assert_eq!(Import::prepare(&source, &mapping, &to, &directory).unwrap_err(), FileError::NoName);
    mapping.columns[0].target = Target::FullName;
    mapping.columns[1].target = Target::Ignore;
    let import = Import::prepare(&source, &mapping, &to, &directory).unwrap();
    let made = Made::of(&import.rows().next().unwrap().unwrap());
    assert_eq!((made.card.name.as_str(), made.notes.len()), ("Anna", 0));
}

#[test]
fn a_product_that_derives_its_statuses_is_given_none() {
    let to = Destination { statuses: Vec::new(), first_status: None, ..destination() };
    let plan = import_to("name,status\nAnna,hot", &to).rows[0].clone().unwrap();
    let made = Made::of(&plan);
    assert_eq!((made.card.status, made.notes[0].1.as_str()), (None, "status: hot"));
    assert_eq!(plan.warnings, []);
}

/// What an import of a file gives.
struct Imported {
    mapping: Mapping,
    rows: Vec<Result<RowPlan, Problem>>,
    undecided: Vec<String>,
    summary: Summary,
}

fn import(file: &str) -> Imported {
    import_to(file, &destination())
}

fn only_row(file: &str) -> RowPlan {
    let [row] = import(file).rows.try_into().unwrap();
    row.unwrap()
}

fn import_to(file: &str, to: &Destination) -> Imported {
    import_with(file.as_bytes(), Hints::default(), to).unwrap()
}

fn import_with(file: &[u8], hints: Hints, to: &Destination) -> Result<Imported, FileError> {
    let source = Source::read(file, hints)?;
    let mapping = Mapping::guess(source.header(), to);
    let directory = directory();
    let import = Import::prepare(&source, &mapping, to, &directory)?;
    let rows: Vec<_> = import.rows().collect();
    assert_eq!(rows.len(), import.row_count() as usize);
    let undecided = import.undecided_dates().into_iter().map(str::to_owned).collect();
    let summary = import.summary();
    Ok(Imported { mapping, rows, undecided, summary })
}

fn destination() -> Destination {
    let named = |id, names: &[&str]| Named { id, names: names.iter().map(ToString::to_string).collect() };
    let field = |field, of, names: &[&str], kind| FieldColumn {
        field,
        of,
        names: names.iter().map(ToString::to_string).collect(),
        kind,
    };
    let option = |key: &str, name: &str| Named { id: key.to_owned(), names: vec![name.to_owned()] };
    let tags = ["vip", "press", "musician", "football-fan", "influencer", "manager", "holiday-card"];
    let tags = tags.iter().map(|tag| option(&tag.replace('-', "_"), tag)).collect();
    Destination {
        key: ImportKey::from_bytes([8; 32]),
        source: ImportSource::Unnamed,
        product: ProductId::from_bytes([9; 16]),
        acting: Acting {
            by: ME,
            now: Timestamp::from_millis(1_790_000_000_000),
            zone: "Europe/Budapest".parse().unwrap(),
        },
        statuses: vec![named(HOT, &["Hot", "Forró"]), named(COLD, &["Cold", "Hideg"])],
        first_status: Some(COLD),
        fields: vec![
            field(TAGS, Holder::Card, TAG_NAMES, ValueKind::Choice { options: tags, multiple: true }),
            field(JOB_TITLE, Holder::Person, JOB_TITLE_NAMES, ValueKind::Text),
            field(SECTOR, Holder::Company, &["Industry"], ValueKind::Text),
        ],
        follow_up: Some(FollowUp::default()),
    }
}

fn directory() -> Directory {
    let colleague = |id: UserId, email: Option<&str>, given: &str, family: &str, active| Colleague {
        id,
        email: email.map(str::to_owned),
        given: given.to_owned(),
        family: family.to_owned(),
        active,
    };
    let other = |byte: u8| UserId::from_bytes([byte; 16]);
    [
        colleague(ME, None, "Béla", "Kovács", true),
        colleague(other(10), None, "Béla", "Kovács", false),
        colleague(JANE, Some("jane@example.com"), "Jane", "Doe", true),
        colleague(other(11), Some("gone@example.com"), "Gone", "Girl", false),
        colleague(other(12), None, "Sam", "Smith", true),
        colleague(other(13), None, "Sam", "Smith", true),
    ]
    .into_iter()
    .collect()
}

/// The documents of one row, made as the executor makes them: one change each, judged by the guard.
struct Made {
    company: Option<ContactRow>,
    person: Option<ContactRow>,
    card: CardRow,
    /// Time and text, in order of time.
    notes: Vec<(i64, String)>,
}

impl Made {
    fn of(plan: &RowPlan) -> Self {
        let acting = destination().acting;
        let contact = |planned: &Planned<ContactCommand>| {
            let document = make(&contact::TYPE, |draft| {
                planned.commands.iter().for_each(|command| command.draft(draft, &acting).unwrap());
            });
            let Rows::Contact(row, _) = projection::rows(&document, Some(ME)) else { panic!("a contact") };
            *row
        };
        let card = make(&card::TYPE, |draft| {
            plan.card.commands.iter().for_each(|command| command.draft(draft, &acting).unwrap());
        });
        let Rows::Card(row, _) = projection::rows(&card, Some(ME)) else { panic!("a card") };
        let entries = View::of(&card);
        let entries = entries.parts(card::ENTRIES);
        let mut notes: Vec<(i64, String)> =
            entries.values().map(|note| (note["at"].parse().unwrap(), note["text"].clone())).collect();
        notes.sort();
        let (company, person) = (plan.company.as_ref().map(contact), plan.person.as_ref().map(contact));
        Self { company, person, card: *row, notes }
    }
}

fn make(kind: &'static crate::document::DocumentType, write: impl FnOnce(&mut Draft<'_>)) -> Document {
    let mut document = Document::new(kind);
    let guard = OpIndex::of(&document);
    let mut draft = Draft::new(&mut document, Actor([1; 16]), destination().acting.now);
    write(&mut draft);
    let change = draft.finish().unwrap();
    assert!(change.to_bytes().len() <= MAX_CHANGE);
    assert_eq!(guard.judge(&change, Writer::Editor), Ok(()));
    document.apply(vec![change.to_automerge(kind)]).unwrap();
    document
}

fn details(contact: &ContactRow) -> Vec<String> {
    let details = contact.details.iter();
    let mut details: Vec<String> =
        details.map(|detail| format!("{} {} {}", detail.sort, detail.label, detail.value)).collect();
    details.sort();
    details
}

/// The first instant of a day, in the zone of the import.
fn day(text: &str) -> i64 {
    destination().acting.zone.start_of(text.parse().unwrap()).millis()
}
