// Builds page elements; text only ever becomes text nodes, so nothing a message says can run.

export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "on") for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  append(node, children);
  return node;
}

export function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

export function fragment(...children) {
  return append(document.createDocumentFragment(), children);
}

// Each icon is a list of stroked paths on a 20 by 20 grid.
const ICONS = {
  hash: ["M7.5 3.5 6 16.5", "M14 3.5l-1.5 13", "M3.5 7.5h13.5", "M3 12.5h13.5"],
  lock: ["M5 9.5h10v7H5z", "M7 9.5V7a3 3 0 0 1 6 0v2.5"],
  close: ["M5 5l10 10", "M15 5 5 15"],
  send: ["M3.5 10 16.5 4l-4 12.5-3.2-5z", "M9.3 11.5 16.5 4"],
  reply: ["M4 5.5h12v8H9.5l-3.5 3v-3H4z"],
  edit: ["M4 16l.8-3.5L13 4.3l2.7 2.7-8.2 8.2z"],
  trash: ["M4.5 6h11", "M8 6V4h4v2", "M6 6l.7 10h6.6L14 6", "M8.6 8.8v4.6", "M11.4 8.8v4.6"],
  link: ["M8.5 11.5a3 3 0 0 0 4.2 0l2.4-2.4a3 3 0 0 0-4.2-4.2l-1 1", "M11.5 8.5a3 3 0 0 0-4.2 0l-2.4 2.4a3 3 0 0 0 4.2 4.2l1-1"],
  up: ["M6.5 9.5v7h-3v-7z", "M6.5 9.5 10 3.2c1.3 0 2 .9 1.8 2.1l-.5 3h4c1 0 1.6.9 1.3 1.9l-1.4 5c-.2.8-.8 1.3-1.6 1.3H6.5"],
  down: ["M6.5 10.5v-7h-3v7z", "M6.5 10.5 10 16.8c1.3 0 2-.9 1.8-2.1l-.5-3h4c1 0 1.6-.9 1.3-1.9l-1.4-5c-.2-.8-.8-1.3-1.6-1.3H6.5"],
  chevron: ["M6 8l4 4 4-4"],
  back: ["M12 4.5 6.5 10l5.5 5.5"],
  menu: ["M3.5 5.5h13", "M3.5 10h13", "M3.5 14.5h13"],
  dots: ["M4.6 10h.8", "M9.6 10h.8", "M14.6 10h.8"],
  warning: ["M10 3.5 17.5 16.5h-15z", "M10 8v4", "M10 14.3v.2"],
  eye: ["M2.5 10C4.3 6.8 6.9 5.2 10 5.2s5.7 1.6 7.5 4.8c-1.8 3.2-4.4 4.8-7.5 4.8S4.3 13.2 2.5 10z", "M10 12.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4z"],
  react: ["M10 16.6a6.6 6.6 0 1 0 0-13.2 6.6 6.6 0 0 0 0 13.2z", "M7.6 8.3v.3", "M12.4 8.3v.3", "M7 11.6c1.5 2.2 4.5 2.2 6 0"],
  plus: ["M10 4v12", "M4 10h12"],
  check: ["M4.5 10.5l3.5 3.5 7.5-8"],
};
const SVG = "http://www.w3.org/2000/svg";

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  for (const drawn of ICONS[name] ?? ICONS.dots) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", drawn);
    svg.append(path);
  }
  return svg;
}

export function iconButton(name, label, onClick, extra = {}) {
  return h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, on: { click: onClick }, ...extra }, icon(name));
}

// Makes the children of `parent` the given keyed nodes, in order, leaving the nodes that stay untouched.
export function arrange(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, index) => {
    if (parent.children[index] !== node) parent.insertBefore(node, parent.children[index] ?? null);
  });
}
