### What the app says, in English. Words are those of docs/glossary.md.

app-name = Roadbook
opening = Opening…
language = Language
cancel = Cancel
reload = Reload
language-name = English
close = Close
navigation = Main
boards = Boards
people = People
search = Search
more-screen = More
person-name = { $given } { $family }
back = Back

## Notices

update-ready = A new version is here.
update = Use it now
update-taken = Another tab uses a new version. Reload when you have finished typing.
evicted = The browser has deleted Roadbook’s data. Sign in to get back all that was sent.
trapped = Something went wrong, and the core was started again. What you had done is safe.
clock = This device’s clock is wrong by more than five minutes.
unkept = What you have typed is too long to be kept: it is lost when this page is closed or reloaded.
dismiss = Close notice

# A damaged file
repair = Repair
repair-what = A repair saves what was not sent yet, as far as it can be read. Everything else comes back from the server.
repaired = { $saved ->
    [0] The data was repaired. Nothing was waiting to be sent.
    [one] The data was repaired. One edit that was not sent yet is there.
   *[other] The data was repaired. { $saved } edits that were not sent yet are there.
}
repaired-in-part = { $saved ->
    [0] The data was repaired, but not all of it could be read: edits that were not sent yet may be lost.
    [one] The data was repaired, but not all of it could be read. One edit that was not sent yet is there, others may be lost.
   *[other] The data was repaired, but not all of it could be read. { $saved } edits that were not sent yet are there, others may be lost.
}
