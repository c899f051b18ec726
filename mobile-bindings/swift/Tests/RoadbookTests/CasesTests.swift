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
        if cases.count < 35 { throw Failure("\(cases.count) cases") }
        return cases
    }
}

/// The phone of a case, and in a firm the tablet and their server.
private struct Devices {
    let phones: [Phone]
    private let firm: Firm?
    private let server: Server?
    private var card = DocumentId("")
    private var person: DocumentId?
    private var todos: [PartId] = []
    private var details: [PartId] = []
    private var period = Period.today
    private var more: Bool?
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
            try await act(phones[isOfTablet ? 1 : 0].roadbook, isOfTablet ? split(line).1 : line)
        } catch let error as ApiError {
            refused = error.code
        }
    }

    private mutating func act(_ roadbook: Roadbook, _ line: String) async throws {
        let (verb, rest) = split(line)
        let (first, second) = split(rest)
        switch verb {
        case "card", "sales":
            let product = try await product(roadbook, verb == "card" ? .projects : .sales)
            card = try await roadbook.createCard(NewCard(product: product.id, name: rest)).id
        case "person":
            let new = NewContact(sort: .person, givenName: first, familyName: second)
            person = try await roadbook.createContact(new).id
        case "open": try await roadbook.noteOpened(document(rest))
        case "mark", "unmark": try await roadbook.setFavourite(document(rest), isFavourite: verb == "mark")
        case "days": period = .days(from: first, to: second)
        case "rebuild": more = try await roadbook.rebuildSome()
        case "resolve", "take":
            let conflict = try #require(try await roadbook.conflicts(of: card).first)
            let value: PlaceValue
            switch (verb, rest) {
            case ("resolve", let text): value = like(conflict.shown, text)
            case (_, "shown"): value = conflict.shown
            default: value = conflict.others[0]
            }
            try await roadbook.resolve(conflict, of: card, with: value)
        case "called", "detail", "redetail", "bin", "unbin":
            let (person, edit) = (try document("person"), contactEdit(verb, rest))
            let made = try await roadbook.editContact(person, edits: [edit]).made
            details += made
        default:
            let edit = try await cardEdit(roadbook, verb, rest)
            let made = try await roadbook.editCard(card, edits: [edit]).made
            if verb == "todo" { todos += made }
        }
    }

    private func document(_ word: String) throws -> DocumentId {
        if word == "card" { return card }
        return try #require(person)
    }

    private func contactEdit(_ verb: String, _ rest: String) -> ContactEdit {
        let (first, second) = split(rest)
        switch verb {
        case "called": return .rename(given: first, family: second)
        case "detail":
            let (label, value) = split(second)
            return .addDetail(sort: sort(first), label: label, value: value)
        case "redetail":
            let (name, text) = split(second)
            let (label, value) = split(text)
            return .setDetail(detail: nth(details, first), sort: sort(name), label: label, value: value)
        case "bin": return .trash
        default: return .restore
        }
    }

    private func cardEdit(_ roadbook: Roadbook, _ verb: String, _ rest: String) async throws -> CardEdit {
        let (first, second) = split(rest)
        let due = { (text: String) -> Due? in text == "-" ? nil : text }
        switch verb {
        case "rename": return .rename(name: rest)
        case "todo": return .addTodo(text: second, due: due(first))
        case "reword": return .rewordTodo(todo: nth(todos, first), text: second)
        case "assign":
            let assignee: UserId?
            switch second {
            case "me": assignee = try #require(try await roadbook.me()).user
            case "nobody": assignee = nil
            default: assignee = UserId("00000000-0000-7000-8000-000000000000")
            }
            return .assign(todo: nth(todos, first), assignee: assignee)
        case "close":
            let outcome: Outcome = second == "success" ? .success : second == "failed" ? .failed : .none
            return .close(todo: nth(todos, first), outcome: outcome)
        case "reopen": return .reopen(todo: nth(todos, first))
        case "describe": return .describeTodo(todo: nth(todos, first), description: second)
        case "urgent": return .markUrgent(todo: nth(todos, first), urgent: second == "yes")
        case "plan": return .planTodo(todo: nth(todos, first), day: second)
        case "repeat": return .repeatTodo(todo: nth(todos, first), repeat: repetition(second))
        case "snooze": return .snooze(todo: nth(todos, first), until: due(second))
        case "remind":
            let (reminders, channels) = split(second)
            let minutes = listed(reminders)?.map { UInt32($0)! }
            return .setReminders(
                todo: nth(todos, first), reminders: minutes, channels: listed(channels)?.map { channel($0) })
        case "postpone": return .postpone(todo: nth(todos, first), due: due(second))
        case "entry": return .addEntry(kind: first, text: second)
        case "amount":
            let amounts = try await field(roadbook) { $0 == .amount }
            return .setField(field: amounts, value: amount(rest))
        case "day":
            let days = try await field(roadbook) { $0 == .day }
            return .setField(field: days, value: .day(day: rest))
        case "wrong":
            let days = try await field(roadbook) { $0 == .day }
            return .setField(field: days, value: .flag)
        case "option":
            let choices = try await field(roadbook) { kind in
                if case .choice = kind { true } else { false }
            }
            return .setOption(field: choices, option: rest, chosen: true)
        case "link": return .link(role: rest, target: try document("person"))
        case "unlink": return .unlink(link: try #require(try await roadbook.card(card).links.first).id)
        case "trash": return .trash
        case "restore": return .restore
        default: throw Failure("no such verb: \(verb)")
        }
    }

    func tell(_ phone: Phone) async throws -> [String] {
        let roadbook = phone.roadbook
        let view = try await roadbook.card(card)
        let today = try await roadbook.today(limit: 10)
        let ofPeriod = try await roadbook.today(limit: 10, period: period)
        let (history, unsent) = (try await roadbook.history(of: card), try await roadbook.unsentCount())
        let trashed = try await roadbook.trashedCards(of: view.product!).count
        let contacts = try await roadbook.trashedContacts().count
        let recents = try await roadbook.recents().map { title(of: $0) }
        // They come by id, and two ids of one millisecond in any order.
        let favourites = try await roadbook.favourites().map { title(of: $0) }.sorted()
        var told = [
            "name \(view.name)", "history \(history.count)", "unsent \(unsent)", "trashed \(trashed)",
            "today \(today.matching) overdue \(today.totals.overdue) closed \(today.totals.closed)",
            "postponed \(today.totals.postponed)", "days \(ofPeriod.matching)", "trashed contacts \(contacts)",
            "conflicts \(view.conflicts.count)", "links \(view.links.count)",
            "open \(view.todos.filter(\.closings.isEmpty).count)",
            (["recents"] + recents).joined(separator: " "), (["favourites"] + favourites).joined(separator: " "),
        ]
        for conflict in view.conflicts {
            let values = ([conflict.shown] + conflict.others).map { word($0) }.sorted()
            told.append("conflict \(word(conflict.place)) \(values.joined(separator: " | "))")
        }
        for item in history {
            for case .put(let place, let old, let new) in item.edits {
                let before = old.isEmpty ? "-" : old.map { word($0) }.joined(separator: " | ")
                told.append("changed \(word(place)) \(before) to \(word(new))")
            }
        }
        let me = try await roadbook.me()?.user
        for todo in view.todos {
            let state = todo.closings.first.map { word($0.outcome) } ?? "open"
            told.append("todo \(todo.text) \(todo.due ?? "-") \(state)")
            told.append(try word(todo))
            told.append(try reminds(todo))
            let assignee = todo.assignee == nil ? "nobody" : todo.assignee == me ? "me" : "another"
            told.append("assignee \(todo.text) \(assignee)")
        }
        told += view.entries.map { "entry \($0.kind) \($0.text)" }
        for field in view.fields {
            switch field.value {
            case .amount: told.append("amount \(word(field.value))")
            case .day: told.append("day \(word(field.value))")
            default: break
            }
        }
        told += view.links.map { "link \($0.role)" }
        if let person {
            let contact = try await roadbook.contact(person)
            told.append("person \(contact.givenName) \(contact.familyName)")
            told.append("details \(contact.details.count)")
            told += contact.details.map { "detail \($0.sort) \($0.label) \($0.value)" }
        }
        if let more { told.append("more \(more)") }
        if let refused { told.append("refused \(refused)") }
        return told
    }

    private func title(of id: DocumentId) -> String {
        id == card ? "card" : id == person ? "person" : "another"
    }

    private func product(_ roadbook: Roadbook, _ kind: ProductKind) async throws -> ProductView {
        try await roadbook.settings().products.first { $0.kind == kind }!
    }

    /// The first field of Sales whose kind is asked for.
    private func field(_ roadbook: Roadbook, where isAskedFor: (FieldType) -> Bool) async throws -> FieldId {
        try await product(roadbook, .sales).fields.first { isAskedFor($0.kind) }!.id
    }
}

private func split(_ line: String) -> (String, String) {
    guard let space = line.firstIndex(of: " ") else { return (line, "") }
    return (String(line[..<space]), String(line[line.index(after: space)...]))
}

/// The id with this number; "-" is one that nobody has.
private func nth(_ made: [PartId], _ number: String) -> PartId {
    number == "-" ? PartId("AAAAAAAA") : made[Int(number)! - 1]
}

private func amount(_ text: String) -> FieldValue {
    let (amount, currency) = split(text)
    return .amount(amount: amount, currency: currency)
}

private func sort(_ name: String) -> DetailSort {
    name == "phone" ? .phone : name == "email" ? .email : .address
}

/// A value of the kind that a conflict shows.
private func like(_ shown: PlaceValue, _ text: String) -> PlaceValue {
    switch shown {
    case .due: .due(due: text)
    case .field: .field(value: amount(text))
    default: .text(text: text)
    }
}

/// The name of a member without data.
private func name<Member>(_ member: Member) -> String {
    "\(member)".reduce(into: "") { $0 += $1.isUppercase ? "_\($1.lowercased())" : String($1) }
}

private func word(_ place: Place) -> String {
    switch place {
    case .product: "product"
    case .name: "name"
    case .status: "status"
    case .owner: "owner"
    case .trash: "trash"
    case .field: "field"
    case .todo(_, let part): "todo \(name(part))"
    case .entry(_, let part): "entry \(name(part))"
    case .link: "link"
    default: "another"
    }
}

private func word(_ value: PlaceValue) -> String {
    switch value {
    case .empty: "-"
    case .text(let text): text
    case .field(let value): word(value)
    case .chosen: "chosen"
    case .due(let due): due
    case .repeat(let again): word(again)
    case .reminders(let minutes): list(minutes)
    case .channels(let channels): list(channels)
    case .open: "open"
    case .closed(_, let closing): "closed \(word(closing.outcome))"
    case .user: "user"
    case .product: "product"
    case .status: "status"
    case .document: "document"
    case .link(let role, _): role
    case .time: "time"
    case .sort: "sort"
    case .trashed: "trashed"
    case .other(let text): "raw \(text)"
    }
}

private func word(_ todo: TodoView) throws -> String {
    let more = try #require(todo.details)
    let description = more.description.isEmpty ? "-" : more.description
    let planned = more.plannedFor ?? "-"
    let again = more.repeat.map { word($0) } ?? "-"
    return "more \(todo.text) \(description) \(more.urgent ? "urgent" : "calm") \(planned) \(again)"
}

private func reminds(_ todo: TodoView) throws -> String {
    let more = try #require(todo.details)
    let until = more.snoozedUntil ?? "-"
    return "reminds \(todo.text) \(until) \(list(more.reminders)) \(list(more.channels))"
}

/// "-" is no list, "none" an empty one.
private func list<Member>(_ list: [Member]?) -> String {
    guard let list else { return "-" }
    return list.isEmpty ? "none" : list.map { "\($0)" }.joined(separator: ",")
}

private func listed(_ text: String) -> [String]? {
    text == "-" ? nil : text == "none" ? [] : text.split(separator: ",").map(String.init)
}

private func channel(_ name: String) -> Channel {
    name == "browser" ? .browser : name == "device" ? .device : .other(OtherName(name))
}

private func word(_ repetition: Repeat) -> String {
    "\(repetition.every) \(repetition.unit)"
}

private func repetition(_ text: String) -> Repeat? {
    let words = text.split(separator: " ")
    guard words.count == 2, let every = UInt16(words[0]) else { return nil }
    let units: [Substring: RepeatUnit] = ["day": .day, "week": .week, "month": .month, "year": .year]
    return units[words[1]].map { Repeat(every: every, unit: $0) }
}

private func word(_ value: FieldValue) -> String {
    switch value {
    case .amount(let amount, let currency): "\(amount) \(currency)"
    case .day(let day): day
    default: "another"
    }
}

private func word(_ outcome: Outcome) -> String {
    switch outcome {
    case .success: "success"
    case .failed: "failed"
    default: "none"
    }
}
