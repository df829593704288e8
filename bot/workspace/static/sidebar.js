// The sidebar: whose eyes we look through, the channels and direct messages of that person.
import { arrange, h, icon } from "./dom.js";
import { avatar } from "./messages.js";
import { appOf, displayName, handleOf, myChannels, myDms, nameOf, otherIn, persons, state } from "./state.js";
import { unreadIn } from "./unread.js";

export class Sidebar {
  // `does`: becomePerson(id), goTo(channel), openDm().
  constructor(node, does) {
    this.node = node;
    this.does = does;
    this.drawn = new Map();
  }

  show() {
    arrange(this.node, [
      this.part("head", [state.workspace.name], () => this.head()),
      this.part("person", [state.me, persons().map((user) => [user.id, displayName(user.id)])], () => this.person()),
      this.part("places", this.placesSignature(), () => this.places()),
      this.part("note", [], () => h("p", { class: "sidebar-note" }, "Local workspace: a stand-in for Slack on this machine")),
    ]);
  }

  // Draws a part anew only when what it shows has changed, so that focus and an open list survive.
  part(name, shown, draw) {
    const signature = JSON.stringify(shown);
    const old = this.drawn.get(name);
    if (old?.signature === signature) return old.node;
    const focusKey = old?.node.contains(document.activeElement) ? document.activeElement.dataset.channel ?? "" : null;
    const node = draw();
    this.drawn.set(name, { signature, node });
    if (focusKey) queueMicrotask(() => node.querySelector(`[data-channel="${CSS.escape(focusKey)}"]`)?.focus());
    return node;
  }

  head() {
    return h("div", { class: "sidebar-head" }, h("span", { class: "workspace-name" }, state.workspace.name || "Workspace"));
  }

  person() {
    const pick = h("select", { id: "person", data: { testid: "person-switch" }, on: { change: () => this.does.becomePerson(pick.value) } },
      persons().map((user) => h("option", { value: user.id }, displayName(user.id))));
    pick.value = state.me;
    return h("div", { class: "person" }, avatar(state.me ?? "", displayName(state.me) ?? ""), h("div", { class: "person-words" },
      h("label", { for: "person" }, "You are"), h("span", { class: "select-wrap" }, pick, icon("chevron"))));
  }

  placesSignature() {
    const look = (channel) => [channel.id, nameOf(channel), channel.is_private, unreadIn(channel), channel.id === state.channel];
    return [myChannels().map(look), myDms().map(look), state.apps.map((app) => [app.botUserId, app.connected])];
  }

  places() {
    const talking = new Set(myDms().map(otherIn));
    const apps = state.apps.filter((app) => app.botUserId && !talking.has(app.botUserId));
    return h("nav", { class: "places", "aria-label": "Channels and direct messages" },
      h("h2", {}, "Channels"), h("ul", {}, myChannels().map((channel) => this.channelLink(channel))),
      h("h2", {}, "Direct messages"), h("ul", {}, myDms().map((channel) => this.channelLink(channel)), apps.map((app) => this.appLink(app))));
  }

  link(channel, { name, handle, mark, current = false, unread = { fresh: false, calls: 0 }, go }) {
    const classes = ["place", current && "current", unread.fresh && "unread"].filter(Boolean).join(" ");
    return h("li", {}, h("a", { class: classes, href: channel ? `/archives/${channel}` : "#", "aria-current": current ? "page" : null,
      data: { testid: "channel-link", channelName: handle, channel: channel ?? handle },
      on: { click: (event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        event.stopPropagation();
        go();
      } } },
    mark, h("span", { class: "place-name" }, name),
    unread.fresh && h("span", { class: "visually-hidden" }, ", unread"),
    unread.calls > 0 && h("span", { class: "calls", "aria-label": `${unread.calls} for you` }, unread.calls)));
  }

  channelLink(channel) {
    const sign = channel.is_private ? [icon("lock"), h("span", { class: "visually-hidden" }, "private: ")] : icon("hash");
    return this.link(channel.id, {
      name: nameOf(channel), handle: handleOf(channel), current: channel.id === state.channel, unread: unreadIn(channel),
      mark: h("span", { class: "mark" }, channel.is_im ? this.face(otherIn(channel)) : sign), go: () => this.does.goTo(channel.id),
    });
  }

  appLink(app) {
    const handle = state.users.get(app.botUserId)?.name ?? app.botUserId;
    return this.link(null, { name: displayName(app.botUserId), handle, mark: h("span", { class: "mark" }, this.face(app.botUserId)), go: () => this.does.openDm() });
  }

  face(userId) {
    const app = appOf(userId);
    const presence = app && h("span", { class: app.connected ? "presence on" : "presence", title: app.connected ? "connected" : "not connected" });
    return [avatar(userId, displayName(userId), Boolean(app)), presence];
  }
}
