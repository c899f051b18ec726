### The page of the demonstration, in English.

title = Roadbook: two phones and a server
lead = Anna and Béla sell coffee machines. Each phone is the real app with a file of its own; the server is a program on this machine. Take the network away, kill the server: nothing is lost.
beginning = Setting up the firm: its server, four colleagues and their customers…
gone = The demonstration does not answer any more. Start it again with ./demo. This browser still keeps its customers: to remove them, clear the data of roadbook.localhost.
no-key = This page needs its whole address, as ./demo has printed it: what stands behind # is the key.
again = Try again
ended = The demonstration has ended, and this browser keeps nothing of it.
phone = { $name }’s phone
airplane = Airplane mode
unsent = { $count ->
    [0] Everything is sent
    [one] One edit is unsent
   *[other] { $count } edits are unsent
}
refused = { $count ->
    [one] One edit was refused
   *[other] { $count } edits were refused
}

## The office

office = The server
runs = It runs as process { $pid }, for { $seconds ->
    [one] one second
   *[other] { $seconds } seconds
}.
stands = It has not been running for { $seconds ->
    [one] one second
   *[other] { $seconds } seconds
}.
stop = Stop
kill = Kill
start = Start
restore = Restore the backup from before
restrict = Let Béla see only his own
allow = Let Béla see everything again
backup = Backup of { $time }
hashes = Does everybody show the same?
user = User
on-phone = Phone
on-server = Server
equal = Equal: phones and server show the same, to the byte.
not-equal = Not equal: something is still on its way.
ending = The end
kept = This browser keeps the customers that it has shown until the demonstration is ended here.
end = End the demonstration

## What to try

story = What to try
story-done = Seen.
show = Show this card on both phones
story-show = Look at the card “{ $card }” on both phones.
story-cut = Switch both to airplane mode. Nothing comes through to the server any more.
story-edit = Go on working: edit different things of the card, and also the same one. Each edit is stored at once and counted as unsent.
story-mend = Switch airplane mode off. What does not contradict is merged. Where both changed the same, one value is shown and the other is offered beside it. The hashes are equal.
story-kill = Kill the server, go on working, and start it again: it is another process, and takes what was unsent.
story-restore = Restore the backup from before. The server has forgotten all that came later, and the phones bring it back.
story-refuse = Switch Béla to airplane mode, and let him throw the card away, which is Anna’s. Then let him see only his own, and switch airplane mode off: this is refused now, and he finds it under “More”. What harms nobody, such as a note, would still have been taken.
