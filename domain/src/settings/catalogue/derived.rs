//! Derived statuses: functions of a card's fields, so that they cannot conflict (F19, C16).
//!
//! A field may hold text that its kind cannot read. If only its presence matters, it counts as filled; if
//! its value matters, it counts as empty.

use crate::settings::field::StepMeaning;
use crate::settings::product::ProductKind;
use crate::value::decimal::Decimal;
use crate::value::time::{Day, Timestamp, Zone};

/// A derived status, and how long it stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Derived {
    /// The key of the status in the catalogue.
    pub key: &'static str,
    /// When it changes by time alone (T13); `None`: never.
    pub next_change: Option<Timestamp>,
}

/// What a status that time changes depends on (T13).
#[derive(Debug, Clone, Copy)]
pub struct LapseClock {
    /// The current instant.
    pub now: Timestamp,
    /// When the customer was last contacted or, if never, when the card was made. `None`: not known, so
    /// the card is never forgotten.
    pub last_contact: Option<Timestamp>,
    /// [`crate::settings::product::Product::lapse_days`].
    pub lapse_days: Option<u16>,
}

impl LapseClock {
    /// A clock by which nothing lapses: what the fields alone say.
    pub const OFF: Self = Self { now: Timestamp::from_millis(0), last_contact: None, lapse_days: None };
}

/// What a card's derived status is read from: its preset fields, by their keys in the catalogue.
#[derive(Clone, Copy)]
pub struct DerivedFrom<'f, 'a> {
    /// The text of a field; `None` if it is empty.
    pub text: &'f dyn Fn(&str) -> Option<&'a str>,
    /// What an option of a field means: first the field, then the option.
    pub meaning: &'f dyn Fn(&str, &str) -> Option<StepMeaning>,
}

/// The status that follows from a card's fields; `None` if statuses of this kind are stored.
pub fn derived_status(kind: ProductKind, from: DerivedFrom<'_, '_>, clock: &LapseClock) -> Option<Derived> {
    let constant = |key| Derived { key, next_change: None };
    let text = from.text;
    Some(match kind {
        ProductKind::Sales => sales(from, clock),
        ProductKind::Webshop => webshop(text, clock),
        ProductKind::Invoicing => constant(invoicing(text)),
        ProductKind::Order => constant(order(text)),
        ProductKind::Leave => constant(leave(text)),
        _ => return None,
    })
}

/// A lead's status follows from its qualification, and from whether it is hot, until its step says that it
/// is won or lost. A lead that nobody contacts for too long is forgotten, however hot it is (C24).
fn sales(from: DerivedFrom<'_, '_>, clock: &LapseClock) -> Derived {
    let constant = |key| Derived { key, next_change: None };
    let step = (from.text)("step").and_then(|option| (from.meaning)("step", option));
    let is_hot = match step {
        Some(StepMeaning::Won) => return constant("won"),
        Some(StepMeaning::Lost) => return constant("lost"),
        Some(StepMeaning::Hot) => true,
        Some(StepMeaning::Open | StepMeaning::Other(_)) | None => false,
    };
    let key = match ((from.text)("qualification"), is_hot) {
        (Some("vip"), true) => "vip_hot",
        (Some("vip"), false) => "vip",
        (Some("target"), true) => "target_hot",
        (Some("target"), false) => "target",
        (Some("non_target"), _) => return constant("non_target"),
        _ => return constant("to_qualify"),
    };
    lapsing(key, "forgotten", clock.last_contact, clock)
}

/// An open order comes first. Without one, the status follows from how often the customer bought, and how
/// long ago.
fn webshop<'a>(text: &dyn Fn(&str) -> Option<&'a str>, clock: &LapseClock) -> Derived {
    let number = |key| text(key).and_then(|text| text.parse::<Decimal>().ok()).unwrap_or(Decimal::ZERO);
    if number("open_orders") > Decimal::ZERO {
        return Derived { key: "open_order", next_change: None };
    }
    let last_order = text("last_order_on");
    let key = match number("orders") {
        orders if orders > Decimal::from(1) => "regular",
        orders if orders > Decimal::ZERO || last_order.is_some() => "bought_once",
        _ => return Derived { key: "no_order", next_change: None },
    };
    // Judged in UTC, so that every reader in every zone sees the same status.
    let ordered = last_order.and_then(|text| text.parse::<Day>().ok()).map(|day| Zone::UTC.start_of(day));
    lapsing(key, "lapsed", ordered, clock)
}

/// Nothing happens to an invoice before it is issued, and nothing after it is reversed.
fn invoicing<'a>(text: &dyn Fn(&str) -> Option<&'a str>) -> &'static str {
    let filled = |key| text(key).is_some();
    if !filled("issued_on") {
        "to_issue"
    } else if filled("reversed_on") {
        "reversed"
    } else if filled("paid_on") {
        "paid"
    } else if filled("sent_on") {
        "sent"
    } else {
        "issued"
    }
}

/// The furthest step reached, but a cancellation beats every step.
fn order<'a>(text: &dyn Fn(&str) -> Option<&'a str>) -> &'static str {
    let filled = |key| text(key).is_some();
    if filled("cancelled_on") {
        "cancelled"
    } else if filled("fulfilled_on") {
        "fulfilled"
    } else if filled("fulfilment_from") {
        "in_fulfilment"
    } else if filled("confirmed_on") {
        "confirmed"
    } else {
        "draft"
    }
}

/// The user who asked may withdraw at any time. If they do not, the decision counts once there is one.
fn leave<'a>(text: &dyn Fn(&str) -> Option<&'a str>) -> &'static str {
    if text("withdrawn_on").is_some() {
        return "withdrawn";
    }
    match text("decision") {
        Some("refused") => "refused",
        Some("approved") => "approved",
        _ if text("requested_on").is_some() => "requested",
        _ => "planned",
    }
}

/// `key` until `lapse_days` of 24 hours have passed since `since`, then `lapsed`.
fn lapsing(key: &'static str, lapsed: &'static str, since: Option<Timestamp>, clock: &LapseClock) -> Derived {
    let (Some(since), Some(days)) = (since, clock.lapse_days) else {
        return Derived { key, next_change: None };
    };
    let at = Timestamp::from_millis(since.millis().saturating_add(i64::from(days) * DAY_MILLIS));
    if at <= clock.now {
        Derived { key: lapsed, next_change: None }
    } else {
        Derived { key, next_change: Some(at) }
    }
}

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1_000;

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;
    use crate::settings::catalogue::{KINDS, spec};
    use crate::settings::status::StatusMode;

    #[test]
    fn sales_rank_leads_by_qualification_and_heat_until_they_are_won_or_lost() {
        for (fields, key) in [
            ("", "to_qualify"),
            ("step=enquiry", "to_qualify"),
            ("step=offer_sent", "to_qualify"),
            ("qualification=unheard_of", "to_qualify"),
            ("qualification=non_target", "non_target"),
            ("qualification=non_target step=negotiating", "non_target"),
            ("qualification=target", "target"),
            ("qualification=target step=needs_known", "target"),
            ("qualification=target step=offer_sent", "target_hot"),
            ("qualification=target step=negotiating", "target_hot"),
            ("qualification=target step=unheard_of", "target"),
            ("qualification=vip", "vip"),
            ("qualification=vip step=enquiry", "vip"),
            ("qualification=vip step=offer_sent", "vip_hot"),
            ("qualification=vip step=won", "won"),
            ("qualification=non_target step=won", "won"),
            ("step=lost", "lost"),
            ("qualification=vip step=lost", "lost"),
        ] {
            assert_eq!(at(ProductKind::Sales, fields, 0).key, key, "{fields}");
        }
    }

    #[test]
    fn a_lead_is_forgotten_after_exactly_n_days_without_contact() {
        let contact = 1_000;
        let clock = |now| LapseClock {
            now: Timestamp::from_millis(now),
            last_contact: Some(Timestamp::from_millis(contact)),
            lapse_days: Some(30),
        };
        let forgotten_at = contact + 30 * DAY_MILLIS;
        for qualification in ["vip", "target"] {
            let fields = format!("qualification={qualification} step=offer_sent");
            let before = derive(ProductKind::Sales, &fields, &clock(forgotten_at - 1));
            assert_eq!(before.key, format!("{qualification}_hot"));
            assert_eq!(before.next_change, Some(Timestamp::from_millis(forgotten_at)));
            let after = derive(ProductKind::Sales, &fields, &clock(forgotten_at));
            assert_eq!(after, Derived { key: "forgotten", next_change: None });
        }
        for (fields, key) in [
            ("", "to_qualify"),
            ("qualification=non_target", "non_target"),
            ("qualification=vip step=won", "won"),
            ("qualification=vip step=lost", "lost"),
        ] {
            let late = derive(ProductKind::Sales, fields, &clock(i64::MAX));
            assert_eq!(late, Derived { key, next_change: None }, "{fields}");
        }
    }

    #[test]
    fn a_lead_is_never_forgotten_without_a_known_contact_or_a_number_of_days() {
        let now = Timestamp::from_millis(i64::MAX);
        for (last_contact, lapse_days) in [(None, Some(30)), (Some(Timestamp::from_millis(0)), None)] {
            let clock = LapseClock { now, last_contact, lapse_days };
            let derived = derive(ProductKind::Sales, "qualification=vip", &clock);
            assert_eq!(derived, Derived { key: "vip", next_change: None });
        }
    }

    #[test]
    fn shop_customers_are_sorted_by_how_often_and_when_they_bought() {
        for (fields, key) in [
            ("", "no_order"),
            ("open_orders=0 orders=0", "no_order"),
            ("orders=many", "no_order"),
            ("open_orders=1", "open_order"),
            ("open_orders=2 orders=5", "open_order"),
            ("open_orders=-1 orders=1", "bought_once"),
            ("orders=1", "bought_once"),
            ("last_order_on=2026-11-22", "bought_once"),
            ("orders=2", "regular"),
            ("orders=2 last_order_on=unreadable", "regular"),
        ] {
            assert_eq!(at(ProductKind::Webshop, fields, 0).key, key, "{fields}");
        }
    }

    #[test]
    fn a_shop_customer_lapses_n_days_after_the_last_order_unless_one_is_open() {
        let last_order = 1_795_305_600_000; // 2026-11-22T00:00Z
        let lapses_at = last_order + 365 * DAY_MILLIS;
        let fields = "orders=3 last_order_on=2026-11-22";
        let before = at(ProductKind::Webshop, fields, lapses_at - 1);
        assert_eq!(before, Derived { key: "regular", next_change: Some(Timestamp::from_millis(lapses_at)) });
        assert_eq!(at(ProductKind::Webshop, fields, lapses_at), Derived { key: "lapsed", next_change: None });
        let open = at(ProductKind::Webshop, &format!("{fields} open_orders=1"), lapses_at);
        assert_eq!(open, Derived { key: "open_order", next_change: None });
    }

    #[test]
    fn an_invoice_goes_from_to_issue_to_paid_or_reversed() {
        for (fields, key) in [
            ("", "to_issue"),
            ("paid_on=2026-11-22", "to_issue"),
            ("issued_on=2026-11-22", "issued"),
            ("issued_on=2026-11-22 sent_on=2026-11-22", "sent"),
            ("issued_on=2026-11-22 paid_on=2026-11-22", "paid"),
            ("issued_on=2026-11-22 sent_on=2026-11-22 paid_on=2026-11-22", "paid"),
            ("issued_on=2026-11-22 sent_on=2026-11-22 paid_on=2026-11-22 reversed_on=2026-11-23", "reversed"),
            ("issued_on=22.11.2026", "issued"),
        ] {
            assert_eq!(at(ProductKind::Invoicing, fields, 0).key, key, "{fields}");
        }
    }

    #[test]
    fn an_order_goes_from_draft_to_fulfilled_or_cancelled() {
        for (fields, key) in [
            ("", "draft"),
            ("confirmed_on=2026-11-22", "confirmed"),
            ("confirmed_on=2026-11-22 fulfilment_from=2026-11-23", "in_fulfilment"),
            ("fulfilment_from=2026-11-23", "in_fulfilment"),
            ("confirmed_on=2026-11-22 fulfilled_on=2026-11-24", "fulfilled"),
            ("cancelled_on=2026-11-22", "cancelled"),
            ("fulfilled_on=2026-11-24 cancelled_on=2026-11-25", "cancelled"),
        ] {
            assert_eq!(at(ProductKind::Order, fields, 0).key, key, "{fields}");
        }
    }

    #[test]
    fn leave_goes_from_planned_to_approved_refused_or_withdrawn() {
        for (fields, key) in [
            ("", "planned"),
            ("requested_on=2026-11-22", "requested"),
            ("requested_on=2026-11-22 decision=unheard_of", "requested"),
            ("requested_on=2026-11-22 decision=approved", "approved"),
            ("decision=refused", "refused"),
            ("requested_on=2026-11-22 decision=refused withdrawn_on=2026-11-23", "withdrawn"),
            ("decision=approved withdrawn_on=2026-11-23", "withdrawn"),
        ] {
            assert_eq!(at(ProductKind::Leave, fields, 0).key, key, "{fields}");
        }
    }

    #[test]
    fn a_status_is_derived_exactly_where_the_catalogue_says_so() {
        for spec in KINDS {
            let derived = status_of(spec.kind, &|_| None, &clock_at(0));
            assert_eq!(derived.is_some(), spec.mode == StatusMode::Derived, "{}", spec.kind);
        }
        assert_eq!(status_of(ProductKind::Other(999), &|_| None, &clock_at(0)), None);
    }

    /// A kind with a derived status, and texts for all of its preset fields.
    fn cards() -> impl Strategy<Value = (ProductKind, BTreeMap<&'static str, String>, Option<i64>, i64)> {
        let derived: Vec<_> =
            KINDS.iter().filter(|spec| spec.mode == StatusMode::Derived).map(|spec| spec.kind).collect();
        let text = prop_oneof![
            Just(String::new()),
            prop::sample::select(vec![
                "1",
                "2",
                "0",
                "won",
                "lost",
                "offer_sent",
                "enquiry",
                "vip",
                "target",
                "non_target",
                "approved",
                "refused",
                "1970-01-05",
                "1970-02-01",
                "rubbish",
            ])
            .prop_map(str::to_owned),
        ];
        let days = 500 * DAY_MILLIS;
        (prop::sample::select(derived), prop::collection::vec(text, 12), prop::option::of(0..days), 0..days)
            .prop_map(|(kind, texts, contact, now)| {
                let keys = spec(kind).unwrap().fields.iter().map(|field| field.key);
                (kind, keys.zip(texts).collect(), contact, now)
            })
    }

    proptest! {
        #[test]
        fn every_derived_status_is_one_of_the_catalogue_and_reads_declared_inputs_only(
            (kind, fields, contact, now) in cards()
        ) {
            let spec = spec(kind).unwrap();
            let read = RefCell::new(BTreeSet::new());
            let lookup = |key: &str| {
                read.borrow_mut().insert(key.to_owned());
                fields.get(key).map(String::as_str).filter(|text| !text.is_empty())
            };
            let clock = LapseClock { last_contact: contact.map(Timestamp::from_millis), ..clock_at(now) };
            let derived = status_of(kind, &lookup, &clock).unwrap();
            prop_assert!(spec.status(derived.key).is_some(), "{}", derived.key);
            for key in read.into_inner() {
                prop_assert!(spec.field(&key).is_some_and(|field| field.decides_status), "{key}");
            }
        }

        #[test]
        fn a_derived_status_stays_until_its_next_change_and_changes_then((kind, fields, contact, now) in cards()) {
            let lookup = |key: &str| fields.get(key).map(String::as_str).filter(|text| !text.is_empty());
            let at = |now| {
                let clock = LapseClock { last_contact: contact.map(Timestamp::from_millis), ..clock_at(now) };
                status_of(kind, &lookup, &clock).unwrap()
            };
            let first = at(now);
            match first.next_change {
                Some(next) => {
                    prop_assert!(next.millis() > now);
                    prop_assert_eq!(at(next.millis() - 1), first);
                    prop_assert_ne!(at(next.millis()).key, first.key);
                }
                None => prop_assert_eq!(at(i64::MAX), first),
            }
        }
    }

    #[test]
    fn every_field_declared_as_an_input_is_read() {
        for spec in KINDS {
            let read = RefCell::new(BTreeSet::new());
            for text in [None, Some("target"), Some("1970-01-01")] {
                let lookup = |key: &str| {
                    read.borrow_mut().insert(key.to_owned());
                    // Invoices stop at the first empty step, so later inputs are read once it is filled.
                    if key == "issued_on" {
                        Some("1970-01-01")
                    } else {
                        text.filter(|_| key == "qualification")
                    }
                };
                status_of(spec.kind, &lookup, &clock_at(0));
            }
            let declared: BTreeSet<String> = spec
                .fields
                .iter()
                .filter(|field| field.decides_status)
                .map(|field| field.key.to_owned())
                .collect();
            assert_eq!(read.into_inner(), declared, "{}", spec.kind);
        }
    }

    fn at(kind: ProductKind, fields: &str, now: i64) -> Derived {
        derive(kind, fields, &clock_at(now))
    }

    fn derive(kind: ProductKind, fields: &str, clock: &LapseClock) -> Derived {
        let fields: BTreeMap<&str, &str> =
            fields.split_whitespace().map(|pair| pair.split_once('=').unwrap()).collect();
        status_of(kind, &|key| fields.get(key).copied(), clock).unwrap()
    }

    /// The status, where options mean what the catalogue says.
    fn status_of<'a>(
        kind: ProductKind,
        text: &dyn Fn(&str) -> Option<&'a str>,
        clock: &LapseClock,
    ) -> Option<Derived> {
        let meaning = |field: &str, option: &str| spec(kind)?.field(field)?.option(option)?.means;
        derived_status(kind, DerivedFrom { text, meaning: &meaning }, clock)
    }

    fn clock_at(now: i64) -> LapseClock {
        LapseClock { now: Timestamp::from_millis(now), last_contact: None, lapse_days: Some(365) }
    }
}
