### Amit az alkalmazás mond, magyarul.

app-name = Roadbook
opening = Megnyitás…
language = Nyelv
cancel = Mégse
reload = Újratöltés
language-name = Magyar
close = Bezárás
navigation = Fő menü
boards = Táblák
people = Ügyfelek
search = Keresés
more-screen = Továbbiak
person-name = { $family } { $given }
back = Vissza

## Értesítések

update-ready = Megjelent egy új változat.
update = Használom most
update-taken = Egy másik lap már új változatot használ. Töltse újra, ha befejezte a gépelést.
evicted = A böngésző törölte a Roadbook adatait. Jelentkezzen be, hogy visszakapja, amit elküldött.
trapped = Hiba történt, és a program magja újraindult. Amit elvégzett, megvan.
clock = Az eszköz órája több mint öt percet téved.
dismiss = Értesítés bezárása
