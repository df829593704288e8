// The Home tab of an app: what the app last published there for this person, and the tabs that lead to it.
import * as api from "./api.js";
import { drawBlocks } from "./blocks.js";
import { arrange, h } from "./dom.js";
import { focusable, goBack, isLost, spot } from "./focus.js";
import { Form } from "./inputs.js";
import { closeMenu } from "./menu.js";
import { say } from "./notices.js";
import { atHome, changed, nameOf, state } from "./state.js";
import { refreshState } from "./sync.js";

const TABS = [["home", "Home", "home"], ["messages", "Messages", "talk"]];

export class Tabs {
  // `choose(tab)` is called with the name of the tab that was pressed.
  constructor(choose) {
    this.tabs = TABS.map(([name, label, panel]) => h("button", {
      type: "button", class: "tab", role: "tab", id: `${name}-tab`, "aria-controls": panel,
      data: { testid: `${name}-tab`, tab: name }, on: { click: () => choose(name) },
    }, label));
    this.node = h("div", { class: "tabs", role: "tablist", "aria-label": "Views", hidden: true }, this.tabs);
    this.node.addEventListener("keydown", (event) => this.onKey(event, choose));
  }

  show(shown) {
    this.node.hidden = !shown;
    for (const tab of this.tabs) {
      const chosen = (tab.dataset.tab === "home") === atHome();
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
    }
  }

  onKey(event, choose) {
    const at = this.tabs.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: this.tabs.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const tab = this.tabs[(to + this.tabs.length) % this.tabs.length];
    tab.focus();
    choose(tab.dataset.tab);
  }
}

export class HomeView {
  // `open(url)` follows a link of a button.
  constructor(open) {
    this.open = open;
    this.notice = h("p", { class: "page-notice", role: "status", hidden: true });
    this.body = h("div", { class: "home-body" });
    this.node = h("div", { class: "home scroll", id: "home", role: "tabpanel", "aria-labelledby": "home-tab", tabindex: "0", hidden: true,
      data: { testid: "home" } }, this.notice, this.body);
    this.asking = false;
    this.form = new Form();
    this.view = null;
  }

  // Tells the app that the person is looking, so that it can publish what they should see.
  async ask() {
    const person = state.me;
    this.asking = true;
    this.tell("");
    changed();
    const answered = await api.openHome(person).then((said) => said.acked !== false, () => false);
    this.asking = false;
    await refreshState();
    if (!answered && person === state.me) this.tell(`The app did not answer.${state.homes[person] ? " What is shown here may be old." : ""}`);
    changed();
  }

  tell(words) {
    this.notice.hidden = !words;
    this.notice.textContent = words;
  }

  show(channel) {
    this.node.hidden = !atHome();
    if (this.node.hidden) return;
    const view = state.homes[state.me] ?? null;
    const shown = JSON.stringify([state.me, view?.id, view?.hash, view?.blocks, !view && this.asking]);
    if (shown === this.shown) return;
    this.shown = shown;
    if (view) this.draw(view);
    else this.body.replaceChildren(h("p", { class: "home-empty" }, this.asking ? "Opening…" : `${nameOf(channel)} has not put anything here yet.`));
  }

  // What was typed stays, and so does the focus, where the fields are still there.
  draw(view) {
    const again = this.view?.id === view.id;
    const held = this.node.contains(document.activeElement) ? document.activeElement : null;
    const place = held && spot(held);
    const at = focusable(this.node).indexOf(held);
    closeMenu();
    this.form = new Form(again ? this.form.values() : {});
    this.view = view;
    arrange(this.body, drawBlocks(view.blocks ?? [], this.place(view)));
    if (again) say("The Home tab has changed.");
    if (held && isLost()) goBack(place);
    if (held && isLost()) focusable(this.node)[at]?.focus();
  }

  place(view) {
    return {
      key: view.id,
      level: 2,
      form: this.form,
      open: this.open,
      act: async (action) => {
        await api.homeInteract({ user: state.me, action, values: this.form.values() });
        await refreshState();
      },
    };
  }
}
