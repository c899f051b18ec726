### Căutare

search-for = Ce căutați?
search-hint = Contacte, carduri, sarcini deschise și note, după oricare dintre cuvintele lor.
search-nothing = Nu s-a găsit nimic pentru „{ $text }”.
search-found = Găsite pentru „{ $text }”:
search-contacts = Contacte
search-cards = Carduri
search-todos = Sarcini
search-entries = Note și evenimente
search-more = Arată mai multe
