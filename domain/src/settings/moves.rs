//! Moving a card by hand if its status follows from its fields (C24): which values put it there.

use super::{Settings, StatusInputs};
use crate::crm::command::CardCommand;
use crate::settings::catalogue::{LapseClock, status_mode};
use crate::settings::field::{FieldDefinition, FieldKind, FieldScope, SET};
use crate::value::id::{FieldId, ProductId, StatusId};

/// What deciding fields shall hold.
type Texts<'a> = Vec<(FieldId, &'a str)>;

impl Settings {
    /// The ways to move a card by hand into `status`, each as the commands that do it.
    ///
    /// If the status is stored, there is one way: the move. If it is derived, a way sets as few deciding
    /// fields as possible. An app takes the way if there is only one, and asks the user if there are
    /// several. An empty way means that the card is there already. There is no way into a status that
    /// only time brings about, or only fields that are neither choices nor flags.
    pub fn moves_to(&self, inputs: &StatusInputs<'_>, status: StatusId) -> Vec<Vec<CardCommand>> {
        let Some(view) = inputs.product.and_then(|product| self.view(product)) else { return Vec::new() };
        let Some(target) = self.status(status).filter(|known| known.product == view.product.id) else {
            return Vec::new();
        };
        if status_mode(view.product.kind).is_stored() {
            return vec![vec![CardCommand::Move(status)]];
        }
        let Some(key) = target.key.as_ref() else { return Vec::new() };
        let present = |field: FieldId| inputs.texts.get(&field.to_string()).unwrap_or_default();
        // Every combination is tried: deciding fields are two or three with a few options, and asking the
        // derivation itself leaves no second table of rules that could disagree with it.
        let mut all: Vec<Texts<'_>> = vec![Vec::new()];
        for field in self.deciding(view.product.id) {
            all = each_with(&all, field.id, &candidates(field, present(field.id)));
        }
        all.retain(|way| {
            let text = |preset: &str| {
                let (id, _) = view.presets.get(preset)?;
                let (_, text) = way.iter().find(|(field, _)| field == id)?;
                (!text.is_empty()).then_some(*text)
            };
            self.derived(view, &text, &LapseClock::OFF).is_some_and(|derived| derived.key == key.as_str())
        });
        for way in &mut all {
            way.retain(|(field, text)| present(*field) != *text);
        }
        fewest(&all).into_iter().map(commands).collect()
    }

    /// The fields that decide the status of a product's cards, in their order.
    pub(super) fn deciding(&self, product: ProductId) -> impl Iterator<Item = &FieldDefinition> {
        self.fields(FieldScope::Product(product)).filter(|field| self.decides(field))
    }

    /// Whether the status of the cards is a function of this field.
    pub(super) fn decides(&self, field: &FieldDefinition) -> bool {
        self.field_spec(field).is_some_and(|builtin| builtin.decides_status)
    }
}

/// What a field may hold after a move: what it holds now, what it may be given, or nothing.
fn candidates<'a>(field: &'a FieldDefinition, present: &'a str) -> Vec<&'a str> {
    let mut texts = vec![present];
    match &field.kind {
        FieldKind::Choice { options, multiple: false } => {
            let choosable = options.iter().filter(|option| !option.retired);
            texts.extend(choosable.map(|option| option.key.as_str()).filter(|key| *key != present));
        }
        FieldKind::Flag if present != SET => texts.push(SET),
        FieldKind::Flag => {}
        // Texts, amounts, days and the like have no list of values that could be tried.
        _ => return texts,
    }
    if !present.is_empty() {
        texts.push("");
    }
    texts
}

/// Each of the ways, combined with each text of one more field.
fn each_with<'a>(ways: &[Texts<'a>], field: FieldId, texts: &[&'a str]) -> Vec<Texts<'a>> {
    let longer = |way: &Texts<'a>, text: &'a str| [way.as_slice(), &[(field, text)]].concat();
    ways.iter().flat_map(|way| texts.iter().map(move |text| longer(way, text))).collect()
}

/// The ways that change no field without need, and clear no field that could be given a value instead.
fn fewest<'w, 'a>(all: &'w [Texts<'a>]) -> Vec<&'w Texts<'a>> {
    let sets = |way: &Texts<'_>, field: FieldId| way.iter().any(|(other, _)| *other == field);
    let within = |one: &Texts<'_>, other: &Texts<'_>| one.iter().all(|(field, _)| sets(other, *field));
    let cleared = |way: &Texts<'_>| way.iter().filter(|(_, text)| text.is_empty()).count();
    let better = |one: &Texts<'_>, other: &Texts<'_>| {
        within(one, other) && (one.len() < other.len() || cleared(one) < cleared(other))
    };
    all.iter().filter(|way| !all.iter().any(|other| better(other, way))).collect()
}

fn commands(way: &Texts<'_>) -> Vec<CardCommand> {
    way.iter().map(|(field, text)| CardCommand::SetField(*field, (*text).to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::catalogue::{self, field_id, status_id};
    use crate::settings::field::{ChoiceOption, FieldTexts, StepMeaning};
    use crate::settings::product::ProductKind;
    use crate::settings::{SettingsRow, builtin_rows};

    const SALES: ProductId = ProductId::from_bytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    const PROJECTS: ProductId = ProductId::from_bytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]);

    #[test]
    fn a_lead_is_moved_by_the_fewest_deciding_fields_and_asked_about_where_several_would_do() {
        let settings = Settings::from_rows(builtin_rows());
        for (fields, status, ways) in [
            ("", "won", "step=won"),
            ("qualification=vip step=enquiry", "lost", "step=lost"),
            ("qualification=vip step=enquiry", "target", "qualification=target"),
            ("qualification=vip step=enquiry", "vip_hot", "step=offer_sent | step=negotiating"),
            (
                "qualification=vip step=enquiry",
                "target_hot",
                "step=offer_sent qualification=target | step=negotiating qualification=target",
            ),
            ("qualification=vip step=won", "vip", "step=enquiry | step=needs_known"),
            ("qualification=vip", "to_qualify", "qualification="),
            ("qualification=vip", "vip", ""),
            (
                "step=won",
                "non_target",
                "step=enquiry qualification=non_target | step=needs_known qualification=non_target | step=offer_sent qualification=non_target | step=negotiating qualification=non_target",
            ),
        ] {
            assert_eq!(shown(&settings, SALES, fields, status), [ways], "{fields} to {status}");
        }
        let none: [&str; 0] = [];
        assert_eq!(shown(&settings, SALES, "qualification=vip", "forgotten"), none, "only time does that");
    }

    #[test]
    fn a_firms_own_steps_move_a_lead_by_what_they_mean() {
        let mut settings = Settings::from_rows(builtin_rows());
        let mut step = settings.field(field_id(SALES, "step")).unwrap().clone();
        let own = |key: &str, means| ChoiceOption {
            key: key.parse().unwrap(),
            name: key.into(),
            retired: false,
            means: Some(means),
        };
        let FieldKind::Choice { options, .. } = &mut step.kind else { panic!("a choice") };
        options.iter_mut().for_each(|option| option.retired = true);
        options.extend([own("signed", StepMeaning::Won), own("talking", StepMeaning::Open)]);
        let row = SettingsRow::new(&step, 2);
        assert_eq!(settings.judge(&row), Ok(()), "all options of a meaning may be retired");
        settings.apply([row]);
        assert_eq!(shown(&settings, SALES, "qualification=vip", "won"), ["step=signed"]);
        let none: [&str; 0] = [];
        assert_eq!(shown(&settings, SALES, "qualification=vip", "lost"), none, "no step means that");
    }

    #[test]
    fn a_stored_status_is_moved_to_as_it_is_and_one_of_another_product_not_at_all() {
        let settings = Settings::from_rows(builtin_rows());
        let finished = status_id(PROJECTS, "finished");
        let inputs = |product| StatusInputs {
            product: Some(product),
            stored: None,
            texts: FieldTexts::new(&[]),
            last_contact: None,
        };
        assert_eq!(settings.moves_to(&inputs(PROJECTS), finished), [vec![CardCommand::Move(finished)]]);
        assert!(settings.moves_to(&inputs(SALES), finished).is_empty());
    }

    #[test]
    fn every_way_puts_the_card_where_it_says() {
        for spec in catalogue::KINDS.iter().filter(|spec| !spec.mode.is_stored()) {
            let settings = Settings::from_rows(catalogue::new_product(SALES, spec, 10).rows());
            for status in settings.statuses(SALES) {
                let inputs = StatusInputs {
                    product: Some(SALES),
                    stored: None,
                    texts: FieldTexts::new(&[]),
                    last_contact: None,
                };
                for way in settings.moves_to(&inputs, status.id) {
                    let texts: Vec<_> = way
                        .iter()
                        .map(|command| match command {
                            CardCommand::SetField(field, text) => (field.to_string(), text.clone()),
                            other => panic!("{other:?}"),
                        })
                        .collect();
                    let moved = StatusInputs { texts: FieldTexts::new(&texts), ..inputs };
                    let now = crate::value::time::Timestamp::from_millis(0);
                    assert_eq!(settings.card_status(&moved, now).id, Some(status.id), "{}", spec.kind);
                }
            }
        }
        assert!(ProductKind::Leave.is_preview());
    }

    /// The ways, each with the keys of its fields; no way at all is an empty list.
    fn shown(settings: &Settings, product: ProductId, fields: &str, status: &str) -> Vec<String> {
        let texts: Vec<_> = fields
            .split_whitespace()
            .map(|pair| pair.split_once('=').unwrap())
            .map(|(key, text)| (field_id(product, key).to_string(), text.to_owned()))
            .collect();
        let texts = FieldTexts::new(&texts);
        let inputs = StatusInputs { product: Some(product), stored: None, texts, last_contact: None };
        let ways = settings.moves_to(&inputs, status_id(product, status));
        let name = |command: &CardCommand| match command {
            CardCommand::SetField(id, text) => {
                format!("{}={text}", settings.field(*id).unwrap().key.as_ref().unwrap())
            }
            other => panic!("{other:?}"),
        };
        let ways: Vec<String> =
            ways.iter().map(|way| way.iter().map(name).collect::<Vec<_>>().join(" ")).collect();
        if ways.is_empty() { Vec::new() } else { vec![ways.join(" | ")] }
    }
}
