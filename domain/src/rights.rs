//! Rights: who sees what, and who may do what else (F67, C2, C12, C19).
//!
//! A document is filed under [`Principal`]s, the names of those who see it, and sight of it is decided
//! from these: here for one document, by the server's log for all of them.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::id::UserId;
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
    use super::*;

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
            assert_eq!(me.can_see(Scope::Staff, &card.principals()), seen, "{name}");
            for role in [Role::Admin, Role::Manager, Role::User] {
                let other = Viewer { user: id(1), role };
                assert!(other.can_see(Scope::Staff, &card.principals()), "{name}");
            }
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
            }
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

    fn audience(owner: Option<u8>, assignees: &[u8]) -> CardAudience {
        CardAudience { owner: owner.map(id), assignees: assignees.iter().copied().map(id).collect() }
    }

    fn id(number: u8) -> UserId {
        UserId::from_bytes([number; 16])
    }
}
