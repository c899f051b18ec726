//! Conflicts: values that several people wrote at once, each kept until somebody decides (N3).

use roadbook_domain::crm::place::Place;
use roadbook_domain::read::view;
use roadbook_domain::settings::Settings;
use roadbook_domain::value::id::DocumentId;

use super::place_value::PlaceValue;
use crate::change_set::ChangeSet;
use crate::client::Client;
use crate::error::{ApiError, Reason};

/// A place that several people wrote at once.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[cfg_attr(feature = "web", derive(serde::Serialize, serde::Deserialize, tsify::Tsify))]
#[cfg_attr(feature = "web", serde(rename_all = "camelCase"), tsify(missing_as_null))]
pub struct Conflict {
    /// What it is.
    pub place: Place,
    /// What it shows.
    pub shown: PlaceValue,
    /// The other values, the latest first. They are kept, and one call brings one back (L6).
    pub others: Vec<PlaceValue>,
}

impl Conflict {
    /// The conflicts of a document.
    ///
    /// # Errors
    /// [`ApiError::NotFound`].
    pub fn list(client: &Client, id: DocumentId) -> Result<Vec<Self>, ApiError> {
        let conflicts = client.conflicts(id)?;
        let settings = client.settings()?;
        Ok(Self::of_all(conflicts, &settings))
    }

    pub(crate) fn of_all(conflicts: Vec<view::Conflict>, settings: &Settings) -> Vec<Self> {
        conflicts.into_iter().map(|conflict| Self::of(conflict, settings)).collect()
    }

    fn of(conflict: view::Conflict, settings: &Settings) -> Self {
        let view::Conflict { place, shown, others } = conflict;
        let value = |text| PlaceValue::of(&place, text, settings);
        let (shown, others) = (value(shown), others.into_iter().map(value).collect());
        Self { place, shown, others }
    }
}

/// Resolves a conflict: its place gets `value`, one of those that it has, or another (N3).
///
/// # Errors
/// [`ApiError::NotFound`]; [`ApiError::Invalid`] with [`Reason::WrongForm`] for a value that its place cannot have,
/// and for one that only a later version understands, where the place asks for a form.
pub fn resolve(
    client: &Client,
    id: DocumentId,
    conflict: &Conflict,
    value: &PlaceValue,
) -> Result<ChangeSet, ApiError> {
    let wrong = || ApiError::Invalid { reason: Reason::WrongForm };
    let place = &conflict.place;
    let text = value.text().ok_or_else(wrong)?;
    // What another version wrote is given back as it is. All else must read as what it says: a number in the place of a
    // user would be text that nobody can read.
    let is_of_place = match value {
        PlaceValue::Empty | PlaceValue::Other { .. } => true,
        value => text.is_empty() || PlaceValue::of(place, text.clone(), &*client.settings()?) == *value,
    };
    if !is_of_place {
        return Err(wrong());
    }
    let conflict = view::Conflict { place: place.clone(), shown: String::new(), others: Vec::new() };
    client.resolve(id, &conflict, &text)
}

#[cfg(test)]
mod tests {
    use roadbook_domain::crm::command::CardCommand;
    use roadbook_domain::crm::place::TodoPart;
    use roadbook_domain::value::todo::Outcome;

    use super::*;
    use crate::app::{CardView, EditView, FieldValue, HistoryItem};
    use crate::testing::{Phone, part, todo};

    /// A conflict at a place, as an app gives it.
    fn at(place: Place) -> Conflict {
        Conflict { place, shown: PlaceValue::Empty, others: Vec::new() }
    }

    #[test]
    fn a_place_gets_a_value_of_its_own_kind_and_no_other() {
        let phone = Phone::local(1);
        let card = phone.card("Bakery", &[todo(1, "Call", "2026-11-23")]);
        let due = Place::Todo { todo: part(1), part: TodoPart::Due };
        let wrong = Err(ApiError::Invalid { reason: Reason::WrongForm });
        for value in [
            PlaceValue::Text { text: "2026-11-24".to_owned() },
            PlaceValue::Field { value: FieldValue::Day { day: "2026-11-24".parse().unwrap() } },
            PlaceValue::Open { period: 0 },
            PlaceValue::Other { text: "some day".to_owned() },
        ] {
            assert_eq!(resolve(&phone.client, card, &at(due.clone()), &value), wrong, "{value:?}");
        }
        let value = PlaceValue::Due { due: "2026-11-24".parse().unwrap() };
        resolve(&phone.client, card, &at(due.clone()), &value).unwrap();
        let shown = |card| CardView::open(&phone.client, card).unwrap();
        assert_eq!(shown(card).todos[0].due.map(|due| due.to_string()).as_deref(), Some("2026-11-24"));
        resolve(&phone.client, card, &at(due), &PlaceValue::Empty).unwrap();
        assert_eq!(shown(card).todos[0].due, None);
        let name = PlaceValue::Text { text: "Bakery Kovács".to_owned() };
        resolve(&phone.client, card, &at(Place::Name), &name).unwrap();
        assert_eq!(shown(card).name, "Bakery Kovács");
    }

    #[test]
    fn a_closing_is_given_back_as_it_was() {
        let phone = Phone::local(1);
        let card = phone.card("Bakery", &[todo(1, "Call", "2026-11-23")]);
        phone.client.edit_card(card, &[CardCommand::Close(part(1), Outcome::Success)]).unwrap();
        let closing = CardView::open(&phone.client, card).unwrap().todos[0].closings[0];
        phone.client.edit_card(card, &[CardCommand::Reopen(part(1))]).unwrap();
        let state = Place::Todo { todo: part(1), part: TodoPart::State };
        let closed = PlaceValue::Closed { period: 1, closing };
        resolve(&phone.client, card, &at(state), &closed).unwrap();
        assert_eq!(CardView::open(&phone.client, card).unwrap().todos[0].closings, [closing]);
    }

    #[test]
    fn what_a_later_version_wrote_where_no_form_is_asked_for_is_given_back() {
        let phone = Phone::local(1);
        let card = phone.card("Bakery", &[]);
        let place = Place::Other { container: 0, name: "mood".to_owned() };
        let value = PlaceValue::Other { text: "hot#3;x".to_owned() };
        resolve(&phone.client, card, &at(place.clone()), &value).unwrap();
        let told = HistoryItem::list(&phone.client, card, 0, 1).unwrap();
        assert_eq!(told[0].edits, [EditView::Put { place, old: Vec::new(), new: value }]);
    }
}
