import Foundation
import RoadbookKit
import Testing

/// The named cases that Rust, Kotlin and Swift answer alike: `mobile-bindings/cases.txt`.
@Suite("The cases of all languages")
struct CasesTests {
    @Test("Every case answers as it says", arguments: try cases())
    func answers(_ name: String, lines: [String]) async throws {
        var devices = try await lines.first == "firm" ? Devices.firm() : Devices.local()
        for line in lines where line != "firm" {
            guard line.hasPrefix("= ") else {
                try await devices.follow(line)
                continue
            }
            for phone in devices.phones {
                let told = try await devices.tell(phone)
                #expect(told.contains(String(line.dropFirst(2))), "\(line) is not in \(told)")
            }
        }
    }

    static func cases() throws -> [(String, [String])] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../cases.txt")
        let text = try String(contentsOf: file, encoding: .utf8)
        let cases = text.components(separatedBy: "\ncase ").dropFirst().map { part in
            let lines = part.components(separatedBy: "\n").filter { !$0.isEmpty }
            return (lines[0], Array(lines.dropFirst()))
        }
        if cases.count < 21 { throw Failure("\(cases.count) cases") }
        return cases
    }
}

/// The phone of a case, and in a firm the tablet and their server.
private struct Devices {
    let phones: [Phone]
    private let firm: Firm?
    private let server: Server?
    private var card = ""
    private var todos: [PartId] = []
    private var refused: String?

    static func local() async throws -> Devices {
        try await Devices(phones: [.local()], firm: nil, server: nil)
    }

    /// A phone and a tablet of one user, which have what their server has.
    static func firm() async throws -> Devices {
        let firm = try Firm()
        let server = try Server(address: firm.address)
        let phones = [try await Phone.signedIn(to: server), try await Phone.signedIn(to: server)]
        return Devices(phones: phones, firm: firm, server: server)
    }

    mutating func follow(_ line: String) async throws {
        if let server, line == "meet" { return try await exchange(phones[0], phones[1], with: server) }
        let isOfTablet = line.hasPrefix("tablet ")
        do {
            try await act(phones[isOfTablet ? 1 : 0], isOfTablet ? split(line).1 : line)
        } catch let error as ApiError {
            refused = code(error)
        }
    }

    private mutating func act(_ phone: Phone, _ line: String) async throws {
        let (verb, rest) = split(line)
        let (first, second) = split(rest)
        let due = { (text: String) in text == "-" ? nil : text }
        let edit: CardEdit
        switch verb {
        case "card", "sales":
            let product = try await product(phone, verb == "card" ? .projects : .sales)
            let new = NewCard(product: product.id, name: rest, status: nil, owner: .me, edits: [])
            card = try await phone.roadbook.createCard(card: new).id
            return
        case "resolve":
            let conflict = try await phone.roadbook.conflicts(document: card)[0]
            try await phone.roadbook.resolve(document: card, conflict: conflict, value: rest)
            return
        case "rename": edit = .rename(name: rest)
        case "todo": edit = .addTodo(text: second, due: due(first), assignee: .me, contact: nil)
        case "close":
            let outcome: Outcome = second == "success" ? .success : second == "failed" ? .failed : .none
            edit = .close(todo: nth(first), outcome: outcome)
        case "reopen": edit = .reopen(todo: nth(rest))
        case "postpone": edit = .postpone(todo: nth(first), due: due(second))
        case "entry": edit = .addEntry(kind: first, at: nil, text: second, person: nil, place: "")
        case "amount":
            edit = .setField(
                field: try await field(phone, .amount), value: .amount(amount: first, currency: second))
        case "day": edit = .setField(field: try await field(phone, .day), value: .day(day: rest))
        case "wrong": edit = .setField(field: try await field(phone, .day), value: .flag)
        case "trash": edit = .trash
        case "restore": edit = .restore
        default: throw Failure("no such verb: \(verb)")
        }
        let made = try await phone.roadbook.editCard(card: card, edits: [edit]).made
        if verb == "todo" { todos += made }
    }

    func tell(_ phone: Phone) async throws -> [String] {
        let roadbook = phone.roadbook
        let view = try await roadbook.card(card: card)
        let today = try await roadbook.today(limit: 10)
        let (history, unsent) = (try await roadbook.history(document: card).count, try await roadbook.unsentCount())
        let trashed = try await roadbook.trashedCards(product: view.product!).count
        var told = [
            "name \(view.name)", "history \(history)", "unsent \(unsent)", "trashed \(trashed)",
            "today \(today.matching) overdue \(today.totals.overdue) closed \(today.totals.closed)",
            "postponed \(today.totals.postponed)", "conflicts \(view.conflicts.count)",
        ]
        for conflict in view.conflicts {
            let values = ([conflict.shown] + conflict.others).sorted()
            told.append("conflict \(word(conflict.place)) \(values.joined(separator: " | "))")
        }
        for todo in view.todos {
            let state: String
            switch todo.closings.first?.outcome {
            case nil: state = "open"
            case .success?: state = "success"
            case .failed?: state = "failed"
            default: state = "none"
            }
            told.append("todo \(todo.text) \(todo.due ?? "-") \(state)")
        }
        told += view.entries.map { "entry \($0.kind) \($0.text)" }
        for field in view.fields {
            switch field.value {
            case .amount(let amount, let currency): told.append("amount \(amount) \(currency)")
            case .day(let day): told.append("day \(day)")
            default: break
            }
        }
        if let refused { told.append("refused \(refused)") }
        return told
    }

    private func nth(_ number: String) -> PartId { todos[Int(number)! - 1] }

    private func product(_ phone: Phone, _ kind: ProductKind) async throws -> ProductView {
        try await phone.roadbook.settings().products.first { $0.kind == kind }!
    }

    private func field(_ phone: Phone, _ kind: FieldType) async throws -> FieldId {
        try await product(phone, .sales).fields.first { $0.kind == kind }!.id
    }

    private func split(_ line: String) -> (String, String) {
        guard let space = line.firstIndex(of: " ") else { return (line, "") }
        return (String(line[..<space]), String(line[line.index(after: space)...]))
    }

    private func word(_ place: Place) -> String {
        switch place {
        case .name: "name"
        case .todo(_, let part): "todo \(part)"
        case .field: "field"
        default: "other"
        }
    }

    private func code(_ error: ApiError) -> String {
        switch error {
        case .Invalid(reason: .wrongForm): "invalid.wrong_form"
        case .Invalid(reason: .empty): "invalid.empty"
        default: "other"
        }
    }
}
