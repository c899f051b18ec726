package example

import app.roadbook.RealServer
import app.roadbook.Server
import java.io.File
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

class FieldDayTest {
    @Test
    fun `the day of the guide ends with nothing unsent`(@TempDir phone: File, @TempDir firm: File) = runBlocking {
        RealServer(firm).use { real ->
            val said = java.util.concurrent.ConcurrentLinkedQueue<String>()
            Server(real.address).use { server ->
                FieldDay(phone) { said += it }.run(server, RealServer.ADMIN, RealServer.PASSWORD)
            }
            for (line in listOf("Synced: DONE", "Done from the widget: Send the offer", "Unsent in the evening: 0")) {
                assertTrue(line in said, "$line is not in $said")
            }
        }
    }
}
