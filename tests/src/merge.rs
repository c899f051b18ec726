//! Merging, simulated: a few phones edit one card apart, exchange changes in any order, more than
//! once, one by one or together, restart, and read each other's saved files; in the end all show the
//! same, and the same as the reference model (L3).

use roadbook_domain::crm::card;
use roadbook_domain::crm::command::{Acting, CardCommand, NewEntry, NewTodo};
use roadbook_domain::crm::row::Rows;
use roadbook_domain::document::AuthorTable;
use roadbook_domain::document::Document;
use roadbook_domain::document::OpIndex;
use roadbook_domain::document::Writer;
use roadbook_domain::document::change::{Actor, Change, ChangeHash};
use roadbook_domain::document::draft::Draft;
use roadbook_domain::read::projection;
use roadbook_domain::read::view::View;
use roadbook_domain::value::channels::{Channel, Channels};
use roadbook_domain::value::due::{Due, LocalMinute};
use roadbook_domain::value::env::{Env, SeededEnv};
use roadbook_domain::value::id::{DocumentId, FieldId, PartId, ProductId, StatusId, UserId};
use roadbook_domain::value::leads::Leads;
use roadbook_domain::value::recurrence::{Recurrence, RepeatUnit};
use roadbook_domain::value::time::{Day, Timestamp, Zone};
use roadbook_domain::value::todo::Outcome;
use roadbook_domain::value::trash::Trash;

use crate::dice::Dice;
use crate::failure::{Failure, ensure, same};
use crate::reference::{self, Changes};

/// 2026-11-22T08:00:00Z, a Sunday.
pub const START: Timestamp = Timestamp::from_millis(1_795_334_400_000);

const HOUR: i64 = 3_600_000;
const STEPS: usize = 18;

/// One phone's copy of the card.
struct Replica {
    document: Document,
    /// The index by which a server would judge that took the changes in the order of this replica.
    index: OpIndex,
    actor: Actor,
    user: UserId,
    zone: Zone,
    env: SeededEnv,
}

/// Runs one seed.
///
/// # Errors
/// The law that was broken.
pub fn run(seed: u64) -> Result<(), Failure> {
    let mut dice = Dice::new(seed);
    let mut replicas: Vec<_> = (0..2 + dice.below(2)).map(|n| Replica::new(seed, n)).collect();
    let mut all = Changes::default();
    let create = CardCommand::Create {
        product: ProductId::from_bytes([1; 16]),
        name: "Example Ltd".into(),
        status: None,
        owner: None,
    };
    replicas[0].edit(&[create, new_todo(&mut dice)], &mut all)?;
    for _ in 0..STEPS {
        let (one, other) = (dice.below(replicas.len()), dice.below(replicas.len()));
        match dice.below(10) {
            0..5 => {
                let commands: Vec<_> =
                    (0..1 + dice.below(2)).map(|_| replicas[one].any_command(&mut dice)).collect();
                replicas[one].edit(&commands, &mut all)?;
            }
            5..8 => deliver(&mut replicas, one, other, &mut dice)?,
            8 => replicas[one].restart()?,
            _ => replicas[one].env.advance(HOUR * i64::from(dice.byte() % 60) - 10 * HOUR),
        }
    }
    let last = replicas.len() - 1;
    for _ in 0..2 {
        for one in 0..=last {
            let news = replicas[one].unknown_to(&replicas[last - one]);
            replicas[last - one].take(news)?;
            let news = replicas[one].unknown_to(&replicas[(one + 1) % (last + 1)]);
            replicas[(one + 1) % (last + 1)].take(news)?;
        }
    }
    let cards = all.card();
    replicas.iter().try_for_each(|replica| replica.compare(&all, &cards, &replicas[0]))
}

/// Brings to `to` some of the changes that it lacks and `from` has, in one way or another.
fn deliver(replicas: &mut [Replica], from: usize, to: usize, dice: &mut Dice) -> Result<(), Failure> {
    let mut news = replicas[from].unknown_to(&replicas[to]);
    news.truncate(1 + dice.below(news.len() + 1));
    match dice.below(3) {
        // One by one, and then once more.
        0 => {
            for change in news.iter().chain(&news) {
                replicas[to].take(vec![change.clone()])?;
            }
        }
        // The last ones first: refused, and nothing is kept of them (R06).
        1 if news.len() > 1 => {
            let heads = replicas[to].document.heads();
            let early = news[1..].iter().map(|(_, change)| change.to_automerge(&card::TYPE));
            let depends = news[1..].iter().any(|(_, change)| change.deps.contains(&news[0].0));
            let refused = replicas[to].document.apply(early.clone().collect()).is_err();
            if depends {
                same("what comes too early is refused", &refused, &true)?;
                same("what is refused leaves no trace", &replicas[to].document.heads(), &heads)?;
            } else {
                news[1..].iter().for_each(|(hash, change)| replicas[to].index.push(*hash, change));
            }
            let rest = if depends { news } else { news[..1].to_vec() };
            replicas[to].take(rest)?;
        }
        _ => replicas[to].take(news)?,
    }
    Ok(())
}

impl Replica {
    fn new(seed: u64, number: usize) -> Self {
        let number = u8::try_from(number).unwrap_or_default() + 1;
        let env = SeededEnv::new(seed.wrapping_mul(7).wrapping_add(u64::from(number)), START);
        let zones = ["Europe/Budapest", "Europe/Lisbon", "UTC"];
        Self {
            document: Document::new(&card::TYPE),
            index: OpIndex::new(&card::TYPE),
            actor: Actor::new(&env),
            user: UserId::from_bytes([number; 16]),
            zone: zones[usize::from(number) % 3].parse().unwrap_or(Zone::UTC),
            env,
        }
    }

    /// One user action.
    fn edit(&mut self, commands: &[CardCommand], all: &mut Changes) -> Result<(), Failure> {
        let acting = Acting { by: self.user, now: self.env.now(), zone: self.zone };
        let mut draft = Draft::new(&mut self.document, self.actor, self.env.now());
        for command in commands {
            command.draft(&mut draft, &acting)?;
        }
        let Some(change) = draft.finish() else { return Ok(()) };
        let read = Change::from_bytes(&change.to_bytes())?;
        same("a change reads back from its bytes", &read, &change)?;
        self.index.judge(&change, Writer::Editor)?;
        let hash = self.document.add(&change)?;
        self.index.push(hash, &change);
        all.add(hash, change);
        Ok(())
    }

    /// What this replica holds and the other does not, in causal order.
    fn unknown_to(&self, other: &Self) -> Vec<(ChangeHash, Change)> {
        let mut news = self.document.changes_since(&[]);
        news.retain(|(hash, _)| !other.document.contains(*hash));
        news
    }

    /// Takes changes as the server and the phones do: judged, then applied.
    fn take(&mut self, news: Vec<(ChangeHash, Change)>) -> Result<(), Failure> {
        for (hash, change) in &news {
            if !self.index.contains(*hash) {
                self.index.judge(change, Writer::Editor)?;
                self.index.push(*hash, change);
            }
        }
        let built = news.iter().map(|(_, change)| change.to_automerge(&card::TYPE)).collect();
        self.document.apply(built)?;
        Ok(())
    }

    /// The process ends and begins again: the saved file is read, the actor is another one.
    fn restart(&mut self) -> Result<(), Failure> {
        let heads = self.document.heads();
        self.document = Document::load(&card::TYPE, &self.document.save())?;
        same("a document is after reading what it was before saving", &self.document.heads(), &heads)?;
        self.actor = Actor::new(&self.env);
        Ok(())
    }

    /// Compares the replica with the reference model, and with the first replica to the byte.
    fn compare(&self, all: &Changes, card: &reference::Card, first: &Self) -> Result<(), Failure> {
        same("equal changes are equal heads", &self.document.heads(), &all.heads())?;
        same("the index has the heads of the document", &self.index.heads().to_vec(), &all.heads())?;
        let rows = projection::rows(&self.document, None);
        let Rows::Card(row, _) = &rows else { return Err(Failure::new("a card has a card's rows", "")) };
        same("rows are those of the reference model", &reference::Card::of_row(row, card), card)?;
        let in_review = row.trash == Trash::Review;
        ensure("only what is trashed is in review", !in_review || card.in_trash, String::new)?;
        let indexed = projection::rows_of_index(&self.index, None);
        let same_rows = |law: &str, other: &Rows| same(law, &rows, other);
        same_rows("rows of the index are those of the document", &indexed)?;
        same_rows("rows are equal everywhere", &projection::rows(&first.document, None))?;
        let texts =
            |replica: &Self| View::of(&replica.document).text(card::FIELDS, &text_field().to_string());
        same("long texts are equal everywhere", &texts(self), &texts(first))?;
        let saved = self.document.save();
        let loaded = Document::load(&card::TYPE, &saved)?;
        same_rows("rows are the same after saving and reading", &projection::rows(&loaded, None))?;
        if let Some(read) = projection::rows_of_saved(&card::TYPE, &saved, &AuthorTable::default()) {
            let facts = read?.facts().len();
            let told = self.document.changes_since(&[]);
            let told = told.iter().map(|(_, change)| projection::facts(&self.document, change, None).len());
            same("facts are told once each", &facts, &told.sum())?;
        }
        Ok(())
    }

    /// Something a user does, mostly where somebody else does something, too.
    fn any_command(&self, dice: &mut Dice) -> CardCommand {
        let todos: Vec<_> = View::of(&self.document).parts(card::TODOS).into_keys().collect();
        let todo = dice.pick(&todos).copied();
        let Some(todo) = todo.filter(|_| dice.percent(60)) else {
            return self.any_card_command(dice);
        };
        match dice.below(15) {
            10 => CardCommand::RepeatTodo(
                todo,
                Recurrence::new(1 + u16::from(dice.byte() % 2), RepeatUnit::Month),
            ),
            11 => CardCommand::PlanTodo(todo, Some(Day::MIN.plus(i32::from(dice.byte())))),
            12 => CardCommand::Snooze(todo, any_snooze(dice)),
            13 => {
                let minutes = u32::from(dice.byte() % 3);
                CardCommand::RemindTodo(todo, dice.percent(70).then(|| Leads::one(minutes)))
            }
            14 => {
                let channels = Channels::NONE.with(Channel::Device, dice.percent(50));
                CardCommand::ChannelTodo(todo, dice.percent(70).then_some(channels))
            }
            0..3 => CardCommand::Close(todo, any_outcome(dice)),
            3..6 => CardCommand::Postpone(todo, any_due(dice)),
            6..8 => CardCommand::Reopen(todo),
            8 => CardCommand::Assign(todo, any_user(dice)),
            _ => CardCommand::RewordTodo(todo, format!("call {}", dice.below(5))),
        }
    }

    fn any_card_command(&self, dice: &mut Dice) -> CardCommand {
        let field = FieldId::from_bytes([2; 16]);
        match dice.below(15) {
            0 | 1 => CardCommand::Rename(format!("Example {}", dice.below(4))),
            2 => CardCommand::Move(StatusId::from_bytes([dice.byte() % 3; 16])),
            3 => CardCommand::SetOwner(any_user(dice)),
            4 => CardCommand::SetField(field, dice.below(3).to_string()),
            5 => CardCommand::SetOption(field, format!("o{}", dice.below(2)), dice.percent(50)),
            6..9 => CardCommand::EditText(text_field(), self.any_text(dice)),
            9 => new_todo(dice),
            10 => CardCommand::AddEntry(self.new_entry(dice)),
            11 => {
                let target = DocumentId::from_bytes([dice.byte() % 3; 16]);
                CardCommand::Link { role: "customer".into(), target }
            }
            12 => match View::of(&self.document).parts(card::LINKS).into_keys().next() {
                Some(link) => CardCommand::Unlink(link),
                None => CardCommand::Trash,
            },
            13 => CardCommand::Trash,
            _ => CardCommand::Restore,
        }
    }

    /// The long text with a piece of it replaced.
    fn any_text(&self, dice: &mut Dice) -> String {
        let old = View::of(&self.document).text(card::FIELDS, &text_field().to_string());
        let mut chars: Vec<char> = old.chars().collect();
        let from = dice.below(chars.len() + 1);
        let to = (from + dice.below(4)).min(chars.len());
        let words = ["", "a", "bc", "ő", "🙂d", "long words "];
        let new = dice.pick(&words).copied().unwrap_or_default();
        chars.splice(from..to, new.chars());
        chars.into_iter().collect()
    }

    fn new_entry(&self, dice: &mut Dice) -> NewEntry {
        NewEntry {
            id: PartId::new(&self.env),
            kind: if dice.percent(50) { "call" } else { "note" }.into(),
            at: self.env.now(),
            text: "spoke".into(),
            by: None,
            person: None,
            place: String::new(),
        }
    }
}

fn new_todo(dice: &mut Dice) -> CardCommand {
    let id = PartId::from_bytes(std::array::from_fn(|_| dice.byte()));
    CardCommand::AddTodo(NewTodo {
        id,
        text: "call".into(),
        due: any_due(dice),
        assignee: any_user(dice),
        contact: None,
    })
}

fn any_due(dice: &mut Dice) -> Option<Due> {
    let day = Day::new(2026, 11, 20 + u32::from(dice.byte() % 5))?;
    match dice.below(3) {
        0 => None,
        1 => Some(Due::Day(day)),
        _ => Some(Due::At { local: LocalMinute::new(day, 9, 30)?, zone: "Europe/Budapest".parse().ok()? }),
    }
}

fn any_snooze(dice: &mut Dice) -> Option<(LocalMinute, Zone)> {
    let day = Day::new(2026, 11, 20 + u32::from(dice.byte() % 5))?;
    Some((LocalMinute::new(day, 9, 10)?, Zone::UTC)).filter(|_| dice.percent(70))
}

fn any_outcome(dice: &mut Dice) -> Outcome {
    [Outcome::None, Outcome::Failed, Outcome::Success][dice.below(3)]
}

fn any_user(dice: &mut Dice) -> Option<UserId> {
    [None, Some(UserId::from_bytes([1; 16])), Some(UserId::from_bytes([2; 16]))][dice.below(3)]
}

fn text_field() -> FieldId {
    FieldId::from_bytes([3; 16])
}
