### Ma

today = Mai nézet
today-period = Megjelenített napok
today-only = Ma
today-this-week = Ezen a héten
today-next-week = Jövő héten
today-days = Mettől – meddig
today-from = Ettől
today-to = Eddig
today-new-card = Új adatlap
today-aside = Gyors elérés
today-favourites = Kedvencek
today-no-favourites = Jelöljön kedvencnek adatlapokat és ügyfeleket, hogy itt megtalálja őket.
today-recents = Utoljára megnyitott
today-no-recents = Itt lesz, amit megnyit.
today-all = Mind mutatása
total-today = Teendő
total-overdue = Lejárt
total-closed = Lezárt
total-postponed = Elnapolt
section-overdue = Lejárt
section-today = Ma esedékes
section-later = Később
nothing = Mára nem maradt teendő.
today-nothing-then = Ezekre a napokra nincs teendő.
more = Még { $count } mutatása
