package app.roadbook

import app.roadbook.client.BoardQuery
import app.roadbook.client.CardEdit
import app.roadbook.core.CancelToken
import java.io.File
import kotlin.system.exitProcess
import kotlinx.coroutines.runBlocking

/** The calls that `tests/bench/packages.rs` compares with Rust: each line is a name and microseconds of CPU time. */
fun main(arguments: Array<String>) {
    val file = arguments.singleOrNull() ?: exitProcess(2)
    // What loads the library is the start of the app, which every app has.
    CancelToken().close()
    runBlocking {
        var opened: Roadbook? = null
        report("open", 1, rounds = 1) {
            opened = Roadbook.openBeside(File(file)).also { check(it.today(50).todos.size == 50) }
        }
        val roadbook = checkNotNull(opened)
        val cards = roadbook.today(100).todos.map { it.item.key.card }
        report("nothing", 20_000) { roadbook.interrupt() }
        // A small firm's busiest user has not a thousand.
        for (rows in listOf(100, 1_000).filter { roadbook.today(it).todos.size == it }) {
            report("today $rows", 2_000 / (rows / 100)) { check(roadbook.today(rows).todos.size == rows) }
        }
        // Cards of their own make it warm: each unsent edit of a card makes the next one longer.
        val others = roadbook.settings().products.flatMap { product ->
            List(20) { roadbook.board(BoardQuery(product.id, offset = (it * 50).toUInt())).cards }.flatten()
        }
        (others.map { it.id } - cards.toSet()).forEach { roadbook.editCard(it, CardEdit.Rename("Warm")) }
        // One after the other, for the same reason.
        var edits = 0
        report("edit", 100) {
            edits++
            roadbook.editCard(cards[edits % cards.size], CardEdit.Rename("Name $edits"))
        }
        roadbook.close()
    }
}

/** The least of some rounds: the first warm up, and other programs only add time. */
private suspend fun report(name: String, calls: Int, rounds: Int = 4, call: suspend () -> Unit) {
    val least = (1..rounds).minOf {
        val before = spent()
        repeat(calls) { call() }
        (spent() - before) / calls / 1e3
    }
    println("$name\t$least")
}

/** The CPU time of all threads in nanoseconds; Java itself counts hundredths of a second. */
private fun spent(): Long = checkNotNull(File("/proc/self/task").listFiles()).sumOf { task ->
    runCatching { File(task, "schedstat").readText().substringBefore(' ').toLong() }.getOrDefault(0)
}
