// The screens of settings, and what the server answers them.

import { LONG_AGO, ME, ZULU } from "./lies.js";

const inEach = (name) => ({ en: name, hu: name, ro: name });

const me = {
  version: 1,
  id: ME,
  email: "anna@example.com",
  family_name: "Kovács",
  given_name: "Anna",
  role: "admin",
  active: true,
  issues_invoices: false,
  zone: "Europe/Budapest",
  locale: "en-GB",
};
const bela = { ...me, id: "user-b", email: "bela@example.com", given_name: "Béla", role: "user", active: false };

const kind = {
  kind: "custom",
  names: inEach("Own"),
  item_noun: inEach("case"),
  guidance: inEach("For anything."),
  mode: "custom",
  preview: false,
};
const gallery = [kind, { ...kind, kind: "invoicing", names: inEach("Invoicing"), preview: true }];

const product = {
  version: 1,
  id: ZULU,
  kind: "custom",
  name: "Zulu",
  item_noun: "case",
  order: 1,
  enabled: true,
  lapse_days: null,
};
const products = [product, { ...product, id: "product-off", name: "Off", enabled: false }];

const status = {
  version: 1,
  id: "status-new",
  product: ZULU,
  name: "New",
  group: "inactive",
  order: 1,
  todo: null,
  key: null,
  retired: false,
};
const statuses = [
  { ...status, todo: { text: "Call them", due_days: 2 } },
  { ...status, id: "status-talks", name: "Talks", group: "in_progress", order: 2 },
  { ...status, id: "status-old", name: "Old", group: "negative", order: 3, retired: true },
];

const field = {
  version: 1,
  id: "field-a",
  scope: { product: ZULU },
  name: "Seats",
  kind: { type: "decimal" },
  order: 1,
  required_for: ["status-talks"],
  key: null,
  retired: false,
};
const options = ["a", "b"].map((key) => ({ key, name: `Option ${key}`, retired: key === "b" }));
const fields = [
  field,
  { ...field, id: "field-b", name: "Where", kind: { type: "choice", multiple: true, options } },
  { ...field, id: "field-c", name: "Birthday", kind: { type: "day" }, scope: "persons", required_for: [] },
];

const device = {
  id: "a",
  platform: "web",
  name: "Chrome",
  created_at: LONG_AGO,
  last_seen_at: LONG_AGO,
  revoked_at: null,
  current: false,
};

const BODIES = {
  "/v1/organisation": {
    version: 1,
    name: "Kárpát Kávé",
    zone: "Europe/Budapest",
    locale: "hu-HU",
    currency: "HUF",
    only_admins_export: false,
  },
  "/v1/me": me,
  "/v1/users": [me, bela, { ...bela, id: "user-c", active: true }],
  "/v1/users/user-c/devices": [device, { ...device, id: "b", revoked_at: LONG_AGO }],
  "/v1/catalogue": gallery,
  "/v1/products": products,
  "/v1/statuses": statuses,
  "/v1/fields": fields,
  "/v1/enrolments": { code: "MFRG-GZDF", link: "https://crm.example.com/enrol#MFRG-GZDF", expires_at: LONG_AGO },
};

/** Of the server's API: what is to be stored somebody else stored before. */
export function ask(_, method, path) {
  const isRead = method === "get" || path === "/v1/enrolments";
  if (isRead) return { status: 200, body: JSON.stringify(BODIES[path]) };
  return { status: 409, body: JSON.stringify({ code: "stale_version", message: "", version: 2 }) };
}

const press = (selector, then) => async (tab) => {
  await tab.click(selector);
  await tab.see(then);
};
const instead = (selector, then) => async (tab) => {
  await tab.click("[data-do=close-sheet]");
  await tab.gone("[data-sheet]");
  await press(selector, then)(tab);
};
const at = (page) => `#/more/settings${page}`;

export const SETTINGS = {
  settings: { path: at(""), seen: "[data-page=settings-users]" },
  "the profile": { path: at("-profile"), seen: "[data-form=password]" },
  "the organisation": {
    path: at("-organisation"),
    seen: "main [name=name]",
    states: {
      "somebody else was faster": async (tab, core) => {
        await tab.fill("main [name=name]", "Kárpát Kávé Kft.");
        const { ask } = core.answers;
        // By now it has another name.
        const faster = { ...BODIES["/v1/organisation"], version: 2, name: "Kárpát" };
        core.answers.ask = (server, method, path) =>
          method === "get" && path === "/v1/organisation"
            ? { status: 200, body: JSON.stringify(faster) }
            : ask(server, method, path);
        await press("main [data-do=save]", "[data-differs]")(tab);
      },
    },
  },
  "the products": { path: at("-products"), seen: "[data-do=to-gallery]" },
  "the gallery": {
    path: at("-gallery"),
    seen: "[data-do=choose-kind]",
    states: { "a product is added": press("[data-do=choose-kind]", "[data-sheet] form") },
  },
  "a product": { path: at(`-product/${ZULU}`), seen: "[data-page=settings-fields]" },
  "the statuses of a product": {
    path: at(`-statuses/${ZULU}`),
    seen: "main [data-status]",
    states: {
      "one is edited": press("main [data-status] [data-do=edit]", "[data-sheet] form"),
      "one is added": instead("main [data-do=add]", "[data-sheet] form"),
    },
  },
  "the fields of a product": {
    path: at(`-fields/${ZULU}`),
    seen: "main [data-field]",
    states: {
      "one is edited": press("main [data-field=field-b] [data-do=edit]", "[data-sheet] [data-option]"),
      "one is added": instead("main [data-do=add]", "[data-sheet] form"),
    },
  },
  "the fields of persons": { path: at("-fields/persons"), seen: "main [data-field]" },
  "the colleagues": {
    path: at("-users"),
    seen: "main [data-user]",
    states: { "one is added": press("main [data-do=add]", "[data-sheet] form") },
  },
  "a colleague": {
    path: at("-user/user-c"),
    seen: "main [data-device]",
    states: { "they are let in": press("[data-do=enrolment]", "[data-do=copy]") },
  },
};
