// Tells the person what they cannot see by looking: new messages for screen readers, a lost connection.
import { h } from "./dom.js";
import { toSpoken } from "./mrkdwn.js";
import { displayName, messagesIn, nameOf, state } from "./state.js";

const LONGEST_SPOKEN = 400;
const SPOKEN_KEPT = 20;

export function announce(channel, before) {
  if (channel !== state.channel) return;
  const known = new Set(before.map((message) => message.ts));
  for (const message of messagesIn(channel)) {
    if (!known.has(message.ts) && message.user !== state.me) say(spoken(message, channel));
  }
}

function spoken(message, channel) {
  const words = toSpoken(message.text ?? "").slice(0, LONGEST_SPOKEN);
  const where = message.thread_ts && message.thread_ts !== message.ts ? "in a thread of" : "in";
  return `${displayName(message.user)} ${where} ${nameOf(state.channels.get(channel))}: ${words}`;
}

export function say(words) {
  const live = document.getElementById("live");
  live.append(h("p", {}, words));
  while (live.childElementCount > SPOKEN_KEPT) live.firstElementChild.remove();
}

export function showConnection(up) {
  const bar = document.getElementById("connection");
  if (up) {
    bar.hidden = true;
    bar.replaceChildren();
  } else if (bar.hidden) {
    bar.hidden = false;
    bar.replaceChildren(h("span", { class: "spinner", "aria-hidden": "true" }), "Connection lost. Reconnecting…");
  }
}
