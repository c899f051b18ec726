package app.roadbook

import java.io.File
import java.util.concurrent.TimeUnit

/**
 * A server process with an organisation of its own in [folder]. It ends with [close], or with the tests. With a folder
 * of certificates it is reached by TLS.
 */
class RealServer(private val folder: File, tls: File? = null) : AutoCloseable {
    private val process: Process
    private val atExit = Thread { process.destroyForcibly() }

    /** Where phones reach it. */
    val address: String

    init {
        File(folder, "pw").writeText("$PASSWORD\n")
        run(
            "init", "--organisation", "Kárpát Kávé", "--zone", "Europe/Budapest",
            "--admin-email", ADMIN, "--admin-password-file", File(folder, "pw").path,
        )
        val log = File(folder, "server.log")
        val certificate = tls?.let { arrayOf("--tls-certificate", "$it/server.pem", "--tls-key", "$it/server.key") }
        process = program("serve", "--listen", "127.0.0.1:0", *certificate.orEmpty()).redirectError(log).start()
        Runtime.getRuntime().addShutdownHook(atExit)
        address = (if (tls == null) "http://" else "https://") + generateSequence {
            check(process.isAlive) { "the server ended: ${log.readText()}" }
            Thread.sleep(20)
            log.readText()
        }.take(1_500).firstNotNullOf { LISTENING.find(it)?.groupValues?.get(1) }
    }

    /** Adds a colleague; the result is the code that lets them in once. */
    fun add(email: String, role: String = "user"): String {
        val shown = run("user", "add", email, "--given-name", "Béla", "--family-name", "Nagy", "--role", role)
        return CODE.find(shown)?.groupValues?.get(1) ?: error("no code in: $shown")
    }

    /** Brings in the contacts of [csv], as the administrator. */
    fun import(csv: String) {
        val file = File(folder, "contacts.csv").apply { writeText(csv) }
        val login = arrayOf("--email", ADMIN, "--password-file", File(folder, "pw").path)
        run(program("import", file.path, "--server", address, *login, database = false))
    }

    override fun close() {
        Runtime.getRuntime().removeShutdownHook(atExit)
        process.destroy()
        if (!process.waitFor(20, TimeUnit.SECONDS)) process.destroyForcibly()
    }

    private fun run(vararg arguments: String): String = run(program(*arguments))

    private fun run(program: ProcessBuilder): String {
        val process = program.redirectErrorStream(true).start()
        val shown = process.inputStream.bufferedReader().readText()
        check(process.waitFor() == 0) { "${program.command()}: $shown" }
        return shown
    }

    private fun program(vararg arguments: String, database: Boolean = true): ProcessBuilder {
        val places = listOf("--database", "sqlite:$folder/server.db", "--secrets", "$folder/secrets")
        val command = listOf(System.getProperty("roadbook.program")) + arguments
        val builder = ProcessBuilder(if (database) command + places else command)
        // Variables of the machine that runs the tests are none of this server's.
        builder.environment().keys.removeIf { it.startsWith("ROADBOOK_") }
        return builder
    }

    companion object {
        const val ADMIN = "anna@example.com"
        const val PASSWORD = "correct horse battery"
        private val LISTENING = Regex(""""message":"serving".*"listen":"([^"]+)"""")
        private val CODE = Regex("""Code: +(\S+)""")
    }
}
