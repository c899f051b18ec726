use std::collections::BTreeSet;

use super::*;
use crate::value::key::MAX_KEY_LEN;

const PRODUCT: ProductId = ProductId::from_bytes([1; 16]);

#[test]
fn every_kind_of_product_is_in_the_gallery_once_and_sales_comes_first() {
    let shown: BTreeSet<ProductKind> = KINDS.iter().map(|spec| spec.kind).collect();
    assert_eq!(shown, ProductKind::ALL.iter().copied().collect());
    assert_eq!(KINDS.len(), shown.len());
    assert_eq!(KINDS[0].kind, ProductKind::Sales);
}

#[test]
fn the_status_mode_of_every_kind_is_as_decided() {
    use ProductKind as K;
    for kind in ProductKind::ALL {
        let mode = match kind {
            K::ClassicSales => StatusMode::Fixed,
            K::Sales | K::Webshop | K::Invoicing | K::Order | K::Leave => StatusMode::Derived,
            _ => StatusMode::Custom,
        };
        assert_eq!(status_mode(*kind), mode, "{kind}");
    }
    assert_eq!(status_mode(K::Other(999)), StatusMode::Custom);
}

#[test]
fn the_status_tree_of_every_kind_is_as_decided() {
    let tree = |spec: &KindSpec| {
        let group = |group| {
            let keys: Vec<&str> = spec
                .statuses
                .iter()
                .filter(|status| status.group == group)
                .map(|status| status.key)
                .collect();
            keys.join(", ")
        };
        use StatusGroup::*;
        format!("{}: {}", spec.kind, [Inactive, InProgress, Positive, Negative].map(group).join(" / "))
    };
    let all: Vec<String> = KINDS.iter().copied().map(tree).collect();
    insta::assert_snapshot!(all.join("\n"), @"
    sales: to_qualify, non_target / vip_hot, vip, target_hot, target, forgotten / won / lost
    classic_sales: database / offer_to_send, offer_follow_up / won / lost
    customers: to_get_to_know / to_look_after, to_win_back / regular / left
    crm: to_contact / to_meet, offer_to_send, offer_follow_up / customer / lost
    projects: idea / to_plan, to_carry_out, to_hand_over / finished / cancelled
    project_management: to_approve / to_prepare, to_carry_out, to_introduce, to_check / finished / cancelled
    customer_service: to_take_up / to_solve, answer_awaited, to_confirm / solved / unsolved
    internal_tasks: to_schedule / to_do, to_check / done / dropped
    questionnaire: to_send / to_remind, to_evaluate / evaluated / unanswered
    assets: in_store / in_use, to_repair / sold / scrapped
    custom: to_start / to_do / done / dropped
    order: draft / confirmed, in_fulfilment / fulfilled / cancelled
    invoicing: to_issue / issued, sent / paid / reversed
    incoming_invoices: to_check / to_approve, to_pay / paid / rejected
    webshop: no_order / open_order / bought_once, regular / lapsed
    recurring_revenue: to_start / to_bill, to_collect / settled / stopped
    subscription: trial / to_start, to_serve, to_renew / completed / terminated
    human_resources: candidate / to_invite, to_interview, to_offer / hired / rejected
    leave: planned / requested / approved / refused, withdrawn
    participants: to_invite / to_confirm, to_collect, to_receive / attended / cancelled
    suppliers: known / offer_to_ask, offer_to_compare, to_contract / supplying / dropped
    franchise: to_inform / to_assess, to_contract, to_open / opened / turned_down
    ");
}

#[test]
fn the_preset_fields_of_every_kind_are_as_decided() {
    let presets = |spec: &KindSpec| {
        let field = |field: &FieldSpec| {
            let values = match field.values {
                Values::Text => "text".to_owned(),
                Values::Decimal => "decimal".to_owned(),
                Values::Money => "money".to_owned(),
                Values::Choice(options) => {
                    options.iter().map(|option| option.key).collect::<Vec<_>>().join("|")
                }
                Values::Day => "day".to_owned(),
                Values::Flag => "flag".to_owned(),
            };
            format!("{}{}({values})", if field.decides_status { "*" } else { "" }, field.key)
        };
        let fields: Vec<String> = spec.fields.iter().map(field).collect();
        format!("{}: {}", spec.kind, fields.join(" ")).trim_end().to_owned()
    };
    let all: Vec<String> = KINDS.iter().copied().map(presets).collect();
    insta::assert_snapshot!(all.join("\n"), @"
    sales: *step(enquiry|needs_known|offer_sent|negotiating|won|lost) *qualification(non_target|target|vip) lead_source(website|recommendation|advertisement|event|cold_call|other) expected_value(money) expected_close(day) loss_reason(price|competitor|no_need|no_answer|other)
    classic_sales: qualification(non_target|target|vip) hot(flag) step(first_contact|needs|offer|negotiation|contract) lead_source(website|recommendation|advertisement|event|cold_call|other) expected_value(money) expected_close(day) loss_reason(price|competitor|no_need|no_answer|other)
    customers: qualification(non_target|target|vip) lead_source(website|recommendation|advertisement|event|cold_call|other)
    crm: qualification(non_target|target|vip) lead_source(website|recommendation|advertisement|event|cold_call|other) expected_value(money) loss_reason(price|competitor|no_need|no_answer|other)
    projects:
    project_management: budget(money) deadline(day)
    customer_service: complaint_category(product|delivery|invoice|service|other) channel(phone|email|web|in_person) priority(urgent|normal|low)
    internal_tasks:
    questionnaire: score(decimal)
    assets: serial_number(text) value(money)
    custom:
    order: order_value(money) *confirmed_on(day) *fulfilment_from(day) *fulfilled_on(day) *cancelled_on(day)
    invoicing: invoice_number(text) invoice_total(money) payment_due(day) *issued_on(day) *sent_on(day) *paid_on(day) *reversed_on(day)
    incoming_invoices: invoice_number(text) invoice_total(money) payment_due(day)
    webshop: *open_orders(decimal) *orders(decimal) *last_order_on(day) orders_total(money) lead_source(website|recommendation|advertisement|event|cold_call|other)
    recurring_revenue: fee(money) billing_period(monthly|quarterly|yearly) billing_state(to_bill|billed|paid|overdue) next_billing(day)
    subscription: fee(money) billing_period(monthly|quarterly|yearly) billing_state(to_bill|billed|paid|overdue) next_billing(day) started_on(day) ends_on(day)
    human_resources: position(text) expected_salary(money)
    leave: leave_from(day) leave_until(day) leave_sort(paid|unpaid|sick|other) *requested_on(day) *decision(approved|refused) *withdrawn_on(day)
    participants: fee(money)
    suppliers:
    franchise: town(text)
    ");
}

#[test]
fn every_tree_begins_with_a_status_to_start_from_and_ends_well_or_badly() {
    for spec in KINDS {
        let groups: Vec<StatusGroup> = spec.statuses.iter().map(|status| status.group).collect();
        assert!(groups.is_sorted(), "{}", spec.kind);
        let distinct: BTreeSet<StatusGroup> = groups.into_iter().collect();
        assert_eq!(distinct.len(), 4, "{}", spec.kind);
    }
}

#[test]
fn each_status_in_progress_hands_out_a_todo_unless_time_alone_brings_it_about() {
    for spec in KINDS {
        for status in spec.statuses {
            let by_edit = status.group == StatusGroup::InProgress && status.key != "forgotten";
            assert_eq!(status.todo.is_some(), by_edit, "{} {}", spec.kind, status.key);
        }
    }
}

#[test]
fn kinds_whose_business_is_not_built_are_a_preview() {
    let previews: Vec<String> =
        ProductKind::ALL.iter().filter(|kind| kind.is_preview()).map(ToString::to_string).collect();
    assert_eq!(previews, ["invoicing", "order", "webshop", "leave"]);
    assert!(!ProductKind::Other(999).is_preview());
}

#[test]
fn every_key_is_a_key_and_unique_where_it_is_used() {
    let check = |keys: Vec<&str>, place: &dyn std::fmt::Debug| {
        for key in &keys {
            assert!(key.parse::<Key>().is_ok() && key.len() <= MAX_KEY_LEN, "{place:?}: {key}");
        }
        assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len(), "{place:?}");
    };
    for spec in KINDS {
        check(spec.statuses.iter().map(|status| status.key).collect(), &spec.kind);
        check(spec.fields.iter().map(|field| field.key).collect(), &spec.kind);
        for field in spec.fields {
            if let Values::Choice(options) = field.values {
                check(options.iter().map(|option| option.key).collect(), &field.key);
            }
        }
    }
}

#[test]
fn everything_has_a_name_in_every_language() {
    let mut all: Vec<Names> = Vec::new();
    for spec in KINDS {
        all.extend([spec.names, spec.item_noun, spec.guidance]);
        all.extend(spec.statuses.iter().map(|status| status.names));
        all.extend(spec.statuses.iter().filter_map(|status| status.todo.as_ref()).map(|todo| todo.names));
        for field in spec.fields {
            all.push(field.names);
            if let Values::Choice(options) = field.values {
                all.extend(options.iter().map(|option| option.names));
            }
        }
    }
    for names in all {
        for language in [Language::English, Language::Hungarian, Language::Romanian] {
            let name = names.get(language);
            assert!(!name.is_empty() && name.trim() == name, "{names:?}");
            assert!(
                !name.contains(['ş', 'ţ', 'Ş', 'Ţ', 'õ', 'û']),
                "{name}: comma below, double acute (T20)"
            );
        }
    }
}

#[test]
fn whoever_makes_a_product_from_the_catalogue_makes_the_same_statuses_and_fields() {
    let spec = spec(ProductKind::Sales).unwrap();
    let made = new_product(PRODUCT, spec, 10);
    assert_eq!(made, new_product(PRODUCT, spec, 10));
    assert_eq!(made.statuses[0].id, status_id(PRODUCT, "to_qualify"));
    insta::assert_snapshot!(made.statuses[0].id, @"c7c12b9c-9107-5709-3b8f-7714f3d62b4a");
    insta::assert_snapshot!(made.fields[1].id, @"562d601b-d061-396e-8623-4b7af8da10d3");
    let other = new_product(ProductId::from_bytes([2; 16]), spec, 10);
    assert_ne!(made.statuses[0].id, other.statuses[0].id);
    assert_ne!(status_id(PRODUCT, "won").as_bytes(), field_id(PRODUCT, "won").as_bytes());
}

#[test]
fn a_name_is_shown_in_the_readers_language_until_an_administrator_changes_it() {
    let mut product = new_product(PRODUCT, spec(ProductKind::Projects).unwrap(), 1).product;
    assert_eq!(product.display_name(Language::of("hu-HU")), "Projektek");
    assert_eq!(product.display_noun(Language::of("ro")), "proiect");
    assert_eq!(product.display_name(Language::of("pt-PT")), "Projects");
    product.name = "Renovations".into();
    assert_eq!(product.display_name(Language::of("hu")), "Renovations");
    product.name = "Projects".into();
    assert_eq!(product.display_name(Language::of("hu")), "Projects", "a name given is shown as given");
    product.name = "Renovations".into();
    product.kind = ProductKind::Other(999);
    assert_eq!(product.display_name(Language::of("hu")), "Renovations");
}

#[test]
fn the_encoded_forms_of_product_and_status_are_fixed() {
    let mut made = new_product(PRODUCT, spec(ProductKind::Webshop).unwrap(), 10);
    let hex = |bytes: Vec<u8>| data_encoding::HEXLOWER.encode(&bytes);
    insta::assert_snapshot!(hex(minicbor::to_vec(&made.product).unwrap()), @"a7005001010101010101010101010101010101010502600360040a05f50619016d");
    insta::assert_snapshot!(serde_json::to_string(&made.product).unwrap(), @r#"{"id":"01010101-0101-0101-0101-010101010101","kind":"webshop","name":"","item_noun":"","order":10,"enabled":true,"lapse_days":365}"#);
    let status = &mut made.statuses[0];
    status.todo = Some(StatusTodo { text: "Call".into(), due_days: 2 });
    insta::assert_snapshot!(hex(minicbor::to_vec(&*status).unwrap()), @"a80050891c371b0b4da4715dee5c2d26c4890e01500101010101010101010101010101010102686e6f5f6f7264657203600400050a06f407a2006443616c6c0102");
    insta::assert_snapshot!(serde_json::to_string(&status).unwrap(), @r#"{"id":"891c371b-0b4d-a471-5dee-5c2d26c4890e","product":"01010101-0101-0101-0101-010101010101","key":"no_order","name":"","group":"inactive","order":10,"retired":false,"todo":{"text":"Call","due_days":2}}"#);
    assert_eq!(&minicbor::decode::<Status>(&minicbor::to_vec(&*status).unwrap()).unwrap(), status);
}

#[test]
fn an_old_app_skips_members_that_a_new_one_adds_and_keeps_kinds_it_does_not_know() {
    let mut e = minicbor::Encoder::new(Vec::new());
    e.map(8).unwrap().u8(0).unwrap().bytes(&[1; 16]).unwrap().u8(1).unwrap().u16(999).unwrap();
    e.u8(2).unwrap().str("Robots").unwrap().u8(3).unwrap().str("robot").unwrap();
    e.u8(4).unwrap().u32(1).unwrap().u8(5).unwrap().bool(true).unwrap();
    e.u8(77).unwrap().str("later").unwrap().u8(78).unwrap().array(1).unwrap().u8(1).unwrap();
    let product: Product = minicbor::decode(&e.into_writer()).unwrap();
    assert_eq!((product.kind, product.name.as_str()), (ProductKind::Other(999), "Robots"));
}
