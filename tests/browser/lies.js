// What a core tells that lies wherever it can: nothing is in an order that a script would find by itself, dues and
// classes contradict each other, and so do counts and lists, roles and rights.

import { EVERYTHING, waiting } from "./fake-core.js";

export const LONG_AGO = Date.UTC(1999, 0, 1);
export const FAR_AHEAD = Date.UTC(2099, 11, 31, 12);
const [PAST, FUTURE] = ["1999-01-01", "2099-12-31T12:00[Europe/Budapest]"];

export const ME = "user-me";
export const ZULU = "product-zulu";
export const ALPHA = "product-alpha";

const user = (id, name, role, active = true) => ({ id, name, role, active, email: `${id}@example.com`, zone: "UTC" });
const status = (id, name, group) => ({ id, name, group, retired: false });
const field = (id, name, kind = { kind: "text" }, requiredFor = []) => {
  return { id, name, kind, requiredFor, retired: false };
};
const option = (key, retired = false) => ({ key, name: `Option ${key}`, retired });

export const STATUSES = ["status-lost", "status-new", "status-refused", "status-won", "status-talks"];
export const FIELDS = [
  "field-z", "field-m", "field-a", "field-c", "field-x", "field-w", "field-p", "field-e", "field-u", "field-t",
];

const product = (id, name, more = {}) => ({
  id,
  name,
  kind: "custom",
  itemNoun: "case",
  enabled: true,
  movedByHand: true,
  statuses: [
    status("status-lost", "Zero", "negative"),
    status("status-new", "Yonder", "inactive"),
    status("status-refused", "X-ray", "negative"),
    status("status-won", "Alpha", "positive"),
    status("status-talks", "Middle", "in_progress"),
  ],
  fields: [
    field("field-z", "Zebra", { kind: "text" }, ["status-new"]),
    field("field-m", "Money", { kind: "amount" }),
    field("field-a", "Aardvark", { kind: "day" }),
    field("field-c", "Choice", { kind: "choice", multiple: false, options: ["9", "1", "5"].map((key) => option(key)) }),
    field("field-x", "Code", { kind: "url" }),
    field("field-w", "Website", { kind: "url" }),
    field("field-p", "Phone", { kind: "phone" }),
    field("field-e", "Email", { kind: "email" }),
    field("field-u", "User", { kind: "user" }),
    field("field-t", "Time", { kind: "dayTime" }),
  ],
  ...more,
});

const settings = {
  organisation: { name: "Lies Ltd", zone: "UTC", locale: "en-GB", currency: "EUR" },
  products: [product(ZULU, "Zulu"), product("product-off", "Off", { enabled: false }), product(ALPHA, "Alpha")],
  personFields: [field("field-person-z", "Zodiac"), field("field-person-a", "Age")],
  companyFields: [],
  // The administrator's rights are told by `may`, not by the role.
  users: [
    user("user-z", "Zoe", "user"),
    user(ME, "Me", "admin"),
    user("user-gone", "Gone", "user", false),
    user("user-a", "Ada", "user"),
  ],
};

/** What stands in the order in which it is told. */
export const TODAY = [
  ["todo-1", "later", PAST, LONG_AGO],
  ["todo-2", "overdue", FUTURE, FAR_AHEAD],
  ["todo-3", "dueToday", PAST, LONG_AGO],
  ["todo-4", "later", FUTURE, FAR_AHEAD],
  ["todo-5", "overdue", PAST, LONG_AGO],
  ["todo-6", "dueToday", FUTURE, FAR_AHEAD],
];

const todayTodo = ([todo, shown, due, overdueFrom]) => ({
  item: { key: { overdueFrom, card: "card-b", todo }, class: shown, due, product: ZULU },
  text: `Text of ${todo}`,
  cardName: "Card",
  contact: null,
  contactName: null,
});

const todo = (id, shown, due, more = {}) => ({
  id,
  text: `Text of ${id}`,
  due,
  class: shown,
  overdueFrom: due === null ? null : due === PAST ? LONG_AGO : FAR_AHEAD,
  assignee: ME,
  contact: null,
  details: null,
  closings: [],
  ...more,
});

/** What a card tells of a todo, and a list does not. */
const details = (more = {}) => {
  return { details: { description: "", urgent: false, plannedFor: null, repeat: null, ...more } };
};

/** What a line says, whatever line it is, and the card that is the inbox. */
export const QUICK = { text: "Words of the core", due: FUTURE };
export const INBOX = "card-inbox";

export const CHOICES = [
  { kind: "nextMonday", due: "1999-03-03" },
  { kind: "tomorrow", due: "2042-04-02" },
  { kind: "thisAfternoon", due: "1970-01-01" },
];

/** Which section and due each card of the board has. */
export const BOARD = [
  ["card-m", "later", todo("next-m", "overdue", PAST)],
  ["card-z", "overdue", null],
  ["card-a", "overdue", todo("next-a", "later", FUTURE)],
  ["card-k", "noNextStep", todo("next-k", "dueToday", PAST)],
  ["card-b", "nextMonth", todo("next-b", "overdue", PAST)],
  ["card-y", "today", todo("next-y", "later", FUTURE)],
  ["card-c", "overdue", todo("next-c", "overdue", PAST)],
];

const cardItem = (id, more = {}) => ({
  id,
  product: ZULU,
  name: `Name of ${id}`,
  status: "status-won",
  owner: "user-z",
  section: null,
  next: null,
  openTodos: 0,
  lastContact: null,
  trash: "no",
  conflicts: 0,
  ...more,
});

const contactItem = (id, familyName, more = {}) => ({
  id,
  sort: "company",
  givenName: "",
  familyName,
  details: [],
  trash: "no",
  conflicts: 0,
  ...more,
});

export const COUNTS = [
  ["status-won", 4711],
  ["status-lost", 0],
  ["status-talks", 3],
  ["status-new", 99_999],
];

export const CONTACTS = ["contact-m", "contact-z", "contact-a", "contact-b"];
const contacts = CONTACTS.map((id) => contactItem(id, `Family of ${id}`));

const entry = (id, at) => ({ id, kind: "call", at, text: `Text of ${id}`, by: ME, person: null, place: "" });
const line = (id, at, sync = "stored") => ({
  id,
  at,
  receivedAt: at,
  sync,
  by: "user-z",
  device: null,
  act: null,
  edits: [{ kind: "put", place: { kind: "name" }, old: [], new: { kind: "text", text: id } }],
});

export const HISTORY = [
  ["change-old", LONG_AGO, "here"],
  ["change-new", FAR_AHEAD, "stored"],
  ["change-mid", Date.UTC(2020, 1, 1), "sent"],
];

const closing = { outcome: "failed", by: "user-z", on: "1999-01-01", at: LONG_AGO, zone: "UTC" };

const card = {
  id: "card-b",
  product: ZULU,
  name: "Name of card-b",
  status: "status-new",
  owner: "user-a",
  trash: "no",
  fields: [
    { field: "field-c", value: { kind: "choice", option: "5" } },
    { field: "field-x", value: { kind: "url", url: "javascript:alert(1)" } },
    { field: "field-w", value: { kind: "url", url: "https://example.com/menu" } },
    { field: "field-p", value: { kind: "phone", phone: "+36 (30) 123-45-67" } },
    { field: "field-e", value: { kind: "email", email: "anna@example.com" } },
    { field: "field-u", value: { kind: "user", user: "user-gone" } },
    { field: "field-t", value: { kind: "dayTime", at: FUTURE } },
  ],
  // Of a field that holds something, and not of the one that says itself that the status asks for it.
  missing: [
    { field: "field-e", statuses: ["status-new"] },
    { field: "field-m", statuses: ["status-won"] },
  ],
  todos: [
    todo(
      "todo-late",
      "later",
      PAST,
      details({
        description: "First of many lines\nLast of many lines",
        urgent: true,
        plannedFor: "2099-12-31",
        repeat: { every: 999, unit: "year", lateDay: 31 },
      }),
    ),
    todo("todo-closed", null, FUTURE, { ...details(), closings: [closing] }),
    todo("todo-none", "dueToday", null, details({ repeat: { every: 1, unit: "day", lateDay: null } })),
    todo("todo-over", "overdue", FUTURE, details()),
    todo("todo-last", "later", FUTURE, details()),
  ],
  next: "todo-last",
  entries: [entry("entry-old", LONG_AGO), entry("entry-new", FAR_AHEAD)],
  links: [
    { id: "link-z", target: "contact-z", role: "supplier" },
    { id: "link-a", target: "contact-a", role: "customer" },
    { id: "link-m", target: "contact-m", role: "customer" },
  ],
  contacts: [contacts[0], contacts[2], contacts[1]],
  conflicts: [],
  unread: [],
  lastContact: FAR_AHEAD,
  created: FAR_AHEAD,
  sync: "sent",
  nextChange: null,
};

const detail = (id, sort, value) => ({ id, sort, label: "", value });

const contact = {
  id: "contact-m",
  sort: "person",
  givenName: "Given",
  familyName: "Family",
  trash: "review",
  fields: [{ field: "field-person-z", value: { kind: "text", text: "Capricorn" } }],
  details: [
    detail("detail-mail", "email", "z@example.com"),
    detail("detail-phone", "phone", "9"),
    detail("detail-home", "address", "Alpha street"),
    detail("detail-mobile", "phone", "1"),
  ],
  links: [],
  entries: card.entries,
  conflicts: [],
  unread: [],
  sync: "here",
};

/** The cards of one contact, and how many todos each has by the core. */
export const CARDS_OF_CONTACT = [
  ["card-y", 7],
  ["card-a", 0],
  ["card-m", 123],
];

/** Nothing of it has anything to do with what is searched for. */
export const FOUND = {
  contacts: ["contact-z", "contact-a"],
  cards: ["card-y", "card-b", "card-k"],
  todos: [
    ["todo-found-1", "later", PAST],
    ["todo-found-2", "overdue", FUTURE],
    ["todo-found-3", "dueToday", FUTURE],
  ],
  entries: ["entry-9", "entry-1", "entry-5"],
};

export const QUARANTINE = [
  [5, false],
  [9, true],
  [1, false],
];

const quarantined = ([id, canReapply]) => ({
  id,
  document: "card-b",
  isContact: false,
  title: `Title ${id}`,
  writes: [],
  reason: canReapply ? { kind: "purged" } : { kind: "refused", code: "not_allowed" },
  canReapply,
  madeAt: FAR_AHEAD,
  at: LONG_AGO,
});

export const TRASHED = ["card-z", "card-a", "card-m"];
export const UNSENT = 4711;

/** How an exchange went. */
export const REPORT = {
  roundTrips: 1,
  bytesUp: 0,
  bytesDown: 0,
  counts: { applied: 0, acknowledged: 0, quarantined: 0, reauthored: 0, unusable: 0 },
  progress: null,
  reconciling: false,
  serverAhead: 0,
};

const edited = { made: [], change: "change", changes: EVERYTHING };

const isContact = (id) => id.startsWith("contact-");
const of = (document, id, wanted) => {
  if (isContact(id) !== wanted) throw { code: "invalid.other_document_type", documentType: 0 };
  return { ...document, id };
};

/** `may` answers whatever the role is. */
export const lies = ({ may = () => true } = {}) => ({
  open: null,
  me: { user: ME, org: "org", device: "device" },
  isSignedIn: true,
  live: () => waiting(REPORT),
  settings,
  may,
  unsentCount: UNSENT,
  quarantine: QUARANTINE.map(quarantined),
  favourites: ["contact-z", "card-z", "contact-a", "card-a"],
  recents: ["card-m", "card-y", "contact-b", "card-b"],
  postponeChoices: CHOICES,
  quickTodo: QUICK,
  inbox: INBOX,
  names: (ids) =>
    ids.map((id) => ({ document: id, isContact: isContact(id), name: `Name of ${id}`, isTrashed: false })),
  losesSight: false,
  noteOpened: EVERYTHING,
  editCard: edited,
  editContact: edited,
  today: {
    todos: TODAY.map(todayTodo),
    matching: 12_345,
    totals: { today: 41, overdue: 0, closed: -3, postponed: 1_000_000 },
    nextChange: null,
  },
  // The same whatever was asked for; "no next step" is asked for with no cards.
  board: ({ limit }) => ({
    cards: limit === 0 ? [] : BOARD.map(([id, section, next]) => cardItem(id, { section, next })),
    matching: limit === 0 ? 31 : 777,
    nextChange: null,
  }),
  statusCounts: COUNTS.map(([status, cards]) => ({ status, cards })),
  card: (id) => of(card, id, false),
  contact: (id) => of(contact, id, true),
  history: HISTORY.map((told) => line(...told)),
  contacts,
  contactCount: 9,
  cardsOfContact: CARDS_OF_CONTACT.map(([id, openTodos]) => cardItem(id, { openTodos })),
  findCaller: [contacts[3], contacts[0]],
  search: {
    contacts: FOUND.contacts.map((id) => contactItem(id, `Family of ${id}`)),
    cards: FOUND.cards.map((id) => cardItem(id)),
    todos: FOUND.todos.map((told) => ({ card: "card-b", cardName: "Card", todo: todo(...told) })),
    entries: FOUND.entries.map((id, at) => ({
      document: "card-b",
      isContact: false,
      name: "Card",
      entry: id,
      kind: "note",
      at: at * 1_000_000_000_000,
      text: `Text of ${id}`,
    })),
  },
  trashedCards: (of) =>
    of === ZULU ? TRASHED.map((id, at) => cardItem(id, { trash: at === 1 ? "review" : "no" })) : [],
  trashedContacts: [contacts[2], contacts[1]],
});
