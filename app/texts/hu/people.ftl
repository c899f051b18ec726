### Ügyfelek: személyek és cégek

people-filter = Szűrés név szerint
people-who-calls = Ki hív?
people-new-person = Új személy
people-new-company = Új cég
people-new-contact = Új kapcsolat
people-count = { $count } kapcsolat
people-nobody = Még nincs itt senki.
people-none-found = Nincs itt „{ $text }” nevű kapcsolat.
people-some-found = Találatok erre: „{ $text }”
people-nameless = Név nélkül
people-contact = Kapcsolat
people-person = Személy
people-company = Cég
people-in-trash = A lomtárban
people-conflicts = { $count } ütközés

## Ki hív?

people-number = Telefonszám
people-number-hint = Bárhogyan írva: +36 30 123 4567 vagy 06301234567.
people-unknown-number = A { $number } számhoz nem tartozik itt senki.
people-callers = A { $number } szám tulajdonosa:

## Új kapcsolat

people-sort = Személy vagy cég
people-given-name = Utónév
people-family-name = Családnév
people-company-name = A cég neve
people-phone = Telefon
people-email = E-mail
people-address = Cím
people-add-person = Személy felvétele
people-add-company = Cég felvétele
people-doubles = Talán már megvan:
people-pick = Ezt választom
people-pick-named = Ezt választom: { $name }
people-pick-hint = Írjon be egy nevet

## Elérhetőség

people-details = Elérhetőségek
people-add-phone = Új telefonszám
people-add-email = Új e-mail-cím
people-add-address = Új cím
people-label = Mire szolgál
people-label-work = munkahelyi
people-label-mobile = mobil
people-label-home = otthoni
people-label-main = elsődleges
people-label-fax = fax
people-label-other = egyéb
people-edit = Módosítás
people-edit-named = Módosítás: { $what }
people-save = Mentés
people-remove = Eltávolítás
people-remove-named = Eltávolítás: { $what }
people-rename = Név módosítása
people-renamed = Új név: { $name }.
people-stored = Mentve: { $what }
people-removed = Eltávolítva: { $what }

## Cégek, személyek és adatlapok

people-links = Cég
people-links-of-company = Személyek
people-role-employer = Munkahely
people-add-employer = Munkahely megadása
people-add-person-here = Új személy itt
people-linked = A céghez kapcsolva.
people-unlinked = A kapcsolás megszűnt.
people-not-here = Nincs ezen az eszközön
people-cards = Adatlapok
people-no-cards = Még nincs adatlap.
people-nameless-card = Névtelen adatlap
people-new-card = Új adatlap
people-open-todos = { $count } nyitott teendő
people-last-contact = utolsó kapcsolatfelvétel: { $when }

## Maga a kapcsolat

people-favourite = Kedvenc
people-trash = Áthelyezés a lomtárba
people-restore = Visszavétel a lomtárból
people-leave-trashed = Maradjon a lomtárban
people-trashed = Áthelyezve a lomtárba.
people-restored = Visszavéve a lomtárból.
people-is-trashed = Ez a kapcsolat a lomtárban van.
people-trash-review = Ez a kapcsolat a lomtárban van, de azóta valaki módosította, aki erről nem tudott.
people-history = Előzmények
people-older = Régebbiek mutatása
people-by-server = A kiszolgáló
