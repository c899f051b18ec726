// Addresses of pages, where the browser may follow them.

/** The address to open; none for what is of another scheme: a link of `javascript:` would be code. */
export function pageAddress(text: string): string | undefined {
  try {
    const { protocol, href } = new URL(text);
    return protocol === "https:" || protocol === "http:" ? href : undefined;
  } catch {
    return undefined;
  }
}

/** An address as it was typed: many begin with the host, as in `www.example.com/menu`. */
export function typedAddress(text: string): string {
  const typed = text.trim();
  return /^[^\s/?#:@]+\.[^\s/?#:@]+([/?#]|$)/.test(typed) ? `https://${typed}` : typed;
}
