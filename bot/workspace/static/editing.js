// Changes and deletes the person's own messages.
import * as api from "./api.js";
import { confirmed, plain } from "./confirm.js";
import { h } from "./dom.js";
import { fromTyped, toTyped } from "./mrkdwn.js";
import { changed, state } from "./state.js";

export function startEditing(list, channel, message) {
  const field = h("textarea", { class: "field", "aria-label": "Edit message", rows: "2", value: toTyped(message.text ?? "") });
  const problem = h("p", { class: "problem", role: "alert" });
  const stop = () => {
    list.editing = null;
    changed();
    queueMicrotask(() => list.list.querySelector(`[data-ts="${CSS.escape(message.ts)}"]`)?.focus());
  };
  const save = async () => {
    const text = fromTyped(field.value.trim());
    if (!text) return;
    try {
      if (text !== message.text) await api.editMessage({ channel, ts: message.ts, user: state.me, text });
      stop();
    } catch (error) {
      problem.replaceChildren(`The change was not saved (${error.message}).`);
    }
  };
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      stop();
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      save();
    }
  });
  const node = h("div", { class: "editing" }, field, problem, h("div", { class: "editing-foot" },
    h("button", { type: "button", class: "button", on: { click: stop } }, "Cancel"),
    h("button", { type: "button", class: "button primary", on: { click: save } }, "Save")));
  list.editing = { ts: message.ts, node };
  changed();
  queueMicrotask(() => field.focus());
}

export async function remove(channel, message) {
  const ask = { title: plain("Delete message"), confirm: plain("Delete"), deny: plain("Cancel"), style: "danger", text: plain("This cannot be undone.") };
  if (!(await confirmed(ask))) return;
  await api.deleteMessage({ channel, ts: message.ts, user: state.me });
}
