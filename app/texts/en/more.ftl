### More: the exchange with the server, what did not go through, the trash, devices, help

more-personal = On this device
more-nameless = Without a name
more-show-more = Show more
more-again = Try again
more-loading = Loading…
more-settings = Settings
more-settings-hint = Your profile and password; for administrators products, fields and users
more-share = Share
more-save-file = Save as a file

## The mark in the header

more-mark-unsent = { $count ->
    [0] All sent
    [one] 1 unsent
   *[other] { $count } unsent
}

## Exchange

exchange = Exchange
more-exchange-hint = What the server has, and what it has not yet; support; signing out
first-sync = Fetching your data: { $done } of { $total }
more-your-edits = Your edits
unsent = { $count ->
    [0] Everything is sent
    [one] One edit is unsent
   *[other] { $count } edits are unsent
}
more-network = Network
online = Online
offline = Offline
last-exchange = Last exchange
no-exchange = No exchange yet
more-version = Version
more-sync-now = Exchange now
more-sync-running = Exchanging…
more-sync-done = Everything is exchanged.
local-workspace = Without an account
more-local-workspace-lead = You work without an account: everything is in this browser alone. Sign in to work with colleagues and on other devices.

## Storage

more-storage = Storage
kept = The browser keeps your data.
not-kept = The browser may delete your data when room is short. Do not leave edits unsent for long.
more-not-kept-alone = The browser may delete your data when room is short, and they are nowhere else.
more-keep = Ask the browser to keep them
more-keep-refused = The browser has not agreed. It may do so once you have used the app for longer, or have put it on the home screen.
more-room = { $usage } of { $quota } are used.

## Support

more-support = For support
more-state-hash = Make the state hash
more-state-hash-hint = The state hash stands for all that you see. Once everything is exchanged, the server has the same.
more-state-hash-running = Reading everything…
more-report = Report
more-report-show = Make a report
more-report-hint = A report helps whoever looks after Roadbook. It has no names, texts or addresses in it.
more-report-lead = This is all that is in it. Nothing is sent by itself.

## Signing out

sign-out = Sign out
more-sign-out-lead = Your data leave this browser. They stay with the server.
sign-out-unsent = { $count ->
    [one] One edit was not sent. It stays here encrypted, and you get it back by signing in here again.
   *[other] { $count } edits were not sent. They stay here encrypted, and you get them back by signing in here again.
}
sign-out-anyway = Sign out all the same

## What did not go through

more-quarantine = What did not go through
more-quarantine-hint = Edits that could not be kept, each with the reason
more-quarantine-count = { $count ->
    [one] 1 stuck
   *[other] { $count } stuck
}
more-quarantine-lead = These edits could not be kept. None is lost: apply it again, keep it as a file, or discard it.
more-quarantine-empty = Everything went through.
more-made-at = Made { $made }, here since { $came }
more-reapply = Apply again
more-reapply-name = Apply again: { $title }
more-reapplied = Applied again: “{ $title }”.
more-look = Look at it
more-export = Export
more-export-name = Export: { $title }
more-discard = Discard
more-discard-name = Discard: { $title }
more-discard-ask = This edit will be gone for good. Discard it?
more-discarded = Discarded: “{ $title }”.

more-refused-malformed = The server could not read it. Send a report if this happens again.
more-refused-too-large = It is too large, or would make the card or contact too large.
more-refused-foreign-actor = It was made under the name of another device. This happens where a browser’s data were copied.
more-refused-not-visible = You do not see this card or contact.
more-refused-not-allowed = You may not write this.
more-refused-right-lost = You had lost your right to this when it came to the server, and it came too late or changed too much.
more-refused-purged = The card or contact was deleted for good by an administrator.
more-refused-id-taken = Another card or contact already has this id.
more-refused-policy = A value in it is not allowed: it names somebody who is no colleague, or is no value of its field.
more-refused-link-not-visible = It links to a contact that you do not see.
more-refused-foreign-receipt = The server does not know the receipt that came with it.
more-refused-email-taken = The email in it is another user’s by now.
more-refused-last-admin = Without this user as they are there would be no administrator left.
more-refused-other = The server refused it ({ $code }).
more-reason-depends = It builds on another edit that was refused: { $reason }
more-reason-forgotten = You lost sight of this card or contact before it was sent.
more-reason-damaged = What it was built on was lost with a damaged file.
more-reason-other = It could not be kept, for a reason that only a newer version of the app knows.

## Trash

more-trash = Trash
more-trash-hint = Cards and contacts that were put away
more-trash-lead = Nothing is deleted here: what was put away can be taken out again.
more-trash-empty = The trash is empty.
more-trash-review = To be reviewed: somebody edited it who did not know that it was put away.
more-restore = Take out
more-restore-name = Take out: { $name }
more-restored = Taken out of the trash: “{ $name }”.
more-leave-trashed = Leave it here
more-leave-trashed-name = Leave it here: { $name }
more-left = Reviewed and left in the trash: “{ $name }”.

## Devices

more-devices = Devices
more-devices-hint = Where you are signed in; shut out a lost one
more-devices-lead = You have signed in on these. If one was lost, shut it out: it cannot exchange any more, and its data are removed once it tries.
more-devices-alone = Without an account there is only this device.
more-device-current = (this one)
more-device-times = First signed in { $first }, last seen { $last }
more-device-revoked-at = Shut out { $when }
more-device-revoked = “{ $name }” is shut out.
more-revoke = Shut out
more-revoke-name = Shut out: { $name }
more-revoke-ask = “{ $name }” will be signed out for good. Shut it out?

## Help

more-help = If something is wrong
more-help-hint = No network, old version, full storage, wrong clock
more-what-to-do = What to do
more-help-else = If nothing of this helps, send a report:
more-help-offline = There is no network
more-help-offline-text = Go on working. Everything is stored on this device, and is sent by itself once there is a network. Do not delete this site’s data before “All sent” stands at the top.
more-help-old = The app is older than the server
more-help-old-text = Reload the page, or close all tabs with Roadbook and open it again: the new version is fetched by itself. What you have done stays. If the message comes back after that, send a report.
more-help-new = The app is newer than the server
more-help-new-text = It happens after a server was set back to an older version. Go on working; what the server does not understand yet stays here, unsent. Tell your administrator that the server needs an update.
more-help-full = Storage is full
more-help-full-text = Make room on the device: delete pictures, videos or other apps, not this site’s data. Until then you can read, and what is unsent can still be sent; new edits cannot be stored, and what you typed stays in its form.
more-help-clock = The device’s clock is wrong
more-help-clock-text = Switch on automatic date and time in the device’s settings. Until then todos may seem overdue too early or too late, and the server’s certificate may be taken for an old one. Nothing is lost by it.
more-help-clock-now = At the last exchange the server’s clock was ahead by { $seconds } s.
more-help-portal = The network wants you to sign in
more-help-portal-text = Hotels and trains often do. Open any other page in the browser, sign in to the network there, and come back.
more-help-deleted = The browser has deleted the data
more-help-deleted-text = Sign in: all that was sent comes back. What was unsent is lost. To keep it from happening again, put the app on the home screen, and ask the browser under “Exchange” to keep the data.
more-help-lost = A device was lost or stolen
more-help-lost-text = Shut it out on another device, and tell your administrator.

## About

more-about = About Roadbook
more-about-version = Version { $version }, core { $core }
more-about-licence = Free software under the MIT License or the Apache License 2.0, at your choice.
