package app.roadbook

import app.roadbook.client.ApiException
import app.roadbook.client.CardEdit
import app.roadbook.client.ContactEdit
import app.roadbook.client.EditView
import app.roadbook.client.FieldType
import app.roadbook.client.FieldValue
import app.roadbook.client.NewCard
import app.roadbook.client.NewContact
import app.roadbook.client.PlaceValue
import app.roadbook.client.Repeat
import app.roadbook.client.TodoView
import app.roadbook.domain.Channel
import app.roadbook.domain.ContactSort
import app.roadbook.domain.DetailSort
import app.roadbook.domain.DocumentId
import app.roadbook.domain.FieldId
import app.roadbook.domain.Outcome
import app.roadbook.domain.PartId
import app.roadbook.domain.Period
import app.roadbook.domain.Place
import app.roadbook.domain.ProductKind
import app.roadbook.domain.RepeatUnit
import app.roadbook.domain.UserId
import java.io.File
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.TestFactory
import org.junit.jupiter.api.io.TempDir

/** The named cases that Rust, Kotlin and Swift answer alike: `mobile-bindings/cases.txt`. */
class CasesTest {
    @TempDir
    lateinit var folder: File

    @TestFactory
    fun cases(): List<DynamicTest> = File("../cases.txt").readText().split("\ncase ").drop(1).map { case ->
        val lines = case.lines().filter { it.isNotEmpty() }
        DynamicTest.dynamicTest(lines.first()) {
            val place = File(folder, "${case.hashCode()}").apply { mkdir() }
            runBlocking { if (lines[1] == "firm") firm(place, lines.drop(2)) else local(place, lines.drop(1)) }
        }
    }.also { assertTrue(it.size >= 35, "${it.size} cases") }

    private suspend fun local(place: File, lines: List<String>) =
        localPhone(File(place, "phone.db")).use { Case(listOf(it), null).run(lines) }

    /** With a phone and a tablet of one user, which have what their server has. */
    private suspend fun firm(place: File, lines: List<String>) = RealServer(place).use { real ->
        Server(real.address).use { server ->
            Roadbook.open(File(place, "phone.db")).use { phone ->
                Roadbook.open(File(place, "tablet.db")).use { tablet ->
                    val case = Case(listOf(phone, tablet), server)
                    for (device in listOf(phone, tablet)) {
                        device.signIn(server, RealServer.ADMIN, RealServer.PASSWORD, installation())
                    }
                    case.meet()
                    case.run(lines)
                }
            }
        }
    }

    /** The phone of a case, and in a firm the tablet and their server. */
    private class Case(private val phones: List<Roadbook>, private val server: Server?) {
        private var card = DocumentId("")
        private var person: DocumentId? = null
        private val todos = mutableListOf<PartId>()
        private val details = mutableListOf<PartId>()
        private var period: Period = Period.Today
        private var more: Boolean? = null
        private var refused: String? = null

        suspend fun run(lines: List<String>) {
            for (line in lines) {
                if (line.startsWith("= ")) {
                    for (roadbook in phones) {
                        val told = tell(roadbook)
                        assertTrue(line.removePrefix("= ") in told, "$line is not in $told")
                    }
                } else if (line == "meet") {
                    meet()
                } else {
                    val roadbook = if (line.startsWith("tablet ")) phones[1] else phones[0]
                    val (verb, rest) = split(line.removePrefix("tablet "))
                    try {
                        act(roadbook, verb, rest)
                    } catch (error: ApiException) {
                        refused = error.code
                    }
                }
            }
        }

        /** Syncs one after the other, and the first once more: then each has what both wrote. */
        suspend fun meet() {
            for (roadbook in phones + phones.first()) roadbook.sync(server!!)
        }

        private suspend fun act(roadbook: Roadbook, verb: String, rest: String) {
            val (first, second) = split(rest)
            when (verb) {
                "card", "sales" -> {
                    val kind = if (verb == "card") ProductKind.Projects else ProductKind.Sales
                    card = roadbook.createCard(NewCard(roadbook.product(kind).id, rest)).id
                }
                "person" -> person = roadbook.createContact(NewContact(ContactSort.Person, first, second)).id
                "open" -> roadbook.noteOpened(document(rest))
                "mark", "unmark" -> roadbook.setFavourite(document(rest), verb == "mark")
                "days" -> period = Period.Days(first, second)
                "rebuild" -> more = roadbook.rebuildSome()
                "resolve", "take" -> {
                    val conflict = roadbook.conflicts(card).first()
                    val value = when {
                        verb == "resolve" -> like(conflict.shown, rest)
                        rest == "shown" -> conflict.shown
                        else -> conflict.others.first()
                    }
                    roadbook.resolve(card, conflict, value)
                }
                "called", "detail", "redetail", "bin", "unbin" ->
                    details += roadbook.editContact(person!!, contactEdit(verb, rest)).made
                else -> {
                    val made = roadbook.editCard(card, cardEdit(roadbook, verb, rest)).made
                    if (verb == "todo") todos += made
                }
            }
        }

        private fun document(word: String): DocumentId = if (word == "card") card else person!!

        private fun contactEdit(verb: String, rest: String): ContactEdit {
            val (first, second) = split(rest)
            return when (verb) {
                "called" -> ContactEdit.Rename(first, second)
                "detail" -> {
                    val (label, value) = split(second)
                    ContactEdit.AddDetail(sort(first), label, value)
                }
                "redetail" -> {
                    val (name, text) = split(second)
                    val (label, value) = split(text)
                    ContactEdit.SetDetail(nth(details, first), sort(name), label, value)
                }
                "bin" -> ContactEdit.Trash
                else -> ContactEdit.Restore
            }
        }

        private suspend fun cardEdit(roadbook: Roadbook, verb: String, rest: String): CardEdit {
            val (first, second) = split(rest)
            fun due(text: String) = text.takeIf { it != "-" }
            return when (verb) {
                "rename" -> CardEdit.Rename(rest)
                "todo" -> CardEdit.AddTodo(second, due(first))
                "reword" -> CardEdit.RewordTodo(nth(todos, first), second)
                "assign" -> {
                    val assignee = when (second) {
                        "me" -> roadbook.me()!!.user
                        "nobody" -> null
                        else -> UserId(NOWHERE)
                    }
                    CardEdit.Assign(nth(todos, first), assignee)
                }
                "close" -> CardEdit.Close(
                    nth(todos, first),
                    when (second) {
                        "success" -> Outcome.Success
                        "failed" -> Outcome.Failed
                        else -> Outcome.None
                    },
                )
                "reopen" -> CardEdit.Reopen(nth(todos, first))
                "describe" -> CardEdit.DescribeTodo(nth(todos, first), second)
                "urgent" -> CardEdit.MarkUrgent(nth(todos, first), second == "yes")
                "plan" -> CardEdit.PlanTodo(nth(todos, first), second)
                "repeat" -> CardEdit.RepeatTodo(nth(todos, first), repeat(second))
                "snooze" -> CardEdit.Snooze(nth(todos, first), due(second))
                "remind" -> {
                    val (reminders, channels) = split(second)
                    val minutes = listed(reminders)?.map { it.toUInt() }
                    CardEdit.SetReminders(nth(todos, first), minutes, listed(channels)?.map { channel(it) })
                }
                "postpone" -> CardEdit.Postpone(nth(todos, first), due(second))
                "entry" -> CardEdit.AddEntry(first, text = second)
                "amount" -> CardEdit.SetField(field(roadbook) { it == FieldType.Amount }, amount(rest))
                "day" -> CardEdit.SetField(field(roadbook) { it == FieldType.Day }, FieldValue.Day(rest))
                "wrong" -> CardEdit.SetField(field(roadbook) { it == FieldType.Day }, FieldValue.Flag)
                "option" -> CardEdit.SetOption(field(roadbook) { it is FieldType.Choice }, rest, true)
                "link" -> CardEdit.Link(rest, person!!)
                "unlink" -> CardEdit.Unlink(roadbook.card(card).links.first().id)
                "trash" -> CardEdit.Trash
                "restore" -> CardEdit.Restore
                else -> error("no such verb: $verb")
            }
        }

        /** The first field of Sales whose kind is asked for. */
        private suspend fun field(roadbook: Roadbook, isAskedFor: (FieldType) -> Boolean): FieldId =
            roadbook.product(ProductKind.Sales).fields.first { isAskedFor(it.kind) }.id

        private suspend fun tell(roadbook: Roadbook): List<String> {
            val view = roadbook.card(card)
            val today = roadbook.today(10)
            val history = roadbook.history(card)
            val told = mutableListOf(
                "name ${view.name}",
                "history ${history.size}",
                "unsent ${roadbook.unsentCount()}",
                "today ${today.matching} overdue ${today.totals.overdue} closed ${today.totals.closed}",
                "postponed ${today.totals.postponed}",
                "days ${roadbook.today(10, period).matching}",
                "trashed ${roadbook.trashedCards(view.product!!).size}",
                "trashed contacts ${roadbook.trashedContacts().size}",
                "conflicts ${view.conflicts.size}",
                "open ${view.todos.count { it.closings.isEmpty() }}",
                "links ${view.links.size}",
                (listOf("recents") + roadbook.recents().map { wordOf(it) }).joinToString(" "),
                // They come by id, and two ids of one millisecond in any order.
                (listOf("favourites") + roadbook.favourites().map { wordOf(it) }.sorted()).joinToString(" "),
            )
            view.conflicts.mapTo(told) { conflict ->
                val values = (conflict.others + conflict.shown).map { word(it) }.sorted()
                "conflict ${word(conflict.place)} ${values.joinToString(" | ")}"
            }
            history.flatMap { it.edits }.filterIsInstance<EditView.Put>().mapTo(told) { put ->
                val old = if (put.old.isEmpty()) "-" else put.old.joinToString(" | ") { word(it) }
                "changed ${word(put.place)} $old to ${word(put.new)}"
            }
            val me = roadbook.me()?.user
            for (todo in view.todos) {
                val state = todo.closings.firstOrNull()?.let { word(it.outcome) } ?: "open"
                told += "todo ${todo.text} ${todo.due ?: "-"} $state"
                told += word(todo)
                told += reminds(todo)
                val assignee = when (todo.assignee) {
                    null -> "nobody"
                    me -> "me"
                    else -> "another"
                }
                told += "assignee ${todo.text} $assignee"
            }
            view.entries.mapTo(told) { "entry ${it.kind} ${it.text}" }
            view.fields.mapNotNullTo(told) {
                when (val value = it.value) {
                    is FieldValue.Amount -> "amount ${word(value)}"
                    is FieldValue.Day -> "day ${word(value)}"
                    else -> null
                }
            }
            view.links.mapTo(told) { "link ${it.role}" }
            person?.let { roadbook.contact(it) }?.let { contact ->
                told += "person ${contact.givenName} ${contact.familyName}"
                told += "details ${contact.details.size}"
                contact.details.mapTo(told) { "detail ${name(it.sort)} ${it.label} ${it.value}" }
            }
            more?.let { told += "more $it" }
            refused?.let { told += "refused $it" }
            return told
        }

        private fun wordOf(id: DocumentId): String = when (id) {
            card -> "card"
            person -> "person"
            else -> "another"
        }
    }

    private companion object {
        fun split(text: String): Pair<String, String> = text.substringBefore(' ') to text.substringAfter(' ', "")

        /** The id with this number; "-" is one that nobody has. */
        fun nth(made: List<PartId>, number: String): PartId =
            if (number == "-") PartId("AAAAAAAA") else made[number.toInt() - 1]

        fun amount(text: String): FieldValue {
            val (amount, currency) = split(text)
            return FieldValue.Amount(amount, currency)
        }

        fun sort(name: String): DetailSort = when (name) {
            "phone" -> DetailSort.Phone
            "email" -> DetailSort.Email
            else -> DetailSort.Address
        }

        /** A value of the kind that a conflict shows. */
        fun like(shown: PlaceValue, text: String): PlaceValue = when (shown) {
            is PlaceValue.Due -> PlaceValue.Due(text)
            is PlaceValue.Field -> PlaceValue.Field(amount(text))
            else -> PlaceValue.Text(text)
        }

        fun word(place: Place): String = when (place) {
            is Place.Product -> "product"
            is Place.Name -> "name"
            is Place.Status -> "status"
            is Place.Owner -> "owner"
            is Place.Trash -> "trash"
            is Place.Field -> "field"
            is Place.Todo -> "todo ${name(place.part)}"
            is Place.Entry -> "entry ${name(place.part)}"
            is Place.Link -> "link"
            else -> "another"
        }

        fun word(value: PlaceValue): String = when (value) {
            is PlaceValue.Empty -> "-"
            is PlaceValue.Text -> value.text
            is PlaceValue.Field -> word(value.value)
            is PlaceValue.Chosen -> "chosen"
            is PlaceValue.Due -> value.due
            is PlaceValue.Repeat -> word(value.repeat)
            is PlaceValue.Reminders -> list(value.minutes)
            is PlaceValue.Channels -> list(value.channels.map { name(it) })
            is PlaceValue.Open -> "open"
            is PlaceValue.Closed -> "closed ${word(value.closing.outcome)}"
            is PlaceValue.User -> "user"
            is PlaceValue.Product -> "product"
            is PlaceValue.Status -> "status"
            is PlaceValue.Document -> "document"
            is PlaceValue.Link -> value.role
            is PlaceValue.Time -> "time"
            is PlaceValue.Sort -> "sort"
            is PlaceValue.Trashed -> "trashed"
            is PlaceValue.Other -> "raw ${value.text}"
        }

        fun word(todo: TodoView): String {
            val more = todo.details!!
            val urgent = if (more.urgent) "urgent" else "calm"
            val repeat = more.repeat?.let { word(it) } ?: "-"
            return "more ${todo.text} ${more.description.ifEmpty { "-" }} $urgent ${more.plannedFor ?: "-"} $repeat"
        }

        fun reminds(todo: TodoView): String {
            val more = todo.details!!
            val channels = list(more.channels?.map { name(it) })
            return "reminds ${todo.text} ${more.snoozedUntil ?: "-"} ${list(more.reminders)} $channels"
        }

        /** "-" is no list, "none" an empty one. */
        fun list(list: List<Any>?): String = when {
            list == null -> "-"
            list.isEmpty() -> "none"
            else -> list.joinToString(",")
        }

        fun listed(text: String): List<String>? = when (text) {
            "-" -> null
            "none" -> emptyList()
            else -> text.split(",")
        }

        fun channel(name: String): Channel = when (name) {
            "browser" -> Channel.Browser
            "device" -> Channel.Device
            else -> Channel.Other(name)
        }

        fun word(repeat: Repeat): String = "${repeat.every} ${repeat.unit.name.lowercase()}"

        fun repeat(text: String): Repeat? {
            val (every, unit) = text.split(" ").takeIf { it.size == 2 } ?: return null
            return Repeat(every.toUShort(), RepeatUnit.valueOf(unit.uppercase()))
        }

        fun word(value: FieldValue): String = when (value) {
            is FieldValue.Amount -> "${value.amount} ${value.currency}"
            is FieldValue.Day -> value.day
            else -> "another"
        }

        fun word(outcome: Outcome): String = when (outcome) {
            Outcome.Success -> "success"
            Outcome.Failed -> "failed"
            else -> "none"
        }

        /** The name of a member without data. */
        fun name(member: Any): String =
            member::class.simpleName!!.replace(Regex("(?<=[a-z])[A-Z]"), "_$0").lowercase()
    }
}
