//! Requests that ask for as much as may be asked for, and frames that are none.

use roadbook_domain::value::id::DocumentId;
use roadbook_domain::wire::{Bucket, Reconcile, SyncRequest, SyncResponse, to_frame};

use super::Case;
use super::site::{Asked, At, Site, What, Who, id};

pub const ALL: &[Case] = &[
    ("read: the first page of a first sync", first_page),
    ("read: a later page of 1 MiB", later_page),
    ("read: 256 buckets in which every sum differs", reconciliation),
    ("read: 1,000 documents by their ids", fetch),
    ("frame: 4 MiB of ids", ids),
    ("frame: 4 MiB of one byte, compressed", zeroes),
    ("frame: 64 KiB of noise", noise),
];

fn asked(at: At, request: SyncRequest, is_so: fn(Option<&SyncResponse>) -> bool) -> Asked {
    Asked { by: Who::User, at, what: What::Request(Box::new(request)), is_so }
}

fn first_page(_: &mut Site, _: usize) -> Asked {
    asked(At::Nowhere, SyncRequest::default(), |answer| answer.is_some_and(|answer| answer.more))
}

fn later_page(site: &mut Site, _: usize) -> Asked {
    let mut cursor = None;
    for _ in 0..2 {
        let request = SyncRequest { cursor: cursor.take(), ..SyncRequest::default() };
        cursor = site.user.exchange(&site.office, &request).cursor;
    }
    let is_so = |answer: Option<&SyncResponse>| answer.is_some_and(|answer| answer.more);
    asked(At::Cursor(cursor.unwrap()), SyncRequest::default(), is_so)
}

fn reconciliation(_: &mut Site, round: usize) -> Asked {
    let bucket =
        |last: u8| Bucket { suffix: vec![last], sums: vec![u8::try_from(round).unwrap() + 1; 256 * 16] };
    let reconcile = Some(Reconcile { buckets: (0..=255).map(bucket).collect() });
    let request = SyncRequest { reconcile, ..SyncRequest::default() };
    asked(At::Head, request, |answer| {
        answer
            .and_then(|answer| answer.reconcile.as_ref())
            .is_some_and(|found| found.documents.len() > 10_000)
    })
}

fn fetch(site: &mut Site, _: usize) -> Asked {
    let fetch = site.cards.iter().take(1_000).copied().collect();
    let request = SyncRequest { fetch, ..SyncRequest::default() };
    asked(At::Head, request, |answer| answer.is_some_and(|answer| !answer.entries.is_empty()))
}

fn frame(frame: Vec<u8>) -> Asked {
    Asked { by: Who::User, at: At::Nowhere, what: What::Frame(frame), is_so: |answer| answer.is_none() }
}

fn ids(_: &mut Site, round: usize) -> Asked {
    let fetch: Vec<DocumentId> = (0..240_000).map(|number| id("ids", round, number)).collect();
    frame(to_frame(&SyncRequest { fetch, ..SyncRequest::default() }))
}

fn zeroes(_: &mut Site, _: usize) -> Asked {
    let mut bytes = vec![1];
    // A list of lists without an end.
    bytes.extend(zstd::bulk::compress(&vec![0x81; 4 << 20], 3).unwrap());
    frame(bytes)
}

fn noise(_: &mut Site, round: usize) -> Asked {
    frame((0..4_096).flat_map(|number| *id("noise", round, number).as_bytes()).collect())
}
