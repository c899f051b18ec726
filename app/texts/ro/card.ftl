### Un card

card-title = Card
card-nameless = Card fără nume
card-rename = Redenumește
card-write-down = Notează ce s-a întâmplat
card-trash = Mută în coșul de gunoi
card-restore = Scoate din coșul de gunoi
card-leave-trashed = Lasă în coșul de gunoi
card-is-trashed = Acest card este în coșul de gunoi.
card-trash-review = Acest card este în coșul de gunoi, dar a fost modificat între timp:
card-next = Urmează:
card-no-next = Niciun pas următor. Adăugați o sarcină, ca lucrurile să continue.
card-overdue = expirat
card-sync-here = Doar pe acest dispozitiv
card-sync-sent = Trimis
card-sync-stored = Păstrat pe server

## Statusul și deținătorul

card-status-missing = „{ $status }” mai cere: { $fields }
card-loses-sight-title = Nu veți mai vedea acest card
card-loses-sight = Astfel cardul pleacă de pe dispozitivul dumneavoastră la următorul schimb de date, fiindcă vedeți doar cardurile proprii, pe cele fără deținător și pe cele pe care aveți ceva de făcut.
card-loses-sight-yes = Fă asta oricum

## Sarcini, contacte

card-todos = Sarcini
card-no-todo = Nu este nimic de făcut.
card-add-todo = Adaugă o sarcină
card-contacts = Contacte
card-contact = Contact
card-add-contact = Adaugă un contact
card-contact-role = Ce este contactul aici
card-unlink = Elimină
card-unlink-name = Elimină { $name } de pe card
card-all-cards = Toate cardurile acestui contact
card-role = { $role ->
    [customer] client
    [contact] persoană de contact
    [supplier] furnizor
    [partner] partener
    [employer] angajator
   *[other] { $role }
}

## Câmpuri

card-fields = Câmpuri
card-field-none = (nimic)
card-field-currency = Moneda
card-field-unknown = Câmp necunoscut
card-field-wanted = „{ $status }” cere acest câmp.
card-field-no-number = Nu este un număr sau poate fi citit în două feluri. Scrieți-l ca { $example }.
card-field-number-too-long = Un număr are cel mult 15 cifre înainte de virgulă și 6 după ea.
card-field-no-currency = O monedă are trei litere, de exemplu EUR.
card-field-no-day = Nu este o dată întreagă.
card-field-no-day-time = Nu este o dată întreagă cu oră.
card-field-no-email = Nu este o adresă de e-mail. Scrieți-o ca anna@example.com.
card-field-no-phone = Nu este un număr de telefon. Scrieți-l ca +40 722 123 456.
card-field-no-url = Nu este adresa unei pagini. Scrieți-o ca https://example.com/pagina.
card-field-write-to = Scrie la { $address }
card-field-call = Sună la { $number }
card-field-open = Deschide { $page }
card-field-unreadable = Conține ceva ce această versiune nu poate citi: { $text }
card-field-meanwhile = Între timp cineva l-a schimbat în: { $value }
card-field-emptied-meanwhile = Între timp cineva l-a golit.
card-field-unstored = Încă nu este păstrat.
card-store = Păstrează
card-discard = Renunță
card-unread = Dintr-o versiune mai nouă
card-unread-hint = O versiune mai nouă a aplicației a scris aceasta. Rămâne și este arătată așa cum este.

## Mai mulți deodată

card-conflict = Scris de mai mulți deodată
card-conflict-at = { $place }: scris de mai mulți deodată
card-conflict-you = Dumneavoastră ați scris: { $value }
card-conflict-by = { $name } a scris: { $value }
card-conflict-value = Cineva a scris: { $value }
card-conflict-shown = (arătat acum)
card-conflict-keep = Păstrează aceasta
card-conflict-keep-value = Păstrează aceasta. { $value }
card-conflict-use = Folosește cealaltă
card-conflict-use-value = Folosește cealaltă. { $value }

## Ce s-a întâmplat

card-history = Istoric
card-history-shows = Ce se arată
card-history-all = Totul
card-history-entries = Note, apeluri, vizite
card-no-entries = Încă nu s-a notat nimic.
card-older = Arată mai vechi
card-by-server = Serverul
card-act = { $act ->
    [import] printr-un import
    [bulk] împreună cu alte carduri
    [replayed] făcut mai devreme, preluat mai târziu
    [automation] printr-o automatizare
    [calendar] dintr-un calendar
   *[other] ({ $act })
}
card-entry-what = Ce a fost?
card-entry-text = Ce s-a întâmplat
card-entry-place = Unde
card-entry-at = Când
card-entry-now = Gol înseamnă acum.
card-entry-add = Notează
card-entry-sort = { $sort ->
    [note] Notă
    [call] Apel
    [meeting] Întâlnire
    [visit] Vizită
    [mail] E-mail
    [message] Mesaj
   *[other] { $sort }
}

card-said-renamed = Redenumit „{ $name }”.
card-said-owner = Deținătorul este acum: { $name }
card-said-field = „{ $field }” este păstrat.
card-said-entry = { $sort ->
    [note] Nota a fost trecută în istoric.
    [call] Apelul a fost trecut în istoric.
    [meeting] Întâlnirea a fost trecută în istoric.
    [visit] Vizita a fost trecută în istoric.
    [mail] E-mailul a fost trecut în istoric.
    [message] Mesajul a fost trecut în istoric.
   *[other] Trecut în istoric: { $sort }
}
card-said-contact-added = Contactul a fost adăugat.
card-said-trashed = Mutat în coșul de gunoi
card-said-restored = Scos din coșul de gunoi
card-said-made = Creat în { $product }
card-said-linked = Contact adăugat: { $link }
card-said-unlinked = Contact eliminat: { $link }
card-said-todo-made = Sarcină nouă: { $about }
card-said-todo-again = Revine: { $about }
card-said-reopened = Redeschisă: „{ $text }”
card-said-closed = { $outcome ->
    [success] Închisă cu succes: „{ $text }”
    [failed] Închisă fără succes: „{ $text }”
    [none] Închisă: „{ $text }”
   *[other] Închisă ({ $outcome }): „{ $text }”
}
card-said-set = { $place }: { $new }
card-said-change = { $place }: { $old } → { $new }
card-said-inserted = { $place }: s-a scris „{ $inserted }”
card-said-erased = { $place }: { $erased ->
    [one] s-a șters un caracter
    [few] s-au șters { $erased } caractere
   *[other] s-au șters { $erased } de caractere
}
card-said-rewritten = { $place }: s-a scris „{ $inserted }”, { $erased ->
    [one] s-a șters un caracter
    [few] s-au șters { $erased } caractere
   *[other] s-au șters { $erased } de caractere
}
card-quoted = „{ $text }”

## Locuri și valori

card-place-product = Produs
card-place-name = Nume
card-place-status = Status
card-place-owner = Deținător
card-place-trash = Coș de gunoi
card-place-sort = Persoană sau companie
card-place-given-name = Prenume
card-place-family-name = Nume de familie
card-place-option = { $field }, { $option }
card-place-todo = { $part ->
    [text] Textul sarcinii „{ $text }”
    [due] Termenul sarcinii „{ $text }”
    [assignee] Responsabilul sarcinii „{ $text }”
    [state] Starea sarcinii „{ $text }”
    [contact] Contactul sarcinii „{ $text }”
    [description] Descrierea sarcinii „{ $text }”
    [urgent] Sarcina „{ $text }” este urgentă
    [planned_for] Ziua planificată a sarcinii „{ $text }”
    [recurrence] Repetarea sarcinii „{ $text }”
    [occurrence] Ziua din serie a sarcinii „{ $text }”
    [snoozed_until] Reamintirea amânată a sarcinii „{ $text }”
    [reminders] Reamintirile sarcinii „{ $text }”
    [channels] Unde apar reamintirile sarcinii „{ $text }”
   *[other] Sarcina „{ $text }”, { $part }
}
card-place-entry = { $part ->
    [kind] Felul însemnării „{ $text }”
    [at] Momentul însemnării „{ $text }”
    [text] Textul însemnării „{ $text }”
    [person] Contactul însemnării „{ $text }”
    [place] Locul însemnării „{ $text }”
    [by] Autorul însemnării „{ $text }”
   *[other] Însemnarea „{ $text }”, { $part }
}
card-place-detail = { $part ->
    [phone] Telefon
    [email] E-mail
    [address] Adresă
    [label] La ce servește un telefon, e-mail sau o adresă
   *[other] { $part }
}
card-place-link = Legătură
card-place-preference = Preferința „{ $name }”
card-place-other = „{ $name }” dintr-o versiune mai nouă
card-nothing = nimic
card-nobody = nimeni
card-yes = da
card-no = nu
card-open = deschisă
card-closed = { $outcome ->
    [success] închisă cu succes de { $name }, { $when }
    [failed] închisă fără succes de { $name }, { $when }
    [none] închisă de { $name }, { $when }
   *[other] închisă ({ $outcome }) de { $name }, { $when }
}
card-due-in-zone = { $due } ({ $zone })
card-link = { $name } ({ $role })
card-sort = { $sort ->
    [person] persoană
    [company] companie
   *[other] { $sort }
}
card-trashed = în coșul de gunoi
card-not-trashed = nu este în coșul de gunoi
card-product-unknown = produs necunoscut
card-status-unknown = status necunoscut
card-you = dumneavoastră
card-user-unknown = coleg necunoscut
card-document-unknown = contact care nu este aici
