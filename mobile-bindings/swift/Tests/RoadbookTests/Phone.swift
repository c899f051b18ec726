import Foundation
import RoadbookKit

/// A phone whose file lies in a folder of its own.
struct Phone {
    let roadbook: Roadbook
    private let folder: TemporaryFolder
    /// What the keychain keeps of a real phone.
    private let secret = Data((0..<32).map { _ in UInt8.random(in: .min ... .max) })

    init() throws {
        folder = try TemporaryFolder()
        roadbook = try Roadbook.open(path: folder.path("roadbook.db"))
    }

    /// One on which somebody works without an account.
    static func local() async throws -> Phone {
        let phone = try Phone()
        try await phone.roadbook.beginLocalWorkspace(zone: "Europe/Budapest", locale: "en-GB")
        return phone
    }

    /// A handle as a process beside the app has it.
    func widget() async throws -> Roadbook {
        try await Roadbook.opened(beside: folder.path("roadbook.db"))
    }

    /// Makes a card of the product for projects.
    func card(_ edits: [CardEdit] = []) async throws -> Made {
        let product = try await product()
        let card = NewCard(product: product.id, name: "Bakery", status: nil, owner: .me, edits: edits)
        return try await roadbook.createCard(card: card)
    }

    func product() async throws -> ProductView {
        try await roadbook.settings().products.first { $0.kind == .projects }!
    }

    func signIn(to server: Server, password: String = Firm.password) async throws -> Identity {
        let device = Device(platform: "ios", name: "Anna's", installSecret: secret)
        return try await roadbook.signIn(server: server, email: Firm.admin, password: password, device: device)
    }
}

/// A folder that is removed with this value.
final class TemporaryFolder: Sendable {
    private let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("roadbook-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}
