### People: persons and companies

people-filter = Filter by name
people-who-calls = Who calls?
people-new-person = New person
people-new-company = New company
people-new-contact = New contact
people-count = { $count ->
    [one] One contact
   *[other] { $count } contacts
}
people-nobody = Nobody is here yet.
people-none-found = Nobody here is called “{ $text }”.
people-some-found = Found for “{ $text }”:
people-nameless = No name
people-contact = Contact
people-person = Person
people-company = Company
people-in-trash = In the trash
people-conflicts = { $count ->
    [one] One conflict
   *[other] { $count } conflicts
}

## Who calls?

people-number = Telephone number
people-number-hint = However it is written: +36 30 123 4567 or 06301234567.
people-unknown-number = Nobody here has the number { $number }.
people-callers = Has the number { $number }:

## A new one

people-sort = Person or company
people-given-name = Given name
people-family-name = Family name
people-company-name = Name of the company
people-phone = Phone
people-email = Email
people-address = Address
people-add-person = Add person
people-add-company = Add company
people-doubles = May be here already:
people-pick = Take this one
people-pick-named = Take this one: { $name }
people-pick-hint = Type a name

## How to reach somebody

people-details = Contact details
people-add-phone = Add phone
people-add-email = Add email
people-add-address = Add address
people-label = What it is for
people-label-work = work
people-label-mobile = mobile
people-label-home = home
people-label-main = main
people-label-fax = fax
people-label-other = other
people-edit = Edit
people-edit-named = Edit { $what }
people-save = Save
people-remove = Remove
people-remove-named = Remove { $what }
people-rename = Edit name
people-renamed = Now called { $name }.
people-stored = Saved: { $what }
people-removed = Removed: { $what }

## Companies, persons and cards

people-links = Company
people-links-of-company = Persons
people-role-employer = Works for
people-add-employer = Add employer
people-add-person-here = Add a person here
people-linked = Linked to the company.
people-unlinked = Link removed.
people-not-here = Not on this device
people-cards = Cards
people-no-cards = No cards yet.
people-nameless-card = Card without a name
people-new-card = New card
people-open-todos = { $count ->
    [one] one open todo
   *[other] { $count } open todos
}
people-last-contact = last contact: { $when }

## The contact itself

people-favourite = Favourite
people-trash = Move to trash
people-restore = Take out of the trash
people-leave-trashed = Leave it in the trash
people-trashed = Moved to the trash.
people-restored = Taken out of the trash.
people-is-trashed = This contact is in the trash.
people-trash-review = This contact is in the trash, but somebody who did not know that has edited it since.
people-history = History
people-older = Show older ones
people-by-server = The server
