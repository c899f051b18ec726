### Keresés

search-for = Mit keres?
search-hint = Kapcsolatok, adatlapok, nyitott teendők és jegyzetek, bármely szavuk alapján.
search-nothing = Nincs találat erre: „{ $text }”.
search-found = Találatok erre: „{ $text }”
search-contacts = Kapcsolatok
search-cards = Adatlapok
search-todos = Teendők
search-entries = Jegyzetek és események
search-more = Továbbiak mutatása
