// Asks before something is done: Slack's `confirm` object, and the page's own questions.
import { h } from "./dom.js";
import { renderPlain, renderTextObject } from "./mrkdwn.js";

// Resolves to true where the person says yes. `ask`: {title, text, confirm, deny, style?} of text objects.
export function confirmed(ask) {
  const back = document.activeElement;
  return new Promise((resolve) => {
    const yes = h("button", { type: "button", class: ask.style === "danger" ? "button danger solid" : "button primary" },
      renderPlain(ask.confirm?.text ?? "Yes"));
    const no = h("button", { type: "button", class: "button" }, renderPlain(ask.deny?.text ?? "Cancel"));
    const dialog = h("dialog", { class: "dialog small", "aria-labelledby": "confirm-title", data: { testid: "confirm" } },
      h("div", { class: "dialog-head" }, h("h2", { id: "confirm-title" }, renderPlain(ask.title?.text ?? "Are you sure?"))),
      h("div", { class: "dialog-body" }, renderTextObject(ask.text)),
      h("div", { class: "dialog-foot" }, no, yes));
    const end = (said) => {
      dialog.close();
      dialog.remove();
      back?.focus?.();
      resolve(said);
    };
    yes.addEventListener("click", () => end(true));
    no.addEventListener("click", () => end(false));
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      end(false);
    });
    document.body.append(dialog);
    dialog.showModal();
    no.focus();
  });
}

export const plain = (text) => ({ type: "plain_text", text });
