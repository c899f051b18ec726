//! Who sees contacts after a batch: those in it, and those that others of it link to.
//!
//! A contact may be seen by hundreds, and a card may make hundreds of contacts visible to one more. What a batch
//! reads and writes of contacts that are not in it follows what it changes, not who sees them besides, because
//! everybody else waits meanwhile.

use std::collections::{BTreeMap, BTreeSet};

use roadbook_domain::access::rights::{Principal, Scope};
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::value::id::{DocumentId, OrgId};

use super::changed::{Changed, Other, is_linked};
use super::plan::{self, CardVisibility, Filing, LinkMap, PathChange, Shift};
use crate::store::audience::{self, Count, Paths};
use crate::store::documents::{self, Brief};
use crate::store::{StoreError, Tx};

/// Writes the paths that a batch changes, and files its contacts for those who see them then; answers the
/// contacts that are not in it and are seen by others than before.
///
/// # Errors
/// Of the database; the transaction is then to be rolled back.
pub async fn file(tx: &mut Tx, org: OrgId, changes: &mut [Changed<'_>]) -> Result<Vec<Other>, StoreError> {
    let changed = changed_paths(tx, org, changes).await?;
    let in_batch: BTreeSet<DocumentId> = changes.iter().map(|changed| changed.id).collect();
    let elsewhere: BTreeSet<DocumentId> =
        changed.keys().map(|(document, _)| *document).filter(|id| !in_batch.contains(id)).collect();
    let elsewhere: Vec<_> = elsewhere.into_iter().collect();
    let contacts = documents::brief(tx, org, &elsewhere).await?;
    let contacts: Vec<Brief> = contacts.into_iter().filter(|brief| is_linked(brief.kind)).collect();
    let mut shifts = write(tx, org, &changed, &contacts).await?;
    file_own(tx, org, changes, &changed).await?;
    file_for_everyone(tx, org, &contacts, &mut shifts).await?;
    let other = |brief: Brief| {
        let Shift { left, came } = shifts.remove(&brief.id)?;
        let filing = Filing {
            document: brief.id,
            scope: Scope::Staff,
            before: Some((brief.term, left)),
            after: Some((brief.term, came)),
        };
        Some(Other { brief, filing }).filter(|other| other.filing.is_change())
    };
    Ok(contacts.into_iter().filter_map(other).collect())
}

/// By how much the batch changes the counts of paths.
async fn changed_paths(tx: &mut Tx, org: OrgId, changes: &[Changed<'_>]) -> Result<Paths, StoreError> {
    let cards: Vec<CardVisibility> = changes.iter().filter_map(Changed::card_visibility).collect();
    let relinked: Vec<&Changed<'_>> =
        changes.iter().filter(|changed| changed.is_linked() && changed.relinks()).collect();
    let targets = cards.iter().flat_map(|card| card.before.1.iter().chain(&card.after.1));
    let targets: BTreeSet<DocumentId> = targets.copied().collect();
    let targets: Vec<_> = targets.into_iter().collect();
    let links: LinkMap = audience::links_of(tx, org, &targets, DocumentTypeId::CONTACT).await?;
    let ids: Vec<_> = relinked.iter().map(|changed| changed.id).collect();
    let known = audience::paths(tx, org, &ids).await?;
    let relinked = relinked.iter().map(|changed| (changed.id, changed.relinked(&known))).collect();
    Ok(plan::changed_paths(&cards, &links, relinked))
}

/// Writes the counts; answers how the audiences of these contacts shift. Of those that come to be seen by
/// everyone, or are no more, only that they are.
async fn write(
    tx: &mut Tx,
    org: OrgId,
    changed: &Paths,
    contacts: &[Brief],
) -> Result<BTreeMap<DocumentId, Shift>, StoreError> {
    if changed.is_empty() {
        return Ok(BTreeMap::new());
    }
    let everyone = contacts.iter().map(|brief| (brief.id, Principal::Everyone));
    let before = audience::some_paths(tx, org, changed.keys().copied().chain(everyone)).await?;
    let mut after = before.clone();
    let mut written = Paths::new();
    for (path, difference) in changed {
        let count = after.entry(*path).or_default();
        count.direct += difference.direct;
        count.all += difference.all;
        written.insert(*path, *count);
    }
    let mut paths: BTreeMap<DocumentId, Vec<PathChange>> = BTreeMap::new();
    for ((document, principal), count) in &after {
        let is_path = |count: Option<&Count>| count.is_some_and(|count| count.all > 0);
        let (before, after) = (is_path(before.get(&(*document, *principal))), is_path(Some(count)));
        paths.entry(*document).or_default().push(PathChange { principal: *principal, before, after });
    }
    let of = |brief: &Brief| paths.get(&brief.id).map_or(&[][..], Vec::as_slice);
    // Whether there are others is asked only where it matters.
    let bare = |side: fn(&PathChange) -> bool| -> Vec<DocumentId> {
        contacts.iter().filter(|brief| !of(brief).iter().any(side)).map(|brief| brief.id).collect()
    };
    let had = audience::with_paths(tx, org, &bare(|path| path.before)).await?;
    audience::put_paths(tx, org, &written).await?;
    let has = audience::with_paths(tx, org, &bare(|path| path.after)).await?;
    let shift = |brief: &Brief| {
        let others = (had.contains(&brief.id), has.contains(&brief.id));
        (brief.id, plan::shift(of(brief), others, brief.creator))
    };
    Ok(contacts.iter().map(shift).collect())
}

/// Files the contacts of the batch for all who see them: those to which paths change, and those that are new.
async fn file_own(
    tx: &mut Tx,
    org: OrgId,
    changes: &mut [Changed<'_>],
    changed: &Paths,
) -> Result<(), StoreError> {
    let concerned: BTreeSet<DocumentId> = changed.keys().map(|(document, _)| *document).collect();
    let ids: Vec<_> =
        changes.iter().filter(|changed| changed.is_linked()).map(|changed| changed.id).collect();
    let audiences = audience::of(tx, org, &ids).await?;
    let is_anew = |changed: &Changed<'_>| changed.filing.before.is_none() || concerned.contains(&changed.id);
    let anew = changes.iter().filter(|changed| changed.is_linked() && is_anew(changed));
    let anew: Vec<_> = anew.map(|changed| changed.id).collect();
    let paths = audience::paths(tx, org, &anew).await?;
    for changed in changes.iter_mut().filter(|changed| changed.is_linked()) {
        let known = audiences.get(&changed.id).cloned().unwrap_or_default();
        let sees = if is_anew(changed) {
            plan::of_contact(of_document(&paths, changed.id), changed.creator)
        } else {
            // Contacts that no path of the batch concerns keep their audience.
            known.clone()
        };
        if let Some((_, principals)) = &mut changed.filing.before {
            *principals = known;
        }
        if let Some((_, principals)) = &mut changed.filing.after {
            *principals = sees;
        }
    }
    Ok(())
}

/// Completes the shifts of contacts that come to be seen by everyone, which takes all others out of their
/// audience, and of those that are no more.
async fn file_for_everyone(
    tx: &mut Tx,
    org: OrgId,
    contacts: &[Brief],
    shifts: &mut BTreeMap<DocumentId, Shift>,
) -> Result<(), StoreError> {
    let turned = |brief: &&Brief| shifts.get(&brief.id).is_some_and(Shift::concerns_everyone);
    let turned: Vec<Brief> = contacts.iter().filter(turned).copied().collect();
    let ids: Vec<_> = turned.iter().map(|brief| brief.id).collect();
    let audiences = audience::of(tx, org, &ids).await?;
    let paths = audience::paths(tx, org, &ids).await?;
    for brief in turned {
        let known = audiences.get(&brief.id).cloned().unwrap_or_default();
        let sees = plan::of_contact(of_document(&paths, brief.id), brief.creator);
        shifts.insert(brief.id, Shift::between(&known, &sees));
    }
    Ok(())
}

fn of_document(paths: &Paths, id: DocumentId) -> impl Iterator<Item = (Principal, Count)> + '_ {
    let of_it = paths.range((id, Principal::Everyone)..);
    of_it
        .take_while(move |((document, _), _)| *document == id)
        .map(|((_, principal), count)| (*principal, *count))
}
