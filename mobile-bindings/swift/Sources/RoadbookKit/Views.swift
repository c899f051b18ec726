/// Roadbook's phone for Swift. The calls and their types are generated; this module adds to them what Swift
/// expects, and holds no logic.
@_exported import RoadbookCore

// Lists animate what moved by these ids; all of them stay the same as long as the thing exists.

extension TodayTodo: Identifiable {
    public var id: TodoKey { item.key }
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
