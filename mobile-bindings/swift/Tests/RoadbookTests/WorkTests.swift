import Foundation
import RoadbookKit
import Testing

@Suite("A day of work on one phone")
struct WorkTests {
    @Test("A card is made, edited, closed and trashed, and its history tells")
    func cards() async throws {
        let phone = try await Phone.local()
        let roadbook = phone.roadbook
        let made = try await phone.card([.addTodo(text: "Call", due: "2020-01-01", assignee: .me, contact: nil)])
        try await roadbook.editCard(
            card: made.id,
            edits: [
                .rename(name: "Bakery Kovács"),
                .addEntry(kind: "call", at: nil, text: "They like red.", person: nil, place: ""),
            ])
        let today = try await roadbook.today().todos
        #expect(today.map(\.text) == ["Call"] && today.map(\.cardName) == ["Bakery Kovács"])
        try await roadbook.closeTodo(card: made.id, todo: made.made[0])
        let view = try await roadbook.card(card: made.id)
        #expect(view.todos[0].closings.map(\.outcome) == [.success])
        #expect(view.entries.map(\.text) == ["They like red."])
        #expect(try await roadbook.history(document: made.id).count == 3)
        #expect(try await roadbook.unsentCount() == 3)
        try await roadbook.editCard(card: made.id, edits: [.trash])
        #expect(try await roadbook.trashedCards(product: view.product!).map(\.id) == [made.id])
    }

    @Test("Fields have values of their kinds")
    func fields() async throws {
        let phone = try await Phone.local()
        let roadbook = phone.roadbook
        let sales = try #require(try await roadbook.settings().products.first { $0.kind == .sales })
        #expect(sales.fields.count > 3)
        let lead = NewCard(product: sales.id, name: "Lead", status: nil, owner: .me, edits: [])
        let made = try await roadbook.createCard(card: lead)
        func value(_ field: FieldId) async throws -> FieldValue? {
            try await roadbook.card(card: made.id).fields.first { $0.field == field }?.value
        }
        for field in sales.fields {
            let wanted: FieldValue
            switch field.kind {
            case .text: wanted = .text(text: "A word")
            case .number: wanted = .number(number: "-1.5")
            case .amount: wanted = .amount(amount: "1990", currency: "HUF")
            case .day: wanted = .day(day: "2026-11-29")
            case .flag: wanted = .flag
            case .choice(let options, let multiple):
                wanted = multiple ? .choices(options: [options[0].key]) : .choice(option: options[0].key)
            case .longText:
                try await roadbook.editCard(card: made.id, edits: [.editText(field: field.id, text: "Two\nlines")])
                #expect(try await value(field.id) == .text(text: "Two\nlines"))
                continue
            case .other: throw Failure("a kind that this version does not know")
            }
            try await roadbook.editCard(card: made.id, edits: [.setField(field: field.id, value: wanted)])
            #expect(try await value(field.id) == wanted, "\(field.name)")
            let wrong: FieldValue = wanted == .flag ? .text(text: "x") : .flag
            await #expect(throws: ApiError.Invalid(reason: .wrongForm)) {
                try await roadbook.editCard(card: made.id, edits: [.setField(field: field.id, value: wrong)])
            }
            try await roadbook.editCard(card: made.id, edits: [.setField(field: field.id, value: nil)])
            #expect(try await value(field.id) == nil)
        }
    }

    @Test("Who watches Today is told of edits, and goes on after a pause")
    func watching() async throws {
        let phone = try await Phone.local()
        let roadbook = phone.roadbook
        var seen = roadbook.todayUpdates().makeAsyncIterator()
        #expect(try await seen.next()?.todos.count == 0)
        try await phone.card([.addTodo(text: "Call", due: "2020-01-01", assignee: .me, contact: nil)])
        #expect(try await seen.next()?.todos.count == 1)
        try await roadbook.pause()
        await #expect(throws: ApiError.Paused) { try await roadbook.today() }
        // A widget closes it meanwhile.
        let widget = try await phone.widget()
        let todo = try #require(try await widget.today().todos.first)
        try await widget.closeTodo(card: todo.id.card, todo: todo.id.todo)
        roadbook.resume()
        #expect(try await seen.next()?.todos.count == 0)
    }

    @Test("Bad input is refused by its kind, and nothing of it is stored")
    func badInput() async throws {
        let phone = try await Phone.local()
        let roadbook = phone.roadbook
        let made = try await phone.card()
        await #expect(throws: ApiError.Invalid(reason: .textTooLong(mostBytes: 2_000))) {
            try await roadbook.editCard(
                card: made.id, edits: [.rename(name: String(repeating: "x", count: 10 << 20))])
        }
        await #expect(throws: ApiError.Invalid(reason: .empty)) {
            try await roadbook.editCard(
                card: made.id, edits: [.addTodo(text: "", due: nil, assignee: .me, contact: nil)])
        }
        await #expect(throws: ApiError.NotFound(what: .document)) {
            try await roadbook.card(card: "00000000-0000-7000-8000-000000000000")
        }
        await #expect(throws: ApiError.self) { try await roadbook.card(card: "no id\0") }
        #expect(try await roadbook.card(card: made.id).name == "Bakery")
        #expect(try await roadbook.unsentCount() == 1)
    }

    @Test("Many tasks work at once")
    func concurrency() async throws {
        let phone = try await Phone.local()
        let roadbook = phone.roadbook
        let made = try await phone.card()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for n in 0..<16 {
                group.addTask {
                    for turn in 0..<20 {
                        try await roadbook.editCard(card: made.id, edits: [.rename(name: "Bakery \(n) \(turn)")])
                        _ = try await roadbook.today()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await roadbook.card(card: made.id).name.hasPrefix("Bakery "))
    }
}
