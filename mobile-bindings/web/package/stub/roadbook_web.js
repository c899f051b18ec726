// In the place of the core, so that a page can be built without it. It does nothing.

export default async function init() {
  throw new Error("this build has no core");
}

export class CancelToken {}
export class Roadbook {}
export class Server {}
