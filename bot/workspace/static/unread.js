// Remembers how far each person of this tab has read, and counts what is new since.
import { isReply, messagesIn, state } from "./state.js";

const key = () => `read:${state.workspace.id}:${state.me}`;

function load() {
  try {
    return JSON.parse(sessionStorage.getItem(key()) ?? "{}");
  } catch {
    return {};
  }
}

function place(channel, thread) {
  return thread ? `${channel}/${thread}` : channel;
}

export function lastRead(channel, thread = null) {
  return load()[place(channel, thread)] ?? "0";
}

// What comes while nobody looks at the window is not read.
export function markRead(channel, thread, ts) {
  const read = load();
  if (document.hidden || !ts || (read[place(channel, thread)] ?? "0") >= ts) return;
  sessionStorage.setItem(key(), JSON.stringify({ ...read, [place(channel, thread)]: ts }));
}

function callsMe(message) {
  return (message.text ?? "").includes(`<@${state.me}>`);
}

// How a channel's name is shown: `fresh` makes it bold, `calls` is the number on its badge.
export function unreadIn(channel) {
  const since = lastRead(channel.id);
  const fresh = messagesIn(channel.id).filter((message) => message.ts > since && message.user !== state.me);
  const main = fresh.filter((message) => !isReply(message));
  return {
    fresh: main.length > 0 || fresh.some((message) => channel.is_im || callsMe(message)),
    calls: channel.is_im ? fresh.length : fresh.filter(callsMe).length,
  };
}
