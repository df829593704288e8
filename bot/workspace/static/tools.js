// What can be done with one message: the bar that appears over it, its reactions, and the app's shortcuts.
import { h, icon, iconButton } from "./dom.js";
import { emojiFor, spokenEmoji } from "./emoji.js";
import { openMenu } from "./menu.js";
import { authorIsApp, displayName, shortcuts, state } from "./state.js";

const OFFERED = ["+1", "heart", "tada", "white_check_mark", "eyes", "pray", "raised_hands", "smile", "thinking_face", "cry", "question", "-1"];

const MENU = { "aria-haspopup": "menu", "aria-expanded": "false" };

// `does`: openThread, copyLink, edit, remove, react, shortcut; `list` is the list the message stands in.
export function drawTools(list, channel, message) {
  const { does } = list;
  const mine = message.user === state.me && !authorIsApp(message);
  const tool = (name, label, run, testid, extra = {}) =>
    iconButton(name, label, (event) => run(event.currentTarget), { tabindex: "-1", data: { testid }, ...extra });
  return h("div", { class: "tools", role: "group", "aria-label": "Message actions" },
    !list.inThread && tool("reply", "Reply in thread", () => does.openThread(message.ts, true), "thread-start"),
    tool("react", "Add reaction", (button) => pickReaction(button, does, channel, message), "reaction-add", MENU),
    tool("link", "Copy link", () => does.copyLink(channel, message), "copy-link"),
    mine && tool("edit", "Edit message", () => does.edit(list, channel, message), "message-edit"),
    mine && tool("trash", "Delete message", () => does.remove(channel, message), "message-delete"),
    shortcuts("message").length > 0 && tool("dots", "More actions", (button) =>
      openMenu(button, "More actions", shortcutItems("message", (shortcut) => does.shortcut(shortcut, { channel, message }))), "message-more", MENU));
}

// The apps' shortcuts of one type as the items of a menu.
export function shortcutItems(type, run) {
  return shortcuts(type).map((shortcut) => ({
    label: shortcut.name,
    description: shortcut.description || displayName(shortcut.app.botUserId),
    pick: () => run(shortcut),
  }));
}

function pickReaction(button, does, channel, message) {
  const items = OFFERED.map((name) => ({
    label: emojiFor(name), name: spokenEmoji(name), pick: () => does.react(channel, message, name, !gaveIt(message, name)),
  }));
  openMenu(button, "Reactions", items, "menu", { grid: true });
}

function gaveIt(message, name) {
  return (message.reactions ?? []).some((reaction) => reaction.name === name && reaction.users.includes(state.me));
}

export function drawReactions(does, channel, message) {
  if (!message.reactions?.length) return null;
  return h("div", { class: "reactions" }, message.reactions.map((reaction) => {
    const mine = reaction.users.includes(state.me);
    const names = reaction.users.map(displayName).join(", ");
    return h("button", { type: "button", class: "reaction", "aria-pressed": String(mine), title: names,
      "aria-label": `${spokenEmoji(reaction.name)}, ${reaction.users.length}: ${names}`, data: { reaction: reaction.name },
      on: { click: () => does.react(channel, message, reaction.name, !mine) } },
    emojiFor(reaction.name) ?? `:${reaction.name}:`, h("span", {}, reaction.users.length));
  }), h("button", { type: "button", class: "reaction", "aria-label": "Add another reaction", ...MENU,
    on: { click: (event) => pickReaction(event.currentTarget, does, channel, message) } }, icon("react")));
}
