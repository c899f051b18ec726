//! An import's destination, as the organisation's settings have it.

use super::destination::{
    Colleague, Destination, Directory, FieldColumn, FollowUp, Holder, ImportSource, Named, NoDestination,
    ValueKind,
};
use super::header::{JOB_TITLE_NAMES, TAG_NAMES};
use super::names::fold;
use crate::crm::command::Acting;
use crate::settings::Settings;
use crate::settings::catalogue::{Language, status_mode};
use crate::settings::field::{FieldDefinition, FieldKind, FieldScope};
use crate::value::id::ProductId;

const LANGUAGES: [Language; 3] = [Language::English, Language::Hungarian, Language::Romanian];

impl Destination {
    /// The cards of a product, with its statuses and fields and those of persons and companies, known
    /// by their names in every language.
    ///
    /// The first todo's text is in the language of the importing user. Long texts are no fields to
    /// import into: they stay notes.
    ///
    /// # Errors
    /// There is no such product, or the user may not import.
    pub fn of_product(
        settings: &Settings,
        product: ProductId,
        source: ImportSource,
        acting: Acting,
    ) -> Result<Self, NoDestination> {
        let kind = settings.product(product).ok_or(NoDestination::NoProduct)?.kind;
        let key = settings.import_key().ok_or(NoDestination::NotAllowed)?.clone();
        let is_stored = status_mode(kind).is_stored();
        // Nobody can choose a retired status by hand, so an import may not either.
        let statuses = settings.statuses(product).filter(|status| is_stored && !status.retired);
        let statuses = statuses.map(|status| Named {
            id: status.id,
            names: in_all_languages(&status.name, |language| settings.status_name(status, language)),
        });
        let scopes = [
            (FieldScope::Product(product), Holder::Card),
            (FieldScope::Persons, Holder::Person),
            (FieldScope::Companies, Holder::Company),
        ];
        let fields = scopes.into_iter().flat_map(|(scope, of)| {
            let fields = settings.fields(scope).filter(|field| !field.retired);
            fields.filter_map(move |field| field_column(settings, field, of))
        });
        let locale = settings.user(acting.by).map(|user| user.locale.as_str()).unwrap_or_default();
        Ok(Self {
            key,
            source,
            product,
            acting,
            statuses: statuses.collect(),
            first_status: settings.first_status(product).filter(|_| is_stored).map(|status| status.id),
            fields: fields.collect(),
            follow_up: Some(FollowUp::in_language(Language::of(locale))),
        })
    }
}

impl Directory {
    /// The organisation's users.
    pub fn of(settings: &Settings) -> Self {
        let colleagues = settings.users().map(|user| Colleague {
            id: user.id,
            email: user.email.as_ref().map(ToString::to_string),
            given: user.given_name.clone(),
            family: user.family_name.clone(),
            active: user.active,
        });
        colleagues.collect()
    }
}

fn field_column(settings: &Settings, field: &FieldDefinition, of: Holder) -> Option<FieldColumn> {
    let kind = match &field.kind {
        FieldKind::LongText | FieldKind::Other(_) => return None,
        FieldKind::Text => ValueKind::Text,
        FieldKind::Flag => ValueKind::Flag,
        FieldKind::Day => ValueKind::Day,
        FieldKind::DayTime => ValueKind::DayTime,
        FieldKind::User => ValueKind::User,
        FieldKind::Decimal | FieldKind::Money | FieldKind::Email | FieldKind::Phone | FieldKind::Url => {
            ValueKind::Canonical(field.kind.clone())
        }
        FieldKind::Choice { options, multiple } => {
            let options = options.iter().filter(|option| !option.retired).map(|option| Named {
                id: option.key.to_string(),
                names: in_all_languages(&option.name, |language| {
                    settings.option_name(field, option, language)
                }),
            });
            ValueKind::Choice { options: options.collect(), multiple: *multiple }
        }
    };
    let mut names = in_all_languages(&field.name, |language| settings.field_name(field, language));
    // Only these two: other systems call them by many names.
    for others in [JOB_TITLE_NAMES, TAG_NAMES] {
        if others.iter().any(|other| names.iter().any(|name| fold(name) == fold(other))) {
            names.extend(others.iter().map(ToString::to_string));
        }
    }
    Some(FieldColumn { field: field.id, of, names, kind })
}

/// A name as an administrator gave it and as readers of each language see it.
fn in_all_languages<'a>(stored: &'a str, name: impl Fn(Language) -> &'a str) -> Vec<String> {
    let mut names: Vec<String> = LANGUAGES.into_iter().map(name).chain([stored]).map(str::to_owned).collect();
    // A name that nobody gave is empty, and no column is called so.
    names.retain(|name| !name.is_empty());
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{Column, Mapping, Target};
    use crate::settings::{ImportKey, LOCAL_USER, SettingsRow, builtin_rows, local_user};
    use crate::value::id::UserId;
    use crate::value::time::{Timestamp, Zone};

    const SALES: &str = "00000000-0000-0000-0000-000000000001";
    const PROJECTS: &str = "00000000-0000-0000-0000-000000000002";

    fn destination(product: &str) -> Result<Destination, NoDestination> {
        let user = SettingsRow::new(&local_user(Zone::UTC, "hu-HU"), 1);
        let key = SettingsRow::new(&ImportKey::from_bytes([1; 32]), 1);
        let settings = Settings::from_rows(builtin_rows().into_iter().chain([user, key]));
        let acting = Acting { by: LOCAL_USER, now: Timestamp::default(), zone: Zone::UTC };
        Destination::of_product(&settings, product.parse().unwrap(), ImportSource::Unnamed, acting)
    }

    #[test]
    fn columns_are_known_by_the_names_of_fields_in_every_language() {
        let sales = destination(SALES).unwrap();
        let header = ["Lead source", "Várható érték", "Calificare", "Step", "Lead source of lead"];
        let mapping = Mapping::guess(&header.map(str::to_owned), &sales);
        let is_field = |column: &Column| matches!(column.target, Target::Field(_));
        assert_eq!(mapping.columns.iter().map(is_field).collect::<Vec<_>>(), [true, true, true, true, false]);
    }

    #[test]
    fn a_product_that_derives_its_statuses_takes_none_and_another_takes_them_in_every_language() {
        let sales = destination(SALES).unwrap();
        assert_eq!((sales.statuses.as_slice(), sales.first_status), ([].as_slice(), None));
        let projects = destination(PROJECTS).unwrap();
        assert_eq!(projects.first_status, Some(projects.statuses[0].id));
        assert!(projects.statuses.iter().all(|status| status.names.len() >= 2));
        let nowhere = destination("00000000-0000-0000-0000-000000000099");
        assert_eq!(nowhere.err(), Some(NoDestination::NoProduct));
    }

    #[test]
    fn who_has_no_import_key_cannot_import() {
        let settings = Settings::from_rows(builtin_rows());
        let acting = Acting { by: LOCAL_USER, now: Timestamp::default(), zone: Zone::UTC };
        let to = Destination::of_product(&settings, SALES.parse().unwrap(), ImportSource::Unnamed, acting);
        assert_eq!(to.err(), Some(NoDestination::NotAllowed));
    }

    #[test]
    fn the_first_todo_speaks_the_language_of_the_importing_user() {
        assert_eq!(destination(SALES).unwrap().follow_up.unwrap().text, "Utánkövetés: {name}");
    }

    #[test]
    fn the_directory_knows_who_has_left() {
        let mut user = local_user(Zone::UTC, "en");
        (user.given_name, user.family_name, user.active) = ("Jane".to_owned(), "Doe".to_owned(), false);
        let settings = Settings::from_rows([SettingsRow::new(&user, 1)]);
        assert_eq!(Directory::of(&settings).find("Doe Jane"), Err(crate::import::Reason::InactiveOwner));
        user.id = UserId::from_bytes([5; 16]);
        user.active = true;
        let settings = Settings::from_rows([SettingsRow::new(&user, 1)]);
        assert_eq!(Directory::of(&settings).find("Doe Jane"), Ok(user.id));
    }
}
