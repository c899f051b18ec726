//! Errors as TypeScript has them: objects with the stable code, and its data beside it.

use roadbook_domain::value::time::Timestamp;
use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::error::{ApiError, Reason};
use crate::remote::error::{AddressError, SyncError};

/// Why a call failed: an app branches on the code, keeps its texts by it, and fills the data in. The message is
/// English, for logs. More codes may come; one that the app does not know is treated as `internal`.
#[derive(Debug, Clone, PartialEq, Eq, tsify::Tsify)]
#[tsify(
    missing_as_null,
    type = r#"{ message: string } & (
    | { code: "not_found.document" | "not_found.todo" | "not_found.quarantined_edit" | "not_found.field" }
    | { code: "not_found.product" | "not_found.status" | "not_found.user" }
    | { code: "invalid.text_too_long"; mostBytes: number }
    | { code: "invalid.too_large" | "invalid.empty" | "invalid.id_taken" | "invalid.link_role" }
    | { code: "invalid.inbox_stays" | "invalid.unknown_field" | "invalid.wrong_form" | "invalid.text_replaced" }
    | { code: "invalid.not_allowed" | "invalid.user_there" | "invalid.inside_batch" | "invalid.unknown_zone" }
    | { code: "invalid.malformed" | "invalid.changed_since" }
    | { code: "invalid.other_document_type"; documentType: number }
    | { code: "invalid.install_secret"; bytes: number }
    | { code: "no_user" | "storage_full" | "app_too_old" | "file_too_old" | "damaged" | "paused" | "interrupted" }
    | { code: "internal"; detail: string }
    | { code: "unreachable" | "captive_portal"; address: string; retryAt: Timestamp | null }
    | { code: "not_trusted" | "server_full"; address: string; retryAt: Timestamp | null }
    | { code: "wrong_server" | "server_busy"; address: string; status: number; retryAt: Timestamp | null }
    | { code: "too_many_tries"; retryAt: Timestamp | null }
    | { code: "access_ended"; handedIn: number }
    | { code: "unsent"; count: number; quarantined: number }
    | { code: "refused"; address: string; serverCode: string }
    | { code: "sign_in_needed" | "bad_credentials" | "other_user" | "elsewhere" | "cancelled" }
    | { code: "address.malformed" | "address.not_secure" | "address.no_tls" | "address.no_roots" }
)"#
)]
pub struct Failure {
    code: &'static str,
    message: String,
    data: Data,
}

type Data = Vec<(&'static str, Datum)>;

/// One of the data of a code.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(untagged)]
enum Datum {
    Text(String),
    Number(u64),
    Time(Option<Timestamp>),
}

impl Serialize for Failure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Failure", 2 + self.data.len())?;
        object.serialize_field("code", self.code)?;
        object.serialize_field("message", &self.message)?;
        for &(name, ref datum) in &self.data {
            object.serialize_field(name, datum)?;
        }
        object.end()
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        let (code, message) = (error.code(), error.to_string());
        let data = match error {
            ApiError::Invalid { reason } => of_reason(reason),
            ApiError::Internal { detail } => vec![("detail", Datum::Text(detail))],
            ApiError::NotFound { .. }
            | ApiError::NoUser
            | ApiError::StorageFull
            | ApiError::AppTooOld
            | ApiError::FileTooOld
            | ApiError::Damaged
            | ApiError::Paused
            | ApiError::Interrupted => Data::new(),
        };
        Self { code, message, data }
    }
}

impl From<SyncError> for Failure {
    fn from(error: SyncError) -> Self {
        let (code, message) = (error.code(), error.to_string());
        let server = |address, retry_at| vec![("address", Datum::Text(address)), retry(retry_at)];
        let data = match error {
            SyncError::Unreachable { address, retry_at }
            | SyncError::CaptivePortal { address, retry_at }
            | SyncError::NotTrusted { address, retry_at }
            | SyncError::ServerFull { address, retry_at } => server(address, retry_at),
            SyncError::WrongServer { address, status, retry_at }
            | SyncError::ServerBusy { address, status, retry_at } => {
                let mut data = server(address, retry_at);
                data.push(("status", Datum::Number(status.into())));
                data
            }
            SyncError::TooManyTries { retry_at } => vec![retry(retry_at)],
            SyncError::AccessEnded { handed_in } => vec![("handedIn", Datum::Number(handed_in))],
            SyncError::Unsent { count, quarantined } => {
                vec![("count", Datum::Number(count)), ("quarantined", Datum::Number(quarantined))]
            }
            SyncError::Refused { address, code } => {
                vec![("address", Datum::Text(address)), ("serverCode", Datum::Text(code))]
            }
            SyncError::Local { error } => return error.into(),
            SyncError::SignInNeeded
            | SyncError::BadCredentials
            | SyncError::OtherUser
            | SyncError::Elsewhere
            | SyncError::Cancelled => Data::new(),
        };
        Self { code, message, data }
    }
}

impl From<AddressError> for Failure {
    fn from(error: AddressError) -> Self {
        Self { code: error.code(), message: error.to_string(), data: Data::new() }
    }
}

fn of_reason(reason: Reason) -> Data {
    match reason {
        Reason::TextTooLong { most_bytes } => vec![("mostBytes", Datum::Number(most_bytes))],
        Reason::OtherDocumentType { document_type } => {
            vec![("documentType", Datum::Number(document_type.into()))]
        }
        Reason::InstallSecret { bytes } => vec![("bytes", Datum::Number(bytes))],
        Reason::TooLarge
        | Reason::Empty
        | Reason::IdTaken
        | Reason::LinkRole
        | Reason::InboxStays
        | Reason::UnknownField
        | Reason::WrongForm
        | Reason::TextReplaced
        | Reason::NotAllowed
        | Reason::ChangedSince
        | Reason::UserThere
        | Reason::InsideBatch
        | Reason::UnknownZone
        | Reason::Malformed => Data::new(),
    }
}

fn retry(at: Option<Timestamp>) -> (&'static str, Datum) {
    ("retryAt", Datum::Time(at))
}

#[cfg(test)]
mod tests {
    use tsify::Tsify;

    use super::*;
    use crate::error::Missing;

    fn json(failure: impl Into<Failure>) -> String {
        serde_json::to_string(&failure.into()).unwrap()
    }

    #[test]
    fn a_failure_is_an_object_with_its_code_and_the_data_of_the_code() {
        let reason = Reason::TextTooLong { most_bytes: 9 };
        assert_eq!(
            json(ApiError::Invalid { reason }),
            format!(r#"{{"code":"invalid.text_too_long","message":"invalid: {reason:?}","mostBytes":9}}"#),
        );
        let address = "https://roadbook.example".to_owned();
        let retry_at = Some(Timestamp::from_millis(7));
        assert_eq!(
            json(SyncError::ServerBusy { address, status: 503, retry_at }),
            concat!(
                r#"{"code":"server_busy","message":"https://roadbook.example is busy (status 503): everything waits","#,
                r#""address":"https://roadbook.example","retryAt":7,"status":503}"#,
            ),
        );
        assert_eq!(
            json(SyncError::TooManyTries { retry_at: None }),
            r#"{"code":"too_many_tries","message":"too many wrong passwords: wait","retryAt":null}"#,
        );
        assert_eq!(json(SyncError::Local { error: ApiError::Paused }), json(ApiError::Paused));
    }

    #[test]
    fn the_declaration_has_every_code_and_the_names_of_its_data() {
        let (address, retry_at) = (String::new(), None);
        let failures: [Failure; 15] = [
            ApiError::NotFound { what: Missing::Status }.into(),
            ApiError::Invalid { reason: Reason::TextTooLong { most_bytes: 1 } }.into(),
            ApiError::Invalid { reason: Reason::OtherDocumentType { document_type: 1 } }.into(),
            ApiError::Invalid { reason: Reason::InstallSecret { bytes: 1 } }.into(),
            ApiError::Invalid { reason: Reason::Malformed }.into(),
            ApiError::Internal { detail: String::new() }.into(),
            ApiError::Interrupted.into(),
            SyncError::Unreachable { address: address.clone(), retry_at }.into(),
            SyncError::WrongServer { address: address.clone(), status: 0, retry_at }.into(),
            SyncError::TooManyTries { retry_at }.into(),
            SyncError::AccessEnded { handed_in: 1 }.into(),
            SyncError::Unsent { count: 1, quarantined: 1 }.into(),
            SyncError::Refused { address, code: String::new() }.into(),
            SyncError::Elsewhere.into(),
            AddressError::NoTls.into(),
        ];
        for Failure { code, data, .. } in failures {
            let member = Failure::DECL.lines().find(|line| line.contains(&format!("\"{code}\"")));
            let member = member.unwrap_or_else(|| panic!("{code} is not declared"));
            for (name, _) in data {
                assert!(member.contains(&format!(" {name}: ")), "{code} has no {name}");
            }
        }
    }
}
