//! User documents: what follows one user between devices (F103).

use crate::document::change::Actor;
use crate::document::draft::Draft;
use crate::document::{AudienceRule, DocumentType, DocumentTypeId, Form, Fresh, RegisterRule, Writer};
use crate::value::id::{DocumentId, UserId};
use crate::value::time::Timestamp;

/// `owner`, and preferences by name: `reminder/<kind>/leads` and `/channels`, `reminder/day_at`, `reminder/quiet`
/// (`crate::read::reminder`). Reserved for what comes: `filter/<id>/<part>`.
///
/// Rules go by the last part of a name, so `leads`, `channels`, `day_at` and `quiet` are reserved there: no other
/// preference may end so.
pub const USER: u8 = 0;
/// `00` to `49`, each `<document> <milliseconds>`: a document and when the user last opened it (F103).
pub const RECENTS: u8 = 1;
/// `<document or view>`: [`MARKED`], or empty once it is no favourite any more.
pub const FAVORITES: u8 = 2;
/// The value of a favourite.
pub const MARKED: &str = "1";

/// The document type of user documents.
pub static TYPE: DocumentType = DocumentType {
    id: DocumentTypeId::USER,
    name: "user",
    genesis_actor: Actor(*b"roadbook:user:01"),
    containers: &["user", "recents", "favorites"],
    later: &[],
    audience: AudienceRule::Private,
    policy: &[
        rule(OWNER, true, Form::Id),
        rule("leads", false, Form::Leads),
        rule("channels", false, Form::Channels),
        rule("day_at", false, Form::ClockTime),
        rule("quiet", false, Form::Quiet),
    ],
    texts: &[],
    fresh: Fresh::new(),
};

/// How many documents are kept as opened last (F103).
pub const MOST_RECENTS: usize = 50;

/// The register that says whose document it is.
const OWNER: &str = "owner";

/// Drafts the first change of a user document that the server makes: it names the user (F103). The id is
/// a hash, so it does not tell whose document this is, and a change must write something.
pub fn begin(draft: &mut Draft<'_>, user: UserId) {
    draft.put(USER, OWNER, user.to_string());
}

/// Drafts that the user opened a document. It goes into its own place, else into an empty one, else into
/// the place of the document that was opened longest ago. So the number of registers never grows.
pub(crate) fn opened(draft: &mut Draft<'_>, document: DocumentId, at: Timestamp) {
    let places = (0..MOST_RECENTS).map(|place| {
        let name = format!("{place:02}");
        let held = draft.text(RECENTS, &name).as_deref().and_then(parse_recent);
        (name, held)
    });
    let oldest = places.min_by_key(|(name, held)| match held {
        Some((known, _)) if *known == document => (0, None, name.clone()),
        None => (1, None, name.clone()),
        Some((_, at)) => (2, Some(*at), name.clone()),
    });
    // Another device may have told its later opening first, which must not be undone.
    let is_later = |held: &Option<(DocumentId, Timestamp)>| {
        held.is_some_and(|(known, held_at)| known == document && held_at >= at)
    };
    if let Some((name, _)) = oldest.filter(|(_, held)| !is_later(held)) {
        draft.put(RECENTS, name, format!("{document} {}", at.millis()));
    }
}

/// Reads what a place among the recents holds: a document and when it was opened.
pub fn parse_recent(text: &str) -> Option<(DocumentId, Timestamp)> {
    let (document, at) = text.split_once(' ')?;
    Some((document.parse().ok()?, Timestamp::from_millis(at.parse().ok()?)))
}

const fn rule(name: &'static str, once: bool, form: Form) -> RegisterRule {
    RegisterRule { container: USER, name, writer: Writer::Editor, once, form }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::document::Document;

    #[test]
    fn the_recents_never_take_more_than_their_places_and_hold_the_latest() {
        let mut document = Document::new(&TYPE);
        let id = |n: i64| DocumentId::derived(&[&(n % 70).to_be_bytes()]);
        for n in 0..200 {
            let now = Timestamp::from_millis(n);
            let mut draft = Draft::new(&mut document, Actor([1; 16]), now);
            opened(&mut draft, id(n), now);
            let change = draft.finish().unwrap();
            assert_eq!(change.ops.len(), 1);
            document.add(&change).unwrap();
        }
        let places = document.registers(RECENTS);
        assert_eq!(places.len(), MOST_RECENTS);
        let held: BTreeSet<_> = places
            .values()
            .filter_map(|values| parse_recent(&values.winner.value))
            .map(|(id, _)| id)
            .collect();
        assert_eq!(held, (150..200).map(id).collect());
    }
}
