import Foundation

// Screens that follow what changes: each reads at once, again whenever an edit or a sync concerns it, and at the instant
// at which time alone changes it. A slow screen gets the latest and nothing before it. They end with their task.

extension Roadbook {
    /// What changes, by edits and syncs through this handle.
    public var changes: AsyncStream<ChangeSet> {
        AsyncStream { continuation in
            let subscription = subscribe(listener: Listener { continuation.yield($0) })
            continuation.onTermination = { _ in subscription.cancel() }
        }
    }

    /// Today, as it is now and whenever it changes: also at midnight, and when a todo becomes overdue.
    public func todayUpdates(
        limit: UInt32 = 50, period: Period = .today
    ) -> AsyncThrowingStream<TodayView, any Error> {
        updates(
            where: { $0.lists.contains(.today) }, next: { $0.nextChange },
            read: { try await self.today(limit: limit, period: period) })
    }

    /// A page of a board.
    public func boardUpdates(_ query: BoardQuery) -> AsyncThrowingStream<Board, any Error> {
        updates(
            where: { $0.lists.contains(.board(query.product)) }, next: { $0.nextChange },
            read: { try await self.board(query) })
    }

    /// A card, until it is gone.
    public func cardUpdates(_ card: DocumentId) -> AsyncThrowingStream<CardView, any Error> {
        updates(
            where: { $0.documents.contains(card) || $0.lists.contains(.contacts) || $0.lists.contains(.settings) },
            next: { $0.nextChange },
            read: { try await self.card(card) })
    }

    /// A contact, until it is gone.
    public func contactUpdates(_ contact: DocumentId) -> AsyncThrowingStream<ContactView, any Error> {
        updates(
            where: { $0.documents.contains(contact) || $0.lists.contains(.contacts) || $0.lists.contains(.settings) },
            read: { try await self.contact(contact) })
    }

    /// How many edits the server has not.
    public func unsentCountUpdates() -> AsyncThrowingStream<UInt64, any Error> {
        updates(where: { $0.lists.contains(.outbox) }, read: { try await self.unsentCount() })
    }

    /// What `read` answers, now and again whenever a change concerns it, and at the instant that `next` tells, but no
    /// later than in an hour.
    public func updates<Value: Sendable>(
        where concerns: @escaping @Sendable (ChangeSet) -> Bool,
        next: @escaping @Sendable (Value) -> Date? = { _ in nil },
        read: @escaping @Sendable () async throws -> Value
    ) -> AsyncThrowingStream<Value, any Error> {
        AsyncThrowingStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let (stale, mark) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
            // Before the first reading: what changes after it is told.
            let subscription = subscribe(
                listener: Listener { if $0.everything || concerns($0) { mark.yield() } })
            let reading = Task {
                var marks = stale.makeAsyncIterator()
                repeat {
                    var timer: Task<Void, Never>?
                    do {
                        let shown = try await read()
                        continuation.yield(shown)
                        timer = next(shown).map { due in Task { await wait(until: due, then: mark) } }
                    } catch ApiError.Paused {
                        // A resume says that everything is to be read anew.
                    } catch ApiError.Interrupted {
                        // It was meant for another reading, such as a search.
                        mark.yield()
                    } catch {
                        continuation.finish(throwing: error)
                        return
                    }
                    let goesOn: Void? = await marks.next()
                    timer?.cancel()
                    if goesOn == nil { break }
                } while !Task.isCancelled
                continuation.finish()
            }
            continuation.onTermination = { _ in
                subscription.cancel()
                mark.finish()
                reading.cancel()
            }
        }
    }
}

private final class Listener: ChangeListener {
    private let told: @Sendable (ChangeSet) -> Void

    init(told: @escaping @Sendable (ChangeSet) -> Void) { self.told = told }

    func onChange(changes: ChangeSet) { told(changes) }
}

/// Meanwhile the device may have slept, or its clock been set: then the time that is left is another.
private let longestWait = 3_600.0

private func wait(until due: Date, then mark: AsyncStream<Void>.Continuation) async {
    // An hour also for a date that is no number: to sleep for that would be a trap.
    let seconds = Double.maximum(0.001, Double.minimum(longestWait, due.timeIntervalSinceNow))
    try? await Task.sleep(for: .seconds(seconds))
    if !Task.isCancelled { mark.yield() }
}
