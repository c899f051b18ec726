// What somebody types and clicks in the app. An act ends when the screen shows it as taken: the words stand in what is
// stored, and no longer only in an input. It answers the todo that it closed.

import { openTodo, put, show, showCard, write } from "../app.js";
import { PROJECTS } from "../office.js";
import { MINUTE, wall } from "./clock.js";

export const ACTS = {
  async card(desk, word) {
    const { tab, around } = desk;
    if (around.pool.size >= around.most) return ACTS.todo(desk, word);
    const at = around.clock.now() + desk.dice.between(2, 30) * MINUTE;
    const texts = [word(), word()];
    around.pool.set(await addCard(tab, ...texts, wall(at)), texts);
  },
  async todo(desk, word) {
    await open(desk);
    await addTodo(desk, word());
  },
  async close(desk, word) {
    const card = await open(desk);
    const todo = await openTodoHere(desk);
    if (todo === undefined) return addTodo(desk, word());
    await openForm(desk.tab, todo, "close");
    await submit(desk.tab, "close-todo", "next", word(), "close-with");
    return { card, todo };
  },
  /** By the one tap of Today. */
  async postpone(desk, word) {
    const { tab, around } = desk;
    await show(tab, "today");
    const rows = await todosIn(tab, "[data-section]");
    const todo = desk.dice.pick(rows.filter((todo) => !around.still.includes(todo)));
    if (todo === undefined) return ACTS.todo(desk, word);
    await tab.click(`[data-section] [data-todo="${todo}"] [data-do=postpone]`);
    await tab.gone(`[data-section] [data-todo="${todo}"]`);
  },
  async reword(desk, word) {
    await open(desk);
    const todo = await openTodoHere(desk);
    if (todo === undefined) return addTodo(desk, word());
    await openForm(desk.tab, todo, "change");
    await submit(desk.tab, "change-todo", "text", word(), "change-todo");
  },
  async rename(desk, word) {
    const { tab } = desk;
    await open(desk);
    // It is open already where somebody was broken off.
    if ((await tab.count(".title [name=name]")) === 0) await tab.click("[data-do=rename]");
    const name = word();
    await tab.fill(".title [name=name]", name);
    await tab.press("Enter");
    await told(tab, name);
  },
  async note(desk, word) {
    await open(desk);
    await desk.tab.click("[data-do=write-down]");
    await submit(desk.tab, "entry", "text", word(), "add-entry");
  },
  async field(desk, word) {
    await open(desk);
    const text = word();
    await write(desk.tab, `[name="${desk.around.fields.line}"]`, text);
    await told(desk.tab, text);
  },
  /** Somewhere into a long text, while others may write into it. */
  async text(desk, word) {
    const { tab, around, dice } = desk;
    await open(desk);
    const area = `[name="${around.fields.story}"]`;
    await tab.see(area);
    const place = ([selector, draw]) => {
      const area = document.querySelector(selector);
      area.focus();
      const ends = [...area.value.matchAll(/ |$/g)].map(({ index }) => index);
      const end = ends[draw % ends.length];
      area.setSelectionRange(end, end);
    };
    await tab.run(place, [area, dice.below(1_000)]);
    const text = word();
    await tab.page.keyboard.type(` ${text}`);
    await tab.press("Tab");
    await told(tab, text);
  },
};

/** Adds a card from Today; answers its id. */
export async function addCard(tab, name, todo, { day, time }) {
  const form = "[data-form=add]";
  await show(tab, "today");
  await tab.choose(`${form} [name=product]`, PROJECTS);
  await tab.fill(`${form} [name=name]`, name);
  await tab.fill(`${form} [name=todo]`, todo);
  await put(tab, `${form} [name=due]`, day);
  await put(tab, `${form} [name=due-time]`, time);
  const before = (await tab.attribute("[data-added]", "data-added")) ?? "";
  await tab.click("[data-do=add]");
  const isAdded = (before) => (document.querySelector("[data-added]")?.dataset.added ?? before) !== before;
  await tab.until(isAdded, before, "a new card");
  return tab.attribute("[data-added]", "data-added");
}

/** Opens a card that somebody made; answers its id. */
async function open({ tab, dice, around }) {
  const card = dice.pick([...around.pool.keys()]);
  await showCard(tab, card);
  return card;
}

/** Opens a form of a todo's sheet, and looks whether it is: what comes from others may push it from under the mouse. */
async function openForm(tab, todo, form) {
  await openTodo(tab, todo, form);
  const isOpen = (form) => {
    const part = document.querySelector(`[data-part=${form}]`);
    if (part.open) return true;
    part.querySelector("summary").click();
    return false;
  };
  await tab.until(isOpen, form, `the form ${form}`);
}

/** One of the open todos of the card that is shown. */
async function openTodoHere({ tab, dice }) {
  return dice.pick(await todosIn(tab, "[data-section=todos]"));
}

function todosIn(tab, section) {
  const find = (selector) => [...document.querySelectorAll(selector)].map(({ dataset }) => dataset.todo);
  return tab.run(find, `${section} [data-todo]`);
}

async function addTodo({ tab }, text) {
  await tab.click("[data-do=open-add-todo]");
  await submit(tab, "add-todo", "text", text, "add-todo");
}

/** Fills in the form of a sheet, which closes once all is stored. */
async function submit(tab, form, input, text, button) {
  const own = `[data-sheet] [data-form=${form}]`;
  await tab.fill(`${own} [name=${input}]`, text);
  await tab.click(`${own} [data-do=${button}]`);
  // What a form shows late may have pushed the button away. While the first press is stored a second one does nothing.
  const isTaken = (button) => {
    // The sheet has an entry of its own in the history: while that goes it would take the next sheet with it.
    if (document.querySelector("[data-sheet]") === null) return history.state?.sheet === undefined;
    globalThis.looks = (globalThis.looks ?? 0) + 1;
    if (globalThis.looks % 20 === 0) document.querySelector(button)?.click();
    return false;
  };
  await tab.until(isTaken, `${own} [data-do=${button}]`, `a closed sheet after ${button}`);
  await told(tab, text);
}

/** Waits until the card's history, which is read from what is stored, has these words. */
const told = (tab, text) => tab.see("[data-section=history] [data-change]", text);
