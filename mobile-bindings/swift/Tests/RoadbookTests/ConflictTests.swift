import RoadbookKit
import Testing

@Suite("What two phones wrote at once")
struct ConflictTests {
    private let firm: Firm
    private let server: Server
    private let (phone, tablet): (Phone, Phone)

    init() async throws {
        firm = try Firm()
        server = try Server(address: firm.address)
        (phone, tablet) = (try await .signedIn(to: server), try await .signedIn(to: server))
    }

    @Test("Two names are a conflict on both phones, and whoever resolves it takes it off both")
    func names() async throws {
        let card = try await phone.card().id
        try await exchange(phone, tablet, with: server)
        try await phone.roadbook.editCard(card: card, edits: [.rename(name: "Red bakery")])
        try await tablet.roadbook.editCard(card: card, edits: [.rename(name: "Green bakery")])
        #expect(try await phone.roadbook.syncState(document: card) == .here)
        try await exchange(phone, tablet, with: server)

        let conflict = try #require(try await phone.roadbook.conflicts(document: card).first)
        #expect(conflict.place == .name)
        #expect(Set([conflict.shown] + conflict.others) == ["Red bakery", "Green bakery"])
        for device in [phone, tablet] {
            let view = try await device.roadbook.card(card: card)
            #expect(view.conflicts == [conflict] && view.name == conflict.shown && view.sync == .stored)
        }

        try await tablet.roadbook.resolve(document: card, conflict: conflict, value: "Red and green bakery")
        #expect(try await tablet.roadbook.conflicts(document: card).isEmpty)
        try await exchange(tablet, phone, with: server)
        for device in [phone, tablet] {
            let view = try await device.roadbook.card(card: card)
            #expect(view.conflicts.isEmpty && view.name == "Red and green bakery")
        }
    }

    @Test("Two dues name their todo, and one of them or another day resolves the conflict")
    func dues() async throws {
        let made = try await phone.card([.addTodo(text: "Call", due: "2020-01-01", assignee: .me, contact: nil)])
        let (card, todo) = (made.id, made.made[0])
        try await exchange(phone, tablet, with: server)
        try await phone.roadbook.editCard(card: card, edits: [.postpone(todo: todo, due: "2030-01-01")])
        try await tablet.roadbook.editCard(card: card, edits: [.postpone(todo: todo, due: "2031-01-01")])
        try await exchange(phone, tablet, with: server)

        let conflict = try #require(try await phone.roadbook.conflicts(document: card).first)
        #expect(conflict.place == .todo(todo: todo, part: "due"))
        #expect(Set([conflict.shown] + conflict.others) == ["2030-01-01", "2031-01-01"])
        await #expect(throws: ApiError.Invalid(reason: .wrongForm)) {
            try await phone.roadbook.resolve(document: card, conflict: conflict, value: "some day")
        }
        #expect(try await phone.roadbook.conflicts(document: card) == [conflict])
        try await phone.roadbook.resolve(document: card, conflict: conflict, value: conflict.others[0])
        try await exchange(phone, tablet, with: server)
        for device in [phone, tablet] {
            let view = try await device.roadbook.card(card: card)
            #expect(view.conflicts.isEmpty && view.todos.map(\.due) == [conflict.others[0]])
        }
    }
}
