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
unkept = Amit begépelt, túl hosszú ahhoz, hogy megmaradjon: elvész, ha bezárja vagy újratölti ezt az oldalt.
dismiss = Értesítés bezárása

# A damaged file
repair = Javítás
repair-what = A javítás megmenti, amit még nem küldött el, amennyi olvasható belőle. Minden más visszajön a szerverről.
repaired = { $saved ->
    [0] Az adatok ki vannak javítva. Semmi sem várt küldésre.
   *[other] Az adatok ki vannak javítva. Megvan { $saved } módosítás, amely még nem ment el.
}
repaired-in-part = { $saved ->
    [0] Az adatok ki vannak javítva, de nem volt minden olvasható: a még el nem küldött módosítások elveszhettek.
   *[other] Az adatok ki vannak javítva, de nem volt minden olvasható. Megvan { $saved } módosítás, amely még nem ment el, mások elveszhettek.
}
