import Foundation
import RoadbookKit
import Testing

/// None of `card(PartId(text))`, `card(text)` and `card == todo` compiles.
@Suite("Ids are types of their own")
struct IdTests {
    private let text = "00000000-0000-7000-8000-000000000000"

    @Test("Ids of one text are the same if they are of one kind, and no text")
    func kinds() {
        let kinds: [(String) -> AnyHashable] = [
            { DeviceId($0) }, { DocumentId($0) }, { FieldId($0) }, { OrgId($0) }, { PartId($0) }, { ProductId($0) },
            { StatusId($0) }, { UserId($0) }, { $0 },
        ]
        let ids = kinds.map { $0(text) }
        #expect(Set(ids).count == kinds.count)
        #expect(ids == kinds.map { $0(text) })
        #expect(ids.map { "\($0)" } == kinds.map { _ in text })
    }

    @Test("What an app keeps of an id is its text, and finds the same again")
    func kept() async throws {
        let phone = try await Phone.local()
        let made = try await phone.card([.addTodo(text: "Call", due: "2020-01-01")])
        let kept = "\(made.id)/\(made.made[0])".split(separator: "/").map(String.init)
        #expect(try await phone.roadbook.card(DocumentId(kept[0])).id == made.id)
        try await phone.roadbook.closeTodo(PartId(kept[1]), of: DocumentId(kept[0]))
        #expect(try await phone.roadbook.today().matching == 0)
        await #expect(throws: ApiError.Invalid(reason: .malformed)) {
            try await phone.roadbook.card(DocumentId(kept[1]))
        }
        await #expect(throws: ApiError.Invalid(reason: .malformed)) {
            try await phone.roadbook.closeTodo(PartId(kept[0]), of: made.id)
        }
    }

    @Test("An id is coded as its text")
    func coded() throws {
        let ids = [DocumentId(text)]
        let json = try JSONEncoder().encode(ids)
        #expect(String(decoding: json, as: UTF8.self) == "[\"\(text)\"]")
        #expect(try JSONDecoder().decode([DocumentId].self, from: json) == ids)
    }
}
