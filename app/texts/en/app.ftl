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
dismiss = Close notice
