### Adăugare rapidă: o sarcină și termenul ei dintr-un singur rând

quick-line = Ce și când
quick-hint = De exemplu: sună la Nova SRL mâine la 9:00
quick-as-text = Nu este un termen: ia tot rândul ca text
quick-take-due = Ca termen: { $due }
quick-where = Unde
quick-no-inbox = Cardul „Primite” nu a ajuns încă pe acest dispozitiv: alegeți alt card.
quick-other = Alt card
quick-find = Numele cardului
quick-added = Adăugată ({ $card }): „{ $text }”.
quick-added-due = Adăugată ({ $card }; { $due }): „{ $text }”.
