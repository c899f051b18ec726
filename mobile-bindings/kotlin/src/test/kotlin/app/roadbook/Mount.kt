package app.roadbook

import java.io.File
import java.io.IOException
import org.junit.jupiter.api.Assumptions.abort

/**
 * A file system at a folder until it is closed, or the tests end. Only root may mount, or who may become root without
 * being asked: without that the test is skipped, and says so.
 */
internal class Mount private constructor(private val folder: File) : AutoCloseable {
    private val atExit = Thread(::unmount).also(Runtime.getRuntime()::addShutdownHook)

    override fun close() {
        Runtime.getRuntime().removeShutdownHook(atExit)
        check(unmount()) { "$folder is in use" }
    }

    private fun unmount() = asRoot("umount", folder.path)

    companion object {
        /** Storage of its own, with so much room. */
        fun small(folder: File, kilobytes: Int, what: String): Mount =
            mounted(folder, what, listOf("-t", "tmpfs", "-o", "size=${kilobytes}k", "tmpfs", folder.path))

        /** The same folder, in which nothing may be written: not even by root, to whom its rights are nothing. */
        fun readOnly(folder: File, what: String): Mount =
            mounted(
                folder, what,
                listOf("--bind", folder.path, folder.path), listOf("-o", "remount,bind,ro", folder.path),
            )

        private fun mounted(folder: File, what: String, vararg mounts: List<String>): Mount {
            if (!mounts.all { asRoot("mount", *it.toTypedArray()) }) {
                System.err.println("NOT TESTED: $what, because only root may mount")
                abort<Unit>("only root may mount")
            }
            return Mount(folder)
        }

        private fun asRoot(vararg command: String): Boolean =
            listOf(emptyList(), listOf("sudo", "-n")).any { become ->
                try {
                    val builder = ProcessBuilder(become + command).redirectErrorStream(true)
                    builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0
                } catch (_: IOException) {
                    false // There is no such program.
                }
            }
    }
}
