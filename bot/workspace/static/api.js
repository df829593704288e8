// Speaks to the workspace server: one function per control endpoint, and the stream of what changed.

export class Refused extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

async function answer(response) {
  const body = await response.json().catch(() => ({ ok: false, error: `http_${response.status}` }));
  if (!response.ok || body.ok === false) throw new Refused(body.error ?? `http_${response.status}`);
  return body;
}

async function get(path) {
  return answer(await fetch(`/_control/${path}`, { headers: { Accept: "application/json" }, cache: "no-store" }));
}

async function post(path, body) {
  return answer(await fetch(`/_control/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  }));
}

export const readState = () => get("state");
export const readMessages = (channel, user) =>
  get(`messages/${encodeURIComponent(channel)}?user=${encodeURIComponent(user)}`);
export const sendMessage = (body) => post("message", body);
export const sendCommand = (body) => post("command", body);
export const interact = (body) => post("interact", body);
export const react = (body) => post("reaction", body);
export const editMessage = (body) => post("edit-message", body);
export const deleteMessage = (body) => post("delete-message", body);
export const openDm = (user) => post("open-dm", { user });
export const openHome = (user) => post("open-home", { user });
export const homeInteract = (body) => post("home-interact", body);
export const shortcut = (body) => post("shortcut", body);
export const submitView = (user, values) => post("submit-view", { user, values });
export const closeView = (user) => post("close-view", { user });

const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 4000;

// Follows one person's stream until `close()`; `onUp` is called on every connection, `onDown` when it is lost.
export function follow(user, { onEvent, onUp, onDown }) {
  let source = null;
  let timer = null;
  let wait = FIRST_WAIT_MS;
  const connect = () => {
    source = new EventSource(`/_control/stream?user=${encodeURIComponent(user)}`);
    source.onopen = () => {
      wait = FIRST_WAIT_MS;
      onUp();
    };
    source.onmessage = (event) => onEvent(JSON.parse(event.data));
    source.onerror = () => {
      source.close();
      onDown();
      timer = setTimeout(connect, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    };
  };
  connect();
  return {
    close() {
      clearTimeout(timer);
      source.close();
    },
  };
}
