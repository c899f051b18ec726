// Stands in the place of the package's worker, and speaks as it does. It knows nothing: what to answer it asks the
// test, over the server that handed it out (fake-core.js).

let held;

self.onmessage = async ({ data: { id, call, args } }) => {
  // A call that the app ends itself gets no answer anyway.
  if (id === undefined) return;
  held ??= hold(args[0]);
  await held;
  const asked = await fetch("/core", { method: "POST", body: JSON.stringify({ call, args }) });
  const { value, error, progress, waits } = await asked.json();
  if (progress !== undefined) self.postMessage({ id, progress });
  if (waits) return;
  // Edits are told of before they are answered, as by the core.
  if (value?.changes !== undefined) self.postMessage({ changes: value.changes });
  self.postMessage(error === undefined ? { id, value } : { id, error });
};

/** The lock by which tabs know that their worker lives; the first call names the file. */
function hold(file) {
  return new Promise((granted) => {
    navigator.locks.request(`roadbook/files/${file}`, () => {
      self.postMessage({ held: true });
      granted();
      return new Promise(() => {});
    });
  });
}
