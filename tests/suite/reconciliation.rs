//! Reconciliation: the phone's side against the model's.

use minicbor::bytes::ByteVec;
use proptest::prelude::*;
use roadbook_client::reconciliation::{Differences, Reconciliation, Terms};
use roadbook_domain::value::id::DocumentId;
use roadbook_domain::wire::ReconcileAnswer;
use roadbook_tests::model::answer;

fn run(device: &Terms, server: &Terms) -> (Differences, usize) {
    let mut plan = Reconciliation::begin();
    let mut steps = 0;
    while let Some(step) = plan.step(device) {
        plan.answer(&step, &answer(&step, server), device);
        steps += 1;
    }
    (plan.differences(), steps)
}

fn expected(device: &Terms, server: &Terms) -> Differences {
    let reupload = device.iter().filter(|(id, term)| server.get(id) != Some(term));
    let fetch = server.iter().filter(|(id, term)| device.get(id) != Some(term));
    Differences { reupload: reupload.map(|(id, _)| *id).collect(), fetch: fetch.map(|(id, _)| *id).collect() }
}

fn terms(count: u32) -> Terms {
    (0..count)
        .map(|n| {
            let id = DocumentId::derived(&[&n.to_be_bytes()]);
            (id, roadbook_domain::document::digest::term(id, &[]))
        })
        .collect()
}

#[test]
fn equal_sides_agree_in_one_step() {
    let both = terms(5_000);
    assert_eq!(run(&both, &both), (Differences::default(), 1));
}

#[test]
fn ten_differences_among_fifty_thousand_are_found_in_two_steps_and_64_kilobytes() {
    let server = terms(50_000);
    let mut device = server.clone();
    for id in server.keys().step_by(5_000) {
        device.remove(id);
    }
    let mut plan = Reconciliation::begin();
    let mut bytes = 0;
    let mut steps = 0;
    while let Some(step) = plan.step(&device) {
        let answer = answer(&step, &server);
        bytes += minicbor::to_vec(&step).unwrap().len() + minicbor::to_vec(&answer).unwrap().len();
        plan.answer(&step, &answer, &device);
        steps += 1;
    }
    assert_eq!(plan.differences(), expected(&device, &server));
    assert!(steps <= 2 && bytes < 64 << 10, "{steps} steps, {bytes} bytes");
}

#[test]
fn an_answer_about_what_was_not_asked_changes_nothing() {
    let device = terms(3);
    let mut plan = Reconciliation::begin();
    let step = plan.step(&device).unwrap();
    let forged = ReconcileAnswer {
        deeper: vec![ByteVec::from(vec![1, 2]), ByteVec::from(vec![1; 40])],
        listed: vec![ByteVec::from(Vec::new())],
        documents: Vec::new(),
    };
    plan.answer(&step, &forged, &device);
    assert_eq!(plan.step(&device), None);
    assert_eq!(plan.differences(), Differences::default());
}

proptest! {
    #[test]
    fn a_reconciliation_finds_every_difference_and_no_other(
        count in 0_u32..2_000,
        here in prop::collection::btree_set(0_u32..2_000, 0..40),
        there in prop::collection::btree_set(0_u32..2_000, 0..40),
        other in prop::collection::btree_set(0_u32..2_000, 0..40),
    ) {
        let (mut device, mut server) = (terms(count), terms(count));
        let nth = |n: &u32| DocumentId::derived(&[&n.to_be_bytes()]);
        for n in &here {
            server.remove(&nth(n));
        }
        for n in &there {
            device.remove(&nth(n));
        }
        for n in &other {
            device.insert(nth(n), [7; 16]);
        }
        prop_assert_eq!(run(&device, &server).0, expected(&device, &server));
    }
}
