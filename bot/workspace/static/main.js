// Starts the page and connects its parts: address, sidebar, channel, thread pane, modal, stream.
import * as api from "./api.js";
import { ChannelView, ThreadView } from "./views.js";
import { remove, startEditing } from "./editing.js";
import { Modal } from "./modal.js";
import { say } from "./notices.js";
import * as route from "./route.js";
import { Sidebar } from "./sidebar.js";
import { changed, find, isMember, isReply, myChannels, myDms, nameOf, onChange, persons, state, takeState } from "./state.js";
import { becomePerson, firstState, refreshMessages, refreshState } from "./sync.js";

const part = (id) => document.getElementById(id);

const does = {
  openThread(ts, write = true) {
    state.thread = ts;
    state.linked = null;
    changed();
    route.remember();
    if (write) queueMicrotask(() => thread.focus());
  },
  closeThread() {
    const parent = state.thread;
    state.thread = null;
    state.linked = null;
    changed();
    route.remember();
    queueMicrotask(() => (channel.summaryOf(parent) ?? part("composer"))?.focus());
  },
  edit: startEditing,
  remove,
  async copyLink(channelId, message) {
    const link = route.linkTo(channelId, message);
    try {
      await navigator.clipboard.writeText(link);
      say("Link copied");
    } catch {
      window.prompt("Link to this message", link);
    }
  },
  async act(channelId, message, action) {
    await api.interact({ channel: channelId, messageTs: message.ts, user: state.me, action });
    await Promise.all([refreshMessages(channelId), refreshState()]);
  },
  react: (channelId, message, name, present) => api.react({ channel: channelId, ts: message.ts, user: state.me, name, present }),
  open: follow,
  showSidebar: (shown) => showSidebar(shown),
  goTo,
  becomePerson: (id) => become(id),
  async openDm() {
    const { channel: opened } = await api.openDm(state.me);
    await refreshState();
    await refreshMessages(opened.id);
    goTo(opened.id);
  },
};

const sidebar = new Sidebar(part("sidebar"), does);
const channel = new ChannelView(part("channel"), does);
const thread = new ThreadView(part("thread"), does);
const modal = new Modal(follow);

function goTo(channelId, { ts = null, threadTs = null, push = true } = {}) {
  if (!state.channels.has(channelId) || !isMember(state.channels.get(channelId))) {
    channel.tell("You are not a member of that channel.");
    return;
  }
  const message = ts ? find(channelId, ts) : null;
  const stays = channelId === state.channel && !ts && !threadTs ? state.thread : null;
  state.channel = channelId;
  state.linked = ts;
  if (ts) state.jumps += 1;
  state.thread = threadTs && threadTs !== ts ? threadTs : message && isReply(message) ? message.thread_ts : stays;
  channel.tell("");
  changed();
  if (!push) return;
  showSidebar(false);
  route.remember();
  if (!ts) queueMicrotask(() => part("composer")?.focus());
}

// A link of a message: a place in this workspace opens here, anything else in its own tab.
function follow(href) {
  const place = route.placeOf(href);
  if (place) goTo(place.channel, { ts: place.ts, threadTs: place.thread });
  else window.open(href, "_blank", "noopener,noreferrer");
}

function fromAddress() {
  const place = route.parse(new URL(location.href));
  const allowed = place && isMember(state.channels.get(place.channel) ?? {});
  if (allowed) return goTo(place.channel, { ts: place.ts, threadTs: place.thread, push: false });
  const stays = isMember(state.channels.get(state.channel) ?? {});
  const first = stays ? state.channel : (myChannels()[0] ?? myDms()[0])?.id ?? null;
  if (first) goTo(first, { push: false });
  else state.channel = state.thread = state.linked = null;
  if (place && !stays) channel.tell("You are not a member of the channel this link leads to.");
  changed();
}

async function become(userId) {
  const loading = becomePerson(userId);
  fromAddress();
  await loading;
  fromAddress();
  route.remember({ replace: true });
}

function showSidebar(shown) {
  document.body.classList.toggle("sidebar-open", shown);
  part("shade").hidden = !shown;
  channel.sidebarShown(shown);
  if (shown) part("person")?.focus();
}

function draw() {
  if (!state.me) return;
  if (state.loaded && !state.users.has(state.me)) return void start(); // the workspace was started anew, with other people
  // The panes first: showing messages marks them as read, which the sidebar then tells.
  thread.show();
  channel.show();
  sidebar.show();
  modal.sync();
  const here = state.channels.get(state.channel);
  document.title = here ? `${nameOf(here)} · ${state.workspace.name}` : state.workspace.name || "Local workspace";
}

document.addEventListener("click", (event) => {
  const anchor = event.target.closest?.("a[href]");
  if (!anchor || anchor.classList.contains("skip-link") || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const place = route.placeOf(anchor.href);
  if (!place) return;
  event.preventDefault();
  goTo(place.channel, { ts: place.ts, threadTs: place.thread });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if (document.body.classList.contains("sidebar-open")) showSidebar(false);
  else if (state.thread) does.closeThread();
});

part("shade").addEventListener("click", () => showSidebar(false));
window.addEventListener("popstate", () => fromAddress());
onChange(draw);

async function start() {
  takeState(await firstState());
  const wanted = route.personInAddress();
  const person = persons().find((user) => user.name === wanted || user.id === wanted) ?? persons()[0];
  if (person) await become(person.id);
  else part("channel").append("This workspace has no people.");
}

start();
