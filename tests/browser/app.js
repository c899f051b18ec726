// What a user does in the app.

import { EMAIL, PASSWORD } from "./firm.js";

export async function signIn(tab, email = EMAIL) {
  await tab.fill("[name=email]", email);
  await tab.fill("[name=password]", PASSWORD);
  await tab.click("[data-do=sign-in]");
  await tab.see("main[data-stage=work]");
}

/** Opens a screen by its address behind `#/`. */
export async function show(tab, address) {
  const isShown = ([hash, screen]) => {
    if (location.hash === hash) return document.querySelector(`main[data-screen=${screen}]`) !== null;
    // Looked at once more: a sheet that has just closed goes back in the history, which may lead away again.
    location.hash = hash;
    return false;
  };
  await tab.until(isShown, [`#/${address}`, address.split(/[/?]/)[0]], address);
}

/** The page where the exchange and the sign-out are. */
export const showExchange = (tab) => show(tab, "more/sync");

/** By the way that the header shows to somebody without an account. */
export async function signInLater(tab) {
  await tab.click("[data-do=to-sign-in]");
  await signIn(tab);
  await tab.see("main[data-screen=today]");
}

/** Adds a card with a todo that is due today. */
export async function addCard(tab, name, todo) {
  await tab.fill("[data-form=add] [name=name]", name);
  await tab.fill("[data-form=add] [name=todo]", todo);
  await tab.click("[data-do=add]");
  await tab.see("[data-todo]", todo);
}

/** Adds a card from Today, which stays: its todo may be due another day. Answers the card's id. */
export async function makeCard(tab, name, todo = "", due = undefined, product = undefined) {
  await show(tab, "today");
  if (product !== undefined) await tab.choose("[data-form=add] [name=product]", product);
  await tab.fill("[data-form=add] [name=name]", name);
  await tab.fill("[data-form=add] [name=todo]", todo);
  if (due !== undefined) await tab.click(`[data-form=add] [data-choice=${due}]`);
  const before = await tab.attribute("[data-added]", "data-added");
  await tab.click("[data-do=add]");
  const isAdded = (before) => {
    const added = document.querySelector("[data-added]")?.getAttribute("data-added");
    return added != null && added !== before;
  };
  await tab.until(isAdded, before, "a new card");
  return tab.attribute("[data-added]", "data-added");
}

/** Opens a card, and waits for what is in it. */
export async function showCard(tab, card) {
  await show(tab, `card/${card}`);
  await tab.see(`[data-card="${card}"] [data-section=history] [data-change]`);
}

/** Makes a person, whose screen is shown then; answers their id. */
export async function makePerson(tab, parts) {
  await show(tab, "people");
  await tab.click("[data-do=new-person]");
  for (const [name, text] of Object.entries(parts)) await tab.fill(`[data-form=new-contact] [name=${name}]`, text);
  await tab.click("[data-do=make-contact]");
  await tab.see("main[data-screen=contact] h1", parts.family);
  await tab.see("[data-section=cards]");
  return tab.attribute("main > [data-contact]", "data-contact");
}

/** The id of the first todo with this text. */
export async function todoOf(tab, text) {
  await tab.see("[data-todo]", text);
  const find = (text) =>
    [...document.querySelectorAll("[data-todo]")].find((todo) => todo.textContent.includes(text)).dataset.todo;
  return tab.run(find, text);
}

/** Opens a form of a todo's sheet. */
export async function openTodo(tab, todo, form) {
  await tab.click(`[data-todo="${todo}"] [data-do=todo-more]`);
  await tab.see(`[data-todo-sheet="${todo}"] [data-part=${form}]`);
  if (await tab.run((form) => !document.querySelector(`[data-part=${form}]`).open, form)) {
    await tab.click(`[data-part=${form}] summary`);
  }
}

/** Takes the last act back. */
export async function undo(tab) {
  await tab.click("[data-do=undo]");
  await tab.see("[data-undo=false]");
}

/** Types a text into an input, and leaves it. */
export async function write(tab, selector, text) {
  await tab.fill(selector, text);
  await tab.press("Tab");
}

/** The same with an input that is not typed into alike everywhere, or with more than anybody types. */
export async function put(tab, selector, value) {
  await tab.see(selector);
  await tab.run((selector) => document.querySelector(selector).focus(), selector);
  await tab.set(selector, value);
  await tab.run(() => document.activeElement.blur());
}

/** Closes the todo with this text. */
export async function closeTodo(tab, text) {
  const press = (text) => {
    const todo = [...document.querySelectorAll("[data-todo]")].find((todo) => todo.textContent.includes(text));
    todo.querySelector("[data-do=close]").click();
  };
  await tab.run(press, text);
  await tab.gone("[data-todo]", text);
}

/** Waits until the server has everything, and has answered at least once. */
export const sent = (tab) => tab.see('[data-exchanged=true] [data-unsent="0"]');

export const total = async (tab, name) => Number(await tab.text(`[data-total=${name}] dd`));

/** Waits until the app can start without a network. */
export function installed(tab) {
  return tab.run(() => navigator.serviceWorker.ready.then(() => undefined));
}
