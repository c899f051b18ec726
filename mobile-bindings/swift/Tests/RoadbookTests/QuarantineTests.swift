import RoadbookKit
import Testing

@Suite("Edits that could not be kept")
struct QuarantineTests {
    private let firm: Firm
    private let server: Server
    private let anna: Phone
    /// A colleague who sees their own cards alone.
    private let bela: Phone

    init() async throws {
        firm = try Firm()
        server = try Server(address: firm.address)
        anna = try await .signedIn(to: server)
        bela = try await .enrolled(try firm.add("bela@example.com", role: "restricted"), at: server)
        try await anna.roadbook.sync(with: server)
    }

    @Test("An edit of a card that was taken away can be read and discarded")
    func discarded() async throws {
        let edit = try await trashedWhileTakenAway()
        #expect(edit.title == "Bakery" && edit.writes == [WrittenView(place: .trash, value: .trashed)])
        #expect(edit.reason == .forgotten && !edit.isContact && edit.canReapply)
        await #expect(throws: ApiError.NotFound(what: .document)) {
            try await bela.roadbook.card(edit.document)
        }
        await #expect(throws: SyncError.Unsent(count: 0, quarantined: 1)) {
            try await bela.roadbook.signOut(from: server)
        }
        try await bela.roadbook.dismiss(edit.id)
        #expect(try await bela.roadbook.quarantine().isEmpty)
        await #expect(throws: ApiError.NotFound(what: .quarantinedEdit)) {
            try await bela.roadbook.dismiss(edit.id)
        }
        try await bela.roadbook.signOut(from: server)
        #expect(try await bela.roadbook.me() == nil)
    }

    @Test("Once the card is back the edit can be made again, and everybody has it")
    func reapplied() async throws {
        let edit = try await trashedWhileTakenAway()
        // There is nothing to make it in: it stays where it is.
        await #expect(throws: ApiError.NotFound(what: .document)) { try await bela.roadbook.reapply(edit.id) }
        #expect(try await bela.roadbook.quarantine() == [edit])

        try await give(edit.document, to: bela)
        try await bela.roadbook.sync(with: server)
        #expect(try await bela.roadbook.card(edit.document).trash == .no)
        #expect(try await bela.roadbook.reapply(edit.id).document == edit.document)
        #expect(try await bela.roadbook.quarantine().isEmpty)
        try await exchange(bela, anna, with: server)
        for phone in [anna, bela] {
            #expect(try await phone.roadbook.card(edit.document).trash == .trashed)
        }
    }

    @Test("What the server refuses has its reason, and what was written after it is kept")
    func refused() async throws {
        let hidden = try await anna.card().id
        let card = try await bela.card().id
        try await exchange(anna, bela, with: server)
        try await bela.roadbook.editCard(card, edits: [.link(role: "of", target: hidden)])
        try await bela.roadbook.editCard(card, edits: [.rename(name: "Béla's bakery")])
        try await bela.roadbook.sync(with: server)
        let edit = try #require(try await bela.roadbook.quarantine().first)
        #expect(edit.reason == .refused(code: "link_not_visible") && edit.document == card)
        #expect(edit.writes.map(\.value) == [.link(role: "of", target: hidden)])
        try await anna.roadbook.sync(with: server)
        for phone in [anna, bela] {
            let view = try await phone.roadbook.card(card)
            #expect(view.name == "Béla's bakery" && view.links.isEmpty)
        }
        // As long as it is still refused it comes back.
        try await bela.roadbook.reapply(edit.id)
        try await bela.roadbook.sync(with: server)
        #expect(try await bela.roadbook.quarantine().map(\.reason) == [edit.reason])
    }

    /// What is in Béla's quarantine when he threw a card away without a signal, while Anna took it from him.
    private func trashedWhileTakenAway() async throws -> QuarantinedEdit {
        let card = try await anna.card(owner: .user(id: user(of: bela))).id
        try await exchange(anna, bela, with: server)
        try await bela.roadbook.editCard(card, edits: [.trash])
        try await give(card, to: anna)
        try await bela.roadbook.sync(with: server)
        #expect(try await bela.roadbook.unsentCount() == 0)
        let quarantine = try await bela.roadbook.quarantine()
        #expect(quarantine.map(\.document) == [card])
        return try #require(quarantine.first)
    }

    private func give(_ card: DocumentId, to phone: Phone) async throws {
        try await anna.roadbook.editCard(card, edits: [.setOwner(owner: user(of: phone))])
        try await anna.roadbook.sync(with: server)
    }

    private func user(of phone: Phone) async throws -> UserId {
        try #require(try await phone.roadbook.me()).user
    }
}
