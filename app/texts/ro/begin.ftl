### Începutul

begin-lead = Clienții și sarcinile dumneavoastră, și fără rețea.
begin-local = Începe fără cont
begin-local-hint = Totul rămâne în acest browser. Vă puteți conecta mai târziu.
sign-in = Conectare
sign-in-again = Conectați-vă din nou
sign-in-again-lead = Sesiunea s-a încheiat. Toate datele sunt încă aici și puteți lucra mai departe.
sign-in-lead = Ce ați lucrat aici trece în contul dumneavoastră.
email = E-mail
password = Parolă
enrol-title = Alegeți parola
enrol-lead = Cu ea vă conectați de acum înainte, aici și pe alte dispozitive.
new-password = Parolă nouă
enrol = Setează parola și conectează
device-name = Browser pe { $platform }
questions-title = Înainte de a continua
questions-lead = Contul dumneavoastră nu le are pe acestea. Alegeți ce le ia locul.
question-product = Produsul „{ $name }”
question-status = Statusul „{ $name }”
continue = Continuă

## Cu un link

join = Am un link
join-lead = Un coleg v-a trimis un link sau vă arată un cod QR. Codul poate fi deschis și cu aplicația de cameră a dispozitivului.
join-link = Link
join-no-link = Acesta nu este un link de acces. La sfârșit are „/enrol#” și un cod.
join-elsewhere = Acest link duce la alt server. Deschideți-l acolo:
join-scan = Scanează codul QR
join-scan-lead = Țineți codul QR în fața camerei.
join-photo = Fotografiați codul QR
join-no-code = În această imagine nu se vede niciun cod QR. Apropiați-vă și încercați din nou.
join-camera-refused = Camera nu poate fi folosită. Permiteți-o în browser sau lipiți linkul.

## Instalare

install = Instalează
install-lead = Puneți Roadbook pe ecranul de pornire: pornește ca orice altă aplicație, iar datele se păstrează mai mult timp.
install-safari = Puneți Roadbook pe ecranul de pornire: atingeți „Partajați”, apoi „Adaugă la ecranul principal”. Acolo vă conectați încă o dată, iar datele se păstrează; în browser pot fi șterse după o săptămână fără utilizare.
install-not-now = Nu acum
