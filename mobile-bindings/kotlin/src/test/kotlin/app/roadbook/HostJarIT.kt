package app.roadbook

import java.io.File
import java.util.Locale
import kotlin.test.assertEquals
import kotlin.test.assertNull
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** As the unit tests of an app have it: both jars on the class path, and no other place to find the library. */
class HostJarIT {
    @TempDir
    lateinit var folder: File

    @Test
    fun `the jar of the host has the core in it`() = runTest {
        assertNull(System.getProperty("jna.library.path"))
        Roadbook.open(File(folder, "roadbook.db")).use { roadbook ->
            roadbook.beginLocalWorkspace(locale = Locale.UK)
            assertEquals(0uL, roadbook.today().matching)
        }
    }
}
