package app.roadbook

import app.roadbook.client.ApiException
import app.roadbook.client.Attached
import app.roadbook.client.BoardQuery
import app.roadbook.client.Budget
import app.roadbook.client.CardEdit
import app.roadbook.client.NewCard
import app.roadbook.client.Owner
import app.roadbook.client.PlaceValue
import app.roadbook.client.QuarantineReason
import app.roadbook.client.SyncEnd
import app.roadbook.client.SyncException
import app.roadbook.client.SyncState
import app.roadbook.domain.DeviceId
import app.roadbook.domain.Place
import java.io.File
import java.net.ServerSocket
import java.util.concurrent.atomic.AtomicInteger
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertTrue
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.BeforeAll
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** The real core against the real server process. */
class ServerTest {
    @TempDir
    lateinit var folder: File

    private val file get() = File(folder, "roadbook.db")

    @Test
    fun `a phone that signs in and syncs has what its organisation has`() = runTest {
        Roadbook.open(file).use { roadbook ->
            Server(real.address).use { server ->
                val anna = roadbook.signIn(server, RealServer.ADMIN, RealServer.PASSWORD, installation())
                assertNotNull(anna.org)
                val synced = roadbook.sync(server)
                assertEquals(SyncEnd.DONE, synced.end)
                assertTrue(synced.report.counts.applied > 0u, "$synced")
                assertEquals(0, roadbook.unsentCount())
                assertEquals(0uL, roadbook.today().matching)
            }
        }
    }

    @Test
    fun `a code lets a colleague in, once`() = runTest {
        val code = real.add("bela@example.com")
        Server(real.address).use { server ->
            Roadbook.open(file).use { roadbook ->
                roadbook.enrol(server, code, "a password of Béla's own", installation())
                assertEquals(SyncEnd.DONE, roadbook.sync(server).end)
            }
            Roadbook.open(File(folder, "other.db")).use { other ->
                assertFailsWith<SyncException.BadCredentials> {
                    other.enrol(server, code, "another password", installation())
                }
            }
        }
    }

    @Test
    fun `a wrong password, and a server that is not there, are told apart`() = runTest {
        Roadbook.open(file).use { roadbook ->
            Server(real.address).use { server ->
                assertFailsWith<SyncException.BadCredentials> {
                    roadbook.signIn(server, RealServer.ADMIN, "wrong", installation())
                }
                assertFailsWith<SyncException.SignInNeeded> { roadbook.sync(server) }
            }
            val closed = ServerSocket(0).use { it.localPort }
            Server("http://127.0.0.1:$closed").use { nobody ->
                val error = assertFailsWith<SyncException.Unreachable> {
                    roadbook.signIn(nobody, RealServer.ADMIN, RealServer.PASSWORD, installation())
                }
                assertEquals(listOf("http://127.0.0.1:$closed", "unreachable"), listOf(error.address, error.code))
            }
        }
    }

    @Test
    fun `a lost phone is shut out by its user, and hands in what it had not sent`() = signedIn { tablet, server ->
        Roadbook.open(File(folder, "lost.db")).use { phone ->
            phone.signIn(server, RealServer.ADMIN, RealServer.PASSWORD, Installation("Lost", Installation.newSecret()))
            phone.sync(server)
            phone.makeCard()
            val lost = tablet.devices(server).single { it.id == phone.me()?.device }
            assertEquals("Lost", lost.name)
            assertTrue(lost.revokedAt == null && !lost.isCurrent)
            assertEquals(tablet.me()?.device, tablet.devices(server).single { it.isCurrent }.id)

            tablet.revokeDevice(server, lost.id)
            assertNotNull(tablet.devices(server).single { it.id == lost.id }.revokedAt)
            assertEquals(1uL, assertFailsWith<SyncException.AccessEnded> { phone.sync(server) }.handedIn)
            assertFailsWith<SyncException.SignInNeeded> { phone.devices(server) }
            val nobodys = assertFailsWith<SyncException.Refused> {
                tablet.revokeDevice(server, DeviceId(NOWHERE))
            }
            assertEquals("not_found", nobodys.code)
            assertEquals("refused", codeOf(nobodys))
        }
    }

    @Test
    fun `a cancelled sync ends at once, and another process can exchange`() = signedIn { roadbook, server ->
        ServerSocket(0).use { silent ->
            Server("http://127.0.0.1:${silent.localPort}").use { nobody ->
                val sync = launch { roadbook.sync(nobody) }
                silent.accept().use {
                    withTimeout(5_000) { sync.cancelAndJoin() }
                }
                // Without a pause the line would stay taken for half a minute: `Elsewhere`.
                Roadbook.openBeside(file).use { widget -> assertEquals(SyncEnd.DONE, widget.sync(server).end) }
            }
        }
    }

    @Test
    fun `a cancelled sign-in, enrolment or attach ends at once, and nobody is signed in`() = runTest {
        withContext(Dispatchers.IO) {
            ServerSocket(0).use { silent ->
                Server("http://127.0.0.1:${silent.localPort}").use { nobody ->
                    Roadbook.open(file).use { roadbook ->
                        roadbook.beginLocalWorkspace()
                        val (email, password) = RealServer.ADMIN to RealServer.PASSWORD
                        val calls = listOf<suspend () -> Any>(
                            { roadbook.signIn(nobody, email, password, installation()) },
                            { roadbook.enrol(nobody, "A-B", password, installation()) },
                            { roadbook.attach(nobody, email, password, installation()) },
                        )
                        for (call in calls) {
                            val entering = launch { call() }
                            silent.accept().use {
                                withTimeout(5_000) { entering.cancelAndJoin() }
                            }
                            assertFalse(roadbook.isSignedIn())
                        }
                        val attached = Server(real.address).use { roadbook.attach(it, email, password, installation()) }
                        assertIs<Attached.Done>(attached)
                    }
                }
            }
        }
    }

    @Test
    fun `a sync that is cancelled before its first step ends, too`() = signedIn { roadbook, server ->
        ServerSocket(0).use { silent ->
            Server("http://127.0.0.1:${silent.localPort}").use { nobody ->
                repeat(20) {
                    val sync = launch { roadbook.sync(nobody) }
                    withTimeout(5_000) { sync.cancelAndJoin() }
                }
                assertEquals(SyncEnd.DONE, roadbook.sync(server).end)
            }
        }
    }

    @Test
    fun `a closed server is refused, and a sync that has it goes on`() = signedIn { roadbook, _ ->
        val server = Server(real.address)
        val running = async(start = CoroutineStart.UNDISPATCHED) { roadbook.sync(server) }
        server.close()
        assertEquals(SyncEnd.DONE, running.await().end)
        assertFailsWith<IllegalStateException> { roadbook.sync(server) }
        assertFailsWith<IllegalStateException> { roadbook.signIn(server, "", "", installation()) }
    }

    @Test
    fun `a paused sync says so, and a pause counts before the call`() = signedIn { roadbook, _ ->
        ServerSocket(0).use { silent ->
            Server("http://127.0.0.1:${silent.localPort}").use { nobody ->
                launch {
                    silent.accept()
                    roadbook.pause()
                }
                assertEquals(SyncEnd.PAUSED, withTimeout(5_000) { roadbook.sync(nobody) }.end)
                assertEquals(SyncEnd.PAUSED, withTimeout(5_000) { roadbook.sync(nobody) }.end)
                assertFailsWith<ApiException.Paused> { roadbook.today() }
                roadbook.resume()
                assertEquals(0uL, roadbook.today().matching)
            }
        }
    }

    @Test
    fun `what two phones wrote at once is a conflict on both, and either resolves it`() = signedIn { phone, server ->
        Roadbook.open(File(folder, "tablet.db")).use { tablet ->
            tablet.signIn(server, RealServer.ADMIN, RealServer.PASSWORD, installation())
            phone.sync(server)
            val card = phone.makeCard(name = "Roof").id
            phone.sync(server)
            tablet.sync(server)
            phone.editCard(card, CardEdit.Rename("Red roof"))
            tablet.editCard(card, CardEdit.Rename("Green roof"))
            assertEquals(SyncState.HERE, phone.syncState(card))
            phone.sync(server)
            tablet.sync(server)
            phone.sync(server)
            val conflict = phone.conflicts(card).single()
            assertEquals(conflict, tablet.conflicts(card).single())
            assertEquals(Place.Name, conflict.place)
            val names = listOf("Red roof", "Green roof").map { PlaceValue.Text(it) }
            assertEquals(names.toSet<PlaceValue>(), setOf(conflict.shown) + conflict.others)
            phone.resolve(card, conflict, PlaceValue.Text("Red and green roof"))
            phone.sync(server)
            tablet.sync(server)
            assertEquals(emptyList(), tablet.card(card).conflicts)
            assertEquals("Red and green roof", tablet.card(card).name)
        }
    }

    @Test
    fun `an edit of a card that was taken away is in the quarantine, where it can be read and dismissed`() =
        signedIn { anna, server ->
            Roadbook.open(File(folder, "bela.db")).use { bela ->
                val code = real.add("restricted@example.com", "restricted")
                bela.enrol(server, code, "a password of Béla's own", installation())
                anna.sync(server)
                val owner = Owner.User(bela.me()!!.user)
                val card = anna.createCard(NewCard(anna.product().id, "Béla's", owner = owner)).id
                anna.sync(server)
                bela.sync(server)
                // Béla trashes it where there is no signal, while Anna takes it from him.
                bela.editCard(card, CardEdit.Trash)
                anna.editCard(card, CardEdit.SetOwner(anna.me()!!.user))
                anna.sync(server)
                bela.sync(server)
                val refused = bela.quarantine().single()
                assertEquals("Béla's", refused.title)
                val write = refused.writes.single()
                assertEquals(listOf(Place.Trash, PlaceValue.Trashed), listOf(write.place, write.value))
                assertIs<QuarantineReason.Forgotten>(refused.reason)
                assertFailsWith<ApiException.NotFound> { bela.card(card) }
                assertFailsWith<SyncException.Unsent> { bela.signOut(server) }
                bela.dismiss(refused)
                assertEquals(emptyList(), bela.quarantine())
                bela.signOut(server)
                assertEquals(null, bela.me())
            }
        }

    @Test
    fun `in the background a sync stays within its budget, and the next ones go on`() = signedIn { roadbook, server ->
        val budget = Budget(bytes = 64uL * 1024u)
        val ends = mutableListOf<SyncEnd>()
        do {
            val synced = roadbook.backgroundSync(server, budget)
            ends += synced.end
            assertTrue(synced.report.bytesUp + synced.report.bytesDown <= budget.bytes, "$synced")
        } while (synced.end == SyncEnd.BUDGET)
        assertTrue(ends.size > 1 && ends.last() == SyncEnd.DONE, "$ends")
        assertEquals(SyncEnd.BUDGET, roadbook.backgroundSync(server, Budget(0u, budget.bytes)).end)
    }

    @Test
    fun `while it is live a phone has what others do, and sends what its user does`() = signedIn { phone, server ->
        Roadbook.open(File(folder, "tablet.db")).use { tablet ->
            tablet.signIn(server, RealServer.ADMIN, RealServer.PASSWORD, installation())
            phone.sync(server)
            val board = BoardQuery(phone.product().id, text = "live")
            val live = launch { phone.live(server) }
            tablet.sync(server)
            val card = tablet.makeCard(name = "Live").id
            tablet.sync(server)
            withTimeout(20_000) { phone.watchBoard(board).first { it.cards.isNotEmpty() } }
            phone.editCard(card, CardEdit.Rename("Live and well"))
            withTimeout(20_000) { phone.watchUnsentCount().first { it == 0L } }
            live.cancelAndJoin()
            tablet.sync(server)
            assertEquals("Live and well", tablet.card(card).name)
        }
    }

    @Test
    fun `a local workspace becomes the account's, and everybody has what was in it`() = signedIn { colleague, server ->
        Roadbook.open(File(folder, "local.db")).use { roadbook ->
            roadbook.beginLocalWorkspace()
            val card = roadbook.makeCard(OVERDUE, name = "From before")
            roadbook.closeTodo(card.id, card.made.single())
            val attached = roadbook.attach(server, RealServer.ADMIN, RealServer.PASSWORD, installation())
            val anna = assertIs<Attached.Done>(attached).identity
            assertEquals(2, roadbook.unsentCount())
            assertEquals(SyncEnd.DONE, roadbook.sync(server).end)
            assertEquals(0, roadbook.unsentCount())
            assertFailsWith<SyncException.OtherUser> {
                roadbook.attach(server, RealServer.ADMIN, RealServer.PASSWORD, installation())
            }
            colleague.sync(server)
            val view = colleague.card(card.id)
            assertEquals(listOf("From before", anna.user), listOf(view.name, view.owner))
            assertEquals(anna.user, view.todos.single().closings.single().by)
            assertEquals(1u, roadbook.today().totals.closed)
        }
    }

    @Test
    fun `many threads edit while a phone is live, and another phone has all of it`() = signedIn { phone, server ->
        Roadbook.open(File(folder, "tablet.db")).use { tablet ->
            tablet.signIn(server, RealServer.ADMIN, RealServer.PASSWORD, installation())
            phone.sync(server)
            val reports = AtomicInteger()
            val live = launch { phone.live(server) { reports.incrementAndGet() } }
            val cards = List(16) { thread ->
                async {
                    val card = phone.makeCard(name = "Bakery $thread").id
                    repeat(20) { turn ->
                        phone.editCard(card, CardEdit.AddEntry("call", null, "$turn", null, ""))
                        phone.today()
                    }
                    card
                }
            }.awaitAll()
            withTimeout(60_000) { phone.watchUnsentCount().first { it == 0L } }
            live.cancelAndJoin()
            assertTrue(reports.get() > 0)
            tablet.sync(server)
            for (card in cards) assertEquals(phone.card(card).entries, tablet.card(card).entries)
            assertEquals(16 * 20, cards.sumOf { tablet.card(it).entries.size })
        }
    }

    @Test
    fun `a file is one user's, and another one's sign-in takes nothing from it`() = signedIn { anna, server ->
        anna.sync(server)
        anna.makeCard()
        val me = anna.me()
        val (email, password) = "carla@example.com" to "a password of Carla's own"
        val code = real.add(email)
        assertFailsWith<SyncException.OtherUser> { anna.enrol(server, code, password, installation()) }
        assertFailsWith<SyncException.OtherUser> { anna.signIn(server, email, password, installation()) }
        assertFailsWith<SyncException.OtherUser> { anna.attach(server, email, password, installation()) }
        assertEquals(me, anna.me())
        assertEquals(1, anna.unsentCount())
        anna.sync(server)
        assertEquals(0, anna.unsentCount())
        // The code was used up: Carla has her password, and begins with a file of her own.
        Roadbook.open(File(folder, "carla.db")).use { it.signIn(server, email, password, installation()) }
    }

    /** The error's own code, also where it has a member of that name. */
    private fun codeOf(error: SyncException): String = error.code

    /** Runs with a phone of the administrator, in real time: these tests wait for sockets. */
    private fun signedIn(test: suspend kotlinx.coroutines.CoroutineScope.(Roadbook, Server) -> Unit) = runTest {
        withContext(Dispatchers.IO) {
            Roadbook.open(file).use { roadbook ->
                Server(real.address).use { server ->
                    roadbook.signIn(server, RealServer.ADMIN, RealServer.PASSWORD, installation())
                    test(roadbook, server)
                }
            }
        }
    }

    companion object {
        @TempDir
        @JvmStatic
        lateinit var place: File

        private lateinit var real: RealServer

        @BeforeAll
        @JvmStatic
        fun start() {
            real = RealServer(place)
            // More than one answer holds on a narrow budget.
            val many = (1..400).joinToString("") { "Customer,$it,customer$it@example.com\n" }
            real.import("first_name,last_name,email\nZsófia,Kiss,zsofia@example.com\nJános,Tóth,janos@example.com\n$many")
        }

        @AfterAll
        @JvmStatic
        fun stop() = real.close()
    }
}
