### Ce spune aplicația, în română.

app-name = Roadbook
opening = Se deschide…
language = Limba
cancel = Renunță
reload = Reîncarcă
language-name = Română
close = Închide
navigation = Meniu principal
boards = Panouri
people = Persoane
search = Căutare
more-screen = Mai multe
person-name = { $given } { $family }
back = Înapoi

## Înștiințări

update-ready = Există o versiune nouă.
update = Folosește-o acum
update-taken = Altă filă folosește o versiune nouă. Reîncărcați după ce terminați de scris.
evicted = Browserul a șters datele Roadbook. Conectați-vă pentru a primi înapoi ce a fost trimis.
trapped = Ceva nu a mers, iar nucleul a fost repornit. Ce ați făcut este în siguranță.
clock = Ceasul acestui dispozitiv greșește cu mai mult de cinci minute.
unkept = Ce ați scris este prea lung ca să fie păstrat: se pierde dacă închideți sau reîncărcați această pagină.
dismiss = Închide mesajul

# A damaged file
repair = Repară
repair-what = Repararea salvează ce nu a fost trimis încă, atât cât se poate citi. Restul revine de pe server.
repaired = { $saved ->
    [0] Datele au fost reparate. Nimic nu aștepta să fie trimis.
    [one] Datele au fost reparate. O modificare care nu a fost trimisă încă este aici.
    [few] Datele au fost reparate. { $saved } modificări care nu au fost trimise încă sunt aici.
   *[other] Datele au fost reparate. { $saved } de modificări care nu au fost trimise încă sunt aici.
}
repaired-in-part = { $saved ->
    [0] Datele au fost reparate, dar nu totul s-a putut citi: modificările care nu au fost trimise încă s-ar putea să fie pierdute.
    [one] Datele au fost reparate, dar nu totul s-a putut citi. O modificare care nu a fost trimisă încă este aici, altele s-ar putea să fie pierdute.
    [few] Datele au fost reparate, dar nu totul s-a putut citi. { $saved } modificări care nu au fost trimise încă sunt aici, altele s-ar putea să fie pierdute.
   *[other] Datele au fost reparate, dar nu totul s-a putut citi. { $saved } de modificări care nu au fost trimise încă sunt aici, altele s-ar putea să fie pierdute.
}
