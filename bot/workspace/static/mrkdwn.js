// Turns Slack's mrkdwn into page elements, and what a person types into what Slack would send.
import { formatDate, fullDate } from "./dates.js";
import { h, fragment } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { displayName, state, userNamed, channelNamed } from "./state.js";

// Pieces already rendered stand in the text as private-use characters until the formatting around them is done.
const OPEN = "\uE000";
const CLOSE = "\uE001";
const HELD = /\uE000(\d+)\uE001/g;

export function unescape(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

export function escape(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

const SAFE = /^(https?:|mailto:|tel:)/i;

export function link(url, label) {
  const target = unescape(url);
  if (!SAFE.test(target)) return fragment(label ?? target);
  const own = /^https?:\/\/[^/]+\/archives\//.test(target);
  return h("a", { href: target, target: own ? null : "_blank", rel: "noopener noreferrer" }, label ?? target);
}

export function mention(id) {
  const mine = id === state.me;
  return h("span", { class: mine ? "mention mention-me" : "mention" }, `@${displayName(id)}`);
}

// One <...> token: a person, a channel, a special word, a date or a link.
export function angle(inner) {
  const bar = inner.indexOf("|");
  const target = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? null : unescape(inner.slice(bar + 1));
  if (/^@[UWB]/.test(target)) return mention(target.slice(1));
  if (target.startsWith("#")) return channelToken(target.slice(1), label);
  if (target.startsWith("!date^")) return dateToken(target.slice(6), label);
  if (target.startsWith("!subteam^")) return h("span", { class: "mention" }, label ?? "@group");
  if (/^!(here|channel|everyone)$/.test(target)) return h("span", { class: "mention mention-me" }, `@${target.slice(1)}`);
  if (target.startsWith("!")) return fragment(label ?? `<${target}>`);
  if (SAFE.test(target)) return link(target, label ? inline(label) : unescape(target.replace(/^mailto:/, "")));
  return fragment(unescape(`<${inner}>`));
}

function channelToken(id, label) {
  const channel = state.channels.get(id);
  const name = `#${channel?.name ?? label ?? "private channel"}`;
  return channel ? h("a", { class: "mention", href: `/archives/${id}` }, name) : h("span", { class: "mention" }, name);
}

function dateToken(spec, fallback) {
  const [seconds, format = "", url] = spec.split("^");
  const said = formatDate(seconds, unescape(format));
  if (said === null) return fragment(fallback ?? "");
  const when = new Date(Number(seconds) * 1000);
  const shown = h("time", { datetime: when.toISOString(), title: fullDate(when) }, said);
  return url ? link(url, shown) : shown;
}

export class Held {
  constructor() {
    this.nodes = [];
  }

  keep(node) {
    this.nodes.push(node);
    return `${OPEN}${this.nodes.length - 1}${CLOSE}`;
  }

  put(text) {
    const out = document.createDocumentFragment();
    let from = 0;
    for (const match of text.matchAll(HELD)) {
      out.append(unescape(text.slice(from, match.index)));
      const node = this.nodes[Number(match[1])];
      if (node) out.append(node);
      from = match.index + match[0].length;
    }
    out.append(unescape(text.slice(from)));
    return out;
  }
}

const BARE_URL = /https?:\/\/[^\s<>\uE000\uE001]*[^\s<>\uE000\uE001.,;:!?'")\]]/g;
const STYLES = [
  [/(?<![\w*])\*(?=\S)([^*\n]*?\S)\*(?![\w*])/g, "strong"],
  [/(?<![\w_])_(?=\S)([^_\n]*?\S)_(?![\w_])/g, "em"],
  [/(?<![\w~])~(?=\S)([^~\n]*?\S)~(?![\w~])/g, "s"],
];

export function withoutHolders(text) {
  return text.replace(/[\uE000\uE001]/g, "");
}

function inline(text) {
  const held = new Held();
  const rest = withoutHolders(text)
    .replace(/`([^`\n]+)`/g, (_, code) => held.keep(h("code", {}, unescape(code))))
    .replace(/<([^<>\n]+)>/g, (_, inner) => held.keep(angle(inner)))
    .replace(BARE_URL, (url) => held.keep(link(url)));
  return held.put(styled(withEmoji(rest), STYLES, held));
}

// Applies each style in turn; what stands inside one may have those that come later.
export function styled(text, styles, held) {
  return styles.reduce((rest, [pattern, tag], at) =>
    rest.replace(pattern, (_, inner) => held.keep(h(tag, {}, held.put(styled(inner, styles.slice(at + 1), held))))), text);
}

const QUOTE = /^(?:>|&gt;) ?/;
const QUOTE_THE_REST = /^(?:>>>|&gt;&gt;&gt;) ?/;

function quoted(lines) {
  return h("blockquote", {}, inline(lines.map((line) => line.replace(QUOTE, "")).join("\n")));
}

function plainLines(text) {
  const out = document.createDocumentFragment();
  let group = [];
  let quoting = false;
  const flush = () => {
    if (group.length) out.append(quoting ? quoted(group) : inline(group.join("\n")));
    group = [];
  };
  let toTheEnd = false;
  for (const line of text.split("\n")) {
    const begins = !toTheEnd && QUOTE_THE_REST.test(line);
    toTheEnd ||= begins;
    const isQuote = toTheEnd || QUOTE.test(line);
    if (isQuote !== quoting || begins) {
      flush();
      quoting = isQuote;
    }
    group.push(begins ? line.replace(QUOTE_THE_REST, "> ") : toTheEnd ? `> ${line}` : line);
  }
  flush();
  return out;
}

export function renderMrkdwn(text) {
  const out = h("div", { class: "mrkdwn" });
  text.split(/```/).forEach((part, index, parts) => {
    const fenced = index % 2 === 1 && index < parts.length - 1;
    if (fenced) out.append(h("pre", {}, h("code", {}, unescape(part.replace(/^\n|\n$/g, "")))));
    else if (index % 2 === 1) out.append(plainLines("```" + part));
    else if (part) out.append(plainLines(index ? part.replace(/^\n/, "") : part));
  });
  return out;
}

export function renderPlain(text) {
  return fragment(withEmoji(text));
}

export function renderTextObject(object) {
  if (!object) return fragment();
  return object.type === "mrkdwn" ? renderMrkdwn(object.text) : h("div", { class: "plain" }, renderPlain(object.text));
}

// What a person typed, as Slack would send it: escaped, with mentions, channels and addresses in angle brackets.
export function fromTyped(text) {
  return escape(text)
    .replace(/(^|[\s(])@([\w.-]*\w)/g, (typed, before, name) => {
      const user = userNamed(name);
      return user ? `${before}<@${user.id}>` : typed;
    })
    .replace(/(^|[\s(])#([\w-]+)/g, (typed, before, name) => {
      const channel = channelNamed(name);
      return channel ? `${before}<#${channel.id}|${channel.name}>` : typed;
    })
    .replace(BARE_URL, (url) => `<${url}>`);
}

// The other way round, for a message that is edited.
export function toTyped(text) {
  return unescape(text
    .replace(/<@(\w+)>/g, (_, id) => `@${state.users.get(id)?.name ?? id}`)
    .replace(/<#(\w+)(?:\|([^>]*))?>/g, (_, id, name) => `#${state.channels.get(id)?.name ?? name ?? id}`)
    .replace(/<(https?:[^|>]+)(?:\|[^>]*)?>/g, "$1"));
}

export function toSpoken(text) {
  return renderMrkdwn(text).textContent;
}
