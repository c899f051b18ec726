use roadbook_domain::settings::SettingsError;

use super::*;

const PAGE: &str = include_str!("../../../../docs/http-api.md");

/// Every error once. A new variant does not compile before it has its place here.
fn every() -> Vec<ApiError> {
    let after = |error: &ApiError| {
        Some(match error {
            ApiError::Unauthenticated => ApiError::BadCredentials,
            ApiError::BadCredentials => ApiError::SessionOver,
            ApiError::SessionOver => ApiError::EnrolmentOver,
            ApiError::EnrolmentOver => ApiError::Forbidden,
            ApiError::Forbidden => ApiError::ForeignSite,
            ApiError::ForeignSite => ApiError::NotFound,
            ApiError::NotFound => ApiError::MethodNotAllowed,
            ApiError::MethodNotAllowed => ApiError::TooSlow,
            ApiError::TooSlow => ApiError::StaleVersion { current: 7 },
            ApiError::StaleVersion { .. } => ApiError::AlreadyExists { field: "email" },
            ApiError::AlreadyExists { .. } => ApiError::LastAdmin,
            ApiError::LastAdmin => ApiError::TooLarge,
            ApiError::TooLarge => {
                ApiError::Invalid { field: "password", problem: Problem::Length { min: 10, max: 256 } }
            }
            ApiError::Invalid { .. } => ApiError::AgainstTheRules(SettingsError::Malformed("name")),
            ApiError::AgainstTheRules(_) => ApiError::SlowDown { seconds: 30 },
            ApiError::SlowDown { .. } => ApiError::Internal("a secret cause".into()),
            ApiError::Internal(_) => ApiError::Unavailable,
            ApiError::Unavailable => ApiError::StorageFull,
            ApiError::StorageFull => return None,
        })
    };
    let mut all = vec![ApiError::Unauthenticated];
    while let Some(next) = all.last().and_then(after) {
        all.push(next);
    }
    all
}

/// The lines of the table under this heading: the code, and the other cells.
fn table(heading: &str) -> Vec<(String, Vec<String>)> {
    let (_, section) = PAGE.split_once(&format!("\n## {heading}\n")).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let mut cells = row.trim_matches('|').split('|').map(|cell| cell.trim().replace('`', ""));
        (cells.next().unwrap(), cells.collect())
    })
    .collect()
}

#[test]
fn the_page_names_the_status_and_data_of_every_code_in_this_order() {
    let errors: Vec<_> = every()
        .iter()
        .map(|error| {
            let (status, code) = error.status_and_code();
            let json = error.to_json();
            let mut data: Vec<_> = json.as_object().unwrap().keys().cloned().collect();
            data.retain(|member| member != "code" && member != "message");
            // A length has members of its own, a rule not always a field: the page names them below.
            data.retain(|member| {
                member != "min" && member != "max" && (code, &**member) != ("against_the_rules", "field")
            });
            (code.to_owned(), status.as_str().to_owned(), data.join(", "))
        })
        .collect();
    let page: Vec<_> = table("Errors")
        .into_iter()
        .map(|(code, cells)| {
            let mut data: Vec<_> = cells[1].split(", ").map(str::to_owned).collect();
            data.sort();
            (code, cells[0].clone(), data.join(", "))
        })
        .collect();
    assert_eq!(page, errors);
}

#[test]
fn the_page_names_every_problem_and_every_rule() {
    let problems = [
        Problem::Form(String::new()),
        Problem::Missing,
        Problem::Length { min: 1, max: 2 },
        Problem::Mismatch,
    ];
    let known: Vec<_> = problems.iter().map(|problem| problem.code().to_owned()).collect();
    assert_eq!(codes("Problems"), known);
    let rules = [
        SettingsError::Unreadable,
        SettingsError::Malformed("name"),
        SettingsError::UnknownZone,
        SettingsError::UnknownProduct,
        SettingsError::Unchangeable("kind"),
        SettingsError::FixedStatuses,
        SettingsError::FixedField,
        SettingsError::LastStatus,
        SettingsError::KeyTaken,
        SettingsError::TooMany,
        SettingsError::ReservedProduct,
        SettingsError::NotRemovable,
    ];
    let known: Vec<_> =
        rules.iter().map(|rule| rule::data(*rule)["rule"].as_str().unwrap().to_owned()).collect();
    assert_eq!(codes("Rules of settings"), known);
}

#[test]
fn the_page_names_every_route_and_says_whom_it_is_for_and_what_it_does_in_the_words_of_the_code() {
    let routes = crate::routes();
    let known = routes.list().iter().map(|route| {
        let about = [route.about.who.to_string(), route.about.what.replace('`', "")];
        (format!("{} {}", route.method, route.path), about.to_vec())
    });
    assert_eq!(table("Routes"), known.collect::<Vec<_>>());
}

#[test]
fn the_document_knows_every_member_of_every_error_and_every_problem() {
    let mut schemas = Schemas::default();
    ApiError::schema(&mut schemas);
    let schema = &schemas.into_value()["Error"];
    for error in every() {
        for member in error.to_json().as_object().unwrap().keys() {
            assert!(schema["properties"].get(member).is_some(), "{member} of {error:?}");
        }
    }
    assert_eq!(schema["properties"]["problem"]["enum"], json!(codes("Problems")));
}

#[test]
fn an_error_is_its_code_with_data_and_never_its_inner_cause() {
    let json = |error: ApiError| error.to_json().to_string();
    let length = Problem::Length { min: 10, max: 256 };
    let cases = [
        (
            ApiError::StaleVersion { current: 7 },
            r#"{"code":"stale_version","message":"it was edited by somebody else: read it again","version":7}"#,
        ),
        (
            ApiError::Invalid { field: "password", problem: length },
            r#"{"code":"invalid","field":"password","max":256,"message":"password: give 10 to 256 characters","min":10,"problem":"length"}"#,
        ),
        (
            ApiError::AgainstTheRules(SettingsError::Malformed("name")),
            r#"{"code":"against_the_rules","field":"name","message":"name is empty, too long, or not allowed","rule":"malformed"}"#,
        ),
        (
            ApiError::Internal("a secret cause".into()),
            r#"{"code":"internal","message":"something went wrong in the server"}"#,
        ),
    ];
    for (error, expected) in cases {
        assert_eq!(json(error), expected);
    }
}

fn codes(heading: &str) -> Vec<String> {
    table(heading).into_iter().map(|(code, _)| code).collect()
}
