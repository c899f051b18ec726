import Foundation
import RoadbookKit
import Testing

@Suite("A local workspace")
struct LocalWorkspaceTests {
    @Test("A file opened again is as it was left")
    func openedAgain() throws {
        let folder = try TemporaryFolder()
        do {
            let roadbook = try Roadbook.open(path: folder.path("roadbook.db"))
            let changes = try roadbook.beginLocalWorkspace(zone: "Europe/Budapest", locale: "hu-HU")
            #expect(changes.everything || !changes.lists.isEmpty)
        }
        let roadbook = try Roadbook.open(path: folder.path("roadbook.db"))
        let today = try roadbook.today(limit: 10)
        #expect(today.todos.isEmpty && today.matching == 0)
        #expect(throws: ApiError.Invalid(reason: .userThere)) {
            try roadbook.beginLocalWorkspace(zone: "Europe/Budapest", locale: "hu-HU")
        }
    }

    @Test("It has the zone and the language of the device, if nothing else is said")
    func ofTheDevice() async throws {
        let phone = try Phone()
        try await phone.roadbook.beginLocalWorkspace()
        let me = try #require(try await phone.roadbook.me()).user
        let user = try await phone.roadbook.settings().users.first { $0.id == me }
        #expect(user?.zone == TimeZone.current.identifier)
    }

    @Test("A secret of an installation is 32 bytes, and no other's")
    func secret() {
        let secrets = [Device.newSecret(), Device.newSecret()]
        #expect(secrets.map(\.count) == [32, 32] && secrets[0] != secrets[1])
    }

    @Test("Each failure has its own error")
    func failures() throws {
        let phone = try Phone()
        #expect(throws: ApiError.NoUser) { try phone.roadbook.today(limit: 10) }
        #expect(throws: ApiError.Invalid(reason: .unknownZone)) {
            try phone.roadbook.beginLocalWorkspace(zone: "Europe/Atlantis", locale: "hu-HU")
        }
        _ = try phone.roadbook.beginLocalWorkspace(zone: "Europe/Budapest", locale: "hu-HU")
        #expect(throws: ApiError.NotFound(what: .document)) {
            try phone.roadbook.closeTodo(
                card: DocumentId("09090909-0909-0909-0909-090909090909"), todo: PartId("AQEBAQEB"), outcome: .failed)
        }
        #expect(throws: AddressError.NotSecure) { try Server(address: "http://roadbook.example") }
    }
}
