import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { Tab } from "../dist/leader.js";
import { FakeWorker, Locks, until } from "./browser.js";

let locks;
let tabs;
let names;

beforeEach(() => {
  locks = new Locks();
  tabs = [];
  names = 0;
  FakeWorker.started = [];
});
afterEach(() => tabs.forEach((tab) => tab.stop()));

/** A tab of the browser; `die` is what a crash does: nobody is told. */
function open(file = "anna", answer = () => null, { version = "1", loadedAt = 0, isSeen = true } = {}) {
  const view = locks.view();
  const channels = [];
  const told = [];
  const tab = new Tab(file, {
    locks: view,
    openChannel: (name) => {
      const channel = new BroadcastChannel(name);
      channels.push(channel);
      return channel;
    },
    startWorker: () => new FakeWorker(file, locks, answer),
    newId: () => `${(names += 1)}`,
    version,
    loadedAt,
    isSeen: () => isSeen,
  });
  tab.subscribe((one) => told.push(one));
  tab.start();
  const die = () => {
    tabs.splice(tabs.indexOf(tab), 1);
    channels.forEach((channel) => channel.close());
    view.die();
    FakeWorker.started.forEach((worker) => worker.answer === answer && worker.terminate());
  };
  const freeze = () => channels.forEach((channel) => (channel.onmessage = null));
  const opened = { tab, told, die, freeze };
  tabs.push(tab);
  return opened;
}

const asked = (call) => FakeWorker.started.flatMap((worker) => worker.asked).filter((one) => one.call === call);

test("The first tab leads, and a later one asks it", async () => {
  const first = open("anna", ({ call, args }) => `first: ${call} ${args}`);
  await until(() => first.tab.isLeader, "the first leads");
  const second = open("anna", () => "second");
  assert.equal(await second.tab.call({ call: "today", args: [50] }), "first: today 50");
  assert.equal(await first.tab.call({ call: "today", args: [1] }), "first: today 1");
  assert.equal(second.tab.isLeader, false);
  assert.equal(FakeWorker.started.length, 1);
});

test("A failure of the leader's core reaches the tab that asked", async () => {
  const first = open("anna", () => undefined);
  await until(() => first.tab.isLeader, "the first leads");
  const failing = open().tab.call({ call: "editCard", args: [] });
  await until(() => asked("editCard").length === 1, "the worker is asked");
  const [worker] = FakeWorker.started;
  worker.say({ id: asked("editCard")[0].id, error: { code: "storage_full", message: "full" } });
  await assert.rejects(failing, { code: "storage_full" });
});

test("Two files of one browser have two leaders", async () => {
  const anna = open("anna", () => "of anna");
  const bela = open("bela", () => "of bela");
  await until(() => anna.tab.isLeader && bela.tab.isLeader, "both lead");
  assert.equal(await anna.tab.call({ call: "me", args: [] }), "of anna");
  assert.equal(await bela.tab.call({ call: "me", args: [] }), "of bela");
});

test("Changes and progress are told to every tab", async () => {
  const first = open();
  const second = open();
  await second.tab.call({ call: "me", args: [] });
  const changes = { documents: ["d"], lists: [{ kind: "today" }], everything: false };
  FakeWorker.started[0].say({ changes });
  for (const { told } of [first, second]) {
    await until(() => told.some((one) => one.type === "changes" && one.changes.documents[0] === "d"), "it is told");
  }
});

test("The progress of a call reaches the tab that made it", async () => {
  const first = open("anna", () => undefined);
  await until(() => first.tab.isLeader, "the first leads");
  const reports = [];
  void open().tab.call({ call: "sync", args: [], progress: (report) => reports.push(report) });
  await until(() => asked("sync").length === 1, "the worker is asked");
  FakeWorker.started[0].say({ id: asked("sync")[0].id, progress: { roundTrips: 1 } });
  await until(() => reports.length === 1, "progress");
  assert.deepEqual(reports, [{ roundTrips: 1 }]);
});

test("When the leader dies the next tab leads, and is asked again what only reads", async () => {
  const first = open("anna", () => undefined);
  await until(() => first.tab.isLeader, "the first leads");
  const second = open("anna", ({ call }) => `second: ${call}`);
  const reading = second.tab.call({ call: "today", args: [50] });
  await until(() => asked("today").length === 1, "the first is asked");
  second.told.length = 0;
  first.die();
  assert.equal(await reading, "second: today");
  assert.ok(second.told.some((one) => one.type === "changes" && one.changes.everything), "screens read anew");
});

test("An edit that was under way when the leader died may have been done, and is not made again", async () => {
  const first = open("anna", () => undefined);
  await until(() => first.tab.isLeader, "the first leads");
  const second = open();
  const editing = second.tab.call({ call: "createCard", args: [{ name: "Bakery" }] });
  await until(() => asked("createCard").length === 1, "the first is asked");
  first.die();
  await assert.rejects(editing, { code: "interrupted_edit" });
  assert.equal(asked("createCard").length, 1);
});

test("An edit that a leader who left never heard is done by whoever leads next", async () => {
  const first = open();
  await until(() => first.tab.isLeader, "the first leads");
  const second = open("anna", () => "done");
  await second.tab.call({ call: "me", args: [] });
  first.tab.stop();
  // The second does not know yet that it asks nobody.
  assert.equal(await second.tab.call({ call: "createCard", args: [] }), "done");
  assert.equal(asked("createCard").length, 1);
});

test("An edit that was under way when the leader left may have been done", async () => {
  const first = open("anna", () => undefined);
  await until(() => first.tab.isLeader, "the first leads");
  const second = open();
  const editing = second.tab.call({ call: "createCard", args: [] });
  await until(() => asked("createCard").length === 1, "the first is asked");
  first.tab.stop();
  await assert.rejects(editing, { code: "interrupted_edit" });
});

test("A page that is hidden for good ends its worker at once, and comes back as another's follower", async () => {
  const first = open("anna", () => "first");
  await until(() => first.tab.isLeader, "the first leads");
  await first.tab.call({ call: "me", args: [] });
  const second = open("anna", () => "second");
  first.tab.stop();
  assert.ok(FakeWorker.started[0].isTerminated);
  await until(() => second.tab.isLeader, "the second leads");
  first.tab.start();
  assert.equal(await first.tab.call({ call: "me", args: [] }), "second");
});

test("What a tab waited for is ended when the tab is gone", async () => {
  const first = open("anna", () => undefined);
  await until(() => first.tab.isLeader, "the first leads");
  const second = open();
  void second.tab.call({ call: "live", args: [] });
  await until(() => asked("live").length === 1, "the worker is asked");
  second.die();
  await until(() => FakeWorker.started[0].cancelled.length === 1, "it is cancelled");
  assert.deepEqual(FakeWorker.started[0].cancelled, [asked("live")[0].id]);
});

test("A signal ends a call in the leader's worker, and one that nobody was asked yet", async () => {
  const first = open("anna", () => undefined);
  await until(() => first.tab.isLeader, "the first leads");
  const second = open();
  const ending = new AbortController();
  void second.tab.call({ call: "live", args: [], signal: ending.signal });
  await until(() => asked("live").length === 1, "the worker is asked");
  ending.abort();
  await until(() => FakeWorker.started[0].cancelled.length === 1, "it is cancelled");

  const alone = open("nobody leads yet");
  const early = alone.tab.call({ call: "live", args: [], signal: AbortSignal.abort() });
  await assert.rejects(early, { code: "cancelled" });
});

test("A closed handle ends what it waits for, and takes no call", async () => {
  const { tab } = open("anna", () => undefined);
  await until(() => tab.isLeader, "it leads");
  const waiting = tab.call({ call: "today", args: [50] });
  tab.close();
  await assert.rejects(waiting, { code: "cancelled" });
  await assert.rejects(tab.call({ call: "today", args: [50] }), { code: "cancelled" });
});

test("What cannot be posted fails its call alone", async () => {
  const first = open();
  await until(() => first.tab.isLeader, "the first leads");
  await assert.rejects(first.tab.call({ call: "editCard", args: [() => {}] }), { code: "invalid.malformed" });
  await assert.rejects(open().tab.call({ call: "editCard", args: [() => {}] }), { code: "invalid.malformed" });
  assert.equal(await first.tab.call({ call: "me", args: [] }), null);
});

const isTold = ({ told }, type) => told.some((one) => one.type === type);

test("A leader ends for a tab of another version that was loaded later, and tells its page", async () => {
  const old = open("anna", () => undefined, { version: "1", loadedAt: 1 });
  await until(() => old.tab.isLeader, "the old one leads");
  const follower = open("anna", () => "old", { version: "1", loadedAt: 2 });
  const reading = old.tab.call({ call: "today", args: [50] });
  const editing = old.tab.call({ call: "createCard", args: [] });
  const failures = [
    assert.rejects(reading, { code: "app_too_old" }),
    assert.rejects(editing, { code: "interrupted_edit" }),
  ];
  const later = open("anna", () => "new", { version: "2", loadedAt: 3 });
  assert.equal(await later.tab.call({ call: "me", args: [] }), "new");
  await Promise.all(failures);
  for (const one of [old, follower]) await until(() => isTold(one, "taken"), "its page is told");
  old.tab.start();
  await assert.rejects(old.tab.call({ call: "me", args: [] }), { code: "app_too_old" });
  assert.ok(!isTold(later, "taken"));
});

test("A tab of an older version that comes back ends", async () => {
  const old = open("anna", () => "old", { version: "1", loadedAt: 1 });
  await until(() => old.tab.isLeader, "the old one leads");
  old.tab.stop();
  const later = open("anna", () => "new", { version: "2", loadedAt: 2 });
  await until(() => later.tab.isLeader, "the later one leads");
  old.tab.start();
  await until(() => isTold(old, "taken"), "its page is told");
  assert.equal(await later.tab.call({ call: "me", args: [] }), "new");
});

test("A leader of an app that knows no versions is told once, and not asked", async () => {
  const channel = new BroadcastChannel("roadbook/anna");
  const heard = [];
  channel.onmessage = ({ data }) => {
    heard.push(data.type);
    if (data.type === "seek") channel.postMessage({ type: "leads", term: "ancient" });
  };
  void locks.view().request("roadbook/leader/anna", {}, () => new Promise(() => {}));
  const { tab } = open();
  tab.call({ call: "me", args: [] }).catch(() => {});
  await until(() => heard.length === 2, "it is asked twice");
  await new Promise((later) => setTimeout(later, 20));
  assert.deepEqual(heard, ["seek", "seek"]);
  channel.close();
});

test("A leader that nobody sees lets another tab lead, once its own edit is done", async () => {
  const first = open("anna", () => undefined);
  await until(() => first.tab.isLeader, "the first leads");
  await first.tab.handOver();
  assert.ok(first.tab.isLeader, "nobody else waits");
  const editing = first.tab.call({ call: "createCard", args: [] });
  const second = open("anna", () => "second");
  await new Promise((later) => setTimeout(later, 20));
  await first.tab.handOver();
  assert.ok(first.tab.isLeader, "an edit is under way");
  FakeWorker.started[0].say({ id: asked("createCard")[0].id, value: "made" });
  assert.equal(await editing, "made");
  await until(() => second.tab.isLeader, "the second leads");
  assert.equal(await first.tab.call({ call: "me", args: [] }), "second");
});

test("A leader that nobody sees lets a tab lead that is seen, and no other", async () => {
  const first = open("anna", () => "first", { isSeen: false });
  await until(() => first.tab.isLeader, "the first leads");
  const hidden = open("anna", () => "hidden", { isSeen: false });
  assert.equal(await hidden.tab.call({ call: "me", args: [] }), "first");
  const seen = open("anna", () => "seen");
  // The hidden one waited longer: it lets this one lead in its turn.
  await until(() => seen.tab.isLeader, "the tab that is seen leads");
  assert.equal(await first.tab.call({ call: "me", args: [] }), "seen");
  const other = open("anna", () => "other");
  assert.equal(await other.tab.call({ call: "me", args: [] }), "seen");
  assert.ok(seen.tab.isLeader, "one that is seen stays");
});

test("A leader that nobody sees lets a tab lead that is seen, and no other", async () => {
  const first = open("anna", () => "first", { isSeen: false });
  await until(() => first.tab.isLeader, "the first leads");
  const hidden = open("anna", () => "hidden", { isSeen: false });
  assert.equal(await hidden.tab.call({ call: "me", args: [] }), "first");
  const seen = open("anna", () => "seen");
  // Whoever waited longer comes first, and lets the one that is seen lead in its turn.
  await until(() => (seen.tab.seek(), seen.tab.isLeader), "the tab that is seen leads");
  assert.equal(await first.tab.call({ call: "me", args: [] }), "seen");
  const other = open("anna", () => "other");
  assert.equal(await other.tab.call({ call: "me", args: [] }), "seen");
  assert.ok(seen.tab.isLeader, "one that is seen stays");
});

test("A leader that cannot open the file lets another tab try", async () => {
  const first = open("anna", Object.assign(() => new Error("damaged"), { opens: true }));
  await until(() => first.tab.isLeader, "the first leads");
  const second = open("anna", () => "second");
  await assert.rejects(first.tab.open(), { code: "damaged" });
  await until(() => second.tab.isLeader, "the second leads");
  await second.tab.open();
});

test("Opening is given up when whoever leads says nothing for half a minute", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const first = open("anna", Object.assign(() => undefined, { opens: true }));
  await until(() => first.tab.isLeader, "the first leads");
  const opening = open().tab.open();
  const failed = assert.rejects(opening, { code: "no_answer" });
  const tick = async () => {
    t.mock.timers.tick(5_000);
    await new Promise((later) => setTimeout(later, 5));
  };
  await until(() => asked("open").length === 2, "the first is asked");
  // One that only takes long is waited for.
  for (let turn = 0; turn < 10; turn += 1) await tick();
  first.freeze();
  for (let turn = 0; turn < 7; turn += 1) await tick();
  await failed;
});

test("Opening is given up when whoever leads says so, but its worker does not answer for longer than a start may take", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const first = open("anna", Object.assign(() => undefined, { opens: true }));
  await until(() => first.tab.isLeader, "the first leads");
  const failed = assert.rejects(open().tab.open(), { code: "no_answer" });
  await until(() => asked("open").length === 2, "the first is asked");
  for (let turn = 0; turn < 19; turn += 1) {
    t.mock.timers.tick(5_000);
    await new Promise((later) => setTimeout(later, 5));
  }
  await failed;
});

test("An edit that a tab asked for before it was kept for back is not made twice", async () => {
  const first = open("anna", () => undefined);
  await until(() => first.tab.isLeader, "the first leads");
  const second = open();
  const editing = second.tab.call({ call: "createCard", args: [] });
  await until(() => asked("createCard").length === 1, "the first is asked");
  second.tab.stop();
  await assert.rejects(editing, { code: "interrupted_edit" });
  first.die();
  second.tab.start();
  await second.tab.call({ call: "me", args: [] });
  assert.equal(asked("createCard").length, 1);
});
