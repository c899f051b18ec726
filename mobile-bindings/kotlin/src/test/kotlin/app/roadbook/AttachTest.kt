package app.roadbook

import app.roadbook.client.AttachQuestion
import app.roadbook.client.Attached
import app.roadbook.client.ProductAnswer
import app.roadbook.client.ProductChoice
import app.roadbook.client.StatusAnswer
import app.roadbook.client.StatusChoice
import app.roadbook.client.SyncEnd
import app.roadbook.domain.ProductKind
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** A local workspace that has what the account has not. */
class AttachTest {
    @TempDir
    lateinit var folder: File

    @Test
    fun `what the account has not is asked first, and nothing has changed until all is answered`() = runBlocking {
        RealServer(folder).use { real ->
            real.switchOff("projects")
            Server(real.address).use { server ->
                localPhone(File(folder, "local.db")).use { answered(it, server) }
            }
        }
    }

    private suspend fun answered(roadbook: Roadbook, server: Server) {
        val own = installation()
        suspend fun attach(products: List<ProductAnswer> = emptyList(), statuses: List<StatusAnswer> = emptyList()) =
            roadbook.attach(server, RealServer.ADMIN, RealServer.PASSWORD, own, products, statuses)

        val (projects, sales) = roadbook.product() to roadbook.product(ProductKind.Sales)
        val before = roadbook.card(roadbook.makeCard(OVERDUE).id)

        val first = assertIs<Attached.Open>(attach()).questions.single()
        val others = roadbook.settings().products.filter { it.id != projects.id }.map { ProductChoice(it.id, it.name) }
        assertEquals(AttachQuestion.Product(projects.id, projects.name, others), first)

        // Then what the card's status becomes among those of that product.
        val products = listOf(ProductAnswer(projects.id, sales.id))
        val second = assertIs<Attached.Open>(attach(products)).questions.single()
        val status = projects.statuses.single { it.id == before.status }
        val choices = sales.statuses.map { StatusChoice(it.id, it.name) }
        assertEquals(AttachQuestion.Status(status.id, status.name, choices), second)
        assertNull(roadbook.me()?.org)
        assertEquals(before, roadbook.card(before.id))
        assertEquals(1, roadbook.unsentCount())

        val statuses = listOf(StatusAnswer(status.id, sales.statuses[1].id))
        val anna = assertIs<Attached.Done>(attach(products, statuses)).identity
        assertNotNull(anna.org)
        assertEquals(anna, roadbook.me())
        assertEquals(SyncEnd.DONE, roadbook.sync(server).end)
        assertEquals(emptyList(), roadbook.quarantine())
        Roadbook.open(File(folder, "tablet.db")).use { tablet ->
            tablet.signIn(server, RealServer.ADMIN, RealServer.PASSWORD, installation())
            tablet.sync(server)
            val view = tablet.card(before.id)
            assertEquals(listOf("Bakery", sales.id), listOf(view.name, view.product))
            assertEquals(listOf("Call"), view.todos.map { it.text })
        }
    }
}
