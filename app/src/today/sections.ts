// Under which headings the todos of Today stand: the order and the classes are the core's.

import type { Class, TodayTodo } from "@roadbook/core";

/** Todos of one class that follow each other. */
export interface Section {
  readonly of: Class;
  /** Unlike that of any other. */
  readonly key: string;
  readonly todos: readonly TodayTodo[];
}

export function sectionsOf(all: readonly TodayTodo[]): Section[] {
  const sections: (Section & { todos: TodayTodo[] })[] = [];
  for (const todo of all) {
    const of = todo.item.class;
    const last = sections.at(-1);
    if (last?.of === of) last.todos.push(todo);
    else sections.push({ of, key: `${of}-${sections.filter((one) => one.of === of).length}`, todos: [todo] });
  }
  return sections;
}
