import Foundation
import RoadbookKit
import Testing

@Suite("A screen that time alone changes", .timeLimit(.minutes(1)))
struct WatchTests {
    @Test("It is read again at that instant, without an edit")
    func due() async throws {
        let phone = try await Phone.local()
        let (due, turns) = (Date(timeIntervalSinceNow: 0.1), Turns())
        var seen = phone.roadbook.updates(
            where: { _ in false },
            next: { (turn: Int) -> Date? in turn == 1 ? due : nil },
            read: { await turns.next() }
        ).makeAsyncIterator()
        #expect(try await seen.next() == 1)
        #expect(try await seen.next() == 2)
        #expect(due.timeIntervalSinceNow < 0.01)
    }

    @Test("One of which nothing changes before the year 9999 is shown, and goes on")
    func far() async throws {
        let phone = try await Phone.local()
        try await phone.card([.addTodo(text: "Call", due: "9999-12-31", assignee: .me, contact: nil)])
        let next = try #require(try await phone.roadbook.today().nextChange)
        #expect(next > Date(timeIntervalSince1970: 250_000_000_000))
        var seen = phone.roadbook.todayUpdates().makeAsyncIterator()
        #expect(try await seen.next()?.matching == 0)
        try await phone.card([.addTodo(text: "Call", due: "2020-01-01", assignee: .me, contact: nil)])
        #expect(try await seen.next()?.matching == 1)
    }

    @Test(
        "One whose next change is no instant at all is shown, and goes on",
        arguments: [Double.infinity, .greatestFiniteMagnitude, .nan])
    func noInstant(_ seconds: Double) async throws {
        let phone = try await Phone.local()
        let never = Date(timeIntervalSince1970: seconds)
        var seen = phone.roadbook.updates(
            where: { $0.lists.contains(.outbox) },
            next: { (_: UInt64) -> Date? in never },
            read: { try await phone.roadbook.unsentCount() }
        ).makeAsyncIterator()
        #expect(try await seen.next() == 0)
        try await phone.card()
        #expect(try await seen.next() == 1)
    }

    private actor Turns {
        private var last = 0

        func next() -> Int {
            last += 1
            return last
        }
    }
}
