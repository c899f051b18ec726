### The page of the demonstration, in Hungarian.

title = Roadbook: két telefon és egy szerver
lead = Anna és Béla kávégépeket ad el. Mindkét telefon a valódi alkalmazás, saját fájllal; a szerver egy program ezen a gépen. Vegye el a hálózatot, lője ki a szervert: semmi sem vész el.
beginning = Készül a cég: a szerver, négy munkatárs és az ügyfeleik…
gone = A bemutató már nem válaszol. Indítsa el újra: ./demo. Ez a böngésző még őrzi az ügyfeleit: ha el akarja távolítani őket, törölje a roadbook.localhost adatait.
no-key = Ehhez az oldalhoz a teljes cím kell, ahogyan a ./demo kiírta: ami a # után áll, az a kulcs.
again = Újra
ended = A bemutató véget ért, és ez a böngésző semmit sem őriz belőle.
phone = { $name } telefonja
airplane = Repülő üzemmód
unsent = { $count ->
    [0] Minden el van küldve
   *[other] { $count } módosítás nincs elküldve
}
refused = { $count } módosítást a szerver elutasított

## The office

office = A szerver
runs = Fut, a folyamat száma { $pid }, { $seconds } másodperce.
stands = Nem fut, { $seconds } másodperce.
stop = Leállítás
kill = Kilövés
start = Indítás
restore = A korábbi mentés visszaállítása
restrict = Béla csak a sajátjait lássa
allow = Béla újra mindent lásson
backup = Mentés: { $time }
hashes = Mindenki ugyanazt mutatja?
user = Felhasználó
on-phone = Telefon
on-server = Szerver
equal = Egyezik: a telefonok és a szerver bájtra ugyanazt mutatják.
not-equal = Nem egyezik: valami még úton van.
ending = Befejezés
kept = Ez a böngésző addig őrzi a megmutatott ügyfeleket, amíg a bemutatót itt be nem fejezi.
end = A bemutató befejezése

## What to try

story = Mit érdemes kipróbálni
story-done = Megtörtént.
show = Az adatlap megnyitása mindkét telefonon
story-show = Nézze meg a(z) „{ $card }” adatlapot mindkét telefonon.
story-cut = Kapcsolja mindkettőt repülő üzemmódba. A szerverhez semmi sem jut el.
story-edit = Dolgozzon tovább: módosítson mást és mást az adatlapon, és ugyanazt is. Minden módosítás azonnal tárolódik, és elküldetlennek számít.
story-mend = Kapcsolja ki a repülő üzemmódot. Ami nem mond ellent egymásnak, összeolvad. Ahol mindketten ugyanazt írták át, az egyik érték látszik, a másik ott van mellette. Az ellenőrző összegek egyeznek.
story-kill = Lője ki a szervert, dolgozzon tovább, majd indítsa el újra: másik folyamat fut, és átveszi, ami nem volt elküldve.
story-restore = Állítsa vissza a korábbi mentést. A szerver elfelejtette, ami azóta történt, és a telefonok visszahozzák.
story-refuse = Kapcsolja Bélát repülő üzemmódba, és dobja nála kukába az adatlapot, amely Annáé. Ezután Béla csak a sajátjait lássa, majd kapcsolja ki a repülő üzemmódot: ezt a szerver most elutasítja, és Béla a „Továbbiak” alatt találja. Amivel senkinek sem árt, például egy jegyzetet, még átvett volna tőle.
