package app.roadbook

import app.roadbook.client.ApiException
import app.roadbook.client.Edited
import app.roadbook.domain.DeviceId
import app.roadbook.domain.DocumentId
import app.roadbook.domain.FieldId
import app.roadbook.domain.OrgId
import app.roadbook.domain.Outcome
import app.roadbook.domain.PartId
import app.roadbook.domain.ProductId
import app.roadbook.domain.StatusId
import app.roadbook.domain.UserId
import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.io.File
import java.io.ObjectInputStream
import java.io.ObjectOutputStream
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** Ids are types of their own. None of `card(PartId(text))`, `card(text)` and `card == todo` compiles. */
class IdsTest {
    @TempDir
    lateinit var folder: File

    @Test
    fun `ids of one text are the same if they are of one kind, and no text`() {
        val kinds = listOf<(String) -> Any>(
            ::DeviceId, ::DocumentId, ::FieldId, ::OrgId, ::PartId, ::ProductId, ::StatusId, ::UserId, { it },
        )
        val ids = kinds.map { it(NOWHERE) }
        assertEquals(kinds.size, ids.toSet().size)
        assertEquals(kinds.size, ids.map { it::class }.toSet().size)
        assertEquals(ids, kinds.map { it(NOWHERE) })
        assertEquals(List(kinds.size) { NOWHERE }, ids.map { "$it" })
    }

    @Test
    fun `what an app keeps of an id is its text, and finds the same again`() = runBlocking<Unit> {
        localPhone(File(folder, "roadbook.db")).use { roadbook ->
            val made = roadbook.makeCard(OVERDUE)
            val (card, todo) = "${made.id}/${made.made.single()}".split("/")
            assertEquals(made.id, roadbook.card(DocumentId(card)).id)
            // Which id goes where.
            val close: suspend (DocumentId, PartId, Outcome) -> Edited = roadbook::closeTodo
            close(DocumentId(card), PartId(todo), Outcome.Success)
            assertEquals(0uL, roadbook.today().matching)
            val mistaken = listOf<suspend () -> Any>(
                { roadbook.card(DocumentId(todo)) },
                { close(made.id, PartId(card), Outcome.Success) },
            )
            for (call in mistaken) assertEquals("invalid.malformed", assertFailsWith<ApiException> { call() }.code)
        }
    }

    /** As what Android saves of a list or a screen must be. */
    @Test
    fun `an id can be serialized`() {
        val ids: List<Any> = listOf(DocumentId(NOWHERE), PartId("AAAAAAAA"))
        val bytes = ByteArrayOutputStream().also { ObjectOutputStream(it).writeObject(ids) }.toByteArray()
        assertEquals(ids, ObjectInputStream(ByteArrayInputStream(bytes)).readObject())
    }
}
