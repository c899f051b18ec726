package app.roadbook

import app.roadbook.client.Budget
import app.roadbook.client.SyncEnd
import java.io.File
import java.net.ServerSocket
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.measureTimedValue
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

class BudgetTest {
    @TempDir
    lateinit var folder: File

    @Test
    fun `where the server says nothing a sync ends when its time is over, and the next one goes on`() = runBlocking {
        RealServer(folder).use { real ->
            Server(real.address).use { server ->
                Roadbook.open(File(folder, "roadbook.db")).use { roadbook ->
                    roadbook.signIn(server, RealServer.ADMIN, RealServer.PASSWORD, installation())
                    ServerSocket(0).use { silent ->
                        Server("http://127.0.0.1:${silent.localPort}").use { nobody ->
                            val (synced, took) = measureTimedValue {
                                roadbook.backgroundSync(nobody, Budget(1u, 64uL * 1024u))
                            }
                            assertEquals(SyncEnd.BUDGET, synced.end)
                            // Without a budget it would wait for half a minute.
                            assertTrue(took > 900.milliseconds && took < 20.seconds, "$took")
                        }
                    }
                    assertEquals(SyncEnd.DONE, roadbook.sync(server).end)
                }
            }
        }
    }
}
