//! Audiences, read from documents: who sees a card, and which other documents they see by it.
//!
//! `crate::access::rights` decides who sees a document of a given audience. Here the audience is read from
//! a card's row, or from its registers as they were at earlier heads.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use crate::access::rights::{CardAudience, Principal, Scope};
use crate::crm::card;
use crate::crm::command::CardCommand;
use crate::crm::row::CardRow;
use crate::crm::row::Rows;
use crate::document::change::{Change, ChangeHash, Op, Register};
use crate::document::shown;
use crate::document::{AudienceRule, DocumentType};
use crate::document::{Document, Values};
use crate::settings::INBOX_PRODUCT;
use crate::settings::catalogue::{INBOX, Language};
use crate::settings::user::User;
use crate::value::id::{DocumentId, UserId};
use crate::value::todo::TodoState;
use crate::value::trash::TRASHED;

/// The most users to whom the open todos of one card may be assigned.
///
/// Each assignee sees all that the card links to, and the server counts each path by which a user comes
/// to see a contact. So one edit can cost the product of these three limits, which the server bounds
/// besides. Each limit is several times what people make by hand.
pub const MAX_ASSIGNEES: usize = 100;
/// The most documents that one card may make visible: its links and the contacts of its todos.
pub const MAX_CARD_LINKS: usize = 50;
/// The most links of one contact. Every card that links to the contact makes all of them visible.
pub const MAX_CONTACT_LINKS: usize = 10;

/// The id of a user's user document. It follows from the user, so all their devices agree on it.
pub fn user_document_id(user: UserId) -> DocumentId {
    DocumentId::derived(&[user.as_bytes(), b"user"])
}

/// The id of a user's inbox card. Only they see it, whatever their role, and it is never trashed.
pub fn inbox_id(user: UserId) -> DocumentId {
    DocumentId::derived(&[user.as_bytes(), b"inbox"])
}

/// The command that makes a user's inbox card: a card of *Internal tasks* that they own, named in their
/// language.
pub fn inbox_card(user: &User) -> CardCommand {
    CardCommand::Create {
        product: INBOX_PRODUCT,
        name: INBOX.get(Language::of(&user.locale)).to_owned(),
        // Without a status the card is in the product's first, also if that becomes another one (F25).
        status: None,
        owner: Some(user.id),
    }
}

/// Whether a change moves its document to the trash. A private document is never trashed.
pub fn trashes(change: &Change) -> bool {
    change.ops.iter().any(
        |op| matches!(op, Op::Put { register, value, .. } if register.name == "trash" && value == TRASHED),
    )
}

/// The scope of a document that `creator` makes; `None` if they may not make it: only its own user makes
/// a private document.
pub fn scope_of_new(kind: &DocumentType, id: DocumentId, creator: UserId) -> Option<Scope> {
    match kind.audience {
        AudienceRule::Private => (id == user_document_id(creator)).then_some(Scope::Private(creator)),
        // The inbox card is the one card that is private. Its id follows from its user.
        AudienceRule::Own if id == inbox_id(creator) => Some(Scope::Private(creator)),
        AudienceRule::Own | AudienceRule::Linked => Some(Scope::Staff),
    }
}

impl CardAudience {
    /// The audience of a card as its row shows it.
    pub fn of(row: &CardRow) -> Self {
        // A closed todo must not go on showing the card to a user who has nothing more to do on it.
        let open = row.todos.iter().filter(|todo| todo.state.is_open());
        Self { owner: row.owner, assignees: open.filter_map(|todo| todo.assignee).collect() }
    }

    /// The audience that a card had when the document had these heads.
    pub fn at(document: &Document, heads: &[ChangeHash]) -> Self {
        let owner = Register { container: card::CARD, name: "owner".to_owned() };
        let owner = document.get_at(&owner, heads).and_then(|values| {
            let text = shown(document.kind(), card::CARD, "owner", &values);
            text.parse().ok()
        });
        let mut todos: BTreeMap<String, TodoAt> = BTreeMap::new();
        for (name, values) in document.registers_at(card::TODOS, heads) {
            if let Some((todo, register)) = name.split_once('/') {
                todos.entry(todo.to_owned()).or_default().read(document, register, &name, &values);
            }
        }
        // Rows do not show a todo without a text, so it must not make the card visible either.
        let open = todos.values().filter(|todo| todo.has_text && todo.state.is_open());
        Self { owner, assignees: open.filter_map(|todo| todo.assignee).collect() }
    }
}

#[derive(Default)]
struct TodoAt {
    has_text: bool,
    assignee: Option<UserId>,
    state: TodoState,
}

impl TodoAt {
    fn read(&mut self, document: &Document, register: &str, name: &str, values: &Values) {
        let text = || shown(document.kind(), card::TODOS, name, values);
        match register {
            "text" => self.has_text = true,
            "assignee" => self.assignee = parsed(&text()),
            "state" => self.state = parsed(&text()).unwrap_or_default(),
            _ => {}
        }
    }
}

fn parsed<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

/// The principals under which a document is filed because of itself, by its scope and rows; empty for a
/// document that is filed because of what links to it.
pub fn own_principals(scope: Scope, rows: &Rows) -> BTreeSet<Principal> {
    let own = match rows {
        Rows::Card(row, _) => CardAudience::of(row).principals(),
        Rows::Contact(..) | Rows::None => BTreeSet::new(),
    };
    scope.principals(own)
}

/// Whether a change may change who sees its document or what the document makes visible. One of a card that writes
/// none of the registers that these follow from does neither.
pub fn decides_visibility(kind: &DocumentType, change: &Change) -> bool {
    let decides = |register: &Register| match register.container {
        card::CARD => register.name == "owner",
        card::LINKS => true,
        card::TODOS => {
            ["/text", "/assignee", "/state", "/contact"].iter().any(|end| register.name.ends_with(end))
        }
        _ => false,
    };
    let is_card = kind.id == card::TYPE.id;
    change.ops.iter().any(|op| match op {
        Op::Put { register, .. } | Op::MakeText { register, .. } => !is_card || decides(register),
        // A text that is there stays there, and none of these registers is a long one.
        Op::Insert { .. } | Op::Erase { .. } => !is_card,
        Op::MakeContainer { .. } => true,
    })
}

/// The documents that a document makes visible (F60): a user who sees it sees these, too, if their type is
/// visible by links. They are what it links to and, in a card, the contacts of its todos.
pub fn makes_visible(rows: &Rows) -> BTreeSet<DocumentId> {
    match rows {
        Rows::Card(row, _) => {
            let links = row.links.iter().map(|link| link.target);
            links.chain(row.todos.iter().filter_map(|todo| todo.contact)).collect()
        }
        Rows::Contact(row, _) => row.links.iter().map(|link| link.target).collect(),
        Rows::None => BTreeSet::new(),
    }
}

/// Whether an edit exceeds [`MAX_ASSIGNEES`], [`MAX_CARD_LINKS`] or [`MAX_CONTACT_LINKS`]. A document that
/// is beyond a limit already may stay there, but not grow: two edits at the same time can lead there, and
/// then an edit that has nothing to do with it must not be refused.
pub fn exceeds_visibility_limits(before: Option<&Rows>, after: &Rows) -> bool {
    let assignees = |rows: &Rows| match rows {
        Rows::Card(row, _) => CardAudience::of(row).assignees.len(),
        Rows::Contact(..) | Rows::None => 0,
    };
    let links = |rows: &Rows| makes_visible(rows).len();
    let most_links = if matches!(after, Rows::Contact(..)) { MAX_CONTACT_LINKS } else { MAX_CARD_LINKS };
    let grows_beyond = |count: &dyn Fn(&Rows) -> usize, most: usize| {
        let now = count(after);
        now > most && before.is_none_or(|before| count(before) < now)
    };
    grows_beyond(&assignees, MAX_ASSIGNEES) || grows_beyond(&links, most_links)
}

/// The same principals in the shortest form: *everyone* makes every other needless. Without this a
/// document would count twice in a user's digest.
pub fn simplified(principals: BTreeSet<Principal>) -> BTreeSet<Principal> {
    if principals.contains(&Principal::Everyone) { BTreeSet::from([Principal::Everyone]) } else { principals }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::command::{Acting, NewTodo};
    use crate::crm::row::TodoRow;
    use crate::document::change::Actor;
    use crate::document::draft::Draft;
    use crate::read::projection::rows;
    use crate::settings::{LOCAL_USER, local_user};
    use crate::value::id::PartId;
    use crate::value::time::{Timestamp, Zone};
    use crate::value::todo::Outcome;
    use crate::value::trash::Trash;

    #[test]
    fn the_audience_at_earlier_heads_is_the_audience_the_rows_showed_then() {
        let (owner, assignee) = (user(1), user(2));
        let todo = PartId::from_bytes([3; 6]);
        let mut document = Document::new(&card::TYPE);
        let steps = [
            CardCommand::Create {
                product: INBOX_PRODUCT,
                name: "Roof".into(),
                status: None,
                owner: Some(owner),
            },
            CardCommand::AddTodo(NewTodo {
                id: todo,
                text: "Call".into(),
                due: None,
                assignee: Some(assignee),
                contact: Some(DocumentId::from_bytes([9; 16])),
            }),
            CardCommand::Close(todo, Outcome::Success),
            CardCommand::Reopen(todo),
            CardCommand::SetOwner(None),
        ];
        let mut seen = Vec::new();
        for step in steps {
            let now = Timestamp::from_millis(1_000);
            let mut draft = Draft::new(&mut document, Actor([7; 16]), now);
            step.draft(&mut draft, &Acting { by: owner, now, zone: Zone::UTC }).unwrap();
            let change = draft.finish().unwrap();
            document.apply(vec![change.to_automerge(&card::TYPE)]).unwrap();
            let Rows::Card(row, _) = rows(&document, None) else { unreachable!() };
            seen.push((document.heads(), CardAudience::of(&row)));
        }
        for (heads, audience) in &seen {
            assert_eq!(CardAudience::at(&document, heads), *audience);
        }
        let assignees: Vec<_> = seen.iter().map(|(_, audience)| audience.assignees.len()).collect();
        assert_eq!(assignees, [0, 1, 0, 1, 1]);
        assert_eq!(seen.last().unwrap().1.owner, None);
        let rows = rows(&document, None);
        assert_eq!(makes_visible(&rows), BTreeSet::from([DocumentId::from_bytes([9; 16])]));
        assert_eq!(simplified(own_principals(Scope::Staff, &rows)), BTreeSet::from([Principal::Everyone]));
        let private = own_principals(Scope::Private(owner), &rows);
        assert_eq!(private, BTreeSet::from([Principal::Private(owner)]));
    }

    #[test]
    fn a_document_at_its_limit_makes_no_more_visible_and_one_beyond_it_may_make_less_visible() {
        let linked = |links: usize| {
            let mut document = Document::new(&crate::crm::contact::TYPE);
            let mut draft = Draft::new(&mut document, Actor([7; 16]), Timestamp::from_millis(0));
            let acting = Acting { by: user(1), now: Timestamp::from_millis(0), zone: Zone::UTC };
            for n in 0..links {
                let target = DocumentId::derived(&[&n.to_be_bytes()]);
                let link = crate::crm::command::ContactCommand::Link { role: "employer".into(), target };
                link.draft(&mut draft, &acting).unwrap();
            }
            let change = draft.finish().unwrap();
            document.add(&change).unwrap();
            rows(&document, None)
        };
        let [under, full, beyond, far] =
            [1, MAX_CONTACT_LINKS, MAX_CONTACT_LINKS + 1, MAX_CONTACT_LINKS + 2].map(linked);
        for (name, before, after, too_many) in [
            ("up to the limit", Some(&under), &full, false),
            ("over it", Some(&full), &beyond, true),
            ("over it at once", None, &beyond, true),
            ("as it was", Some(&beyond), &beyond, false),
            ("closer to it", Some(&far), &beyond, false),
            ("further", Some(&beyond), &far, true),
        ] {
            assert_eq!(exceeds_visibility_limits(before, after), too_many, "{name}");
        }
    }

    #[test]
    fn assignees_of_closed_todos_are_not_in_the_audience() {
        let todo = |number: u8, state: TodoState| TodoRow {
            id: PartId::from_bytes([number; 6]),
            text: String::new(),
            due: None,
            assignee: Some(user(number)),
            state,
            contact: None,
        };
        let open = TodoState::default();
        let closed = open.close(Outcome::Success, Timestamp::from_millis(0), Zone::UTC, user(3));
        let row = CardRow {
            product: None,
            name: String::new(),
            status: None,
            owner: Some(user(1)),
            trash: Trash::No,
            fields: Vec::new(),
            links: Vec::new(),
            todos: vec![todo(2, open), todo(3, closed)],
            last_contact: None,
            conflicts: 0,
            created: None,
        };
        let audience = CardAudience { owner: Some(user(1)), assignees: BTreeSet::from([user(2)]) };
        assert_eq!(CardAudience::of(&row), audience);
    }

    #[test]
    fn a_private_document_is_made_by_its_own_user_only() {
        let user_kind = &crate::crm::user_document::TYPE;
        let (mine, theirs) = (user(1), user(2));
        assert_eq!(scope_of_new(user_kind, user_document_id(mine), mine), Some(Scope::Private(mine)));
        assert_eq!(scope_of_new(user_kind, user_document_id(theirs), mine), None);
        assert_eq!(scope_of_new(user_kind, DocumentId::from_bytes([1; 16]), mine), None);
        assert_eq!(scope_of_new(&card::TYPE, inbox_id(mine), mine), Some(Scope::Private(mine)));
        assert_eq!(scope_of_new(&card::TYPE, DocumentId::from_bytes([1; 16]), mine), Some(Scope::Staff));
        let contact = scope_of_new(&crate::crm::contact::TYPE, DocumentId::from_bytes([1; 16]), mine);
        assert_eq!(contact, Some(Scope::Staff));
    }

    #[test]
    fn an_inbox_card_is_named_in_the_language_of_its_user() {
        let named = |locale: &str| match inbox_card(&local_user(Zone::UTC, locale)) {
            CardCommand::Create { name, owner, product, status: None } => {
                assert_eq!((owner, product), (Some(LOCAL_USER), INBOX_PRODUCT));
                name
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(
            ["hu-HU", "ro_RO", "en-GB", "pt-PT"].map(named),
            ["Beérkező", "Primite", "Inbox", "Inbox"]
        );
    }

    fn user(number: u8) -> UserId {
        UserId::from_bytes([number; 16])
    }
}
