// Draws the input blocks of a modal or a Home tab and reads what was filled in as Slack's state objects.
import { h } from "./dom.js";
import { press } from "./elements.js";
import { renderPlain } from "./mrkdwn.js";

// One modal's fields: the values by block and action, and the problems shown under them.
export class Form {
  constructor(kept = {}) {
    this.kept = kept;
    this.fields = [];
    this.others = []; // menus and boxes outside input blocks: they have a value, and nothing to object to
  }

  add(field) {
    this.fields.push(field);
  }

  keep(blockId, actionId, read) {
    this.others.push({ blockId, actionId, read });
  }

  values() {
    const values = {};
    for (const { blockId, actionId, read } of [...this.fields, ...this.others]) values[blockId] = { ...values[blockId], [actionId]: read() };
    return values;
  }

  keptFor(blockId, actionId) {
    return this.kept[blockId]?.[actionId];
  }

  // Shows each problem under its field and goes to the first; true where there was none.
  show(problems) {
    for (const field of this.fields) field.problem(problems[field.blockId] ?? "");
    const first = this.fields.find((field) => problems[field.blockId]);
    first?.focus();
    return !first;
  }

  // What can be told without asking the app: a field left empty, or shorter than it must be.
  check() {
    const problems = {};
    for (const field of this.fields) {
      const problem = field.check();
      if (problem) problems[field.blockId] = problem;
    }
    return this.show(problems);
  }
}

const option = (state) => state?.selected_option ?? null;

function textField(element, kept) {
  const types = { email_text_input: "email", url_text_input: "url", number_input: "number", datepicker: "date" };
  const key = element.type === "datepicker" ? "selected_date" : "value";
  const control = h(element.multiline ? "textarea" : "input", {
    class: "field", placeholder: element.placeholder?.text, maxlength: element.max_length,
    ...(element.multiline ? { rows: "5" } : { type: types[element.type] ?? "text", autocomplete: "off" }),
    value: kept ? kept[key] ?? "" : element.initial_value ?? element.initial_date ?? "",
  });
  const tooShort = () => control.value && element.min_length && control.value.length < element.min_length
    && `Please write at least ${element.min_length} characters.`;
  return { node: control, control, read: () => ({ type: element.type, [key]: control.value || null }), filled: () => control.value.trim() !== "", tooShort };
}

function selectField(element, kept) {
  const all = element.option_groups?.flatMap((group) => group.options) ?? element.options ?? [];
  const initial = kept ? option(kept) : element.initial_option;
  const control = h("select", { class: "field" }, h("option", { value: "" }, element.placeholder?.text ?? "Choose an option"));
  const add = (parent, options) => options.forEach((one) => parent.append(h("option", { value: one.value }, renderPlain(one.text.text))));
  if (element.option_groups) {
    for (const group of element.option_groups) {
      const node = h("optgroup", { label: group.label.text });
      add(node, group.options);
      control.append(node);
    }
  } else add(control, all);
  control.value = initial?.value ?? "";
  const read = () => ({ type: element.type, selected_option: all.find((one) => one.value === control.value) ?? null });
  return { node: control, control, read, filled: () => control.value !== "" };
}

function choiceField(element, kept, name) {
  const many = element.type === "checkboxes";
  const chosen = kept ? kept.selected_options ?? [option(kept)] : element.initial_options ?? [element.initial_option];
  const boxes = element.options.map((one) =>
    h("input", { type: many ? "checkbox" : "radio", name, checked: chosen.some((kept_) => kept_?.value === one.value) }));
  const node = h("div", { class: "choices" }, element.options.map((one, index) => h("label", {}, boxes[index],
    h("span", {}, renderPlain(one.text.text), one.description && h("span", { class: "choice-description" }, renderPlain(one.description.text))))));
  const selected = () => element.options.filter((_, index) => boxes[index].checked);
  const read = () => (many ? { type: element.type, selected_options: selected() } : { type: element.type, selected_option: selected()[0] ?? null });
  return { node, control: boxes[0], group: true, read, filled: () => selected().length > 0 };
}

const TEXT = new Set(["plain_text_input", "email_text_input", "url_text_input", "number_input", "datepicker"]);

function drawField(element, kept, name) {
  if (TEXT.has(element.type)) return textField(element, kept);
  if (element.type === "static_select") return selectField(element, kept);
  if (element.type === "checkboxes" || element.type === "radio_buttons") return choiceField(element, kept, name);
  return null;
}

let made = 0;

export function drawInput(block, place) {
  const id = `input-${++made}`;
  const { element } = block;
  const field = drawField(element, place.form.keptFor(place.blockId, element.action_id), id);
  if (!field) return h("p", { class: "not-shown" }, `[${element.type} is not shown here]`);
  const problem = h("p", { class: "problem", id: `${id}-problem`, role: "alert" });
  const words = [renderPlain(block.label.text), block.optional && h("span", { class: "optional" }, " (optional)")];
  const hint = block.hint && h("p", { class: "hint", id: `${id}-hint` }, renderPlain(block.hint.text));
  const described = [hint && `${id}-hint`, `${id}-problem`].filter(Boolean).join(" ");
  const node = field.group
    ? h("fieldset", { class: "block input", "aria-describedby": described }, h("legend", {}, words), field.node, hint, problem)
    : h("div", { class: "block input" }, h("label", { for: id }, words), field.node, hint, problem);
  if (!field.group) {
    field.control.id = id;
    field.control.setAttribute("aria-describedby", described);
    field.control.dataset.actionId = element.action_id;
    if (!block.optional) field.control.setAttribute("aria-required", "true");
  }
  place.form.add(registered(block, place, field, problem));
  if (block.dispatch_action) dispatches(element, place, field);
  return node;
}

// Such a block tells the app at once what was chosen, or what was typed when it is ended with Enter.
function dispatches(element, place, field) {
  const tell = () => press(field.control, element, place, field.read());
  if (!TEXT.has(element.type) || element.type === "datepicker") {
    field.node.addEventListener("change", tell);
    return;
  }
  field.control.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || (element.multiline && event.shiftKey)) return;
    event.preventDefault();
    tell();
  });
}

function registered(block, place, field, problem) {
  return {
    blockId: place.blockId,
    actionId: block.element.action_id,
    read: field.read,
    focus: () => field.control.focus(),
    check: () => (!block.optional && !field.filled() ? "Please fill in this field." : field.tooShort?.() || ""),
    problem: (words) => {
      problem.replaceChildren(...(words ? [words] : []));
      field.control.toggleAttribute("aria-invalid", false);
      if (words) field.control.setAttribute("aria-invalid", "true");
    },
  };
}
