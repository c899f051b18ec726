### Hibák, kódjuk szerint

error-not_found-document = Ez már nincs itt.
error-not_found-todo = Ez a teendő már nincs itt.
error-not_found-quarantined_edit = Ez a módosítás már nincs itt.
error-not_found-product = Ez a termék már nincs itt.
error-not_found-status = Ez a státusz már nincs itt.
error-not_found-user = Ez a munkatárs már nincs itt.
error-not_found-field = Ez a mező már nincs itt.
error-invalid-text_too_long = Ez a szöveg túl hosszú. Legfeljebb { $mostBytes } bájt lehet.
error-invalid-too_large = Ez egyszerre túl sok. Végezze el kisebb lépésekben.
error-invalid-empty = Írja le, mi a teendő.
error-invalid-id_taken = Ez már itt van.
error-invalid-link_role = A szerep 1–32 kisbetűből, számjegyből vagy kötőjelből áll.
error-invalid-inbox_stays = A beérkező adatlap nem kerülhet a lomtárba.
error-invalid-unknown_field = Nincs ilyen mező.
error-invalid-wrong_form = A mező mást vár.
error-invalid-text_replaced = Ebben a mezőben hosszú szöveg van.
error-invalid-not_allowed = Ezt senki sem módosíthatja.
error-invalid-changed_since = Ez azóta megváltozott. Marad, ahogy most van.
error-invalid-other_document_type = Ehhez az alkalmazás újabb változata kell.
error-invalid-user_there = Ebben a böngészőben már dolgozik valaki.
error-invalid-inside_batch = Éppen más van folyamatban. Próbálja újra.
error-invalid-malformed = Ez nem olvasható.
error-invalid-unknown_zone = Ez az időzóna ismeretlen.
error-invalid-install_secret = Sérült a böngésző titkos kulcsa.
error-no_user = Előbb kezdje el, vagy jelentkezzen be.
error-storage_full = Megtelt az eszköz tárhelye. Szabadítson fel helyet; olvasni és küldeni addig is lehet.
error-app_too_old = Ezeket az adatokat az alkalmazás újabb változata írta. Töltse újra a frissítéshez.
error-file_too_old = Ezek az adatok az első kiadás előttiek. Törölje a webhely adatait a böngészőben, és kezdje újra.
error-damaged = Megsérültek az adatok ebben a böngészőben. Amit elküldött, megvan a szerveren.
error-paused = Szünetel.
error-interrupted = Megszakítva.
error-internal = Hiba történt. Próbálja újra, és jelezze, ha megismétlődik.
error-unreachable = A szerver nem érhető el. Minden a hálózatra vár.
error-captive_portal = Erre a hálózatra előbb be kell jelentkezni: nyisson meg egy másik oldalt.
error-not_trusted = A szerver tanúsítványa nem megbízható. Jól jár az eszköz órája?
error-wrong_server = Nem a szerver válaszol. Próbálja később.
error-server_busy = A szerver túlterhelt. Próbálja később.
error-server_full = Megtelt a szerver tárhelye. Módosításai itt maradnak, amíg a rendszergazda helyet nem csinál.
error-too_many_tries = { $when ->
    [none] Túl sok hibás jelszó. Várjon, majd próbálja újra.
   *[other] Túl sok hibás jelszó. Próbálja újra ekkor: { $when }.
}
error-sign_in_needed = Jelentkezzen be újra.
error-access_ended = { $handedIn ->
    [0] Megszűnt a hozzáférése.
   *[other] Megszűnt a hozzáférése. { $handedIn } elküldetlen módosítását egy menedzser nézi át.
}
error-bad_credentials = Hibás e-mail-cím vagy jelszó.
error-bad_code = Ezt a hivatkozást már felhasználták, vagy lejárt. Kérjen újat.
error-other_user = Ebben a böngészőben más adatai vannak. Előbb neki kell kijelentkeznie.
error-unsent = { $count } módosítás nincs elküldve.
error-elsewhere = Egy másik adatcsere van folyamatban.
error-cancelled = Megszakítva.
error-refused = A szerver ezt elutasította ({ $serverCode }). Töltse újra a frissítéshez, és jelezze, ha megismétlődik.
error-address-malformed = Ez nem egy szerver címe.
error-address-not_secure = A címnek https-sel kell kezdődnie.
error-address-no_tls = Ez a böngésző nem éri el biztonságosan a szervert.
error-address-no_roots = A tanúsítvány nem olvasható.
error-no_storage = { $why ->
    [insecure] Az oldal nem biztonságosan töltődött be, ezért a böngésző nem őriz meg adatot. Nyissa meg https kezdetű címen.
    [blocked] Ez az ablak nem őriz meg adatot: privát, vagy ki van kapcsolva a tárolás. Nyissa meg rendes ablakban.
   *[unsupported] Ez a böngésző túl régi ahhoz, hogy adatot őrizzen. Frissítse, vagy használjon másikat.
}
error-interrupted_edit = Ez félbeszakadt. Nézze meg, megtörtént-e, mielőtt újra próbálja.
error-no_answer = A Roadbook egy másik lapon van nyitva, amely nem válaszol. Zárja be azt a lapot, majd töltse újra ezt.
