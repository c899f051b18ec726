import Foundation
import RoadbookKit
import Testing

@Suite("In the background")
struct BudgetTests {
    private static let least = Budget(seconds: 20, bytes: 64 << 10)
    private let firm: Firm
    private let server: Server
    private let phone: Phone

    /// A firm with more than one answer holds on the least budget.
    init() async throws {
        firm = try Firm()
        let rows = (1...400).map { "Customer,\($0),customer\($0)@example.com,2026-01-12\n" }
        try firm.importCustomers("first_name,last_name,email,last_seen\n" + rows.joined())
        server = try Server(address: firm.address)
        phone = try Phone()
        try await phone.signIn(to: server)
    }

    @Test("A sync stays within its bytes, leaves what can be worked with, and the next ones go on")
    func bytes() async throws {
        let roadbook = phone.roadbook
        var (syncs, contacts) = (0, 0)
        while true {
            let synced = try await roadbook.backgroundSync(with: server, budget: Self.least)
            syncs += 1
            #expect(synced.report.bytesUp + synced.report.bytesDown <= Self.least.bytes, "\(synced)")
            #expect(synced.report.roundTrips > 0 && synced.report.counts.unusable == 0, "\(synced)")
            let now = try await whole()
            #expect(now > contacts, "\(synced)")
            contacts = now
            if synced.end == .done { break }
            #expect(synced.end == .budget)
            let progress = try #require(synced.report.progress)
            #expect(progress.done < progress.total, "\(synced)")
        }
        #expect(syncs > 1 && contacts == 400)
        #expect(try await roadbook.today(limit: 1).matching == 400)
    }

    @Test("Edits are sent within the budget, too, and none twice")
    func edits() async throws {
        let roadbook = phone.roadbook
        try await roadbook.sync(with: server)
        // What cannot be packed, three times the budget.
        let texts = (0..<140).map { _ in Data.random(1_400).base64EncodedString() }
        let card = try await phone.card().id
        for text in texts {
            let entry = CardEdit.addEntry(kind: "visit", at: nil, text: text, person: nil, place: "")
            try await roadbook.editCard(card, edits: [entry])
        }
        var unsent = [try await roadbook.unsentCount()]
        var end = SyncEnd.budget
        while end != .done {
            let synced = try await roadbook.backgroundSync(with: server, budget: Self.least)
            #expect(synced.report.bytesUp + synced.report.bytesDown <= Self.least.bytes, "\(synced)")
            end = synced.end
            unsent.append(try await roadbook.unsentCount())
        }
        #expect(unsent.count > 2 && unsent == unsent.sorted(by: >) && unsent.last == 0, Comment(rawValue: "\(unsent)"))
        let tablet = try await Phone.signedIn(to: server)
        #expect(try await Set(tablet.roadbook.card(card).entries.map(\.text)) == Set(texts))
        #expect(try await tablet.roadbook.history(of: card, limit: 200).count == 141)
    }

    @Test("Without any time it ends at once")
    func noTime() async throws {
        let synced = try await phone.roadbook.backgroundSync(
            with: server, budget: Budget(seconds: 0, bytes: Self.least.bytes))
        #expect(synced.end == .budget)
        #expect(try await whole() == 0)
    }

    @Test(
        "Where the server says nothing it ends when its time is over, and the next sync goes on",
        .timeLimit(.minutes(1)))
    func timeOver() async throws {
        let silence = try Silence()
        let nobody = try silence.server()
        let begun = ContinuousClock.now
        let synced = try await phone.roadbook.backgroundSync(
            with: nobody, budget: Budget(seconds: 1, bytes: Self.least.bytes))
        let took = begun.duration(to: .now)
        #expect(synced.end == .budget)
        // Without a budget it would wait for half a minute.
        #expect(took > .milliseconds(900) && took < .seconds(20), "\(took)")
        #expect(try await phone.roadbook.sync(with: server).end == .done)
    }

    /// How many contacts are here, after a look whether each can be opened and the file is sound.
    private func whole() async throws -> Int {
        try await phone.roadbook.check()
        let contacts = try await phone.roadbook.contacts(limit: 1_000)
        for contact in contacts {
            let view = try await phone.roadbook.contact(contact.id)
            #expect(view.details.count == 1 && view.givenName == "Customer")
        }
        return contacts.count
    }
}
