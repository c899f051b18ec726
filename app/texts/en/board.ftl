### The board of a product, and how cards are made and moved

board-all = All
board-statuses = Statuses
board-status = Status
board-status-none = No status
board-status-unknown = Unknown status
board-choice = { $name } ({ $count })
board-cards = cards
board-count = { $count ->
    [one] { $count } card
   *[other] { $count } cards
}
board-empty = No cards yet.
board-none-matching = No card matches.
board-no-product = There is no such product.
board-colleague = To do by
board-everyone = Everyone
board-nobody = Nobody
board-me = Me
board-user-me = { $name } (me)
board-user-unknown = Unknown colleague
board-text = Name contains
board-nameless = (no name)
board-conflicts = { $count ->
    [one] { $count } conflict
   *[other] { $count } conflicts
}

## Sections

board-section-overdue = Overdue
board-section-today = Due today
board-section-tomorrow = Due tomorrow
board-section-this-week = Due this week
board-section-next-week = Due next week
board-section-this-month = Due this month
board-section-next-month = Due next month
board-section-later = Later
board-no-next-step = No next step

## Groups of statuses

board-group-inactive = Inactive
board-group-in-progress = In progress
board-group-positive = Positive result
board-group-negative = Negative result

## Moving a card

board-move = Move
board-move-card = Move “{ $name }” to another status
board-move-title = Move “{ $name }”
board-moved = “{ $name }” is in “{ $status }” now.
board-no-way = No card can be moved to “{ $status }” by hand.
board-is-there = It is in “{ $status }” already.
board-ways = Several things lead to “{ $status }”. What has happened?
board-field-set = { $field }: { $value }
board-field-empty = nothing
board-field-unknown = Unknown field

## Adding a card

board-new = New { $noun }
board-customer = Customer
board-choose-customer = Choose the customer
board-other-customer = Another one
board-for = For { $name }
board-first-status = First status
board-owner = Owner
board-owner-hint = The first todo is theirs, too.
board-open = Open it
add-title = Add a card
product = Product
card-name = Name
todo-text = What is to be done
due = Due
add = Add
card-added = “{ $name }” is here.
