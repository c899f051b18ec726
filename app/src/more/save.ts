// What leaves the app by the user's own hand.

/** Saves a text as a file, in the way of a download. */
export function saveFile(name: string, text: string, type: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // Some browsers begin to read it only after the click is through.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Offers a text to the device's other apps; answers whether there was a way to. */
export async function shareText(title: string, text: string): Promise<boolean> {
  if (navigator.share === undefined) return false;
  try {
    await navigator.share({ title, text });
  } catch (error) {
    // The user may have thought better of it.
    if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
  }
  return true;
}

/** A moment in the name of a file. */
export function fileTime(now: Date): string {
  return now.toISOString().slice(0, 16).replaceAll(":", "-");
}
