### Teendők, bármelyik képernyőn

done = Kész
done-todo = Kész: { $text }
todo-closed = Kész: „{ $text }”.
todo-closed-failed = Sikertelenül lezárva: „{ $text }”.
todo-closed-none = Lezárva: „{ $text }”.
todo-tomorrow-todo = Holnap: „{ $text }” elnapolása
todo-more = Egyéb…
todo-more-todo = Egyéb… – „{ $text }”
todo-reopen = Újranyitás
todo-reopen-todo = Újranyitás: „{ $text }”
todo-reopened = Újra nyitva: „{ $text }”.
todo-title = Teendő
todo-postpone = Elnapolás
todo-postponed = Elnapolva ({ $to }): „{ $text }”.
todo-without-due = Határidő nélkül: „{ $text }”.
todo-this-afternoon = Ma délután
todo-tomorrow = Holnap
todo-next-monday = Hétfő
todo-new-due = Új határidő
todo-due = Határidő
todo-time = Időpont
todo-zone = Az itteni órák szerint: { $zone }.
todo-no-due-hint = Nap nélkül nem jelenik meg a mai nézetben.
todo-close-with = Lezárás eredménnyel
todo-outcome = Hogy sikerült?
todo-success = Sikeresen
todo-failed = Sikertelenül
todo-none = Egyik sem
todo-next = Mi a következő teendő?
todo-close = Lezárás
todo-close-and-add = Lezárás és a következő felvétele
todo-loses-sight = Ezután nem fogja látni az adatlapot, mert nem marad rajta Önre váró teendő.
todo-keep-sight = Írja be, mi a következő teendője, és megmarad.
todo-change = Átfogalmazás vagy átadás
todo-changed = Módosítva: „{ $text }”.
todo-save = Mentés
todo-what = Mi a teendő?
todo-assignee = A teendő felelőse
todo-contact = Kivel?
todo-nobody = Senkivel
todo-other-contact = Valaki más
todo-add = Teendő felvétele
todo-added = Felvéve: „{ $text }”.

## Ami a teendőhöz a szövegén és a határidején kívül tartozik

todo-details = Leírás, tervezés, ismétlés
todo-urgent = Sürgős
todo-planned = tervezve: { $day }
todo-reminds-as-all = mint minden teendőnél
todo-reminds-never = soha
todo-reminds-at-due = a határidőkor
todo-reminds-before = { $unit ->
    [week] { $count } héttel
    [day] { $count } nappal
    [hour] { $count } órával
   *[minute] { $count } perccel
} a határidő előtt
todo-reminds-nowhere = sehol
todo-reminds-where = { $channel ->
    [browser] a böngészőben
    [device] a telefonon
   *[other] { $channel }
}
todo-repeat-none = nincs
todo-repeats = { $unit ->
    [day] { $every ->
        [1] naponta
       *[other] { $every } naponta
    }
    [week] { $every ->
        [1] hetente
       *[other] { $every } hetente
    }
    [month] { $every ->
        [1] havonta
       *[other] { $every } havonta
    }
   *[year] { $every ->
        [1] évente
       *[other] { $every } évente
    }
}
todo-comes-again = Ismétlődik: { $repeat }.
todo-series-ends = Ezzel a sorozat véget ér: a teendő nem ismétlődik többé.

## Az utolsó művelet

todo-undo = Visszavonás
todo-undone = Visszavonva.
