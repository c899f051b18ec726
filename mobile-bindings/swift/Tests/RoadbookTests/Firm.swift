import Foundation
import RoadbookKit

/// A firm with one user, whose server is the real program in a process of its own. The server ends with this value,
/// and with the tests however they end.
final class Firm {
    static let admin = "anna@example.com"
    static let password = "correct horse battery"

    /// The authority of the server's certificate, in PEM.
    static func authority() throws -> String { try String(contentsOf: certificate("authority.pem"), encoding: .utf8) }

    /// Where phones reach the server.
    private(set) var address = ""
    private let folder: TemporaryFolder
    private let server = Process()
    private let running = Pipe()
    private let log = Pipe()

    /// With TLS its server has a certificate of ``authority()``. `change` may change its database before it is served.
    init(tls: Bool = false, change: (_ database: String) throws -> Void = { _ in }) throws {
        folder = try TemporaryFolder()
        try (Firm.password + "\n").write(toFile: folder.path("pw"), atomically: true, encoding: .utf8)
        try run([
            "init", "--database", database, "--secrets", folder.path("secrets"), "--organisation", "Kárpát Kávé",
            "--admin-email", Firm.admin, "--admin-password-file", folder.path("pw"), "--zone", "Europe/Budapest",
        ])
        try change(folder.path("server.db"))
        try start(tls: tls)
    }

    deinit {
        stop()
        log.fileHandleForReading.readabilityHandler = nil
    }

    /// Brings customers in, by a CSV with a header.
    func importCustomers(_ table: String) throws {
        try table.write(toFile: folder.path("customers.csv"), atomically: true, encoding: .utf8)
        try run([
            "import", folder.path("customers.csv"), "--server", address, "--email", Firm.admin,
            "--password-file", folder.path("pw"),
        ])
    }

    /// Adds a colleague; the result is the link that lets them in once.
    func add(_ email: String, role: String = "user") throws -> String {
        let said = try run([
            "user", "add", email, "--given-name", "Béla", "--family-name", "Nagy", "--role", role,
            "--public-address", address, "--database", database, "--secrets", folder.path("secrets"),
        ])
        let line = said.split(separator: "\n").first { $0.hasPrefix("Link:") }
        guard let link = line?.split(separator: " ").last else { throw Failure("no link in: " + said) }
        return String(link)
    }

    /// Ends the server in an orderly way, and returns when it has ended.
    func stop() {
        guard server.isRunning else { return }
        try? running.fileHandleForWriting.close()
        server.waitUntilExit()
    }

    private var database: String { "sqlite:" + folder.path("server.db") }

    private func start(tls: Bool) throws {
        let roadbook = try Firm.roadbook()
        server.executableURL = URL(fileURLWithPath: "/bin/sh")
        // The shell stops the server when nobody holds the other end of its input any more. It lets go of the log, so
        // that the log ends if the server does.
        server.arguments = [
            "-c", #""$@" & exec 2>/dev/null; read -r _; kill $!; wait $!"#, "sh",
            roadbook, "serve", "--database", database, "--secrets", folder.path("secrets"), "--listen", "127.0.0.1:0",
        ]
        if tls {
            server.arguments! += ["--tls-certificate", Firm.certificate("server.pem").path]
            server.arguments! += ["--tls-key", Firm.certificate("server.key").path]
        }
        server.environment = [:]
        server.standardInput = running
        server.standardError = log
        try Firm.start(server)
        try log.fileHandleForWriting.close()
        address = try (tls ? "https://" : "http://") + listening()
        // A server whose log nobody reads would wait for room in the pipe.
        log.fileHandleForReading.readabilityHandler = { @Sendable log in
            if log.availableData.isEmpty { log.readabilityHandler = nil }
        }
    }

    /// Reads the log until it says where the server listens.
    private func listening() throws -> String {
        struct Line: Decodable {
            struct Fields: Decodable { let listen: String? }
            let fields: Fields
        }
        var read = Data()
        while true {
            let more = log.fileHandleForReading.availableData
            if more.isEmpty { throw Failure("the server did not start: " + String(decoding: read, as: UTF8.self)) }
            read += more
            for line in read.split(separator: UInt8(ascii: "\n")) {
                if let listen = (try? JSONDecoder().decode(Line.self, from: line))?.fields.listen { return listen }
            }
        }
    }

    @discardableResult
    private func run(_ arguments: [String]) throws -> String {
        try Firm.output(of: URL(fileURLWithPath: Firm.roadbook()), arguments)
    }

    /// Tests run on threads that block signals, and a process inherits what its thread blocks: nothing would stop it.
    private static func start(_ process: Process) throws {
        var (none, blocked) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &blocked)
        defer { pthread_sigmask(SIG_SETMASK, &blocked, nil) }
        try process.run()
    }

    /// What a program says that ends by itself.
    static func output(of program: URL, _ arguments: [String]) throws -> String {
        let said = Pipe()
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        // Variables of the machine that runs the tests are none of the program's.
        process.environment = [:]
        process.standardOutput = said
        process.standardError = said
        try Firm.start(process)
        try said.fileHandleForWriting.close()
        let all = String(decoding: said.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        if process.terminationStatus != 0 { throw Failure("\(program.lastPathComponent) \(arguments) failed: " + all) }
        return all
    }

    /// A file of `tests/data/tls`.
    private static func certificate(_ name: String) -> URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../../tests/data/tls/\(name)").standardized
    }

    /// The program that cargo built.
    private static func roadbook() throws -> String {
        guard let path = ProcessInfo.processInfo.environment["ROADBOOK_PROGRAM"] else {
            throw Failure("ROADBOOK_PROGRAM does not name the program: mobile-bindings/swift/test sets it")
        }
        return path
    }
}

/// What a call throws. `#expect(throws:)` answers with the error only from Swift 6.1 on.
func failure<Value>(of call: () async throws -> Value) async -> (any Error)? {
    do {
        _ = try await call()
        return nil
    } catch {
        return error
    }
}

/// Whether it is what has no case of its own: a programming error, or what the system does not allow.
func isInternal(_ error: (any Error)?) -> Bool {
    if case .Internal? = error as? ApiError { true } else { false }
}

/// What a test's helper met unexpectedly.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
