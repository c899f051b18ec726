### A kezdet

begin-lead = Ügyfelei és teendői, hálózat nélkül is.
begin-local = Kezdés fiók nélkül
begin-local-hint = Minden ebben a böngészőben marad. Később is bejelentkezhet.
sign-in = Bejelentkezés
sign-in-again = Jelentkezzen be újra
sign-in-again-lead = A munkamenete lejárt. Minden adata itt van, és tovább dolgozhat.
sign-in-lead = Amit itt végzett, a fiókjába kerül.
email = E-mail-cím
password = Jelszó
enrol-title = Válasszon jelszót
enrol-lead = Mostantól ezzel jelentkezik be itt és más eszközökön.
new-password = Új jelszó
enrol = Jelszó beállítása és bejelentkezés
device-name = Böngésző ({ $platform })
questions-title = Mielőtt folytatja
questions-lead = Ezek nincsenek meg a fiókjában. Válassza ki, mi kerüljön a helyükre.
question-product = „{ $name }” termék
question-status = „{ $name }” státusz
continue = Tovább

## Hivatkozással

join = Van hivatkozásom
join-lead = Egy kollégája hivatkozást küldött, vagy QR-kódot mutat. A kódot az eszköz kamerája is meg tudja nyitni.
join-link = Hivatkozás
join-no-link = Ez nem belépésre szóló hivatkozás. A végén „/enrol#” és egy kód áll.
join-elsewhere = Ez a hivatkozás egy másik kiszolgálóra vezet. Nyissa meg ott:
join-scan = QR-kód beolvasása
join-scan-lead = Tartsa a QR-kódot a kamera elé.
join-photo = Fényképezze le a QR-kódot
join-no-code = Ezen a képen nem látszik QR-kód. Menjen közelebb, és próbálja újra.
join-camera-refused = A kamera nem használható. Engedélyezze a böngészőben, vagy illessze be a hivatkozást.

## Telepítés

install = Telepítés
install-lead = Tegye a Roadbookot a kezdőképernyőre: úgy indul, mint bármely más alkalmazás, és adatai tovább megmaradnak.
install-safari = Tegye a Roadbookot a kezdőképernyőre: koppintson a „Megosztás”, majd a „Főképernyőhöz adás” gombra. Ott egyszer újra bejelentkezik, és az adatai megmaradnak; a böngészőben törlődhetnek, ha egy hétig nem használja.
install-not-now = Most nem
