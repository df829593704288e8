// Turns the standard Markdown of a `markdown` block into page elements.
import { h } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { angle, Held, link, styled, withoutHolders } from "./mrkdwn.js";

const BARE_URL = /https?:\/\/[^\s<>\uE000\uE001]*[^\s<>\uE000\uE001.,;:!?'")\]]/g;
const STYLES = [
  [/\*\*(?=\S)([^\n]*?\S)\*\*/g, "strong"],
  [/(?<!\w)__(?=\S)([^\n]*?\S)__(?!\w)/g, "strong"],
  [/(?<!\*)\*(?=[^\s*])([^*\n]*?[^\s*])\*(?!\*)/g, "em"],
  [/(?<![\w_])_(?=[^\s_])([^_\n]*?[^\s_])_(?![\w_])/g, "em"],
  [/~~(?=\S)([^\n]*?\S)~~/g, "s"],
];

function inline(text, held = new Held()) {
  const rest = text
    .replace(/`([^`\n]+)`/g, (_, code) => held.keep(h("code", {}, code)))
    .replace(/\\([\\`*_{}[\]()#+\-.!~>|])/g, (_, sign) => held.keep(document.createTextNode(sign)))
    .replace(/!?\[([^\]\n]+)\]\(\s*<?([^\s()<>]+(?:\([^\s()]*\))?)>?(?:\s+"[^"\n]*")?\s*\)/g,
      (_, label, url) => held.keep(link(url, inline(label, held))))
    .replace(/<([@#!][^<>\n]+|https?:[^<>\n]+|mailto:[^<>\n]+)>/g, (_, inner) => held.keep(angle(inner)))
    .replace(BARE_URL, (url) => held.keep(link(url)));
  return held.put(styled(withEmoji(rest), STYLES, held));
}

const FENCE = /^ {0,3}(```|~~~)/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/;
const RULE = /^ {0,3}([-*_])(\s*\1){2,}\s*$/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const QUOTE = /^ {0,3}> ?/;

function startsBlock(line) {
  return FENCE.test(line) || HEADING.test(line) || RULE.test(line) || ITEM.test(line) || QUOTE.test(line);
}

// Reads lines from the front; each reader takes its block and leaves the rest.
function readFence(lines) {
  const fence = FENCE.exec(lines.shift())[1];
  const code = [];
  while (lines.length && !lines[0].trimStart().startsWith(fence)) code.push(lines.shift());
  lines.shift();
  return h("pre", {}, h("code", {}, code.join("\n")));
}

function readHeading(lines) {
  const [, marks, words] = HEADING.exec(lines.shift());
  return h("p", { class: `heading heading-${marks.length}`, role: "heading", data: { rank: marks.length } }, inline(words));
}

function readQuote(lines) {
  const inner = [];
  while (lines.length && QUOTE.test(lines[0])) inner.push(lines.shift().replace(QUOTE, ""));
  return h("blockquote", {}, blocks(inner));
}

function readList(lines) {
  const [, indent, mark] = ITEM.exec(lines[0]);
  const ordered = /\d/.test(mark);
  const list = h(ordered ? "ol" : "ul", ordered && parseInt(mark, 10) !== 1 ? { start: parseInt(mark, 10) } : {});
  while (lines.length) {
    const item = ITEM.exec(lines[0]);
    if (!item || item[1].length < indent.length || /\d/.test(item[2]) !== ordered) break;
    lines.shift();
    list.append(h("li", {}, readItem(item[3], indent.length, lines)));
    if (lines[0] === "" && ITEM.test(lines[1] ?? "")) lines.shift();
  }
  return list;
}

// The item's own words, then whatever is indented under it.
function readItem(words, indent, lines) {
  const own = [words];
  const under = [];
  while (lines.length) {
    const deeper = lines[0].search(/\S/) > indent;
    if (!under.length && lines[0].trim() && !startsBlock(lines[0])) own.push(lines.shift().trim());
    else if (deeper) under.push(lines.shift());
    else if (!lines[0].trim() && (lines[1] ?? "").search(/\S/) > indent) under.push(lines.shift());
    else break;
  }
  const margin = Math.max(0, under[0]?.search(/\S/) ?? 0);
  return [inline(own.join("\n")), blocks(under.map((line) => line.slice(Math.min(margin, Math.max(0, line.search(/\S/))))))];
}

function readParagraph(lines) {
  const words = [lines.shift()];
  while (lines.length && lines[0].trim() && !startsBlock(lines[0])) words.push(lines.shift());
  return h("p", {}, inline(words.map((line) => line.trim()).join("\n")));
}

function readBlock(lines) {
  if (FENCE.test(lines[0])) return readFence(lines);
  if (HEADING.test(lines[0])) return readHeading(lines);
  if (RULE.test(lines[0])) return lines.shift() && h("hr");
  if (QUOTE.test(lines[0])) return readQuote(lines);
  if (ITEM.test(lines[0])) return readList(lines);
  return readParagraph(lines);
}

function blocks(lines) {
  const out = [];
  while (lines.length) {
    if (!lines[0].trim()) lines.shift();
    else out.push(readBlock(lines));
  }
  return out;
}

// The headings start at `level`, whatever rank the text begins with, and go down one level at a time.
export function renderMarkdown(text, level) {
  const node = h("div", { class: "markdown" }, blocks(withoutHolders(text).replaceAll("\t", "    ").split(/\r?\n/)));
  const headings = [...node.querySelectorAll(".heading")];
  const highest = Math.min(...headings.map((heading) => Number(heading.dataset.rank)));
  headings.reduce((deepest, heading) => {
    const own = Math.min(level + Number(heading.dataset.rank) - highest, deepest);
    heading.setAttribute("aria-level", String(own));
    return own + 1;
  }, level);
  return node;
}
