### Sarcini, pe orice ecran

done = Gata
done-todo = Gata: { $text }
todo-closed = Gata: „{ $text }”.
todo-closed-failed = Închisă fără succes: „{ $text }”.
todo-closed-none = Închisă: „{ $text }”.
todo-tomorrow-todo = Mâine: amână „{ $text }”
todo-more = Altele…
todo-more-todo = Altele… – „{ $text }”
todo-reopen = Redeschide
todo-reopen-todo = Redeschide „{ $text }”
todo-reopened = Redeschisă: „{ $text }”.
todo-title = Sarcină
todo-postpone = Amână
todo-postponed = Amânată ({ $to }): „{ $text }”.
todo-without-due = Fără termen: „{ $text }”.
todo-this-afternoon = După-amiaza aceasta
todo-tomorrow = Mâine
todo-next-monday = Luni
todo-new-due = Termen nou
todo-due = Termen
todo-time = Ora
todo-zone = După ceasurile din { $zone }.
todo-no-due-hint = Fără o zi, nu apare în vederea de azi.
todo-close-with = Închide cu un rezultat
todo-outcome = Cum a mers?
todo-success = Cu succes
todo-failed = Fără succes
todo-none = Niciuna dintre ele
todo-next = Ce urmează?
todo-close = Închide
todo-close-and-add = Închide și adaugă ce urmează
todo-loses-sight = După aceasta nu veți mai vedea cardul: nu mai aveți nimic de făcut pe el.
todo-keep-sight = Scrieți ce faceți în continuare și rămâne.
todo-change = Reformulează sau predă altcuiva
todo-changed = Modificată: „{ $text }”.
todo-save = Salvează
todo-what = Ce este de făcut
todo-assignee = Responsabilul sarcinii
todo-contact = Cu cine
todo-nobody = Cu nimeni
todo-other-contact = Altcineva
todo-add = Adaugă sarcina
todo-added = Adăugată: „{ $text }”.

## Ce mai are o sarcină pe lângă text și termen

todo-details = Descriere, planificare, repetare
todo-urgent = Urgentă
todo-planned = planificată pentru { $day }
todo-reminds-as-all = ca la toate sarcinile
todo-reminds-never = niciodată
todo-reminds-at-due = la termen
todo-reminds-before = cu { $unit ->
    [week] { $count ->
        [one] o săptămână
        [few] { $count } săptămâni
       *[other] { $count } de săptămâni
    }
    [day] { $count ->
        [one] o zi
        [few] { $count } zile
       *[other] { $count } de zile
    }
    [hour] { $count ->
        [one] o oră
        [few] { $count } ore
       *[other] { $count } de ore
    }
   *[minute] { $count ->
        [one] un minut
        [few] { $count } minute
       *[other] { $count } de minute
    }
} înainte
todo-reminds-nowhere = nicăieri
todo-reminds-where = { $channel ->
    [browser] în browser
    [device] pe telefon
   *[other] { $channel }
}
todo-repeat-none = niciodată
todo-repeats = { $unit ->
    [day] { $every ->
        [1] zilnic
        [few] o dată la { $every } zile
       *[other] o dată la { $every } de zile
    }
    [week] { $every ->
        [1] săptămânal
        [few] o dată la { $every } săptămâni
       *[other] o dată la { $every } de săptămâni
    }
    [month] { $every ->
        [1] lunar
        [few] o dată la { $every } luni
       *[other] o dată la { $every } de luni
    }
   *[year] { $every ->
        [1] anual
        [few] o dată la { $every } ani
       *[other] o dată la { $every } de ani
    }
}
todo-comes-again = Se repetă: { $repeat }.
todo-series-ends = Astfel seria se încheie: sarcina nu se mai repetă.

## Ultima acțiune

todo-undo = Anulează
todo-undone = Anulat.
