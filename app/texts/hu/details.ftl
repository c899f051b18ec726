### Űrlap ahhoz, ami a teendőhöz a szövegén és a határidején kívül tartozik

details-description = Leírás
details-planned = Tervezett nap
details-planned-hint = Az a nap, amikor el szeretné végezni. A határidő az, ameddig el kell végezni.
details-repeat = Ismétlődés
details-repeat-other = egyéb…
details-every = Gyakoriság
details-unit = Időegység
details-unit-name = { $unit ->
    [day] { $every ->
       *[other] naponta
    }
    [week] { $every ->
       *[other] hetente
    }
    [month] { $every ->
       *[other] havonta
    }
   *[year] { $every ->
       *[other] évente
    }
}
details-repeat-hint = Lezárásakor létrejön a következő, a határidejétől számítva.
details-repeat-hint-no-due = Lezárásakor létrejön a következő, a lezárás napjától számítva.
