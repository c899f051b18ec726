### Továbbiak: adatcsere a kiszolgálóval, az elakadt módosítások, a lomtár, az eszközök, segítség

more-personal = Ezen az eszközön
more-nameless = Név nélkül
more-show-more = Továbbiak megjelenítése
more-again = Újra
more-loading = Betöltés…
more-settings = Beállítások
more-settings-hint = Profilja és jelszava; adminisztrátoroknak termékek, mezők és felhasználók
more-share = Megosztás
more-save-file = Mentés fájlként

## A fejlécben

more-mark-unsent = { $count ->
    [0] Minden elküldve
   *[other] { $count } elküldetlen
}

## Adatcsere

exchange = Adatcsere
more-exchange-hint = Mi van meg a kiszolgálón, és mi nincs még; támogatás; kijelentkezés
first-sync = Adatok letöltése: { $done } / { $total }
more-your-edits = Módosításai
unsent = { $count ->
    [0] Minden el van küldve
   *[other] { $count } módosítás nincs elküldve
}
more-network = Hálózat
online = Van hálózat
offline = Nincs hálózat
last-exchange = Utolsó adatcsere
no-exchange = Még nem volt adatcsere
more-version = Változat
more-sync-now = Adatcsere most
more-sync-running = Adatcsere folyik…
more-sync-done = Az adatcsere megtörtént.
local-workspace = Fiók nélkül
more-local-workspace-lead = Fiók nélkül dolgozik: minden csak ebben a böngészőben van meg. Jelentkezzen be, hogy kollégáival és más eszközökön is dolgozhasson.

## Tárhely

more-storage = Tárhely
kept = A böngésző megőrzi az adatait.
not-kept = A böngésző helyhiány esetén törölheti az adatait. Ne hagyjon sokáig elküldetlen módosítást.
more-not-kept-alone = A böngésző helyhiány esetén törölheti az adatait, és azok sehol máshol nincsenek meg.
more-keep = Kérem, hogy a böngésző őrizze meg
more-keep-refused = A böngésző most nem vállalta. Később még megteheti, ha többet használja az alkalmazást, vagy kiteszi a kezdőképernyőre.
more-room = { $usage } foglalt, a keret { $quota }.

## Támogatás

more-support = A támogatáshoz
more-state-hash = Állapothash kiszámítása
more-state-hash-hint = Az állapothash mindazt jelöli, amit Ön lát. Teljes adatcsere után a kiszolgálóé ugyanaz.
more-state-hash-running = Minden adat beolvasása…
more-report = Jelentés
more-report-show = Jelentés készítése
more-report-hint = A jelentés a Roadbook gondozóinak segít. Nincsenek benne nevek, szövegek és címek.
more-report-lead = Ez minden, ami benne van. Magától semmi sem megy el.

## Kijelentkezés

sign-out = Kijelentkezés
more-sign-out-lead = Adatai eltűnnek ebből a böngészőből. A kiszolgálón megmaradnak.
sign-out-unsent = { $count } módosítás nincs elküldve. Titkosítva itt marad, és visszakapja, ha itt újra bejelentkezik.
sign-out-anyway = Kijelentkezés mégis

## Az elakadt módosítások

more-quarantine = Elakadt módosítások
more-quarantine-hint = Ami nem jutott célba, az okával együtt
more-quarantine-count = { $count } elakadt
more-quarantine-lead = Ezeket a módosításokat nem lehetett megtartani. Egyik sem veszett el: alkalmazza újra, mentse fájlba, vagy vesse el.
more-quarantine-empty = Minden célba jutott.
more-made-at = Készült: { $made }, itt van ettől: { $came }
more-reapply = Alkalmazás újra
more-reapply-name = Alkalmazás újra: { $title }
more-reapplied = Újra alkalmazva: „{ $title }”.
more-look = Megnézem
more-export = Exportálás
more-export-name = Exportálás: { $title }
more-discard = Elvetés
more-discard-name = Elvetés: { $title }
more-discard-ask = Ez a módosítás végleg eltűnik. Elveti?
more-discarded = Elvetve: „{ $title }”.

more-refused-malformed = A kiszolgáló nem tudta elolvasni. Ha ismét előfordul, küldjön jelentést.
more-refused-too-large = Túl nagy, vagy túl naggyá tenné az adatlapot vagy a kapcsolatot.
more-refused-foreign-actor = Egy másik eszköz nevében készült. Ilyen akkor történik, ha egy böngésző adatait lemásolták.
more-refused-not-visible = Ezt az adatlapot vagy kapcsolatot Ön nem látja.
more-refused-not-allowed = Ezt Ön nem írhatja.
more-refused-right-lost = Amikor a kiszolgálóra ért, Önnek már nem volt joga hozzá, és túl későn jött, vagy túl sokat változtatott.
more-refused-purged = Az adatlapot vagy kapcsolatot egy adminisztrátor végleg törölte.
more-refused-id-taken = Egy másik adatlapnak vagy kapcsolatnak már ez az azonosítója.
more-refused-policy = Nem megengedett érték van benne: olyasvalakit nevez meg, aki nem kolléga, vagy nem a mezőbe való.
more-refused-link-not-visible = Olyan kapcsolatra mutat, amelyet Ön nem lát.
more-refused-foreign-receipt = A kiszolgáló nem ismeri a vele érkezett elismervényt.
more-refused-email-taken = A benne lévő e-mail-cím már egy másik felhasználóé.
more-refused-last-admin = E felhasználó nélkül nem maradna adminisztrátor.
more-refused-other = A kiszolgáló elutasította ({ $code }).
more-reason-depends = Egy másik, elutasított módosításra épül: { $reason }
more-reason-forgotten = Mire elküldhető lett volna, Ön már nem látta ezt az adatlapot vagy kapcsolatot.
more-reason-damaged = Amire épült, egy sérült fájllal elveszett.
more-reason-other = Nem lehetett megtartani, olyan okból, amelyet csak az alkalmazás újabb változata ismer.

## Lomtár

more-trash = Lomtár
more-trash-hint = Félretett adatlapok és kapcsolatok
more-trash-lead = Itt semmi sem törlődik: amit félretettek, az visszavehető.
more-trash-empty = A lomtár üres.
more-trash-review = Átnézendő: valaki módosította, aki nem tudta, hogy a lomtárban van.
more-restore = Visszaveszem
more-restore-name = Visszaveszem: { $name }
more-restored = Visszavéve a lomtárból: „{ $name }”.
more-leave-trashed = Itt hagyom
more-leave-trashed-name = Itt hagyom: { $name }
more-left = Átnézve, a lomtárban maradt: „{ $name }”.

## Eszközök

more-devices = Eszközök
more-devices-hint = Ahol be van jelentkezve; az elveszett kizárása
more-devices-lead = Ezeken jelentkezett be. Ha valamelyik elveszett, zárja ki: nem cserélhet többé adatot, és adatai eltűnnek róla, amint megpróbálja.
more-devices-alone = Fiók nélkül csak ez az egy eszköz van.
more-device-current = (ez az)
more-device-times = Első bejelentkezés: { $first }, utoljára itt járt: { $last }
more-device-revoked-at = Kizárva: { $when }
more-device-revoked = Kizárva: „{ $name }”.
more-revoke = Kizárás
more-revoke-name = Kizárás: { $name }
more-revoke-ask = „{ $name }” végleg ki lesz jelentkeztetve. Kizárja?

## Segítség

more-help = Ha valami nincs rendben
more-help-hint = Nincs hálózat, régi változat, betelt tárhely, rossz óra
more-what-to-do = Mit tehetek?
more-help-else = Ha mindez nem segít, küldjön jelentést:
more-help-offline = Nincs hálózat
more-help-offline-text = Dolgozzon tovább. Minden ezen az eszközön tárolódik, és magától elmegy, amint van hálózat. Ne törölje a webhely adatait, amíg fent nem az áll: „Minden elküldve”.
more-help-old = Az alkalmazás régebbi a kiszolgálónál
more-help-old-text = Töltse újra az oldalt, vagy zárjon be minden lapot, amelyen a Roadbook nyitva van, és nyissa meg újra: az új változat magától letöltődik. Amit elvégzett, megmarad. Ha az üzenet ezután is visszatér, küldjön jelentést.
more-help-new = Az alkalmazás újabb a kiszolgálónál
more-help-new-text = Ilyen akkor fordul elő, ha a kiszolgálót régebbi változatra állították vissza. Dolgozzon tovább; amit a kiszolgáló még nem ért, itt marad elküldetlenül. Szóljon az adminisztrátornak, hogy a kiszolgálót frissíteni kell.
more-help-full = Betelt a tárhely
more-help-full-text = Csináljon helyet az eszközön: töröljön képeket, videókat vagy más alkalmazásokat, ne a webhely adatait. Addig is olvashat, és ami elküldetlen, elküldhető; új módosítás viszont nem tárolható, és amit begépelt, az űrlapján marad.
more-help-clock = Rosszul jár az eszköz órája
more-help-clock-text = Kapcsolja be az eszköz beállításaiban az automatikus dátumot és időt. Addig a teendők túl korán vagy túl későn tűnhetnek lejártnak, és a kiszolgáló tanúsítványa elavultnak látszhat. Emiatt semmi sem vész el.
more-help-clock-now = Az utolsó adatcserekor a kiszolgáló órája { $seconds } másodperccel járt előrébb.
more-help-portal = A hálózat bejelentkezést kér
more-help-portal-text = Szállodákban, vonatokon gyakori. Nyisson meg a böngészőben bármely más oldalt, jelentkezzen be ott a hálózatra, és térjen vissza.
more-help-deleted = A böngésző törölte az adatokat
more-help-deleted-text = Jelentkezzen be: minden visszajön, amit elküldött. Ami elküldetlen volt, elveszett. Hogy ne ismétlődjön meg, tegye az alkalmazást a kezdőképernyőre, és az „Adatcsere” alatt kérje meg a böngészőt az adatok megőrzésére.
more-help-lost = Elveszett vagy elloptak egy eszközt
more-help-lost-text = Zárja ki egy másik eszközön, és szóljon az adminisztrátornak.

## Névjegy

more-about = A Roadbookról
more-about-version = { $version } változat, mag: { $core }
more-about-licence = Szabad szoftver, választása szerint a MIT vagy az Apache 2.0 licenc alatt.
