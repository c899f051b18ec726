//! Keys of who sees: how scopes and principals stand in the database.

use roadbook_domain::access::rights::{Principal, Scope, Viewer};
use roadbook_domain::value::id::UserId;

use super::StoreError;

/// Every user but Restricted ones.
pub const STAFF: [u8; 1] = [0];

/// The principal *everyone*.
pub const EVERYONE: [u8; 1] = [ALL];

const ALL: u8 = 1;
const USER: u8 = 2;
const PRIVATE: u8 = 3;

/// The key of a principal.
pub fn of_principal(principal: Principal) -> Vec<u8> {
    match principal {
        Principal::Everyone => EVERYONE.to_vec(),
        Principal::User(user) => with_user(USER, user),
        Principal::Private(user) => with_user(PRIVATE, user),
    }
}

/// The key by which a document's log entries are read by scope; empty for settings, which are read
/// by their own numbers.
pub fn of_scope(scope: Scope) -> Vec<u8> {
    match scope {
        Scope::Org => Vec::new(),
        Scope::Staff => STAFF.to_vec(),
        Scope::Private(user) => with_user(PRIVATE, user),
    }
}

/// The principal with this key.
///
/// # Errors
/// [`StoreError::Unreadable`].
pub fn principal(key: &[u8]) -> Result<Principal, StoreError> {
    let unreadable = StoreError::Unreadable("the key of a principal");
    match key.split_first() {
        Some((&ALL, [])) => Ok(Principal::Everyone),
        Some((&USER, id)) => user(id).map(Principal::User).ok_or(unreadable),
        Some((&PRIVATE, id)) => user(id).map(Principal::Private).ok_or(unreadable),
        _ => Err(unreadable),
    }
}

/// The scope with this key.
///
/// # Errors
/// [`StoreError::Unreadable`].
pub fn scope(key: &[u8]) -> Result<Scope, StoreError> {
    match key.split_first() {
        None => Ok(Scope::Org),
        Some((&0, [])) => Ok(Scope::Staff),
        Some((&PRIVATE, id)) => {
            user(id).map(Scope::Private).ok_or(StoreError::Unreadable("the key of a scope"))
        }
        _ => Err(StoreError::Unreadable("the key of a scope")),
    }
}

/// The keys whose digests make up the viewer's: disjoint, and together all they see.
pub fn seen_by(viewer: Viewer) -> Vec<Vec<u8>> {
    let mut keys = match viewer.role.reads_all() {
        true => vec![STAFF.to_vec()],
        false => vec![EVERYONE.to_vec(), with_user(USER, viewer.user)],
    };
    keys.push(with_user(PRIVATE, viewer.user));
    keys
}

/// The keys under which what a Restricted user sees of cards and contacts is filed.
pub fn filed_for(user: UserId) -> [Vec<u8>; 2] {
    [EVERYONE.to_vec(), with_user(USER, user)]
}

/// The key of a user's private documents.
pub fn private(user: UserId) -> Vec<u8> {
    with_user(PRIVATE, user)
}

fn with_user(tag: u8, user: UserId) -> Vec<u8> {
    let mut key = Vec::with_capacity(17);
    key.push(tag);
    key.extend_from_slice(user.as_bytes());
    key
}

fn user(id: &[u8]) -> Option<UserId> {
    id.try_into().ok().map(UserId::from_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_read_back_and_no_two_are_equal() {
        let id = UserId::from_bytes([7; 16]);
        for known in [Principal::Everyone, Principal::User(id), Principal::Private(id)] {
            assert_eq!(principal(&of_principal(known)).unwrap(), known);
        }
        for known in [Scope::Org, Scope::Staff, Scope::Private(id)] {
            assert_eq!(scope(&of_scope(known)).unwrap(), known);
        }
        for bytes in [&[][..], &[0], &[2], &[1, 1], &[2, 1, 2], &[9]] {
            assert!(principal(bytes).is_err(), "{bytes:?}");
        }
    }
}
