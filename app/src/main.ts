import "./app.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { noteFailure } from "./lib/failures";
import { Session } from "./lib/session.svelte";
import { loadTexts } from "./lib/texts.svelte";

const target = document.getElementById("app");
if (target !== null) {
  const session = new Session();
  // The core is loaded beside the texts.
  void session.open();
  // Without them, too: what the user wrote is worth more than what is said of it.
  void loadTexts().catch(noteFailure).then(() => mount(App, { target, props: { session } }));
}
