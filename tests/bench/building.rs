//! Building cards, and the guard: typed operations against automerge's own reading of raw changes.

use roadbook_domain::card;
use roadbook_domain::change::{Actor, Change, ChangeHash};
use roadbook_domain::document::Document;
use roadbook_domain::draft::Draft;
use roadbook_domain::guard::OpIndex;
use roadbook_domain::kind::Writer;
use roadbook_domain::projection::rows;

use crate::dataset::{self, NOW};
use crate::measure::{cpu, row};

const CARDS: usize = 10_000;

pub fn run() {
    let actor = Actor([1; 16]);
    let cards = dataset::cards(CARDS);
    let each = CARDS as f64;

    let (drafting, changes) = cpu(|| {
        cards
            .iter()
            .map(|card| {
                let mut document = Document::new(&card::KIND);
                dataset::draft(Draft::new(&mut document, actor, NOW), &card.commands())
            })
            .collect::<Vec<Change>>()
    });
    row("draft one change", drafting / each, "us/card");

    let (writing, wire) = cpu(|| changes.iter().map(Change::to_bytes).collect::<Vec<_>>());
    row("write its bytes", writing / each, "us/card");
    let (reading, read) =
        cpu(|| wire.iter().map(|bytes| Change::from_bytes(bytes).unwrap()).collect::<Vec<_>>());
    row("read its bytes, bounded", reading / each, "us/card");
    assert_eq!(read, changes);

    let (building, built) =
        cpu(|| changes.iter().map(|change| change.to_automerge(&card::KIND)).collect::<Vec<_>>());
    row("build the automerge change and its hash", building / each, "us/card");

    let fresh = Document::new(&card::KIND);
    let index = OpIndex::of(&fresh);
    let (judging, ()) = cpu(|| {
        for change in &changes {
            index.judge(change, Writer::Editor).unwrap();
        }
    });
    row("judge", judging / each, "us/card");

    let (applying, documents) = cpu(|| {
        changes
            .iter()
            .map(|change| {
                let mut document = Document::new(&card::KIND);
                document.add(change).unwrap();
                document
            })
            .collect::<Vec<_>>()
    });
    row("build it and apply it to a new document", applying / each, "us/card");
    row("in all: draft, build, apply (bar: 150)", (drafting + applying) / each, "us/card");

    let (saving, saved) = cpu(|| documents.iter().map(Document::save).collect::<Vec<_>>());
    row("save", saving / each, "us/card");
    let (loading, _) =
        cpu(|| saved.iter().map(|bytes| Document::load(&card::KIND, bytes).unwrap()).collect::<Vec<_>>());
    row("load", loading / each, "us/card");
    let (projecting, projected) =
        cpu(|| documents.iter().map(|document| rows(document, None)).collect::<Vec<_>>());
    row("project its rows", projecting / each, "us/card");
    let (indexing, _) = cpu(|| documents.iter().map(OpIndex::of).collect::<Vec<_>>());
    row("index its operations for the guard", indexing / each, "us/card");

    let raw: Vec<&[u8]> = built.iter().map(automerge::Change::raw_bytes).collect();
    let (parsing, _) = cpu(|| {
        raw.iter()
            .map(|bytes| automerge::Change::try_from(*bytes).unwrap().decode().operations.len())
            .sum::<usize>()
    });
    row("raw changes instead: parse and decode by automerge", parsing / each, "us/card");

    println!();
    let bytes = |all: usize| all as f64 / each;
    row("typed change", bytes(wire.iter().map(Vec::len).sum()), "B/card");
    row("raw change", bytes(raw.iter().map(|raw| raw.len()).sum()), "B/card");
    row("saved document", bytes(saved.iter().map(Vec::len).sum()), "B/card");
    let row_bytes: Vec<Vec<u8>> = projected.iter().map(|rows| minicbor::to_vec(rows).unwrap()).collect();
    row("rows", bytes(row_bytes.iter().map(Vec::len).sum()), "B/card");
    let page: Vec<u8> = saved.iter().take(400).flatten().copied().collect();
    row(
        "saved document, in a zstd page",
        zstd::bulk::compress(&page, 3).unwrap().len() as f64 / 400.0,
        "B/card",
    );
    let page: Vec<u8> =
        saved.iter().zip(&row_bytes).take(400).flat_map(|(s, r)| s.iter().chain(r)).copied().collect();
    row(
        "saved document and rows, in a zstd page",
        zstd::bulk::compress(&page, 3).unwrap().len() as f64 / 400.0,
        "B/card",
    );
    let page: Vec<u8> = changes.iter().take(400).flat_map(Change::to_bytes).collect();
    row(
        "typed changes, in a zstd page",
        zstd::bulk::compress(&page, 3).unwrap().len() as f64 / 400.0,
        "B/card",
    );

    one_field(&documents);
    let _ = ChangeHash([0; 32]);
}

/// The everyday change: one field of an existing card.
fn one_field(documents: &[Document]) {
    println!();
    let each = documents.len() as f64;
    let mut documents = documents.to_vec();
    let field = roadbook_domain::id::FieldId::derived(&[b"f06"]).to_string();
    let (drafting, changes) = cpu(|| {
        documents
            .iter_mut()
            .map(|document| {
                let mut draft = Draft::new(document, Actor([2; 16]), NOW);
                draft.put(card::FIELDS, field.as_str(), "123456");
                draft.finish().unwrap()
            })
            .collect::<Vec<_>>()
    });
    row("one field: draft", drafting / each, "us/change");
    let typed: Vec<_> = changes.iter().map(Change::to_bytes).collect();
    let (building, built) =
        cpu(|| changes.iter().map(|change| change.to_automerge(&card::KIND)).collect::<Vec<_>>());
    row("one field: build", building / each, "us/change");
    let (applying, ()) = cpu(|| {
        for (document, change) in documents.iter_mut().zip(&built) {
            document.apply(vec![change.clone()]).unwrap();
        }
    });
    row("one field: apply", applying / each, "us/change");
    let (parsing, _) = cpu(|| {
        built
            .iter()
            .map(|change| automerge::Change::try_from(change.raw_bytes()).unwrap().decode().operations.len())
            .sum::<usize>()
    });
    row("one field: raw parse and decode by automerge", parsing / each, "us/change");
    let (reading, _) =
        cpu(|| typed.iter().map(|bytes| Change::from_bytes(bytes).unwrap().ops.len()).sum::<usize>());
    row("one field: read typed bytes", reading / each, "us/change");
    let indexes: Vec<_> = documents.iter().take(1_000).map(OpIndex::of).collect();
    drop(indexes);
    row("one field: typed bytes", typed.iter().map(Vec::len).sum::<usize>() as f64 / each, "B");
    row(
        "one field: raw bytes",
        built.iter().map(|change| change.raw_bytes().len()).sum::<usize>() as f64 / each,
        "B",
    );
}
