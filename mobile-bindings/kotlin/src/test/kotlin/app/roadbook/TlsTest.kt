package app.roadbook

import app.roadbook.client.AddressException
import app.roadbook.client.SyncEnd
import app.roadbook.client.SyncException
import app.roadbook.client.Trust
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNotNull
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.BeforeAll
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** The server of a firm that has an authority of its own. */
class TlsTest {
    @TempDir
    lateinit var folder: File

    private val file get() = File(folder, "roadbook.db")

    @Test
    fun `a phone that trusts the firm's authority signs in, syncs and is live`() = signedIn { roadbook, server ->
        assertEquals(SyncEnd.DONE, roadbook.sync(server).end)
        roadbook.makeCard(OVERDUE)
        roadbook.sync(server)
        Roadbook.open(File(folder, "tablet.db")).use { tablet ->
            tablet.signIn(server, RealServer.ADMIN, RealServer.PASSWORD, installation())
            tablet.sync(server)
            assertEquals(1uL, tablet.today().matching)
            val live = launch { roadbook.live(server) }
            // News come over a channel that is set up by itself.
            tablet.makeCard(OVERDUE)
            tablet.sync(server)
            withTimeout(20_000) { roadbook.watchToday().first { it.matching == 2uL } }
            live.cancelAndJoin()
        }
    }

    @Test
    fun `a phone that does not trust it says so, sends nothing, and keeps what is unsent`() =
        signedIn { roadbook, server ->
            roadbook.sync(server)
            roadbook.makeCard(OVERDUE)
            Server(real.address, Trust.Bundled).use { stranger ->
                val error = assertFailsWith<SyncException.NotTrusted> { roadbook.sync(stranger) }
                assertEquals(real.address, error.address)
                assertNotNull(error.retryAt)
            }
            assertEquals(1, roadbook.unsentCount())
        }

    @Test
    fun `a sign-in at a server that is not trusted says so`() = runBlocking {
        Roadbook.open(file).use { roadbook ->
            for (trust in listOf(Trust.Bundled, Trust.Platform)) {
                Server(real.address, trust).use { stranger ->
                    assertFailsWith<SyncException.NotTrusted>("$trust") {
                        roadbook.signIn(stranger, RealServer.ADMIN, RealServer.PASSWORD, installation())
                    }
                }
            }
            assertEquals(null, roadbook.me())
        }
    }

    @Test
    fun `what is no certificate in PEM is refused before anything is sent`() {
        for (pem in listOf("", "no certificate", pem("authority").take(300))) {
            assertFailsWith<AddressException.NoRoots>(pem) { Server(real.address, Trust.Only(pem)) }
        }
    }

    private fun signedIn(test: suspend kotlinx.coroutines.CoroutineScope.(Roadbook, Server) -> Unit) = runBlocking {
        Roadbook.open(file).use { roadbook ->
            Server(real.address, Trust.Only(pem("authority"))).use { server ->
                roadbook.signIn(server, RealServer.ADMIN, RealServer.PASSWORD, installation())
                test(roadbook, server)
            }
        }
    }

    companion object {
        private val CERTIFICATES = File("../../tests/data/tls")

        @TempDir
        @JvmStatic
        lateinit var place: File

        private lateinit var real: RealServer

        private fun pem(name: String) = File(CERTIFICATES, "$name.pem").readText()

        @BeforeAll
        @JvmStatic
        fun start() {
            real = RealServer(place, CERTIFICATES)
        }

        @AfterAll
        @JvmStatic
        fun stop() = real.close()
    }
}
