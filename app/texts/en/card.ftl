### A card

card-title = Card
card-nameless = Card without a name
card-rename = Rename
card-write-down = Write down what happened
card-trash = Move to trash
card-restore = Take out of the trash
card-leave-trashed = Leave it in the trash
card-is-trashed = This card is in the trash.
card-trash-review = This card is in the trash, but it was edited since:
card-next = Next:
card-no-next = No next step. Add a todo, so that the work goes on.
card-overdue = overdue
card-sync-here = Only on this device
card-sync-sent = Sent
card-sync-stored = Stored

## Status and owner

card-status-missing = “{ $status }” asks for more: { $fields }
card-loses-sight-title = You will not see this card any more
card-loses-sight = With this the card leaves your device at the next exchange, because you see only cards that are yours, that nobody owns, or on which you have something to do.
card-loses-sight-yes = Do it all the same

## Todos, contacts

card-todos = Todos
card-no-todo = Nothing is to be done.
card-add-todo = Add a todo
card-contacts = Contacts
card-contact = Contact
card-add-contact = Add a contact
card-contact-role = What the contact is here
card-unlink = Remove
card-unlink-name = Remove { $name } from this card
card-all-cards = All cards of this contact
card-role = { $role ->
    [customer] customer
    [contact] contact person
    [supplier] supplier
    [partner] partner
    [employer] employer
   *[other] { $role }
}

## Fields

card-fields = Fields
card-field-none = (nothing)
card-field-currency = Currency
card-field-unknown = Unknown field
card-field-wanted = “{ $status }” asks for this.
card-field-no-number = This is no number, or could be two. Write it like { $example }.
card-field-number-too-long = A number has at most 15 digits before the point and 6 after it.
card-field-no-currency = A currency has three letters, such as EUR.
card-field-no-day = This is no whole date.
card-field-no-day-time = This is no whole date and time.
card-field-no-email = This is no email address. Write it like anna@example.com.
card-field-no-phone = This is no telephone number. Write it like +36 30 123 4567.
card-field-no-url = This is no address of a page. Write it like https://example.com/page.
card-field-write-to = Write to { $address }
card-field-call = Call { $number }
card-field-open = Open { $page }
card-field-unreadable = It holds something that this version cannot read: { $text }
card-field-meanwhile = Somebody has changed this meanwhile to: { $value }
card-field-emptied-meanwhile = Somebody has emptied this meanwhile.
card-field-unstored = Not stored yet.
card-store = Store
card-discard = Discard
card-unread = From a newer version
card-unread-hint = A newer version of the app wrote this. It is kept, and shown as it is.

## Several people at once

card-conflict = Written by several people at once
card-conflict-at = { $place }: written by several people at once
card-conflict-you = You wrote: { $value }
card-conflict-by = { $name } wrote: { $value }
card-conflict-value = Somebody wrote: { $value }
card-conflict-shown = (shown now)
card-conflict-keep = Keep this
card-conflict-keep-value = Keep this. { $value }
card-conflict-use = Use the other
card-conflict-use-value = Use the other. { $value }

## What happened

card-history = History
card-history-shows = What is shown
card-history-all = Everything
card-history-entries = Notes, calls, visits
card-no-entries = Nothing was written down yet.
card-older = Show older ones
card-by-server = The server
card-act = { $act ->
    [import] by an import
    [bulk] with several cards at once
    [replayed] done before, taken in later
    [automation] by an automation
    [calendar] by a calendar
   *[other] ({ $act })
}
card-entry-what = What was it?
card-entry-text = What happened
card-entry-place = Where
card-entry-at = When
card-entry-now = Empty means now.
card-entry-add = Write it down
card-entry-sort = { $sort ->
    [note] Note
    [call] Call
    [meeting] Meeting
    [visit] Visit
    [mail] Mail
    [message] Message
   *[other] { $sort }
}

card-said-renamed = Renamed to “{ $name }”.
card-said-owner = The owner is now: { $name }
card-said-field = “{ $field }” is stored.
card-said-entry = { $sort ->
    [note] The note is written down.
    [call] The call is written down.
    [meeting] The meeting is written down.
    [visit] The visit is written down.
    [mail] The mail is written down.
    [message] The message is written down.
   *[other] Written down: { $sort }
}
card-said-contact-added = The contact was added.
card-said-trashed = Moved to the trash
card-said-restored = Taken out of the trash
card-said-made = Made in { $product }
card-said-linked = Contact added: { $link }
card-said-unlinked = Contact removed: { $link }
card-said-todo-made = New todo: { $about }
card-said-todo-again = Comes again: { $about }
card-said-reopened = Opened again: “{ $text }”
card-said-closed = { $outcome ->
    [success] Closed with success: “{ $text }”
    [failed] Closed in vain: “{ $text }”
    [none] Closed: “{ $text }”
   *[other] Closed ({ $outcome }): “{ $text }”
}
card-said-set = { $place }: { $new }
card-said-change = { $place }: { $old } → { $new }
card-said-inserted = { $place }: wrote “{ $inserted }”
card-said-erased = { $place }: { $erased ->
    [one] erased one character
   *[other] erased { $erased } characters
}
card-said-rewritten = { $place }: wrote “{ $inserted }”, { $erased ->
    [one] erased one character
   *[other] erased { $erased } characters
}
card-quoted = “{ $text }”

## Places and values

card-place-product = Product
card-place-name = Name
card-place-status = Status
card-place-owner = Owner
card-place-trash = Trash
card-place-sort = Person or company
card-place-given-name = Given name
card-place-family-name = Family name
card-place-option = { $field }, { $option }
card-place-todo = { $part ->
    [text] Words of the todo “{ $text }”
    [due] Due of the todo “{ $text }”
    [assignee] Assignee of the todo “{ $text }”
    [state] State of the todo “{ $text }”
    [contact] Contact of the todo “{ $text }”
    [description] Description of the todo “{ $text }”
    [urgent] Todo “{ $text }” is urgent
    [planned_for] Planned day of the todo “{ $text }”
    [recurrence] Repetition of the todo “{ $text }”
    [occurrence] Day in the series of the todo “{ $text }”
    [snoozed_until] Snooze of the todo “{ $text }”
    [reminders] Reminders of the todo “{ $text }”
    [channels] Where reminders of the todo “{ $text }” appear
   *[other] Todo “{ $text }”, { $part }
}
card-place-entry = { $part ->
    [kind] Sort of the entry “{ $text }”
    [at] Time of the entry “{ $text }”
    [text] Words of the entry “{ $text }”
    [person] Contact of the entry “{ $text }”
    [place] Place of the entry “{ $text }”
    [by] Author of the entry “{ $text }”
   *[other] Entry “{ $text }”, { $part }
}
card-place-detail = { $part ->
    [phone] Phone
    [email] Email
    [address] Address
    [label] What a phone, email or address is for
   *[other] { $part }
}
card-place-link = Link
card-place-preference = Preference “{ $name }”
card-place-other = “{ $name }” of a newer version
card-nothing = nothing
card-nobody = nobody
card-yes = yes
card-no = no
card-open = open
card-closed = { $outcome ->
    [success] closed with success by { $name }, { $when }
    [failed] closed in vain by { $name }, { $when }
    [none] closed by { $name }, { $when }
   *[other] closed ({ $outcome }) by { $name }, { $when }
}
card-due-in-zone = { $due } ({ $zone })
card-link = { $name } ({ $role })
card-sort = { $sort ->
    [person] person
    [company] company
   *[other] { $sort }
}
card-trashed = in the trash
card-not-trashed = not in the trash
card-product-unknown = unknown product
card-status-unknown = unknown status
card-you = you
card-user-unknown = unknown colleague
card-document-unknown = contact that is not here
