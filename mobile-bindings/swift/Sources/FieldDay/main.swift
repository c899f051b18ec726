// A day in field sales: what an app does from the first start to the evening. docs/mobile.md goes through it.
//
//   FieldDay FOLDER ADDRESS EMAIL PASSWORD
import Foundation
import RoadbookKit

let arguments = CommandLine.arguments.dropFirst()
guard arguments.count == 4 else {
    print("usage: FieldDay FOLDER ADDRESS EMAIL PASSWORD")
    exit(2)
}
let (folder, address, email, password) = (
    URL(fileURLWithPath: arguments[1]), arguments[2], arguments[3], arguments[4]
)
try await FieldDay(folder: folder).run(server: Server(address: address), email: email, password: password)

struct FieldDay {
    let folder: URL
    var file: String { folder.appendingPathComponent("roadbook.db").path }

    func run(server: Server, email: String, password: String) async throws {
        // [open]
        let roadbook = try await Roadbook.opened(file)
        // [open end]
        // [sign in]
        if try await !roadbook.isSignedIn() {
            let device = Device(platform: "ios", name: "Anna's phone", installSecret: try installSecret())
            try await roadbook.signIn(to: server, email: email, password: password, device: device)
        }
        // [sign in end]
        let today = showToday(roadbook)
        try await sync(roadbook, with: server)
        try await visit(roadbook)
        try await widget()
        try await inTheBackground(roadbook, with: server)
        today.cancel()
    }

    // [today]
    func showToday(_ roadbook: Roadbook) -> Task<Void, any Error> {
        Task {
            for try await today in roadbook.todayUpdates(limit: 20) {
                print("Today: \(today.totals.today) to do, \(today.totals.overdue) overdue")
            }
        }
    }
    // [today end]

    // [sync]
    func sync(_ roadbook: Roadbook, with server: Server) async throws {
        do {
            let synced = try await roadbook.sync(with: server) { report in print("\(report.bytesDown) bytes so far") }
            print("Synced: \(synced.end)")
        } catch {
            switch error {
            case .Unreachable(_, let retryAt): print("No signal: again at \(String(describing: retryAt))")
            case .SignInNeeded: print("Ask for the password when it suits the user; nothing is lost")
            default: throw error
            }
        }
    }
    // [sync end]

    // [edit]
    func visit(_ roadbook: Roadbook) async throws {
        let products = try await roadbook.settings().products
        guard let product = products.first(where: { $0.kind == .projects }) else { return }
        let customer = try await roadbook.createContact(
            NewContact(sort: .person, givenName: "Éva", familyName: "Kis", edits: []))
        let card = try await roadbook.createCard(
            NewCard(
                product: product.id, name: "Éva Kis: roof", status: nil, owner: .me,
                edits: [
                    .link(role: "customer", target: customer.id),
                    .addTodo(text: "Send the offer", due: "2020-01-02", assignee: .me, contact: customer.id),
                ]))
        try await roadbook.editCard(
            card.id,
            edits: [.addEntry(kind: "visit", at: nil, text: "She wants it red.", person: customer.id, place: "Her house")])
        print("\(try await roadbook.unsentCount()) edits wait for the signal")
    }
    // [edit end]

    // [widget]
    func widget() async throws {
        let beside = try await Roadbook.opened(beside: file)
        guard let next = try await beside.today(limit: 1).todos.first else { return }
        try await beside.closeTodo(next.id.todo, of: next.id.card)
        print("Done from the widget: \(next.text)")
    }
    // [widget end]

    // [background]
    func inTheBackground(_ roadbook: Roadbook, with server: Server) async throws {
        var failure: (any Error)?
        do {
            let synced = try await roadbook.backgroundSync(
                with: server, budget: Budget(seconds: 20, bytes: 1_000_000))
            if synced.end == .budget { print("More the next time") }
        } catch {
            failure = error
        }
        // However it ended, the system may suspend the app now: no lock on the file is held.
        try await roadbook.pause()
        roadbook.resume()
        if let failure { throw failure }
        print("Unsent in the evening: \(try await roadbook.unsentCount())")
    }
    // [background end]

    // [secret]
    /// Made once, and kept where no backup reaches: on iOS in the Keychain, for this device only.
    func installSecret() throws -> Data {
        let kept = folder.appendingPathComponent("install-secret")
        if let secret = try? Data(contentsOf: kept) { return secret }
        let secret = Device.newSecret()
        try secret.write(to: kept)
        return secret
    }
    // [secret end]
}
