// An app branches on the case of an error, and keeps its texts by the code: those of docs/api.md, the same on every
// platform and in every version.

extension ApiError {
    /// The stable code of this error, such as `not_found.todo`.
    public var code: String { apiErrorCode(error: self) }
}

extension SyncError {
    /// The stable code of this error, such as `unreachable`; of the device's own trouble (`Local`) the code of what it
    /// is.
    public var code: String { syncErrorCode(error: self) }
}

extension AddressError {
    /// The stable code of this error, such as `address.not_secure`.
    public var code: String { addressErrorCode(error: self) }
}
