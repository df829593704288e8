// The two panes of the page: the channel and, beside it, one thread.
import { Composer } from "./composer.js";
import { append, arrange, h, icon, iconButton } from "./dom.js";
import { avatar, MessageList } from "./messages.js";
import { appOf, displayName, find, mainMessages, messagesIn, nameOf, otherIn, state, threadMessages } from "./state.js";
import { markRead } from "./unread.js";

function titleOf(channel) {
  if (channel.is_im) {
    const other = otherIn(channel);
    return [avatar(other, displayName(other), Boolean(appOf(other))), nameOf(channel)];
  }
  return [icon(channel.is_private ? "lock" : "hash"), nameOf(channel)];
}

const spokenName = (channel) => (channel.is_im ? nameOf(channel) : `#${nameOf(channel)}`);

export class ChannelView {
  constructor(node, does) {
    this.node = node;
    this.menu = iconButton("menu", "Channels", () => does.showSidebar(true), { "aria-expanded": "false", "aria-controls": "sidebar", class: "icon-button menu-button" });
    this.title = h("h1", {});
    this.topic = h("p", { class: "topic" });
    this.notice = h("p", { class: "page-notice", role: "status", hidden: true });
    this.list = new MessageList("Messages", does);
    this.composer = new Composer({ id: "composer", testid: "composer", target: () => ({ channel: state.channel }) });
    append(node, [h("header", { class: "pane-head" }, this.menu, h("div", { class: "pane-title" }, this.title, this.topic)), this.notice, this.list.node, this.composer.node]);
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
    if (!channel) return this.list.show("", []);
    this.title.replaceChildren(...titleOf(channel));
    const topic = typeof channel.topic === "string" ? channel.topic : channel.topic?.value ?? "";
    this.topic.textContent = topic;
    const messages = mainMessages(channel.id);
    this.list.node.setAttribute("aria-label", `Messages in ${nameOf(channel)}`);
    this.list.show(channel.id, messages, { intro: this.introFor(channel) });
    this.composer.show(`Message ${spokenName(channel)}`);
    markRead(channel.id, null, messagesIn(channel.id).at(-1)?.ts);
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
    this.list = new MessageList("Messages in the thread", does, { inThread: true });
    this.composer = new Composer({ id: "thread-composer", testid: "thread-composer", target: () => ({ channel: state.channel, thread: state.thread }) });
    const head = h("header", { class: "pane-head" }, h("div", { class: "pane-title" }, h("h2", {}, "Thread"), this.where),
      iconButton("close", "Close thread", () => does.closeThread(), { data: { testid: "thread-close" } }));
    this.parts = [head, this.list.node, this.composer.node];
  }

  focus() {
    this.composer.field.focus();
  }

  show() {
    const channel = state.channels.get(state.channel);
    const open = Boolean(state.thread && channel);
    this.node.hidden = !open;
    arrange(this.node, open ? this.parts : []);
    document.body.classList.toggle("thread-open", open);
    if (!open) return;
    const messages = threadMessages(channel.id, state.thread);
    this.where.textContent = spokenName(channel);
    this.list.show(channel.id, messages);
    this.composer.node.hidden = state.loaded && !find(channel.id, state.thread);
    this.composer.show("Reply…");
    markRead(channel.id, state.thread, messages.at(-1)?.ts);
  }
}
