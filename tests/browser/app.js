// What a user does in the app.

import { EMAIL, PASSWORD } from "./firm.js";

export async function signIn(tab) {
  await tab.fill("[name=email]", EMAIL);
  await tab.fill("[name=password]", PASSWORD);
  await tab.click("[data-do=sign-in]");
  await tab.see("main[data-stage=work]");
}

/** Adds a card with a todo that is due today. */
export async function addCard(tab, name, todo) {
  await tab.fill("[data-form=add] [name=name]", name);
  await tab.fill("[data-form=add] [name=todo]", todo);
  await tab.click("[data-do=add]");
  await tab.see("[data-todo]", todo);
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
