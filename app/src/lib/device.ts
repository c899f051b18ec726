/** What the server calls this browser, until the user names it: at most 100 characters. */
export function deviceName(t: (id: string, data: { platform: string }) => string): string {
  const { platform } = (navigator as { userAgentData?: { platform: string } }).userAgentData ?? navigator;
  return t("device-name", { platform: platform.slice(0, 50) });
}
