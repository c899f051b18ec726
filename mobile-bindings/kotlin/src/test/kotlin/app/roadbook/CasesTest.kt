package app.roadbook

import app.roadbook.client.ApiException
import app.roadbook.client.CardEdit
import app.roadbook.client.FieldType
import app.roadbook.client.FieldValue
import app.roadbook.client.Missing
import app.roadbook.client.NewCard
import app.roadbook.client.Owner
import app.roadbook.client.Reason
import app.roadbook.domain.Outcome
import app.roadbook.domain.Place
import app.roadbook.domain.ProductKind
import java.io.File
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.TestFactory
import org.junit.jupiter.api.io.TempDir

/** The named cases that Rust, Kotlin and Swift answer alike: `mobile-bindings/cases.txt`. */
class CasesTest {
    @TempDir
    lateinit var folder: File

    @TestFactory
    fun cases(): List<DynamicTest> = File("../cases.txt").readText().split("\ncase ").drop(1).map { case ->
        val lines = case.lines().filter { it.isNotEmpty() }
        DynamicTest.dynamicTest(lines.first()) {
            val place = File(folder, "${case.hashCode()}").apply { mkdir() }
            runBlocking { if (lines[1] == "firm") firm(place, lines.drop(2)) else local(place, lines.drop(1)) }
        }
    }.also { assertTrue(it.size >= 21, "${it.size} cases") }

    private suspend fun local(place: File, lines: List<String>) =
        localPhone(File(place, "phone.db")).use { Case(listOf(it), null).run(lines) }

    /** With a phone and a tablet of one user, which have what their server has. */
    private suspend fun firm(place: File, lines: List<String>) = RealServer(place).use { real ->
        Server(real.address).use { server ->
            Roadbook.open(File(place, "phone.db")).use { phone ->
                Roadbook.open(File(place, "tablet.db")).use { tablet ->
                    val case = Case(listOf(phone, tablet), server)
                    for (device in listOf(phone, tablet)) {
                        device.signIn(server, RealServer.ADMIN, RealServer.PASSWORD, installation())
                    }
                    case.meet()
                    case.run(lines)
                }
            }
        }
    }

    /** The phone of a case, and in a firm the tablet and their server. */
    private class Case(private val phones: List<Roadbook>, private val server: Server?) {
        private var card = ""
        private val todos = mutableListOf<String>()
        private var refused: String? = null

        suspend fun run(lines: List<String>) {
            for (line in lines) {
                if (line.startsWith("= ")) {
                    for (roadbook in phones) {
                        val told = tell(roadbook)
                        assertTrue(line.removePrefix("= ") in told, "$line is not in $told")
                    }
                } else if (line == "meet") {
                    meet()
                } else {
                    val roadbook = if (line.startsWith("tablet ")) phones[1] else phones[0]
                    val done = line.removePrefix("tablet ")
                    try {
                        act(roadbook, done.substringBefore(' '), done.substringAfter(' ', ""))
                    } catch (error: ApiException) {
                        refused = code(error)
                    }
                }
            }
        }

        /** Syncs one after the other, and the first once more: then each has what both wrote. */
        suspend fun meet() {
            for (roadbook in phones + phones.first()) roadbook.sync(server!!)
        }

        private suspend fun act(roadbook: Roadbook, verb: String, rest: String) {
            val (first, second) = rest.substringBefore(' ') to rest.substringAfter(' ', "")
            fun nth(number: String) = todos[number.toInt() - 1]
            fun due(text: String) = text.takeIf { it != "-" }
            val edit = when (verb) {
                "card", "sales" -> {
                    val kind = if (verb == "card") ProductKind.Projects else ProductKind.Sales
                    card = roadbook.createCard(NewCard(roadbook.product(kind).id, rest, null, Owner.Me, emptyList())).id
                    return
                }
                "resolve" -> {
                    roadbook.resolve(card, roadbook.conflicts(card).first(), rest)
                    return
                }
                "rename" -> CardEdit.Rename(rest)
                "todo" -> CardEdit.AddTodo(second, due(first), Owner.Me, null)
                "close" -> CardEdit.Close(
                    nth(first),
                    when (second) {
                        "success" -> Outcome.Success
                        "failed" -> Outcome.Failed
                        else -> Outcome.None
                    },
                )
                "reopen" -> CardEdit.Reopen(nth(rest))
                "postpone" -> CardEdit.Postpone(nth(first), due(second))
                "entry" -> CardEdit.AddEntry(first, null, second, null, "")
                "amount" -> CardEdit.SetField(field(roadbook, FieldType.Amount), FieldValue.Amount(first, second))
                "day" -> CardEdit.SetField(field(roadbook, FieldType.Day), FieldValue.Day(rest))
                "wrong" -> CardEdit.SetField(field(roadbook, FieldType.Day), FieldValue.Flag)
                "trash" -> CardEdit.Trash
                "restore" -> CardEdit.Restore
                else -> error("no such verb: $verb")
            }
            val made = roadbook.editCard(card, edit).made
            if (verb == "todo") todos += made
        }

        private suspend fun field(roadbook: Roadbook, kind: FieldType): String =
            roadbook.product(ProductKind.Sales).fields.first { it.kind == kind }.id

        private suspend fun tell(roadbook: Roadbook): List<String> {
            val view = roadbook.card(card)
            val today = roadbook.today(10)
            val told = mutableListOf(
                "name ${view.name}",
                "history ${roadbook.history(card).size}",
                "unsent ${roadbook.unsentCount()}",
                "today ${today.matching} overdue ${today.totals.overdue} closed ${today.totals.closed}",
                "postponed ${today.totals.postponed}",
                "trashed ${roadbook.trashedCards(view.product!!).size}",
                "conflicts ${view.conflicts.size}",
            )
            view.conflicts.mapTo(told) {
                "conflict ${word(it.place)} ${(it.others + it.shown).sorted().joinToString(" | ")}"
            }
            view.todos.mapTo(told) {
                val state = when (it.closings.firstOrNull()?.outcome) {
                    null -> "open"
                    Outcome.Success -> "success"
                    Outcome.Failed -> "failed"
                    else -> "none"
                }
                "todo ${it.text} ${it.due ?: "-"} $state"
            }
            view.entries.mapTo(told) { "entry ${it.kind} ${it.text}" }
            view.fields.mapNotNullTo(told) {
                when (val value = it.value) {
                    is FieldValue.Amount -> "amount ${value.amount} ${value.currency}"
                    is FieldValue.Day -> "day ${value.day}"
                    else -> null
                }
            }
            refused?.let { told += "refused $it" }
            return told
        }

        private fun word(place: Place): String = when (place) {
            is Place.Name -> "name"
            is Place.Todo -> "todo ${place.part}"
            is Place.Field -> "field"
            else -> "other"
        }

        private fun code(error: ApiException): String = when (error) {
            is ApiException.Invalid -> when (error.reason) {
                Reason.WrongForm -> "invalid.wrong_form"
                Reason.Empty -> "invalid.empty"
                else -> "invalid"
            }
            is ApiException.NotFound -> if (error.what == Missing.FIELD) "not_found.field" else "not_found"
            else -> "other"
        }
    }
}
