//! Plans: who sees what after a batch, worked out before anything is written.
//!
//! Pure. Visibility of a contact is counted as paths: one for each card that links to it, directly or through
//! another contact, and each principal of that card. A batch changes the counts by differences, so its
//! cost follows what it changes, not how many cards link to the same contact.

use std::collections::{BTreeMap, BTreeSet};

use roadbook_domain::access::rights::{Principal, Scope};
use roadbook_domain::document::digest::Digest;
use roadbook_domain::value::id::{DocumentId, UserId};

use crate::store::audience::Paths;
use crate::store::digests::{Sum, Sums};
use crate::store::key;

/// Links by document.
pub type LinkMap = BTreeMap<DocumentId, BTreeSet<DocumentId>>;

/// What a batch makes of one card.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CardVisibility {
    /// Its principals before, and what it made visible.
    pub before: (BTreeSet<Principal>, BTreeSet<DocumentId>),
    /// Its principals after, and what it makes visible.
    pub after: (BTreeSet<Principal>, BTreeSet<DocumentId>),
}

/// By how many paths those behind principals come to see documents more or less than before.
///
/// `cards` are the cards of the batch whose principals or links change; `direct` counts, for every
/// contact whose links change, the other cards that link to it; `before` and `after` are the links of all
/// contacts concerned.
pub fn changed_paths<'a>(
    cards: impl IntoIterator<Item = &'a CardVisibility>,
    direct: &Paths,
    before: &LinkMap,
    after: &LinkMap,
) -> Paths {
    let mut paths = Paths::new();
    for card in cards {
        add(&mut paths, &card.before, before, -1);
        add(&mut paths, &card.after, after, 1);
    }
    for ((contact, principal), count) in direct {
        for (links, sign) in [(before, -1), (after, 1)] {
            for target in links.get(contact).into_iter().flatten() {
                *paths.entry((*target, through(*principal))).or_default() += sign * count;
            }
        }
    }
    // Most differences cancel out, and what stays the same is not written.
    paths.retain(|_, paths| *paths != 0);
    paths
}

/// Adds what a card makes visible, directly and through the contacts it links to.
fn add(
    paths: &mut Paths,
    (principals, targets): &(BTreeSet<Principal>, BTreeSet<DocumentId>),
    links: &LinkMap,
    sign: i64,
) {
    for target in targets {
        for seen in std::iter::once(target).chain(links.get(target).into_iter().flatten()) {
            for principal in principals {
                *paths.entry((*seen, through(*principal))).or_default() += sign;
            }
        }
    }
}

/// As whom those behind a card's principal see what it links to: a private card makes it visible to its user.
fn through(principal: Principal) -> Principal {
    match principal {
        Principal::Private(user) => Principal::User(user),
        other => other,
    }
}

/// The principals of a contact: those with a path to it, else its creator.
pub fn of_contact(
    paths: impl IntoIterator<Item = (Principal, i64)>,
    creator: Option<UserId>,
) -> BTreeSet<Principal> {
    // A count of 0 may stay in the table: it is no path.
    let seen: BTreeSet<_> =
        paths.into_iter().filter(|(_, paths)| *paths > 0).map(|(principal, _)| principal).collect();
    if seen.is_empty() {
        creator.map(Principal::User).into_iter().collect()
    } else {
        roadbook_domain::access::audience::simplified(seen)
    }
}

/// What a batch makes of where one document is filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filing {
    /// The document.
    pub document: DocumentId,
    /// Its scope.
    pub scope: Scope,
    /// Its digest term and principals before; `None` if it was not there.
    pub before: Option<([u8; 16], BTreeSet<Principal>)>,
    /// The same after; `None` if it is gone.
    pub after: Option<([u8; 16], BTreeSet<Principal>)>,
}

impl Filing {
    /// The principals before.
    pub fn saw(&self) -> impl Iterator<Item = Principal> {
        self.before.iter().flat_map(|(_, principals)| principals.iter().copied())
    }

    /// The principals after.
    pub fn sees(&self) -> impl Iterator<Item = Principal> {
        self.after.iter().flat_map(|(_, principals)| principals.iter().copied())
    }
}

/// Takes a filing into digests; those that it concerns are among `sums`, which [`concerned`] names.
pub fn add_to_digests(sums: &mut Sums, filing: &Filing) {
    if let Some((term, principals)) = &filing.before {
        for key in keys(filing.scope, principals) {
            let sum: &mut Sum = sums.entry(key).or_default();
            sum.documents -= 1;
            sum.digest.remove(*term);
        }
    }
    if let Some((term, principals)) = &filing.after {
        for key in keys(filing.scope, principals) {
            let sum: &mut Sum = sums.entry(key).or_default();
            sum.documents += 1;
            sum.digest.add(*term);
        }
    }
}

/// The keys of the digests that a filing changes.
pub fn concerned(filing: &Filing) -> BTreeSet<Vec<u8>> {
    let sides = [&filing.before, &filing.after].into_iter().flatten();
    sides.flat_map(|(_, principals)| keys(filing.scope, principals)).collect()
}

/// The keys under which a document counts: its principals and, unless it is private, staff.
fn keys(scope: Scope, principals: &BTreeSet<Principal>) -> Vec<Vec<u8>> {
    let own = principals.iter().copied().map(key::of_principal);
    let staff = (scope == Scope::Staff).then(|| key::STAFF.to_vec());
    own.chain(staff).collect()
}

/// The digest of several disjoint ones.
pub fn total(sums: &Sums) -> Sum {
    sums.values().fold(Sum::default(), |all, sum| Sum {
        documents: all.documents + sum.documents,
        digest: Digest::plus(all.digest, sum.digest),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Cards 0.., contacts 100.. : every link and every principal of a small world.
    #[derive(Debug, Clone, Default)]
    struct World {
        cards: BTreeMap<u8, (BTreeSet<Principal>, BTreeSet<DocumentId>)>,
        contacts: LinkMap,
    }

    impl World {
        /// Every path counted one by one: what the differences must add up to.
        fn paths(&self) -> Paths {
            let mut paths = Paths::new();
            for card in self.cards.values() {
                add(&mut paths, card, &self.contacts, 1);
            }
            paths
        }
    }

    fn contact(number: u8) -> DocumentId {
        DocumentId::from_bytes([100 + number; 16])
    }

    fn principals() -> impl Strategy<Value = BTreeSet<Principal>> {
        let user = |n: u8| UserId::from_bytes([n; 16]);
        prop_oneof![
            Just(BTreeSet::from([Principal::Everyone])),
            (0_u8..3).prop_map(move |n| BTreeSet::from([Principal::Private(user(n))])),
            prop::collection::btree_set((0_u8..3).prop_map(move |n| Principal::User(user(n))), 0..3),
        ]
    }

    fn targets() -> impl Strategy<Value = BTreeSet<DocumentId>> {
        prop::collection::btree_set((0_u8..5).prop_map(contact), 0..3)
    }

    fn worlds() -> impl Strategy<Value = World> {
        (
            prop::collection::btree_map(0_u8..6, (principals(), targets()), 0..6),
            prop::collection::btree_map((0_u8..5).prop_map(contact), targets(), 0..4),
        )
            .prop_map(|(cards, contacts)| World { cards, contacts })
    }

    /// The cards and contacts in which two worlds differ, as a batch would name them.
    fn differences(
        before: &World,
        after: &World,
    ) -> (Vec<CardVisibility>, BTreeSet<u8>, BTreeSet<DocumentId>) {
        let numbers: BTreeSet<u8> = before.cards.keys().chain(after.cards.keys()).copied().collect();
        let of = |world: &World, number| world.cards.get(&number).cloned().unwrap_or_default();
        let changed: BTreeSet<u8> = numbers.into_iter().filter(|n| of(before, *n) != of(after, *n)).collect();
        let cards =
            changed.iter().map(|n| CardVisibility { before: of(before, *n), after: of(after, *n) }).collect();
        let contacts = before.contacts.keys().chain(after.contacts.keys()).copied();
        let relinked = contacts.filter(|id| before.contacts.get(id) != after.contacts.get(id)).collect();
        (cards, changed, relinked)
    }

    proptest! {
        #[test]
        fn differences_add_up_to_counting_anew(before in worlds(), after in worlds()) {
            let (cards, changed, relinked) = differences(&before, &after);
            let mut direct = Paths::new();
            for (number, (principals, targets)) in &before.cards {
                for target in targets.iter().filter(|t| relinked.contains(t) && !changed.contains(number)) {
                    for principal in principals {
                        *direct.entry((*target, *principal)).or_default() += 1;
                    }
                }
            }
            let mut paths = before.paths();
            for (path, count) in changed_paths(&cards, &direct, &before.contacts, &after.contacts) {
                *paths.entry(path).or_default() += count;
            }
            paths.retain(|_, count| *count != 0);
            let mut expected = after.paths();
            expected.retain(|_, count| *count != 0);
            prop_assert_eq!(paths, expected);
        }
    }

    #[test]
    fn a_contact_is_its_creators_until_a_card_links_to_it_and_again_when_none_does() {
        let (creator, owner) = (UserId::from_bytes([1; 16]), UserId::from_bytes([2; 16]));
        let seen = |paths: &[(Principal, i64)]| of_contact(paths.iter().copied(), Some(creator));
        assert_eq!(seen(&[]), BTreeSet::from([Principal::User(creator)]));
        assert_eq!(seen(&[(Principal::User(owner), 1)]), BTreeSet::from([Principal::User(owner)]));
        assert_eq!(seen(&[(Principal::User(owner), 0)]), BTreeSet::from([Principal::User(creator)]));
        let everyone = [(Principal::User(owner), 2), (Principal::Everyone, 1)];
        assert_eq!(seen(&everyone), BTreeSet::from([Principal::Everyone]));
    }

    #[test]
    fn a_document_counts_for_staff_and_for_each_of_its_principals_but_a_private_one_for_its_user_only() {
        let user = UserId::from_bytes([1; 16]);
        let mut sums = Sums::new();
        let card = |principals| Some(([7; 16], principals));
        let shared = Filing {
            document: contact(1),
            scope: Scope::Staff,
            before: None,
            after: card(BTreeSet::from([Principal::User(user)])),
        };
        let private = Filing {
            document: contact(2),
            scope: Scope::Private(user),
            before: None,
            after: card(BTreeSet::from([Principal::Private(user)])),
        };
        add_to_digests(&mut sums, &shared);
        add_to_digests(&mut sums, &private);
        let counted: Vec<_> = sums.iter().map(|(key, sum)| (key.first().copied(), sum.documents)).collect();
        assert_eq!(counted, [(Some(0), 1), (Some(2), 1), (Some(3), 1)]);
        let gone = Filing { before: shared.after.clone(), after: None, ..shared };
        add_to_digests(&mut sums, &gone);
        assert_eq!(sums[&key::STAFF.to_vec()], Sum::default());
    }
}
