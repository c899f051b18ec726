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
dismiss = Închide mesajul
