package app.roadbook

import app.roadbook.client.CardEdit
import app.roadbook.client.Made
import app.roadbook.client.NewCard
import app.roadbook.client.Owner
import app.roadbook.client.ProductView
import app.roadbook.domain.ProductKind
import java.io.File
import java.io.IOException
import java.nio.file.Files
import java.time.ZoneId
import java.util.Locale

/** The text of an id that nothing has. */
internal const val NOWHERE = "00000000-0000-7000-8000-000000000000"

/** A todo that was due long ago. */
internal val OVERDUE = CardEdit.AddTodo("Call", "2020-01-01", Owner.Me, null)

/** A handle on a new file, on which somebody works without an account. */
internal suspend fun localPhone(file: File): Roadbook =
    Roadbook.open(file).also { it.beginLocalWorkspace(ZoneId.of("Europe/Budapest"), Locale.UK) }

/** The two ways to open a file: the app's, and that of a process beside it. */
internal val OPENINGS: List<suspend (File) -> Roadbook> = listOf({ Roadbook.open(it) }, { Roadbook.openBeside(it) })

/** A device that the server has not seen yet. */
internal fun installation(): Installation = Installation("A phone", Installation.newSecret())

internal suspend fun Roadbook.product(kind: ProductKind = ProductKind.Projects): ProductView =
    settings().products.first { it.kind == kind }

/** Makes a card of Projects, which asks for nothing but a name. */
internal suspend fun Roadbook.makeCard(vararg edits: CardEdit, name: String = "Bakery"): Made =
    createCard(NewCard(product().id, name, null, Owner.Me, edits.asList()))

/** What this process has open of what is at a path or under it; nothing where nobody tells. */
internal fun openFiles(path: File): List<String> = File("/proc/self/fd").listFiles().orEmpty().mapNotNull {
    try {
        Files.readSymbolicLink(it.toPath()).toString()
    } catch (_: IOException) {
        null // It was closed meanwhile.
    }
}.filter { it.startsWith(path.path) }
