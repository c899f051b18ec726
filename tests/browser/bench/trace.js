// CPU time by a trace of Chromium: the clock of a thread stands while other programs run, so figures of a busy machine
// count. Only the outermost tasks are asked for, whose tracing costs next to nothing beside them.

const CATEGORIES = ["toplevel", "devtools.timeline", "blink.user_timing", "__metadata"];
/** What runs script, with the microtasks behind it, and the collection of what it left. */
const SCRIPT = new Set([
  ...["FireAnimationFrame", "EventDispatch", "HandlePostMessage", "TimerFire", "FunctionCall", "EvaluateScript"],
  ...["RunMicrotasks", "MinorGC", "MajorGC"],
]);

/** Runs `work`, and answers what the browser did meanwhile. */
export async function traced(tab, work) {
  const debug = await tab.page.context().newCDPSession(tab.page);
  const events = [];
  debug.on("Tracing.dataCollected", ({ value }) => events.push(...value));
  const traceConfig = { includedCategories: CATEGORIES, traceBufferSizeInKb: 400_000 };
  await debug.send("Tracing.start", { transferMode: "ReportEvents", traceConfig });
  const result = await work();
  const complete = new Promise((resolve) => debug.once("Tracing.tracingComplete", resolve));
  await debug.send("Tracing.end");
  const { dataLossOccurred } = await complete;
  await debug.detach();
  if (dataLossOccurred) throw new Error("the trace is longer than its buffer");
  return { result, trace: new Trace(events) };
}

class Trace {
  #events;
  #isWorker;
  #isPage;

  constructor(events) {
    this.#events = events.filter(({ ph }) => ph === "X").sort((one, other) => one.ts - other.ts);
    const threads = (name) => events.filter((event) => event.name === "thread_name" && event.args.name === name);
    // One tab has one; that of the page before it may be there, too, and does nothing any more.
    const workers = threads("DedicatedWorker thread");
    const pages = threads("CrRendererMain").filter(({ pid }) => workers.some((worker) => worker.pid === pid));
    const isOneOf = (threads) => (event) => threads.some(({ pid, tid }) => event.pid === pid && event.tid === tid);
    this.#isWorker = isOneOf(workers);
    this.#isPage = isOneOf(pages);
    this.marks = events.filter(({ cat }) => cat === "blink.user_timing").map(({ name, ts }) => ({ name, ts }));
  }

  /** When the page set a mark for the first time. */
  at(name) {
    const found = this.marks.find((mark) => mark.name === name);
    if (found === undefined) throw new Error(`the page never came to "${name}"`);
    return found.ts;
  }

  /** What the worker has done up to then, in milliseconds of CPU time: all of its thread, traced by name or not. */
  workerCpu(before = Infinity) {
    return this.#cpu(this.#isWorker, before);
  }

  /** The same of the page's own thread. */
  pageCpu(before = Infinity) {
    return this.#cpu(this.#isPage, before);
  }

  /** Events tell how long their thread had run when they began. */
  #cpu(isOf, before) {
    const events = this.#events.filter((event) => isOf(event) && event.tts !== undefined);
    const spent = (until) => Math.max(...events.filter(({ ts }) => ts < until).map(({ tts, tdur = 0 }) => tts + tdur));
    return (spent(before) - Math.min(...events.map(({ tts }) => tts))) / 1000;
  }

  /** What each piece of work of the worker cost that nothing of its own interrupts. */
  workerTasks() {
    return this.#outermost(this.#isWorker).map(({ tdur = 0 }) => tdur / 1000);
  }

  #outermost(isOf, names = undefined) {
    let end = -Infinity;
    const isOutside = ({ ts, dur }) => {
      if (ts < end) return false;
      end = ts + dur;
      return true;
    };
    return this.#events.filter((event) => isOf(event) && (names?.has(event.name) ?? true)).filter(isOutside);
  }

  /** What the page's scripts cost from each mark of this name to the next. */
  scriptBetween(name) {
    const starts = this.marks.filter((mark) => mark.name === name).map(({ ts }) => ts);
    starts.sort((one, other) => one - other);
    const between = starts.map(() => 0);
    const frameOf = (ts) => starts.findLastIndex((start) => start <= ts);
    const add = ({ ts, tdur = 0 }, sign) => (between[frameOf(ts)] += (sign * tdur) / 1000);
    const isSince = ({ ts }) => ts >= starts[0];
    for (const event of this.#outermost(this.#isPage, SCRIPT).filter(isSince)) add(event, 1);
    // The benchmark's own, which is within one of them.
    const own = this.#events.filter((event) => event.args?.data?.functionName === "benchFrame");
    for (const event of own.filter(isSince)) add(event, -1);
    // What came after the last mark is no frame.
    return between.slice(0, -1);
  }
}

/** The value below which this share of them lies. */
export function percentile(values, share) {
  if (values.length === 0) return NaN;
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)];
}
