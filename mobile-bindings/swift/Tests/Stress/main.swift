// Ten thousand calls of sixteen tasks on one handle, with subscriptions on, in a process of its own: what it grows by,
// the calls made it grow. StressTests runs it.
//
//   Stress FOLDER
import Foundation
import RoadbookKit

guard CommandLine.arguments.count == 2 else { exit(2) }
// The limit is for what never ends; it says nothing about speed.
alarm(600)
try await Stress(folder: CommandLine.arguments[1]).run()

struct Stress {
    private static let tasks = 16
    private static let calls = 640 * tasks
    /// A kilobyte and a half for each call of the second half.
    private static let mostGrowth = 8 << 20
    /// An id that no document has.
    private static let nowhere = DocumentId("00000000-0000-7000-8000-000000000000")

    private let roadbook: Roadbook
    private let cards: [DocumentId]
    private let board: BoardQuery
    private let ends = Ends()

    init(folder: String) async throws {
        let roadbook = try await Roadbook.opened(folder + "/roadbook.db")
        try await roadbook.beginLocalWorkspace(zone: "Europe/Budapest", locale: "en-GB")
        guard let product = try await roadbook.settings().products.first(where: { $0.kind == .projects }) else {
            throw Failed("no product")
        }
        board = BoardQuery(product: product.id, assignee: nil, status: nil, text: nil, offset: 0, limit: 20)
        var cards: [DocumentId] = []
        for task in 0..<Self.tasks {
            let call = CardEdit.addTodo(text: "Call", due: "2020-01-01", assignee: .me, contact: nil)
            let card = NewCard(
                product: product.id, name: "Bakery \(task)", status: nil, owner: .me, edits: [call])
            cards.append(try await roadbook.createCard(card).id)
        }
        (self.roadbook, self.cards) = (roadbook, cards)
    }

    func run() async throws {
        let today = Screen<TodayView>()
        let page = Screen<Board>()
        let card = Screen<CardView>()
        let changes = roadbook.changes
        let watching: [Task<Void, any Error>] = [
            follow(today) { roadbook.todayUpdates() },
            follow(page) { roadbook.boardUpdates(board) },
            follow(card) { roadbook.cardUpdates(cards[0]) },
            Task { for await _ in changes { await ends.told() } },
        ]

        let turns = Self.calls / Self.tasks / 2
        try await together(0..<turns)
        let middle = Self.resident()
        try await together(turns..<2 * turns)
        try await judge(middle)

        let edits = Self.calls / 5
        try await eventually("each edit is told once") { await ends.changes == edits }
        try await eventually("Today is the last") { try await today.shown == roadbook.today() }
        try await eventually("the board is the last") { try await page.shown == roadbook.board(board) }
        try await eventually("the card is the last") { try await card.shown == roadbook.card(cards[0]) }
        for task in watching { task.cancel() }

        let (answers, refusals) = (await ends.answers, await ends.refusals)
        try expect(answers == Self.calls - Self.calls / 10, "\(answers) answers")
        try expect(refusals == Self.calls / 10, "\(refusals) refusals")
        let unsent = try await roadbook.unsentCount()
        try expect(unsent == UInt64(Self.tasks + edits), "\(unsent) unsent")
        print("\(Self.calls) calls have ended")
    }

    private func call(_ task: Int, _ turn: Int) async throws {
        switch turn % 10 {
        case 0, 5: try await roadbook.editCard(cards[task], edits: [.rename(name: "Bakery \(task), \(turn)")])
        case 1: _ = try await roadbook.today()
        case 2: _ = try await roadbook.board(board)
        case 3: _ = try await roadbook.card(cards[(task + turn) % Self.tasks])
        case 4: _ = try await roadbook.search("bakery")
        case 6: _ = try await roadbook.history(of: cards[task])
        case 7: _ = try await roadbook.contacts()
        case 8: _ = try await roadbook.settings()
        default: _ = try await roadbook.card(Self.nowhere)
        }
    }

    /// Makes calls in many tasks, and waits until all of them have ended.
    private func together(_ turns: Range<Int>) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<Self.tasks {
                group.addTask {
                    for turn in turns {
                        do {
                            try await call(task, turn)
                            await ends.answered()
                        } catch ApiError.NotFound(what: .document) {
                            await ends.refused()
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func follow<Value: Sendable>(
        _ screen: Screen<Value>, _ updates: @escaping @Sendable () -> AsyncThrowingStream<Value, any Error>
    ) -> Task<Void, any Error> {
        Task { for try await value in updates() { await screen.show(value) } }
    }

    /// Waits for it, for a minute at most.
    private func eventually(_ what: String, _ isSo: () async throws -> Bool) async throws {
        let begun = ContinuousClock.now
        while try await !isSo() {
            if begun.duration(to: .now) > .seconds(60) { throw Failed("not so: " + what) }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private func expect(_ isSo: Bool, _ what: String) throws {
        if !isSo { throw Failed(what) }
    }

    /// The process must not have grown since; what is freed a little later is waited for.
    private func judge(_ middle: Int?) async throws {
        guard let middle else { return print("NOT TESTED: whether memory stays flat, for lack of /proc") }
        var grown = 0
        for _ in 0..<100 {
            try await Task.sleep(for: .milliseconds(50))
            grown = (Self.resident() ?? .max) - middle
            if grown < Self.mostGrowth { return print("Memory: \(grown) bytes more") }
        }
        throw Failed("\(grown) bytes since the middle")
    }

    /// The bytes that the process has in memory, without what is free; nil where nobody tells.
    private static func resident() -> Int? {
        // Pages that were given back stay with glibc, more of them the more threads there are.
        typealias Trim = @convention(c) (Int) -> Int32
        if let trim = dlsym(nil, "malloc_trim") { _ = unsafeBitCast(trim, to: Trim.self)(0) }
        let file = open("/proc/self/status", O_RDONLY)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var text = [UInt8](repeating: 0, count: 8_192)
        let length = read(file, &text, text.count)
        guard length > 0 else { return nil }
        let lines = String(decoding: text[..<length], as: UTF8.self).split(separator: "\n")
        let line = lines.first { $0.hasPrefix("VmRSS:") }
        let kilobytes = line?.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }
        return kilobytes.map { $0 * 1_024 }
    }
}

/// What a screen shows.
private actor Screen<Value: Sendable> {
    private(set) var shown: Value?

    func show(_ value: Value) { shown = value }
}

/// How calls ended, and how many changes were told.
private actor Ends {
    private(set) var answers = 0
    private(set) var refusals = 0
    private(set) var changes = 0

    func answered() { answers += 1 }
    func refused() { refusals += 1 }
    func told() { changes += 1 }
}

private struct Failed: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
