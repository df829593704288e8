// The field a person writes in: sends messages and slash commands, keeps a draft for each place.
import * as api from "./api.js";
import { h, icon, iconButton } from "./dom.js";
import { openMenu } from "./menu.js";
import { fromTyped } from "./mrkdwn.js";
import { commands, shortcuts, state } from "./state.js";
import { Suggestions } from "./suggest.js";
import { shortcutItems } from "./tools.js";

const PATIENCE_MS = 3000;
const LONGEST_PX = 220;
const drafts = new Map();

export class Composer {
  // `target()` is {channel, thread?}: where a message goes; `shortcut(shortcut)` starts one of an app's.
  constructor({ id, testid, target, shortcut }) {
    this.target = target;
    this.place = null;
    this.field = h("textarea", { id, rows: "1", data: { testid } });
    this.label = h("label", { class: "visually-hidden", for: id });
    this.notice = h("div", { class: "composer-notice", role: "status", hidden: true, data: { testid: `${testid}-notice` } });
    this.hints = new Suggestions(this.field);
    this.usage = h("p", { class: "usage", hidden: true });
    const send = h("button", { type: "submit", class: "send", "aria-label": "Send", title: "Send (Enter)", data: { testid: "send" } }, icon("send"));
    this.more = iconButton("plus", "Shortcuts", () => openMenu(this.more, "Shortcuts", shortcutItems("global", shortcut)), {
      hidden: true, "aria-haspopup": "menu", "aria-expanded": "false", data: { testid: `${testid}-shortcuts` },
    });
    const box = h("div", { class: "composer-box" }, this.field, this.more, send);
    this.node = h("form", { class: "composer", hidden: true }, this.label, this.notice, this.hints.list, this.usage, box);
    this.node.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.field.addEventListener("keydown", (event) => this.onKey(event));
    this.field.addEventListener("input", () => this.onInput());
  }

  show(name) {
    const { channel, thread } = this.target();
    const place = `${state.me}/${channel}/${thread ?? ""}`;
    this.label.replaceChildren(name);
    this.field.placeholder = name;
    this.more.hidden = shortcuts("global").length === 0;
    if (place === this.place) return;
    this.place = place;
    this.field.value = drafts.get(place) ?? "";
    this.tell("");
    this.onInput();
    this.hints.hide();
  }

  onInput() {
    drafts.set(this.place, this.field.value);
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, LONGEST_PX)}px`;
    this.node.classList.toggle("ready", this.field.value.trim() !== "");
    this.showUsage();
    if (this.field.value) this.tell("");
  }

  showUsage() {
    const typed = /^(\/\S+)\s/.exec(this.field.value);
    const known = typed && commands().find(({ command }) => command === typed[1]);
    this.usage.hidden = !known;
    if (known) this.usage.replaceChildren(h("strong", {}, known.command), ` ${known.usage_hint ?? ""}`, known.description ? ` · ${known.description}` : "");
  }

  onKey(event) {
    if (event.isComposing) return;
    if (this.hints.onKey(event)) {
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    }
  }

  tell(words) {
    this.notice.hidden = !words;
    this.notice.replaceChildren(...(words ? [icon("warning"), h("span", {}, words), iconButton("close", "Dismiss", () => this.tell(""))] : []));
  }

  empty() {
    this.field.value = "";
    this.onInput();
    this.hints.hide();
  }

  async send() {
    const typed = this.field.value.trim();
    if (!typed) return;
    if (typed.startsWith("/")) await this.command(typed);
    else await this.message(typed);
  }

  async message(typed) {
    this.empty();
    await this.post(typed);
  }

  async post(typed) {
    const { channel, thread } = this.target();
    try {
      await api.sendMessage({ channel, user: state.me, text: fromTyped(typed), ...(thread && { thread_ts: thread }) });
    } catch (error) {
      this.giveBack(typed, `Your message was not sent (${error.message}).`);
    }
  }

  async command(typed) {
    const { channel, thread } = this.target();
    const [, name, text] = /^(\/\S*)\s*([\s\S]*)$/.exec(typed);
    const known = commands().find(({ command }) => command.toLowerCase() === name.toLowerCase());
    if (!known) return this.tell(`${name} is not a valid command. Type / to see the commands there are.`);
    if (thread) return this.tell(`${name} cannot be used in a thread. Use it in the channel.`);
    this.empty();
    const slow = setTimeout(() => this.tell(`${name}: the app has not answered yet.`), PATIENCE_MS);
    try {
      await api.sendCommand({ channel, user: state.me, command: known.command, text });
      this.tell("");
    } catch (error) {
      // A refusal is told by the workspace itself, in the channel; anything else means it was not reached.
      this.giveBack(typed, error instanceof api.Refused ? "" : `${name} was not sent (${error.message}).`);
    } finally {
      clearTimeout(slow);
    }
  }

  giveBack(typed, words) {
    if (!this.field.value) this.field.value = typed;
    this.onInput();
    this.tell(words);
  }
}
