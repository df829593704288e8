// Reads and writes the address: which person, channel, tab, thread and message this window shows.
import { atHome, state } from "./state.js";

const PERSON_KEY = "person";

export function toTs(compact) {
  return `${compact.slice(0, -6)}.${compact.slice(-6)}`;
}

// `/archives/CHANNEL`, `/archives/CHANNEL/pTS`, either with `?thread_ts=` or `?tab=home`; null where the path is another.
export function parse(url) {
  const path = /^\/archives\/(\w+)(?:\/p(\d{7,}))?\/?$/.exec(url.pathname);
  if (!path) return null;
  return { channel: path[1], ts: path[2] ? toTs(path[2]) : null, thread: url.searchParams.get("thread_ts"), tab: url.searchParams.get("tab") };
}

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

// The place in this workspace a link leads to, or null where it leads elsewhere.
export function placeOf(href) {
  const url = new URL(href, location.href);
  const here = url.origin === location.origin;
  const sameServer = LOOPBACK.has(url.hostname) && LOOPBACK.has(location.hostname) && url.port === location.port;
  return here || sameServer ? parse(url) : null;
}

export function personInAddress() {
  const named = new URLSearchParams(location.hash.slice(1)).get("as");
  return named ?? sessionStorage.getItem(PERSON_KEY);
}

function hash() {
  const name = state.users.get(state.me)?.name;
  return name ? `#as=${encodeURIComponent(name)}` : "";
}

function address() {
  const query = atHome() ? "?tab=home" : state.thread ? `?thread_ts=${state.thread}` : "";
  const message = state.linked ? `/p${state.linked.replace(".", "")}` : "";
  return `${state.channel ? `/archives/${state.channel}${message}` : "/"}${query}${hash()}`;
}

export function remember({ replace = false } = {}) {
  const name = state.users.get(state.me)?.name;
  if (name) sessionStorage.setItem(PERSON_KEY, name);
  const wanted = address();
  if (wanted === location.pathname + location.search + location.hash) return;
  history[replace ? "replaceState" : "pushState"](null, "", wanted);
}

export function linkTo(channel, message) {
  const query = message.thread_ts && message.thread_ts !== message.ts ? `?thread_ts=${message.thread_ts}&cid=${channel}` : "";
  return `${location.origin}/archives/${channel}/p${message.ts.replace(".", "")}${query}`;
}
