package app.roadbook

import app.roadbook.client.SyncEnd
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** A colleague's first sign-in, by what they scan. */
class EnrolmentTest {
    @TempDir
    lateinit var folder: File

    @Test
    fun `a link tells the server and the code that let a colleague in`() = runBlocking {
        RealServer(folder).use { real ->
            val enrolment = assertNotNull(readEnrolment(real.invite("bela@example.com")))
            assertEquals(real.address, enrolment.address)
            Server(enrolment.address).use { server ->
                Roadbook.open(File(folder, "roadbook.db")).use { roadbook ->
                    val password = "a password of Béla's own"
                    val bela = roadbook.enrol(server, enrolment.code, password, installation())
                    assertEquals(bela, roadbook.me())
                    assertEquals(SyncEnd.DONE, roadbook.sync(server).end)
                }
            }
        }
    }

    @Test
    fun `what is no link is none`() {
        for (link in listOf("", "no link", "https://roadbook.example/enrol#", "/enrol#RBPK-K3TM")) {
            assertNull(readEnrolment(link), link)
        }
        // Half of a pair of surrogates is a character in Kotlin, and none anywhere else.
        assertNull(readEnrolment("https://\uD83D.example/enrol#RBPK-K3TM"))
    }
}
