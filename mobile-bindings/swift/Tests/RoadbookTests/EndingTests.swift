import RoadbookKit
import Testing

/// Each would wait for half a minute if the app's word did not end it.
@Suite("A call of the network ends by the app's word", .timeLimit(.minutes(1)))
struct EndingTests {
    private let firm: Firm
    private let server: Server
    private let phone: Phone
    private let silence: Silence
    private let nobody: Server

    init() async throws {
        firm = try Firm()
        server = try Server(address: firm.address)
        phone = try await .signedIn(to: server)
        silence = try Silence()
        nobody = try silence.server()
    }

    @Test("A paused sync says so, every call says so until the app resumes, and then all goes on")
    func pause() async throws {
        let roadbook = phone.roadbook
        let running = phone.syncing(with: nobody)
        await silence.called()
        try await soon { try await roadbook.pause() }
        #expect(try await running.value == .paused)

        // A pause counts before the call, too.
        #expect(try await roadbook.sync(with: server).end == .paused)
        await #expect(throws: ApiError.Paused) { try await roadbook.today() }
        await #expect(throws: ApiError.Paused) { try await roadbook.unsentCount() }
        await #expect(throws: ApiError.Paused) { try await phone.card() }
        await #expect(throws: ApiError.Paused) { try await roadbook.poll() }
        await #expect(throws: SyncError.Local(error: .Paused)) { try await roadbook.signOut(from: server) }
        try await roadbook.pause()

        roadbook.resume()
        #expect(try await roadbook.sync(with: server).end == .done)
        try await phone.card()
        #expect(try await roadbook.unsentCount() == 1)
    }

    @Test("A cancelled task ends its sync at once, and another process can exchange")
    func cancel() async throws {
        for begin in [Phone.syncing, Phone.syncingInTheBackground, Phone.live] {
            let running = begin(phone)(nobody)
            await silence.called()
            running.cancel()
            #expect(try await soon { try await running.value } == .cancelled)
            // Whoever held the line would still be at it: `Elsewhere`.
            #expect(try await phone.widget().sync(with: server).end == .done)
        }
        #expect(try await phone.roadbook.sync(with: server).end == .done)
    }

    @Test("A task that is cancelled before its first step ends, too")
    func cancelledBefore() async throws {
        for _ in 0..<20 {
            let running = phone.syncing(with: nobody)
            running.cancel()
            #expect(try await soon { try await running.value } == .cancelled)
        }
        #expect(try await phone.roadbook.sync(with: server).end == .done)
    }

    @Test("A second sync waits for the first, and either can be cancelled alone")
    func second() async throws {
        let first = phone.syncing(with: nobody)
        await silence.called()
        let second = phone.syncing(with: server)
        let third = phone.syncing(with: server)
        third.cancel()
        first.cancel()
        #expect(try await soon { try await first.value } == .cancelled)
        #expect(try await soon { try await second.value } == .done)
        #expect(try await soon { try await third.value } == .cancelled)
    }

    @Test("A cancelled task ends a sign-in, an enrolment and an attach at once, and nobody is signed in")
    func entering() async throws {
        let (other, local) = (try Phone(), try await Phone.local())
        try await local.card()
        for enter in [Phone.enteringByPassword, Phone.enteringByCode, Phone.attaching] {
            for phone in [other, local] {
                let running = enter(phone)(nobody)
                await silence.called()
                running.cancel()
                let error = await failure(of: { try await soon { try await running.value } })
                #expect(error as? SyncError == .Cancelled)
                #expect(try await !phone.roadbook.isSignedIn())
            }
        }
        #expect(try await local.roadbook.me()?.org == nil)
        #expect(try await local.roadbook.unsentCount() == 1)
        try await other.signIn(to: server)
    }

    /// Without waiting for the network, which gives up after half a minute.
    private func soon<Value: Sendable>(_ call: () async throws -> Value) async throws -> Value {
        let begun = ContinuousClock.now
        let value = try await call()
        #expect(begun.duration(to: .now) < .seconds(20))
        return value
    }
}

extension Phone {
    fileprivate func syncingInTheBackground(with server: Server) -> Task<SyncEnd, any Error> {
        Task { try await roadbook.backgroundSync(with: server, budget: Budget(seconds: 600, bytes: 1 << 20)).end }
    }

    fileprivate func enteringByPassword(at server: Server) -> Task<Void, any Error> {
        Task { _ = try await signIn(to: server) }
    }

    fileprivate func enteringByCode(at server: Server) -> Task<Void, any Error> {
        Task { _ = try await roadbook.enrol(at: server, code: "A-B", password: Firm.password, device: device) }
    }

    fileprivate func attaching(to server: Server) -> Task<Void, any Error> {
        Task {
            _ = try await roadbook.attach(
                to: server, email: Firm.admin, password: Firm.password, device: device)
        }
    }
}
