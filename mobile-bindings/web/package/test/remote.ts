// Calls that the compiler must take, and calls that it must refuse. Nothing here runs.

import type { Identity, SyncEnd, TodayView } from "#core";
import { Server } from "../src/remote.js";
import type { Roadbook } from "../src/roadbook.js";

export async function calls(roadbook: Roadbook): Promise<void> {
  const server = new Server("https://crm.example.com");
  const device = await roadbook.device("Anna's laptop");
  const { signal } = new AbortController();

  const today: TodayView = await roadbook.today(50);
  const me: Identity | undefined = await roadbook.me();
  const ended: SyncEnd = await roadbook.live(server, (report) => report.roundTrips, signal);
  const force: boolean = today.matching === 0;
  await roadbook.signOut(server, force);
  // What may be left out.
  await roadbook.live(server);
  await roadbook.sync(server, undefined, signal);
  await roadbook.signIn(server, "anna@example.com", "secret", device);
  const today20 = roadbook.watch(() => roadbook.today(20, { kind: "today" }), [{ kind: "today" }]);
  for await (const view of today20) view.totals.overdue;

  // @ts-expect-error an answer is waited for
  roadbook.today(50).totals;
  // @ts-expect-error a limit is a number
  await roadbook.today("50");
  // @ts-expect-error there is no such period
  await roadbook.today(50, { kind: "tomorrow" });
  // @ts-expect-error a server is no text
  await roadbook.sync("https://crm.example.com");
  // @ts-expect-error the password is missing
  await roadbook.signIn(server, "anna@example.com");
  // @ts-expect-error a text is no id
  await roadbook.card("Bakery");
  // @ts-expect-error there is no such call
  await roadbook.yesterday();
  // @ts-expect-error memory is the worker's business
  await roadbook.free();
  // @ts-expect-error there is no such list
  roadbook.watch(() => roadbook.today(50), [{ kind: "yesterday" }]);
  void [today, me, ended];
}
