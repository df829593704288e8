// Draws the interactive elements of Block Kit and hands each press on as Slack's action object.
import { confirmed } from "./confirm.js";
import { fragment, h, icon } from "./dom.js";
import { goBack, isAwaited, isLost, spot } from "./focus.js";
import { openMenu } from "./menu.js";
import { renderPlain } from "./mrkdwn.js";
import { state } from "./state.js";

// The app gets three seconds to answer, as in Slack; after that the person is told, and may press again.
const PATIENCE_MS = 3000;
const feedbackGiven = new Map();

const ids = (element, place) => ({ type: element.type, action_id: element.action_id, block_id: place.blockId });

export async function press(control, element, place, action) {
  if (control.disabled) return;
  if (element.confirm && !(await confirmed(element.confirm))) return;
  const trouble = warnBeside(control);
  const from = spot(control);
  const slow = setTimeout(() => trouble.show(), PATIENCE_MS);
  control.disabled = true;
  control.setAttribute("aria-busy", "true");
  try {
    await place.act({ ...ids(element, place), ...action });
    trouble.hide();
  } catch {
    trouble.show();
  } finally {
    clearTimeout(slow);
    control.disabled = false;
    control.removeAttribute("aria-busy");
    if (isLost() || isAwaited(control)) goBack(from);
  }
}

function warnBeside(control) {
  const group = control.closest("[data-block-id]") ?? control.parentElement;
  group.querySelector(":scope > .trouble")?.remove();
  const trouble = h("p", { class: "trouble", role: "status" });
  return {
    show() {
      if (trouble.isConnected) return;
      group.append(trouble);
      trouble.append(icon("warning"), "The app did not answer. You can try again.");
    },
    hide: () => trouble.remove(),
  };
}

function hiddenFrom(element) {
  const only = element.visible_to_user_ids;
  return Array.isArray(only) && only.length > 0 && !only.includes(state.me);
}

function button(element, place) {
  const look = { primary: " primary", danger: " danger" }[element.style] ?? "";
  const label = element.accessibility_label ? { "aria-label": element.accessibility_label } : {};
  const node = h("button", { type: "button", class: `button${look}`, ...label }, renderPlain(element.text?.text ?? ""));
  node.addEventListener("click", () => {
    if (element.url && /^https?:/i.test(element.url)) place.open(element.url);
    const { value, text, style, url } = element;
    press(node, element, place, { text, ...(value !== undefined && { value }), ...(style && { style }), ...(url && { url }) });
  });
  return node;
}

function optionItems(element, chosen, pick) {
  const groups = element.option_groups?.flatMap((group) => group.options) ?? element.options ?? [];
  return groups.map((option) => ({
    label: renderPlain(option.text.text),
    description: option.description?.text,
    chosen: chosen?.value === option.value,
    pick: () => pick(option),
  }));
}

function select(element, place) {
  const kept = place.form?.keptFor(place.blockId, element.action_id);
  let chosen = kept ? kept.selected_option : element.initial_option ?? null;
  place.form?.keep(place.blockId, element.action_id, () => ({ type: element.type, selected_option: chosen }));
  const label = h("span", { class: "select-label" });
  const name = element.placeholder?.text ?? "Choose an option";
  const node = h("button", { type: "button", class: "button select", "aria-haspopup": "listbox", "aria-expanded": "false" }, label, icon("chevron"));
  const show = () => label.replaceChildren(renderPlain(chosen ? chosen.text.text : name));
  show();
  node.addEventListener("click", () => openMenu(node, name, optionItems(element, chosen, (option) => {
    chosen = option;
    show();
    press(node, element, place, { selected_option: option });
  }), "listbox"));
  return node;
}

function overflow(element, place) {
  const node = h("button", { type: "button", class: "icon-button framed", "aria-label": "More actions", "aria-haspopup": "menu", "aria-expanded": "false" }, icon("dots"));
  node.addEventListener("click", () => openMenu(node, "More actions", optionItems(element, null, (option) => {
    if (option.url && /^https?:/i.test(option.url)) place.open(option.url);
    press(node, element, place, { selected_option: option });
  })));
  return node;
}

function feedback(element, place) {
  const key = `${state.me}/${place.key}/${element.action_id}`;
  const thumbs = [["up", element.positive_button], ["down", element.negative_button]].map(([look, choice]) => {
    const node = h("button", { type: "button", class: "thumb", "aria-label": choice.accessibility_label ?? choice.text?.text, title: choice.text?.text,
      "aria-pressed": String(feedbackGiven.get(key) === choice.value) }, icon(look));
    node.addEventListener("click", () => {
      feedbackGiven.set(key, choice.value);
      for (const thumb of thumbs) thumb.setAttribute("aria-pressed", String(thumb === node));
      press(node, element, place, { value: choice.value, text: choice.text });
    });
    return node;
  });
  return h("span", { class: "feedback" }, thumbs);
}

function iconButton(element, place) {
  const label = element.accessibility_label ?? element.text?.text ?? element.icon;
  const node = h("button", { type: "button", class: "icon-button framed", "aria-label": label, title: label }, icon(element.icon));
  node.addEventListener("click", () => press(node, element, place, { value: element.value, text: element.text }));
  return node;
}

function choices(element, place) {
  const many = element.type === "checkboxes";
  const given = place.form?.keptFor(place.blockId, element.action_id) ?? { selected_options: element.initial_options, selected_option: element.initial_option };
  const initial = many ? given.selected_options ?? [] : [given.selected_option].filter(Boolean);
  const group = h("div", { class: "choices", role: many ? "group" : "radiogroup", "aria-label": "Options" });
  const name = `${place.key}-${place.blockId}-${element.action_id}`;
  const boxes = element.options.map((option) => {
    const box = h("input", { type: many ? "checkbox" : "radio", name, checked: initial.some((one) => one.value === option.value) });
    group.append(h("label", {}, box, h("span", {}, renderPlain(option.text.text))));
    return box;
  });
  const read = () => {
    const selected = element.options.filter((_, index) => boxes[index].checked);
    return many ? { selected_options: selected } : { selected_option: selected[0] ?? null };
  };
  place.form?.keep(place.blockId, element.action_id, () => ({ type: element.type, ...read() }));
  group.addEventListener("change", (event) => press(event.target, element, place, read()));
  return group;
}

function picture(element) {
  return h("span", { class: "picture" }, element.alt_text ?? "Image");
}

const DRAW = {
  button, overflow, static_select: select, feedback_buttons: feedback, icon_button: iconButton,
  checkboxes: choices, radio_buttons: choices, image: picture,
};

export function drawElement(element, place) {
  if (hiddenFrom(element)) return fragment();
  const draw = Object.hasOwn(DRAW, element.type) ? DRAW[element.type] : null;
  const node = draw ? draw(element, place) : h("span", { class: "not-shown" }, `[${element.type} is not shown here]`);
  if (element.action_id) node.dataset.actionId = element.action_id;
  return node;
}
