// The link that lets a colleague in: ADDRESS/enrol#CODE. The core reads it in the same way (`read_enrolment`); but this
// page has the core in a worker, on a file, and the link is read before there is one.

export interface Enrolment {
  /** The server's address. */
  readonly address: string;
  /** Good for one time. */
  readonly code: string;
}

/** Reads a link, as pasted or scanned; nothing if it is none. */
export function readEnrolment(link: string): Enrolment | undefined {
  const MARK = "/enrol#";
  const text = link.trim();
  const at = text.indexOf(MARK);
  const [address, code] = [text.slice(0, Math.max(at, 0)), text.slice(at + MARK.length)];
  return at < 1 || code === "" ? undefined : { address, code };
}
