package app.roadbook

import app.roadbook.client.AddressException
import app.roadbook.client.ApiException
import app.roadbook.client.SyncException
import app.roadbook.core.addressErrorCode
import app.roadbook.core.apiErrorCode
import app.roadbook.core.syncErrorCode

// An app branches on the case of an error, and keeps its texts by the code: those of `docs/api.md`, the same on every
// platform and in every version.

/** The stable code of this error, such as `not_found.todo`. */
public val ApiException.code: String
    get() = apiErrorCode(this)

/**
 * The stable code of this error, such as `unreachable`; of the device's own trouble ([SyncException.Local]) the code of
 * what it is.
 *
 * [SyncException.Refused] has a member of this name, which is meant where its type is known: what the server said. The
 * code of that error is `refused`.
 */
public val SyncException.code: String
    get() = syncErrorCode(this)

/** The stable code of this error, such as `address.not_secure`. */
public val AddressException.code: String
    get() = addressErrorCode(this)
