package app.roadbook

import app.roadbook.client.ApiException
import app.roadbook.client.Attached
import app.roadbook.client.Board
import app.roadbook.client.BoardQuery
import app.roadbook.client.Budget
import app.roadbook.client.CardEdit
import app.roadbook.client.CardItem
import app.roadbook.client.CardView
import app.roadbook.client.ChangeSet
import app.roadbook.client.Conflict
import app.roadbook.client.ContactEdit
import app.roadbook.client.ContactItem
import app.roadbook.client.ContactView
import app.roadbook.client.DeviceView
import app.roadbook.client.DocumentName
import app.roadbook.client.Edited
import app.roadbook.client.Found
import app.roadbook.client.HistoryItem
import app.roadbook.client.HttpMethod
import app.roadbook.client.Identity
import app.roadbook.client.Made
import app.roadbook.client.NewCard
import app.roadbook.client.NewContact
import app.roadbook.client.PlaceValue
import app.roadbook.client.ProductAnswer
import app.roadbook.client.QuarantinedEdit
import app.roadbook.client.Reapplied
import app.roadbook.client.Reason
import app.roadbook.client.Reply
import app.roadbook.client.SettingsView
import app.roadbook.client.StatusAnswer
import app.roadbook.client.StatusCount
import app.roadbook.client.SyncEnd
import app.roadbook.client.SyncException
import app.roadbook.client.SyncReport
import app.roadbook.client.SyncState
import app.roadbook.client.Synced
import app.roadbook.client.TodayView
import app.roadbook.client.Way
import app.roadbook.core.CancelToken
import app.roadbook.core.ChangeListener
import app.roadbook.core.Device
import app.roadbook.core.InternalException
import app.roadbook.core.SyncListener
import app.roadbook.domain.Act
import app.roadbook.domain.DeviceId
import app.roadbook.domain.DocumentId
import app.roadbook.domain.Outcome
import app.roadbook.domain.PartId
import app.roadbook.domain.Period
import app.roadbook.domain.PostponeChoice
import app.roadbook.domain.QuickTodo
import app.roadbook.domain.ProductId
import app.roadbook.domain.StatusId
import java.io.File
import java.time.ZoneId
import java.util.Locale
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.async
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.withContext
import app.roadbook.core.Roadbook as Core

/**
 * One phone's file. Open it once in a process and keep it; any thread and any number of coroutines may use it.
 *
 * Each call leaves the caller's thread free: what waits for storage waits on [Dispatchers.IO]. Reading and editing
 * never wait for a network. An edit is on disk when its call returns.
 *
 * A failure is an [ApiException], and a [SyncException] where a server is asked: sealed, each case with its data.
 * Screens that follow what changes are in `Watching.kt`: [watchToday] and its neighbours.
 */
public class Roadbook internal constructor(
    private val core: Core,
    private val dispatcher: CoroutineDispatcher,
) : AutoCloseable {

    // The file.

    /** Begins to work without an account, in the days of [zone]. */
    public suspend fun beginLocalWorkspace(
        zone: ZoneId = ZoneId.systemDefault(),
        locale: Locale = Locale.getDefault(),
    ): ChangeSet = stored { beginLocalWorkspace(zone.id, locale.toLanguageTag()) }

    /** Reads the whole file, and throws [ApiException.Damaged] if it is not sound. */
    public suspend fun check(): Unit = stored { check() }

    /** Makes rows anew that another version of the app made, [limit] documents at most; tells whether there is more. */
    public suspend fun rebuildSome(limit: Int = 64): Boolean = stored { rebuildSome(limit.size()) }

    /** Whether another process wrote the file since this was last asked. Call it when the app comes to the front. */
    public suspend fun poll(): Boolean = stored { poll() }

    /**
     * Ends the sync that runs, waits for what is under way, and closes the file: no lock on it is held any more. Until
     * [resume] every call throws [ApiException.Paused].
     */
    public suspend fun pause(): Unit = withContext(NonCancellable + dispatcher) {
        try {
            typed { core.pause() }
        } catch (own: SyncException.Local) {
            // No server is asked.
            throw own.error
        }
    }

    /** Lets the file be used again; whoever watches reads everything anew. */
    public fun resume(): Unit = typed { core.resume() }

    /** Ends every reading for a screen that is under way with [ApiException.Interrupted]; edits and syncs go on. */
    public fun interrupt(): Unit = typed { core.interrupt() }

    /** What changes, by edits and syncs through this handle, as long as somebody collects. */
    public val changes: Flow<ChangeSet>
        get() = callbackFlow {
            val subscription = subscribe { trySend(it) }
            awaitClose { subscription.close() }
        }.buffer(Channel.UNLIMITED)

    /**
     * Tells [listener] of every change from now on, on the thread that made it, until what it answers is closed. What
     * it throws is ignored.
     */
    internal fun subscribe(listener: (ChangeSet) -> Unit): AutoCloseable {
        val told = object : ChangeListener {
            override fun onChange(changes: ChangeSet) = listener(changes)
        }
        val subscription = typed { core.subscribe(told) }
        return AutoCloseable {
            subscription.cancel()
            subscription.close()
        }
    }

    // What screens read.

    /** Who works here; `null` before anybody signed in or began a local workspace. */
    public suspend fun me(): Identity? = stored { me() }

    /** The user's own todos that need them now, over all products: the first [limit], and totals over all. */
    public suspend fun today(limit: Int = 50, period: Period = Period.Today): TodayView =
        stored { today(limit.size(), period) }

    /** A page of a product's cards, the most urgent first. */
    public suspend fun board(query: BoardQuery): Board = stored { board(query) }

    /** How many cards of a product are in each status, in the order of the process. */
    public suspend fun statusCounts(product: ProductId): List<StatusCount> = stored { statusCounts(product) }

    /** Opens a card. */
    public suspend fun card(card: DocumentId): CardView = stored { card(card) }

    /** What cards and contacts are called, in the same order; those that are not here are left out. */
    public suspend fun names(documents: List<DocumentId>): List<DocumentName> = stored { names(documents) }

    /** When a todo may be postponed to by one tap, the soonest first. */
    public suspend fun postponeChoices(): List<PostponeChoice> = stored { postponeChoices() }

    /**
     * What a line that the user writes says: a todo, and when it is due, by their clock and in their language. What may
     * be read in two ways stays text.
     */
    public suspend fun quickTodo(text: String): QuickTodo = stored { quickTodo(text) }

    /** The user's inbox card, for todos that belong to no other; null while it has not arrived. */
    public suspend fun inbox(): DocumentId? = stored { inbox() }

    /** The ways to move a card by hand into a status: take one at once, let the user choose among several. */
    public suspend fun movesTo(card: DocumentId, status: StatusId): List<Way> = stored { movesTo(card, status) }

    /** Opens a contact. */
    public suspend fun contact(contact: DocumentId): ContactView = stored { contact(contact) }

    /** Contacts in use by family name; with a [text], those whose name holds all its words. */
    public suspend fun contacts(text: String? = null, offset: Int = 0, limit: Int = 50): List<ContactItem> =
        stored { contacts(text, offset.size(), limit.size()) }

    /** How many contacts [contacts] would list without a limit. */
    public suspend fun contactCount(text: String? = null): Int = stored { contactCount(text) }.toInt()

    /** The contacts in use that have a telephone number, however it is written: whoever calls, while the phone rings. */
    public suspend fun findCaller(number: String, limit: Int = 5): List<ContactItem> =
        stored { findCaller(number, limit.size()) }

    /**
     * The contacts in use that may be the one to be made: those of its sort with the same phone or email, then those
     * with the same name. Ask before [createContact].
     */
    public suspend fun likelyDoubles(contact: NewContact, limit: Int = 5): List<ContactItem> =
        stored { likelyDoubles(contact, limit.size()) }

    /** The contacts in use that link to this one, such as the persons of a company, by family name. */
    public suspend fun contactsLinkedTo(contact: DocumentId): List<ContactItem> = stored { contactsLinkedTo(contact) }

    /** The cards of a contact, of all products. */
    public suspend fun cardsOfContact(contact: DocumentId): List<CardItem> = stored { cardsOfContact(contact) }

    /** The cards in the trash of a product, by name. */
    public suspend fun trashedCards(product: ProductId, offset: Int = 0, limit: Int = 50): List<CardItem> =
        stored { trashedCards(product, offset.size(), limit.size()) }

    /** The contacts in the trash, by family name. */
    public suspend fun trashedContacts(offset: Int = 0, limit: Int = 50): List<ContactItem> =
        stored { trashedContacts(offset.size(), limit.size()) }

    /**
     * The contacts and cards whose names, and the open todos and entries whose texts, hold all words of [text]; at most
     * [limit] of each. [interrupt] ends it, as when the user types on.
     */
    public suspend fun search(text: String, limit: Int = 20): Found = stored { search(text, limit.size()) }

    /** The values of a document that several people wrote at once. */
    public suspend fun conflicts(document: DocumentId): List<Conflict> = stored { conflicts(document) }

    /** The history of a document, the newest first: [limit] lines after the first [skip]. */
    public suspend fun history(document: DocumentId, skip: Int = 0, limit: Int = 50): List<HistoryItem> =
        stored { history(document, skip.size(), limit.size()) }

    /** The edits that could not be kept, the latest first. */
    public suspend fun quarantine(): List<QuarantinedEdit> = stored { quarantine() }

    /** Products, statuses, fields and colleagues, with names in the user's language. */
    public suspend fun settings(): SettingsView = stored { settings() }

    /** The documents that the user opened last, on whichever device, the latest first. */
    public suspend fun recents(): List<DocumentId> = stored { recents() }

    /** The cards and contacts that the user marked, on whichever device. */
    public suspend fun favourites(): List<DocumentId> = stored { favourites() }

    /** Whether the user's role and organisation allow something: hide what they do not. The server judges, too. */
    public suspend fun may(act: Act): Boolean = stored { may(act) }

    /** How far the user's own edits of a document have come. */
    public suspend fun syncState(document: DocumentId): SyncState = stored { syncState(document) }

    /** How many edits the server has not. */
    public suspend fun unsentCount(): Long = stored { unsentCount() }.toLong()

    // Edits. Several of one call are one change, and one line of the history.

    /** Makes a card. */
    public suspend fun createCard(card: NewCard): Made = stored { createCard(card) }

    /** Edits a card. */
    public suspend fun editCard(card: DocumentId, vararg edits: CardEdit): Edited =
        stored { editCard(card, edits.asList()) }

    /** Whether the user would not see the card any more after these edits: to be said before it happens. */
    public suspend fun losesSight(card: DocumentId, vararg edits: CardEdit): Boolean =
        stored { losesSight(card, edits.asList()) }

    /**
     * Takes back a line of a document's history, such as the `change` of an [Edited], as a change of its own. What the
     * line wrote must still stand.
     */
    public suspend fun undo(document: DocumentId, change: String): ChangeSet = stored { undo(document, change) }

    /** Edits several cards alike, as one act: all of them, or none. */
    public suspend fun editCards(cards: List<DocumentId>, vararg edits: CardEdit): Edited =
        stored { editCards(cards, edits.asList()) }

    /** Closes a todo, as from a widget or a notification. The first closing counts. */
    public suspend fun closeTodo(card: DocumentId, todo: PartId, outcome: Outcome = Outcome.Success): Edited =
        stored { closeTodo(card, todo, outcome) }

    /** Makes a contact. */
    public suspend fun createContact(contact: NewContact): Made = stored { createContact(contact) }

    /** Edits a contact. */
    public suspend fun editContact(contact: DocumentId, vararg edits: ContactEdit): Edited =
        stored { editContact(contact, edits.asList()) }

    /** Resolves a conflict: [value] is one of those that it has, or another of the same kind. */
    public suspend fun resolve(document: DocumentId, conflict: Conflict, value: PlaceValue): ChangeSet =
        stored { resolve(document, conflict, value) }

    /** Makes an edit of the quarantine again, and takes it out; answers the document, another one if it was made anew. */
    public suspend fun reapply(edit: QuarantinedEdit): Reapplied = stored { reapply(edit.id) }

    /** Takes an edit out of the quarantine for good. */
    public suspend fun dismiss(edit: QuarantinedEdit): ChangeSet = stored { dismiss(edit.id) }

    /** Marks a card or contact as a favourite, or no more. */
    public suspend fun setFavourite(document: DocumentId, isFavourite: Boolean): ChangeSet =
        stored { setFavourite(document, isFavourite) }

    /** Notes that the user opened a document, for the recents of all their devices. */
    public suspend fun noteOpened(document: DocumentId): ChangeSet = stored { noteOpened(document) }

    // The account.

    /** Whether there is a session; it may have ended at the server since. */
    public suspend fun isSignedIn(): Boolean = stored { isSignedIn() }

    /** Signs in; from then on [sync] can exchange. */
    public suspend fun signIn(
        server: Server,
        email: String,
        password: String,
        installation: Installation,
    ): Identity = cancellable { token -> signIn(server.core(), email, password, installation.device(), token) }

    /**
     * Makes a local workspace an account's: signs in, and does everything in it again in the account's name, in order
     * and with its times. Call [sync] then, which sends it. Cut off anywhere it is local, or wholly attached.
     *
     * What cards have and the account has not is asked ([Attached.Open]): nothing has changed then, and the call is
     * made again with [products] and [statuses] answered.
     */
    public suspend fun attach(
        server: Server,
        email: String,
        password: String,
        installation: Installation,
        products: List<ProductAnswer> = emptyList(),
        statuses: List<StatusAnswer> = emptyList(),
    ): Attached = cancellable { token ->
        attach(server.core(), email, password, installation.device(), products, statuses, token)
    }

    /**
     * Uses up a [code] for one time, which an administrator made ([readEnrolment]): the user has this [password] from
     * then on, and is signed in here and nowhere else.
     */
    public suspend fun enrol(
        server: Server,
        code: String,
        password: String,
        installation: Installation,
    ): Identity = cancellable { token -> enrol(server.core(), code, password, installation.device(), token) }

    /**
     * Signs out: everything of the user leaves the device. Throws [SyncException.Unsent] if the server has not
     * everything, unless [force]: then it stays here encrypted, and the same user gets it back by signing in.
     */
    public suspend fun signOut(server: Server, force: Boolean = false): Unit = exchanged { signOut(server.core(), force) }

    /** The user's devices, in the order in which they were first signed in on, those that were shut out included. */
    public suspend fun devices(server: Server): List<DeviceView> = exchanged { devices(server.core()) }

    /**
     * Ends the sessions of a [device] for good: a phone that was lost. What it had not sent it may still hand in, for a
     * manager to review. Of this very device: with its next call it hands in what is unsent, and its file is empty.
     * Throws [SyncException.Refused] with `not_found` for one of somebody else, unless the user is an administrator.
     */
    public suspend fun revokeDevice(server: Server, device: DeviceId): Unit =
        exchanged { revokeDevice(server.core(), device) }

    /**
     * Asks the server's JSON API in the user's name: settings, users, devices. [path] is that of a route, below `/v1/`;
     * [body] is JSON, of a request that has any. Where the server says no, its word is the answer.
     */
    public suspend fun ask(server: Server, method: HttpMethod, path: String, body: String? = null): Reply =
        exchanged { ask(server.core(), method, path, body) }

    // The exchange.

    /**
     * Exchanges with [server] until nothing is left to exchange, and tells [watch] how far it got after every answer.
     * However it ends, what was exchanged stays, and the next call goes on from there.
     *
     * A second call waits for the first. Editing goes on meanwhile. Whoever cancels it waits until the core has let
     * go of the line, so that another process can exchange at once.
     *
     * [watch] runs on a thread of the core's, and the exchange waits for it: let it return soon, and call nothing of
     * this handle that waits. What it throws is ignored.
     */
    public suspend fun sync(server: Server, watch: (SyncReport) -> Unit = {}): Synced {
        val with = server.core()
        return cancellable { token -> sync(with, listener(watch), token) }
    }

    /**
     * The same within a [budget], for the time that the system gives to an app in the background. It ends between two
     * answers and says whether there is more.
     */
    public suspend fun backgroundSync(server: Server, budget: Budget): Synced {
        val with = server.core()
        return cancellable { token -> backgroundSync(with, budget, token) }
    }

    /**
     * For the time that the app is in front: syncs at once, whenever the server has news and whenever the user edits,
     * until it is cancelled or paused. Where the network is gone it comes back by itself.
     */
    public suspend fun live(server: Server, watch: (SyncReport) -> Unit = {}): SyncEnd {
        val with = server.core()
        return cancellable { token -> live(with, listener(watch), token) }
    }

    /** Lets go of the file. A call that is under way ends first; a later one is an [IllegalStateException]. */
    override fun close(): Unit = core.close()

    /** A call that waits for storage. */
    private suspend fun <T> stored(call: Core.() -> T): T = withContext(dispatcher) { typed { core.call() } }

    /** A call that waits for the network. */
    private suspend fun <T> exchanged(call: suspend Core.() -> T): T = withContext(dispatcher) {
        try {
            typed { core.call() }
        } catch (own: ApiException) {
            throw SyncException.Local(own)
        }
    }

    /** A call that may be cancelled: whoever does waits until it has ended. */
    private suspend fun <T> cancellable(call: suspend Core.(CancelToken) -> T): T = coroutineScope {
        // Not closed: the generated code takes a closed object for an argument, and the core then reads freed memory.
        val token = CancelToken()
        val running = async(NonCancellable) { exchanged { call(token) } }
        try {
            running.await()
        } catch (cancelled: CancellationException) {
            token.cancel()
            // Who is cancelled does not wait otherwise.
            withContext(NonCancellable) { running.join() }
            throw cancelled
        }
    }

    private fun listener(watch: (SyncReport) -> Unit) = object : SyncListener {
        override fun onProgress(report: SyncReport) = watch(report)
    }

    private fun Installation.device() = Device(platform, name, secret)

    public companion object {
        /**
         * Opens [file] for the app, and makes it if there is none. A process beside the app calls [openBeside]: this
         * call takes the sync away from any other process.
         */
        public suspend fun open(file: File, dispatcher: CoroutineDispatcher = Dispatchers.IO): Roadbook =
            opened(dispatcher) { Roadbook(Core.open(file.path), dispatcher) }

        /** Opens [file] for a process beside the app, such as a widget. It takes no lock. */
        public suspend fun openBeside(file: File, dispatcher: CoroutineDispatcher = Dispatchers.IO): Roadbook =
            opened(dispatcher) { Roadbook(Core.openBeside(file.path), dispatcher) }

        /** Makes a new file in the place of a damaged one, with all that was unsent in it. */
        public suspend fun salvage(file: File, dispatcher: CoroutineDispatcher = Dispatchers.IO): Salvage =
            opened(dispatcher) {
                val salvaged = app.roadbook.core.salvage(file.path)
                Salvage(Roadbook(salvaged.roadbook, dispatcher), salvaged.saved.toLong(), salvaged.complete)
            }

        private suspend fun <T> opened(dispatcher: CoroutineDispatcher, open: () -> T): T =
            withContext(dispatcher) { typed(open) }

        /** Makes errors of the core of what the generated code throws beside them. */
        private inline fun <T> typed(call: () -> T): T = try {
            call()
        } catch (panic: InternalException) {
            // A panic in the core, or a text that is no id.
            throw ApiException.Internal(panic.message ?: "unknown").apply { initCause(panic) }
        } catch (half: CharacterCodingException) {
            // Half of a pair of surrogates is a character in Kotlin, and none anywhere else.
            throw ApiException.Invalid(Reason.WrongForm).apply { initCause(half) }
        } catch (far: ArithmeticException) {
            // So far away that no number of milliseconds tells it: `Instant.MAX`.
            throw ApiException.Invalid(Reason.WrongForm).apply { initCause(far) }
        }

        private fun Int.size(): UInt {
            require(this >= 0) { "$this is less than 0" }
            return toUInt()
        }
    }
}

/**
 * What a salvage brought.
 *
 * @property roadbook the handle on the new file, which is in the place of the damaged one
 * @property saved how many edits were saved: they are unsent again, or in the quarantine
 * @property complete whether all of the damaged file could be read
 */
public class Salvage(public val roadbook: Roadbook, public val saved: Long, public val complete: Boolean)
