// Written by hand, for the sources in `Generated`.

/// An id. The core makes them, and gets them back as they are. Each kind is a type of its own: the id of a card does
/// not pass for that of a todo, nor a text for either.
///
/// What an app keeps of one, as in a link or a notification, is its text, and `DocumentId(text)` is the id again. The
/// core judges its form: a call with what is none ends with `invalid.malformed`.
public protocol Identifier: RawRepresentable<String>, LosslessStringConvertible, Hashable, Codable, Sendable {
    init(rawValue: String)
    init(_ text: String)
}

extension Identifier {
    public init(_ text: String) { self.init(rawValue: text) }

    public var description: String { rawValue }
}

/// A card, a contact, or another document.
public struct DocumentId: Identifier {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }
}

/// A part of a document: a todo, an entry, a link, a detail of a contact.
public struct PartId: Identifier {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }
}

/// A product.
public struct ProductId: Identifier {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }
}

/// A status of a product.
public struct StatusId: Identifier {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }
}

/// A field of a product's cards, of persons or of companies.
public struct FieldId: Identifier {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }
}

/// A user of an organisation, or of a local workspace.
public struct UserId: Identifier {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }
}

/// An installation of the app.
public struct DeviceId: Identifier {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }
}

/// An organisation.
public struct OrgId: Identifier {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }
}
