package app.roadbook

import app.roadbook.client.AddressException
import app.roadbook.client.Trust
import app.roadbook.core.Server as Core

/** What a link or QR code holds that lets a colleague in: the server's address, and a code for one time. */
public typealias Enrolment = app.roadbook.core.Enrolment

/** Reads a [link] that lets a colleague in, as scanned; `null` if it is none. [Roadbook.enrol] uses its code up. */
public fun readEnrolment(link: String): Enrolment? = try {
    app.roadbook.core.readEnrolment(link)
} catch (_: CharacterCodingException) {
    // Half of a pair of surrogates is no part of a link.
    null
}

/**
 * A server and its open connections: make one by its address, and keep it. It does not connect by itself.
 *
 * @param address such as `https://crm.example.com`; throws [AddressException] if it is none
 * @param trust whose certificates are trusted; on Android [Trust.Platform] is [Trust.Bundled]
 */
public class Server(address: String, trust: Trust = Trust.Platform) : AutoCloseable {
    // The generated object is never closed while a call may have it: it goes with the last reference to it.
    @Volatile
    private var core: Core? = made(address, trust)

    /** From now on a call with it is an [IllegalStateException]; those that are under way end first. */
    override fun close() {
        core = null
    }

    internal fun core(): Core = checkNotNull(core) { "the server was closed" }

    private companion object {
        fun made(address: String, trust: Trust): Core = try {
            Core.trusting(address, trust)
        } catch (_: CharacterCodingException) {
            // Half of a pair of surrogates is neither part of an address nor of a certificate.
            val isAddress = Charsets.UTF_8.newEncoder().canEncode(address)
            throw if (isAddress) AddressException.NoRoots() else AddressException.Malformed()
        }
    }
}
