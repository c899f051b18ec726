import RoadbookKit
import Testing

@Suite("While the app is in front", .timeLimit(.minutes(1)))
struct LiveTests {
    private let firm: Firm
    private let server: Server
    private let (phone, tablet): (Phone, Phone)

    init() async throws {
        firm = try Firm()
        server = try Server(address: firm.address)
        (phone, tablet) = (try await .signedIn(to: server), try await .signedIn(to: server))
    }

    @Test("What one phone writes arrives at the other by itself, and what that one answers comes back")
    func both() async throws {
        let card = try await phone.card().id
        try await exchange(phone, tablet, with: server)
        let lives = [phone, tablet].map { $0.live(with: server) }
        for (writer, reader, name) in [(phone, tablet, "Red bakery"), (tablet, phone, "Green bakery")] {
            try await writer.roadbook.editCard(card, edits: [.rename(name: name)])
            for try await view in reader.roadbook.cardUpdates(card) where view.name == name { break }
            for try await unsent in writer.roadbook.unsentCountUpdates() where unsent == 0 { break }
        }
        for live in lives {
            live.cancel()
            #expect(try await live.value == .cancelled)
        }
        // Now nobody sends.
        try await phone.roadbook.editCard(card, edits: [.rename(name: "Blue bakery")])
        #expect(try await phone.roadbook.unsentCount() == 1)
    }

    @Test("A pause ends it, and after the resume another one brings what came meanwhile")
    func paused() async throws {
        let (reports, told) = AsyncStream.makeStream(of: SyncReport.self)
        let first = Task { [phone, server] in try await phone.roadbook.live(with: server) { told.yield($0) } }
        let report = await reports.first { _ in true }
        #expect(try #require(report).roundTrips > 0)
        try await phone.roadbook.pause()
        #expect(try await first.value == .paused)

        try await tablet.card()
        try await tablet.roadbook.sync(with: server)
        phone.roadbook.resume()
        let second = phone.live(with: server)
        let product = try await phone.product().id
        let query = BoardQuery(product: product, assignee: nil, status: nil, text: nil, offset: 0, limit: 5)
        for try await board in phone.roadbook.boardUpdates(query) where !board.cards.isEmpty { break }
        second.cancel()
        #expect(try await second.value == .cancelled)
    }
}
