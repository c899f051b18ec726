//! The stable codes of errors, which no error carries across: the packages ask for them, and give each error a `code`.

use roadbook_client::{AddressError, ApiError, SyncError};

/// The stable code of an error, by which an app keeps its texts.
#[uniffi::export]
pub fn api_error_code(error: ApiError) -> String {
    error.code().to_owned()
}

/// The same of an error of the exchange; of the device's own trouble the code of what it is.
#[uniffi::export]
pub fn sync_error_code(error: SyncError) -> String {
    error.code().to_owned()
}

/// The same of an error of an address.
#[uniffi::export]
pub fn address_error_code(error: AddressError) -> String {
    error.code().to_owned()
}
