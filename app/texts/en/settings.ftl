### Settings: what administrators set up, and everybody’s own profile

settings-alone = Without an account there is nothing to set up. Sign in to work with colleagues.
settings-offline = There is no network: settings are read and stored by the server alone. What you have typed is kept.
settings-name = Name
settings-place = Place in the list
settings-zone = Time zone
settings-locale = Language and country
settings-yes = yes
settings-no = no
settings-nothing = (nothing)
settings-edit = Edit
settings-edit-name = Edit: { $name }
settings-up = Move up: { $name }
settings-down = Move down: { $name }
settings-move-stale = Somebody has edited this list meanwhile, so nothing was moved. This is how it stands now.
settings-empty-means = Empty means “{ $name }”.
settings-empty-gallery = Empty means the gallery’s own name.
settings-option = Option “{ $name }”

## Storing

settings-save = Save
settings-stored = Saved.
settings-unstored = Not saved yet.
settings-discard = Discard
settings-difference = Somebody has changed this meanwhile
settings-difference-lead = Look at what is different, then choose what is to hold.
settings-difference-none = It is the same as yours by now.
settings-mine = Yours
settings-theirs = Theirs
settings-untouched = not changed by you
settings-use-mine = Use mine
settings-use-theirs = Use theirs
settings-use-mine-hint = What you have not changed stays as theirs in any case.

## Why the server does not take something

settings-forbidden = Only administrators may do this.
settings-not-found = This is not there any more.
settings-stale = Somebody has changed this meanwhile. Open it again.
settings-taken = Somebody has this already.
settings-last-admin = Without this user as they are there would be no administrator left.
settings-wrong-password = This is not your password.
settings-missing = This is needed.
settings-length = Give { $min } to { $max } characters.
settings-form = The server cannot read this.
settings-malformed = This is empty, too long, or not allowed here.
settings-unknown-zone = There is no such time zone. Write it like Europe/Budapest.
settings-unchangeable = This cannot change any more.
settings-fixed-statuses = The statuses of this kind of product are fixed.
settings-fixed-field = The status follows from this field, so it stays as it is.
settings-last-status = A product keeps one status that is not retired.
settings-key-taken = Two options have the same key.
settings-too-many = There are as many as there may be. Rename a retired one.
settings-reserved-product = The inbox cards live in this product: it stays in use.
settings-not-removable = Options can be retired, but not removed.
settings-refused = The server does not take this ({ $code }).

## Your profile

settings-profile = Your profile
settings-profile-hint = Your name, time zone, language and password
settings-zone-hint = It decides when a day is over. Write it like Europe/Budapest.
settings-own-locale-hint = Products, statuses and fields are named in this language on all your devices. The language of the app itself is chosen on each device.
settings-password-lead = With another password you are signed out on all other devices.
settings-old-password = Present password
settings-password-hint = At least 10 characters.
settings-save-password = Change password
settings-password-stored = The password is changed.

## The firm

settings-organisation = The firm
settings-organisation-hint = Name, time zone, currency, export
settings-firm-name = Name of the firm
settings-firm-zone-hint = It holds for what happens by itself. Write it like Europe/Budapest.
settings-currency = Currency
settings-currency-hint = It is proposed for new amounts. Three letters, such as EUR.
settings-only-admins-export = Only administrators may export

## Products

settings-products = Products
settings-products-hint = Which there are, with their statuses and fields
settings-products-lead = They are listed in this order everywhere.
settings-off = switched off
settings-add-product = Add a product
settings-gallery = Gallery of products
settings-preview = Preview
settings-preview-hint = Its statuses and fields are there; what is special about it is not built yet.
settings-choose = Choose
settings-choose-kind = Choose: { $name }
settings-item-noun = What one card is called
settings-enabled = In use
settings-enabled-hint = A product that is switched off keeps its cards.
settings-lapse-days = Days until a status changes by itself
settings-lapse-days-hint = Empty means never.

## Statuses

settings-statuses = Statuses
settings-statuses-of = Statuses of { $product }
settings-statuses-lead = A status says what is to be done. One that is not needed any more is retired: cards that have it keep it.
settings-statuses-fixed = The statuses of this kind of product are fixed. Their names and todos can be others.
settings-status-name-hint = Say what is to be done.
settings-add-status = Add a status
settings-group = Group
settings-retired = retired
settings-retire-status = Retired
settings-retire-status-hint = It cannot be chosen any more. Cards that have it keep it until they are moved.
settings-todo = Hands out a todo
settings-todo-hint = A card that enters this status gets it.
settings-todo-text = What is to be done
settings-todo-text-hint = Empty means the words of the gallery.
settings-due-days = Days until it is due
settings-due-days-hint = 0 means on the same day.
settings-hands-out-gallery = { $days ->
    [0] Todo of the gallery, on the same day
    [one] Todo of the gallery, after one day
   *[other] Todo of the gallery, after { $days } days
}
settings-hands-out = { $days ->
    [0] Todo: “{ $text }”, on the same day
    [one] Todo: “{ $text }”, after one day
   *[other] Todo: “{ $text }”, after { $days } days
}

## Fields

settings-fields = Fields
settings-fields-of = Fields of { $product }
settings-person-fields = Fields of persons
settings-company-fields = Fields of companies
settings-fields-hint = What you want to know about each of them
settings-fields-lead = They stand in this order in the form. One that is not needed any more is retired: its values stay.
settings-no-fields = There are no fields yet.
settings-add-field = Add a field
settings-field-retired = retired
settings-retire-field = Retired
settings-retire-field-hint = It is not shown any more. Its values stay.
settings-kind = What it holds
settings-kind-hint = What cards hold already and the new kind cannot read is shown as it is.
settings-kind-text = Text
settings-kind-long-text = Long text
settings-kind-decimal = Number
settings-kind-money = Money
settings-kind-day = Day
settings-kind-day-time = Day and time
settings-kind-choice = Choice
settings-kind-flag = Yes or no
settings-kind-user = Colleague
settings-kind-email = Email
settings-kind-phone = Phone
settings-kind-url = Web address
settings-multiple = Several can be chosen
settings-required-for = Asked for in these statuses
settings-required-for-hint = Whoever moves a card there without it is told so.
settings-options = Options
settings-options-hint = They stand in this order. One that is not needed any more is retired: cards that have it keep it.
settings-options-order = Order of the options
settings-option-name = Name of the option { $name }
settings-retire-option = Retired
settings-remove-option = Remove
settings-remove-option-name = Remove: { $name }
settings-new-option = New option
settings-new-option-hint = Press Add, else it is not in the list.
settings-add-option = Add
settings-means = What a lead is then
settings-means-open = open
settings-means-hot = hot
settings-means-won = won
settings-means-lost = lost

## Users

settings-users = Users
settings-users-hint = Colleagues, their roles, access and devices
settings-add-user = Add a user
settings-no-access = no access
settings-role = Role
settings-role-admin = Administrator
settings-role-admin-hint = May do everything, settings included.
settings-role-manager = Manager
settings-role-manager-hint = May do everything but settings.
settings-role-user = User
settings-role-user-hint = Works with all cards.
settings-role-restricted = Restricted
settings-role-restricted-hint = Sees only cards that are theirs, that nobody owns, or on which they have something to do.
settings-issues-invoices = May issue invoices, whatever the role
settings-active = Has access
settings-active-hint = Without access a user is signed out everywhere. Their name stays in the history.
settings-enrolment = Link to get in
settings-enrolment-lead = Whoever opens the link chooses a password and is signed in, once. It takes the place of an earlier link.
settings-make-link = Make a link
settings-link-until = Good until { $when }, for one time. It is shown only now.
settings-copy = Copy
settings-copied = Copied.
settings-no-devices = Not signed in anywhere yet.
