//! Rights: who sees what, who edits what, and who may do what else (F67, C2, C12, C19).
//!
//! Sight is decided twice, by the same rule: here for one document, and in the server's log by
//! [`Principal`]s, the names under which a document's changes are filed for those who see it.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::id::UserId;
use crate::row::CardRow;
use crate::text_form::text_form;
use crate::user::Role;

/// Who looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Viewer {
    /// The user.
    pub user: UserId,
    /// The user's role now.
    pub role: Role,
}

/// What a document's audience is drawn from, before anybody's own part in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Settings: every user of the organisation.
    Org,
    /// Cards and contacts: Restricted users see those whose audience they are in, others see all.
    Staff,
    /// One user's own document and inbox card: nobody else, whatever the role.
    Private(UserId),
}

/// Those who see a card even if Restricted (C2).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CardAudience {
    /// The card's owner; a card without one is seen by everybody.
    pub owner: Option<UserId>,
    /// The assignees of its open todos.
    pub assignees: BTreeSet<UserId>,
}

/// Those who see a contact even if Restricted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContactAudience {
    /// The cards that link to it, directly or through a company or person.
    pub cards: Vec<CardAudience>,
    /// Who made it; sees it while no card links to it.
    pub creator: Option<UserId>,
}

/// A name under which the changes of a document are filed for those who see it.
///
/// Text forms: `everyone`, `user:<id>`, `private:<id>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Principal {
    /// Every user: a card without owner.
    Everyone,
    /// This user, as owner, assignee or creator.
    User(UserId),
    /// This user and nobody else.
    Private(UserId),
}

/// Text that is not a [`Principal`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a principal")]
pub struct PrincipalError;

text_form!(Principal);

impl CardAudience {
    /// The principals of the card: `everyone`, or its owner and the assignees of its open todos.
    pub fn principals(&self) -> BTreeSet<Principal> {
        match self.owner {
            None => BTreeSet::from([Principal::Everyone]),
            Some(owner) => self.assignees.iter().chain([&owner]).copied().map(Principal::User).collect(),
        }
    }

    /// Whether `viewer` sees a card of this audience (C2).
    pub fn is_seen_by(&self, viewer: Viewer) -> bool {
        viewer.role != Role::Restricted
            || self.owner.is_none()
            || self.owner == Some(viewer.user)
            || self.assignees.contains(&viewer.user)
    }
}

impl From<&CardRow> for CardAudience {
    /// The audience of the card with this row.
    fn from(row: &CardRow) -> Self {
        let open = row.todos.iter().filter(|todo| todo.state.is_open());
        Self { owner: row.owner, assignees: open.filter_map(|todo| todo.assignee).collect() }
    }
}

impl ContactAudience {
    /// The principals of the contact: those of all cards that link to it, or its creator.
    pub fn principals(&self) -> BTreeSet<Principal> {
        if self.cards.is_empty() {
            return self.creator.map(Principal::User).into_iter().collect();
        }
        self.cards.iter().flat_map(CardAudience::principals).collect()
    }

    /// Whether `viewer` sees a contact of this audience: who sees a card sees its contacts (F60).
    pub fn is_seen_by(&self, viewer: Viewer) -> bool {
        viewer.role != Role::Restricted
            || self.cards.iter().any(|card| card.is_seen_by(viewer))
            || (self.cards.is_empty() && self.creator == Some(viewer.user))
    }
}

impl Scope {
    /// The principals of a document of this scope, given those that it has by itself: a private
    /// document is its user's, whatever it says.
    pub fn principals(self, own: BTreeSet<Principal>) -> BTreeSet<Principal> {
        match self {
            Self::Org => BTreeSet::from([Principal::Everyone]),
            Self::Staff => own,
            Self::Private(user) => BTreeSet::from([Principal::Private(user)]),
        }
    }
}

impl Viewer {
    /// Whether the viewer sees a document filed under these principals in this scope.
    ///
    /// This is what the server's pull does: all but Restricted read whole scopes, Restricted read
    /// what is filed for everyone and for themselves.
    pub fn can_see(self, scope: Scope, principals: &BTreeSet<Principal>) -> bool {
        match scope {
            Scope::Org => true,
            Scope::Private(user) => self.user == user,
            Scope::Staff if self.role != Role::Restricted => true,
            Scope::Staff => self.reads().iter().any(|principal| principals.contains(principal)),
        }
    }

    /// Whether the viewer may write a document filed under these principals (C12): what he sees,
    /// save settings, which are edited online by an administrator only (F73).
    pub fn can_edit(self, scope: Scope, principals: &BTreeSet<Principal>) -> bool {
        match scope {
            Scope::Org => Act::EditSettings.allowed_to(self.role),
            Scope::Staff | Scope::Private(_) => self.can_see(scope, principals),
        }
    }

    /// The principals that a Restricted viewer reads, beside whole scopes.
    pub const fn reads(self) -> [Principal; 3] {
        [Principal::Everyone, Principal::User(self.user), Principal::Private(self.user)]
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everyone => f.write_str("everyone"),
            Self::User(user) => write!(f, "user:{user}"),
            Self::Private(user) => write!(f, "private:{user}"),
        }
    }
}

impl FromStr for Principal {
    type Err = PrincipalError;

    fn from_str(text: &str) -> Result<Self, PrincipalError> {
        let user = |id: &str| id.parse().map_err(|_| PrincipalError);
        match text.split_once(':') {
            None if text == "everyone" => Ok(Self::Everyone),
            Some(("user", id)) => user(id).map(Self::User),
            Some(("private", id)) => user(id).map(Self::Private),
            _ => Err(PrincipalError),
        }
    }
}

macro_rules! acts {
    ($($(#[$doc:meta])* $act:ident => $least:ident;)*) => {
        /// Something that a role allows or not, whatever the document (C4, C5, C12, C19, F73).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Act {
            $($(#[$doc])* $act,)*
        }

        impl Act {
            /// All acts.
            pub const ALL: &[Self] = &[$(Self::$act),*];

            /// The least role that may do it; every role above it may, too (F67).
            pub const fn least_role(self) -> Role {
                match self {
                    $(Self::$act => Role::$least,)*
                }
            }
        }
    };
}

acts! {
    /// Set up products, statuses, fields and the organisation (F73).
    EditSettings => Admin;
    /// Invite users, change roles, revoke devices, switch access off (F62, F73).
    ManageUsers => Admin;
    /// Take data out of an organisation (C4).
    Export => Admin;
    /// Remove a card or contact for good (C5).
    Purge => Admin;
    /// Read the audit.
    ReadAudit => Admin;
    /// Let sending, automations and numbering go on after a restored backup (C22).
    ReleaseAfterRestore => Admin;
    /// Issue invoices; a user may have this right without the role (C19).
    IssueInvoices => Admin;
    /// Make and change views for all (F74).
    ShareViews => Manager;
    /// Make and change templates (F77, F80).
    EditTemplates => Manager;
    /// Make, start and stop automations (F85-F91).
    EditAutomations => Manager;
    /// Make and change web forms (F96).
    EditForms => Manager;
    /// Make and change folders (F92).
    EditFolders => Manager;
    /// Import tables (F94).
    Import => Manager;
    /// Send to all cards of a view (F83).
    SendMass => Manager;
    /// Read reports about everybody (F97).
    ReadAllReports => Manager;
    /// Judge and merge duplicates (C10).
    MergeDuplicates => Manager;
    /// Read and apply what a user who lost access handed in.
    ReviewHandIns => Manager;
    /// Create cards and contacts.
    CreateCards => Restricted;
    /// Edit, move, trash and restore the cards and contacts one sees (C5, C12).
    EditCards => Restricted;
    /// Add, postpone and close todos on the cards one sees.
    EditTodos => Restricted;
    /// Attach files to the cards one sees.
    AttachFiles => Restricted;
    /// Send one message from a card one sees (F82).
    SendSingle => Restricted;
    /// Make views for oneself.
    PrivateViews => Restricted;
    /// Use the views that others share.
    ApplySharedViews => Restricted;
    /// Read one's own figures.
    ReadOwnFigures => Restricted;
}

impl Act {
    /// Whether the role allows it. On documents, only on those that the viewer sees.
    pub fn allowed_to(self, role: Role) -> bool {
        role <= self.least_role()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::id::PartId;
    use crate::row::{TodoRow, Trash};
    use crate::time::{Timestamp, Zone};
    use crate::todo::{Outcome, TodoState};

    #[test]
    fn a_restricted_user_sees_own_unowned_and_assigned_cards_and_no_others() {
        let me = Viewer { user: id(1), role: Role::Restricted };
        for (name, owner, assignees, seen) in [
            ("owned by me", Some(1), vec![], true),
            ("owned by nobody", None, vec![], true),
            ("owned by nobody, assigned to another", None, vec![2], true),
            ("owned by another", Some(2), vec![], false),
            ("owned by another, an open todo is mine", Some(2), vec![1, 3], true),
            ("owned by another, assigned to a third", Some(2), vec![3], false),
        ] {
            let card = audience(owner, &assignees);
            assert_eq!(card.is_seen_by(me), seen, "{name}");
            assert_eq!(me.can_see(Scope::Staff, &card.principals()), seen, "{name}");
            assert_eq!(me.can_edit(Scope::Staff, &card.principals()), seen, "{name}");
            for role in [Role::Admin, Role::Manager, Role::User] {
                let other = Viewer { user: id(1), role };
                assert!(card.is_seen_by(other) && other.can_see(Scope::Staff, &card.principals()), "{name}");
            }
        }
    }

    #[test]
    fn assignees_of_closed_todos_are_not_in_the_audience() {
        let todo = |number: u8, state: TodoState| TodoRow {
            id: PartId::from_bytes([number; 6]),
            text: String::new(),
            due: None,
            assignee: Some(id(number)),
            state,
            contact: None,
        };
        let open = TodoState::default();
        let closed = open.close(Outcome::Success, Timestamp::from_millis(0), Zone::UTC, id(3));
        let row = CardRow {
            product: None,
            name: String::new(),
            status: None,
            owner: Some(id(1)),
            trash: Trash::No,
            fields: Vec::new(),
            links: Vec::new(),
            todos: vec![todo(2, open), todo(3, closed)],
            last_contact: None,
            conflicts: 0,
            created: None,
        };
        assert_eq!(CardAudience::from(&row), audience(Some(1), &[2]));
    }

    #[test]
    fn a_contact_is_seen_through_its_cards_and_by_its_creator_only_while_unlinked() {
        let me = Viewer { user: id(1), role: Role::Restricted };
        for (name, cards, creator, seen) in [
            ("unlinked, mine", vec![], Some(1), true),
            ("unlinked, another's", vec![], Some(2), false),
            ("unlinked, nobody's", vec![], None, false),
            ("linked to another's card, made by me", vec![audience(Some(2), &[])], Some(1), false),
            ("linked to my card", vec![audience(Some(2), &[]), audience(Some(1), &[])], None, true),
            ("linked to nobody's card", vec![audience(None, &[])], Some(2), true),
        ] {
            let contact = ContactAudience { cards, creator: creator.map(id) };
            assert_eq!(contact.is_seen_by(me), seen, "{name}");
            assert_eq!(me.can_see(Scope::Staff, &contact.principals()), seen, "{name}");
        }
    }

    #[test]
    fn a_private_document_is_its_users_whatever_the_role_and_whatever_it_says() {
        let scope = Scope::Private(id(1));
        let filed = scope.principals(audience(None, &[2]).principals());
        assert_eq!(filed, BTreeSet::from([Principal::Private(id(1))]));
        for role in Role::ALL {
            for user in [1, 2] {
                let viewer = Viewer { user: id(user), role };
                assert_eq!(viewer.can_see(scope, &filed), user == 1, "{role:?}");
                assert_eq!(viewer.can_edit(scope, &filed), user == 1, "{role:?}");
            }
        }
    }

    #[test]
    fn everybody_sees_settings_and_only_an_administrator_edits_them() {
        let filed = Scope::Org.principals(BTreeSet::new());
        for role in Role::ALL {
            let viewer = Viewer { user: id(1), role };
            assert!(viewer.can_see(Scope::Org, &filed));
            assert_eq!(viewer.can_edit(Scope::Org, &filed), role == Role::Admin);
        }
    }

    #[test]
    fn every_act_is_allowed_to_the_roles_that_were_decided() {
        let table: Vec<String> = Act::ALL
            .iter()
            .map(|act| {
                let marks = Role::ALL.map(|role| if act.allowed_to(role) { "yes" } else { "-" });
                format!(
                    "{:<20} {:<4} {:<4} {:<4} {}",
                    format!("{act:?}"),
                    marks[0],
                    marks[1],
                    marks[2],
                    marks[3]
                )
            })
            .collect();
        insta::assert_snapshot!(table.join("\n"), @"
        EditSettings         yes  -    -    -
        ManageUsers          yes  -    -    -
        Export               yes  -    -    -
        Purge                yes  -    -    -
        ReadAudit            yes  -    -    -
        ReleaseAfterRestore  yes  -    -    -
        IssueInvoices        yes  -    -    -
        ShareViews           yes  yes  -    -
        EditTemplates        yes  yes  -    -
        EditAutomations      yes  yes  -    -
        EditForms            yes  yes  -    -
        EditFolders          yes  yes  -    -
        Import               yes  yes  -    -
        SendMass             yes  yes  -    -
        ReadAllReports       yes  yes  -    -
        MergeDuplicates      yes  yes  -    -
        ReviewHandIns        yes  yes  -    -
        CreateCards          yes  yes  yes  yes
        EditCards            yes  yes  yes  yes
        EditTodos            yes  yes  yes  yes
        AttachFiles          yes  yes  yes  yes
        SendSingle           yes  yes  yes  yes
        PrivateViews         yes  yes  yes  yes
        ApplySharedViews     yes  yes  yes  yes
        ReadOwnFigures       yes  yes  yes  yes
        ");
    }

    #[test]
    fn a_principal_reads_back_from_its_text() {
        for principal in [Principal::Everyone, Principal::User(id(1)), Principal::Private(id(2))] {
            assert_eq!(principal.to_string().parse(), Ok(principal));
        }
        assert_eq!(Principal::User(id(1)).to_string(), "user:01010101-0101-0101-0101-010101010101");
        for text in
            ["", "Everyone", "everyone:", "user", "user:", "staff:01010101-0101-0101-0101-010101010101"]
        {
            assert_eq!(text.parse::<Principal>(), Err(PrincipalError), "{text}");
        }
    }

    proptest! {
        /// The server finds documents by principal, a phone judges them by C2: they must agree.
        #[test]
        fn sight_by_principal_is_sight_by_rule(
            cards in prop::collection::vec(audiences(), 0..4),
            creator in prop::option::of(0_u8..4),
            user in 0_u8..4,
            role in prop::sample::select(Role::ALL.to_vec()),
        ) {
            let viewer = Viewer { user: id(user), role };
            for card in &cards {
                prop_assert_eq!(viewer.can_see(Scope::Staff, &card.principals()), card.is_seen_by(viewer));
            }
            let contact = ContactAudience { cards, creator: creator.map(id) };
            prop_assert_eq!(viewer.can_see(Scope::Staff, &contact.principals()), contact.is_seen_by(viewer));
        }

        #[test]
        fn who_sees_a_card_sees_its_contacts(
            cards in prop::collection::vec(audiences(), 1..4), user in 0_u8..4,
        ) {
            let viewer = Viewer { user: id(user), role: Role::Restricted };
            let sees_a_card = cards.iter().any(|card| card.is_seen_by(viewer));
            let contact = ContactAudience { cards, creator: Some(id(user)) };
            prop_assert_eq!(contact.is_seen_by(viewer), sees_a_card);
        }
    }

    fn audiences() -> impl Strategy<Value = CardAudience> {
        let assignees = prop::collection::btree_set(0_u8..4, 0..3);
        (prop::option::of(0_u8..4), assignees).prop_map(|(owner, assignees)| CardAudience {
            owner: owner.map(id),
            assignees: assignees.into_iter().map(id).collect(),
        })
    }

    fn audience(owner: Option<u8>, assignees: &[u8]) -> CardAudience {
        CardAudience { owner: owner.map(id), assignees: assignees.iter().copied().map(id).collect() }
    }

    fn id(number: u8) -> UserId {
        UserId::from_bytes([number; 16])
    }
}
