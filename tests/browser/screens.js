// Every screen and sheet of the app, on a core that tells something of each kind: fields, conflicts, what a later
// version wrote. A state is reached from the one before it.

import { waiting } from "./fake-core.js";
import { LONG_AGO, lies, ME, REPORT, ZULU } from "./lies.js";
import { ask, SETTINGS } from "./screens-settings.js";

const text = (text) => ({ kind: "text", text });
const conflict = (place, shown, ...others) => ({ place, shown, others });
const field = (id, name, kind) => ({ id, name, kind, requiredFor: ["status-new"], retired: false });
const options = ["Terrace", "Garden"].map((name) => ({ key: name.toLowerCase(), name, retired: false }));

const FIELDS = [
  field("text", "Delivery", { kind: "text" }),
  field("long", "About the place", { kind: "longText" }),
  field("number", "Seats", { kind: "number" }),
  field("amount", "Expected value", { kind: "amount" }),
  field("choice", "Roast", { kind: "choice", multiple: false, options }),
  field("choices", "Where", { kind: "choice", multiple: true, options }),
  field("day", "Opening", { kind: "day" }),
  field("flag", "Has a grinder", { kind: "flag" }),
  field("dayTime", "Tasting", { kind: "dayTime" }),
  field("user", "Barista", { kind: "user" }),
  field("email", "Invoices to", { kind: "email" }),
  field("phone", "Kitchen", { kind: "phone" }),
  field("url", "Menu", { kind: "url" }),
  field("later", "Of a later version", { kind: "other", code: 99 }),
];

const VALUES = [
  { field: "text", value: { kind: "other", text: "what a later version wrote" } },
  { field: "long", value: text("Sixty seats.\nThe bar is 58 cm deep.") },
  { field: "amount", value: { kind: "amount", amount: "3200", currency: "EUR" } },
  { field: "choices", value: { kind: "choices", options: ["terrace"] } },
  { field: "dayTime", value: { kind: "dayTime", at: "2026-12-01T10:00[Europe/Budapest]" } },
  { field: "user", value: { kind: "user", user: "user-z" } },
  { field: "email", value: { kind: "email", email: "invoices@example.com" } },
  { field: "phone", value: { kind: "phone", phone: "+36 1 555 0101" } },
  { field: "url", value: { kind: "url", url: "https://example.com/menu" } },
  { field: "later", value: { kind: "other", text: "as it was written" } },
  { field: "unknown", value: text("a field that is gone") },
];

const CONFLICTS = [
  conflict({ kind: "name" }, text("Bistro"), text("Bistro Casa Verde")),
  conflict({ kind: "todo", todo: "todo-over", part: "text" }, text("Call"), text("Write")),
  conflict(
    { kind: "todo", todo: "todo-over", part: "reminders" },
    { kind: "empty" },
    { kind: "reminders", minutes: [0, 90, 1440] },
  ),
  conflict(
    { kind: "todo", todo: "todo-over", part: "channels" },
    { kind: "channels", channels: [] },
    { kind: "channels", channels: ["browser", "device", "fax"] },
  ),
  conflict(
    { kind: "field", field: "number" },
    { kind: "empty" },
    { kind: "field", value: { kind: "number", number: "60" } },
  ),
];

const UNREAD = [{ place: { kind: "other", container: 9, name: "later" }, text: "as it was written" }];

const DETAIL_CONFLICT = conflict({ kind: "detail", detail: "detail-phone", part: "phone" }, text("9"), text("8"));

const WRITES = [
  { place: { kind: "name" }, value: text("Bistro") },
  { place: { kind: "todo", todo: "todo-over", part: "due" }, value: { kind: "due", due: "2026-11-30" } },
];

const device = (id, more) => ({
  id,
  platform: "web",
  name: `Device ${id}`,
  createdAt: LONG_AGO,
  lastSeenAt: LONG_AGO,
  revokedAt: null,
  isCurrent: false,
  ...more,
});

/** What the core answers if nothing else is said. */
export function answers() {
  const told = lies();
  const [zulu, ...others] = told.settings.products;
  const card = (id) => {
    const { todos, ...rest } = told.card(id);
    // One that Today has, too.
    const all = [{ ...todos[0], id: "todo-1" }, ...todos];
    return { ...rest, todos: all, fields: VALUES, conflicts: CONFLICTS, unread: UNREAD };
  };
  const contact = (id) => {
    const links = [{ id: "link-e", target: "contact-z", role: "employer" }];
    const conflicts = [conflict({ kind: "familyName" }, text("Family"), text("Name")), DETAIL_CONFLICT];
    return { ...told.contact(id), trash: "no", fields: [], links, conflicts, unread: UNREAD };
  };
  return {
    ...told,
    settings: { ...told.settings, products: [{ ...zulu, fields: FIELDS }, ...others] },
    card,
    contact,
    quarantine: told.quarantine.map((edit) => ({ ...edit, writes: WRITES })),
    likelyDoubles: told.contacts.slice(0, 2),
    movesTo: ["terrace", "garden"].map((option) => {
      const value = { kind: "choice", option };
      return { fields: [{ field: "choice", value }], edits: [{ kind: "setField", field: "choice", value }] };
    }),
    devices: [device("a", { isCurrent: true }), device("b"), device("c", { revokedAt: LONG_AGO })],
    stateHash: "0123456789abcdef".repeat(4),
    installSecret: Array(32).fill(0),
    ask,
    sync: { report: REPORT, end: "done" },
  };
}

const fail = (code, data = {}) => () => {
  throw { code, ...data };
};

const closed = (tab) => tab.click("[data-do=close-sheet]").then(() => tab.gone("[data-sheet]"));

/** Opens a part of the sheet of a todo. */
const part = (name) => async (tab) => {
  await tab.click(`[data-part=${name}] summary`);
  await tab.see(`[data-part=${name}][open]`);
};

const press = (selector, then) => async (tab) => {
  await tab.click(selector);
  await tab.see(then);
};

/** Closes the sheet that is open, and opens another one. */
const instead = (selector, then) => async (tab) => {
  await closed(tab);
  await press(selector, then)(tab);
};

const nobody = { me: undefined, isSignedIn: false };
const alone = { me: { user: ME, org: null, device: null } };

/**
 * By name: where it is, what is seen there last, what the core answers differently, and then what else can be opened,
 * each by what leads to it.
 */
export const SCREENS = {
  begin: {
    seen: "[data-do=begin]",
    answers: { ...nobody, signIn: fail("bad_credentials") },
    states: {
      "a link is pasted": press("[data-do=join]", "[data-do=take-link]"),
      "a link that is none": async (tab) => {
        await tab.fill("[name=link]", "https://example.com/");
        await press("[data-do=take-link]", "[data-problem=none]")(tab);
      },
      "a wrong password": async (tab) => {
        await tab.fill("[name=email]", "anna@example.com");
        await tab.fill("[name=password]", "wrong horse battery");
        await tab.click("[data-do=sign-in]");
        await tab.until(() => document.querySelector("[role=alert]").textContent !== "", undefined, "an alert");
      },
    },
  },
  "enrolment": { path: "enrol#0123456789abcdef0123456789abcdef", seen: "[data-do=enrol]", answers: nobody },
  "a file that cannot be opened": {
    seen: "main[data-stage=failed]",
    answers: { open: fail("damaged"), me: fail("damaged") },
  },
  "a first sync": {
    seen: "[data-first-sync]",
    answers: {
      today: { todos: [], matching: 0, totals: { today: 0, overdue: 0, closed: 0, postponed: 0 }, nextChange: null },
      live: () => waiting({ ...REPORT, progress: { done: 400, total: 2000 } }),
    },
  },
  "a wrong clock": {
    seen: "[data-notice=clock]",
    answers: { live: () => waiting({ ...REPORT, serverAhead: 86_400_000 }) },
  },
  "an exchange that was refused": {
    seen: "[data-do=reload]",
    answers: { live: fail("refused", { address: "https://example.com", serverCode: "app_too_old" }) },
  },
  today: {
    path: "#/today",
    seen: "[data-quick=recents] [data-document=card-b]",
    states: {
      "a todo is put off": press("[data-todo=todo-1] [data-do=todo-more]", "[data-part=postpone][open] [data-choice]"),
      "a todo is closed": async (tab) => {
        await part("close")(tab);
        await tab.fill("[data-part=close] [name=next]", "Call again");
        await tab.see("[data-part=close] [name=due]");
      },
      "a todo is changed": part("change"),
      "more is said of a todo": async (tab) => {
        await part("details")(tab);
        await tab.choose("[data-part=details] [name=repeat]", "other");
        await tab.see("[data-part=details] [name=every]");
      },
      "an act can be undone": async (tab) => {
        await closed(tab);
        await press("[data-todo=todo-3] [data-do=close]", "[data-undo=true]")(tab);
      },
      "a todo is added from one line": async (tab) => {
        await press("[data-do=quick-add-open]", "[data-sheet] [data-form=quick-add]")(tab);
        await tab.fill("[name=line]", "call Nova Ltd");
        await tab.see("[data-sheet] [data-do=as-text]");
        await tab.see("[data-sheet] [data-place=card-k]");
      },
      "to a card that is looked for": press("[data-do=other-card]", "[data-sheet] [name=find]"),
      "its due is refused": press("[data-do=as-text]", "[data-sheet] [data-do=take-due]"),
      "it is added": press("[data-do=quick-add]", "[data-sheet] [data-undo=true]"),
      "a customer is chosen": async (tab) => {
        await closed(tab);
        await press("[data-do=choose-customer]", "[data-picker]")(tab);
        await tab.fill("[data-picker] [name=contact]", "Bistro");
        await tab.see("[data-picker] [data-do=pick]");
        await press("[data-picker] [data-do=new-contact]", "[data-doubles]")(tab);
      },
    },
  },
  "days of Today": { path: "#/today?from=2026-11-30&to=2026-12-06", seen: "[name=from]" },
  board: {
    path: `#/board/${ZULU}`,
    seen: "main [data-card=card-c]",
    states: {
      "a new card": press("[data-do=new-card]", "[data-sheet] [data-form=add]"),
      "a card is moved": instead("[data-card=card-k] [data-do=move]", "[data-sheet] [data-to]"),
      "by one of several ways": press("[data-to=status-won]", "[data-sheet] [data-way]"),
    },
  },
  "a board without cards": {
    path: `#/board/${ZULU}?text=nothing`,
    seen: "main [data-nothing]",
    answers: { board: { cards: [], matching: 0, nextChange: null } },
  },
  card: {
    path: "#/card/card-b",
    seen: "[data-change=change-mid]",
    states: {
      "something is written down": press("[data-do=write-down]", "[data-sheet] [data-form=entry]"),
      "a todo is added": instead("[data-do=open-add-todo]", "[data-sheet] [data-form=add-todo]"),
      "a contact is added": instead("[data-do=add-contact]", "[data-sheet] [data-picker]"),
      "it is renamed": instead("[data-do=rename]", "main [name=name]"),
      "a value is none": async (tab) => {
        await tab.fill("[data-field=number] input", "many");
        await tab.page.keyboard.press("Enter");
        await tab.see("[data-field=number] [data-problem]");
      },
      "entries alone": press("[data-do=show-entries]", "[data-section=history] [data-entry]"),
      "all cards of a contact": press("[data-cards-of] summary", "[data-cards-of] [data-card]"),
    },
  },
  "a card that would be lost from sight": {
    path: "#/card/card-b",
    seen: "[data-change=change-mid]",
    answers: { losesSight: true },
    states: { "the owner is changed": async (tab) => {
      await tab.page.selectOption("main [name=owner]", "user-z");
      await tab.see("[data-sheet] [data-do=lose-sight]");
    } },
  },
  "a card in the trash": {
    path: "#/card/card-b",
    seen: "[data-trash=review] [data-do=leave-trashed]",
    answers: { card: (id) => ({ ...lies().card(id), trash: "review" }) },
  },
  "what is typed is too long to be kept": {
    path: "#/card/card-b",
    seen: "[data-change=change-mid]",
    states: {
      "in its sheet": async (tab) => {
        await press("[data-do=write-down]", "[data-sheet] [data-form=entry]")(tab);
        // One line, which is drawn faster than many.
        await tab.set("[data-form=entry] [name=place]", "Novel ".repeat(200_000));
        await tab.see("[data-sheet] [data-notice=unkept]");
      },
      "on the screen": closed,
    },
  },
  "a card that may only be read": {
    path: "#/card/card-b",
    seen: "[data-change=change-mid]",
    answers: { may: () => false },
  },
  "a card that is gone": {
    path: "#/card/card-b",
    seen: "main [role=alert]",
    answers: { card: fail("not_found.document") },
  },
  contact: {
    path: "#/contact/contact-m",
    seen: "[data-change=change-mid]",
    states: {
      "a detail is edited": press("[data-do=edit-detail]", "[data-form=detail]"),
      "it is renamed": press("[data-do=rename]", "[data-form=rename]"),
      "a company is added": press("[data-do=add-link]", "[data-sheet] [data-picker]"),
      "a card is added": instead("[data-section=cards] [data-do=new-card]", "[data-sheet] [data-form=add]"),
    },
  },
  "a contact in the trash": {
    path: "#/contact/contact-m",
    seen: "[data-trash=review] [data-do=leave-trashed]",
    answers: { contact: lies().contact },
  },
  people: {
    path: "#/people",
    seen: "main [data-contact=contact-b]",
    states: {
      "who calls": async (tab) => {
        await press("[data-do=caller]", "[data-sheet] [name=number]")(tab);
        await tab.fill("[name=number]", "1");
        await tab.see("[data-callers] [data-contact]");
      },
      "a new person": instead("[data-do=new-person]", "[data-sheet] [data-doubles]"),
      "a new company": instead("[data-do=new-company]", "[data-sheet] [data-doubles]"),
    },
  },
  search: { path: "#/search?text=something", seen: "[data-entry=entry-5]" },
  "a search that found nothing": {
    path: "#/search?text=nothing",
    seen: "[data-found=nothing]",
    answers: { search: { contacts: [], cards: [], todos: [], entries: [] } },
  },
  more: { path: "#/more", seen: "[data-badge]" },
  "what an app without an account has": { path: "#/more", seen: "[data-do=to-sign-in]", answers: alone },
  sync: {
    path: "#/more/sync",
    seen: "[data-kept]",
    answers: { signOut: fail("unsent", { count: 3, quarantined: 2 }) },
    states: {
      "the state hash": press("[data-do=state-hash]", "[data-state-hash]"),
      "a report": press("[data-do=report]", "[data-sheet] [data-report]"),
      "a sign-out with unsent edits": instead("[data-do=sign-out]", "[data-do=sign-out-anyway]"),
    },
  },
  "the way to an account": {
    path: "#/more/sync",
    seen: "main [name=email]",
    answers: {
      ...alone,
      attach: {
        kind: "open",
        questions: [{ kind: "product", product: "p", name: "Sales", choices: [{ id: ZULU, name: "Zulu" }] }],
      },
    },
    states: { "questions": async (tab) => {
      await tab.fill("[name=email]", "anna@example.com");
      await tab.fill("[name=password]", "correct horse battery");
      await tab.click("[data-do=sign-in]");
      await tab.see("[name=becomes]");
    } },
  },
  quarantine: {
    path: "#/more/quarantine",
    seen: "main [data-edit]",
    states: { "one is to be discarded": press("[data-do=discard]", "[data-do=discard-yes]") },
  },
  trash: { path: "#/more/trash", seen: "[data-trashed=contact-z]" },
  devices: {
    path: "#/more/devices",
    seen: "[data-device]",
    states: { "one is to be shut out": press("[data-do=revoke]", "[data-do=revoke-yes]") },
  },
  help: { path: "#/more/help", seen: "[data-help]" },
  ...SETTINGS,
};
