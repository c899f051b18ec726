### The form for what there is beside the words and the due of a todo

details-description = Description
details-planned = Planned for
details-planned-hint = The day on which you want to do it. The due is the day by which it must be done.
details-repeat = Repeat
details-repeat-other = other…
details-every = Every
details-unit = Unit
details-unit-name = { $unit ->
    [day] { $every ->
        [one] day
       *[other] days
    }
    [week] { $every ->
        [one] week
       *[other] weeks
    }
    [month] { $every ->
        [one] month
       *[other] months
    }
   *[year] { $every ->
        [one] year
       *[other] years
    }
}
details-repeat-hint = When it is closed, the next one is made, counted from its due.
details-repeat-hint-no-due = When it is closed, the next one is made, counted from that day.
