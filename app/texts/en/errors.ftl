### Errors, by their codes

error-not_found-document = This is not here any more.
error-not_found-todo = This todo is not here any more.
error-not_found-quarantined_edit = This edit is not here any more.
error-not_found-product = This product is not here any more.
error-not_found-status = This status is not here any more.
error-not_found-user = This colleague is not here any more.
error-not_found-field = This field is not here any more.
error-invalid-text_too_long = This text is too long. It may have { $mostBytes } bytes.
error-invalid-too_large = This is too much at once. Do it in smaller steps.
error-invalid-empty = Say what is to be done.
error-invalid-id_taken = This is here already.
error-invalid-link_role = A role has 1 to 32 lower-case letters, digits or hyphens.
error-invalid-inbox_stays = The inbox card cannot go to the trash.
error-invalid-unknown_field = There is no such field.
error-invalid-wrong_form = This is not what the field asks for.
error-invalid-text_replaced = This field holds a long text.
error-invalid-not_allowed = Nobody may change this.
error-invalid-changed_since = This has changed since. It stays as it is now.
error-invalid-other_document_type = This needs a newer version of the app.
error-invalid-user_there = Somebody works in this browser already.
error-invalid-inside_batch = Something else is under way. Try again.
error-invalid-malformed = This cannot be read.
error-invalid-unknown_zone = This time zone is not known.
error-invalid-install_secret = This browser’s secret is damaged.
error-no_user = Begin first, or sign in.
error-storage_full = The device’s storage is full. Make room; reading and sending still work.
error-app_too_old = A newer version of the app wrote this data. Reload to update.
error-file_too_old = This data is of before the first release. Delete this site’s data in the browser, and begin anew.
error-damaged = The data in this browser is damaged. What was sent is safe with the server.
error-paused = Paused.
error-interrupted = Ended.
error-internal = Something went wrong. Try again, and report it if it happens again.
error-unreachable = The server cannot be reached. Everything waits for a network.
error-captive_portal = This network wants you to sign in to it first: open any other page.
error-not_trusted = The server’s certificate is not trusted. Is this device’s clock right?
error-wrong_server = What answers is not the server. Try again later.
error-server_busy = The server is busy. Try again later.
error-server_full = The server’s storage is full. Your edits stay here until its administrator makes room.
error-too_many_tries = { $when ->
    [none] Too many wrong passwords. Wait, then try again.
   *[other] Too many wrong passwords. Try again at { $when }.
}
error-sign_in_needed = Sign in again.
error-access_ended = { $handedIn ->
    [0] Your access has ended.
    [one] Your access has ended. One unsent edit was handed in for a manager to review.
   *[other] Your access has ended. { $handedIn } unsent edits were handed in for a manager to review.
}
error-bad_credentials = Email or password is wrong.
error-bad_code = This link was used, or is too old. Ask for a new one.
error-other_user = Somebody else’s data is in this browser. They must sign out first.
error-unsent = { $count ->
    [one] One edit was not sent.
   *[other] { $count } edits were not sent.
}
error-elsewhere = Another exchange is under way.
error-cancelled = Cancelled.
error-refused = The server refused this ({ $serverCode }). Reload to update, and report it if it happens again.
error-address-malformed = This is not the address of a server.
error-address-not_secure = The address must begin with https.
error-address-no_tls = This browser cannot reach the server securely.
error-address-no_roots = The certificate cannot be read.
error-no_storage = { $why ->
    [insecure] This page was not loaded securely, so the browser keeps no data. Open it by an address that begins with https.
    [blocked] This window keeps no data: it is a private one, or storage is switched off. Open Roadbook in an ordinary window.
   *[unsupported] This browser is too old to keep data. Update it, or use another one.
}
error-interrupted_edit = This was cut off. Look whether this was done before you try again.
error-no_answer = Roadbook is open in another tab that does not answer. Close that tab, then reload this one.
