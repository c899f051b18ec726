### Todos, on any screen

done = Done
done-todo = Done: { $text }
todo-closed = Done: “{ $text }”.
todo-closed-failed = Closed without success: “{ $text }”.
todo-closed-none = Closed: “{ $text }”.
todo-tomorrow-todo = Tomorrow: put off “{ $text }”
todo-more = More…
todo-more-todo = More… on “{ $text }”
todo-reopen = Reopen
todo-reopen-todo = Reopen “{ $text }”
todo-reopened = Open again: “{ $text }”.
todo-title = Todo
todo-postpone = Postpone
todo-postponed = Postponed ({ $to }): “{ $text }”.
todo-without-due = Without a due: “{ $text }”.
todo-this-afternoon = This afternoon
todo-tomorrow = Tomorrow
todo-next-monday = Monday
todo-new-due = New due
todo-due = Due
todo-time = Time
todo-zone = By the clocks of { $zone }.
todo-no-due-hint = Without a day it does not appear in Today.
todo-close-with = Close with an outcome
todo-outcome = How did it go?
todo-success = With success
todo-failed = Without success
todo-none = Neither
todo-next = What next?
todo-close = Close
todo-close-and-add = Close, and add what is next
todo-loses-sight = After this you will not see the card any more: nothing on it is yours to do.
todo-keep-sight = Say what you do next, and it stays.
todo-change = Reword or give away
todo-changed = Changed: “{ $text }”.
todo-save = Save
todo-what = What is to be done
todo-assignee = Who is to do it
todo-contact = With whom
todo-nobody = Nobody
todo-other-contact = Somebody else
todo-add = Add todo
todo-added = Added: “{ $text }”.

## What there is beside the words and the due of a todo

todo-details = Describe, plan, repeat
todo-urgent = Urgent
todo-planned = planned for { $day }
todo-reminds-as-all = as for all todos
todo-reminds-never = never
todo-reminds-at-due = when it is due
todo-reminds-before = { $unit ->
    [week] { $count ->
        [one] { $count } week
       *[other] { $count } weeks
    }
    [day] { $count ->
        [one] { $count } day
       *[other] { $count } days
    }
    [hour] { $count ->
        [one] { $count } hour
       *[other] { $count } hours
    }
   *[minute] { $count ->
        [one] { $count } minute
       *[other] { $count } minutes
    }
} before
todo-reminds-nowhere = nowhere
todo-reminds-where = { $channel ->
    [browser] in the browser
    [device] on the phone
   *[other] { $channel }
}
todo-repeat-none = never
todo-repeats = { $unit ->
    [day] { $every ->
        [1] every day
       *[other] every { $every } days
    }
    [week] { $every ->
        [1] every week
       *[other] every { $every } weeks
    }
    [month] { $every ->
        [1] every month
       *[other] every { $every } months
    }
   *[year] { $every ->
        [1] every year
       *[other] every { $every } years
    }
}
todo-comes-again = It comes again: { $repeat }.
todo-series-ends = This ends the series: it does not come again.

## The last act

todo-undo = Undo
todo-undone = Undone.
