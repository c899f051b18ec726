import Foundation
import RoadbookKit
import Testing

/// No call of an app is known to make the core panic. A debug build does in the middle of every change while a file
/// beside the database asks for it.
@Suite("A panic in the core is a typed error and costs its call alone")
struct PanicTests {
    private let folder: TemporaryFolder
    private let roadbook: Roadbook

    init() async throws {
        folder = try TemporaryFolder()
        roadbook = try await Roadbook.opened(folder.path("roadbook.db"))
    }

    @Test("An edit that panics leaves nothing, and the handle goes on and can be opened again")
    func edit() async throws {
        try await roadbook.beginLocalWorkspace(zone: "Europe/Budapest", locale: "en-GB")
        let card = try await makeCard()
        try await panicking {
            let error = await failure(of: { try await roadbook.editCard(card, edits: [.rename(name: "Red")]) })
            #expect(isPanic(error as? ApiError))
            let other = await failure(of: { try await makeCard() })
            #expect(isPanic(other as? ApiError))
            let view = try await roadbook.card(card)
            #expect(view.name == "Bakery")
        }
        #expect(try await roadbook.unsentCount() == 1)
        try await roadbook.editCard(card, edits: [.rename(name: "Green")])
        try await roadbook.check()
        try await isWhole(card, name: "Green", unsent: 2)
    }

    @Test("A sync that panics goes on with the next call, and nothing of it is lost")
    func sync() async throws {
        let firm = try Firm()
        let server = try Server(address: firm.address)
        let device = Device(platform: "ios", name: "A phone", installSecret: .random(32))
        try await roadbook.signIn(to: server, email: Firm.admin, password: Firm.password, device: device)
        try await roadbook.sync(with: server)
        let card = try await makeCard()
        // The next sync makes a change of it.
        try await roadbook.noteOpened(card)
        try await panicking {
            let synced = await failure(of: { try await roadbook.sync(with: server) })
            #expect(isPanic(own(synced)))
            let live = await failure(of: { try await roadbook.live(with: server) })
            #expect(isPanic(own(live)))
        }
        #expect(try await roadbook.unsentCount() == 1)
        #expect(try await roadbook.sync(with: server).end == .done)
        try await isWhole(card, name: "Bakery", unsent: 0)
    }

    /// Asks the core to panic meanwhile.
    private func panicking(_ test: () async throws -> Void) async throws {
        let asks = URL(fileURLWithPath: folder.path("roadbook.db.panic-for-a-test"))
        try Data().write(to: asks)
        try await test()
        try FileManager.default.removeItem(at: asks)
    }

    private func isPanic(_ error: ApiError?) -> Bool {
        if case .Internal(let detail)? = error { detail.contains("a panic for a test") } else { false }
    }

    /// The device's own part of what a call of the network throws.
    private func own(_ error: (any Error)?) -> ApiError? {
        if case .Local(let own)? = error as? SyncError { own } else { nil }
    }

    private func makeCard() async throws -> DocumentId {
        let product = try await roadbook.settings().products.first { $0.kind == .projects }!.id
        let card = NewCard(product: product, name: "Bakery", status: nil, owner: .me, edits: [])
        return try await roadbook.createCard(card).id
    }

    /// By another handle, too.
    private func isWhole(_ card: DocumentId, name: String, unsent: UInt64) async throws {
        let again = try await Roadbook.opened(folder.path("roadbook.db"))
        for handle in [roadbook, again] {
            #expect(try await handle.card(card).name == name)
            #expect(try await handle.unsentCount() == unsent)
        }
    }
}
