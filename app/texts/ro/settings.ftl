### Setări: ce stabilesc administratorii și profilul fiecăruia

settings-alone = Fără cont nu este nimic de stabilit. Conectați-vă pentru a lucra cu colegii.
settings-offline = Nu există rețea: setările sunt citite și păstrate numai de server. Ce ați scris se păstrează.
settings-name = Nume
settings-place = Locul în listă
settings-zone = Fus orar
settings-locale = Limba și țara
settings-yes = da
settings-no = nu
settings-nothing = (nimic)
settings-edit = Modifică
settings-edit-name = Modifică: { $name }
settings-up = Mută în sus: { $name }
settings-down = Mută în jos: { $name }
settings-move-stale = Între timp cineva a modificat lista, așa că nimic nu a fost mutat. Acum arată așa.
settings-empty-means = Gol înseamnă „{ $name }”.
settings-empty-gallery = Gol înseamnă numele din galerie.
settings-option = Opțiunea „{ $name }”

## Salvare

settings-save = Salvează
settings-stored = Salvat.
settings-unstored = Încă nesalvat.
settings-discard = Renunță la modificări
settings-difference = Între timp cineva a modificat aceasta
settings-difference-lead = Vedeți ce diferă, apoi alegeți ce rămâne valabil.
settings-difference-none = Acum este la fel ca la dumneavoastră.
settings-mine = A dvs.
settings-theirs = A celuilalt
settings-untouched = nemodificat de dvs.
settings-use-mine = Păstrează varianta mea
settings-use-theirs = Păstrează varianta celuilalt
settings-use-mine-hint = Ce nu ați modificat rămâne oricum ca la celălalt.

## De ce serverul nu primește ceva

settings-forbidden = Numai administratorii pot face aceasta.
settings-not-found = Nu mai există.
settings-stale = Între timp cineva a modificat aceasta. Deschideți din nou.
settings-taken = Aparține deja altcuiva.
settings-last-admin = Fără acest utilizator nu ar mai rămâne niciun administrator.
settings-wrong-password = Nu aceasta este parola dumneavoastră.
settings-missing = Este necesar.
settings-length = Folosiți între { $min } și { $max } caractere.
settings-form = Serverul nu poate citi aceasta.
settings-malformed = Este gol, prea lung sau nepermis aici.
settings-unknown-zone = Nu există un astfel de fus orar. Scrieți ca Europe/Bucharest.
settings-unchangeable = Nu se mai poate schimba.
settings-fixed-statuses = Statusurile acestui fel de produs sunt fixe.
settings-fixed-field = Statusul rezultă din acest câmp, de aceea rămâne cum este.
settings-last-status = Un produs păstrează cel puțin un status în folosință.
settings-key-taken = Două opțiuni au aceeași cheie.
settings-too-many = Nu pot fi mai multe. Redenumiți unul retras.
settings-reserved-product = În acest produs se află cardurile primite: rămâne în folosință.
settings-not-removable = Opțiunile pot fi retrase, dar nu șterse.
settings-refused = Serverul nu primește aceasta ({ $code }).

## Profilul

settings-profile = Profilul dumneavoastră
settings-profile-hint = Numele, fusul orar, limba și parola
settings-zone-hint = De el depinde când se încheie o zi. Scrieți ca Europe/Bucharest.
settings-own-locale-hint = În această limbă apar numele produselor, statusurilor și câmpurilor pe toate dispozitivele dumneavoastră. Limba aplicației se alege pe fiecare dispozitiv.
settings-password-lead = Cu o parolă nouă sunteți deconectat de pe toate celelalte dispozitive.
settings-old-password = Parola actuală
settings-password-hint = Cel puțin 10 caractere.
settings-save-password = Schimbă parola
settings-password-stored = Parola a fost schimbată.

## Firma

settings-organisation = Firma
settings-organisation-hint = Nume, fus orar, monedă, export
settings-firm-name = Numele firmei
settings-firm-zone-hint = Este valabil pentru ce se întâmplă de la sine. Scrieți ca Europe/Bucharest.
settings-currency = Moneda
settings-currency-hint = Se propune pentru sume noi. Trei litere, ca EUR.
settings-only-admins-export = Numai administratorii pot exporta

## Produse

settings-products = Produse
settings-products-hint = Care există, cu statusurile și câmpurile lor
settings-products-lead = Apar peste tot în această ordine.
settings-off = oprit
settings-add-product = Adaugă un produs
settings-gallery = Galeria de produse
settings-preview = Previzualizare
settings-preview-hint = Statusurile și câmpurile există; ce are deosebit nu este încă făcut.
settings-choose = Alege
settings-choose-kind = Alege: { $name }
settings-item-noun = Cum se numește un card
settings-enabled = În folosință
settings-enabled-hint = Un produs oprit își păstrează cardurile.
settings-lapse-days = Zile până când statusul se schimbă singur
settings-lapse-days-hint = Gol înseamnă niciodată.

## Statusuri

settings-statuses = Statusuri
settings-statuses-of = { $product }: statusuri
settings-statuses-lead = Un status spune ce este de făcut. Cel de care nu mai este nevoie se retrage: cardurile care îl au îl păstrează.
settings-statuses-fixed = Statusurile acestui fel de produs sunt fixe. Numele și sarcinile lor se pot schimba.
settings-status-name-hint = Spuneți ce este de făcut.
settings-add-status = Adaugă un status
settings-group = Grup
settings-retired = retras
settings-retire-status = Retras
settings-retire-status-hint = Nu mai poate fi ales. Cardurile care îl au îl păstrează până când sunt mutate.
settings-todo = Dă o sarcină
settings-todo-hint = O primește cardul care ajunge în acest status.
settings-todo-text = Ce este de făcut
settings-todo-text-hint = Gol înseamnă cuvintele din galerie.
settings-due-days = Zile până la termen
settings-due-days-hint = 0 înseamnă în aceeași zi.
settings-hands-out-gallery = { $days ->
    [0] Sarcina din galerie, în aceeași zi
    [one] Sarcina din galerie, după o zi
    [few] Sarcina din galerie, după { $days } zile
   *[other] Sarcina din galerie, după { $days } de zile
}
settings-hands-out = { $days ->
    [0] Sarcină: „{ $text }”, în aceeași zi
    [one] Sarcină: „{ $text }”, după o zi
    [few] Sarcină: „{ $text }”, după { $days } zile
   *[other] Sarcină: „{ $text }”, după { $days } de zile
}

## Câmpuri

settings-fields = Câmpuri
settings-fields-of = { $product }: câmpuri
settings-person-fields = Câmpurile persoanelor
settings-company-fields = Câmpurile companiilor
settings-fields-hint = Ce doriți să știți despre fiecare
settings-fields-lead = Stau în această ordine în formular. Cel de care nu mai este nevoie se retrage: valorile lui rămân.
settings-no-fields = Încă nu există câmpuri.
settings-add-field = Adaugă un câmp
settings-field-retired = retras
settings-retire-field = Retras
settings-retire-field-hint = Nu se mai arată. Valorile lui rămân.
settings-kind = Ce conține
settings-kind-hint = Ce au deja cardurile și noul fel nu poate citi se arată așa cum este.
settings-kind-text = Text
settings-kind-long-text = Text lung
settings-kind-decimal = Număr
settings-kind-money = Sumă
settings-kind-day = Zi
settings-kind-day-time = Zi și oră
settings-kind-choice = Alegere
settings-kind-flag = Da sau nu
settings-kind-user = Coleg
settings-kind-email = E-mail
settings-kind-phone = Telefon
settings-kind-url = Adresă web
settings-multiple = Se pot alege mai multe
settings-required-for = Cerut în aceste statusuri
settings-required-for-hint = Cine mută acolo un card fără el este avertizat.
settings-options = Opțiuni
settings-options-hint = Stau în această ordine. Cea de care nu mai este nevoie se retrage: cardurile care o au o păstrează.
settings-options-order = Ordinea opțiunilor
settings-option-name = Numele opțiunii { $name }
settings-retire-option = Retrasă
settings-remove-option = Elimină
settings-remove-option-name = Elimină: { $name }
settings-new-option = Opțiune nouă
settings-new-option-hint = Apăsați Adaugă, altfel nu intră în listă.
settings-add-option = Adaugă
settings-means = Ce este atunci lead-ul
settings-means-open = deschis
settings-means-hot = fierbinte
settings-means-won = câștigat
settings-means-lost = pierdut

## Utilizatori

settings-users = Utilizatori
settings-users-hint = Colegii, rolurile, accesul și dispozitivele lor
settings-add-user = Adaugă un utilizator
settings-no-access = fără acces
settings-role = Rol
settings-role-admin = Administrator
settings-role-admin-hint = Poate face totul, inclusiv setările.
settings-role-manager = Manager
settings-role-manager-hint = Poate face totul în afară de setări.
settings-role-user = Normal
settings-role-user-hint = Lucrează cu toate cardurile.
settings-role-restricted = Restricționat
settings-role-restricted-hint = Vede numai cardurile sale, pe cele fără deținător și pe cele pe care are ceva de făcut.
settings-issues-invoices = Poate emite facturi, oricare ar fi rolul
settings-active = Are acces
settings-active-hint = Fără acces, utilizatorul este deconectat peste tot. Numele lui rămâne în istoric.
settings-enrolment = Link de intrare
settings-enrolment-lead = Cine deschide linkul își alege o parolă și se conectează, o singură dată. Ia locul unui link mai vechi.
settings-make-link = Creează un link
settings-link-until = Valabil până la { $when }, o singură dată. Se arată numai acum.
settings-copy = Copiază
settings-copied = Copiat.
settings-no-devices = Încă nu este conectat nicăieri.
