### Mai multe: schimbul de date cu serverul, ce nu a fost acceptat, coșul de gunoi, dispozitivele, ajutor

more-personal = Pe acest dispozitiv
more-nameless = Fără nume
more-show-more = Arată mai multe
more-again = Încearcă din nou
more-loading = Se încarcă…
more-settings = Setări
more-settings-hint = Profilul și parola; pentru administratori produse, câmpuri și utilizatori
more-share = Distribuie
more-save-file = Salvează ca fișier

## În antet

more-mark-unsent = { $count ->
    [0] Totul este trimis
    [one] 1 netrimisă
    [few] { $count } netrimise
   *[other] { $count } netrimise
}

## Schimbul de date

exchange = Schimb de date
more-exchange-hint = Ce are serverul și ce nu are încă; asistență; deconectare
first-sync = Se preiau datele: { $done } din { $total }
more-your-edits = Modificările dumneavoastră
unsent = { $count ->
    [0] Totul este trimis
    [one] O modificare este netrimisă
    [few] { $count } modificări sunt netrimise
   *[other] { $count } de modificări sunt netrimise
}
more-network = Rețea
online = Cu rețea
offline = Fără rețea
last-exchange = Ultimul schimb
no-exchange = Încă niciun schimb
more-version = Versiune
more-sync-now = Schimbă datele acum
more-sync-running = Schimb de date în curs…
more-sync-done = Toate datele au fost schimbate.
local-workspace = Fără cont
more-local-workspace-lead = Lucrați fără cont: totul este numai în acest browser. Conectați-vă pentru a lucra cu colegii și pe alte dispozitive.

## Stocare

more-storage = Stocare
kept = Browserul vă păstrează datele.
not-kept = Browserul poate șterge datele când nu mai are loc. Nu lăsați mult timp modificări netrimise.
more-not-kept-alone = Browserul poate șterge datele când nu mai are loc, iar ele nu se află nicăieri altundeva.
more-keep = Cere browserului să le păstreze
more-keep-refused = Browserul nu a acceptat acum. Poate accepta după ce folosiți aplicația mai mult sau după ce o puneți pe ecranul de pornire.
more-room = Sunt ocupați { $usage } din { $quota }.

## Asistență

more-support = Pentru asistență
more-state-hash = Calculează hash-ul stării
more-state-hash-hint = Hash-ul stării reprezintă tot ce vedeți. După ce totul este schimbat, serverul îl are pe același.
more-state-hash-running = Se citesc toate datele…
more-report = Raport
more-report-show = Întocmește un raport
more-report-hint = Raportul îi ajută pe cei care întrețin Roadbook. Nu conține nume, texte sau adrese.
more-report-lead = Acesta este tot conținutul lui. Nimic nu se trimite de la sine.

## Deconectare

sign-out = Deconectare
more-sign-out-lead = Datele dumneavoastră dispar din acest browser. Pe server rămân.
sign-out-unsent = { $count ->
    [one] O modificare nu a fost trimisă. Rămâne aici criptată și o primiți înapoi când vă conectați din nou aici.
    [few] { $count } modificări nu au fost trimise. Rămân aici criptate și le primiți înapoi când vă conectați din nou aici.
   *[other] { $count } de modificări nu au fost trimise. Rămân aici criptate și le primiți înapoi când vă conectați din nou aici.
}
sign-out-anyway = Deconectează oricum

## Ce nu a fost acceptat

more-quarantine = Modificări neacceptate
more-quarantine-hint = Modificări care nu au putut fi păstrate, cu motivul lor
more-quarantine-count = { $count ->
    [one] 1 neacceptată
    [few] { $count } neacceptate
   *[other] { $count } neacceptate
}
more-quarantine-lead = Aceste modificări nu au putut fi păstrate. Niciuna nu s-a pierdut: aplicați-o din nou, salvați-o ca fișier sau ștergeți-o.
more-quarantine-empty = Totul a fost acceptat.
more-made-at = Făcută: { $made }, aici din: { $came }
more-reapply = Aplică din nou
more-reapply-name = Aplică din nou: { $title }
more-reapplied = Aplicată din nou: „{ $title }”.
more-look = Deschide
more-export = Exportă
more-export-name = Exportă: { $title }
more-discard = Șterge
more-discard-name = Șterge: { $title }
more-discard-ask = Această modificare va dispărea definitiv. O ștergeți?
more-discarded = S-a șters: „{ $title }”.

more-refused-malformed = Serverul nu a putut-o citi. Trimiteți un raport dacă se repetă.
more-refused-too-large = Este prea mare sau ar face cardul ori contactul prea mare.
more-refused-foreign-actor = A fost făcută în numele altui dispozitiv. Se întâmplă când datele unui browser au fost copiate.
more-refused-not-visible = Nu vedeți acest card sau contact.
more-refused-not-allowed = Nu aveți voie să scrieți aceasta.
more-refused-right-lost = Când a ajuns la server, nu mai aveați acest drept, iar modificarea a venit prea târziu sau a schimbat prea mult.
more-refused-purged = Cardul sau contactul a fost șters definitiv de un administrator.
more-refused-id-taken = Alt card sau contact are deja acest identificator.
more-refused-policy = Conține o valoare nepermisă: numește pe cineva care nu este coleg sau nu se potrivește câmpului.
more-refused-link-not-visible = Trimite la un contact pe care nu îl vedeți.
more-refused-foreign-receipt = Serverul nu recunoaște dovada primită odată cu ea.
more-refused-email-taken = E-mailul din ea aparține acum altui utilizator.
more-refused-last-admin = Fără acest utilizator nu ar mai rămâne niciun administrator.
more-refused-other = Serverul a refuzat-o ({ $code }).
more-reason-depends = Se bazează pe altă modificare, care a fost refuzată: { $reason }
more-reason-forgotten = Nu mai vedeați acest card sau contact când ar fi fost trimisă.
more-reason-damaged = Ce îi stătea la bază s-a pierdut odată cu un fișier deteriorat.
more-reason-other = Nu a putut fi păstrată, dintr-un motiv pe care îl cunoaște numai o versiune mai nouă a aplicației.

## Coșul de gunoi

more-trash = Coș de gunoi
more-trash-hint = Carduri și contacte puse deoparte
more-trash-lead = Aici nu se șterge nimic: ce a fost pus deoparte poate fi scos înapoi.
more-trash-empty = Coșul de gunoi este gol.
more-trash-review = De verificat: a modificat cineva care nu știa că este în coș.
more-restore = Scoate
more-restore-name = Scoate: { $name }
more-restored = Scos din coșul de gunoi: „{ $name }”.
more-leave-trashed = Lasă aici
more-leave-trashed-name = Lasă aici: { $name }
more-left = Verificat și lăsat în coșul de gunoi: „{ $name }”.

## Dispozitive

more-devices = Dispozitive
more-devices-hint = Unde sunteți conectat; excluderea unuia pierdut
more-devices-lead = V-ați conectat pe acestea. Dacă unul s-a pierdut, excludeți-l: nu mai poate schimba date, iar datele de pe el se șterg când încearcă.
more-devices-alone = Fără cont există numai acest dispozitiv.
more-device-current = (acesta)
more-device-times = Prima conectare: { $first }, văzut ultima dată: { $last }
more-device-revoked-at = Exclus: { $when }
more-device-revoked = Exclus: „{ $name }”.
more-revoke = Exclude
more-revoke-name = Exclude: { $name }
more-revoke-ask = „{ $name }” va fi deconectat definitiv. Îl excludeți?

## Ajutor

more-help = Dacă ceva nu este în regulă
more-help-hint = Fără rețea, versiune veche, stocare plină, ceas greșit
more-what-to-do = Ce pot face?
more-help-else = Dacă nimic din acestea nu ajută, trimiteți un raport:
more-help-offline = Nu este rețea
more-help-offline-text = Lucrați mai departe. Totul se păstrează pe acest dispozitiv și se trimite de la sine când există rețea. Nu ștergeți datele site-ului înainte ca sus să scrie „Totul este trimis”.
more-help-old = Aplicația este mai veche decât serverul
more-help-old-text = Reîncărcați pagina sau închideți toate filele cu Roadbook și deschideți-l din nou: versiunea nouă se preia de la sine. Ce ați făcut rămâne. Dacă mesajul revine și după aceea, trimiteți un raport.
more-help-new = Aplicația este mai nouă decât serverul
more-help-new-text = Se întâmplă după ce un server a fost readus la o versiune mai veche. Lucrați mai departe; ce nu înțelege încă serverul rămâne aici, netrimis. Spuneți administratorului că serverul trebuie actualizat.
more-help-full = Stocarea este plină
more-help-full-text = Faceți loc pe dispozitiv: ștergeți fotografii, videoclipuri sau alte aplicații, nu datele acestui site. Până atunci puteți citi, iar ce este netrimis se poate trimite; modificările noi nu pot fi păstrate, iar ce ați scris rămâne în formular.
more-help-clock = Ceasul dispozitivului este greșit
more-help-clock-text = Activați data și ora automate în setările dispozitivului. Până atunci sarcinile pot părea expirate prea devreme sau prea târziu, iar certificatul serverului poate părea vechi. Nu se pierde nimic din cauza aceasta.
more-help-clock-now = La ultimul schimb ceasul serverului era înainte cu { $seconds } s.
more-help-portal = Rețeaua cere conectare
more-help-portal-text = Se întâmplă des în hoteluri și trenuri. Deschideți în browser orice altă pagină, conectați-vă acolo la rețea și reveniți.
more-help-deleted = Browserul a șters datele
more-help-deleted-text = Conectați-vă: tot ce a fost trimis revine. Ce era netrimis s-a pierdut. Ca să nu se repete, puneți aplicația pe ecranul de pornire și cereți browserului, la „Schimb de date”, să păstreze datele.
more-help-lost = Un dispozitiv a fost pierdut sau furat
more-help-lost-text = Excludeți-l de pe alt dispozitiv și anunțați administratorul.

## Despre

more-about = Despre Roadbook
more-about-version = Versiunea { $version }, nucleul { $core }
more-about-licence = Software liber, sub licența MIT sau Apache 2.0, la alegere.
