// What an agent adds to a conversation: a line that says what it is doing, and prompts that are sent with a press.
import { h } from "./dom.js";
import { appIn, displayName, state } from "./state.js";

export class AgentStrip {
  // `send(text)` writes a prompt's message where the strip stands.
  constructor(send) {
    this.send = send;
    this.status = h("p", { class: "agent-status", role: "status", data: { testid: "agent-status" } });
    this.prompts = h("div", { class: "prompts", role: "group", hidden: true, data: { testid: "prompts" } });
    this.node = h("div", { class: "agent" }, this.status, this.prompts);
  }

  show(channel, thread = null) {
    this.showStatus(channel, thread);
    this.showPrompts(state.prompts[thread ? `${channel.id}:${thread}` : channel.id] ?? null);
  }

  showStatus(channel, thread) {
    const app = appIn(channel) ?? state.apps[0];
    const doing = thread ? state.statuses[`${channel.id}:${thread}`] : newestIn(channel);
    const words = doing && app ? `${displayName(app.botUserId)} ${doing}` : "";
    if (words === this.status.textContent) return;
    const dots = h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
    this.status.replaceChildren(...(words ? [dots, words] : []));
  }

  showPrompts(offer) {
    const shown = JSON.stringify(offer);
    if (shown === this.shown) return;
    this.shown = shown;
    const prompts = offer?.prompts ?? [];
    const title = offer?.title || "Try one of these";
    this.prompts.hidden = prompts.length === 0;
    this.prompts.setAttribute("aria-label", title);
    this.prompts.replaceChildren(h("p", { class: "prompts-title" }, title), h("div", { class: "prompts-row" }, prompts.map((prompt) =>
      h("button", { type: "button", class: "prompt", title: prompt.message, on: { click: () => this.send(prompt.message) } }, prompt.title))));
  }
}

// In a direct message every thread is this person's own: the newest thing being done there is told in the main view.
function newestIn(channel) {
  if (!channel.is_im) return "";
  const doing = Object.entries(state.statuses).filter(([key, words]) => words && key.startsWith(`${channel.id}:`));
  return doing.sort(([a], [b]) => (a < b ? -1 : 1)).at(-1)?.[1] ?? "";
}
