// Shows the top view of the person's open modals, sends what is filled in, and gives focus back at the end.
import * as api from "./api.js";
import { drawBlocks } from "./blocks.js";
import { closeMenu } from "./menu.js";
import { h, icon, iconButton } from "./dom.js";
import { focusable, goBack, lastSpot } from "./focus.js";
import { Form } from "./inputs.js";
import { renderPlain } from "./mrkdwn.js";
import { state } from "./state.js";
import { refreshState } from "./sync.js";

const PATIENCE_MS = 3000;

export class Modal {
  constructor(open) {
    this.open = open;
    this.dialog = null;
    this.shown = null; // the id and content of the view on screen
    this.form = null;
    this.kept = new Map(); // what was typed, by view id, while another view is on top or the view is updated
    this.back = null;
  }

  sync() {
    const top = state.views.at(-1) ?? null;
    const shown = top && JSON.stringify([top.id, top.hash, top.title, top.blocks, top.submit, top.close, state.views.length]);
    if (shown === this.shown) return;
    if (this.form) this.kept.set(this.view.id, this.form.values());
    this.shown = shown;
    if (top) this.show(top);
    else this.hide();
  }

  show(view) {
    const updated = this.view?.id === view.id;
    const focused = updated ? this.positionOf(document.activeElement) : null;
    if (!this.dialog) this.create();
    this.view = view;
    closeMenu();
    this.form = new Form(this.kept.get(view.id));
    const body = h("div", { class: "dialog-body" }, drawBlocks(view.blocks ?? [], this.place(view)));
    this.dialog.replaceChildren(this.head(view), h("form", { class: "dialog-form", novalidate: true, on: { submit: (event) => this.submit(event) } }, body, this.foot(view)));
    if (!this.dialog.open) this.dialog.showModal();
    (this.atPosition(focused) ?? this.firstField() ?? this.dialog.querySelector("h2")).focus();
  }

  create() {
    this.back = lastSpot();
    this.dialog = h("dialog", { class: "dialog", "aria-labelledby": "modal-title", data: { testid: "modal" } });
    this.dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.close();
    });
    this.dialog.addEventListener("keydown", (event) => this.keepFocus(event));
    document.body.append(this.dialog);
  }

  hide() {
    if (!this.dialog) return;
    closeMenu();
    this.dialog.close();
    this.dialog.remove();
    this.dialog = this.form = this.view = null;
    this.kept.clear();
    goBack(this.back);
  }

  place(view) {
    return {
      key: view.id,
      level: 3,
      form: this.form,
      open: this.open,
      act: async (action) => {
        await api.interact({ user: state.me, viewId: view.id, action, values: this.form.values() });
        await refreshState();
      },
    };
  }

  head(view) {
    const stacked = state.views.length > 1;
    return h("div", { class: "dialog-head" },
      stacked && iconButton("back", "Previous view", () => this.close(), { data: { testid: "modal-back" } }),
      h("h2", { id: "modal-title", tabindex: "-1" }, renderPlain(view.title?.text ?? "")),
      iconButton("close", "Dismiss", () => this.close(), { data: { testid: "modal-close" } }));
  }

  foot(view) {
    this.status = h("p", { class: "trouble", role: "status" });
    this.sender = view.submit && h("button", { type: "submit", class: "button primary", data: { testid: "modal-submit" } }, renderPlain(view.submit.text));
    const away = h("button", { type: "button", class: "button", on: { click: () => this.close() } }, renderPlain(view.close?.text ?? (view.submit ? "Cancel" : "Close")));
    return h("div", { class: "dialog-foot" }, this.status, away, this.sender);
  }

  trouble(words) {
    this.status?.replaceChildren(...(words ? [icon("warning"), words] : []));
  }

  async submit(event) {
    event.preventDefault();
    if (!this.sender || this.sender.disabled || !this.form.check()) return;
    const { sender, form } = this;
    const slow = setTimeout(() => this.trouble("The app has not answered yet."), PATIENCE_MS);
    sender.disabled = true;
    sender.setAttribute("aria-busy", "true");
    this.trouble("");
    try {
      const said = await api.submitView(state.me, form.values());
      if (said.response_action === "errors") this.problems(form, said.errors ?? {});
      await refreshState();
    } catch {
      this.trouble("The app did not answer. Please try again.");
    } finally {
      clearTimeout(slow);
      sender.disabled = false;
      sender.removeAttribute("aria-busy");
    }
  }

  problems(form, errors) {
    const elsewhere = form.show(errors) ? Object.values(errors) : [];
    this.trouble(elsewhere.join(" "));
  }

  async close() {
    try {
      await api.closeView(state.me);
    } catch {
      this.trouble("The view could not be closed. Please try again.");
    }
    await refreshState();
  }

  firstField() {
    return this.dialog.querySelector(".input input, .input select, .input textarea");
  }

  positionOf(node) {
    const position = this.dialog ? focusable(this.dialog).indexOf(node) : -1;
    return position < 0 ? null : position;
  }

  atPosition(position) {
    return position === null ? null : focusable(this.dialog)[position] ?? null;
  }

  // Tab goes round inside the modal.
  keepFocus(event) {
    if (event.key !== "Tab" || event.defaultPrevented) return;
    const nodes = focusable(this.dialog);
    const edge = event.shiftKey ? nodes[0] : nodes.at(-1);
    if (document.activeElement !== edge && this.dialog.contains(document.activeElement) && document.activeElement.tagName !== "H2") return;
    event.preventDefault();
    (event.shiftKey ? nodes.at(-1) : nodes[0])?.focus();
  }
}
