import Foundation
import RoadbookKit
import Testing

/// On a file in which somebody works without an account, and has made one card. Nobody has it open.
@Suite("A file that cannot be used")
struct FileTests {
    private let folder: TemporaryFolder
    private let path: String
    private let card: DocumentId

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path("roadbook.db")
        let roadbook = try Roadbook.open(path: path)
        _ = try roadbook.beginLocalWorkspace(zone: "Europe/Budapest", locale: "en-GB")
        let product = try roadbook.settings().products[0].id
        let new = NewCard(product: product, name: "Bakery", status: nil, owner: .me, edits: [])
        card = try roadbook.createCard(card: new).id
    }

    @Test("A damaged file says so, and what is unsent in it goes on in a new one")
    func damaged() async throws {
        try sqlite(
            "pragma writable_schema = on; update sqlite_schema set rootpage = 2 where name = 'card_board'", in: path)
        let damaged = try bytes()
        do {
            let roadbook = try await Roadbook.opened(path)
            await #expect(throws: ApiError.Damaged) { try await roadbook.check() }
        }
        let salvage = try await Roadbook.salvaged(path)
        #expect(salvage.saved == 1 && salvage.complete)
        #expect(try await salvage.roadbook.card(card).name == "Bakery")
        #expect(try await salvage.roadbook.unsentCount() == 1)
        try await salvage.roadbook.check()
        #expect(try bytes(of: "roadbook.db.damaged-1") == damaged)
    }

    @Test("Of a file without a beginning nothing can be read, and it is kept")
    func withoutBeginning() async throws {
        var damaged = try bytes()
        damaged.replaceSubrange(0..<100, with: Data(count: 100))
        try damaged.write(to: URL(fileURLWithPath: path))
        for open in [Roadbook.open, Roadbook.openBeside] {
            #expect(throws: ApiError.Damaged) { try open(path) }
        }
        #expect(try bytes() == damaged)
        let salvage = try await Roadbook.salvaged(path)
        #expect(salvage.saved == 0 && !salvage.complete)
        #expect(try await salvage.roadbook.me() == nil)
        #expect(try bytes(of: "roadbook.db.damaged-1") == damaged)
    }

    @Test(
        "A file of another version says which app is too old, and stays as it is",
        arguments: [(1_000_000, ApiError.AppTooOld), (1, .FileTooOld)])
    func otherVersion(_ version: Int, error: ApiError) throws {
        try sqlite("pragma user_version = \(version)", in: path)
        let before = try bytes()
        for open in [Roadbook.open, Roadbook.openBeside] {
            #expect(throws: error) { try open(path) }
        }
        #expect(try bytes() == before)
    }

    @Test("Where the user may not write or read there is no file for them, and nothing is lost")
    func notAllowed() throws {
        let before = try bytes()
        for (rights, path) in [(0o555, folder.path("new.db")), (0o555, path), (0o000, path)] {
            try FileManager.default.setAttributes([.posixPermissions: rights], ofItemAtPath: folder.path(""))
            try asUserWithoutRights {
                for open in [Roadbook.open, Roadbook.openBeside] {
                    #expect { try open(path) } throws: { isInternal($0) }
                }
            }
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path(""))
        }
        #expect(try bytes() == before)
        #expect(try Roadbook.open(path: path).card(card: card).name == "Bakery")
    }

    @Test("A file that is another program's says so, and a folder is no file")
    func noDatabase() throws {
        let text = Data("Dear diary".utf8)
        try text.write(to: URL(fileURLWithPath: folder.path("diary.txt")))
        #expect(throws: ApiError.Damaged) { try Roadbook.open(path: folder.path("diary.txt")) }
        #expect(try bytes(of: "diary.txt") == text)
        #expect(throws: ApiError.self) { try Roadbook.open(path: folder.path("")) }
    }

    #if os(Linux)
        /// Swift has no call for it: the file is closed with the last reference to its handle.
        @Test("Once nobody has the handle and no screen watches the file is closed", .timeLimit(.minutes(1)))
        func closed() async throws {
            let watching: Task<Void, any Error>
            do {
                let roadbook = try await Roadbook.opened(path)
                var seen = roadbook.unsentCountUpdates().makeAsyncIterator()
                #expect(try await seen.next() == 1)
                watching = Task { for try await _ in roadbook.todayUpdates() {} }
            }
            #expect(try openFiles() > 0)
            watching.cancel()
            try await watching.value
            while try openFiles() > 0 { try await Task.sleep(for: .milliseconds(10)) }
        }

        /// How many files of the folder this process has open.
        private func openFiles() throws -> Int {
            let numbers = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
            let paths = numbers.compactMap {
                try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + $0)
            }
            return paths.filter { $0.hasPrefix(folder.path("")) }.count
        }
    #endif

    private func bytes(of name: String = "roadbook.db") throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: folder.path(name)))
    }

    /// Nothing is forbidden to root. On Linux a thread may have another user's rights for the time.
    private func asUserWithoutRights(_ body: () throws -> Void) throws {
        #if os(Linux)
            typealias SetUser = @convention(c) (uid_t) -> Int32
            let setUser = unsafeBitCast(dlsym(nil, "setfsuid"), to: SetUser.self)
            let nobody: uid_t = 65_534
            if geteuid() == 0 { _ = setUser(nobody) }
            defer { if geteuid() == 0 { _ = setUser(0) } }
        #endif
        try body()
    }
}
