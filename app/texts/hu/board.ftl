### A termék táblája: adatlapok felvétele és mozgatása

board-all = Mind
board-statuses = Státuszok
board-status = Státusz
board-status-none = Státusz nélkül
board-status-unknown = Ismeretlen státusz
board-choice = { $name } ({ $count })
board-cards = adatlap
board-count = { $count } adatlap
board-empty = Még nincs adatlap.
board-none-matching = Nincs ilyen adatlap.
board-no-product = Nincs ilyen termék.
board-colleague = Kinek a teendője
board-everyone = Mindenki
board-nobody = Senki
board-me = Én
board-user-me = { $name } (én)
board-user-unknown = Ismeretlen munkatárs
board-text = A névben szerepel
board-nameless = (név nélkül)
board-conflicts = { $count } ütközés

## Szakaszok

board-section-overdue = Lejárt
board-section-today = Ma esedékes
board-section-tomorrow = Holnap esedékes
board-section-this-week = Ezen a héten esedékes
board-section-next-week = Jövő héten esedékes
board-section-this-month = Ebben a hónapban esedékes
board-section-next-month = Jövő hónapban esedékes
board-section-later = Később
board-no-next-step = Nincs következő lépés

## Státuszcsoportok

board-group-inactive = Inaktív
board-group-in-progress = Folyamatban
board-group-positive = Pozitív eredmény
board-group-negative = Negatív eredmény

## Adatlap mozgatása

board-move = Mozgatás
board-move-card = Mozgatás: „{ $name }”
board-move-title = „{ $name }” mozgatása
board-moved = „{ $name }” új státusza: „{ $status }”.
board-no-way = „{ $status }” státuszba kézzel nem mozgatható adatlap.
board-is-there = Már „{ $status }” státuszban van.
board-ways = Több minden is „{ $status }” státuszhoz vezet. Mi történt?
board-field-set = { $field }: { $value }
board-field-empty = üres
board-field-unknown = Ismeretlen mező

## Új adatlap

board-new = Új { $noun }
board-customer = Ügyfél
board-choose-customer = Ügyfél kiválasztása
board-other-customer = Másik ügyfél
board-for = Ügyfél: { $name }
board-first-status = Az első státusz
board-owner = Felelős
board-owner-hint = Az első teendő is az övé.
board-open = Megnyitás
add-title = Új adatlap
product = Termék
card-name = Név
todo-text = Mi a teendő?
due = Határidő
add = Hozzáadás
card-added = „{ $name }” felkerült.
