package app.roadbook

import app.roadbook.client.AddressException
import app.roadbook.client.ApiException
import app.roadbook.client.BoardQuery
import app.roadbook.client.CardEdit
import app.roadbook.client.Conflict
import app.roadbook.client.ContactEdit
import app.roadbook.client.FieldValue
import app.roadbook.client.Missing
import app.roadbook.client.NewCard
import app.roadbook.client.NewContact
import app.roadbook.client.Owner
import app.roadbook.client.PlaceValue
import app.roadbook.client.Reason
import app.roadbook.client.SyncException
import app.roadbook.client.Trust
import app.roadbook.domain.Act
import app.roadbook.domain.ContactSort
import app.roadbook.domain.DocumentId
import app.roadbook.domain.FieldId
import app.roadbook.domain.PartId
import app.roadbook.domain.Place
import app.roadbook.domain.ProductId
import app.roadbook.domain.StatusId
import app.roadbook.domain.Trash
import app.roadbook.domain.UserId
import java.io.File
import java.time.Instant
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** What no app should send, and some day sends all the same: each is a typed error, and nothing of it is stored. */
class BadInputTest {
    @TempDir
    lateinit var folder: File

    @Test
    fun `half of a pair of surrogates is refused wherever it stands`() = unchanged { roadbook, card ->
        val half = "half \uD83D of a pair"
        for ((name, call) in textCalls(half) + idCalls(half) + dueCalls(half)) {
            val error = assertFailsWith<ApiException.Invalid>(name) { roadbook.call(card) }
            assertIs<Reason.WrongForm>(error.reason, name)
        }
        for (open in OPENINGS) assertFailsWith<ApiException.Invalid> { open(File(folder, half)) }
        assertFailsWith<ApiException.Invalid> { Roadbook.salvage(File(folder, half)) }
        assertFailsWith<AddressException.Malformed> { Server("https://$half") }
        assertFailsWith<AddressException.NoRoots> { Server("https://crm.example.com", Trust.Only(half)) }
        Server("http://127.0.0.1:1").use { server ->
            val error = assertFailsWith<SyncException.Local> { roadbook.signIn(server, half, half, installation()) }
            assertIs<ApiException.Invalid>(error.error)
        }
    }

    @Test
    fun `a text may hold a NUL, and is kept whole`() = local { roadbook ->
        val text = "be\u0000fore and after"
        val card = roadbook.makeCard(name = text).id
        assertEquals(text, roadbook.card(card).name)
        assertEquals(listOf(card), roadbook.search("after").cards.map { it.id })
        assertIs<Reason.LinkRole>(refused(roadbook, card, CardEdit.Link("\u0000", card)))
        assertFailsWith<ApiException.Internal> { Roadbook.open(File(folder, text)) }
        assertFailsWith<AddressException.Malformed> { Server("https://\u0000.example.com") }
    }

    @Test
    fun `ten megabytes are refused, and searching for them finds nothing`() = unchanged { roadbook, card ->
        val long = "x".repeat(10 shl 20)
        for (edit in listOf(CardEdit.Rename(long), CardEdit.AddTodo(long, null, Owner.Me, null))) {
            assertIs<Reason.TextTooLong>(refused(roadbook, card, edit))
        }
        val contact = NewContact(ContactSort.Person, long, long, emptyList())
        assertIs<Reason.TextTooLong>(assertFailsWith<ApiException.Invalid> { roadbook.createContact(contact) }.reason)
        assertEquals(emptyList(), roadbook.search(long).cards)
        assertEquals(emptyList(), roadbook.contacts(long))
        assertFailsWith<ApiException.Internal> { Roadbook.open(File(folder, long)) }
        assertFailsWith<AddressException.Malformed> { Server(long) }
    }

    @Test
    fun `a text that is no id or due is malformed, and the handle goes on`() = unchanged { roadbook, card ->
        for (text in listOf("", "no id", "\u0000", NOWHERE.dropLast(1), "x".repeat(10 shl 20))) {
            for ((name, call) in idCalls(text) + dueCalls(text)) {
                val error = assertFailsWith<ApiException.Invalid>("$name with ${text.take(40)}") { roadbook.call(card) }
                assertIs<Reason.Malformed>(error.reason)
            }
        }
    }

    @Test
    fun `a todo without words is refused`() = unchanged { roadbook, card ->
        assertIs<Reason.Empty>(refused(roadbook, card, CardEdit.AddTodo("", null, Owner.Me, null)))
    }

    @Test
    fun `an instant that milliseconds cannot tell is refused, and every other one is kept`() = local { roadbook ->
        fun entry(at: Instant) = CardEdit.AddEntry("call", at, "Long ago, or not yet.", null, "")
        val card = roadbook.makeCard().id
        for (at in listOf(Instant.MIN, Instant.MAX)) {
            assertIs<Reason.WrongForm>(refused(roadbook, card, entry(at)))
        }
        val edges = listOf(Long.MAX_VALUE, Long.MIN_VALUE).map(Instant::ofEpochMilli)
        roadbook.editCard(card, *edges.map(::entry).toTypedArray())
        assertEquals(edges, roadbook.card(card).entries.map { it.at })
        assertFailsWith<IllegalArgumentException> { roadbook.today(limit = -1) }
    }

    @Test
    fun `ids of another file find nothing, and change nothing`() = unchanged { roadbook, card ->
        localPhone(File(folder, "other.db")).use { other ->
            val (foreign, todo) = other.makeCard(OVERDUE).let { it.id to it.made.single() }
            val contact = other.createContact(NewContact(ContactSort.Person, "Éva", "Kis", emptyList())).id
            suspend fun missing(what: Missing, call: suspend () -> Any) =
                assertEquals(what, assertFailsWith<ApiException.NotFound> { call() }.what)
            missing(Missing.DOCUMENT) { roadbook.card(foreign) }
            missing(Missing.DOCUMENT) { roadbook.contact(contact) }
            missing(Missing.DOCUMENT) { roadbook.history(foreign) }
            missing(Missing.DOCUMENT) { roadbook.syncState(foreign) }
            missing(Missing.DOCUMENT) { roadbook.editCard(foreign, CardEdit.Trash) }
            missing(Missing.DOCUMENT) { roadbook.editContact(contact, ContactEdit.Trash) }
            missing(Missing.DOCUMENT) { roadbook.editCards(listOf(card, foreign), CardEdit.Trash) }
            assertEquals(Trash.No, roadbook.card(card).trash)
            missing(Missing.TODO) { roadbook.closeTodo(card, todo) }
            missing(Missing.USER) { roadbook.editCard(card, CardEdit.SetOwner(UserId(NOWHERE))) }
            missing(Missing.STATUS) { roadbook.editCard(card, CardEdit.Move(StatusId(NOWHERE))) }
            missing(Missing.PRODUCT) { roadbook.createCard(NewCard(ProductId(NOWHERE), "Bakery")) }
            missing(Missing.FIELD) { roadbook.editCard(card, CardEdit.SetField(FieldId(NOWHERE), FieldValue.Flag)) }
            assertEquals(emptyList(), roadbook.cardsOfContact(contact))
            val wrong = assertFailsWith<ApiException.Invalid> { other.card(contact) }
            assertIs<Reason.OtherDocumentType>(wrong.reason)
        }
    }

    @Test
    fun `a paused handle says so to every call from every thread, and can be closed`() = local { roadbook ->
        val card = roadbook.makeCard().id
        roadbook.pause()
        roadbook.pause()
        everywhere(card) { name, call -> assertFailsWith<ApiException.Paused>(name) { roadbook.call(card) } }
        roadbook.resume()
        roadbook.resume()
        assertEquals(1, roadbook.unsentCount())
        roadbook.pause()
        roadbook.close()
        assertEquals(emptyList(), openFiles(folder))
    }

    @Test
    fun `a closed handle refuses every call from every thread, and is closed twice without harm`() = local { roadbook ->
        val card = roadbook.makeCard().id
        roadbook.close()
        roadbook.close()
        everywhere(card) { name, call -> assertFailsWith<IllegalStateException>(name) { roadbook.call(card) } }
        Server("http://127.0.0.1:1").use { server ->
            assertFailsWith<IllegalStateException> { roadbook.sync(server) }
            assertFailsWith<IllegalStateException> { roadbook.signOut(server, force = true) }
        }
        assertFailsWith<IllegalStateException> { roadbook.pause() }
        assertFailsWith<IllegalStateException> { roadbook.resume() }
        assertFailsWith<IllegalStateException> { roadbook.interrupt() }
        assertFailsWith<IllegalStateException> { roadbook.subscribe { } }
        assertEquals(emptyList(), openFiles(folder))
    }

    /** Calls that take a text which users write. */
    private fun textCalls(text: String) = mapOf<String, suspend Roadbook.(DocumentId) -> Any?>(
        "rename" to { editCard(it, CardEdit.Rename(text)) },
        "rename several" to { editCards(listOf(it), CardEdit.Rename(text)) },
        "a todo" to { editCard(it, CardEdit.AddTodo(text, null, Owner.Me, null)) },
        "an entry" to { editCard(it, CardEdit.AddEntry("call", null, text, null, "")) },
        "a link" to { editCard(it, CardEdit.Link(text, it)) },
        "a card" to { makeCard(name = text) },
        "a contact" to { createContact(NewContact(ContactSort.Person, text, text, emptyList())) },
        "search" to { search(text) },
        "contacts" to { contacts(text) },
        "board" to { board(BoardQuery(product().id, null, null, false, text, 0u, 5u)) },
        "resolve" to {
            resolve(it, Conflict(Place.Name, PlaceValue.Empty, emptyList()), PlaceValue.Text(text))
        },
    )

    /** Calls that take an id. */
    private fun idCalls(text: String) = mapOf<String, suspend Roadbook.(DocumentId) -> Any?>(
        "card" to { card(DocumentId(text)) },
        "contact" to { contact(DocumentId(text)) },
        "history" to { history(DocumentId(text)) },
        "conflicts" to { conflicts(DocumentId(text)) },
        "sync state" to { syncState(DocumentId(text)) },
        "edit" to { editCard(DocumentId(text), CardEdit.Trash) },
        "edit several" to { editCards(listOf(it, DocumentId(text)), CardEdit.Trash) },
        "close the todo of a card" to { closeTodo(DocumentId(text), PartId("AAAAAAAA")) },
        "close a todo" to { closeTodo(it, PartId(text)) },
        "a todo's contact" to { editCard(it, CardEdit.AddTodo("Call", null, Owner.Me, DocumentId(text))) },
        "favourite" to { setFavourite(DocumentId(text), true) },
        "opened" to { noteOpened(DocumentId(text)) },
        "product" to { createCard(NewCard(ProductId(text), "Bakery")) },
        "board" to { board(BoardQuery(ProductId(text), null, null, false, null, 0u, 5u)) },
        "moves" to { movesTo(it, StatusId(text)) },
        "owner" to { editCard(it, CardEdit.SetOwner(UserId(text))) },
        "field" to { editCard(it, CardEdit.SetField(FieldId(text), FieldValue.Flag)) },
        "link" to { editCard(it, CardEdit.Link("customer", DocumentId(text))) },
    )

    /** Calls that take a due. */
    private fun dueCalls(due: String) = mapOf<String, suspend Roadbook.(DocumentId) -> Any?>(
        "due" to { editCard(it, CardEdit.AddTodo("Call", due, Owner.Me, null)) },
    )

    /** Makes a call of each kind, on several threads at once. */
    private suspend fun everywhere(
        card: DocumentId,
        expect: suspend (String, suspend Roadbook.(DocumentId) -> Any?) -> Any,
    ) = coroutineScope {
        val calls = textCalls("Text") + mapOf<String, suspend Roadbook.(DocumentId) -> Any?>(
            "me" to { me() },
            "today" to { today() },
            "card" to { card(it) },
            "history" to { history(it) },
            "sync state" to { syncState(it) },
            "favourite" to { setFavourite(it, true) },
            "settings" to { settings() },
            "unsent count" to { unsentCount() },
            "signed in" to { isSignedIn() },
            "may" to { may(Act.entries.first()) },
            "recents" to { recents() },
            "quarantine" to { quarantine() },
            "status counts" to { statusCounts(ProductId(NOWHERE)) },
            "check" to { check() },
            "poll" to { poll() },
            "rebuild" to { rebuildSome() },
            "begin" to { beginLocalWorkspace() },
        )
        List(4) { calls.map { (name, call) -> async(Dispatchers.IO) { expect(name, call) } } }.flatten().awaitAll()
    }

    private suspend fun refused(roadbook: Roadbook, card: DocumentId, edit: CardEdit): Reason =
        assertFailsWith<ApiException.Invalid> { roadbook.editCard(card, edit) }.reason

    private fun local(test: suspend (Roadbook) -> Unit) = runBlocking {
        localPhone(File(folder, "roadbook.db")).use { test(it) }
    }

    /** The test gets a card, and must leave all as it is. */
    private fun unchanged(test: suspend (Roadbook, card: DocumentId) -> Unit) = local { roadbook ->
        val card = roadbook.makeCard().id
        val before = roadbook.card(card)
        test(roadbook, card)
        assertEquals(before, roadbook.card(card))
        assertEquals(1, roadbook.unsentCount())
        assertEquals(1uL, roadbook.statusCounts(roadbook.product().id).sumOf { it.cards.toULong() })
    }
}
