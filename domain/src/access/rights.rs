//! Visibility: which viewer sees which document (F67, C2).
//!
//! A document is filed under [`Principal`]s, the names of those who see it. They decide its visibility:
//! here for one document, in the server's log for all documents.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use crate::settings::role::Role;
use crate::value::id::UserId;
use crate::value::text_form::text_form;

/// Who looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Viewer {
    /// The user.
    pub user: UserId,
    /// The user's role now.
    pub role: Role,
}

/// Who a document is for at all, before anybody's own part in it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Settings: for every user of the organisation.
    Org,
    /// Cards and contacts: Restricted users see those whose audience includes them, all others see all.
    Staff,
    /// A user's own document and inbox card: nobody else sees them, whatever the role.
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
    /// The principals of a document of this scope, from those that it has by itself. A private document
    /// belongs to its user alone, whatever owner or assignees it names.
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
    /// The server's pull does the same: Restricted users read what is filed for everyone and for
    /// themselves, all others read whole scopes.
    pub fn can_see(self, scope: Scope, principals: &BTreeSet<Principal>) -> bool {
        match scope {
            Scope::Org => true,
            // Before the role is asked: no administrator sees a private document.
            Scope::Private(user) => self.user == user,
            Scope::Staff if self.role.reads_all() => true,
            Scope::Staff => self.reads().iter().any(|principal| principals.contains(principal)),
        }
    }

    /// The principals that a Restricted viewer reads.
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
        for role in Role::ALL.iter().copied() {
            for user in [1, 2] {
                let viewer = Viewer { user: id(user), role };
                assert_eq!(viewer.can_see(scope, &filed), user == 1, "{role:?}");
            }
        }
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
