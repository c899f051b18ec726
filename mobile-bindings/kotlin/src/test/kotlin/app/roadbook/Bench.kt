package app.roadbook

import app.roadbook.client.CardEdit
import app.roadbook.core.CancelToken
import com.sun.management.OperatingSystemMXBean
import java.io.File
import java.lang.management.ManagementFactory
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
        val card = roadbook.today(1).todos.single().item.key.card
        report("nothing", 20_000) { roadbook.interrupt() }
        for (rows in listOf(100, 1_000)) {
            report("today $rows", 2_000 / (rows / 100)) { check(roadbook.today(rows).todos.size == rows) }
        }
        var edits = 0
        report("edit", 300) { roadbook.editCard(card, CardEdit.Rename("Name ${edits++}")) }
        roadbook.close()
    }
}

/** The least of some rounds, after one that warms up: other programs only add time. */
private suspend fun report(name: String, calls: Int, rounds: Int = 4, call: suspend () -> Unit) {
    val system = ManagementFactory.getOperatingSystemMXBean() as OperatingSystemMXBean
    val least = (1..rounds).minOf {
        val before = system.processCpuTime
        repeat(calls) { call() }
        (system.processCpuTime - before) / calls / 1e3
    }
    println("$name\t$least")
}
