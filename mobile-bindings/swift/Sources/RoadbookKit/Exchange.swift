// The exchange. Swift's cancellation does not reach the core by itself, so each of these passes it on.

extension Roadbook {
    /// Exchanges with the server until nothing is left to exchange, and tells `progress` how far it got after every
    /// answer. However it ends, what was exchanged stays, and the next call goes on from there. A cancelled task gets
    /// an answer that says so.
    ///
    /// A second call waits for the first. Editing goes on meanwhile.
    @discardableResult
    public func sync(
        with server: Server, progress: (@Sendable (SyncReport) -> Void)? = nil
    ) async throws(SyncError) -> Synced {
        try await cancellable { token in
            try await self.sync(server: server, listener: progress.map(Progress.init), cancel: token)
        }
    }

    /// The same within a budget, for the time that the system gives to an app in the background. It ends between two
    /// answers and says whether there is more.
    @discardableResult
    public func backgroundSync(with server: Server, budget: Budget) async throws(SyncError) -> Synced {
        try await cancellable { token in
            try await self.backgroundSync(server: server, budget: budget, cancel: token)
        }
    }

    /// For the time that the app is in front: syncs at once, whenever the server has news and whenever the user
    /// edits, until its task is cancelled or the app pauses. Where the network is gone it comes back by itself.
    @discardableResult
    public func live(
        with server: Server, progress: (@Sendable (SyncReport) -> Void)? = nil
    ) async throws(SyncError) -> SyncEnd {
        try await cancellable { token in
            try await self.live(server: server, listener: progress.map(Progress.init), cancel: token)
        }
    }
}

private final class Progress: SyncListener {
    private let report: @Sendable (SyncReport) -> Void

    init(report: @escaping @Sendable (SyncReport) -> Void) { self.report = report }

    func onProgress(report: SyncReport) { self.report(report) }
}

/// A call that Swift's cancellation ends.
func cancellable<Value: Sendable>(
    _ call: @Sendable (CancelToken) async throws -> Value
) async throws(SyncError) -> Value {
    let token = CancelToken()
    return try await exchanged {
        try await withTaskCancellationHandler {
            try await call(token)
        } onCancel: {
            token.cancel()
        }
    }
}

/// A call of the network, whose errors are of one type.
func exchanged<Value: Sendable>(_ call: @Sendable () async throws -> Value) async throws(SyncError) -> Value {
    do {
        return try await call()
    } catch let error as SyncError {
        throw error
    } catch {
        // A panic in the core, and what the generated code calls internal.
        throw SyncError.Local(error: ApiError.Internal(detail: String(describing: error)))
    }
}
