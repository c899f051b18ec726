import RoadbookKit
import Testing

@Suite("A local workspace and an account")
struct AttachTests {
    @Test("It becomes the account's with all that is in it, and everybody has it")
    func whole() async throws {
        let firm = try Firm()
        let server = try Server(address: firm.address)
        let colleague = try await Phone.signedIn(to: server)
        let phone = try await Phone.local()
        let roadbook = phone.roadbook
        let contact = try await roadbook.createContact(
            NewContact(sort: .person, givenName: "Éva", familyName: "Kis", edits: [])
        ).id
        let made = try await phone.card([
            .link(role: "customer", target: contact),
            .addTodo(text: "Call", due: "2020-01-02", assignee: .me, contact: contact),
        ])
        try await roadbook.closeTodo(try #require(made.made.last), of: made.id)
        try await roadbook.editCard(
            made.id, edits: [.addEntry(kind: "visit", at: nil, text: "Red.", person: contact, place: "")])
        try await roadbook.setFavourite(made.id, isFavourite: true)
        let (before, history) = (try await roadbook.card(made.id), try await times(phone, made.id))

        guard case .done(let anna) = try await attach(phone, to: server) else {
            Issue.record("it asks what the account has")
            return
        }
        #expect(try await roadbook.me() == anna && anna.org != nil)
        #expect(try await roadbook.unsentCount() == 5)
        #expect(try await roadbook.sync(with: server).end == .done)
        #expect(try await roadbook.unsentCount() == 0)
        #expect(try await roadbook.quarantine().isEmpty)
        #expect(try await roadbook.favourites() == [made.id])

        try await colleague.roadbook.sync(with: server)
        for device in [phone, colleague] {
            let view = try await device.roadbook.card(made.id)
            #expect(view.name == before.name && view.owner == anna.user && view.status == before.status)
            #expect(view.todos.map(\.text) == ["Call"] && view.todos[0].closings.map(\.by) == [anna.user])
            #expect(view.entries.map(\.text) == ["Red."] && view.entries.map(\.at) == before.entries.map(\.at))
            #expect(view.links.map(\.target) == [contact])
            #expect(try await times(device, made.id) == history)
            #expect(try await device.roadbook.contact(contact).familyName == "Kis")
        }
        await #expect(throws: SyncError.OtherUser) { try await attach(phone, to: server) }
    }

    @Test("What the account has not is asked first, and nothing has changed until all is answered")
    func questions() async throws {
        // As on a server whose organisation is older than a product that the app comes with.
        let firm = try Firm(change: { database in
            try sqlite("delete from settings where product_id = x'00000000000000000000000000000002'", in: database)
        })
        let server = try Server(address: firm.address)
        let phone = try await Phone.local()
        let (local, projects) = (try await phone.roadbook.settings().products, try await phone.product())
        let sales = try #require(local.first { $0.kind == .sales })
        let before = try await phone.roadbook.card(try await phone.card().id)

        let asked = try await attach(phone, to: server)
        guard case .open(let questions) = asked,
            case .product(projects.id, projects.name, let products)? = questions.first
        else {
            Issue.record("\(asked)")
            return
        }
        let others = local.filter { $0.id != projects.id }.map { ProductChoice(id: $0.id, name: $0.name) }
        #expect(questions.count == 1 && products == others)
        // Then what the card's status becomes among those of that product.
        let product = ProductAnswer(product: projects.id, becomes: sales.id)
        let again = try await attach(phone, to: server, products: [product])
        guard case .open(let more) = again, case .status(before.status, let name, let statuses)? = more.first else {
            Issue.record("\(again)")
            return
        }
        #expect(more.count == 1 && name == projects.statuses.first { $0.id == before.status }?.name)
        #expect(statuses == sales.statuses.map { StatusChoice(id: $0.id, name: $0.name) })
        #expect(try await phone.roadbook.me()?.org == nil)
        #expect(try await phone.roadbook.card(before.id) == before)
        #expect(try await phone.roadbook.unsentCount() == 1)

        let status = StatusAnswer(status: try #require(before.status), becomes: sales.statuses[1].id)
        let done = try await attach(phone, to: server, products: [product], statuses: [status])
        guard case .done = done else {
            Issue.record("\(done)")
            return
        }
        try await phone.roadbook.sync(with: server)
        let view = try await Phone.signedIn(to: server).roadbook.card(before.id)
        #expect(view.product == sales.id && view.name == "Bakery")
    }

    @Test("A wrong password and a server that is away leave it local and whole")
    func cutOff() async throws {
        let firm = try Firm()
        let server = try Server(address: firm.address)
        let phone = try await Phone.local()
        let before = try await phone.roadbook.card(try await phone.card().id)
        await #expect(throws: SyncError.BadCredentials) { try await attach(phone, to: server, password: "wrong") }
        firm.stop()
        await #expect(throws: SyncError.Unreachable(address: firm.address, retryAt: nil)) {
            try await attach(phone, to: server)
        }
        #expect(try await phone.roadbook.me()?.org == nil)
        #expect(try await phone.roadbook.card(before.id) == before)
        #expect(try await phone.roadbook.unsentCount() == 1)
    }

    private func attach(
        _ phone: Phone, to server: Server, password: String = Firm.password, products: [ProductAnswer] = [],
        statuses: [StatusAnswer] = []
    ) async throws -> Attached {
        try await phone.roadbook.attach(
            to: server, email: Firm.admin, password: password, device: phone.device, products: products,
            statuses: statuses)
    }

    private func times(_ phone: Phone, _ card: DocumentId) async throws -> [Timestamp] {
        try await phone.roadbook.history(of: card).map(\.at)
    }
}
