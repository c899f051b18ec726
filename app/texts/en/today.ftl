### Today

today = Today
today-period = Days to show
today-only = Today
today-this-week = This week
today-next-week = Next week
today-days = From – to
today-from = From
today-to = To
today-new-card = New card
today-aside = Quick access
today-favourites = Favourites
today-no-favourites = Mark cards and people as favourites to find them here.
today-recents = Opened last
today-no-recents = What you open stands here.
today-all = Show all
total-today = To do
total-overdue = Overdue
total-closed = Closed
total-postponed = Postponed
section-overdue = Overdue
section-today = Due today
section-later = Later
nothing = Nothing is left to do today.
today-nothing-then = Nothing is to be done in these days.
more = { $count ->
    [one] Show one more
   *[other] Show { $count } more
}
