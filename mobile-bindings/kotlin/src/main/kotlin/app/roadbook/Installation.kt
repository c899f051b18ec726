package app.roadbook

import java.security.SecureRandom

/**
 * This app on this device, as the server enrols it.
 *
 * @property name what the user calls the device
 * @property secret 32 random bytes that this installation made once ([newSecret]) and keeps where no backup
 * reaches, as in `Context.noBackupFilesDir`. If a backup took them to another phone, two phones would claim to be
 * one device.
 * @property platform `android`, or what else the app runs on
 */
public class Installation(
    public val name: String,
    public val secret: ByteArray,
    public val platform: String = "android",
) {
    public companion object {
        /** A secret for an installation that has none yet. */
        public fun newSecret(): ByteArray = ByteArray(32).also(SecureRandom()::nextBytes)
    }
}
