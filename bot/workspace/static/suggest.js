// The hint list above a message field: slash commands, people after an @, emoji after a colon.
import { append, h } from "./dom.js";
import { emojiFor, emojiNamed } from "./emoji.js";
import { avatar } from "./messages.js";
import { commands, displayName, state } from "./state.js";

const MOST_SHOWN = 8;
let made = 0;

export class Suggestions {
  constructor(field) {
    this.field = field;
    this.options = [];
    this.active = 0;
    this.dismissed = null; // the text for which the list was closed with Esc
    this.id = `suggestions-${++made}`;
    this.list = h("div", { class: "suggestions", id: this.id, role: "listbox", "aria-label": "Suggestions", hidden: true });
    field.setAttribute("aria-autocomplete", "list");
    field.addEventListener("input", () => this.refresh());
    field.addEventListener("click", () => this.refresh());
    field.addEventListener("blur", () => this.hide());
  }

  refresh() {
    const before = this.field.value.slice(0, this.field.selectionStart);
    if (before === this.dismissed) return;
    this.dismissed = null;
    this.options = this.slashOptions(before) ?? this.mentionOptions(before) ?? this.emojiOptions(before) ?? [];
    this.active = 0;
    this.draw();
  }

  slashOptions(before) {
    const typed = /^\/(\S*)$/.exec(before);
    if (!typed) return null;
    return commands().filter(({ command }) => command.toLowerCase().startsWith(`/${typed[1].toLowerCase()}`)).slice(0, MOST_SHOWN)
      .map(({ command, description, usage_hint: hint, app }) => ({
        insert: `${command} `, from: 0, exact: command === before,
        parts: [h("span", { class: "hint-name" }, command), hint && h("span", { class: "hint-usage" }, hint),
          h("span", { class: "hint-what" }, description ?? ""), h("span", { class: "hint-app" }, displayName(app.botUserId))],
      }));
  }

  mentionOptions(before) {
    const typed = /(?:^|[\s(])@([\w.-]*)$/.exec(before);
    if (!typed) return null;
    const wanted = typed[1].toLowerCase();
    const fits = (user) => [user.name, displayName(user.id), ...displayName(user.id).split(" ")].some((name) => name?.toLowerCase().startsWith(wanted));
    return [...state.users.values()].filter((user) => user.id !== state.me && user.id !== "USLACKBOT" && fits(user)).slice(0, MOST_SHOWN)
      .map((user) => ({
        insert: `@${user.name} `, from: before.length - typed[1].length - 1, exact: false,
        parts: [avatar(user.id, displayName(user.id), user.is_bot), h("span", { class: "hint-name" }, displayName(user.id)),
          h("span", { class: "hint-what" }, user.name), user.is_bot && h("span", { class: "badge" }, "APP")],
      }));
  }

  emojiOptions(before) {
    const typed = /(?:^|\s):([a-z0-9_+-]{2,})$/.exec(before);
    if (!typed) return null;
    return emojiNamed(typed[1], MOST_SHOWN).map((name) => ({
      insert: `:${name}: `, from: before.length - typed[1].length - 1, exact: false,
      parts: [h("span", { class: "hint-emoji" }, emojiFor(name)), h("span", { class: "hint-name" }, `:${name}:`)],
    }));
  }

  draw() {
    this.list.hidden = this.options.length === 0;
    this.list.replaceChildren(...this.options.map((option, index) => {
      const node = h("div", { class: "suggestion", id: `${this.id}-${index}`, role: "option", "aria-selected": String(index === this.active) });
      append(node, option.parts);
      node.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        this.take(index);
      });
      return node;
    }));
    if (this.list.hidden) {
      this.field.removeAttribute("aria-activedescendant");
      this.field.removeAttribute("aria-controls");
    } else {
      this.field.setAttribute("aria-controls", this.id);
      this.field.setAttribute("aria-activedescendant", `${this.id}-${this.active}`);
      this.list.children[this.active].scrollIntoView({ block: "nearest" });
    }
  }

  hide() {
    this.options = [];
    this.draw();
  }

  take(index) {
    const { insert, from } = this.options[index];
    const after = this.field.value.slice(this.field.selectionStart);
    this.field.value = this.field.value.slice(0, from) + insert + after.replace(/^ /, "");
    this.field.setSelectionRange(from + insert.length, from + insert.length);
    this.hide();
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // True where the key was for the list. Enter on a command typed in full sends it instead.
  onKey(event) {
    if (this.list.hidden) return false;
    const { key } = event;
    if (key === "Enter" && (event.shiftKey || this.options[this.active].exact)) return false;
    if (key === "ArrowDown" || key === "ArrowUp") {
      this.active = (this.active + (key === "ArrowDown" ? 1 : -1) + this.options.length) % this.options.length;
      this.draw();
    } else if (key === "Enter" || (key === "Tab" && !event.shiftKey)) this.take(this.active);
    else if (key === "Escape") {
      this.dismissed = this.field.value.slice(0, this.field.selectionStart);
      this.hide();
    } else return false;
    return true;
  }
}
