package example

import app.roadbook.Installation
import app.roadbook.Roadbook
import app.roadbook.Server
import app.roadbook.client.ApiException
import app.roadbook.client.Budget
import app.roadbook.client.CardEdit
import app.roadbook.client.NewCard
import app.roadbook.client.NewContact
import app.roadbook.client.Owner
import app.roadbook.client.SyncEnd
import app.roadbook.client.SyncException
import app.roadbook.domain.ContactSort
import app.roadbook.domain.ProductKind
import app.roadbook.watchToday
import java.io.File
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.launchIn
import kotlinx.coroutines.flow.onEach

/** A day in field sales: what an app does from the first start to the evening. `docs/mobile.md` goes through it. */
class FieldDay(private val folder: File, private val say: (String) -> Unit = ::println) {

    suspend fun run(server: Server, email: String, password: String) = coroutineScope {
        // [open]
        val roadbook = Roadbook.open(File(folder, "roadbook.db"))
        // [open end]
        roadbook.use {
            // [sign in]
            if (!roadbook.isSignedIn()) {
                roadbook.signIn(server, email, password, Installation("Anna's phone", installSecret()))
            }
            // [sign in end]
            val today = showToday(this, roadbook)
            sync(roadbook, server)
            visit(roadbook)
            widget()
            inTheBackground(roadbook, server)
            today.cancel()
        }
    }

    // [today]
    private fun showToday(screen: CoroutineScope, roadbook: Roadbook): Job =
        roadbook.watchToday(limit = 20)
            .onEach { today -> say("Today: ${today.totals.today} to do, ${today.totals.overdue} overdue") }
            .launchIn(screen)
    // [today end]

    // [sync]
    private suspend fun sync(roadbook: Roadbook, server: Server) {
        try {
            val synced = roadbook.sync(server) { report -> say("${report.bytesDown} bytes so far") }
            say("Synced: ${synced.end}")
        } catch (away: SyncException.Unreachable) {
            say("No signal: again at ${away.retryAt}")
        } catch (_: SyncException.SignInNeeded) {
            say("Ask for the password when it suits the user; nothing is lost")
        }
    }
    // [sync end]

    // [edit]
    private suspend fun visit(roadbook: Roadbook) {
        val product = roadbook.settings().products.first { it.kind == ProductKind.Projects }
        val customer = roadbook.createContact(NewContact(ContactSort.Person, "Éva", "Kis", emptyList()))
        val card = roadbook.createCard(
            NewCard(
                product = product.id, name = "Éva Kis: roof", status = null, owner = Owner.Me,
                edits = listOf(
                    CardEdit.Link("customer", customer.id),
                    CardEdit.AddTodo("Send the offer", "2020-01-02", Owner.Me, customer.id),
                ),
            ),
        )
        roadbook.editCard(card.id, CardEdit.AddEntry("visit", null, "She wants it red.", customer.id, "Her house"))
        say("${roadbook.unsentCount()} edits wait for the signal")
    }
    // [edit end]

    // [widget]
    private suspend fun widget() {
        Roadbook.openBeside(File(folder, "roadbook.db")).use { beside ->
            val next = beside.today(limit = 1).todos.firstOrNull() ?: return
            beside.closeTodo(next.item.key.card, next.item.key.todo)
            say("Done from the widget: ${next.text}")
        }
    }
    // [widget end]

    // [background]
    private suspend fun inTheBackground(roadbook: Roadbook, server: Server) {
        try {
            val synced = roadbook.backgroundSync(server, Budget(seconds = 20u, bytes = 1_000_000uL))
            if (synced.end == SyncEnd.BUDGET) say("More the next time")
        } catch (full: SyncException.Local) {
            if (full.error is ApiException.StorageFull) say("The phone is full")
        } finally {
            // The system may suspend the app now: no lock on the file is held.
            roadbook.pause()
        }
        roadbook.resume()
        say("Unsent in the evening: ${roadbook.unsentCount()}")
    }
    // [background end]

    // [secret]
    /** Made once, and kept where no backup reaches: on Android in `Context.noBackupFilesDir`. */
    private fun installSecret(): ByteArray {
        val kept = File(folder, "install-secret")
        if (!kept.exists()) kept.writeBytes(Installation.newSecret())
        return kept.readBytes()
    }
    // [secret end]
}
