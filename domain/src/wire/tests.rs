//! Golden bytes: a change here changes the protocol, or what rests in stores.

mod lists;

use data_encoding::HEXLOWER;
use minicbor::{Decode, Encode};

use super::*;
use crate::crm::row::Rows;
use crate::crm::row::{
    CardRow, ContactRow, ContactSort, DetailRow, DetailSort, Event, Fact, LinkRow, TodoRow,
};
use crate::document::DocumentTypeId;
use crate::document::change::{Actor, Change, ChangeHash, Op, OpId, Register};
use crate::document::{AuthorTable, Origin, OriginKind, Signature};
use crate::value::id::{DeviceId, DocumentId, PartId, UserId};
use crate::value::time::Timestamp;
use crate::value::trash::Trash;

const DOCUMENT: DocumentId = DocumentId::from_bytes([0xd0; 16]);
const USER: UserId = UserId::from_bytes([0xee; 16]);
const PART: PartId = PartId::from_bytes([0xaa; 6]);
const HASH: ChangeHash = ChangeHash([0xcc; 32]);

fn golden<T>(value: &T) -> String
where
    T: Encode<()> + for<'b> Decode<'b, ()> + PartialEq + std::fmt::Debug,
{
    let bytes = minicbor::to_vec(value).unwrap();
    assert_eq!(&minicbor::decode::<T>(&bytes).unwrap(), value, "what is written is read back");
    HEXLOWER.encode(&bytes)
}

fn signature() -> Signature {
    Signature { user: Some(USER), device: Some(DeviceId::from_bytes([0xde; 16])) }
}

fn origin() -> Origin {
    Origin { kind: OriginKind::IMPORT, id: [0x0f; 16] }
}

fn authors() -> AuthorTable {
    let mut table = AuthorTable::default();
    table.push((Actor([1; 16]), 1), &signature(), Some(origin()), Timestamp::from_millis(1_000));
    table.push((Actor([1; 16]), 2), &signature(), None, Timestamp::from_millis(1_500));
    table
}

fn change() -> Change {
    let other = OpId { counter: 7, actor: Actor([2; 16]) };
    let register = |name: &str| Register { container: 1, name: name.into() };
    Change {
        actor: Actor([1; 16]),
        seq: 2,
        start_op: 9,
        time: Timestamp::from_millis(1_700_000_000_000),
        deps: vec![HASH],
        ops: vec![
            Op::Put { register: register("f"), value: "v".into(), pred: vec![other] },
            Op::MakeText { register: register("t"), pred: vec![] },
            Op::Insert { text: OpId { counter: 10, actor: Actor([1; 16]) }, after: None, chars: "hi".into() },
            Op::Erase { text: other, first: other, count: 3 },
        ],
    }
}

#[test]
fn the_bytes_of_a_change_are_pinned() {
    let bytes = change().to_bytes();
    assert_eq!(Change::from_bytes(&bytes).unwrap(), change());
    insta::assert_snapshot!(HEXLOWER.encode(&bytes));
}

#[test]
fn the_hash_of_a_change_is_pinned_for_it_is_its_identity() {
    let hash = change().to_automerge(&crate::crm::card::TYPE).hash();
    insta::assert_snapshot!(HEXLOWER.encode(&hash.0));
}

fn request() -> SyncRequest {
    SyncRequest {
        cursor: Some(Cursor(vec![1, 2])),
        capabilities: vec![Capability(1)],
        push: vec![Pushed {
            document: DOCUMENT,
            kind: DocumentTypeId::CARD,
            changes: vec![PushedChange { change: vec![9], check: [7; 8].into(), origin: Some(origin()) }],
        }],
        budget: Some(1_000),
        reconcile: Some(Reconcile { buckets: vec![Bucket { suffix: vec![3], sums: vec![0; 4] }] }),
        reuploads: vec![Reupload {
            document: DOCUMENT,
            kind: DocumentTypeId::CARD,
            changes: vec![vec![9; 24].into()],
            authors: authors(),
            receipt: [5; 16].into(),
            heads: vec![HASH],
            part: None,
        }],
        fetch: vec![DOCUMENT],
        tombstones: vec![Tombstone { document: DOCUMENT, receipt: [6; 16].into() }],
        settings: vec![ReceiptedRow {
            row: crate::settings::builtin_rows().remove(0),
            receipt: [7; 16].into(),
        }],
    }
}

#[test]
fn the_request_is_pinned() {
    insta::assert_snapshot!(golden(&request()));
}

#[test]
fn a_part_of_a_re_upload_is_pinned() {
    let offer = Reupload {
        document: DOCUMENT,
        kind: DocumentTypeId::CARD,
        changes: vec![vec![9; 24].into()],
        authors: AuthorTable::default(),
        receipt: [5; 16].into(),
        heads: vec![HASH],
        part: Some(ReuploadPart { first: 30_000, total: 50_000 }),
    };
    insta::assert_snapshot!(golden(&offer));
}

#[test]
fn the_smallest_request_is_pinned() {
    insta::assert_snapshot!(golden(&SyncRequest::default()));
}

#[test]
fn a_list_of_strings_too_short_to_be_changes_is_no_reupload() {
    let offered = |change: Vec<u8>, count| {
        let changes = vec![change.into(); count];
        let offer = Reupload {
            document: DOCUMENT,
            kind: DocumentTypeId::CARD,
            changes,
            authors: authors(),
            receipt: [5; 16].into(),
            heads: vec![HASH],
            part: None,
        };
        let request = SyncRequest { reuploads: vec![offer], ..SyncRequest::default() };
        from_frame::<SyncRequest>(&to_frame(&request), 64 << 20).is_ok()
    };
    assert!(offered(vec![9; 24], 1) && offered(vec![9; 24], MAX_REUPLOADED_CHANGES));
    assert!(!offered(vec![], 1), "an empty one");
    assert!(!offered(vec![9; 23], 1), "a short one");
    assert!(!offered(vec![9; 24], MAX_REUPLOADED_CHANGES + 1), "more than a document may have");
}

fn response() -> SyncResponse {
    SyncResponse {
        status: SyncStatus::RolledBack,
        verdicts: vec![GroupVerdict {
            document: DOCUMENT,
            verdicts: vec![
                Verdict::Applied(7),
                Verdict::Dup(6),
                Verdict::Needs(vec![HASH]),
                Verdict::Refused(RefusalCode::RightLost),
                Verdict::ActorFork,
                Verdict::UpgradeRequired,
                Verdict::NotReached,
            ],
        }],
        entries: vec![Envelope { kind: 77, body: vec![1] }],
        cursor: Some(Cursor(vec![1])),
        more: true,
        now: Timestamp::from_millis(1_700_000_000_000),
        digest: Some([4; 16]),
        progress: Some(Progress { done: 1, total: 2 }),
        reconcile: Some(ReconcileAnswer {
            deeper: vec![vec![1].into()],
            listed: vec![vec![2].into()],
            documents: vec![HeadsRow { document: DOCUMENT, term: [8; 16] }],
        }),
        receipts: vec![DocumentReceipt { document: DOCUMENT, receipt: [5; 16].into() }],
        row_verdicts: vec![Verdict::Applied(7), Verdict::Refused(RefusalCode::EmailTaken)],
    }
}

#[test]
fn the_response_is_pinned() {
    insta::assert_snapshot!(golden(&response()));
}

fn entries() -> [Entry; 5] {
    let settings = crate::settings::builtin_rows().remove(0);
    [
        Entry::Change(LogEntry {
            seq: 5,
            document: DOCUMENT,
            change: vec![9],
            check: [7; 8].into(),
            by: signature(),
            received_at: Timestamp::from_millis(2_000),
            origin: None,
        }),
        Entry::Bundle(Bundle {
            document: DOCUMENT,
            kind: DocumentTypeId::CARD,
            as_of: 5,
            saved: vec![1, 0x80],
            heads: vec![HASH],
            authors: authors(),
            rows: vec![],
            projection_version: 1,
            receipt: [5; 16].into(),
        }),
        Entry::Forget(Forgotten {
            seq: 6,
            document: DOCUMENT,
            closings: vec![(
                PART,
                "closed#1;success;2026-11-22T09:00:05;Europe/Budapest;eeeeeeee-eeee-eeee-eeee-eeeeeeeeeeee"
                    .parse()
                    .unwrap(),
            )],
        }),
        Entry::Settings(ReceiptedRow { row: settings, receipt: [7; 16].into() }),
        Entry::Purge(Tombstone { document: DOCUMENT, receipt: [6; 16].into() }),
    ]
}

#[test]
fn every_kind_of_entry_is_pinned_and_an_unknown_one_is_left_in_its_envelope() {
    let entries = entries();
    let pinned: Vec<_> = entries
        .iter()
        .map(|entry| {
            let envelope = entry.to_envelope();
            assert_eq!(Entry::from_envelope(&envelope).unwrap().as_ref(), Some(entry));
            golden(&envelope)
        })
        .collect();
    insta::assert_snapshot!(pinned.join("\n"));
    assert_eq!(Entry::from_envelope(&Envelope { kind: 77, body: vec![0xff] }).unwrap(), None);
}

#[test]
fn a_closing_in_the_form_of_a_later_version_is_left_out_and_its_document_still_goes() {
    let bytes = minicbor::to_vec((6_u64, DOCUMENT, vec![(PART, "waiting#1"), (PART, "open#1")])).unwrap();
    let forgotten =
        Forgotten { seq: 6, document: DOCUMENT, closings: vec![(PART, "open#1".parse().unwrap())] };
    assert_eq!(minicbor::decode::<Forgotten>(&bytes).unwrap(), forgotten);
}

fn card_rows() -> Rows {
    let row = CardRow {
        product: None,
        name: "Acme".into(),
        status: None,
        owner: Some(USER),
        trash: Trash::Review,
        fields: vec![("f".into(), "v".into())],
        links: vec![LinkRow { id: PART, target: DOCUMENT, role: "customer".into() }],
        todos: vec![TodoRow {
            id: PART,
            text: "Call".into(),
            due: Some("2026-11-22T09:00[Europe/Budapest]".parse().unwrap()),
            assignee: Some(USER),
            state: "open#1".parse().unwrap(),
            contact: None,
        }],
        last_contact: Some(Timestamp::from_millis(3)),
        conflicts: 1,
        created: Some(Timestamp::from_millis(2)),
    };
    let facts = [
        Event::Created,
        Event::Status(None, None),
        Event::Owner(None, Some(USER)),
        Event::TodoMade(PART),
        Event::TodoMoved(PART, Some("2026-11-22".parse().unwrap()), None),
        Event::TodoState(PART, "open#2".parse().unwrap()),
        Event::Assignee(PART, Some(USER), None),
        Event::Contacted(PART),
    ]
    .map(|event| Fact { at: Timestamp::from_millis(4), by: Some(USER), event })
    .to_vec();
    Rows::Card(Box::new(row), facts)
}

#[test]
fn the_rows_of_a_card_are_pinned() {
    insta::assert_snapshot!(golden(&card_rows()));
}

#[test]
fn the_rows_of_a_contact_are_pinned() {
    let row = ContactRow {
        sort: ContactSort::Company,
        given_name: String::new(),
        family_name: "Acme".into(),
        trash: Trash::No,
        fields: vec![],
        details: vec![DetailRow {
            id: PART,
            sort: DetailSort::Email,
            label: "work".into(),
            value: "a@b.test".into(),
        }],
        links: vec![],
        creator: Some(USER),
        conflicts: 0,
    };
    insta::assert_snapshot!(golden(&Rows::Contact(Box::new(row), vec![])));
}

#[test]
fn a_poke_is_pinned() {
    let frame = LiveFrame::Poke(Poke { head: 12 });
    assert_eq!(LiveFrame::from_bytes(&frame.to_bytes()), Ok(Some(frame)));
    insta::assert_snapshot!(HEXLOWER.encode(&frame.to_bytes()));
}

#[test]
fn a_reader_skips_numbers_it_does_not_know() {
    // Poke { 0: 12 } with a field 9 that a later version added.
    let later = [0xa2, 0x00, 0x0c, 0x09, 0x63, b'n', b'e', b'w'];
    assert_eq!(minicbor::decode::<Poke>(&later).unwrap(), Poke { head: 12 });
}

#[test]
fn an_author_table_tells_who_when_and_in_which_act() {
    let table = authors();
    assert_eq!(table.signature(Actor([1; 16])), Some(&signature()));
    assert_eq!(table.received_at(Actor([1; 16]), 2), Some(Timestamp::from_millis(1_500)));
    assert_eq!(table.origin(Actor([1; 16]), 1), Some(origin()));
    assert_eq!(table.received_at(Actor([1; 16]), 3), None);
    assert_eq!(table.received_at(Actor([1; 16]), 0), None);
}
