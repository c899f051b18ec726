// The server's own word.

import { PASSWORD } from "../firm.js";

/** The state hash of what the server shows to a user at a time. */
export async function serverHash(address, email, now) {
  const device = { platform: "test", name: "test", install_secret: Buffer.alloc(32, 9).toString("base64url") };
  const { access_token: token } = await ask(`${address}/v1/sign-in`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ email, password: PASSWORD, device }),
  });
  const headers = { Authorization: `Bearer ${token}` };
  return (await ask(`${address}/v1/state-hash?now=${now}`, { headers })).state_hash;
}

async function ask(address, request) {
  const answer = await fetch(address, request);
  if (!answer.ok) throw new Error(`${address}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
