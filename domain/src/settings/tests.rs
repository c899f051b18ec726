use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::field::{FieldDefinition, FieldScope};
use super::product::Product;
use super::role::Role;
use super::status::Status;
use super::user::User;
use super::*;
use crate::settings::catalogue::{self, KINDS, Language};
use crate::settings::field::{ChoiceOption, FieldKind, FieldTexts, StepMeaning};
use crate::settings::product::ProductKind;
use crate::settings::status::{StatusGroup, StatusMode, StatusTodo};
use crate::value::id::{FieldId, ProductId, StatusId, UserId};
use crate::value::time::{Timestamp, Zone};

const SALES: ProductId = ProductId::from_bytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
const PROJECTS: ProductId = ProductId::from_bytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
const NOW: Timestamp = Timestamp::from_millis(1_795_305_600_000);

#[test]
fn every_setting_reads_back_from_its_row() {
    for row in builtin_rows() {
        let same = match row.kind {
            SettingsKind::Product => SettingsRow::new(&row.read::<Product>().unwrap(), 1),
            SettingsKind::Status => SettingsRow::new(&row.read::<Status>().unwrap(), 1),
            SettingsKind::Field => SettingsRow::new(&row.read::<FieldDefinition>().unwrap(), 1),
            kind => panic!("{kind}"),
        };
        assert_eq!(same, row);
        assert_eq!(minicbor::decode::<SettingsRow>(&minicbor::to_vec(&row).unwrap()).unwrap(), row);
    }
    let user = anna();
    assert_eq!(SettingsRow::new(&user, 7).read(), Ok(user));
}

#[test]
fn the_encoded_form_of_a_row_is_fixed() {
    let organisation = Organisation { name: "Firm".into(), ..Organisation::default() };
    let mut row = SettingsRow::new(&organisation, 3);
    let hex = |row: &SettingsRow| data_encoding::HEXLOWER.encode(&minicbor::to_vec(row).unwrap());
    insta::assert_snapshot!(hex(&row), @"a4000501500000000000000000000000000000000003030455a400644669726d01635554430262656e0363455552");
    row.class = SettingsClass::Other(9);
    insta::assert_snapshot!(hex(&row), @"a5000501500000000000000000000000000000000003030455a400644669726d01635554430262656e03634555520509");
    assert_eq!(minicbor::decode::<SettingsRow>(&minicbor::to_vec(&row).unwrap()).unwrap(), row);
}

#[test]
fn a_row_that_is_not_what_it_claims_is_not_read() {
    let good = SettingsRow::new(&anna(), 1);
    let unreadable = Err(UnreadableRow { kind: SettingsKind::User });
    let other_id = SettingsRow { id: SettingsId::from_bytes([9; 16]), ..good.clone() };
    let other_product = SettingsRow { product: Some(SALES), ..good.clone() };
    let longer = SettingsRow { body: [good.body.as_slice(), &[0]].concat(), ..good.clone() };
    let shorter = SettingsRow { body: good.body[..good.body.len() - 1].to_vec(), ..good.clone() };
    let removed = SettingsRow { body: Vec::new(), ..good.clone() };
    let huge = SettingsRow::new(&User { family_name: "x".repeat(5_000), ..anna() }, 1);
    for row in [other_id, other_product, longer, shorter, removed, huge] {
        assert_eq!(row.read::<User>(), unreadable);
    }
    assert!(good.read::<Product>().is_err());
}

#[test]
fn a_row_of_an_unknown_kind_is_kept_as_it_came() {
    let row = SettingsRow {
        kind: SettingsKind::Other(77),
        id: SettingsId::from_bytes([7; 16]),
        product: Some(SALES),
        version: 5,
        body: vec![0x01],
        class: SettingsClass::Device,
    };
    let damaged = SettingsRow { body: vec![0xff], ..SettingsRow::new(&anna(), 1) };
    let settings = Settings::from_rows([row.clone(), damaged.clone()]);
    assert_eq!(settings.row(SettingsKind::Other(77), row.id), Some(&row));
    assert_eq!(settings.unread().collect::<Vec<_>>(), [&damaged, &row]);
    assert_eq!(settings.user(anna().id), None);
}

#[test]
fn rows_reach_the_devices_of_their_class() {
    for role in Role::ALL.iter().copied().chain([Role::Other(9)]) {
        assert!(SettingsClass::Device.reaches(role));
        assert_eq!(SettingsClass::Admin.reaches(role), role == Role::Admin);
        let manages = matches!(role, Role::Admin | Role::Manager);
        assert_eq!(SettingsClass::Manager.reaches(role), manages);
        assert!(!SettingsClass::Secret.reaches(role));
        assert!(!SettingsClass::Other(9).reaches(role), "an unknown class is not let out");
    }
}

#[test]
fn every_phone_and_every_server_start_with_the_same_rows() {
    let mut hash = Sha256::new();
    for row in builtin_rows() {
        hash.update(minicbor::to_vec(&row).unwrap());
    }
    insta::assert_snapshot!(data_encoding::HEXLOWER.encode(&hash.finalize()), @"6b1a7e498efcc86bf9bf53ac5dd30769d68b9c929bb0aa444c6486c75a905297");
    let settings = start();
    let products: Vec<String> =
        settings.products().map(|product| format!("{} {}", product.id, product.kind)).collect();
    insta::assert_snapshot!(products.join("\n"), @"
    00000000-0000-0000-0000-000000000001 sales
    00000000-0000-0000-0000-000000000002 projects
    00000000-0000-0000-0000-000000000003 customer_service
    00000000-0000-0000-0000-000000000004 internal_tasks
    ");
    assert_eq!(settings.product(INBOX_PRODUCT).unwrap().kind, ProductKind::InternalTasks);
    assert_eq!(settings.unread().count(), 0);
    let user = local_user("Europe/Budapest".parse().unwrap(), "hu-HU");
    assert_eq!((user.id, user.role, user.active), (LOCAL_USER, Role::Admin, true));
}

#[test]
fn products_statuses_and_fields_come_in_order() {
    let settings = start();
    let keys = |product| {
        let status_key = |status: &Status| status.key.as_ref().unwrap().to_string();
        settings.statuses(product).map(status_key).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(keys(SALES), "to_qualify non_target vip_hot vip target_hot target forgotten won lost");
    assert_eq!(keys(PROJECTS), "idea to_plan to_carry_out to_hand_over finished cancelled");
    let fields = settings.fields(FieldScope::Product(SALES));
    let names: Vec<&str> = fields.map(|field| settings.field_name(field, Language::Hungarian)).collect();
    assert_eq!(names[..3], ["Lépés", "Minősítés", "Érdeklődő forrása"]);
    let first = settings.first_status(PROJECTS).unwrap();
    assert_eq!(settings.status_name(first, Language::English), "Idea to weigh");
}

#[test]
fn a_fixed_status_set_holds_whatever_rows_say_and_even_without_them() {
    let won = catalogue::status_id(SALES, "won");
    let mut bent = start().status(won).unwrap().clone();
    bent.name = "Hurray".into();
    bent.group = StatusGroup::Negative;
    bent.retired = true;
    let foreign = Status { id: StatusId::from_bytes([5; 16]), key: None, ..bent.clone() };
    let product = SettingsRow::new(start().product(SALES).unwrap(), 1);
    let rows = [product, SettingsRow::new(&bent, 1), SettingsRow::new(&foreign, 1)];
    let settings = Settings::from_rows(rows);
    assert_eq!(settings.statuses(SALES).count(), 9);
    let status = settings.status(won).unwrap();
    assert_eq!(
        (status.name.as_str(), status.group, status.retired),
        ("Hurray", StatusGroup::Positive, false)
    );
    assert!(settings.field(catalogue::field_id(SALES, "qualification")).is_some());
}

#[test]
fn a_stored_status_counts_where_statuses_are_stored_and_an_unknown_one_still_stands() {
    let settings = start();
    let finished = catalogue::status_id(PROJECTS, "finished");
    let unknown = StatusId::from_bytes([8; 16]);
    let first = settings.first_status(PROJECTS).unwrap().id;
    for (product, stored, expected) in [
        (Some(PROJECTS), Some(finished), Some(finished)),
        (Some(PROJECTS), Some(unknown), Some(unknown)),
        (Some(PROJECTS), None, Some(first)),
        (Some(ProductId::from_bytes([9; 16])), Some(finished), Some(finished)),
        (Some(ProductId::from_bytes([9; 16])), None, None),
        (None, None, None),
    ] {
        let inputs = StatusInputs { product, stored, texts: FieldTexts::new(&[]), last_contact: None };
        let status = settings.card_status(&inputs, NOW);
        assert_eq!((status.id, status.next_change), (expected, None));
        assert_eq!(status.status.is_some(), expected.is_some_and(|id| id != unknown));
    }
}

#[test]
fn a_derived_status_is_read_from_the_fields_and_the_clock_of_the_product() {
    let settings = start();
    let vip = [
        (catalogue::field_id(SALES, "qualification").to_string(), "vip".to_owned()),
        (catalogue::field_id(SALES, "step").to_string(), "negotiating".to_owned()),
    ];
    let won = Some(catalogue::status_id(SALES, "won"));
    let inputs = StatusInputs {
        product: Some(SALES),
        stored: won,
        texts: FieldTexts::new(&vip),
        last_contact: Some(NOW),
    };
    let status = settings.card_status(&inputs, NOW);
    assert_eq!(status.id, Some(catalogue::status_id(SALES, "vip_hot")));
    assert_eq!(status.group(), Some(StatusGroup::InProgress));
    let later = status.next_change.unwrap();
    assert_eq!(later.millis() - NOW.millis(), 30 * 86_400_000);
    assert_eq!(settings.card_status(&inputs, later).id, Some(catalogue::status_id(SALES, "forgotten")));
}

#[test]
fn a_new_product_of_any_kind_puts_a_new_card_into_its_first_status() {
    for spec in KINDS {
        let id = ProductId::from_bytes([4; 16]);
        let settings = Settings::from_rows(catalogue::new_product(id, spec, 10).rows());
        let inputs =
            StatusInputs { product: Some(id), stored: None, texts: FieldTexts::new(&[]), last_contact: None };
        let status = settings.card_status(&inputs, NOW).status.unwrap();
        assert_eq!(
            settings.status_name(status, Language::English),
            spec.statuses[0].names.en,
            "{}",
            spec.kind
        );
        assert_eq!(status.group, StatusGroup::Inactive, "{}", spec.kind);
    }
}

#[test]
fn names_are_shown_in_the_readers_language_until_they_are_changed() {
    let settings = start();
    let mut status = settings.status(catalogue::status_id(PROJECTS, "to_plan")).unwrap().clone();
    assert_eq!(settings.status_name(&status, Language::Hungarian), "Tervezendő");
    status.name = "Sketch it".into();
    assert_eq!(settings.status_name(&status, Language::Hungarian), "Sketch it");
    status.name = "To plan".into();
    assert_eq!(
        settings.status_name(&status, Language::Hungarian),
        "To plan",
        "a name given is no translation"
    );
    status.name = String::new();
    status.key = Some("from_tomorrow".parse().unwrap());
    assert_eq!(
        settings.status_name(&status, Language::Hungarian),
        "from_tomorrow",
        "its key says at least something"
    );
    let source = settings.field(catalogue::field_id(SALES, "lead_source")).unwrap();
    let FieldKind::Choice { options, .. } = &source.kind else { panic!("a choice") };
    assert_eq!(settings.option_name(source, &options[1], Language::Romanian), "Recomandare");
}

#[test]
fn fields_required_for_a_status_are_missed_until_they_have_a_value() {
    let field = catalogue::field_id(SALES, "expected_value");
    let won = catalogue::status_id(SALES, "won");
    let mut required = start().field(field).unwrap().clone();
    required.required_for = vec![won];
    let mut settings = start();
    settings.apply([SettingsRow::new(&required, 2)]);
    let missing = |settings: &Settings, held: &[FieldId]| {
        let held = held.iter().copied().collect();
        settings.missing(SALES, &held).cloned().collect::<Vec<_>>()
    };
    assert_eq!(missing(&settings, &[]), [required.clone()], "others are asked for by no status");
    assert_eq!(missing(&settings, &[field]), []);
    required.retired = true;
    settings.apply([SettingsRow::new(&required, 3)]);
    assert_eq!(missing(&settings, &[]), []);
}

#[test]
fn a_users_zone_is_that_of_the_profile_else_of_the_organisation_else_utc() {
    let mut settings = Settings::default();
    assert_eq!(settings.zone(Some(anna().id)), Zone::UTC);
    let organisation = Organisation { zone: "Europe/Lisbon".into(), ..Organisation::default() };
    let abroad = User { zone: "Mars/Base".into(), id: UserId::from_bytes([6; 16]), ..anna() };
    settings.apply([
        SettingsRow::new(&organisation, 1),
        SettingsRow::new(&anna(), 1),
        SettingsRow::new(&abroad, 1),
    ]);
    assert_eq!(settings.zone(Some(anna().id)).name(), "Europe/Budapest");
    assert_eq!(settings.zone(Some(abroad.id)).name(), "Europe/Lisbon");
    assert_eq!(settings.zone(None).name(), "Europe/Lisbon");
}

#[test]
fn an_edit_based_on_an_old_version_is_stale() {
    let settings = start();
    let product = settings.product(SALES).unwrap();
    assert_eq!(settings.judge(&SettingsRow::new(product, 2)), Ok(()));
    for version in [0, 1, 3, u64::MAX] {
        let stale = SettingsRow::new(product, version);
        assert_eq!(settings.judge(&stale), Err(SettingsError::Stale { current: 1 }), "{version}");
    }
    let new = Product { id: ProductId::from_bytes([4; 16]), ..product.clone() };
    assert_eq!(settings.judge(&SettingsRow::new(&new, 1)), Ok(()));
    assert_eq!(settings.judge(&SettingsRow::new(&new, 2)), Err(SettingsError::Stale { current: 0 }));
}

#[test]
fn the_fixed_status_sets_take_a_new_name_and_todo_and_no_other_edit() {
    for spec in KINDS {
        let id = ProductId::from_bytes([4; 16]);
        let settings = Settings::from_rows(catalogue::new_product(id, spec, 10).rows());
        let status = settings.first_status(id).unwrap().clone();
        let todo = Some(StatusTodo { text: "Call".into(), due_days: 1 });
        let renamed = Status { name: "Mine".into(), todo, ..status.clone() };
        let regrouped = Status { group: StatusGroup::Negative, ..status.clone() };
        let retired = Status { retired: true, ..status.clone() };
        let added = Status { id: StatusId::from_bytes([5; 16]), key: None, ..renamed.clone() };
        let verdict =
            if spec.mode == StatusMode::Custom { Ok(()) } else { Err(SettingsError::FixedStatuses) };
        assert_eq!(settings.judge(&SettingsRow::new(&renamed, 2)), Ok(()), "{}", spec.kind);
        assert_eq!(settings.judge(&SettingsRow::new(&regrouped, 2)), verdict, "{}", spec.kind);
        assert_eq!(settings.judge(&SettingsRow::new(&retired, 2)), verdict, "{}", spec.kind);
        assert_eq!(settings.judge(&SettingsRow::new(&added, 1)), verdict, "{}", spec.kind);
    }
}

#[test]
fn a_field_that_statuses_depend_on_takes_new_names_and_no_other_values() {
    for spec in KINDS {
        let id = ProductId::from_bytes([4; 16]);
        let settings = Settings::from_rows(catalogue::new_product(id, spec, 10).rows());
        for builtin in spec.fields {
            let field = settings.field(catalogue::field_id(id, builtin.key)).unwrap().clone();
            let mut renamed = FieldDefinition { name: "Mine".into(), ..field.clone() };
            if let FieldKind::Choice { options, .. } = &mut renamed.kind {
                options[0].name = "Mine".into();
            }
            let retired = FieldDefinition { retired: true, ..field.clone() };
            let is_choice = matches!(field.kind, FieldKind::Choice { .. });
            let other = FieldDefinition { kind: FieldKind::LongText, ..field };
            let fixed = Err(SettingsError::FixedField);
            let verdict = if builtin.decides_status { fixed } else { Ok(()) };
            let changed = if is_choice { Err(SettingsError::Unchangeable("kind")) } else { Ok(()) };
            let changed = if builtin.decides_status { fixed } else { changed };
            assert_eq!(settings.judge(&SettingsRow::new(&renamed, 2)), Ok(()), "{}", builtin.key);
            assert_eq!(settings.judge(&SettingsRow::new(&retired, 2)), verdict, "{}", builtin.key);
            assert_eq!(settings.judge(&SettingsRow::new(&other, 2)), changed, "{}", builtin.key);
        }
    }
}

#[test]
fn edits_that_would_break_what_refers_to_a_setting_are_refused() {
    let mut settings = start();
    settings.apply([SettingsRow::new(&anna(), 1)]);
    let product = settings.product(PROJECTS).unwrap().clone();
    let unnamed = settings.first_status(PROJECTS).unwrap().clone();
    let status = Status { name: "Mine".into(), ..unnamed.clone() };
    let field = settings.field(catalogue::field_id(SALES, "loss_reason")).unwrap().clone();
    let field = FieldDefinition { name: "Mine".into(), ..field };
    let step = settings.field(catalogue::field_id(SALES, "step")).unwrap().clone();
    let aimless = FieldKind::Choice { options: vec![option_named("a", None)], multiple: false };
    let meant =
        FieldKind::Choice { options: vec![option_named("a", Some(StepMeaning::Won))], multiple: false };
    let many = FieldKind::Choice { options: vec![option_named("a", Some(StepMeaning::Won))], multiple: true };
    let inbox = settings.product(INBOX_PRODUCT).unwrap().clone();
    let option = |word: &str| option_named(word, None);
    let twins = FieldKind::Choice { options: vec![option("a"), option("a")], multiple: true };
    let crowd = (0..=MAX_OPTIONS).map(|number| option(&format!("o{number}"))).collect();
    let crowd = FieldKind::Choice { options: crowd, multiple: true };
    let nowhere = ProductId::from_bytes([9; 16]);
    let bela = User { id: UserId::from_bytes([6; 16]), ..anna() };
    let email = Some("bela@example.com".parse().unwrap());
    use SettingsError as E;
    let cases = [
        (row(&Product { name: " ".into(), ..product.clone() }, 2), E::Malformed("name")),
        (row(&Product { name: "x".repeat(MAX_NAME_LEN + 1), ..product.clone() }, 2), E::Malformed("name")),
        (row(&Product { item_noun: "a\nb".into(), ..product.clone() }, 2), E::Malformed("item_noun")),
        (row(&Product { kind: ProductKind::Crm, ..product.clone() }, 2), E::Unchangeable("kind")),
        (row(&Product { kind: ProductKind::Other(9), ..product.clone() }, 2), E::Malformed("kind")),
        (row(&Product { lapse_days: Some(0), ..product.clone() }, 2), E::Malformed("lapse_days")),
        (row(&Product { enabled: false, ..inbox }, 2), E::ReservedProduct),
        (SettingsRow { body: vec![], ..row(&product, 2) }, E::NotRemovable),
        (SettingsRow { body: vec![0xff], ..row(&product, 2) }, E::Unreadable),
        (SettingsRow { class: SettingsClass::Secret, ..row(&product, 2) }, E::Malformed("class")),
        (row(&Status { key: None, ..status.clone() }, 2), E::Unchangeable("key")),
        (row(&Status { key: Some("idea_2".parse().unwrap()), ..status.clone() }, 2), E::Malformed("key")),
        (row(&Status { product: nowhere, key: None, ..status.clone() }, 2), E::UnknownProduct),
        (row(&Status { product: SALES, key: None, ..status.clone() }, 2), E::Unchangeable("product")),
        (row(&Status { name: String::new(), ..own(&status) }, 1), E::Malformed("name")),
        (row(&Status { todo: todo(""), ..own(&status) }, 1), E::Malformed("todo.text")),
        (row(&Status { todo: todo(""), ..unnamed }, 2), E::Malformed("todo.text")),
        (row(&FieldDefinition { kind: aimless, ..step.clone() }, 2), E::Malformed("option.means")),
        (row(&FieldDefinition { kind: meant, ..field.clone() }, 2), E::Malformed("option.means")),
        (row(&FieldDefinition { kind: many, ..step }, 2), E::FixedField),
        (row(&FieldDefinition { kind: twins, ..field.clone() }, 2), E::KeyTaken),
        (row(&FieldDefinition { kind: crowd, ..field.clone() }, 2), E::Malformed("options")),
        (row(&FieldDefinition { scope: FieldScope::Persons, ..field.clone() }, 2), E::Unchangeable("scope")),
        (row(&FieldDefinition { key: None, ..field }, 2), E::Unchangeable("key")),
        (row(&bela, 1), E::EmailTaken),
        (row(&User { email: None, ..bela.clone() }, 1), E::Malformed("email")),
        (row(&User { email: email.clone(), zone: "Mars/Base".into(), ..bela.clone() }, 1), E::UnknownZone),
        (row(&User { email: email.clone(), locale: "h".into(), ..bela.clone() }, 1), E::Malformed("locale")),
        (row(&User { role: Role::Manager, ..anna() }, 2), E::LastAdmin),
        (row(&User { active: false, ..anna() }, 2), E::LastAdmin),
        (row(&Organisation::default(), 1), E::Malformed("name")),
    ];
    for (row, error) in cases {
        assert_eq!(settings.judge(&row), Err(error), "{row:?}");
    }
    settings.apply([row(&User { email, ..bela }, 1)]);
    assert_eq!(settings.judge(&row(&User { active: false, ..anna() }, 2)), Ok(()));
}

#[test]
fn a_field_changes_its_kind_only_where_what_cards_hold_is_still_shown_and_can_be_changed() {
    let choice = |multiple| FieldKind::Choice { options: vec![option_named("a", None)], multiple };
    let [one, several] = [choice(false), choice(true)];
    let plain = [
        FieldKind::Text,
        FieldKind::Decimal,
        FieldKind::Money,
        FieldKind::Day,
        FieldKind::Flag,
        FieldKind::DayTime,
        FieldKind::Email,
        FieldKind::Phone,
        FieldKind::Url,
    ];
    let all =
        [plain.as_slice(), &[FieldKind::LongText, FieldKind::User, one.clone(), several.clone()]].concat();
    for from in &all {
        let settings = with_own_field(from.clone());
        for to in &all {
            let may = plain.contains(from) || from == to || *from == one && *to == several;
            let verdict = if may { Ok(()) } else { Err(SettingsError::Unchangeable("kind")) };
            let edited = own_field(1, to.clone());
            assert_eq!(settings.judge(&row(&edited, 2)), verdict, "{from:?} to {to:?}");
        }
    }
    let unknown = own_field(2, FieldKind::Other(70_000));
    assert_eq!(start().judge(&row(&unknown, 1)), Err(SettingsError::Malformed("kind")));
}

#[test]
fn an_option_is_renamed_moved_and_retired_but_never_removed_so_its_key_is_never_another_options() {
    let choice = |options: &[ChoiceOption]| FieldKind::Choice { options: options.to_vec(), multiple: false };
    let [a, b, c] = ["a", "b", "c"].map(|word| option_named(word, None));
    let settings = with_own_field(choice(&[a.clone(), b.clone()]));
    let retired = ChoiceOption { retired: true, ..a.clone() };
    let renamed = ChoiceOption { name: "Other".into(), ..a.clone() };
    for (options, verdict) in [
        (vec![b.clone(), a.clone()], Ok(())),
        (vec![renamed, b.clone(), c.clone()], Ok(())),
        (vec![retired.clone(), b.clone()], Ok(())),
        (vec![b.clone()], Err(SettingsError::NotRemovable)),
        (vec![c, b.clone()], Err(SettingsError::NotRemovable)),
        (vec![], Err(SettingsError::NotRemovable)),
        (vec![retired, b, a], Err(SettingsError::KeyTaken)),
    ] {
        let edited = own_field(1, choice(&options));
        assert_eq!(settings.judge(&row(&edited, 2)), verdict, "{options:?}");
    }
}

#[test]
fn a_field_is_wanted_for_statuses_of_its_own_product_alone() {
    let (idea, won) = (catalogue::status_id(PROJECTS, "idea"), catalogue::status_id(SALES, "won"));
    let nowhere = StatusId::from_bytes([9; 16]);
    let malformed = Err(SettingsError::Malformed("required_for"));
    for (scope, required_for, verdict) in [
        (FieldScope::Product(PROJECTS), vec![idea], Ok(())),
        (FieldScope::Product(PROJECTS), vec![], Ok(())),
        (FieldScope::Product(PROJECTS), vec![idea, idea], malformed),
        (FieldScope::Product(PROJECTS), vec![idea, won], malformed),
        (FieldScope::Product(PROJECTS), vec![nowhere], malformed),
        (FieldScope::Persons, vec![], Ok(())),
        (FieldScope::Companies, vec![idea], malformed),
    ] {
        let field = FieldDefinition { scope, required_for, ..own_field(1, FieldKind::Text) };
        assert_eq!(start().judge(&row(&field, 1)), verdict, "{field:?}");
    }
}

#[test]
fn there_is_room_for_so_many_fields_of_a_scope_and_retired_ones_take_theirs() {
    let fields = (0..MAX_FIELDS).map(|number| FieldDefinition {
        retired: number.is_multiple_of(3),
        ..own_field(u32::try_from(number).unwrap(), FieldKind::Text)
    });
    let mut settings = start();
    settings.apply(fields.map(|field| row(&field, 1)));
    let one_more = own_field(7_000, FieldKind::Text);
    assert_eq!(settings.judge(&row(&one_more, 1)), Err(SettingsError::TooMany));
    let renamed = FieldDefinition { name: "Other".into(), ..own_field(1, FieldKind::Text) };
    assert_eq!(settings.judge(&row(&renamed, 2)), Ok(()), "those that are there are still edited");
    let elsewhere = FieldDefinition { scope: FieldScope::Companies, ..one_more };
    assert_eq!(settings.judge(&row(&elsewhere, 1)), Ok(()));
}

#[test]
fn the_last_status_in_use_cannot_be_retired() {
    let mut settings = start();
    let tree: Vec<Status> = settings.statuses(PROJECTS).cloned().collect();
    for (position, status) in tree.iter().enumerate() {
        let retired = row(&Status { retired: true, ..status.clone() }, 2);
        let last = position + 1 == tree.len();
        assert_eq!(settings.judge(&retired), if last { Err(SettingsError::LastStatus) } else { Ok(()) });
        settings.apply([retired]);
    }
}

proptest! {
    #[test]
    fn rows_mean_the_same_in_whatever_order_and_however_often_they_come(
        order in prop::collection::vec((0_usize..60, 1_u64..4), 0..80),
    ) {
        let rows: Vec<SettingsRow> = builtin_rows();
        let versions = |(position, version): &(usize, u64)| {
            let row = &rows[position % rows.len()];
            SettingsRow { version: *version, ..row.clone() }
        };
        let arrived: Vec<SettingsRow> = order.iter().map(versions).collect();
        let mut one_by_one = Settings::default();
        for row in &arrived {
            one_by_one.apply([row.clone()]);
        }
        let backwards = Settings::from_rows(arrived.iter().rev().cloned());
        prop_assert_eq!(format!("{one_by_one:?}"), format!("{backwards:?}"));
        prop_assert!(!one_by_one.apply(arrived));
    }

    #[test]
    fn whatever_bytes_a_row_holds_it_is_read_or_kept(body in prop::collection::vec(any::<u8>(), 0..64), kind in 0_u16..8) {
        let row = SettingsRow {
            kind: SettingsKind::from_code(kind),
            id: Organisation::ROW,
            product: None,
            version: 1,
            body,
            class: SettingsClass::Device,
        };
        let settings = Settings::from_rows([row.clone()]);
        prop_assert_eq!(settings.rows().collect::<Vec<_>>(), [&row]);
        let _ = settings.judge(&row);
    }
}

/// An option named after its key.
fn option_named(word: &str, means: Option<StepMeaning>) -> ChoiceOption {
    ChoiceOption { key: word.parse().unwrap(), name: word.into(), retired: false, means }
}

/// The settings of the start, with a field of persons that an administrator added.
fn with_own_field(kind: FieldKind) -> Settings {
    let mut settings = start();
    settings.apply([row(&own_field(1, kind), 1)]);
    settings
}

/// A field of persons.
fn own_field(number: u32, kind: FieldKind) -> FieldDefinition {
    let mut id = [0; 16];
    id[..4].copy_from_slice(&number.to_be_bytes());
    FieldDefinition {
        id: FieldId::from_bytes(id),
        scope: FieldScope::Persons,
        key: None,
        name: "Own".into(),
        kind,
        order: number,
        retired: false,
        required_for: Vec::new(),
    }
}

/// A status like this one that an administrator added.
fn own(status: &Status) -> Status {
    Status { id: StatusId::from_bytes([5; 16]), key: None, ..status.clone() }
}

fn todo(text: &str) -> Option<StatusTodo> {
    Some(StatusTodo { text: text.into(), due_days: 1 })
}

fn start() -> Settings {
    Settings::from_rows(builtin_rows())
}

fn row<T: Setting>(setting: &T, version: u64) -> SettingsRow {
    SettingsRow::new(setting, version)
}

fn anna() -> User {
    User {
        id: UserId::from_bytes([3; 16]),
        email: Some("anna@example.com".parse().unwrap()),
        family_name: "Kovács".into(),
        given_name: "Anna".into(),
        role: Role::Admin,
        zone: "Europe/Budapest".into(),
        locale: "hu-HU".into(),
        active: true,
        issues_invoices: false,
    }
}
