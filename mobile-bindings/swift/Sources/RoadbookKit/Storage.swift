import Dispatch
import Foundation

// Calls that read or write the file. Each leaves the caller's thread free: it waits for the storage on a queue of its
// own. An edit is on disk when its call returns. What is generated has the same names with a label for every argument:
// it waits on the caller's thread, and is for code that is not asynchronous.

extension Roadbook {
    /// Opens the file at `path` for the app, and makes it if there is none. A process beside the app calls
    /// ``opened(beside:)``: this call takes the sync away from any other process.
    public static func opened(_ path: String) async throws(ApiError) -> Roadbook {
        try await onStorage { try Roadbook.open(path: path) }
    }

    /// Opens the file for a process beside the app, such as a widget. It takes no lock.
    public static func opened(beside path: String) async throws(ApiError) -> Roadbook {
        try await onStorage { try Roadbook.openBeside(path: path) }
    }

    /// Makes a new file in the place of a damaged one, with all that was unsent in it.
    public static func salvaged(_ path: String) async throws(ApiError) -> Salvage {
        try await onStorage { try salvage(path: path) }
    }

    /// Begins to work without an account, in the days of `zone`, an IANA name, and the language of `locale`, such as
    /// `hu-HU`: those of the device, if nothing else is said.
    @discardableResult
    public func beginLocalWorkspace(
        zone: String = TimeZone.current.identifier, locale: String = Locale.current.identifier(.bcp47)
    ) async throws(ApiError) -> ChangeSet {
        try await onStorage { try self.beginLocalWorkspace(zone: zone, locale: locale) }
    }

    /// Reads the whole file, and throws `Damaged` if it is not sound.
    public func check() async throws(ApiError) {
        try await onStorage { try self.check() }
    }

    /// Makes rows anew that another version of the app made; tells whether there is more.
    public func rebuildSome(limit: UInt32 = 64) async throws(ApiError) -> Bool {
        try await onStorage { try self.rebuildSome(limit: limit) }
    }

    /// Whether another process wrote the file since this was last asked. Call it when the app comes to the front.
    @discardableResult
    public func poll() async throws(ApiError) -> Bool {
        try await onStorage { try self.poll() }
    }

    /// Ends the sync that runs, waits for what is under way, and closes the file: no lock on it is held any more. Until
    /// ``resume()`` every call throws `Paused`.
    public func pause() async throws(ApiError) {
        do {
            try await exchanged { try await self.pauseUntyped() }
        } catch {
            // No server is asked.
            guard case .Local(let own) = error else { throw ApiError.Internal(detail: String(describing: error)) }
            throw own
        }
    }
}

// What screens read.
extension Roadbook {
    /// Who works here; nil before anybody signed in or began a local workspace.
    public func me() async throws(ApiError) -> Identity? {
        try await onStorage { try self.me() }
    }

    /// The user's own todos that need them now, over all products: the first `limit`, and totals over all.
    public func today(limit: UInt32 = 50, period: Period = .today) async throws(ApiError) -> TodayView {
        try await onStorage { try self.today(limit: limit, period: period) }
    }

    /// A page of a product's cards, the most urgent first.
    public func board(_ query: BoardQuery) async throws(ApiError) -> Board {
        try await onStorage { try self.board(query: query) }
    }

    /// How many cards of a product are in each status, in the order of the process.
    public func statusCounts(of product: ProductId) async throws(ApiError) -> [StatusCount] {
        try await onStorage { try self.statusCounts(product: product) }
    }

    /// Opens a card.
    public func card(_ card: DocumentId) async throws(ApiError) -> CardView {
        try await onStorage { try self.card(card: card) }
    }

    /// What cards and contacts are called, in the same order; those that are not here are left out.
    public func names(of documents: [DocumentId]) async throws(ApiError) -> [DocumentName] {
        try await onStorage { try self.names(documents: documents) }
    }

    /// When a todo may be postponed to by one tap, the soonest first.
    public func postponeChoices() async throws(ApiError) -> [PostponeChoice] {
        try await onStorage { try self.postponeChoices() }
    }

    /// What a line that the user writes says: a todo, and when it is due, by their clock and in their language. What may
    /// be read in two ways stays text.
    public func quickTodo(text: String) async throws(ApiError) -> QuickTodo {
        try await onStorage { try self.quickTodo(text: text) }
    }

    /// The user's inbox card, for todos that belong to no other; nil while it has not arrived.
    public func inbox() async throws(ApiError) -> DocumentId? {
        try await onStorage { try self.inbox() }
    }

    /// The ways to move a card by hand into a status: take one at once, let the user choose among several.
    public func movesTo(_ status: StatusId, of card: DocumentId) async throws(ApiError) -> [Way] {
        try await onStorage { try self.movesTo(card: card, status: status) }
    }

    /// Opens a contact.
    public func contact(_ contact: DocumentId) async throws(ApiError) -> ContactView {
        try await onStorage { try self.contact(contact: contact) }
    }

    /// Contacts in use by family name; with a text, those whose name holds all its words.
    public func contacts(
        matching text: String? = nil, offset: UInt32 = 0, limit: UInt32 = 50
    ) async throws(ApiError) -> [ContactItem] {
        try await onStorage { try self.contacts(text: text, offset: offset, limit: limit) }
    }

    /// How many contacts ``contacts(matching:offset:limit:)`` would list without a limit.
    public func contactCount(matching text: String? = nil) async throws(ApiError) -> UInt32 {
        try await onStorage { try self.contactCount(text: text) }
    }

    /// The contacts in use that have a telephone number, however it is written: whoever calls, while the phone rings.
    public func findCaller(_ number: String, limit: UInt32 = 5) async throws(ApiError) -> [ContactItem] {
        try await onStorage { try self.findCaller(number: number, limit: limit) }
    }

    /// The contacts in use that may be the one to be made: those of its sort with the same phone or email, then those
    /// with the same name. Ask before ``createContact(_:)``.
    public func likelyDoubles(of contact: NewContact, limit: UInt32 = 5) async throws(ApiError) -> [ContactItem] {
        try await onStorage { try self.likelyDoubles(contact: contact, limit: limit) }
    }

    /// The contacts in use that link to this one, such as the persons of a company, by family name.
    public func contactsLinkedTo(_ contact: DocumentId) async throws(ApiError) -> [ContactItem] {
        try await onStorage { try self.contactsLinkedTo(contact: contact) }
    }

    /// The cards of a contact, of all products.
    public func cardsOfContact(_ contact: DocumentId) async throws(ApiError) -> [CardItem] {
        try await onStorage { try self.cardsOfContact(contact: contact) }
    }

    /// The cards in the trash of a product, by name.
    public func trashedCards(
        of product: ProductId, offset: UInt32 = 0, limit: UInt32 = 50
    ) async throws(ApiError) -> [CardItem] {
        try await onStorage { try self.trashedCards(product: product, offset: offset, limit: limit) }
    }

    /// The contacts in the trash, by family name.
    public func trashedContacts(offset: UInt32 = 0, limit: UInt32 = 50) async throws(ApiError) -> [ContactItem] {
        try await onStorage { try self.trashedContacts(offset: offset, limit: limit) }
    }

    /// The contacts and cards whose names, and the open todos and entries whose texts, hold all words of `text`; at most
    /// `limit` of each. ``interrupt()`` ends it, as when the user types on.
    public func search(_ text: String, limit: UInt32 = 20) async throws(ApiError) -> Found {
        try await onStorage { try self.search(text: text, limit: limit) }
    }

    /// The values of a document that several people wrote at once.
    public func conflicts(of document: DocumentId) async throws(ApiError) -> [Conflict] {
        try await onStorage { try self.conflicts(document: document) }
    }

    /// The history of a document, the newest first: `limit` lines after the first `skip`.
    public func history(
        of document: DocumentId, skip: UInt32 = 0, limit: UInt32 = 50
    ) async throws(ApiError) -> [HistoryItem] {
        try await onStorage { try self.history(document: document, skip: skip, limit: limit) }
    }

    /// The edits that could not be kept, the latest first.
    public func quarantine() async throws(ApiError) -> [QuarantinedEdit] {
        try await onStorage { try self.quarantine() }
    }

    /// Products, statuses, fields and colleagues, with names in the user's language.
    public func settings() async throws(ApiError) -> SettingsView {
        try await onStorage { try self.settings() }
    }

    /// The documents that the user opened last, on whichever device, the latest first.
    public func recents() async throws(ApiError) -> [DocumentId] {
        try await onStorage { try self.recents() }
    }

    /// The cards and contacts that the user marked, on whichever device.
    public func favourites() async throws(ApiError) -> [DocumentId] {
        try await onStorage { try self.favourites() }
    }

    /// Whether the user's role and organisation allow something: hide what they do not. The server judges, too.
    public func may(_ act: Act) async throws(ApiError) -> Bool {
        try await onStorage { try self.may(act: act) }
    }

    /// How far the user's own edits of a document have come.
    public func syncState(of document: DocumentId) async throws(ApiError) -> SyncState {
        try await onStorage { try self.syncState(document: document) }
    }

    /// How many edits the server has not.
    public func unsentCount() async throws(ApiError) -> UInt64 {
        try await onStorage { try self.unsentCount() }
    }

    /// Whether there is a session; it may have ended at the server since.
    public func isSignedIn() async throws(ApiError) -> Bool {
        try await onStorage { try self.isSignedIn() }
    }
}

// Edits. Several of one call are one change, and one line of the history.
extension Roadbook {
    /// Makes a card.
    @discardableResult
    public func createCard(_ card: NewCard) async throws(ApiError) -> Made {
        try await onStorage { try self.createCard(card: card) }
    }

    /// Edits a card.
    @discardableResult
    public func editCard(_ card: DocumentId, edits: [CardEdit]) async throws(ApiError) -> Edited {
        try await onStorage { try self.editCard(card: card, edits: edits) }
    }

    /// Whether the user would not see the card any more after these edits: to be said before it happens.
    public func losesSight(of card: DocumentId, edits: [CardEdit]) async throws(ApiError) -> Bool {
        try await onStorage { try self.losesSight(card: card, edits: edits) }
    }

    /// Takes back a line of a document's history, such as the `change` of an ``Edited``, as a change of its own. What
    /// the line wrote must still stand.
    @discardableResult
    public func undo(_ change: String, of document: DocumentId) async throws(ApiError) -> ChangeSet {
        try await onStorage { try self.undo(document: document, change: change) }
    }

    /// Edits several cards alike, as one act: all of them, or none.
    @discardableResult
    public func editCards(_ cards: [DocumentId], edits: [CardEdit]) async throws(ApiError) -> Edited {
        try await onStorage { try self.editCards(cards: cards, edits: edits) }
    }

    /// Closes a todo, as from a widget or a notification. The first closing counts.
    @discardableResult
    public func closeTodo(
        _ todo: PartId, of card: DocumentId, outcome: Outcome = .success
    ) async throws(ApiError) -> Edited {
        try await onStorage { try self.closeTodo(card: card, todo: todo, outcome: outcome) }
    }

    /// Makes a contact.
    @discardableResult
    public func createContact(_ contact: NewContact) async throws(ApiError) -> Made {
        try await onStorage { try self.createContact(contact: contact) }
    }

    /// Edits a contact.
    @discardableResult
    public func editContact(_ contact: DocumentId, edits: [ContactEdit]) async throws(ApiError) -> Edited {
        try await onStorage { try self.editContact(contact: contact, edits: edits) }
    }

    /// Resolves a conflict: the value is one of those that it has, or another of the same kind.
    @discardableResult
    public func resolve(
        _ conflict: Conflict, of document: DocumentId, with value: PlaceValue
    ) async throws(ApiError) -> ChangeSet {
        try await onStorage { try self.resolve(document: document, conflict: conflict, value: value) }
    }

    /// Makes an edit of the quarantine again, and takes it out; answers the document, another one if it was made
    /// anew.
    @discardableResult
    public func reapply(_ edit: QuarantinedEdit.ID) async throws(ApiError) -> Reapplied {
        try await onStorage { try self.reapply(edit: edit) }
    }

    /// Takes an edit out of the quarantine for good.
    @discardableResult
    public func dismiss(_ edit: QuarantinedEdit.ID) async throws(ApiError) -> ChangeSet {
        try await onStorage { try self.dismiss(edit: edit) }
    }

    /// Marks a card or contact as a favourite, or no more.
    @discardableResult
    public func setFavourite(_ document: DocumentId, isFavourite: Bool) async throws(ApiError) -> ChangeSet {
        try await onStorage { try self.setFavourite(document: document, isFavourite: isFavourite) }
    }

    /// Notes that the user opened a document, for the recents of all their devices.
    @discardableResult
    public func noteOpened(_ document: DocumentId) async throws(ApiError) -> ChangeSet {
        try await onStorage { try self.noteOpened(document: document) }
    }
}

/// Where calls wait for the storage: the threads of Swift's own pool are few, and must not.
private let storage = DispatchQueue(label: "roadbook.storage", qos: .userInitiated, attributes: .concurrent)

private func onStorage<Value: Sendable>(
    _ call: @escaping @Sendable () throws -> Value
) async throws(ApiError) -> Value {
    let result = await withCheckedContinuation { continuation in
        storage.async { continuation.resume(returning: Result(catching: call)) }
    }
    do {
        return try result.get()
    } catch let error as ApiError {
        throw error
    } catch {
        // A panic in the core, and what the generated code calls internal.
        throw ApiError.Internal(detail: String(describing: error))
    }
}
