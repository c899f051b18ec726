package app.roadbook

import app.roadbook.client.ApiException
import app.roadbook.client.AppList
import app.roadbook.client.Board
import app.roadbook.client.BoardQuery
import app.roadbook.client.CardView
import app.roadbook.client.ChangeSet
import app.roadbook.client.ContactView
import app.roadbook.client.TodayView
import app.roadbook.domain.DocumentId
import app.roadbook.domain.Period
import java.time.Duration
import java.time.Instant
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.channelFlow
import kotlinx.coroutines.flow.conflate
import kotlinx.coroutines.withTimeoutOrNull

// Screens that follow what changes: each reads at once, again whenever an edit or a sync concerns it, and at the
// instant at which time alone changes it. A slow screen gets the latest and nothing before it.

/** Today, as it is now and whenever it changes: also at midnight, and when a todo becomes overdue. */
public fun Roadbook.watchToday(limit: Int = 50, period: Period = Period.Today): Flow<TodayView> =
    watch({ AppList.Today in it.lists }, { it.nextChange }) { today(limit, period) }

/** A page of a board. */
public fun Roadbook.watchBoard(query: BoardQuery): Flow<Board> =
    watch({ AppList.Board(query.product) in it.lists }, { it.nextChange }) { board(query) }

/** A card, until it is gone: then [app.roadbook.client.ApiException.NotFound]. */
public fun Roadbook.watchCard(card: DocumentId): Flow<CardView> =
    watch({ card in it.documents || AppList.Contacts in it.lists || AppList.Settings in it.lists }, { it.nextChange }) {
        card(card)
    }

/** A contact, until it is gone: then [app.roadbook.client.ApiException.NotFound]. */
public fun Roadbook.watchContact(contact: DocumentId): Flow<ContactView> =
    watch({ contact in it.documents || AppList.Contacts in it.lists || AppList.Settings in it.lists }) {
        contact(contact)
    }

/** How many edits the server has not. */
public fun Roadbook.watchUnsentCount(): Flow<Long> = watch({ AppList.Outbox in it.lists }) { unsentCount() }

/**
 * What [read] answers, now and again whenever a change [concerns] it, and at the instant that [next] tells, but no
 * later than in an hour.
 */
public fun <T> Roadbook.watch(
    concerns: (ChangeSet) -> Boolean,
    next: (T) -> Instant? = { null },
    read: suspend Roadbook.() -> T,
): Flow<T> = channelFlow {
    val stale = Channel<Unit>(Channel.CONFLATED)
    // Before the first reading: what changes after it is told.
    subscribe { if (it.everything || concerns(it)) stale.trySend(Unit) }.use {
        while (true) {
            val until = try {
                val shown = read()
                send(shown)
                next(shown)
            } catch (_: ApiException.Paused) {
                // A resume says that everything is to be read anew.
                null
            } catch (_: ApiException.Interrupted) {
                // Another reading was meant, such as a search in which the user typed the next letter.
                stale.trySend(Unit)
                null
            }
            if (until == null) {
                stale.receive()
            } else {
                val now = Instant.now()
                // One more: a moment before it nothing has changed yet.
                val wait = Duration.between(now, until.coerceIn(now, now + LONGEST_WAIT)).toMillis() + 1
                withTimeoutOrNull(wait) { stale.receive() }
            }
        }
    }
}.conflate()

/** Meanwhile the device may have slept, or its clock been set: then the time that is left is another. */
private val LONGEST_WAIT: Duration = Duration.ofHours(1)
