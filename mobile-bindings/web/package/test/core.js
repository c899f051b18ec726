// What stands for the core in the tests of the worker: it notes what it was asked, and opens when it is told to.

export const state = { opening: Promise.resolve(), opened: 0, cancelledAtCall: [] };

export default async function init() {}

export class CancelToken {
  isCancelled = false;
  cancel() {
    this.isCancelled = true;
  }
  free() {}
}

export class Server {}

export class Roadbook {
  static async open() {
    state.opened += 1;
    await state.opening;
    return new Roadbook();
  }
  subscribe() {}
  sync(_server, _listener, token) {
    state.cancelledAtCall.push(token.isCancelled);
  }
}
