import Foundation

// The account. A task that is cancelled throws `Cancelled`: nobody is signed in then, and a local workspace is local.
// A sign-out goes on: what it deletes is deleted at once, and the server has its word within the time that the network
// may take.

extension Roadbook {
    /// Signs in; from then on ``sync(with:progress:)`` can exchange.
    @discardableResult
    public func signIn(
        to server: Server, email: String, password: String, device: Device
    ) async throws(SyncError) -> Identity {
        try await cancellable { token in
            try await self.signIn(server: server, email: email, password: password, device: device, cancel: token)
        }
    }

    /// Makes a local workspace an account's: signs in, and does everything in it again in the account's name, in order
    /// and with its times. Sync then, which sends it. Cut off anywhere it is local, or wholly attached.
    ///
    /// What cards have and the account has not is asked (`Attached.open`): nothing has changed then, and the call is
    /// made again with `products` and `statuses` answered.
    public func attach(
        to server: Server, email: String, password: String, device: Device,
        products: [ProductAnswer] = [], statuses: [StatusAnswer] = []
    ) async throws(SyncError) -> Attached {
        try await cancellable { token in
            try await self.attach(
                server: server, email: email, password: password, device: device, products: products,
                statuses: statuses, cancel: token)
        }
    }

    /// Uses up a code for one time, which an administrator made: the user has this password from then on, and is signed
    /// in here and nowhere else.
    @discardableResult
    public func enrol(
        at server: Server, code: String, password: String, device: Device
    ) async throws(SyncError) -> Identity {
        try await cancellable { token in
            try await self.enrol(
                server: server, code: code, password: password, device: device, cancel: token)
        }
    }

    /// Signs out: everything of the user leaves the device. Throws `Unsent` if the server has not everything, unless
    /// forced: then it stays here encrypted, and the same user gets it back by signing in.
    public func signOut(from server: Server, force: Bool = false) async throws(SyncError) {
        try await exchanged { try await self.signOut(server: server, force: force) }
    }

    /// The user's devices, in the order in which they were first signed in on, those that were shut out included.
    public func devices(at server: Server) async throws(SyncError) -> [DeviceView] {
        try await exchanged { try await self.devices(server: server) }
    }

    /// Ends the sessions of a device for good: a phone that was lost. What it had not sent it may still hand in, for a
    /// manager to review. Of this very device: with its next call it hands in what is unsent, and its file is empty.
    /// Throws `Refused` with `not_found` for one of somebody else, unless the user is an administrator.
    public func revokeDevice(_ device: DeviceId, at server: Server) async throws(SyncError) {
        try await exchanged { try await self.revokeDevice(server: server, device: device) }
    }

    /// Asks the server's JSON API in the user's name: settings, users, devices. `path` is that of a route, below `/v1/`;
    /// `body` is JSON, of a request that has any. Where the server says no, its word is the answer.
    public func ask(
        _ server: Server, _ method: HttpMethod, _ path: String, body: String? = nil
    ) async throws(SyncError) -> Reply {
        try await exchanged { try await self.ask(server: server, method: method, path: path, body: body) }
    }
}

extension Device {
    /// A secret for an installation that has none yet: 32 random bytes. Keep it where no backup reaches, as in the
    /// Keychain with `ThisDeviceOnly`.
    public static func newSecret() -> Data { Data((0..<32).map { _ in UInt8.random(in: .min ... .max) }) }
}
