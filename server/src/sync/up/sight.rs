//! What a Restricted author saw of a card where they made each change of a group.
//!
//! To read an older state costs the whole document, and a push of 20 KB may name hundreds of them. Few need be
//! read: most changes do not write what decides who sees a card, so their author saw after such a change
//! what they saw before it. The others are counted (`budget::MAX_READ_OPS`).

use std::collections::BTreeMap;

use roadbook_domain::access::audience::decides_visibility;
use roadbook_domain::access::rights::{CardAudience, Viewer};
use roadbook_domain::document::change::{Change, ChangeHash};
use roadbook_domain::wire::{RefusalCode, Verdict};

use super::budget::Allowance;
use super::scratch::Scratch;

/// What is known of what the author saw and sees.
#[derive(Debug, Default)]
pub struct Sight {
    /// Whether they see the document with everything accepted so far.
    now: Option<bool>,
    /// Whether they saw it when it had these heads.
    then: BTreeMap<Vec<ChangeHash>, bool>,
}

impl Sight {
    /// Whether the viewer sees the document as it is with everything accepted so far.
    ///
    /// # Errors
    /// The verdict on the change that this is asked for: the document cannot be read, or is not any more for
    /// this request.
    pub fn now(
        &mut self,
        scratch: &mut Scratch,
        viewer: Viewer,
        allowance: &Allowance,
    ) -> Result<bool, Verdict> {
        if let Some(sees) = self.now {
            return Ok(sees);
        }
        let sees = read(scratch, viewer, None, allowance)?;
        self.now = Some(sees);
        Ok(sees)
    }

    /// Whether the viewer saw the document when it had these heads.
    ///
    /// # Errors
    /// As for [`Sight::now`].
    pub fn then(
        &mut self,
        scratch: &mut Scratch,
        viewer: Viewer,
        heads: &[ChangeHash],
        allowance: &Allowance,
    ) -> Result<bool, Verdict> {
        if let Some(saw) = self.then.get(heads) {
            return Ok(*saw);
        }
        let saw = read(scratch, viewer, Some(heads), allowance)?;
        self.know(heads, saw);
        Ok(saw)
    }

    /// Keeps whether the viewer saw the document when it had these heads.
    pub fn know(&mut self, heads: &[ChangeHash], saw: bool) {
        self.then.insert(heads.to_vec(), saw);
    }

    /// Goes on after a change that was accepted.
    pub fn follow(&mut self, scratch: &Scratch, change: &Change, hash: ChangeHash) {
        if decides_visibility(scratch.kind(), change) {
            self.now = None;
        } else if let Some(saw) = self.then.get(&change.deps) {
            self.then.insert(vec![hash], *saw);
        }
    }
}

fn read(
    scratch: &mut Scratch,
    viewer: Viewer,
    heads: Option<&[ChangeHash]>,
    allowance: &Allowance,
) -> Result<bool, Verdict> {
    if !allowance.reads(scratch.ops()) {
        return Err(Verdict::NotReached);
    }
    let scope = scratch.scope();
    let document = scratch.document().map_err(|_| Verdict::Refused(RefusalCode::Malformed))?;
    let heads = heads.map_or_else(|| document.heads(), <[ChangeHash]>::to_vec);
    Ok(viewer.can_see(scope, &CardAudience::at(document, &heads).principals()))
}
