// The two panes of the page: the channel and, beside it, one thread.
import { AgentStrip } from "./agent.js";
import { Composer } from "./composer.js";
import { append, arrange, h, icon, iconButton } from "./dom.js";
import { HomeView, Tabs } from "./home.js";
import { avatar, MessageList } from "./messages.js";
import { appOf, atHome, displayName, find, hasHome, mainMessages, messagesIn, nameOf, otherIn, state, threadMessages } from "./state.js";
import { markRead } from "./unread.js";

function titleOf(channel) {
  if (channel.is_im) {
    const other = otherIn(channel);
    return [avatar(other, displayName(other), Boolean(appOf(other))), nameOf(channel)];
  }
  return [icon(channel.is_private ? "lock" : "hash"), nameOf(channel)];
}

const spokenName = (channel) => (channel.is_im ? nameOf(channel) : `#${nameOf(channel)}`);

// What a pane's messages and its field can ask for; what goes wrong is told where the person is.
function actsIn(pane, does) {
  const tell = (words) => pane.composer.tell(words);
  return {
    ...does,
    react: (...what) => does.react(...what).catch(() => tell("The reaction was not saved.")),
    remove: (...what) => does.remove(...what).catch(() => tell("The message was not deleted.")),
    shortcut: (shortcut, on) => does.shortcut(shortcut, on).catch(() => tell(`${shortcut.name}: the app did not answer. You can try again.`)),
  };
}

export class ChannelView {
  constructor(node, does) {
    this.node = node;
    this.menu = iconButton("menu", "Channels", () => does.showSidebar(true), { "aria-expanded": "false", "aria-controls": "sidebar", class: "icon-button menu-button" });
    this.title = h("h1", {});
    this.topic = h("p", { class: "topic" });
    this.notice = h("p", { class: "page-notice", role: "status", hidden: true });
    const within = actsIn(this, does);
    this.list = new MessageList("Messages", within);
    this.composer = new Composer({ id: "composer", testid: "composer", target: () => ({ channel: state.channel }), shortcut: within.shortcut });
    this.agent = new AgentStrip((text) => this.composer.post(text));
    this.tabs = new Tabs(does.showTab);
    this.home = new HomeView(does.open);
    this.talk = h("div", { class: "talk", id: "talk" }, this.list.node, this.agent.node, this.composer.node);
    const head = h("header", { class: "pane-head" }, this.menu, h("div", { class: "pane-title" }, this.title, this.topic), this.tabs.node);
    append(node, [head, this.notice, this.home.node, this.talk]);
  }

  // The first thing to reach in what is shown.
  focus() {
    (atHome() ? this.home.node : this.composer.field).focus();
  }

  sidebarShown(shown) {
    this.menu.setAttribute("aria-expanded", String(shown));
  }

  tell(words) {
    this.notice.hidden = !words;
    this.notice.textContent = words;
  }

  summaryOf(ts) {
    return ts && this.list.node.querySelector(`[data-ts="${CSS.escape(ts)}"] .summary`);
  }

  show() {
    const channel = state.channels.get(state.channel);
    this.composer.node.hidden = !channel;
    this.showTabs(channel);
    this.home.show(channel);
    if (!channel) return this.list.show("", []);
    this.title.replaceChildren(...titleOf(channel));
    const topic = typeof channel.topic === "string" ? channel.topic : channel.topic?.value ?? "";
    this.topic.textContent = topic;
    if (atHome()) return this.list.forget(null);
    const messages = mainMessages(channel.id);
    this.list.node.setAttribute("aria-label", `Messages in ${nameOf(channel)}`);
    this.list.show(channel.id, messages, { intro: this.introFor(channel) });
    this.composer.show(`Message ${spokenName(channel)}`);
    this.agent.show(channel);
    markRead(channel.id, null, messagesIn(channel.id).at(-1)?.ts);
  }

  showTabs(channel) {
    this.tabs.show(hasHome(channel));
    this.talk.hidden = atHome();
    const panel = hasHome(channel) ? { role: "tabpanel", "aria-labelledby": "messages-tab" } : { role: null, "aria-labelledby": null };
    for (const [name, value] of Object.entries(panel)) value ? this.talk.setAttribute(name, value) : this.talk.removeAttribute(name);
  }

  introFor(channel) {
    if (!state.messages.has(channel.id)) return null;
    const key = `${state.me}/${channel.id}`;
    if (this.introKey === key) return this.intro;
    this.introKey = key;
    this.intro = h("div", { class: "intro" }, h("p", { class: "intro-title" }, titleOf(channel)),
      h("p", {}, channel.is_im ? `This is the start of your messages with ${nameOf(channel)}.` : `This is the start of ${spokenName(channel)}.`));
    return this.intro;
  }
}

export class ThreadView {
  constructor(node, does) {
    this.node = node;
    this.where = h("p", { class: "topic" });
    const within = actsIn(this, does);
    const target = () => ({ channel: state.channel, thread: state.thread });
    this.list = new MessageList("Messages in the thread", within, { inThread: true });
    this.composer = new Composer({ id: "thread-composer", testid: "thread-composer", target, shortcut: within.shortcut });
    this.agent = new AgentStrip((text) => this.composer.post(text));
    const head = h("header", { class: "pane-head" }, h("div", { class: "pane-title" }, h("h2", {}, "Thread"), this.where),
      iconButton("close", "Close thread", () => does.closeThread(), { data: { testid: "thread-close" } }));
    this.parts = [head, this.list.node, this.agent.node, this.composer.node];
  }

  focus() {
    this.composer.field.focus();
  }

  show() {
    const channel = state.channels.get(state.channel);
    const open = Boolean(state.thread && channel);
    if (this.node.hidden === open) arrange(this.node, open ? this.parts : []);
    this.node.hidden = !open;
    document.body.classList.toggle("thread-open", open);
    if (!open) return;
    const messages = threadMessages(channel.id, state.thread);
    this.where.textContent = spokenName(channel);
    this.list.show(channel.id, messages);
    this.composer.node.hidden = state.loaded && !find(channel.id, state.thread);
    this.composer.show("Reply…");
    this.agent.show(channel, state.thread);
    markRead(channel.id, state.thread, messages.at(-1)?.ts);
  }
}
