#if os(Linux)
    import Foundation
    import RoadbookKit
    import Testing

    @Suite("On a full storage")
    struct FullStorageTests {
        @Test(
            "An edit says so, reading goes on, and with room again everything is there",
            .enabled(if: SmallStorage.isPossible, "NOT TESTED: a full storage, because only root may mount"),
            .timeLimit(.minutes(1)))
        func full() async throws {
            let storage = try SmallStorage(kilobytes: 2_048)
            let path = storage.path("roadbook.db")
            let roadbook = try await Roadbook.opened(path)
            try await roadbook.beginLocalWorkspace(zone: "Europe/Budapest", locale: "en-GB")
            let product = try #require(try await roadbook.settings().products.first { $0.kind == .projects })
            let call = CardEdit.addTodo(text: "Call", due: "2020-01-01", assignee: .me, contact: nil)
            let card = NewCard(product: product.id, name: "Bakery", status: nil, owner: .me, edits: [call])

            try await roadbook.createCard(card)
            try storage.fill()
            // The log may have room for some more, and once more where a pause has emptied it.
            var stored: UInt64 = 1
            for _ in 0..<2 {
                stored += try await fill(roadbook, with: card)
                try await expectAll(stored, in: roadbook)
                try await roadbook.check()
                try await roadbook.pause()
                roadbook.resume()
            }
            await #expect(throws: ApiError.StorageFull) {
                let new = try await Roadbook.opened(storage.path("new.db"))
                try await new.beginLocalWorkspace(zone: "Europe/Budapest", locale: "en-GB")
            }

            try storage.empty()
            try await roadbook.createCard(card)
            for handle in [roadbook, try await Roadbook.opened(beside: path), try await Roadbook.opened(path)] {
                try await handle.check()
                try await expectAll(stored + 1, in: handle)
            }
            withExtendedLifetime(storage) {}
        }

        /// Makes cards until there is no room, and tells how many.
        private func fill(_ roadbook: Roadbook, with card: NewCard) async throws -> UInt64 {
            var made: UInt64 = 0
            while true {
                let error = await failure(of: { try await roadbook.createCard(card) })
                if error as? ApiError == .StorageFull { return made }
                if let error { throw error }
                made += 1
            }
        }

        private func expectAll(_ stored: UInt64, in roadbook: Roadbook) async throws {
            #expect(try await roadbook.unsentCount() == stored)
            #expect(try await roadbook.today().matching == stored)
        }
    }

    /// Storage of its own, with so much room, as long as this value lives.
    private final class SmallStorage: Sendable {
        private typealias Text = UnsafePointer<CChar>

        /// Whether this process may mount.
        static let isPossible = (try? SmallStorage(kilobytes: 64)) != nil

        private let folder: TemporaryFolder

        init(kilobytes: Int) throws {
            folder = try TemporaryFolder()
            typealias Mount = @convention(c) (Text, Text, Text, UInt, Text) -> Int32
            let mount = unsafeBitCast(dlsym(nil, "mount"), to: Mount.self)
            if mount("tmpfs", folder.path(""), "tmpfs", 0, "size=\(kilobytes)k") != 0 {
                throw Failure("no mount: \(errno)")
            }
        }

        deinit {
            typealias Unmount = @convention(c) (Text, Int32) -> Int32
            // Whoever has a file open there keeps it.
            let detached: Int32 = 2
            _ = unsafeBitCast(dlsym(nil, "umount2"), to: Unmount.self)(folder.path(""), detached)
        }

        func path(_ name: String) -> String { folder.path(name) }

        /// Leaves no room at all.
        func fill() throws {
            let ballast = open(path("ballast"), O_WRONLY | O_CREAT, 0o600)
            guard ballast >= 0 else { throw Failure("no ballast: \(errno)") }
            defer { close(ballast) }
            let block = [UInt8](repeating: 0, count: 1_024)
            while write(ballast, block, block.count) > 0 {}
        }

        /// Takes away what filled it.
        func empty() throws { try FileManager.default.removeItem(atPath: path("ballast")) }
    }
#endif
