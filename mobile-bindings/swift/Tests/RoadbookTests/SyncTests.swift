import Foundation
import RoadbookKit
import Testing

@Suite("Phones and a real server")
struct SyncTests {
    @Test("A todo closed without a network leaves the other phone's Today after both synced")
    func closing() async throws {
        let firm = try Firm()
        // Whoever was met in January is to be called: the import makes a todo of it.
        try firm.importCustomers("first_name,last_name,company,last_seen\nÉva,Kis,Kávéház,2026-01-12\n")
        let server = try Server(address: firm.address)
        let (phone, tablet) = (try Phone(), try Phone())
        for device in [phone, tablet] {
            _ = try await device.signIn(to: server)
            let synced = try await device.roadbook.sync(with: server)
            #expect(synced.end == .done && synced.report.bytesDown > 0)
            let today = try await device.roadbook.today(limit: 10)
            #expect(today.todos.map(\.cardName) == ["Éva Kis (Kávéház)"])
        }

        let todo = try #require(try await phone.roadbook.today(limit: 10).todos.first)
        let changes = try await phone.roadbook.closeTodo(todo.id.todo, of: todo.id.card).changes
        #expect(changes.documents.contains(todo.id.card) && changes.lists.contains(.today))
        #expect(try await phone.roadbook.today(limit: 10).todos.isEmpty)
        #expect(try await phone.roadbook.unsentCount() == 1)

        try await phone.roadbook.sync(with: server)
        #expect(try await phone.roadbook.unsentCount() == 0)
        #expect(try await tablet.roadbook.today(limit: 10).matching == 1)
        try await tablet.roadbook.sync(with: server)
        #expect(try await tablet.roadbook.today(limit: 10).matching == 0)
    }

    @Test("A password that is not the user's lets nobody in")
    func wrongPassword() async throws {
        let firm = try Firm()
        let phone = try Phone()
        let server = try Server(address: firm.address)
        await #expect(throws: SyncError.BadCredentials) { try await phone.signIn(to: server, password: "wrong") }
        await #expect(throws: SyncError.SignInNeeded) { try await phone.roadbook.sync(with: server) }
        #expect(try await phone.signIn(to: server).org != nil)
    }

    @Test("A file is one user's: another one is told so, and the first goes on with all they have")
    func otherUser() async throws {
        let firm = try Firm()
        let server = try Server(address: firm.address)
        let phone = try await Phone.signedIn(to: server)
        let (anna, card) = (try await phone.roadbook.me(), try await phone.card().id)
        let bela = try await Phone.enrolled(try firm.add("bela@example.com"), at: server)
        await #expect(throws: SyncError.OtherUser) { try await phone.signIn(to: server, email: "bela@example.com") }
        #expect(try await phone.roadbook.me() == anna)
        #expect(try await phone.roadbook.unsentCount() == 1)
        try await exchange(phone, bela, with: server)
        #expect(try await bela.roadbook.card(card).owner == anna?.user)
        // Without an account somebody has made cards: they are attached, and not thrown away.
        let local = try await Phone.local()
        try await local.card()
        await #expect(throws: SyncError.OtherUser) { try await local.signIn(to: server) }
        #expect(try await local.roadbook.unsentCount() == 1)
    }

    @Test("While the server is away each sync says so, and the phone goes on")
    func away() async throws {
        let firm = try Firm()
        let phone = try Phone()
        let server = try Server(address: firm.address)
        _ = try await phone.signIn(to: server)
        try await phone.roadbook.sync(with: server)
        firm.stop()
        let error = await failure(of: { try await phone.roadbook.sync(with: server) })
        guard case .Unreachable(let address, let retryAt) = error as? SyncError else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(address == firm.address && retryAt != nil)
        #expect(try await phone.roadbook.today(limit: 10).todos.isEmpty)
    }
}
