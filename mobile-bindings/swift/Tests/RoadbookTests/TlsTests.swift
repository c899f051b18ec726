import RoadbookKit
import Testing

/// The firm's server has a certificate of an authority that nobody else knows: `tests/data/tls`.
@Suite("A firm's own authority")
struct TlsTests {
    private let firm: Firm
    private let trusting: Server

    init() throws {
        firm = try Firm(tls: true)
        trusting = try Server.trusting(address: firm.address, trust: .only(pem: try Firm.authority()))
    }

    @Test("A phone that trusts it syncs, and is live", .timeLimit(.minutes(1)))
    func trusted() async throws {
        let (phone, tablet) = (try await Phone.signedIn(to: trusting), try await Phone.signedIn(to: trusting))
        let card = try await phone.card().id
        let live = phone.live(with: trusting)
        for try await unsent in phone.roadbook.unsentCountUpdates() where unsent == 0 { break }
        try await tablet.roadbook.sync(with: trusting)
        #expect(try await tablet.roadbook.card(card).name == "Bakery")
        live.cancel()
        #expect(try await live.value == .cancelled)
    }

    @Test("Any other phone says that the certificate is not trusted, and keeps what it has")
    func notTrusted() async throws {
        let phone = try await Phone.signedIn(to: trusting)
        try await phone.card()
        for trust in [Trust.bundled, .platform] {
            let other = try Server.trusting(address: firm.address, trust: trust)
            let newcomer = try Phone()
            await #expect(throws: SyncError.NotTrusted(address: firm.address, retryAt: nil)) {
                try await newcomer.signIn(to: other)
            }
            #expect(try await newcomer.roadbook.me() == nil)
            let error = await failure(of: { try await phone.roadbook.sync(with: other) }) as? SyncError
            guard case .NotTrusted(firm.address, .some)? = error else {
                Issue.record("\(trust): \(String(describing: error))")
                return
            }
            #expect(try await phone.roadbook.unsentCount() == 1)
        }
    }

    @Test("What is no certificate is refused before anybody is asked", arguments: ["", "no certificate"])
    func noCertificate(_ pem: String) {
        #expect(throws: AddressError.NoRoots) {
            try Server.trusting(address: firm.address, trust: .only(pem: pem))
        }
    }
}
