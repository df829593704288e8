// Keeps the page's state equal to the server's: fetches everything on each connection, then follows the stream.
import * as api from "./api.js";
import { announce, showConnection } from "./notices.js";
import { changed, isMember, myChannels, myDms, state, takeState } from "./state.js";

const RETRY_MS = 700;

let stream = null;
let running = 0; // which person's run this is; an answer that comes after a switch is dropped

// One fetch at a time per key; a hint that comes during a fetch causes exactly one more.
const flights = new Map();

async function coalesced(key, work) {
  const flight = flights.get(key);
  if (flight) {
    flight.again = true;
    return flight.done;
  }
  const mine = { again: true, done: null };
  flights.set(key, mine);
  mine.done = (async () => {
    try {
      while (mine.again) {
        mine.again = false;
        await work();
      }
    } finally {
      flights.delete(key);
    }
  })();
  return mine.done;
}

export function refreshState() {
  const run = running;
  return coalesced(`${run}:state`, async () => {
    const body = await api.readState();
    if (run !== running) return;
    takeState(body);
    changed();
  });
}

export function refreshMessages(channel) {
  const run = running;
  return coalesced(`${run}:messages:${channel}`, async () => {
    const body = await api.readMessages(channel, state.me);
    if (run !== running) return;
    const before = state.messages.get(channel);
    state.messages.set(channel, [...body.messages].sort((a, b) => (a.ts < b.ts ? -1 : a.ts > b.ts ? 1 : 0)));
    if (before) announce(channel, before);
    changed();
  });
}

async function refreshAll() {
  await refreshState();
  const mine = [...myChannels(), ...myDms()].map((channel) => channel.id);
  mine.sort((a, b) => Number(b === state.channel) - Number(a === state.channel));
  await Promise.allSettled(mine.map(refreshMessages));
  state.loaded = true;
  changed();
}

async function onEvent(event) {
  if (event.type.startsWith("message") && event.channel) {
    if (!state.channels.has(event.channel)) await refreshState();
    const channel = state.channels.get(event.channel);
    if (channel && isMember(channel)) await refreshMessages(event.channel);
    return;
  }
  if (event.type === "reset") {
    state.messages.clear();
    await refreshAll();
    return;
  }
  await refreshState();
  if (event.type === "channel" && event.channel && state.channels.has(event.channel)) await refreshMessages(event.channel);
}

function quietly(promise) {
  promise.catch((error) => {
    if (!(error instanceof api.Refused) && !(error instanceof TypeError)) throw error; // a lost connection is shown by the stream
  });
}

export async function becomePerson(userId) {
  stream?.close();
  running += 1;
  state.me = userId;
  state.messages.clear();
  state.views = [];
  state.loaded = false;
  const run = running;
  stream = api.follow(userId, {
    onEvent: (event) => run === running && quietly(onEvent(event)),
    onUp: () => {
      if (run !== running) return;
      showConnection(true);
      quietly(refreshAll());
    },
    onDown: () => run === running && showConnection(false),
  });
  await refreshAll().catch(() => showConnection(false)); // the stream goes on trying, and fetches all when it is back
}

// The first answer of the server, however long it takes to come.
export async function firstState() {
  for (;;) {
    try {
      const body = await api.readState();
      showConnection(true);
      return body;
    } catch {
      showConnection(false);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}
