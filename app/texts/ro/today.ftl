### Azi

today = Azi
today-period = Zilele afișate
today-only = Azi
today-this-week = Săptămâna aceasta
today-next-week = Săptămâna viitoare
today-days = De la – până la
today-from = De la
today-to = Până la
today-new-card = Card nou
today-aside = Acces rapid
today-favourites = Favorite
today-no-favourites = Marcați carduri și persoane ca favorite, ca să le găsiți aici.
today-recents = Deschise recent
today-no-recents = Aici apare ce deschideți.
today-all = Arată tot
total-today = De făcut
total-overdue = Expirate
total-closed = Închise
total-postponed = Amânate
section-overdue = Expirate
section-today = Cu termen azi
section-later = Mai târziu
nothing = Nu a mai rămas nimic de făcut azi.
today-nothing-then = Nu este nimic de făcut în aceste zile.
more = { $count ->
    [one] Mai arată una
    [few] Mai arată { $count }
   *[other] Mai arată { $count }
}
