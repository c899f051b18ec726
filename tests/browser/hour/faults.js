// What comes between: one trouble after another with networks, and beside them one after another with programs. Each is
// over before the next one of its sort begins.

import { setTimeout as later } from "node:timers/promises";

/** `{ name, happen }` of what can happen to networks, once for everybody; `happen` takes for how long. */
export function troublesOfNetworks({ desks, phones }) {
  const all = [...desks, ...phones];
  const each = (name, begin) =>
    all.map((one) => ({
      name: `${name} of ${one.name}`,
      async happen(time) {
        await begin(one);
        await later(time);
        await mend(one);
      },
    }));
  return [
    ...each("cut", cut),
    ...each("silence", ({ line }) => line.stall()),
    ...each("lost answers", ({ line }) => line.deafen()),
    {
      name: "cut of all",
      async happen(time) {
        await Promise.all(all.map(cut));
        await later(time);
        await Promise.all(all.map(mend));
      },
    },
  ];
}

/** The same of programs. The server has more of it than each of the others: everybody feels it. */
export function troublesOfPrograms({ desks, phones, firm }) {
  const server = {
    name: "kill of the server",
    async happen(time) {
      await firm.stop();
      await later(time / 2);
      await firm.start();
    },
  };
  return [
    ...desks.flatMap((desk) => [
      { name: `sleep of a tab of ${desk.name}`, happen: (time) => desk.sleep(2 * time) },
      { name: `kill of the worker of ${desk.name}`, happen: () => desk.killWorker() },
      { name: `reload by ${desk.name}`, happen: () => desk.turn(() => desk.reload()) },
    ]),
    ...phones.map((phone) => ({
      name: `kill of ${phone.name}`,
      async happen(time) {
        await phone.kill();
        await later(time / 4);
        phone.start();
      },
    })),
    server,
    server,
  ];
}

export async function cut(one) {
  one.line.cut();
  await one.setOffline?.(true);
}

export async function mend(one) {
  one.line.mend();
  await one.setOffline?.(false);
}
