// Keeps a list of messages on screen: by day, grouped by author, each drawn anew only when it has changed.
import { drawBlocks } from "./blocks.js";
import { clock, dayKey, dayName, fullDate, whenSent } from "./dates.js";
import { append, arrange, h, icon } from "./dom.js";
import { isLost } from "./focus.js";
import { renderMrkdwn } from "./mrkdwn.js";
import { authorIsApp, displayName, isEphemeral, repliesTo, shortcuts, state } from "./state.js";
import { drawReactions, drawTools } from "./tools.js";
import { lastRead } from "./unread.js";

const GROUP_SECONDS = 300;
const NEAR_BOTTOM_PX = 80;
const ABOVE_PX = 12;
const HUES = 8;

export function avatar(id, name, app = false) {
  const words = name.replace(/[^\p{L}\p{N}]+/gu, " ").trim().split(" ");
  const initials = (words.length > 1 ? words[0][0] + words.at(-1)[0] : words[0].slice(0, 2)).toUpperCase();
  const hue = [...id].reduce((sum, sign) => (sum * 31 + sign.codePointAt(0)) % 9973, 7) % HUES;
  return h("span", { class: `avatar hue-${hue}${app ? " app" : ""}`, "aria-hidden": "true" }, initials);
}

function authorOf(message) {
  return message.username || (state.users.has(message.user) ? displayName(message.user) : message.bot_profile?.name) || "Unknown";
}

// What is left of a deleted message that had replies.
function isTombstone(message) {
  return message.subtype === "tombstone";
}

function isSystem(message) {
  return /^(channel|group)_(join|leave|topic|purpose|name|archive)$/.test(message.subtype ?? "") || isTombstone(message);
}

export class MessageList {
  // `does` holds what a message can ask for: openThread, edit, remove, copyLink, act, react, shortcut, open.
  constructor(label, does, { inThread = false } = {}) {
    this.does = does;
    this.inThread = inThread;
    this.drawn = new Map();
    this.editing = null; // {ts, node}
    this.place = null;
    this.jump = 0;
    this.freshFrom = null; // ts of the first message that was new when one came here
    this.list = h("div", { class: "messages" });
    this.node = h("div", { class: "scroll", role: "region", "aria-label": label, tabindex: "0" }, this.list);
    this.node.addEventListener("keydown", (event) => this.walk(event));
    this.list.addEventListener("focusin", (event) => this.reach(event.target.closest(".message")));
  }

  show(channel, messages, { intro = null } = {}) {
    const place = `${state.me}/${channel}/${this.inThread ? state.thread : ""}`;
    if (place !== this.place) this.forget(place);
    const moved = this.drawn.size === 0;
    const atBottom = this.node.scrollHeight - this.node.scrollTop - this.node.clientHeight < NEAR_BOTTOM_PX;
    const last = messages.at(-1);
    const isNew = last && !this.drawn.has(this.keyOf(last));
    if (moved) this.freshFrom = this.firstFresh(channel, messages);
    const goal = moved ? messages.find((message) => message.ts === this.freshFrom) ?? last : isNew ? last : null;
    arrange(this.list, [...(intro ? [intro] : []), ...this.nodesFor(channel, messages)]);
    if (this.goToLinked(messages)) return;
    if (moved || atBottom || (isNew && last.user === state.me)) this.settle(goal);
  }

  forget(place) {
    this.place = place;
    this.drawn.clear();
    this.editing = null;
  }

  // To the end, but never past the beginning of the message one came for.
  settle(goal) {
    this.node.scrollTop = this.node.scrollHeight;
    const node = goal && this.nodeOf(goal.ts);
    if (node) this.node.scrollTop = Math.min(this.node.scrollTop, node.offsetTop - ABOVE_PX);
  }

  nodeOf(ts) {
    return this.list.querySelector(`[data-ts="${CSS.escape(ts)}"]`);
  }

  // One starts where one has not read yet; what was there before one's first visit to a channel is not new.
  firstFresh(channel, messages) {
    const since = lastRead(channel, this.inThread ? state.thread : null);
    if (since === "0" && !this.inThread) return null;
    return messages.slice(this.inThread ? 1 : 0).find((message) => message.ts > since && message.user !== state.me)?.ts ?? null;
  }

  goToLinked(messages) {
    if (state.jumps === this.jump || !messages.some((message) => message.ts === state.linked)) return false;
    this.jump = state.jumps;
    const node = this.nodeOf(state.linked);
    node.scrollIntoView({ block: "center" });
    node.focus({ preventScroll: true });
    return true;
  }

  keyOf(message) {
    return `${message.ts}${isEphemeral(message) ? "e" : ""}`;
  }

  nodesFor(channel, messages) {
    const nodes = [];
    const kept = new Map();
    let before = null;
    messages.forEach((message, index) => {
      const when = whenSent(message.ts);
      if (!this.inThread && (!before || dayKey(whenSent(before.ts)) !== dayKey(when))) {
        nodes.push(this.keptOr(kept, `day-${dayKey(when)}`, dayName(when), () => this.drawDay(when)));
        before = null;
      }
      if (message.ts === this.freshFrom && index > (this.inThread ? 1 : 0)) {
        nodes.push(this.keptOr(kept, "fresh", "", () => this.drawFresh()));
        before = null;
      }
      const follows = before && this.follows(before, message);
      nodes.push(this.keptOr(kept, this.keyOf(message), this.signature(channel, message, follows), () => this.drawMessage(channel, message, follows)));
      if (this.inThread && index === 0) {
        nodes.push(this.keptOr(kept, "count", String(repliesTo(channel, message.ts).length), () => this.drawCount(channel, message)));
        before = null;
      } else before = message;
    });
    this.drawn = kept;
    return nodes;
  }

  keptOr(kept, key, signature, draw) {
    const old = this.drawn.get(key);
    const one = old?.signature === signature ? old : { signature, node: this.redrawn(old, draw) };
    kept.set(key, one);
    return one.node;
  }

  // A message that changes under the person's focus keeps the focus.
  redrawn(old, draw) {
    const held = old?.node.contains(document.activeElement);
    const node = draw();
    if (held) queueMicrotask(() => node.isConnected && isLost() && node.focus({ preventScroll: true }));
    return node;
  }

  signature(channel, message, follows) {
    const replies = this.inThread ? [] : repliesTo(channel, message.ts);
    return JSON.stringify([message, follows, authorOf(message), replies.length, replies.at(-1)?.ts, this.freshReplies(channel, message, replies),
      state.linked === message.ts, this.editing?.ts === message.ts, dayKey(new Date()), shortcuts("message").length]);
  }

  freshReplies(channel, message, replies) {
    const since = lastRead(channel, message.ts);
    return replies.some((reply) => reply.ts > since && reply.user !== state.me);
  }

  follows(before, message) {
    return before.user === message.user && before.bot_id === message.bot_id && !isSystem(before) && !isEphemeral(message) && !isEphemeral(before)
      && (this.inThread || repliesTo(state.channel, before.ts).length === 0) && Number(message.ts) - Number(before.ts) < GROUP_SECONDS;
  }

  drawDay(when) {
    return h("div", { class: "day", role: "separator", "aria-label": dayName(when) }, h("span", {}, dayName(when)));
  }

  drawFresh() {
    return h("div", { class: "fresh-line", role: "separator", "aria-label": "New messages" }, h("span", { "aria-hidden": "true" }, "New"));
  }

  drawCount(channel, parent) {
    const count = repliesTo(channel, parent.ts).length;
    return h("div", { class: "reply-count" }, count ? `${count} ${count === 1 ? "reply" : "replies"}` : "No replies yet");
  }

  drawMessage(channel, message, follows) {
    const when = whenSent(message.ts);
    const gone = isTombstone(message);
    const name = gone ? "Deleted message" : authorOf(message);
    const app = authorIsApp(message);
    const classes = ["message", follows && "follows", isEphemeral(message) && "ephemeral", state.linked === message.ts && "linked", isSystem(message) && "system", isTombstone(message) && "tombstone"];
    return h("article", { class: classes.filter(Boolean).join(" "), tabindex: "-1", "aria-label": `${name}, ${clock(when)}`, data: { testid: "message", ts: message.ts } },
      h("div", { class: "gutter" }, follows ? h("time", { class: "side-time", datetime: when.toISOString() }, clock(when)) : gone ? icon("trash") : avatar(message.user ?? name, name, app)),
      h("div", { class: "content" },
        isEphemeral(message) && h("p", { class: "ephemeral-mark", data: { testid: "ephemeral-mark" } }, icon("eye"), "Only visible to you"),
        !follows && !gone && h("div", { class: "byline" }, h("span", { class: "author" }, name), app && h("span", { class: "badge" }, "APP"),
          h("time", { class: "time", datetime: when.toISOString(), title: fullDate(when) }, clock(when))),
        this.editing?.ts === message.ts ? this.editing.node : this.drawWords(channel, message),
        drawReactions(this.does, channel, message), !this.inThread && this.drawSummary(channel, message)),
      this.hasTools(message) && drawTools(this, channel, message));
  }

  drawWords(channel, message) {
    const key = `${this.inThread ? "thread" : "main"}/${channel}/${message.ts}`;
    const place = { key, level: this.inThread ? 3 : 2, open: this.does.open, act: (action) => this.does.act(channel, message, action) };
    const mark = message.edited && h("span", { class: "edited" }, "(edited)");
    if (message.blocks?.length) return h("div", { class: "words" }, drawBlocks(message.blocks, place), mark);
    return h("div", { class: "words" }, append(renderMrkdwn(message.text ?? ""), [mark]));
  }

  drawSummary(channel, message) {
    const replies = repliesTo(channel, message.ts);
    if (!replies.length) return null;
    const authors = new Map(replies.map((reply) => [reply.user, reply]));
    const fresh = this.freshReplies(channel, message, replies);
    return h("button", { type: "button", class: fresh ? "summary fresh" : "summary", data: { testid: "thread-open" }, on: { click: () => this.does.openThread(message.ts) } },
      h("span", { class: "faces" }, [...authors.values()].slice(0, 3).map((reply) => avatar(reply.user ?? "", authorOf(reply), authorIsApp(reply)))),
      h("span", { class: "count" }, `${replies.length} ${replies.length === 1 ? "reply" : "replies"}`),
      fresh && h("span", { class: "new" }, "New"),
      h("span", { class: "latest" }, `Last reply ${this.lastAt(replies.at(-1))}`), icon("chevron"));
  }

  lastAt(reply) {
    const when = whenSent(reply.ts);
    const day = dayName(when);
    return day === "Today" ? `at ${clock(when)}` : `${day.toLowerCase() === "yesterday" ? "yesterday" : day} at ${clock(when)}`;
  }

  hasTools(message) {
    return !isEphemeral(message) && !isSystem(message) && this.editing?.ts !== message.ts;
  }

  // The actions of a message can be reached with Tab while the focus is in that message, and are passed by otherwise.
  reach(message) {
    for (const tool of this.list.querySelectorAll('.tools button[tabindex="0"]')) tool.tabIndex = -1;
    for (const tool of message?.querySelectorAll(".tools button") ?? []) tool.tabIndex = 0;
  }

  // Up and down arrows walk from message to message.
  walk(event) {
    const from = event.target.closest(".message");
    if (event.target !== this.node && event.target !== from) return;
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    const all = [...this.list.querySelectorAll(".message")];
    const step = event.key === "ArrowUp" ? -1 : 1;
    const next = from ? all[all.indexOf(from) + step] : all.at(-1);
    event.preventDefault();
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }
}
