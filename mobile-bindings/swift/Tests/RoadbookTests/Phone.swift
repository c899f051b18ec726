import Foundation
import RoadbookKit
import Testing

/// A phone whose file lies in a folder of its own.
struct Phone {
    let roadbook: Roadbook
    let device = Device(platform: "ios", name: "A phone", installSecret: Device.newSecret())
    private let folder: TemporaryFolder

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

    /// One that has what its organisation has.
    static func signedIn(to server: Server) async throws -> Phone {
        let phone = try Phone()
        try await phone.signIn(to: server)
        try await phone.roadbook.sync(with: server)
        return phone
    }

    /// One of a colleague who was added to the firm.
    static func enrolled(_ link: String, at server: Server) async throws -> Phone {
        let phone = try Phone()
        let code = try #require(readEnrolment(link: link)).code
        try await phone.roadbook.enrol(at: server, code: code, password: Firm.password, device: phone.device)
        try await phone.roadbook.sync(with: server)
        return phone
    }

    /// A handle as a process beside the app has it.
    func widget() async throws -> Roadbook {
        try await Roadbook.opened(beside: folder.path("roadbook.db"))
    }

    /// Makes a card of the product for projects.
    @discardableResult
    func card(_ edits: [CardEdit] = [], owner: Owner = .me) async throws -> Made {
        let product = try await product()
        let card = NewCard(product: product.id, name: "Bakery", status: nil, owner: owner, edits: edits)
        return try await roadbook.createCard(card)
    }

    func product() async throws -> ProductView {
        try await roadbook.settings().products.first { $0.kind == .projects }!
    }

    /// Syncs in a task of its own.
    func syncing(with server: Server) -> Task<SyncEnd, any Error> {
        Task { try await roadbook.sync(with: server).end }
    }

    /// Is live in a task of its own.
    func live(with server: Server) -> Task<SyncEnd, any Error> {
        Task { try await roadbook.live(with: server) }
    }

    @discardableResult
    func signIn(
        to server: Server, email: String = Firm.admin, password: String = Firm.password
    ) async throws -> Identity {
        try await roadbook.signIn(to: server, email: email, password: password, device: device)
    }
}

/// Syncs one after the other, and the first once more: then each has what both wrote.
func exchange(_ one: Phone, _ other: Phone, with server: Server) async throws {
    for phone in [one, other, one] { try await phone.roadbook.sync(with: server) }
}

extension Data {
    static func random(_ count: Int) -> Data { Data((0..<count).map { _ in UInt8.random(in: .min ... .max) }) }
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
