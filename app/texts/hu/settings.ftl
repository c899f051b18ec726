### Beállítások: amit az adminisztrátorok állítanak be, és mindenki saját profilja

settings-alone = Fiók nélkül nincs mit beállítani. Jelentkezzen be, hogy kollégáival dolgozhasson.
settings-offline = Nincs hálózat: a beállításokat csak a kiszolgáló olvassa és tárolja. Amit begépelt, megmarad.
settings-name = Név
settings-place = Hely a listában
settings-zone = Időzóna
settings-locale = Nyelv és ország
settings-yes = igen
settings-no = nem
settings-nothing = (üres)
settings-edit = Módosítás
settings-edit-name = Módosítás: { $name }
settings-up = Feljebb: { $name }
settings-down = Lejjebb: { $name }
settings-move-stale = Közben valaki módosította ezt a listát, ezért semmi sem mozdult. Most így áll.
settings-empty-means = Üresen: „{ $name }”.
settings-empty-gallery = Üresen a galéria szerinti név.
settings-option = „{ $name }” lehetőség

## Mentés

settings-save = Mentés
settings-stored = Elmentve.
settings-unstored = Még nincs elmentve.
settings-discard = Elvetés
settings-difference = Közben ezt valaki módosította
settings-difference-lead = Nézze meg, mi tér el, és válassza ki, melyik legyen érvényes.
settings-difference-none = Mostanra ugyanaz, mint az Öné.
settings-mine = Öné
settings-theirs = Másé
settings-untouched = Ön nem módosította
settings-use-mine = Az enyém legyen
settings-use-theirs = A másé legyen
settings-use-mine-hint = Amit Ön nem módosított, mindenképpen a másé szerint marad.

## Miért nem fogadja el a kiszolgáló

settings-forbidden = Ezt csak adminisztrátor teheti meg.
settings-not-found = Ez már nincs meg.
settings-stale = Közben ezt valaki módosította. Nyissa meg újra.
settings-taken = Ez már valaki másé.
settings-last-admin = E felhasználó nélkül nem maradna adminisztrátor.
settings-wrong-password = Nem ez a jelszava.
settings-missing = Ez szükséges.
settings-length = Legalább { $min }, legfeljebb { $max } karakter legyen.
settings-form = A kiszolgáló ezt nem tudja elolvasni.
settings-malformed = Ez üres, túl hosszú, vagy itt nem megengedett.
settings-unknown-zone = Nincs ilyen időzóna. Így írja: Europe/Budapest.
settings-unchangeable = Ez már nem módosítható.
settings-fixed-statuses = Az ilyen termék státuszai kötöttek.
settings-fixed-field = Ebből a mezőből következik a státusz, ezért változatlan marad.
settings-last-status = Egy terméknek marad legalább egy használatban lévő státusza.
settings-key-taken = Két lehetőségnek ugyanaz a kulcsa.
settings-too-many = Több már nem lehet. Nevezzen át egy kivontat.
settings-reserved-product = Ebben a termékben vannak a beérkező adatlapok: használatban marad.
settings-not-removable = Egy lehetőség kivonható, de nem törölhető.
settings-refused = A kiszolgáló ezt nem fogadja el ({ $code }).

## A profil

settings-profile = Saját profil
settings-profile-hint = Neve, időzónája, nyelve és jelszava
settings-zone-hint = Ettől függ, mikor ér véget egy nap. Így írja: Europe/Budapest.
settings-own-locale-hint = Ezen a nyelven jelennek meg a termékek, státuszok és mezők nevei minden eszközén. Az alkalmazás saját nyelve eszközönként választható.
settings-password-lead = Új jelszóval minden más eszközön kijelentkezik.
settings-old-password = Jelenlegi jelszó
settings-password-hint = Legalább 10 karakter.
settings-save-password = Jelszó módosítása
settings-password-stored = A jelszó megváltozott.

## A szervezet

settings-organisation = A szervezet
settings-organisation-hint = Név, időzóna, pénznem, exportálás
settings-firm-name = A szervezet neve
settings-firm-zone-hint = Arra érvényes, ami magától történik. Így írja: Europe/Budapest.
settings-currency = Pénznem
settings-currency-hint = Ezt ajánljuk fel új összegekhez. Három betű, például EUR.
settings-only-admins-export = Csak adminisztrátor exportálhat

## Termékek

settings-products = Termékek
settings-products-hint = Melyek vannak, státuszaikkal és mezőikkel
settings-products-lead = Mindenhol ebben a sorrendben szerepelnek.
settings-off = kikapcsolva
settings-add-product = Termék felvétele
settings-gallery = Termékgaléria
settings-preview = Előzetes
settings-preview-hint = Státuszai és mezői megvannak; ami benne különleges, az még nem készült el.
settings-choose = Választás
settings-choose-kind = Választás: { $name }
settings-item-noun = Egy adatlap megnevezése
settings-enabled = Használatban
settings-enabled-hint = A kikapcsolt termék megőrzi adatlapjait.
settings-lapse-days = Ennyi nap után változik magától a státusz
settings-lapse-days-hint = Üresen soha.

## Státuszok

settings-statuses = Státuszok
settings-statuses-of = { $product }: státuszok
settings-statuses-lead = A státusz azt mondja meg, mi a teendő. Amelyik már nem kell, kivonható: az adatlapok, amelyeken áll, megtartják.
settings-statuses-fixed = Az ilyen termék státuszai kötöttek. Nevük és teendőjük módosítható.
settings-status-name-hint = Mondja meg, mi a teendő.
settings-add-status = Státusz felvétele
settings-group = Csoport
settings-retired = kivonva
settings-retire-status = Kivonva
settings-retire-status-hint = Többé nem választható. Az adatlapok, amelyeken áll, megtartják, amíg át nem mozgatják őket.
settings-todo = Teendőt ad
settings-todo-hint = Az az adatlap kapja meg, amelyik ebbe a státuszba kerül.
settings-todo-text = Mi a teendő
settings-todo-text-hint = Üresen a galéria szavai.
settings-due-days = Ennyi nap múlva esedékes
settings-due-days-hint = 0: ugyanazon a napon.
settings-hands-out-gallery = { $days ->
    [0] A galéria teendője, ugyanazon a napon
   *[other] A galéria teendője, { $days } nap múlva
}
settings-hands-out = { $days ->
    [0] Teendő: „{ $text }”, ugyanazon a napon
   *[other] Teendő: „{ $text }”, { $days } nap múlva
}

## Mezők

settings-fields = Mezők
settings-fields-of = { $product }: mezők
settings-person-fields = A személyek mezői
settings-company-fields = A cégek mezői
settings-fields-hint = Amit mindegyikről tudni szeretne
settings-fields-lead = Ebben a sorrendben állnak az űrlapon. Amelyik már nem kell, kivonható: értékei megmaradnak.
settings-no-fields = Még nincsenek mezők.
settings-add-field = Mező felvétele
settings-field-retired = kivonva
settings-retire-field = Kivonva
settings-retire-field-hint = Többé nem látszik. Értékei megmaradnak.
settings-kind = Mit tartalmaz
settings-kind-hint = Ami már az adatlapokon van, és az új fajta nem tudja olvasni, változatlanul látszik.
settings-kind-text = Szöveg
settings-kind-long-text = Hosszú szöveg
settings-kind-decimal = Szám
settings-kind-money = Összeg
settings-kind-day = Nap
settings-kind-day-time = Nap és időpont
settings-kind-choice = Választás
settings-kind-flag = Igen vagy nem
settings-kind-user = Munkatárs
settings-kind-email = E-mail-cím
settings-kind-phone = Telefonszám
settings-kind-url = Webcím
settings-multiple = Több is választható
settings-required-for = Ezekben a státuszokban kérjük
settings-required-for-hint = Aki nélküle mozgat oda adatlapot, figyelmeztetést kap.
settings-options = Lehetőségek
settings-options-hint = Ebben a sorrendben állnak. Amelyik már nem kell, kivonható: az adatlapok, amelyeken áll, megtartják.
settings-options-order = A lehetőségek sorrendje
settings-option-name = A lehetőség neve: { $name }
settings-retire-option = Kivonva
settings-remove-option = Eltávolítás
settings-remove-option-name = Eltávolítás: { $name }
settings-new-option = Új lehetőség
settings-new-option-hint = A Hozzáadás gombbal kerül a listába.
settings-add-option = Hozzáadás
settings-means = Mi lesz ilyenkor az érdeklődő
settings-means-open = nyitott
settings-means-hot = forró
settings-means-won = megnyert
settings-means-lost = elveszett

## Felhasználók

settings-users = Felhasználók
settings-users-hint = Kollégák, szerepük, hozzáférésük és eszközeik
settings-add-user = Felhasználó felvétele
settings-no-access = nincs hozzáférése
settings-role = Szerep
settings-role-admin = Adminisztrátor
settings-role-admin-hint = Mindent megtehet, a beállításokat is.
settings-role-manager = Menedzser
settings-role-manager-hint = Mindent megtehet, a beállítások kivételével.
settings-role-user = Normál
settings-role-user-hint = Minden adatlappal dolgozhat.
settings-role-restricted = Korlátozott
settings-role-restricted-hint = Csak a saját adatlapjait látja, a gazdátlanokat, és azokat, amelyeken teendője van.
settings-issues-invoices = Szerepétől függetlenül állíthat ki számlát
settings-active = Van hozzáférése
settings-active-hint = Hozzáférés nélkül mindenhonnan kijelentkezik. Neve megmarad az előzményekben.
settings-enrolment = Belépési hivatkozás
settings-enrolment-lead = Aki megnyitja, jelszót választ, és egyszer bejelentkezik vele. A korábbi hivatkozás helyébe lép.
settings-make-link = Hivatkozás készítése
settings-link-until = Eddig jó: { $when }, egyetlen alkalomra. Csak most látható.
settings-copy = Másolás
settings-copied = Kimásolva.
settings-no-devices = Még sehol sincs bejelentkezve.
