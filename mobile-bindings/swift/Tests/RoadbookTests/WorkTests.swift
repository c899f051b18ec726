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
            made.id,
            edits: [
                .rename(name: "Bakery Kovács"),
                .addEntry(kind: "call", at: nil, text: "They like red.", person: nil, place: ""),
            ])
        let today = try await roadbook.today().todos
        #expect(today.map(\.text) == ["Call"] && today.map(\.cardName) == ["Bakery Kovács"])
        try await roadbook.closeTodo(made.made[0], of: made.id)
        let view = try await roadbook.card(made.id)
        #expect(view.todos[0].closings.map(\.outcome) == [.success])
        #expect(view.entries.map(\.text) == ["They like red."])
        #expect(try await roadbook.history(of: made.id).count == 3)
        #expect(try await roadbook.unsentCount() == 3)
        try await roadbook.editCard(made.id, edits: [.trash])
        #expect(try await roadbook.trashedCards(of: view.product!).map(\.id) == [made.id])
    }

    @Test("Fields have values of their kinds")
    func fields() async throws {
        let phone = try await Phone.local()
        let roadbook = phone.roadbook
        let sales = try #require(try await roadbook.settings().products.first { $0.kind == .sales })
        #expect(sales.fields.count > 3)
        let lead = NewCard(product: sales.id, name: "Lead", status: nil, owner: .me, edits: [])
        let made = try await roadbook.createCard(lead)
        func value(_ field: FieldId) async throws -> FieldValue? {
            try await roadbook.card(made.id).fields.first { $0.field == field }?.value
        }
        for field in sales.fields {
            let wanted: FieldValue
            switch field.kind {
            case .text: wanted = .text(text: "A word")
            case .number: wanted = .number(number: "-1.5")
            case .amount: wanted = .amount(amount: "1990", currency: "HUF")
            case .day: wanted = .day(day: "2026-11-29")
            case .flag: wanted = .flag
            case .dayTime: wanted = .dayTime(at: "2026-11-29T09:00[Europe/Budapest]")
            case .user:
                let me = try #require(try await roadbook.me())
                wanted = .user(user: me.user)
            case .email: wanted = .email(email: "anna@example.com")
            case .phone: wanted = .phone(phone: "+36 1 234 5678")
            case .url: wanted = .url(url: "https://example.com/menu")
            case .choice(let options, let multiple):
                wanted = multiple ? .choices(options: [options[0].key]) : .choice(option: options[0].key)
            case .longText:
                try await roadbook.editCard(made.id, edits: [.editText(field: field.id, text: "Two\nlines")])
                #expect(try await value(field.id) == .text(text: "Two\nlines"))
                continue
            case .other: throw Failure("a kind that this version does not know")
            }
            try await roadbook.editCard(made.id, edits: [.setField(field: field.id, value: wanted)])
            #expect(try await value(field.id) == wanted, "\(field.name)")
            let wrong: FieldValue = wanted == .flag ? .text(text: "x") : .flag
            await #expect(throws: ApiError.Invalid(reason: .wrongForm)) {
                try await roadbook.editCard(made.id, edits: [.setField(field: field.id, value: wrong)])
            }
            try await roadbook.editCard(made.id, edits: [.setField(field: field.id, value: nil)])
            #expect(try await value(field.id) == nil)
        }
    }

    @Test("Contacts are found by their names, and their cards by them")
    func contacts() async throws {
        let phone = try await Phone.local()
        let roadbook = phone.roadbook
        let detail = ContactEdit.addDetail(sort: .phone, label: "work", value: "+36 1 234 5678")
        let contact = try await roadbook.createContact(
            NewContact(sort: .person, givenName: "Éva", familyName: "Kis", edits: [detail])
        ).id
        #expect(try await roadbook.contacts(matching: "kis eva").map(\.id) == [contact])
        #expect(try await roadbook.contacts(matching: "nobody").isEmpty)
        let card = try await phone.card([.link(role: "customer", target: contact)]).id
        #expect(try await roadbook.cardsOfContact(contact).map(\.id) == [card])
        #expect(try await roadbook.contact(contact).details.map(\.value) == ["+36 1 234 5678"])
    }

    @Test("A card moves by the ways that there are, and the board counts it")
    func moves() async throws {
        let phone = try await Phone.local()
        let roadbook = phone.roadbook
        let product = try await phone.product()
        let card = try await phone.card().id
        let last = try #require(product.statuses.last).id
        let ways = try await roadbook.movesTo(last, of: card)
        #expect(ways.count == 1)
        try await roadbook.editCard(card, edits: ways[0].edits)
        #expect(try await roadbook.card(card).status == last)
        #expect(try await roadbook.statusCounts(of: product.id).first { $0.status == last }?.cards == 1)
        let query = BoardQuery(
            product: product.id, assignee: nil, status: nil, text: "bakery", offset: 0, limit: 10)
        #expect(try await roadbook.board(query).cards.map(\.id) == [card])
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
        try await widget.closeTodo(todo.id.todo, of: todo.id.card)
        roadbook.resume()
        #expect(try await seen.next()?.todos.count == 0)
    }

    @Test("Who watches goes on when a reading is interrupted, which was meant for a search")
    func interrupted() async throws {
        let phone = try await Phone.local()
        let turns = Turns()
        let seen = phone.roadbook.updates(
            where: { _ in false },
            read: {
                if await turns.next() == 1 { throw ApiError.Interrupted }
                return try await phone.roadbook.unsentCount()
            })
        for try await unsent in seen {
            #expect(unsent == 0)
            break
        }
    }

    @Test("A search that nobody waits for any more ends, and the next one does not", .timeLimit(.minutes(1)))
    func interruptedSearch() async throws {
        let phone = try await Phone.local()
        let roadbook = phone.roadbook
        let card = try await phone.card().id
        for first in stride(from: 0, to: 2_000, by: 500) {
            let todos = (first..<first + 500).map { number in
                CardEdit.addTodo(text: "Call number \(number)", due: nil, assignee: .me, contact: nil)
            }
            try await roadbook.editCard(card, edits: todos)
        }
        // One that comes between two searches is lost on both, so there are many.
        let typing = Task {
            while !Task.isCancelled {
                roadbook.interrupt()
                await Task.yield()
            }
        }
        let error = await failure(of: { () async throws -> Void in
            while true {
                try Task.checkCancellation()
                _ = try await roadbook.search("nowhere")
            }
        })
        typing.cancel()
        await typing.value
        #expect(error as? ApiError == .Interrupted)
        #expect(try await roadbook.search("number 1999").todos.map(\.todo.text) == ["Call number 1999"])
    }

    @Test("Each row of a list has an id, and the same todo the same one wherever it is found")
    func ids() async throws {
        let phone = try await Phone.local()
        let made = try await phone.card([.addTodo(text: "Call", due: "2020-01-01", assignee: .me, contact: nil)])
        let today = try await phone.roadbook.today().todos
        #expect(try await phone.roadbook.search("call").todos.map(\.id) == today.map(\.id))
        let product = try await phone.product()
        let counts = try await phone.roadbook.statusCounts(of: product.id)
        #expect(Set(counts.map(\.id)).count == counts.count)
        #expect(try await phone.roadbook.card(made.id).todos.map(\.id) == made.made)
    }

    @Test("A todo that is put off has another place in Today, and is the same to a list")
    func identity() async throws {
        let phone = try await Phone.local()
        let made = try await phone.card(
            ["First", "Second"].map { .addTodo(text: $0, due: "2020-01-01", assignee: .me, contact: nil) })
        let before = try await phone.roadbook.today().todos.map(\.id)
        let first = made.made[0]
        try await phone.roadbook.editCard(made.id, edits: [.postpone(todo: first, due: "2020-01-02")])
        let after = try await phone.roadbook.today().todos
        #expect(after.map(\.text) == ["Second", "First"] && Set(after.map(\.id)) == Set(before))
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
                        try await roadbook.editCard(made.id, edits: [.rename(name: "Bakery \(n) \(turn)")])
                        _ = try await roadbook.today()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await roadbook.card(made.id).name.hasPrefix("Bakery "))
    }

    private actor Turns {
        private var last = 0

        func next() -> Int {
            last += 1
            return last
        }
    }
}
