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

extension CardItem: Identifiable {}
extension CardView: Identifiable {}
extension ContactItem: Identifiable {}
extension ContactView: Identifiable {}
extension EntryView: Identifiable {}
extension FieldInfo: Identifiable {}
extension HistoryItem: Identifiable {}
extension LinkRow: Identifiable {}
extension DetailRow: Identifiable {}
extension ProductView: Identifiable {}
extension QuarantinedEdit: Identifiable {}
extension StatusView: Identifiable {}
extension TodoView: Identifiable {}
extension UserView: Identifiable {}
