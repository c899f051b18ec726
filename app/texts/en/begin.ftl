### Beginning

begin-lead = Your customers and todos, also where there is no network.
begin-local = Begin without an account
begin-local-hint = Everything stays in this browser. You can sign in later.
sign-in = Sign in
sign-in-again = Sign in again
sign-in-again-lead = Your session has ended. Everything of yours is still here, and you can go on working.
sign-in-lead = Your work here becomes your account’s.
email = Email
password = Password
enrol-title = Choose your password
enrol-lead = With it you sign in from now on, here and on other devices.
new-password = New password
enrol = Set password and sign in
device-name = Browser on { $platform }
questions-title = Before you go on
questions-lead = Your account does not have these. Choose what takes their place.
question-product = Product “{ $name }”
question-status = Status “{ $name }”
continue = Continue

## With a link

join = I have a link
join-lead = A colleague has sent you a link, or shows you a QR code. Your device’s camera app can open the code, too.
join-link = Link
join-no-link = This is not a link that lets you in. It ends with “/enrol#” and a code.
join-elsewhere = This link leads to another server. Open it there:
join-scan = Scan the QR code
join-scan-lead = Hold the QR code before the camera.
join-photo = Take a picture of the QR code
join-no-code = There is no QR code to be seen in this picture. Come closer, and try again.
join-camera-refused = The camera cannot be used. Allow it in the browser, or paste the link.

## Installing

install = Install
install-lead = Put Roadbook on your home screen: it starts like any other app, and its data are kept for longer.
install-safari = Put Roadbook on your home screen: tap “Share”, then “Add to Home Screen”. You sign in there once more, and it keeps its data; in the browser they may be deleted after a week without use.
install-not-now = Not now
