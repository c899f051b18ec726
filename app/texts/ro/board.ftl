### Panoul unui produs; cum se adaugă și se mută cardurile

board-all = Toate
board-statuses = Statusuri
board-status = Status
board-status-none = Fără status
board-status-unknown = Status necunoscut
board-choice = { $name } ({ $count })
board-cards = carduri
board-count = { $count ->
    [one] Un card
    [few] { $count } carduri
   *[other] { $count } de carduri
}
board-empty = Încă nu există carduri.
board-none-matching = Niciun card nu corespunde.
board-no-product = Nu există un astfel de produs.
board-colleague = De făcut de către
board-everyone = Toți
board-nobody = Nimeni
board-me = Eu
board-user-me = { $name } (eu)
board-user-unknown = Coleg necunoscut
board-text = Numele conține
board-nameless = (fără nume)
board-conflicts = { $count ->
    [one] Un conflict
    [few] { $count } conflicte
   *[other] { $count } de conflicte
}

## Secțiuni

board-section-overdue = Expirate
board-section-today = Cu termen azi
board-section-tomorrow = Cu termen mâine
board-section-this-week = Cu termen săptămâna aceasta
board-section-next-week = Cu termen săptămâna viitoare
board-section-this-month = Cu termen luna aceasta
board-section-next-month = Cu termen luna viitoare
board-section-later = Mai târziu
board-no-next-step = Fără pas următor

## Grupuri de statusuri

board-group-inactive = Inactivitate
board-group-in-progress = În curs
board-group-positive = Rezultat pozitiv
board-group-negative = Rezultat negativ

## Mutarea unui card

board-move = Mută
board-move-card = Mută „{ $name }” în alt status
board-move-title = Mută „{ $name }”
board-moved = „{ $name }” este acum în „{ $status }”.
board-no-way = Niciun card nu poate fi mutat manual în „{ $status }”.
board-is-there = Este deja în „{ $status }”.
board-ways = Mai multe lucruri duc la „{ $status }”. Ce s-a întâmplat?
board-field-set = { $field }: { $value }
board-field-empty = nimic
board-field-unknown = Câmp necunoscut

## Card nou

board-new = Adaugă { $noun }
board-customer = Client
board-choose-customer = Alegeți clientul
board-other-customer = Alt client
board-for = Pentru { $name }
board-first-status = Primul status
board-owner = Deținător
board-owner-hint = Și prima sarcină îi revine.
board-open = Deschideți
add-title = Adaugă un card
product = Produs
card-name = Nume
todo-text = Ce este de făcut
due = Termen
add = Adaugă
card-added = „{ $name }” a fost adăugat.
