// Draws Block Kit's layout blocks.
import { drawElement } from "./elements.js";
import { h } from "./dom.js";
import { emojiFor } from "./emoji.js";
import { drawInput } from "./inputs.js";
import { renderMarkdown } from "./markdown.js";
import { angle, link, mention, renderPlain, renderTextObject } from "./mrkdwn.js";

// `place` says where the blocks stand: `key` (unique on the page), `act(action)`, `open(url)`, the `level` of a heading there,
// and in a view `form`.
export function drawBlocks(blocks, place) {
  return blocks.map((block, index) => {
    const blockId = block.block_id ?? `block-${index}`;
    const draw = Object.hasOwn(DRAW, block.type) ? DRAW[block.type] : notShown;
    const node = draw(block, { ...place, blockId });
    node.dataset.blockId = blockId;
    return node;
  });
}

function notShown(block) {
  return h("p", { class: "not-shown" }, `[${block.type} is not shown here]`);
}

function section(block, place) {
  const node = h("div", { class: "block section" });
  const words = h("div", { class: "section-words" }, block.text && renderTextObject(block.text));
  if (block.fields) words.append(h("div", { class: "fields" }, block.fields.map((field) => h("div", {}, renderTextObject(field)))));
  node.append(words);
  if (block.accessory) node.append(h("div", { class: "accessory" }, drawElement(block.accessory, place)));
  return node;
}

function context(block) {
  return h("div", { class: "block context" }, block.elements.map((element) =>
    element.type === "image" ? h("span", { class: "picture" }, element.alt_text) : renderTextObject(element)));
}

function actions(block, place) {
  return h("div", { class: `block ${block.type === "context_actions" ? "context-actions" : "actions"}` },
    block.elements.map((element) => drawElement(element, place)));
}

function header(block, place) {
  return h("p", { class: "block header", role: "heading", "aria-level": place.level }, renderPlain(block.text.text));
}

function markdown(block, place) {
  return h("div", { class: "block" }, renderMarkdown(block.text, place.level));
}

function image(block) {
  const title = block.title?.text ?? block.alt_text ?? "Image";
  return h("p", { class: "block" }, link(block.image_url ?? "", title));
}

function alert(block) {
  const level = ["info", "warning", "error", "success"].includes(block.level) ? block.level : "info";
  return h("div", { class: `block alert alert-${level}` }, renderTextObject(block.text));
}

function richText(block) {
  return h("div", { class: "block rich" }, block.elements.map(richPart));
}

function richPart(part) {
  if (part.type === "rich_text_list") {
    const ordered = part.style === "ordered";
    const look = { class: `indent-${part.indent ?? 0}`, start: ordered && part.offset ? part.offset + 1 : null };
    return h(ordered ? "ol" : "ul", look, part.elements.map((item) => h("li", {}, item.elements.map(richRun))));
  }
  const runs = part.elements.map(richRun);
  if (part.type === "rich_text_preformatted") return h("pre", {}, h("code", {}, runs));
  return h(part.type === "rich_text_quote" ? "blockquote" : "div", { class: "rich-words" }, runs);
}

const MARKS = [["code", "code"], ["bold", "strong"], ["italic", "em"], ["strike", "s"]];

function richRun(run) {
  const node = RUNS[run.type]?.(run) ?? run.text ?? "";
  return MARKS.reduce((inner, [style, tag]) => (run.style?.[style] ? h(tag, {}, inner) : inner), node);
}

const RUNS = {
  text: (run) => run.text,
  link: (run) => link(run.url, run.text),
  user: (run) => mention(run.user_id),
  channel: (run) => angle(`#${run.channel_id}`),
  broadcast: (run) => angle(`!${run.range}`),
  usergroup: (run) => angle(`!subteam^${run.usergroup_id}`),
  date: (run) => angle(`!date^${run.timestamp}^${run.format}${run.url ? `^${run.url}` : ""}|${run.fallback ?? ""}`),
  emoji: (run) => emojiFor(run.name) ?? `:${run.name}:`,
};

const DRAW = {
  section, context, actions, context_actions: actions, header, markdown, image, alert, rich_text: richText,
  divider: () => h("hr", { class: "block" }), input: drawInput,
};
