package app.roadbook

import app.roadbook.client.ApiException
import app.roadbook.client.CardEdit
import app.roadbook.client.FfiConverterTypeChangeSet
import app.roadbook.client.FfiConverterTypeSyncReport
import app.roadbook.client.SyncEnd
import app.roadbook.client.SyncException
import app.roadbook.core.ListenerException
import app.roadbook.core.RustBuffer
import app.roadbook.core.UniffiCallbackInterfaceChangeListenerMethod0
import app.roadbook.core.UniffiCallbackInterfaceSyncListenerMethod0
import app.roadbook.core.UniffiLib
import app.roadbook.core.UniffiRustCallStatus
import app.roadbook.core.UniffiVTableCallbackInterfaceChangeListener
import app.roadbook.core.UniffiVTableCallbackInterfaceSyncListener
import app.roadbook.core.uniffiCallbackInterfaceChangeListener
import app.roadbook.core.uniffiCallbackInterfaceSyncListener
import com.sun.jna.Callback
import com.sun.jna.Native
import com.sun.jna.Pointer
import java.io.File
import java.util.concurrent.atomic.AtomicInteger
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

private typealias Given = app.roadbook.client.RustBuffer.ByValue

/**
 * A panic in the core does not end the app.
 *
 * No call of an app is known to make the core panic. A debug build does in the middle of every edit while a file beside
 * the database asks for it. So does a listener that answers what no generated code answers, memory that is at no
 * address: reading that answer is a panic with the core's own calls around it.
 */
class PanicTest {
    @TempDir
    lateinit var folder: File

    private val file get() = File(folder, "roadbook.db")

    @Test
    fun `an edit that panics is a typed error and leaves nothing, and handle and file are as good as before`() =
        runBlocking {
            localPhone(file).use { roadbook ->
                val card = roadbook.makeCard().id
                val asks = File("$file.panic-for-a-test").apply { writeText("") }
                val edits = listOf<suspend () -> Any>(
                    { roadbook.editCard(card, CardEdit.Rename("Red")) },
                    { roadbook.makeCard(OVERDUE) },
                )
                for (edit in edits) {
                    val error = assertFailsWith<ApiException.Internal> { edit() }
                    assertContains(error.detail, "a panic for a test")
                    assertEquals("Bakery", roadbook.card(card).name)
                }
                assertTrue(asks.delete())
                assertEquals(1, roadbook.unsentCount())
                roadbook.editCard(card, CardEdit.Rename("Green"))
                roadbook.check()
                roadbook.pause()
                roadbook.resume()
                assertEquals(2, roadbook.unsentCount())
            }
            assertEquals(emptyList(), openFiles(file))
            Roadbook.open(file).use {
                assertEquals(2, it.unsentCount())
                it.makeCard(OVERDUE)
                assertEquals(1uL, it.today().matching)
            }
        }

    @Test
    fun `a listener that panics costs no edit, and handle and file are as good as before`() =
        runBlocking {
            localPhone(file).use { roadbook ->
                val card = roadbook.makeCard().id
                roadbook.subscribe { }.use {
                    panicking {
                        roadbook.editCard(card, CardEdit.Rename("Red"))
                        roadbook.resume()
                    }
                }
                assertEquals("Red", roadbook.card(card).name)
                roadbook.editCard(card, CardEdit.Rename("Green"))
                roadbook.check()
                roadbook.pause()
                roadbook.resume()
                assertEquals(3, roadbook.unsentCount())
            }
            assertEquals(emptyList(), openFiles(file))
            Roadbook.open(file).use { assertEquals(3, it.unsentCount()) }
        }

    @Test
    fun `a panic in a sync is a typed error, and the next sync goes on`(@TempDir firm: File) = runBlocking {
        RealServer(firm).use { real ->
            Server(real.address).use { server ->
                Roadbook.open(file).use { roadbook ->
                    roadbook.signIn(server, RealServer.ADMIN, RealServer.PASSWORD, installation())
                    roadbook.sync(server)
                    roadbook.makeCard(OVERDUE)
                    panicking {
                        val exchanges = listOf<suspend () -> Any>({ roadbook.sync(server) }, { roadbook.live(server) })
                        for (exchange in exchanges) {
                            val error = assertFailsWith<SyncException.Local> { exchange() }
                            assertContains(assertIs<ApiException.Internal>(error.error).detail, PANIC)
                        }
                    }
                    assertEquals(SyncEnd.DONE, roadbook.sync(server).end)
                    assertEquals(0, roadbook.unsentCount())
                }
                Roadbook.open(file).use { assertEquals(SyncEnd.DONE, it.sync(server).end) }
            }
        }
    }

    @Test
    fun `what a listener throws reaches neither the edit nor the other listeners`() = runBlocking {
        localPhone(file).use { roadbook ->
            val card = roadbook.makeCard().id
            val told = AtomicInteger()
            val handler = Native.getCallbackExceptionHandler()
            // An `Error` does not even reach the core: JNA would print it.
            Native.setCallbackExceptionHandler { _: Callback, _ -> }
            try {
                for (thrown in THROWN) {
                    roadbook.subscribe { throw thrown }.use {
                        roadbook.subscribe { told.incrementAndGet() }.use {
                            roadbook.editCard(card, CardEdit.Rename("Bakery ${told.get()}"))
                        }
                    }
                }
            } finally {
                Native.setCallbackExceptionHandler(handler)
            }
            assertEquals(THROWN.size, told.get())
            assertEquals(1 + THROWN.size.toLong(), roadbook.unsentCount())
        }
    }

    /** Whoever is told of anything meanwhile answers what makes the core panic. */
    private suspend fun panicking(test: suspend () -> Unit) {
        // The core keeps an address only: they must live until the generated ones are back.
        val changes = UniffiVTableCallbackInterfaceChangeListener.UniffiByValue(
            uniffiCallbackInterfaceChangeListener.uniffiFree,
            uniffiCallbackInterfaceChangeListener.uniffiClone,
            object : UniffiCallbackInterfaceChangeListenerMethod0 {
                override fun callback(
                    uniffiHandle: Long,
                    changes: Given,
                    uniffiOutReturn: Pointer,
                    uniffiCallStatus: UniffiRustCallStatus,
                ) {
                    FfiConverterTypeChangeSet.lift(changes)
                    answerNonsense(uniffiCallStatus)
                }
            },
        )
        val progress = UniffiVTableCallbackInterfaceSyncListener.UniffiByValue(
            uniffiCallbackInterfaceSyncListener.uniffiFree,
            uniffiCallbackInterfaceSyncListener.uniffiClone,
            object : UniffiCallbackInterfaceSyncListenerMethod0 {
                override fun callback(
                    uniffiHandle: Long,
                    report: Given,
                    uniffiOutReturn: Pointer,
                    uniffiCallStatus: UniffiRustCallStatus,
                ) {
                    FfiConverterTypeSyncReport.lift(report)
                    answerNonsense(uniffiCallStatus)
                }
            },
        )
        UniffiLib.uniffi_roadbook_mobile_fn_init_callback_vtable_changelistener(changes)
        UniffiLib.uniffi_roadbook_mobile_fn_init_callback_vtable_synclistener(progress)
        try {
            test()
        } finally {
            uniffiCallbackInterfaceChangeListener.register(UniffiLib)
            uniffiCallbackInterfaceSyncListener.register(UniffiLib)
            java.lang.ref.Reference.reachabilityFence(changes)
            java.lang.ref.Reference.reachabilityFence(progress)
        }
    }

    private fun answerNonsense(status: UniffiRustCallStatus) {
        status.code = FAILED
        status.error_buf = RustBuffer.ByValue().apply { capacity = 1 }
    }

    private companion object {
        const val FAILED: Byte = 2
        const val PANIC = "null RustBuffer had non-zero capacity"

        val THROWN = listOf(
            IllegalStateException("a fault of the app's"),
            IllegalStateException("half \uD83D of a pair"),
            ListenerException.Failed("what the core expects"),
            ListenerException.Failed("half \uD83D of a pair"),
            InterruptedException(),
            StackOverflowError(),
        )
    }
}
