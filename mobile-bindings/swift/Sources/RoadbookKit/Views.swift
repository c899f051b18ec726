/// Roadbook's phone for Swift. The calls and their types are generated; this module adds to them what Swift
/// expects, and holds no logic.
@_exported import RoadbookCore

// Lists animate what moved by these ids; all of them stay the same as long as the thing exists.

extension TodayTodo: Identifiable {
    /// Which todo of which card. Unlike its key it tells no instant: a todo that is put off moves in the list.
    public struct ID: Hashable, Sendable {
        public let card: DocumentId
        public let todo: PartId
    }

    public var id: ID { ID(card: item.key.card, todo: item.key.todo) }
}

extension FoundTodo: Identifiable {
    /// Which todo of which card.
    public var id: TodayTodo.ID { TodayTodo.ID(card: card, todo: todo.id) }
}

extension AttachQuestion: Identifiable {
    /// The workspace's product or status.
    public var id: String {
        switch self {
        case .product(let product, _, _): product.rawValue
        case .status(let status, _, _): status.rawValue
        }
    }
}

extension Conflict: Identifiable {
    /// What it is about.
    public var id: Place { place }
}

extension FieldChange: Identifiable {
    public var id: FieldId { field }
}

extension FieldView: Identifiable {
    public var id: FieldId { field }
}

extension OptionView: Identifiable {
    public var id: Key { key }
}

extension StatusCount: Identifiable {
    /// The status; nil for cards in none that is known.
    public var id: StatusId? { status }
}

extension ActView: Identifiable {}
extension CardItem: Identifiable {}
extension CardView: Identifiable {}
extension ProductChoice: Identifiable {}
extension StatusChoice: Identifiable {}
extension ContactItem: Identifiable {}
extension ContactView: Identifiable {}
extension DetailRow: Identifiable {}
extension DeviceView: Identifiable {}
extension EntryView: Identifiable {}
extension FieldInfo: Identifiable {}
extension HistoryItem: Identifiable {}
extension LinkRow: Identifiable {}
extension ProductView: Identifiable {}
extension QuarantinedEdit: Identifiable {}
extension StatusView: Identifiable {}
extension TodoView: Identifiable {}
extension UserView: Identifiable {}
