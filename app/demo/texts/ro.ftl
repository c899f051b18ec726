### The page of the demonstration, in Romanian.

title = Roadbook: două telefoane și un server
lead = Anna și Béla vând aparate de cafea. Fiecare telefon este aplicația adevărată, cu fișierul ei; serverul este un program pe acest calculator. Luați rețeaua, omorâți serverul: nu se pierde nimic.
beginning = Se pregătește firma: serverul, patru colegi și clienții lor…
gone = Demonstrația nu mai răspunde. Porniți-o din nou: ./demo. Acest browser mai păstrează clienții ei: ca să îi eliminați, ștergeți datele site-ului roadbook.localhost.
no-key = Această pagină are nevoie de adresa ei întreagă, așa cum a afișat-o ./demo: ce stă după # este cheia.
again = Încearcă din nou
ended = Demonstrația s-a încheiat, iar acest browser nu păstrează nimic din ea.
phone = Telefonul lui { $name }
airplane = Mod avion
unsent = { $count ->
    [0] Totul este trimis
    [one] O modificare este netrimisă
    [few] { $count } modificări sunt netrimise
   *[other] { $count } de modificări sunt netrimise
}
refused = { $count ->
    [one] O modificare a fost refuzată
    [few] { $count } modificări au fost refuzate
   *[other] { $count } de modificări au fost refuzate
}

## The office

office = Serverul
runs = Rulează ca procesul { $pid }, de { $seconds ->
    [one] o secundă
    [few] { $seconds } secunde
   *[other] { $seconds } de secunde
}.
stands = Nu rulează, de { $seconds ->
    [one] o secundă
    [few] { $seconds } secunde
   *[other] { $seconds } de secunde
}.
stop = Oprește
kill = Omoară
start = Pornește
restore = Restaurează copia de dinainte
restrict = Béla să vadă numai ce e al lui
allow = Béla să vadă din nou totul
backup = Copie de la { $time }
hashes = Arată toți același lucru?
user = Utilizator
on-phone = Telefon
on-server = Server
equal = Egal: telefoanele și serverul arată același lucru, până la ultimul octet.
not-equal = Nu este egal: ceva este încă pe drum.
ending = Încheiere
kept = Acest browser păstrează clienții pe care i-a arătat până când demonstrația este încheiată aici.
end = Încheie demonstrația

## What to try

story = Ce puteți încerca
story-done = S-a întâmplat.
show = Arată cardul pe ambele telefoane
story-show = Priviți cardul „{ $card }” pe ambele telefoane.
story-cut = Treceți ambele în mod avion. Nimic nu mai ajunge la server.
story-edit = Lucrați mai departe: modificați lucruri diferite de pe card, dar și același lucru. Fiecare modificare se păstrează imediat și se numără ca netrimisă.
story-mend = Opriți modul avion. Ce nu se contrazice se îmbină. Unde ambii au schimbat același lucru, se arată o valoare, iar cealaltă stă alături. Sumele de control sunt egale.
story-kill = Omorâți serverul, lucrați mai departe și porniți-l din nou: este alt proces și preia ce era netrimis.
story-restore = Restaurați copia de dinainte. Serverul a uitat tot ce a urmat, iar telefoanele aduc totul înapoi.
story-refuse = Treceți-l pe Béla în mod avion și aruncați la el cardul, care este al Annei. Apoi lăsați-l să vadă numai ce e al lui și opriți modul avion: acum acest lucru este refuzat, iar Béla îl găsește la „Mai multe”. Ce nu dăunează nimănui, cum ar fi o notă, ar fi fost încă primit.
