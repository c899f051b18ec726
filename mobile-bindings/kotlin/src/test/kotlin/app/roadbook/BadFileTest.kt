package app.roadbook

import app.roadbook.client.ApiException
import java.io.File
import java.io.IOException
import java.io.RandomAccessFile
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** Files that cannot be used as they are, and places where they cannot be written: nothing in them is lost. */
class BadFileTest {
    @TempDir
    lateinit var folder: File

    private val file get() = File(folder, "roadbook.db")

    @Test
    fun `a file of another version is left as it is, and is whole when the version fits`() = runBlocking {
        localPhone(file).use { it.makeCard(OVERDUE) }
        val ours = version(file)
        val (newer, older) = ApiException.AppTooOld::class to ApiException.FileTooOld::class
        val errors = mapOf(ours + 1 to newer, Int.MAX_VALUE to newer, 1 to older)
        for ((version, error) in errors) {
            setVersion(file, version)
            val before = file.readBytes()
            for (open in OPENINGS) assertEquals(error, assertFailsWith<ApiException> { open(file) }::class, "$version")
            assertContentEquals(before, file.readBytes())
        }
        setVersion(file, ours)
        Roadbook.open(file).use { assertEquals(1uL, it.today().matching) }
    }

    @Test
    fun `a file that became a newer version's during a pause is not written`() = runBlocking {
        localPhone(file).use { roadbook ->
            val ours = roadbook.let { it.pause(); version(file) }
            setVersion(file, ours + 1)
            roadbook.resume()
            assertFailsWith<ApiException.AppTooOld> { roadbook.makeCard() }
            roadbook.pause()
            setVersion(file, ours)
            roadbook.resume()
            roadbook.makeCard()
            assertEquals(1, roadbook.unsentCount())
        }
    }

    @Test
    fun `a damaged file is told apart, and a salvage keeps it and goes on with a new one`() = runBlocking {
        for ((name, damage) in DAMAGES) {
            val file = File(folder, "$name.db")
            localPhone(file).use { it.makeCard(OVERDUE) }
            RandomAccessFile(file, "rw").use(damage)
            val before = file.readBytes()
            // Where only a part is damaged, the file opens: what reads that part tells.
            assertFailsWith<ApiException.Damaged>(name) { Roadbook.open(file).use { it.check() } }
            val salvage = Roadbook.salvage(file)
            salvage.roadbook.use { roadbook ->
                roadbook.check()
                if (roadbook.me() == null) roadbook.beginLocalWorkspace()
                roadbook.makeCard()
                assertEquals(salvage.saved + 1, roadbook.unsentCount(), name)
                // What was unsent is the card alone.
                if (salvage.complete) assertEquals(1, salvage.saved, name)
            }
            val aside = File(folder, "$name.db.damaged-1").readBytes()
            assertContentEquals(before, aside, name)
        }
    }

    @Test
    fun `what is no file is an error of the core`() = runBlocking {
        assertFailsWith<ApiException.Internal> { Roadbook.open(folder) }
        assertFailsWith<ApiException.Internal> { Roadbook.salvage(file) }
        File(folder, "text").writeText("no database\n".repeat(1_000))
        assertFailsWith<ApiException.Damaged> { Roadbook.open(File(folder, "text")) }
        assertFailsWith<ApiException.Internal> { Roadbook.open(File(folder, "text/roadbook.db")) }
        Unit
    }

    @Test
    fun `in a folder that may not be written opening is an error of the core, and nothing is lost`() = runBlocking {
        localPhone(file).use { it.makeCard(OVERDUE) }
        val before = file.readBytes()
        Mount.readOnly(folder, "a folder that may not be written").use {
            for (path in listOf("roadbook.db", "new.db", "new/new.db")) {
                for (open in OPENINGS) assertFailsWith<ApiException.Internal> { open(File(folder, path)) }
            }
            assertFailsWith<ApiException.Internal> { Roadbook.salvage(file) }
            assertEquals(listOf(file.name), folder.list()!!.asList())
            assertEquals(emptyList(), openFiles(folder))
        }
        assertContentEquals(before, file.readBytes())
        Roadbook.open(file).use { assertEquals(1uL, it.today().matching) }
    }

    @Test
    fun `on a full storage an edit says so, reading goes on, and with room again everything is there`() = runBlocking {
        Mount.small(folder, kilobytes = 2_048, "a full storage").use {
            localPhone(file).use { roadbook ->
                var stored = 1L
                roadbook.makeCard(OVERDUE)
                fill()
                // The log may have room for some more.
                assertFailsWith<ApiException.StorageFull> { while (true) roadbook.makeCard(OVERDUE).also { stored++ } }
                suspend fun assertAll() {
                    assertEquals(stored, roadbook.unsentCount())
                    assertEquals(stored, roadbook.today().matching.toLong())
                }
                assertAll()
                roadbook.check()
                roadbook.pause()
                roadbook.resume()
                assertFailsWith<ApiException.StorageFull> { roadbook.makeCard() }
                assertAll()
                ballast.delete()
                roadbook.makeCard(OVERDUE).also { stored++ }
                assertAll()
            }
            val unsent = Roadbook.open(file).use { it.unsentCount() }
            fill()
            for (open in OPENINGS) {
                open(file).use { full ->
                    assertEquals(unsent, full.today().matching.toLong())
                    assertFailsWith<ApiException.StorageFull> { while (true) full.makeCard(OVERDUE) }
                }
            }
            assertFailsWith<ApiException.StorageFull> { localPhone(File(folder, "new.db")) }
            assertFailsWith<ApiException.StorageFull> { Roadbook.salvage(file) }
            ballast.delete()
            Roadbook.open(file).use { roadbook ->
                roadbook.check()
                roadbook.makeCard(OVERDUE)
                assertTrue(roadbook.unsentCount() > unsent)
                assertEquals(roadbook.unsentCount(), roadbook.today().matching.toLong())
            }
        }
    }

    private val ballast get() = File(folder, "ballast")

    /** Leaves no room at all. */
    private fun fill() = ballast.outputStream().use {
        assertFailsWith<IOException> { while (true) it.write(ByteArray(1_024)) }
    }

    private fun version(file: File): Int = RandomAccessFile(file, "r").use {
        it.seek(USER_VERSION)
        it.readInt()
    }

    private fun setVersion(file: File, version: Int) = RandomAccessFile(file, "rw").use {
        it.seek(USER_VERSION)
        it.writeInt(version)
    }

    private companion object {
        /** Where the header of an SQLite file has its `user_version`, four bytes, the highest first. */
        const val USER_VERSION = 60L
        const val PAGE = 4_096L

        val DAMAGES = mapOf<String, (RandomAccessFile) -> Unit>(
            "header" to { spoil(it, 0, 100) },
            "one page" to { spoil(it, it.length() / PAGE / 2 * PAGE, PAGE) },
            "all but the first page" to { spoil(it, PAGE, it.length() - PAGE) },
            "cut off" to { it.setLength(it.length() / 2) },
        )

        fun spoil(file: RandomAccessFile, from: Long, bytes: Long) {
            file.seek(from)
            file.write(ByteArray(bytes.toInt()) { 0x55 })
        }
    }
}
