import Foundation
import RoadbookKit
import Testing

@Suite("Bad input is refused by its kind, and nothing of it is stored")
struct BadInputTests {
    private let phone: Phone
    private let card: DocumentId
    private let todo: PartId
    /// The text of an id that no product, status or user has.
    private let nowhere = "00000000-0000-0000-0000-0000000000ee"

    init() async throws {
        phone = try await .local()
        let made = try await phone.card([.addTodo(text: "Call", due: nil, assignee: .me, contact: nil)])
        (card, todo) = (made.id, made.made[0])
    }

    @Test("A text of 10 MB is too long, wherever it is to go")
    func long() async throws {
        let long = String(repeating: "x", count: 10 << 20)
        let edits: [CardEdit] = [
            .rename(name: long), .rewordTodo(todo: todo, text: long),
            .addTodo(text: long, due: nil, assignee: .me, contact: nil),
            .addEntry(kind: "visit", at: nil, text: long, person: nil, place: ""),
            .addEntry(kind: "visit", at: nil, text: "Red.", person: nil, place: long),
        ]
        for edit in edits { try await refused(.textTooLong(mostBytes: 2_000), edit) }
        let contact = NewContact(sort: .person, givenName: long, familyName: "Kis", edits: [])
        await #expect(throws: ApiError.Invalid(reason: .textTooLong(mostBytes: 2_000))) {
            try await phone.roadbook.createContact(contact)
        }
        #expect(try await phone.roadbook.search(long).cards.isEmpty)
        #expect(try await phone.roadbook.contacts(matching: long).isEmpty)
        try await isAsItWas()
    }

    @Test("What is empty or not of its form says so")
    func form() async throws {
        try await refused(.empty, .addTodo(text: "", due: nil, assignee: .me, contact: nil))
        try await refused(.empty, .addEntry(kind: "", at: nil, text: "Red.", person: nil, place: ""))
        try await refused(.linkRole, .link(role: "Big boss", target: card))
        try await isAsItWas()
    }

    @Test("An id of another file, card or kind is not found")
    func foreign() async throws {
        let roadbook = phone.roadbook
        let other = try await Phone.local()
        let made = try await other.card([.addTodo(text: "Call", due: nil, assignee: .me, contact: nil)])
        await #expect(throws: ApiError.NotFound(what: .document)) { try await roadbook.card(made.id) }
        await #expect(throws: ApiError.NotFound(what: .document)) { try await roadbook.contact(made.id) }
        await #expect(throws: ApiError.NotFound(what: .document)) { try await roadbook.history(of: made.id) }
        await #expect(throws: ApiError.NotFound(what: .document)) {
            // Of several cards all are edited, or none.
            try await roadbook.editCards([card, made.id], edits: [.trash])
        }
        await #expect(throws: ApiError.NotFound(what: .todo)) {
            try await roadbook.closeTodo(made.made[0], of: card)
        }
        for (missing, edit): (Missing, CardEdit) in [
            (.user, .setOwner(owner: UserId(nowhere))), (.status, .move(status: StatusId(nowhere))),
        ] {
            await #expect(throws: ApiError.NotFound(what: missing)) {
                try await roadbook.editCard(card, edits: [edit])
            }
        }
        await #expect(throws: ApiError.NotFound(what: .product)) {
            let new = NewCard(product: ProductId(nowhere), name: "Bakery", status: nil, owner: .me, edits: [])
            _ = try await roadbook.createCard(new)
        }
        await #expect(throws: ApiError.NotFound(what: .field)) {
            let fields = try await roadbook.settings().products.first { $0.kind == .sales }!.fields
            try await roadbook.editCard(card, edits: [.setField(field: fields[0].id, value: .flag)])
        }
        await #expect(throws: ApiError.NotFound(what: .quarantinedEdit)) { try await roadbook.reapply(7) }
        await #expect(throws: ApiError.Invalid(reason: .otherDocumentType(documentType: 1))) {
            try await roadbook.contact(card)
        }
        try await isAsItWas()
    }

    @Test("A text that is no id is malformed, and the handle goes on")
    func noId() async throws {
        for text in ["", "no id", "\0", "\(card)\0", String(repeating: "0", count: 10 << 20)] {
            await #expect(throws: ApiError.Invalid(reason: .malformed)) {
                try await phone.roadbook.card(DocumentId(text))
            }
        }
        try await isAsItWas()
    }

    @Test("A NUL is a letter like others in a text, and none in a path")
    func nul() async throws {
        let roadbook = phone.roadbook
        let edits: [CardEdit] = [.rename(name: "Bak\0ery"), .rewordTodo(todo: todo, text: "\0")]
        try await roadbook.editCard(card, edits: edits)
        let view = try await roadbook.card(card)
        #expect(view.name == "Bak\0ery" && view.todos.map(\.text) == ["\0"])
        #expect(try await roadbook.search("bak\0ery").cards.map(\.id) == [card])
        let error = await failure(of: { try await Roadbook.opened("road\0book.db") })
        #expect(isInternal(error))
    }

    @Test("A date is kept to the millisecond, and one beyond all milliseconds becomes the nearest that they tell")
    func dates() async throws {
        let kept = [1_795_424_400.123, -0.001, 253_402_300_799.999].map(Date.init(timeIntervalSince1970:))
        let beyond = [Double.greatestFiniteMagnitude, .infinity, -.infinity, .nan]
        for date in kept + beyond.map(Date.init(timeIntervalSince1970:)) {
            let entry = CardEdit.addEntry(kind: "call", at: date, text: "Red.", person: nil, place: "")
            let made = try await phone.card([entry])
            let at = try #require(try await phone.roadbook.card(made.id).entries.first?.at)
            if kept.contains(date) {
                #expect(abs(at.timeIntervalSince(date)) < 0.000_5)
            } else {
                #expect(abs(at.timeIntervalSince1970) > 9e15)
            }
        }
    }

    private func refused(_ reason: Reason, _ edit: CardEdit) async throws {
        await #expect(throws: ApiError.Invalid(reason: reason)) {
            // With one that is fine: both or none.
            try await phone.roadbook.editCard(card, edits: [.rename(name: "Red bakery"), edit])
        }
    }

    private func isAsItWas() async throws {
        let view = try await phone.roadbook.card(card)
        #expect(view.name == "Bakery" && view.trash == .no && view.todos.map(\.text) == ["Call"])
        #expect(try await phone.roadbook.unsentCount() == 1)
        try await phone.roadbook.check()
    }
}
