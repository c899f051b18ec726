// The calls that tests/bench/packages.rs compares with Rust: each line is a name and microseconds of CPU time.
import Foundation
import RoadbookKit

guard CommandLine.arguments.count == 2 else { exit(2) }
let file = CommandLine.arguments[1]

/// The CPU time of this process, in microseconds.
func spent() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
}

/// The least of some rounds: other programs only add time.
func report(_ name: String, _ calls: Int, rounds: Int = 4, _ call: () async throws -> Void) async throws {
    var least = Double.infinity
    for _ in 0..<rounds {
        let before = spent()
        for _ in 0..<calls { try await call() }
        least = min(least, (spent() - before) / Double(calls))
    }
    print("\(name)\t\(least)")
}

var opened: Roadbook?
try await report("open", 1, rounds: 1) {
    let roadbook = try await Roadbook.opened(beside: file)
    let first = try await roadbook.today(limit: 50)
    precondition(first.todos.count == 50)
    opened = roadbook
}
let roadbook = opened!
let cards = try await roadbook.today(limit: 100).todos.map(\.id.card)
try await report("nothing", 20_000) { roadbook.interrupt() }
for rows: UInt32 in [100, 1_000] {
    // A small firm's busiest user has not a thousand.
    if try await roadbook.today(limit: rows).todos.count < Int(rows) { continue }
    try await report("today \(rows)", Int(2_000 / (rows / 100))) {
        let today = try await roadbook.today(limit: rows)
        precondition(today.todos.count == Int(rows))
    }
}
// One after the other: unsent edits of one card would grow with each.
var edits = 0
try await report("edit", 100) {
    edits += 1
    _ = try await roadbook.editCard(cards[edits % cards.count], edits: [.rename(name: "Name \(edits)")])
}
