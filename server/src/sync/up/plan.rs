//! Plans: who sees what after a batch, worked out before anything is written.
//!
//! Pure. Visibility of a contact is counted as paths: one for each card that links to it, directly or through
//! another contact, and each principal of that card. A batch changes the counts by differences, so its
//! cost follows what it changes, not how many cards link to the same contact.

use std::collections::{BTreeMap, BTreeSet};

use roadbook_domain::access::audience::MAX_CONTACT_LINKS;
use roadbook_domain::access::rights::{Principal, Scope};
use roadbook_domain::document::digest::Digest;
use roadbook_domain::value::id::{DocumentId, UserId};

use crate::store::audience::{Count, Paths};
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

/// A contact whose links change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Relinked {
    /// By principal, how many cards link to it.
    pub direct: BTreeMap<Principal, i64>,
    /// What it links to no more.
    pub unlinked: BTreeSet<DocumentId>,
    /// What it links to from now on.
    pub linked: BTreeSet<DocumentId>,
}

/// By how many paths those behind principals come to see documents more or less than before.
///
/// `cards` are the cards of the batch whose principals or links change; `links` are the links of all
/// contacts concerned, before; `relinked` are the contacts whose links change, as the cards that link to
/// them were before.
pub fn changed_paths(
    cards: &[CardVisibility],
    links: &LinkMap,
    mut relinked: BTreeMap<DocumentId, Relinked>,
) -> Paths {
    let mut paths = Paths::new();
    // First the cards change, while contacts link as before; then contacts do, seen by the cards as they
    // are now.
    for card in cards {
        card.add_changes(&mut paths, links);
    }
    for ((document, principal), count) in &paths {
        if let Some(contact) = relinked.get_mut(document) {
            *contact.direct.entry(*principal).or_default() += count.direct;
        }
    }
    for contact in relinked.values() {
        for (targets, sign) in [(&contact.unlinked, -1), (&contact.linked, 1)] {
            for target in targets {
                for (principal, direct) in &contact.direct {
                    paths.entry((*target, *principal)).or_default().all += sign * direct;
                }
            }
        }
    }
    // Most differences cancel out, and what stays the same is not written.
    paths.retain(|_, count| *count != Count::default());
    paths
}

/// The most paths that one request changes.
///
/// Each is a row to be written while everybody else waits, and the contact at its end may come to be seen by
/// others, which is an entry of the log. A full card with its owner is taken from one user and given to
/// another within this. One costs 40 us of writing on the machine of `docs/benchmarks.md`, and 50 ms are the most that
/// one request may keep the others from writing.
pub const MAX_CHANGED_PATHS: usize = 1_200;

/// How many rows by which entries are filed, one for each entry and each principal who sees its document, cost
/// as much as a path that changes.
pub const FILED_PER_PATH: usize = 4;

impl CardVisibility {
    /// The most paths that it can change, whatever the contacts link to.
    pub fn most_changed(&self) -> usize {
        let most = |(principals, targets): &(BTreeSet<Principal>, BTreeSet<DocumentId>)| {
            principals.len().saturating_mul(targets.len()).saturating_mul(1 + MAX_CONTACT_LINKS)
        };
        most(&self.before).saturating_add(most(&self.after))
    }

    /// How many paths it changes, and how many lead through it before and after.
    pub fn count(&self, links: &LinkMap) -> CardPaths {
        let (before, after) = (weights(&self.before.1, links), weights(&self.after.1, links));
        let (saw, sees) = (through_all(&self.before.0), through_all(&self.after.0));
        let left = saw.difference(&sees).count().saturating_mul(before.len());
        let come = sees.difference(&saw).count().saturating_mul(after.len());
        let stay = saw.intersection(&sees).count();
        let changed = if stay == 0 { 0 } else { difference(&before, &after).len().saturating_mul(stay) };
        CardPaths {
            changed: left.saturating_add(come).saturating_add(changed),
            before: saw.len().saturating_mul(before.len()),
            after: sees.len().saturating_mul(after.len()),
        }
    }

    /// Adds what changes: for each principal only what is another than before, since a card may make
    /// thousands of documents visible to a hundred users.
    fn add_changes(&self, paths: &mut Paths, links: &LinkMap) {
        let (before, after) = (weights(&self.before.1, links), weights(&self.after.1, links));
        let (saw, sees) = (through_all(&self.before.0), through_all(&self.after.0));
        for principal in saw.difference(&sees) {
            add(paths, *principal, &before, -1);
        }
        for principal in sees.difference(&saw) {
            add(paths, *principal, &after, 1);
        }
        let changed = difference(&before, &after);
        for principal in saw.intersection(&sees) {
            add(paths, *principal, &changed, 1);
        }
    }
}

/// How many paths lead through a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CardPaths {
    /// How many change.
    pub changed: usize,
    /// How many there were before.
    pub before: usize,
    /// How many there are after.
    pub after: usize,
}

impl CardPaths {
    /// Whether it is too much for one request, or makes the card one that is. A card that is may come
    /// closer to the limit: contacts that others link may have taken it there.
    pub fn exceed(self) -> bool {
        self.changed > MAX_CHANGED_PATHS || self.after > MAX_CHANGED_PATHS && self.after > self.before
    }
}

/// How an update changes what others see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Widening {
    /// Not at all.
    None,
    /// By who sees this card, or by what it links to.
    Card(CardVisibility),
    /// By what this contact links to.
    Contact {
        /// The contact.
        id: DocumentId,
        /// How many links come and go.
        links: usize,
    },
}

/// What the database knows of how far visibility reaches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// What contacts link to.
    pub links: LinkMap,
    /// By how many principals' cards a contact is linked.
    pub principals: BTreeMap<DocumentId, usize>,
}

impl Widening {
    /// The paths that it changes.
    pub fn paths(&self, reach: &Reach) -> CardPaths {
        match self {
            Self::None => CardPaths::default(),
            Self::Card(card) => card.count(&reach.links),
            Self::Contact { id, links } => {
                let principals = reach.principals.get(id).copied().unwrap_or_default();
                CardPaths { changed: principals.saturating_mul(*links), ..CardPaths::default() }
            }
        }
    }

    /// The most paths that it can change; `None` if only the database can tell.
    pub fn most_changed(&self) -> Option<usize> {
        match self {
            Self::None => Some(0),
            Self::Card(card) => Some(card.most_changed()),
            Self::Contact { .. } => None,
        }
    }
}

/// By how many paths a card with these links leads to each document, for each of its principals.
type Weights = BTreeMap<DocumentId, Count>;

fn weights(targets: &BTreeSet<DocumentId>, links: &LinkMap) -> Weights {
    let mut weights = Weights::new();
    for target in targets {
        let direct = weights.entry(*target).or_default();
        direct.direct += 1;
        direct.all += 1;
        for linked in links.get(target).into_iter().flatten() {
            weights.entry(*linked).or_default().all += 1;
        }
    }
    weights
}

fn difference(before: &Weights, after: &Weights) -> Weights {
    let mut difference = after.clone();
    for (document, count) in before {
        let changed = difference.entry(*document).or_default();
        changed.direct -= count.direct;
        changed.all -= count.all;
    }
    difference.retain(|_, count| *count != Count::default());
    difference
}

fn add(paths: &mut Paths, principal: Principal, weights: &Weights, sign: i64) {
    for (document, count) in weights {
        let changed = paths.entry((*document, principal)).or_default();
        changed.direct += sign * count.direct;
        changed.all += sign * count.all;
    }
}

fn through_all(principals: &BTreeSet<Principal>) -> BTreeSet<Principal> {
    principals.iter().copied().map(through).collect()
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
    paths: impl IntoIterator<Item = (Principal, Count)>,
    creator: Option<UserId>,
) -> BTreeSet<Principal> {
    // A count of 0 may stay in the table: it is no path.
    let seen: BTreeSet<_> =
        paths.into_iter().filter(|(_, count)| count.all > 0).map(|(principal, _)| principal).collect();
    if seen.is_empty() {
        creator.map(Principal::User).into_iter().collect()
    } else {
        roadbook_domain::access::audience::simplified(seen)
    }
}

/// A path to a contact that a batch changes, or one that is read because it matters to the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathChange {
    /// Whom it makes see the contact.
    pub principal: Principal,
    /// Whether there was one.
    pub before: bool,
    /// Whether there is one.
    pub after: bool,
}

/// How an audience changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shift {
    /// Who is in it no more.
    pub left: BTreeSet<Principal>,
    /// Who has come into it.
    pub came: BTreeSet<Principal>,
}

impl Shift {
    /// From one audience to the other.
    pub fn between(before: &BTreeSet<Principal>, after: &BTreeSet<Principal>) -> Self {
        Self {
            left: before.difference(after).copied().collect(),
            came: after.difference(before).copied().collect(),
        }
    }

    /// Whether everyone comes or goes, so that the rest of the audience goes or comes.
    pub fn concerns_everyone(&self) -> bool {
        self.left.contains(&Principal::Everyone) || self.came.contains(&Principal::Everyone)
    }
}

/// How a contact's audience changes, told by the paths that change and the one of everyone. `others` says whether
/// further paths lead to it before and after. What of its audience is not concerned need not be known, unless
/// the shift [`concerns_everyone`](Shift::concerns_everyone): then this tells only that it does.
pub fn shift(paths: &[PathChange], others: (bool, bool), creator: Option<UserId>) -> Shift {
    let of = |is_path: fn(&PathChange) -> bool, others: bool| -> BTreeSet<Principal> {
        let seen: BTreeSet<_> =
            paths.iter().filter(|path| is_path(path)).map(|path| path.principal).collect();
        let made = creator.filter(|_| seen.is_empty() && !others).map(Principal::User);
        seen.into_iter().chain(made).collect()
    };
    let (before, after) = (of(|path| path.before, others.0), of(|path| path.after, others.1));
    if before.contains(&Principal::Everyone) && after.contains(&Principal::Everyone) {
        return Shift::default();
    }
    Shift::between(&before, &after)
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

    /// Whether others see the document than before.
    pub fn is_change(&self) -> bool {
        !self.saw().eq(self.sees())
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
            for (principals, targets) in self.cards.values() {
                for principal in principals.iter().copied().map(through) {
                    for target in targets {
                        let count = paths.entry((*target, principal)).or_default();
                        (count.direct, count.all) = (count.direct + 1, count.all + 1);
                        for linked in self.contacts.get(target).into_iter().flatten() {
                            paths.entry((*linked, principal)).or_default().all += 1;
                        }
                    }
                }
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

    /// The cards in which two worlds differ, as a batch would name them.
    fn differences(before: &World, after: &World) -> Vec<CardVisibility> {
        let numbers: BTreeSet<u8> = before.cards.keys().chain(after.cards.keys()).copied().collect();
        let of = |world: &World, number| world.cards.get(&number).cloned().unwrap_or_default();
        let changed = numbers.into_iter().filter(|n| of(before, *n) != of(after, *n));
        changed.map(|n| CardVisibility { before: of(before, n), after: of(after, n) }).collect()
    }

    proptest! {
        #[test]
        fn differences_add_up_to_counting_anew(before in worlds(), after in worlds()) {
            let cards = differences(&before, &after);
            let mut paths = before.paths();
            let contacts = before.contacts.keys().chain(after.contacts.keys()).copied();
            let relinked = contacts.map(|id| {
                let links = |world: &World| world.contacts.get(&id).cloned().unwrap_or_default();
                let (was, is) = (links(&before), links(&after));
                let of_it = paths.range((id, Principal::Everyone)..).take_while(|((document, _), _)| *document == id);
                let direct = of_it.map(|((_, principal), count)| (*principal, count.direct)).collect();
                let unlinked = was.difference(&is).copied().collect();
                (id, Relinked { direct, unlinked, linked: is.difference(&was).copied().collect() })
            });
            let relinked: BTreeMap<_, _> = relinked.collect();
            for (path, count) in changed_paths(&cards, &before.contacts, relinked) {
                let all = paths.entry(path).or_default();
                (all.direct, all.all) = (all.direct + count.direct, all.all + count.all);
            }
            paths.retain(|_, count| *count != Count::default());
            prop_assert_eq!(paths, after.paths());
        }

        #[test]
        fn the_paths_that_a_card_changes_are_counted_before_they_are_made(before in worlds(), after in worlds()) {
            for card in differences(&before, &after) {
                let mut changed = Paths::new();
                card.add_changes(&mut changed, &before.contacts);
                let counted = card.count(&before.contacts);
                prop_assert!(changed.len() <= counted.changed);
                prop_assert!(counted.changed <= counted.before + counted.after);
                prop_assert!(counted.before + counted.after <= card.most_changed());
            }
        }
    }

    proptest! {
        #[test]
        fn the_paths_that_change_tell_how_an_audience_does(
            paths in prop::collection::btree_map(0_u8..6, (any::<bool>(), any::<bool>(), any::<bool>()), 0..6),
            creator in prop::option::of(0_u8..6),
        ) {
            // User 0 stands for everyone, whose path is always read.
            let principal = |n: u8| match n {
                0 => Principal::Everyone,
                n => Principal::User(UserId::from_bytes([n; 16])),
            };
            let creator = creator.map(|n| UserId::from_bytes([n; 16]));
            let (mut read, mut others) = (Vec::new(), (false, false));
            let (mut before, mut after) = (Vec::new(), Vec::new());
            for (n, (was, is, is_read)) in paths {
                let is_read = is_read || was != is || n == 0;
                let (principal, count) = (principal(n), |is: bool| Count { direct: 0, all: i64::from(is) });
                before.push((principal, count(was)));
                after.push((principal, count(is)));
                match is_read {
                    true => read.push(PathChange { principal, before: was, after: is }),
                    false => others = (others.0 || was, others.1 || is),
                }
            }
            let told = shift(&read, others, creator);
            let found = Shift::between(&of_contact(before, creator), &of_contact(after, creator));
            prop_assert_eq!(told.concerns_everyone(), found.concerns_everyone());
            if !found.concerns_everyone() {
                prop_assert_eq!(told, found);
            }
        }
    }

    #[test]
    fn one_principal_of_a_large_card_costs_what_the_card_makes_visible_and_not_its_square() {
        let users = |range: std::ops::Range<u8>| range.map(|n| Principal::User(UserId::from_bytes([n; 16])));
        let targets: BTreeSet<DocumentId> = (0..50).map(contact).collect();
        let links: LinkMap = targets
            .iter()
            .map(|id| (*id, (0..10).map(|n| DocumentId::derived(&[id.as_bytes(), &[n]])).collect()))
            .collect();
        let card = CardVisibility {
            before: (users(0..100).collect(), targets.clone()),
            after: (users(1..100).collect(), targets.clone()),
        };
        let counted = card.count(&links);
        assert_eq!((counted.changed, counted.before), (550, 55_000));
        assert!(!counted.exceed(), "a closing is always taken");
        let mut changed = Paths::new();
        card.add_changes(&mut changed, &links);
        assert_eq!(changed.len(), 550);
        let new = CardVisibility { before: Default::default(), after: card.before.clone() };
        assert!(new.count(&links).exceed());
        let given = CardVisibility {
            before: (users(0..1).collect(), targets.clone()),
            after: (users(1..2).collect(), targets),
        };
        assert!(!given.count(&links).exceed(), "a full card is given to another user");
    }

    #[test]
    fn a_contact_is_its_creators_until_a_card_links_to_it_and_again_when_none_does() {
        let (creator, owner) = (UserId::from_bytes([1; 16]), UserId::from_bytes([2; 16]));
        let seen = |paths: &[(Principal, i64)]| {
            let paths = paths.iter().map(|(principal, all)| (*principal, Count { direct: 0, all: *all }));
            of_contact(paths, Some(creator))
        };
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
