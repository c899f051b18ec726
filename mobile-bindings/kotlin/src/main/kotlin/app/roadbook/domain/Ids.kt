package app.roadbook.domain

import java.io.Serializable

// The core makes ids, and gets them back as they are. Each kind is a type of its own: the id of a card does not pass
// for that of a todo, nor a text for either. What an app keeps of one, as in a link or a notification, is its text, and
// `DocumentId(text)` is the id again. The core judges its form: a call with what is none ends with `invalid.malformed`.
//
// Android saves what is serializable: the keys of a list, and what a screen remembers.

/** A card, a contact, or another document. */
@JvmInline
public value class DocumentId(public val text: String) : Serializable {
    override fun toString(): String = text
}

/** A part of a document: a todo, an entry, a link, a detail of a contact. */
@JvmInline
public value class PartId(public val text: String) : Serializable {
    override fun toString(): String = text
}

/** A product. */
@JvmInline
public value class ProductId(public val text: String) : Serializable {
    override fun toString(): String = text
}

/** A status of a product. */
@JvmInline
public value class StatusId(public val text: String) : Serializable {
    override fun toString(): String = text
}

/** A field of a product's cards, of persons or of companies. */
@JvmInline
public value class FieldId(public val text: String) : Serializable {
    override fun toString(): String = text
}

/** A user of an organisation, or of a local workspace. */
@JvmInline
public value class UserId(public val text: String) : Serializable {
    override fun toString(): String = text
}

/** An installation of the app. */
@JvmInline
public value class DeviceId(public val text: String) : Serializable {
    override fun toString(): String = text
}

/** An organisation. */
@JvmInline
public value class OrgId(public val text: String) : Serializable {
    override fun toString(): String = text
}
