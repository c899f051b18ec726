### Persoane și companii

people-filter = Filtrează după nume
people-who-calls = Cine sună?
people-new-person = Persoană nouă
people-new-company = Companie nouă
people-new-contact = Contact nou
people-count = { $count ->
    [one] Un contact
    [few] { $count } contacte
   *[other] { $count } de contacte
}
people-nobody = Nu este încă nimeni aici.
people-none-found = Nimeni de aici nu se numește „{ $text }”.
people-some-found = Găsite pentru „{ $text }”:
people-nameless = Fără nume
people-contact = Contact
people-person = Persoană
people-company = Companie
people-in-trash = În coșul de gunoi
people-conflicts = { $count ->
    [one] Un conflict
    [few] { $count } conflicte
   *[other] { $count } de conflicte
}

## Cine sună?

people-number = Număr de telefon
people-number-hint = Oricum ar fi scris: +40 721 234 567 sau 0721234567.
people-unknown-number = Nimeni de aici nu are numărul { $number }.
people-callers = Are numărul { $number }:

## Un contact nou

people-sort = Persoană sau companie
people-given-name = Prenume
people-family-name = Nume de familie
people-company-name = Numele companiei
people-phone = Telefon
people-email = E-mail
people-address = Adresă
people-add-person = Adaugă persoana
people-add-company = Adaugă compania
people-doubles = Poate există deja:
people-pick = Alege
people-pick-named = Alege: { $name }
people-pick-hint = Scrieți un nume

## Date de contact

people-details = Date de contact
people-add-phone = Adaugă telefon
people-add-email = Adaugă e-mail
people-add-address = Adaugă adresă
people-label = La ce servește
people-label-work = serviciu
people-label-mobile = mobil
people-label-home = acasă
people-label-main = principal
people-label-fax = fax
people-label-other = altul
people-edit = Modifică
people-edit-named = Modifică: { $what }
people-save = Salvează
people-remove = Elimină
people-remove-named = Elimină { $what }
people-rename = Modifică numele
people-renamed = Numele este acum { $name }.
people-stored = Salvat: { $what }
people-removed = Eliminat: { $what }

## Companii, persoane și carduri

people-links = Companie
people-links-of-company = Persoane
people-role-employer = Lucrează la
people-add-employer = Adaugă angajatorul
people-add-person-here = Adaugă o persoană aici
people-linked = Legat de companie.
people-unlinked = Legătura a fost eliminată.
people-not-here = Nu este pe acest dispozitiv
people-cards = Carduri
people-no-cards = Nu există încă niciun card.
people-nameless-card = Card fără nume
people-new-card = Card nou
people-open-todos = { $count ->
    [one] o sarcină deschisă
    [few] { $count } sarcini deschise
   *[other] { $count } de sarcini deschise
}
people-last-contact = ultimul contact: { $when }

## Contactul însuși

people-favourite = Favorit
people-trash = Mută în coșul de gunoi
people-restore = Scoate din coșul de gunoi
people-leave-trashed = Rămâne în coșul de gunoi
people-trashed = Mutat în coșul de gunoi.
people-restored = Scos din coșul de gunoi.
people-is-trashed = Acest contact este în coșul de gunoi.
people-trash-review = Acest contact este în coșul de gunoi, dar cineva care nu știa asta l-a modificat între timp.
people-history = Istoric
people-older = Arată mai vechi
people-by-server = Serverul
