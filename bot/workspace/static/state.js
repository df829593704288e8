// Holds what the page knows about the workspace and answers questions about it; it fetches and draws nothing.

export const state = {
  me: null,
  workspace: { id: "", name: "" },
  apps: [],
  users: new Map(),
  channels: new Map(),
  views: [],
  homes: {}, // what the app last published for each person's Home tab
  statuses: {}, // "channel:ts of the thread" -> what the app says it is doing there
  prompts: {}, // "channel" or "channel:ts of the thread" -> {title, prompts}
  messages: new Map(), // channel id -> messages, oldest first, replies and ephemeral ones included
  channel: null,
  tab: "messages", // or "home", in a direct message with an app that has one
  thread: null, // ts of the parent shown in the side pane
  linked: null, // ts of the message a link led to
  jumps: 0, // how many links have been followed: the same one twice leads there twice
  loaded: false,
};

const listeners = new Set();
let due = false;

export function onChange(listener) {
  listeners.add(listener);
}

// Draws once, soon, however many things changed (a microtask: animation frames do not run in a background tab).
export function changed() {
  if (due) return;
  due = true;
  queueMicrotask(() => {
    due = false;
    for (const listener of listeners) listener();
  });
}

export function takeState(body) {
  state.workspace = body.workspace ?? state.workspace;
  state.apps = body.apps ?? [];
  state.users = new Map((body.users ?? []).map((user) => [user.id, user]));
  state.channels = new Map((body.channels ?? []).map((channel) => [channel.id, channel]));
  state.homes = body.homes ?? {};
  state.statuses = body.threads_status ?? {};
  state.prompts = body.prompts ?? {};
  state.views = (body.views ?? []).filter((open) => open.user === state.me).map((open) => open.view);
}

export function persons() {
  return [...state.users.values()].filter((user) => !user.is_bot && !user.deleted && user.id !== "USLACKBOT");
}

export function displayName(id) {
  const user = state.users.get(id);
  return user?.profile?.display_name || user?.real_name || user?.name || id;
}

export function userNamed(name) {
  return [...state.users.values()].find((user) => user.name?.toLowerCase() === name.toLowerCase());
}

export function channelNamed(name) {
  return [...state.channels.values()].find((channel) => !channel.is_im && channel.name === name && isMember(channel));
}

export function isMember(channel) {
  return (channel.members ?? []).includes(state.me);
}

export function myChannels() {
  return [...state.channels.values()].filter((channel) => !channel.is_im && !channel.is_archived && isMember(channel));
}

export function myDms() {
  return [...state.channels.values()].filter((channel) => channel.is_im && isMember(channel));
}

export function otherIn(dm) {
  return dm.members?.find((id) => id !== state.me) ?? dm.user ?? state.me;
}

export function nameOf(channel) {
  if (!channel) return "";
  return channel.is_im ? displayName(otherIn(channel)) : channel.name;
}

// The handle a link to the channel is found by: a channel's name, or the other person's in a direct message.
export function handleOf(channel) {
  return channel.is_im ? state.users.get(otherIn(channel))?.name ?? channel.name : channel.name;
}

export function appOf(userId) {
  return state.apps.find((app) => app.botUserId === userId) ?? null;
}

// The app a direct message is with, or null.
export function appIn(channel) {
  return channel?.is_im ? appOf(otherIn(channel)) : null;
}

export function hasHome(channel) {
  return Boolean(appIn(channel)?.home);
}

export function atHome() {
  return state.tab === "home" && hasHome(state.channels.get(state.channel));
}

// The shortcuts of every app: "message" ones act on a message, "global" ones on nothing in particular.
export function shortcuts(type) {
  return state.apps.flatMap((app) => (app.shortcuts ?? []).filter((shortcut) => shortcut.type === type).map((shortcut) => ({ ...shortcut, app })));
}

export function commands() {
  return state.apps.flatMap((app) => (app.commands ?? []).map((command) => ({ ...command, app })));
}

export function messagesIn(channel) {
  return state.messages.get(channel) ?? [];
}

export function isReply(message) {
  return Boolean(message.thread_ts) && message.thread_ts !== message.ts;
}

export function mainMessages(channel) {
  return messagesIn(channel).filter((message) => !isReply(message) || message.subtype === "thread_broadcast");
}

export function threadMessages(channel, parent) {
  return messagesIn(channel).filter((message) => message.ts === parent || (isReply(message) && message.thread_ts === parent));
}

export function find(channel, ts) {
  return messagesIn(channel).find((message) => message.ts === ts) ?? null;
}

export function isEphemeral(message) {
  return message.subtype === "ephemeral" || Boolean(message.ephemeral_to);
}

// Replies the summary under a parent counts: those that are in the history.
export function repliesTo(channel, parent) {
  const messages = messagesIn(channel);
  if (!threads.has(messages)) threads.set(messages, byParent(messages));
  return threads.get(messages).get(parent) ?? [];
}

const threads = new WeakMap();

function byParent(messages) {
  const replies = messages.filter((message) => isReply(message) && !isEphemeral(message));
  const found = new Map();
  for (const reply of replies) found.set(reply.thread_ts, [...(found.get(reply.thread_ts) ?? []), reply]);
  return found;
}

export function authorIsApp(message) {
  return Boolean(message.bot_id) || Boolean(appOf(message.user)) || Boolean(state.users.get(message.user)?.is_bot);
}
