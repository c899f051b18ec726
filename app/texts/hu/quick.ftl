### Gyors felvitel: teendő és határidő egyetlen sorból

quick-line = Mit és mikor?
quick-hint = Például: holnap 9:00 felhívni a Nova Kft.-t
quick-as-text = Ez nem határidő: legyen szöveg az egész sor
quick-take-due = Határidő legyen: { $due }
quick-where = Hová?
quick-no-inbox = A „Beérkező” adatlap még nem érkezett meg erre az eszközre: válasszon másik adatlapot.
quick-other = Másik adatlap
quick-find = Az adatlap neve
quick-added = Felvéve ({ $card }): „{ $text }”.
quick-added-due = Felvéve ({ $card }; { $due }): „{ $text }”.
