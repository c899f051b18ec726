//! How far visibility reaches: what a batch makes visible, counted before it is written, because everybody
//! else waits while it is.

use std::collections::{BTreeMap, BTreeSet};

use roadbook_domain::access::rights::Principal;
use roadbook_domain::document::DocumentTypeId;
use roadbook_domain::value::id::{DocumentId, OrgId};

use super::changed::widening;
use super::judged::Judged;
use super::plan::{MAX_CHANGED_PATHS, Reach, Widening};
use crate::store::{Conn, StoreError, audience};

/// How the judged groups change what others see, in order.
pub fn widenings<'a>(judged: impl IntoIterator<Item = &'a Judged>) -> Vec<Widening> {
    let of = |judged: &Judged| judged.update.as_ref().map_or(Widening::None, widening);
    judged.into_iter().map(of).collect()
}

/// Whether all of it is far from the limit, whatever contacts link to. Nearly every batch is, and is spared the
/// look-up.
pub fn is_near(widenings: &[Widening], most: usize) -> bool {
    let sum = widenings.iter().try_fold(0_usize, |sum, one| Some(sum.saturating_add(one.most_changed()?)));
    sum.is_some_and(|sum| sum <= most)
}

/// What must be known to count the paths of a batch: of the database, and of the batch itself, whose cards
/// are seen before its contacts link anew.
///
/// # Errors
/// Of the database.
pub async fn load(conn: &mut Conn, org: OrgId, widenings: &[Widening]) -> Result<Reach, StoreError> {
    let (mut targets, mut relinked) = (BTreeSet::new(), Vec::new());
    let mut seen_by: BTreeMap<DocumentId, BTreeSet<Principal>> = BTreeMap::new();
    for widening in widenings {
        match widening {
            Widening::None => {}
            Widening::Card(card) => {
                targets.extend(card.before.1.iter().chain(&card.after.1));
                for target in &card.after.1 {
                    seen_by.entry(*target).or_default().extend(&card.after.0);
                }
            }
            Widening::Contact { id, .. } => relinked.push(*id),
        }
    }
    let targets: Vec<_> = targets.into_iter().collect();
    let links = audience::links_of(conn, org, &targets, DocumentTypeId::CONTACT).await?;
    let mut principals = audience::linking_principals(conn, org, &relinked).await?;
    for id in relinked {
        *principals.entry(id).or_default() += seen_by.get(&id).map_or(0, BTreeSet::len);
    }
    Ok(Reach { links, principals })
}

/// Divides what was judged into batches that change no more paths than one may, in order. What changes more by
/// itself is a batch of its own.
pub fn batches(judged: Vec<(usize, Judged)>, reach: &Reach) -> Vec<Vec<(usize, Judged)>> {
    let mut batches: Vec<Vec<(usize, Judged)>> = Vec::new();
    let mut left = 0_usize;
    for (place, judged) in judged {
        let changed = judged.update.as_ref().map_or(0, |update| widening(update).paths(reach).changed);
        let changed = changed + judged.filing();
        match (batches.last_mut(), left.checked_sub(changed)) {
            (Some(batch), Some(rest)) => {
                batch.push((place, judged));
                left = rest;
            }
            _ => {
                batches.push(vec![(place, judged)]);
                left = MAX_CHANGED_PATHS.saturating_sub(changed);
            }
        }
    }
    batches
}
