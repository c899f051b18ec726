package app.roadbook

import java.io.File
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpRequest.BodyPublishers
import java.net.http.HttpResponse.BodyHandlers
import java.util.Base64
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
    fun add(email: String, role: String = "user"): String = added(CODE, email, "--role", role)

    /** Adds a colleague; the result is the link that has the code in it. */
    fun invite(email: String): String = added(LINK, email, "--role", "user", "--public-address", address)

    /** Takes a built-in product out of use, as the administrator does in a browser. */
    fun switchOff(kind: String) {
        val secret = Base64.getUrlEncoder().withoutPadding().encodeToString(Installation.newSecret())
        val device = """{"platform": "web", "name": "A browser", "install_secret": "$secret"}"""
        val login = """{"email": "$ADMIN", "password": "$PASSWORD", "device": $device}"""
        val token = value("access_token", asked("POST", "/v1/sign-in", login))
        val all = asked("GET", "/v1/products", token = token)
        // Products are objects without others in them.
        val product = Regex("""\{[^{}]*"kind":"$kind"[^{}]*\}""").find(all)?.value ?: error("no $kind in: $all")
        val off = product.replace("\"enabled\":true", "\"enabled\":false")
        check(off != product) { product }
        asked("PUT", "/v1/products/${value("id", product)}", off, token)
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

    private fun added(wanted: Regex, email: String, vararg more: String): String {
        val shown = run("user", "add", email, "--given-name", "Béla", "--family-name", "Nagy", *more)
        return wanted.find(shown)?.groupValues?.get(1) ?: error("nothing like $wanted in: $shown")
    }

    private fun asked(method: String, path: String, body: String? = null, token: String? = null): String {
        val bytes = body?.let { BodyPublishers.ofString(it) } ?: BodyPublishers.noBody()
        val request = HttpRequest.newBuilder(URI(address + path)).method(method, bytes)
        if (body != null) request.header("Content-Type", "application/json")
        if (token != null) request.header("Authorization", "Bearer $token")
        val client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()
        val answer = client.send(request.build(), BodyHandlers.ofString())
        check(answer.statusCode() == 200) { "$method $path: ${answer.statusCode()} ${answer.body()}" }
        return answer.body()
    }

    private fun value(member: String, json: String): String =
        Regex(""""$member":"([^"]+)"""").find(json)?.groupValues?.get(1) ?: error("no $member in: $json")

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
        private val LINK = Regex("""Link: +(\S+)""")
    }
}
