### Adatlap

card-title = Adatlap
card-nameless = Névtelen adatlap
card-rename = Átnevezés
card-write-down = Esemény feljegyzése
card-trash = Áthelyezés a lomtárba
card-restore = Visszavétel a lomtárból
card-leave-trashed = Maradjon a lomtárban
card-is-trashed = Ez az adatlap a lomtárban van.
card-trash-review = Ez az adatlap a lomtárban van, de azóta módosították:
card-next = Következő:
card-no-next = Nincs következő lépés. Vegyen fel teendőt, hogy a munka folytatódjon.
card-overdue = lejárt
card-sync-here = Csak ezen az eszközön
card-sync-sent = Elküldve
card-sync-stored = Tárolva

## Státusz és felelős

card-status-missing = „{ $status }” státuszhoz ez még hiányzik: { $fields }
card-loses-sight-title = Ezt az adatlapot nem fogja többé látni
card-loses-sight = Ezzel az adatlap a következő adatcserekor lekerül az eszközéről, mert Ön csak a saját, a felelős nélküli és azokat az adatlapokat látja, amelyeken teendője van.
card-loses-sight-yes = Mégis megteszem

## Teendők, kapcsolatok

card-todos = Teendők
card-no-todo = Nincs nyitott teendő.
card-add-todo = Új teendő
card-contacts = Kapcsolatok
card-contact = Kapcsolat
card-add-contact = Kapcsolat hozzáadása
card-contact-role = A kapcsolat szerepe
card-unlink = Eltávolítás
card-unlink-name = Eltávolítás: { $name }
card-all-cards = A kapcsolat összes adatlapja
card-role = { $role ->
    [customer] ügyfél
    [contact] kapcsolattartó
    [supplier] beszállító
    [partner] partner
    [employer] munkahely
   *[other] { $role }
}

## Mezők

card-fields = Mezők
card-field-none = (üres)
card-field-currency = Pénznem
card-field-unknown = Ismeretlen mező
card-field-wanted = „{ $status }” státuszhoz kellene.
card-field-no-number = Ez nem szám, vagy kétféleképpen is érthető. Írja így: { $example }.
card-field-number-too-long = Egy szám legfeljebb 15 egész és 6 tizedesjegyből áll.
card-field-no-currency = A pénznem három betű, például EUR.
card-field-no-day = Ez nem teljes dátum.
card-field-no-day-time = Ez nem teljes dátum és időpont.
card-field-no-email = Ez nem e-mail-cím. Írja így: anna@example.com.
card-field-no-phone = Ez nem telefonszám. Írja így: +36 30 123 4567.
card-field-no-url = Ez nem weboldal címe. Írja így: https://example.com/oldal.
card-field-write-to = E-mail írása: { $address }
card-field-call = Hívás: { $number }
card-field-open = Megnyitás: { $page }
card-field-unreadable = Olyasmi van benne, amit ez a változat nem tud olvasni: { $text }
card-field-meanwhile = Közben valaki erre módosította: { $value }
card-field-emptied-meanwhile = Közben valaki kiürítette.
card-field-unstored = Még nincs tárolva.
card-store = Tárolás
card-discard = Elvetés
card-unread = Újabb változatból
card-unread-hint = Ezt az alkalmazás újabb változata írta. Megmarad, és változatlanul látható.

## Többen egyszerre

card-conflict = Többen írták egyszerre
card-conflict-at = { $place }: többen írták egyszerre
card-conflict-you = Ön ezt írta: { $value }
card-conflict-by = { $name } ezt írta: { $value }
card-conflict-value = Valaki ezt írta: { $value }
card-conflict-shown = (most ez látható)
card-conflict-keep = Ez maradjon
card-conflict-keep-value = Ez maradjon. { $value }
card-conflict-use = Legyen a másik
card-conflict-use-value = Legyen a másik. { $value }

## Ami történt

card-history = Előzmények
card-history-shows = Mi látható
card-history-all = Minden
card-history-entries = Feljegyzések, hívások, látogatások
card-no-entries = Még nincs feljegyzés.
card-older = Régebbiek mutatása
card-by-server = A kiszolgáló
card-act = { $act ->
    [import] betöltéssel
    [bulk] több adatlappal együtt
    [replayed] korábban készült, később került be
    [automation] automatizmus
    [calendar] naptárból
   *[other] ({ $act })
}
card-entry-what = Mi volt?
card-entry-text = Mi történt?
card-entry-place = Hol?
card-entry-at = Mikor?
card-entry-now = Üresen hagyva: most.
card-entry-add = Feljegyzés
card-entry-sort = { $sort ->
    [note] Megjegyzés
    [call] Hívás
    [meeting] Megbeszélés
    [visit] Látogatás
    [mail] Levél
    [message] Üzenet
   *[other] { $sort }
}

card-said-renamed = Az új név: „{ $name }”.
card-said-owner = Az új felelős: { $name }
card-said-field = „{ $field }” tárolva.
card-said-entry = { $sort ->
    [note] A megjegyzés bekerült az előzményekbe.
    [call] A hívás bekerült az előzményekbe.
    [meeting] A megbeszélés bekerült az előzményekbe.
    [visit] A látogatás bekerült az előzményekbe.
    [mail] A levél bekerült az előzményekbe.
    [message] Az üzenet bekerült az előzményekbe.
   *[other] Feljegyezve: { $sort }
}
card-said-contact-added = A kapcsolat felkerült.
card-said-trashed = Áthelyezve a lomtárba
card-said-restored = Visszavéve a lomtárból
card-said-made = Létrehozva itt: { $product }
card-said-linked = Kapcsolat hozzáadva: { $link }
card-said-unlinked = Kapcsolat eltávolítva: { $link }
card-said-todo-made = Új teendő: { $about }
card-said-todo-again = Ismét teendő: { $about }
card-said-reopened = Újra nyitott: „{ $text }”
card-said-closed = { $outcome ->
    [success] Sikeresen lezárva: „{ $text }”
    [failed] Sikertelenül lezárva: „{ $text }”
    [none] Lezárva: „{ $text }”
   *[other] Lezárva ({ $outcome }): „{ $text }”
}
card-said-set = { $place }: { $new }
card-said-change = { $place }: { $old } → { $new }
card-said-inserted = { $place }: beírva „{ $inserted }”
card-said-erased = { $place }: { $erased } karakter törölve
card-said-rewritten = { $place }: beírva „{ $inserted }”, { $erased } karakter törölve
card-quoted = „{ $text }”

## Helyek és értékek

card-place-product = Termék
card-place-name = Név
card-place-status = Státusz
card-place-owner = Felelős
card-place-trash = Lomtár
card-place-sort = Személy vagy cég
card-place-given-name = Utónév
card-place-family-name = Családnév
card-place-option = { $field }, { $option }
card-place-todo = { $part ->
    [text] „{ $text }” teendő szövege
    [due] „{ $text }” teendő határideje
    [assignee] „{ $text }” teendő felelőse
    [state] „{ $text }” teendő állapota
    [contact] „{ $text }” teendő kapcsolata
    [description] „{ $text }” teendő leírása
    [urgent] „{ $text }” teendő sürgős
    [planned_for] „{ $text }” teendő tervezett napja
    [recurrence] „{ $text }” teendő ismétlődése
    [occurrence] „{ $text }” teendő napja a sorozatban
    [snoozed_until] „{ $text }” teendő elhalasztott emlékeztetője
    [reminders] „{ $text }” teendő emlékeztetői
    [channels] „{ $text }” teendő emlékeztetőinek helye
   *[other] „{ $text }” teendő, { $part }
}
card-place-entry = { $part ->
    [kind] „{ $text }” bejegyzés fajtája
    [at] „{ $text }” bejegyzés időpontja
    [text] „{ $text }” bejegyzés szövege
    [person] „{ $text }” bejegyzés kapcsolata
    [place] „{ $text }” bejegyzés helyszíne
    [by] „{ $text }” bejegyzés szerzője
   *[other] „{ $text }” bejegyzés, { $part }
}
card-place-detail = { $part ->
    [phone] Telefon
    [email] E-mail
    [address] Cím
    [label] Mire szolgál az elérhetőség
   *[other] { $part }
}
card-place-link = Hivatkozás
card-place-preference = „{ $name }” beállítás
card-place-other = „{ $name }” egy újabb változatból
card-nothing = semmi
card-nobody = senki
card-yes = igen
card-no = nem
card-open = nyitott
card-closed = { $outcome ->
    [success] sikeresen lezárta { $name }, { $when }
    [failed] sikertelenül lezárta { $name }, { $when }
    [none] lezárta { $name }, { $when }
   *[other] lezárta ({ $outcome }) { $name }, { $when }
}
card-due-in-zone = { $due } ({ $zone })
card-link = { $name } ({ $role })
card-sort = { $sort ->
    [person] személy
    [company] cég
   *[other] { $sort }
}
card-trashed = a lomtárban
card-not-trashed = nincs a lomtárban
card-product-unknown = ismeretlen termék
card-status-unknown = ismeretlen státusz
card-you = Ön
card-user-unknown = ismeretlen munkatárs
card-document-unknown = itt nem látható kapcsolat
