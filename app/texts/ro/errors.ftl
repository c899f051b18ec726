### Erori, după coduri

error-not_found-document = Acesta nu mai este aici.
error-not_found-todo = Această sarcină nu mai este aici.
error-not_found-quarantined_edit = Această modificare nu mai este aici.
error-not_found-product = Acest produs nu mai este aici.
error-not_found-status = Acest status nu mai este aici.
error-not_found-user = Acest coleg nu mai este aici.
error-not_found-field = Acest câmp nu mai este aici.
error-invalid-text_too_long = Textul este prea lung. Poate avea { $mostBytes } octeți.
error-invalid-too_large = Este prea mult deodată. Faceți-o în pași mai mici.
error-invalid-empty = Scrieți ce este de făcut.
error-invalid-id_taken = Acesta este deja aici.
error-invalid-link_role = Un rol are între 1 și 32 de litere mici, cifre sau cratime.
error-invalid-inbox_stays = Cardul de primire nu poate ajunge în coșul de gunoi.
error-invalid-unknown_field = Nu există un astfel de câmp.
error-invalid-wrong_form = Câmpul cere altceva.
error-invalid-text_replaced = Acest câmp conține un text lung.
error-invalid-not_allowed = Nimeni nu poate schimba aceasta.
error-invalid-changed_since = Aceasta s-a schimbat între timp. Rămâne cum este acum.
error-invalid-other_document_type = Este nevoie de o versiune mai nouă a aplicației.
error-invalid-user_there = Cineva lucrează deja în acest browser.
error-invalid-inside_batch = Altceva este în curs. Încercați din nou.
error-invalid-malformed = Aceasta nu poate fi citită.
error-invalid-unknown_zone = Acest fus orar nu este cunoscut.
error-invalid-install_secret = Secretul acestui browser este deteriorat.
error-no_user = Începeți mai întâi sau conectați-vă.
error-storage_full = Memoria dispozitivului este plină. Faceți loc; citirea și trimiterea funcționează în continuare.
error-app_too_old = O versiune mai nouă a aplicației a scris aceste date. Reîncărcați pentru actualizare.
error-file_too_old = Aceste date sunt dinainte de prima versiune. Ștergeți datele site-ului din browser și începeți din nou.
error-damaged = Datele din acest browser sunt deteriorate. Ce a fost trimis este în siguranță pe server.
error-paused = În pauză.
error-interrupted = Întrerupt.
error-internal = Ceva nu a mers. Încercați din nou și raportați dacă se repetă.
error-unreachable = Serverul nu poate fi contactat. Totul așteaptă o rețea.
error-captive_portal = Această rețea cere mai întâi conectare: deschideți orice altă pagină.
error-not_trusted = Certificatul serverului nu este de încredere. Este corect ceasul dispozitivului?
error-wrong_server = Nu răspunde serverul. Încercați mai târziu.
error-server_busy = Serverul este ocupat. Încercați mai târziu.
error-server_full = Spațiul serverului este plin. Modificările rămân aici până când administratorul face loc.
error-too_many_tries = { $when ->
    [none] Prea multe parole greșite. Așteptați, apoi încercați din nou.
   *[other] Prea multe parole greșite. Încercați din nou la { $when }.
}
error-sign_in_needed = Conectați-vă din nou.
error-access_ended = { $handedIn ->
    [0] Accesul dumneavoastră s-a încheiat.
    [one] Accesul dumneavoastră s-a încheiat. O modificare netrimisă a fost predată unui manager.
    [few] Accesul dumneavoastră s-a încheiat. { $handedIn } modificări netrimise au fost predate unui manager.
   *[other] Accesul dumneavoastră s-a încheiat. { $handedIn } de modificări netrimise au fost predate unui manager.
}
error-bad_credentials = E-mailul sau parola este greșită.
error-bad_code = Acest link a fost folosit sau este prea vechi. Cereți altul.
error-other_user = În acest browser sunt datele altcuiva. Acea persoană trebuie să se deconecteze mai întâi.
error-unsent = { $count ->
    [one] O modificare nu a fost trimisă.
    [few] { $count } modificări nu au fost trimise.
   *[other] { $count } de modificări nu au fost trimise.
}
error-elsewhere = Alt schimb de date este în curs.
error-cancelled = Anulat.
error-refused = Serverul a refuzat ({ $serverCode }). Reîncărcați pentru actualizare și raportați dacă se repetă.
error-address-malformed = Aceasta nu este adresa unui server.
error-address-not_secure = Adresa trebuie să înceapă cu https.
error-address-no_tls = Acest browser nu poate contacta serverul în siguranță.
error-address-no_roots = Certificatul nu poate fi citit.
error-no_storage = { $why ->
    [insecure] Pagina nu a fost încărcată în siguranță, așa că browserul nu păstrează date. Deschideți-o la o adresă care începe cu https.
    [blocked] Această fereastră nu păstrează date: este privată sau stocarea este oprită. Deschideți Roadbook într-o fereastră obișnuită.
   *[unsupported] Acest browser este prea vechi pentru a păstra date. Actualizați-l sau folosiți altul.
}
error-interrupted_edit = Acțiunea s-a întrerupt. Verificați dacă s-a făcut înainte de a încerca din nou.
error-no_answer = Roadbook este deschis în altă filă, care nu răspunde. Închideți acea filă, apoi reîncărcați-o pe aceasta.
