// Starts the page and connects its parts: address, sidebar, channel, thread pane, modal, stream.
import * as api from "./api.js";
import { ChannelView, ThreadView } from "./views.js";
import { remove, startEditing } from "./editing.js";
import { Modal } from "./modal.js";
import { say } from "./notices.js";
import * as route from "./route.js";
import { Sidebar } from "./sidebar.js";
import { appIn, atHome, changed, find, isMember, isReply, myChannels, myDms, nameOf, onChange, persons, state, takeState } from "./state.js";
import { becomePerson, firstState, refreshMessages, refreshState } from "./sync.js";
import { unreadIn } from "./unread.js";

let told = null; // the place of which an app was last told that somebody came

const narrow = window.matchMedia("(max-width: 680px)");
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
  async shortcut({ callback_id: callbackId }, on = null) {
    const place = on && { channel: on.channel, messageTs: on.message.ts };
    await api.shortcut({ user: state.me, callback_id: callbackId, ...place });
    await refreshState();
  },
  showTab(tab) {
    goTo(state.channel, { tab, focus: false });
  },
  open: follow,
  showSidebar: (shown) => showSidebar(shown),
  goTo,
  becomePerson: (id) => become(id),
  async openDm() {
    const { channel: opened } = await api.openDm(state.me);
    await refreshState();
    await refreshMessages(opened.id);
    told = `${state.me}/${opened.id}/messages`;
    goTo(opened.id);
  },
};

const sidebar = new Sidebar(part("sidebar"), does);
const channel = new ChannelView(part("channel"), does);
const thread = new ThreadView(part("thread"), does);
const modal = new Modal(follow);

function goTo(channelId, { ts = null, threadTs = null, tab = "messages", push = true, focus = true } = {}) {
  if (!state.channels.has(channelId) || !isMember(state.channels.get(channelId))) {
    channel.tell("You are not a member of that channel.");
    return;
  }
  const message = ts ? find(channelId, ts) : null;
  const stays = channelId === state.channel && !ts && !threadTs ? state.thread : null;
  state.channel = channelId;
  state.tab = tab;
  state.linked = ts;
  if (ts) state.jumps += 1;
  state.thread = atHome() ? null : threadTs && threadTs !== ts ? threadTs : message && isReply(message) ? message.thread_ts : stays;
  tellApp();
  channel.tell("");
  changed();
  if (!push) return;
  showSidebar(false);
  route.remember();
  if (!ts && focus) queueMicrotask(() => channel.focus());
}

// An app hears when somebody opens its Home tab or its direct message.
function tellApp() {
  const here = `${state.me}/${state.channel}/${state.tab}`;
  if (here === told) return;
  told = here;
  if (atHome()) channel.home.ask();
  else if (appIn(state.channels.get(state.channel))) api.openDm(state.me).catch(() => {});
}

function goToPlace({ channel: channelId, ts, thread: threadTs, tab }) {
  goTo(channelId, { ts, threadTs, tab: tab ?? "messages" });
}

// A link of a message: a place in this workspace opens here, anything else in its own tab.
function follow(href) {
  const place = route.placeOf(href);
  if (place) goToPlace(place);
  else window.open(href, "_blank", "noopener,noreferrer");
}

// `linked` is whether somebody asked for this address, and so has to be told when it leads nowhere.
function fromAddress({ linked = true } = {}) {
  const place = route.parse(new URL(location.href));
  const allowed = place && isMember(state.channels.get(place.channel) ?? {});
  if (allowed) return goTo(place.channel, { ts: place.ts, threadTs: place.thread, tab: place.tab ?? "messages", push: false });
  const stays = isMember(state.channels.get(state.channel) ?? {});
  const first = stays ? state.channel : (myChannels()[0] ?? myDms()[0])?.id ?? null;
  if (first) goTo(first, { push: false });
  else state.channel = state.thread = state.linked = null;
  if (place && linked) channel.tell("You are not a member of the channel this link leads to.");
  changed();
}

async function become(userId, { linked = false } = {}) {
  const loading = becomePerson(userId);
  fromAddress({ linked });
  await loading;
  fromAddress({ linked });
  route.remember({ replace: true });
}

function showSidebar(shown) {
  const was = document.body.classList.contains("sidebar-open");
  document.body.classList.toggle("sidebar-open", shown);
  part("shade").hidden = !shown;
  channel.sidebarShown(shown);
  cover();
  if (shown) part("person")?.focus();
  else if (was) channel.menu.focus();
}

// What lies under something else in a narrow window cannot be reached.
function cover() {
  const open = document.body.classList.contains("sidebar-open") && narrow.matches;
  part("thread").inert = open;
  part("channel").inert = open || (narrow.matches && !part("thread").hidden);
}

function draw() {
  if (!state.me) return;
  if (state.loaded && !state.users.has(state.me)) return void start(); // the workspace was started anew, with other people
  // The panes first: showing messages marks them as read, which the sidebar then tells.
  thread.show();
  channel.show();
  sidebar.show();
  modal.sync();
  cover();
  part("skip").textContent = atHome() ? "Skip to the Home tab" : "Skip to the message field";
  document.title = titleNow();
}

function titleNow() {
  const here = state.channels.get(state.channel);
  const calls = [...myChannels(), ...myDms()].reduce((sum, each) => sum + unreadIn(each).calls, 0);
  const where = here ? `${nameOf(here)} · ${state.workspace.name}` : state.workspace.name || "Local workspace";
  return calls ? `(${calls}) ${where}` : where;
}

document.addEventListener("click", (event) => {
  const anchor = event.target.closest?.("a[href]");
  if (!anchor || anchor.classList.contains("skip-link") || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const place = route.placeOf(anchor.href);
  if (!place) return;
  event.preventDefault();
  goToPlace(place);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if (document.body.classList.contains("sidebar-open")) showSidebar(false);
  else if (state.thread) does.closeThread();
});

part("skip").addEventListener("click", (event) => {
  event.preventDefault();
  channel.focus();
});
part("shade").addEventListener("click", () => showSidebar(false));
window.addEventListener("popstate", () => fromAddress());
narrow.addEventListener("change", cover);
document.addEventListener("visibilitychange", changed);
onChange(draw);

async function start() {
  takeState(await firstState());
  const wanted = route.personInAddress();
  const person = persons().find((user) => user.name === wanted || user.id === wanted) ?? persons()[0];
  if (person) await become(person.id, { linked: true });
  else part("channel").append("This workspace has no people.");
}

start();
