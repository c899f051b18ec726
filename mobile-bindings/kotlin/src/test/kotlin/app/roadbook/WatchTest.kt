package app.roadbook

import app.roadbook.client.CardEdit
import app.roadbook.client.Owner
import java.io.File
import java.time.Instant
import java.util.concurrent.atomic.AtomicInteger
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNotNull
import kotlin.test.assertTrue
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.currentTime
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** Screens that time alone changes. */
class WatchTest {
    @TempDir
    lateinit var folder: File

    private val file get() = File(folder, "roadbook.db")

    @Test
    fun `a screen is read again at the instant at which time alone changes it`() = runBlocking {
        localPhone(file).use { roadbook ->
            val (due, reads) = Instant.now().plusMillis(100) to AtomicInteger()
            val seen = roadbook.watch<Int>({ false }, { due.takeIf { reads.get() == 1 } }) { reads.incrementAndGet() }
            assertEquals(2, withTimeout(10_000) { seen.first { it == 2 } })
            assertFalse(Instant.now().isBefore(due))
        }
    }

    @Test
    fun `a screen of which nothing changes before the year 9999 is shown, and goes on`() = runBlocking {
        localPhone(file).use { roadbook ->
            roadbook.makeCard(CardEdit.AddTodo("Call", "9999-12-31", Owner.Me, null))
            assertTrue(assertNotNull(roadbook.today().nextChange) > Instant.parse("9000-01-01T00:00:00Z"))
            val seen = Channel<ULong>(Channel.UNLIMITED)
            val watching = launch { roadbook.watchToday().collect { seen.send(it.matching) } }
            assertEquals(0uL, withTimeout(10_000) { seen.receive() })
            roadbook.makeCard(OVERDUE)
            assertEquals(1uL, withTimeout(10_000) { seen.receive() })
            watching.cancel()
        }
    }

    @OptIn(ExperimentalCoroutinesApi::class)
    @Test
    fun `a screen is read again after an hour, however far away its next change is`() = runTest {
        localPhone(file).use { roadbook ->
            for (far in listOf(Instant.parse("9999-12-31T00:00:00Z"), Instant.MAX)) {
                val begun = currentTime
                val seen = roadbook.watch<Long>({ false }, { far }) { unsentCount() }.take(2).toList()
                assertEquals(listOf(0L, 0L), seen)
                assertTrue(currentTime - begun in 3_600_000L..3_601_000L, "${currentTime - begun}")
            }
        }
    }
}
