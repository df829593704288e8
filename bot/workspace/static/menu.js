// A small pop-up list under a button: overflow menus and selects inside messages, usable with the keyboard.
import { h, icon } from "./dom.js";

let close = () => {};

export function closeMenu() {
  close();
}

// `options` are {label, name?, description?, chosen?, pick}; focus goes to the list and back to `button`.
export function openMenu(button, label, options, role = "menu", { grid = false } = {}) {
  close();
  const itemRole = role === "menu" ? "menuitem" : "option";
  const items = options.map((option) => menuItem(option, itemRole));
  const list = h("div", { class: grid ? "popup-menu grid" : "popup-menu", role, "aria-label": label, tabindex: "-1" }, items);
  button.closest("dialog, #thread, #channel").append(list);
  place(list, button);
  button.setAttribute("aria-expanded", "true");
  const outside = (event) => !list.contains(event.target) && !button.contains(event.target) && end(false);
  const end = (refocus = true) => {
    document.removeEventListener("pointerdown", outside, true);
    window.removeEventListener("resize", end);
    list.remove();
    button.setAttribute("aria-expanded", "false");
    close = () => {};
    if (refocus) button.focus();
  };
  close = end;
  document.addEventListener("pointerdown", outside, true);
  window.addEventListener("resize", end);
  items.forEach((item, index) => item.addEventListener("click", () => {
    end();
    options[index].pick();
  }));
  list.addEventListener("keydown", (event) => onKey(event, items, end));
  (items.find((item) => item.getAttribute("aria-selected") === "true") ?? items[0])?.focus();
}

function menuItem(option, role) {
  const selected = role === "option" ? { "aria-selected": option.chosen ? "true" : "false" } : {};
  return h("button", { type: "button", class: option.danger ? "menu-item danger" : "menu-item", role, tabindex: "-1", "aria-label": option.name, title: option.name, ...selected },
    h("span", { class: "menu-label" }, option.label),
    option.description && h("span", { class: "menu-description" }, option.description),
    option.chosen && icon("check"));
}

function place(list, button) {
  const anchor = button.getBoundingClientRect();
  const size = list.getBoundingClientRect();
  const below = anchor.bottom + size.height + 8 < window.innerHeight;
  const top = below ? anchor.bottom + 4 : Math.max(8, anchor.top - size.height - 4);
  list.style.top = `${top}px`;
  list.style.left = `${Math.max(8, Math.min(anchor.left, window.innerWidth - size.width - 8))}px`;
}

function onKey(event, items, end) {
  const at = items.indexOf(document.activeElement);
  const move = { ArrowDown: at + 1, ArrowUp: at - 1, ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (move !== undefined) {
    event.preventDefault();
    items[(move + items.length) % items.length].focus();
  } else if (event.key === "Escape" || event.key === "Tab") {
    event.preventDefault();
    event.stopPropagation();
    end();
  } else if (event.key.length === 1 && event.key !== " ") {
    const sign = event.key.toLowerCase();
    const after = [...items.slice(at + 1), ...items.slice(0, at + 1)];
    after.find((item) => item.textContent.trim().toLowerCase().startsWith(sign))?.focus();
  }
}
