package app.roadbook

import app.roadbook.client.ApiException
import app.roadbook.client.BoardQuery
import app.roadbook.client.CardEdit
import app.roadbook.client.ContactEdit
import app.roadbook.client.FieldType
import app.roadbook.client.FieldValue
import app.roadbook.client.NewCard
import app.roadbook.client.NewContact
import app.roadbook.client.Owner
import app.roadbook.client.Reason
import app.roadbook.domain.ContactSort
import app.roadbook.domain.DetailSort
import app.roadbook.domain.DocumentId
import app.roadbook.domain.FieldId
import app.roadbook.domain.Outcome
import app.roadbook.domain.ProductKind
import app.roadbook.domain.Trash
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertTrue
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.isActive
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** A day of work on one phone, without a server. */
class WorkTest {
    @TempDir
    lateinit var folder: File

    @Test
    fun `a card is made, edited, closed and trashed, and its history tells`() = local { roadbook ->
        val made = roadbook.makeCard(OVERDUE)
        val todo = made.made.single()
        roadbook.editCard(
            made.id,
            CardEdit.Rename("Bakery Kovács"),
            CardEdit.AddEntry("call", null, "They like red.", null, ""),
        )
        val today = roadbook.today().todos.single()
        assertEquals(listOf("Call", "Bakery Kovács"), listOf(today.text, today.cardName))
        roadbook.closeTodo(made.id, todo)
        val view = roadbook.card(made.id)
        assertEquals(Outcome.Success, view.todos.single().closings.single().outcome)
        assertEquals("They like red.", view.entries.single().text)
        assertEquals(3, roadbook.history(made.id).size)
        assertEquals(3, roadbook.unsentCount())
        roadbook.editCard(made.id, CardEdit.Trash)
        assertEquals(Trash.Trashed, roadbook.card(made.id).trash)
        assertEquals(made.id, roadbook.trashedCards(view.product!!).single().id)
    }

    @Test
    fun `fields have values of their kinds`() = local { roadbook ->
        val product = roadbook.product(ProductKind.Sales)
        assertTrue(product.fields.size > 3, "${product.fields}")
        val made = roadbook.createCard(NewCard(product.id, "Lead", null, Owner.Me, emptyList()))
        for (field in product.fields) {
            val value = when (val kind = field.kind) {
                FieldType.Text -> FieldValue.Text("A word")
                FieldType.Number -> FieldValue.Number("-1.5")
                FieldType.Amount -> FieldValue.Amount("1990", "HUF")
                FieldType.Day -> FieldValue.Day("2026-11-29")
                FieldType.Flag -> FieldValue.Flag
                FieldType.DayTime -> FieldValue.DayTime("2026-11-29T09:00[Europe/Budapest]")
                FieldType.User -> FieldValue.User(roadbook.me()!!.user)
                FieldType.Email -> FieldValue.Email("anna@example.com")
                FieldType.Phone -> FieldValue.Phone("+36 1 234 5678")
                FieldType.Url -> FieldValue.Url("https://example.com/menu")
                is FieldType.Choice -> {
                    val option = kind.options.first().key
                    if (kind.multiple) FieldValue.Choices(listOf(option)) else FieldValue.Choice(option)
                }
                FieldType.LongText -> {
                    roadbook.editCard(made.id, CardEdit.EditText(field.id, "Two\nlines"))
                    assertEquals(FieldValue.Text("Two\nlines"), value(roadbook, made.id, field.id))
                    continue
                }
                is FieldType.Other -> error("a kind that this version does not know")
            }
            roadbook.editCard(made.id, CardEdit.SetField(field.id, value))
            assertEquals(value, value(roadbook, made.id, field.id), field.name)
            val wrong = if (value == FieldValue.Flag) FieldValue.Text("x") else FieldValue.Flag
            val error = assertFailsWith<ApiException.Invalid> { roadbook.editCard(made.id, CardEdit.SetField(field.id, wrong)) }
            assertIs<Reason.WrongForm>(error.reason)
            roadbook.editCard(made.id, CardEdit.SetField(field.id, null))
            assertEquals(null, value(roadbook, made.id, field.id), field.name)
        }
    }

    @Test
    fun `contacts are found by their names, and their cards by them`() = local { roadbook ->
        val contact = roadbook.createContact(
            NewContact(
                ContactSort.Person, "Éva", "Kis",
                listOf(ContactEdit.AddDetail(DetailSort.Phone, "work", "+36 1 234 5678")),
            ),
        )
        assertEquals(listOf(contact.id), roadbook.contacts("kis eva").map { it.id })
        assertEquals(emptyList(), roadbook.contacts("nobody"))
        val made = roadbook.makeCard(CardEdit.Link("customer", contact.id))
        assertEquals(listOf(made.id), roadbook.cardsOfContact(contact.id).map { it.id })
        assertEquals("+36 1 234 5678", roadbook.contact(contact.id).details.single().value)
    }

    @Test
    fun `a card moves by the ways that there are, and the board counts it`() = local { roadbook ->
        val product = roadbook.product()
        val made = roadbook.makeCard()
        val last = product.statuses.last()
        val way = roadbook.movesTo(made.id, last.id).single()
        roadbook.editCard(made.id, *way.edits.toTypedArray())
        assertEquals(last.id, roadbook.card(made.id).status)
        assertEquals(1u, roadbook.statusCounts(product.id).single { it.status == last.id }.cards)
        val board = roadbook.board(BoardQuery(product.id, null, null, false, "bakery", 0u, 10u))
        assertEquals(listOf(made.id), board.cards.map { it.id })
    }

    @Test
    fun `who watches Today is told of edits, and goes on after a pause`() = local { roadbook ->
        val seen = Channel<Int>(Channel.UNLIMITED)
        val watching = launch { roadbook.watchToday().collect { seen.send(it.todos.size) } }
        assertEquals(0, withTimeout(10_000) { seen.receive() })
        roadbook.makeCard(OVERDUE)
        assertEquals(1, withTimeout(10_000) { seen.receive() })
        roadbook.pause()
        assertFailsWith<ApiException.Paused> { roadbook.today() }
        // A widget closes it meanwhile.
        Roadbook.openBeside(File(folder, "roadbook.db")).use { widget ->
            val todo = widget.today().todos.single().item.key
            widget.closeTodo(todo.card, todo.todo)
        }
        roadbook.resume()
        assertEquals(0, withTimeout(10_000) { seen.receive() })
        watching.cancel()
    }

    @Test
    fun `a search that nobody waits for any more ends, and the next one does not`() = local { roadbook ->
        val card = roadbook.makeCard().id
        for (numbers in (0 until 2_000).chunked(500)) {
            val todos = numbers.map { CardEdit.AddTodo("Call number $it", null, Owner.Me, null) }
            roadbook.editCard(card, *todos.toTypedArray())
        }
        // One that comes between two searches is lost on both, so there are many.
        val typing = launch(Dispatchers.IO) { while (isActive) roadbook.interrupt() }
        try {
            withTimeout(60_000) {
                assertFailsWith<ApiException.Interrupted> { while (true) roadbook.search("nowhere") }
            }
        } finally {
            typing.cancelAndJoin()
        }
        assertEquals(listOf("Call number 1999"), roadbook.search("number 1999").todos.map { it.todo.text })
    }

    private suspend fun value(roadbook: Roadbook, card: DocumentId, field: FieldId) =
        roadbook.card(card).fields.firstOrNull { it.field == field }?.value

    private fun local(test: suspend kotlinx.coroutines.CoroutineScope.(Roadbook) -> Unit) = runBlocking {
        localPhone(File(folder, "roadbook.db")).use { test(it) }
    }
}
