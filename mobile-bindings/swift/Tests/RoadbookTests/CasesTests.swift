import Foundation
import RoadbookKit
import Testing

/// The named cases that Rust, Kotlin and Swift answer alike: `mobile-bindings/cases.txt`.
@Suite("The cases of all languages")
struct CasesTests {
    @Test("Every case answers as it says", arguments: try cases())
    func answers(_ name: String, lines: [String]) async throws {
        let phone = try await Phone.local()
        var (card, todos, refused) = ("", [PartId](), String?.none)
        for line in lines {
            if line.hasPrefix("= ") {
                let told = try await tell(phone, card, refused)
                #expect(told.contains(String(line.dropFirst(2))), "\(line) is not in \(told)")
                continue
            }
            do {
                try await act(phone, &card, &todos, line)
            } catch let error as ApiError {
                refused = code(error)
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
        if cases.count < 12 { throw Failure("\(cases.count) cases") }
        return cases
    }

    private func act(_ phone: Phone, _ card: inout DocumentId, _ todos: inout [PartId], _ line: String) async throws {
        let (verb, rest) = split(line)
        let (first, second) = split(rest)
        let nth = { [todos] (number: String) in todos[Int(number)! - 1] }
        let due = { (text: String) in text == "-" ? nil : text }
        let edit: CardEdit
        switch verb {
        case "card", "sales":
            let product = try await product(phone, verb == "card" ? .projects : .sales)
            let new = NewCard(product: product.id, name: rest, status: nil, owner: .me, edits: [])
            card = try await phone.roadbook.createCard(card: new).id
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

    private func tell(_ phone: Phone, _ card: DocumentId, _ refused: String?) async throws -> [String] {
        let roadbook = phone.roadbook
        let view = try await roadbook.card(card: card)
        let today = try await roadbook.today(limit: 10)
        let (history, unsent) = (try await roadbook.history(document: card).count, try await roadbook.unsentCount())
        let trashed = try await roadbook.trashedCards(product: view.product!).count
        var told = [
            "name \(view.name)", "history \(history)", "unsent \(unsent)", "trashed \(trashed)",
            "today \(today.matching) overdue \(today.totals.overdue) closed \(today.totals.closed)",
            "postponed \(today.totals.postponed)",
        ]
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

    private func code(_ error: ApiError) -> String {
        switch error {
        case .Invalid(reason: .wrongForm): "invalid.wrong_form"
        case .Invalid(reason: .empty): "invalid.empty"
        default: "other"
        }
    }
}
