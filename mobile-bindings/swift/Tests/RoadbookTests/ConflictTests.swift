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
        try await phone.roadbook.editCard(card, edits: [.rename(name: "Red bakery")])
        try await tablet.roadbook.editCard(card, edits: [.rename(name: "Green bakery")])
        #expect(try await phone.roadbook.syncState(of: card) == .here)
        try await exchange(phone, tablet, with: server)

        let conflict = try #require(try await phone.roadbook.conflicts(of: card).first)
        #expect(conflict.place == .name)
        let names: Set<PlaceValue> = [.text(text: "Red bakery"), .text(text: "Green bakery")]
        #expect(Set([conflict.shown] + conflict.others) == names)
        for device in [phone, tablet] {
            let view = try await device.roadbook.card(card)
            #expect(view.conflicts == [conflict] && view.sync == .stored)
            #expect(conflict.shown == .text(text: view.name))
        }

        try await tablet.roadbook.resolve(conflict, of: card, with: .text(text: "Red and green bakery"))
        #expect(try await tablet.roadbook.conflicts(of: card).isEmpty)
        try await exchange(tablet, phone, with: server)
        for device in [phone, tablet] {
            let view = try await device.roadbook.card(card)
            #expect(view.conflicts.isEmpty && view.name == "Red and green bakery")
        }
    }

    @Test("Two dues name their todo, and one of them or another day resolves the conflict")
    func dues() async throws {
        let made = try await phone.card([.addTodo(text: "Call", due: "2020-01-01")])
        let (card, todo) = (made.id, made.made[0])
        try await exchange(phone, tablet, with: server)
        try await phone.roadbook.editCard(card, edits: [.postpone(todo: todo, due: "2030-01-01")])
        try await tablet.roadbook.editCard(card, edits: [.postpone(todo: todo, due: "2031-01-01")])
        try await exchange(phone, tablet, with: server)

        let conflict = try #require(try await phone.roadbook.conflicts(of: card).first)
        #expect(conflict.place == .todo(todo: todo, part: .due))
        let days: Set<PlaceValue> = [.due(due: "2030-01-01"), .due(due: "2031-01-01")]
        #expect(Set([conflict.shown] + conflict.others) == days)
        for wrong: PlaceValue in [.text(text: "2032-01-01"), .other(text: "some day"), .trashed] {
            await #expect(throws: ApiError.Invalid(reason: .wrongForm)) {
                try await phone.roadbook.resolve(conflict, of: card, with: wrong)
            }
        }
        #expect(try await phone.roadbook.conflicts(of: card) == [conflict])
        try await phone.roadbook.resolve(conflict, of: card, with: conflict.others[0])
        try await exchange(phone, tablet, with: server)
        for device in [phone, tablet] {
            let view = try await device.roadbook.card(card)
            let dues = view.todos.compactMap(\.due).map { PlaceValue.due(due: $0) }
            #expect(view.conflicts.isEmpty && dues == [conflict.others[0]])
        }
    }
}
