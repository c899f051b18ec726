### Search

search-for = Search for
search-hint = Contacts, cards, open todos and notes, by any words of theirs.
search-nothing = Nothing found for “{ $text }”.
search-found = Found for “{ $text }”:
search-contacts = Contacts
search-cards = Cards
search-todos = Todos
search-entries = Notes and events
search-more = Show more
