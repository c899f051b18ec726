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
        val lines = case.lines()
        DynamicTest.dynamicTest(lines.first()) {
            runBlocking { Case(localPhone(File(folder, "${case.hashCode()}.db"))).run(lines.drop(1)) }
        }
    }.also { assertTrue(it.size >= 12, "${it.size} cases") }

    private class Case(private val roadbook: Roadbook) {
        private var card = ""
        private val todos = mutableListOf<String>()
        private var refused: String? = null

        suspend fun run(lines: List<String>) = roadbook.use {
            for (line in lines.filter { it.isNotEmpty() }) {
                if (line.startsWith("= ")) {
                    val told = tell()
                    assertTrue(line.removePrefix("= ") in told, "$line is not in $told")
                } else {
                    try {
                        act(line.substringBefore(' '), line.substringAfter(' ', ""))
                    } catch (error: ApiException) {
                        refused = code(error)
                    }
                }
            }
        }

        private suspend fun act(verb: String, rest: String) {
            val (first, second) = rest.substringBefore(' ') to rest.substringAfter(' ', "")
            fun nth(number: String) = todos[number.toInt() - 1]
            fun due(text: String) = text.takeIf { it != "-" }
            val edit = when (verb) {
                "card", "sales" -> {
                    val kind = if (verb == "card") ProductKind.Projects else ProductKind.Sales
                    card = roadbook.createCard(NewCard(roadbook.product(kind).id, rest, null, Owner.Me, emptyList())).id
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
                "amount" -> CardEdit.SetField(field(FieldType.Amount), FieldValue.Amount(first, second))
                "day" -> CardEdit.SetField(field(FieldType.Day), FieldValue.Day(rest))
                "wrong" -> CardEdit.SetField(field(FieldType.Day), FieldValue.Flag)
                "trash" -> CardEdit.Trash
                "restore" -> CardEdit.Restore
                else -> error("no such verb: $verb")
            }
            val made = roadbook.editCard(card, edit).made
            if (verb == "todo") todos += made
        }

        private suspend fun field(kind: FieldType): String =
            roadbook.product(ProductKind.Sales).fields.first { it.kind == kind }.id

        private suspend fun tell(): List<String> {
            val view = roadbook.card(card)
            val today = roadbook.today(10)
            val told = mutableListOf(
                "name ${view.name}",
                "history ${roadbook.history(card).size}",
                "unsent ${roadbook.unsentCount()}",
                "today ${today.matching} overdue ${today.totals.overdue} closed ${today.totals.closed}",
                "postponed ${today.totals.postponed}",
                "trashed ${roadbook.trashedCards(view.product!!).size}",
            )
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
