//! Building cards, and the guard: typed operations against automerge's own reading of raw changes.

use roadbook_domain::crm::card;
use roadbook_domain::document::Document;
use roadbook_domain::document::OpIndex;
use roadbook_domain::document::Writer;
use roadbook_domain::document::change::{Actor, Change};
use roadbook_domain::document::draft::Draft;
use roadbook_domain::read::projection::rows;

use crate::dataset::{self, Card, NOW};
use crate::measure::{Figure, Table, best, cpu};

const CARDS: usize = 10_000;

pub fn run(table: &mut Table) {
    let actor = Actor([1; 16]);
    let cards = dataset::cards(CARDS);
    let each = CARDS as f64;

    let commands: Vec<_> = cards.iter().map(Card::commands).collect();
    let draft = || {
        let drafts = commands.iter().map(|commands| {
            let mut document = Document::new(&card::TYPE);
            dataset::draft(Draft::new(&mut document, actor, NOW), commands)
        });
        drafts.collect::<Vec<Change>>()
    };
    let (drafting, changes) = best(draft);
    table.note("draft one change", drafting / each, "us/card");

    let (writing, wire) = cpu(|| changes.iter().map(Change::to_bytes).collect::<Vec<_>>());
    table.note("write its bytes", writing / each, "us/card");
    let (reading, read) =
        cpu(|| wire.iter().map(|bytes| Change::from_bytes(bytes).unwrap()).collect::<Vec<_>>());
    table.note("read its bytes, bounded", reading / each, "us/card");
    assert_eq!(read, changes);

    let (building, built) =
        cpu(|| changes.iter().map(|change| change.to_automerge(&card::TYPE)).collect::<Vec<_>>());
    table.note("build the automerge change and its hash", building / each, "us/card");

    let fresh = Document::new(&card::TYPE);
    let index = OpIndex::of(&fresh);
    let (judging, ()) = cpu(|| {
        for change in &changes {
            index.judge(change, Writer::Editor).unwrap();
        }
    });
    table.note("judge", judging / each, "us/card");

    let apply = || {
        let built = changes.iter().map(|change| {
            let mut document = Document::new(&card::TYPE);
            document.add(change).unwrap();
            document
        });
        built.collect::<Vec<_>>()
    };
    let (applying, documents) = best(apply);
    table.note("build it and apply it to a new document", applying / each, "us/card");
    let seconds = (drafting + applying) / 1e6 * (10_000.0 / each);
    table.row("10,000 cards: draft, build and apply", Figure::new(seconds, "s CPU").at_most(1.5));

    let (saving, saved) = cpu(|| documents.iter().map(Document::save).collect::<Vec<_>>());
    table.note("save", saving / each, "us/card");
    let (loading, _) =
        cpu(|| saved.iter().map(|bytes| Document::load(&card::TYPE, bytes).unwrap()).collect::<Vec<_>>());
    table.note("load", loading / each, "us/card");
    let (projecting, projected) =
        cpu(|| documents.iter().map(|document| rows(document, None)).collect::<Vec<_>>());
    table.note("project its rows", projecting / each, "us/card");
    let (indexing, _) = cpu(|| documents.iter().map(OpIndex::of).collect::<Vec<_>>());
    table.note("index its operations for the guard", indexing / each, "us/card");

    let raw: Vec<&[u8]> = built.iter().map(automerge::Change::raw_bytes).collect();
    let (parsing, _) = cpu(|| {
        raw.iter()
            .map(|bytes| automerge::Change::try_from(*bytes).unwrap().decode().operations.len())
            .sum::<usize>()
    });
    table.note("raw changes instead: parse and decode by automerge", parsing / each, "us/card");

    let bytes = |all: usize| all as f64 / each;
    table.note("typed change", bytes(wire.iter().map(Vec::len).sum()), "B/card");
    table.note("raw change", bytes(raw.iter().map(|raw| raw.len()).sum()), "B/card");
    table.note("saved document", bytes(saved.iter().map(Vec::len).sum()), "B/card");
    let row_bytes: Vec<Vec<u8>> = projected.iter().map(|rows| minicbor::to_vec(rows).unwrap()).collect();
    table.note("rows", bytes(row_bytes.iter().map(Vec::len).sum()), "B/card");
    let page: Vec<u8> = saved.iter().take(400).flatten().copied().collect();
    table.note(
        "saved document, in a zstd page",
        zstd::bulk::compress(&page, 3).unwrap().len() as f64 / 400.0,
        "B/card",
    );
    let page: Vec<u8> =
        saved.iter().zip(&row_bytes).take(400).flat_map(|(s, r)| s.iter().chain(r)).copied().collect();
    table.note(
        "saved document and rows, in a zstd page",
        zstd::bulk::compress(&page, 3).unwrap().len() as f64 / 400.0,
        "B/card",
    );
    let page: Vec<u8> = changes.iter().take(400).flat_map(Change::to_bytes).collect();
    table.note(
        "typed changes, in a zstd page",
        zstd::bulk::compress(&page, 3).unwrap().len() as f64 / 400.0,
        "B/card",
    );

    one_field(table, &documents);
}

/// The everyday change: one field of an existing card.
fn one_field(table: &mut Table, documents: &[Document]) {
    let each = documents.len() as f64;
    let mut documents = documents.to_vec();
    let field = roadbook_domain::value::id::FieldId::derived(&[b"f06"]).to_string();
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
    table.note("one field: draft", drafting / each, "us/change");
    let typed: Vec<_> = changes.iter().map(Change::to_bytes).collect();
    let (building, built) =
        cpu(|| changes.iter().map(|change| change.to_automerge(&card::TYPE)).collect::<Vec<_>>());
    table.note("one field: build", building / each, "us/change");
    let (applying, ()) = cpu(|| {
        for (document, change) in documents.iter_mut().zip(&built) {
            document.apply(vec![change.clone()]).unwrap();
        }
    });
    table.note("one field: apply", applying / each, "us/change");
    let (parsing, _) = cpu(|| {
        built
            .iter()
            .map(|change| automerge::Change::try_from(change.raw_bytes()).unwrap().decode().operations.len())
            .sum::<usize>()
    });
    table.note("one field: raw parse and decode by automerge", parsing / each, "us/change");
    let (reading, _) =
        cpu(|| typed.iter().map(|bytes| Change::from_bytes(bytes).unwrap().ops.len()).sum::<usize>());
    table.note("one field: read typed bytes", reading / each, "us/change");
    table.note("one field: typed bytes", typed.iter().map(Vec::len).sum::<usize>() as f64 / each, "B");
    table.note(
        "one field: raw bytes",
        built.iter().map(|change| change.raw_bytes().len()).sum::<usize>() as f64 / each,
        "B",
    );
}
