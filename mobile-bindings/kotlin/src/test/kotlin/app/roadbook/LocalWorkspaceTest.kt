package app.roadbook

import app.roadbook.client.AddressException
import app.roadbook.client.ApiException
import app.roadbook.client.Missing
import app.roadbook.client.Reason
import app.roadbook.domain.DocumentId
import app.roadbook.domain.PartId
import java.io.File
import java.time.ZoneId
import java.util.Locale
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertTrue
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

class LocalWorkspaceTest {
    @TempDir
    lateinit var folder: File

    private val file get() = File(folder, "roadbook.db")

    @Test
    fun `a new file becomes a workspace with an empty Today`() = runTest {
        Roadbook.open(file).use { roadbook ->
            assertFailsWith<ApiException.NoUser> { roadbook.today() }
            val changes = roadbook.beginLocalWorkspace(ZoneId.of("Europe/Budapest"), Locale.forLanguageTag("hu-HU"))
            assertTrue(changes.everything)
            val today = roadbook.today(10)
            assertEquals(emptyList(), today.todos)
            assertEquals(0u, today.totals.today)
        }
    }

    @Test
    fun `a file opened again is as it was left`() = runTest {
        localPhone(file).close()
        Roadbook.open(file).use { assertEquals(0uL, it.today().matching) }
    }

    @Test
    fun `each failure is a case of a sealed error`() = runTest {
        localPhone(file).use { roadbook ->
            val again = assertFailsWith<ApiException.Invalid> { roadbook.beginLocalWorkspace() }
            assertIs<Reason.UserThere>(again.reason)
            val missing = assertFailsWith<ApiException.NotFound> {
                roadbook.closeTodo(DocumentId(NOWHERE), PartId("AAAAAAAA"))
            }
            assertEquals(Missing.DOCUMENT, missing.what)
        }
        assertFailsWith<AddressException.NotSecure> { Server("http://roadbook.example") }
    }
}
