// Remembers where the person was, so that the focus goes back there after a modal or a redraw.

const CONTROLS = "a[href], button, input, select, textarea";

let last = null;

// A node, and how to find its like when it has been drawn anew meanwhile.
export function spot(node) {
  return {
    node,
    ts: node.closest(".message")?.dataset.ts,
    pane: node.closest("#channel, #thread")?.id,
    block: node.closest("[data-block-id]")?.dataset.blockId,
    action: node.closest("[data-action-id]")?.dataset.actionId,
  };
}

document.addEventListener("focusin", (event) => {
  if (!event.target.closest("dialog, .popup-menu")) last = spot(event.target);
});

export const lastSpot = () => last;

const usable = (node) => Boolean(node?.isConnected) && !node.disabled && node.offsetParent !== null;

// A control that was busy when the focus was to go back to it: it is given it as soon as it is free.
let awaited = null;

export const isAwaited = (node) => awaited === node;

export function goBack(place) {
  awaited = place?.node?.hasAttribute("aria-busy") ? place.node : null;
  const pane = place?.pane && document.getElementById(place.pane);
  const message = pane && place.ts && pane.querySelector(`.message[data-ts="${CSS.escape(place.ts)}"]`);
  const candidates = [place?.node, redrawn(place, message || pane), message, document.getElementById("composer"), document.getElementById("home")];
  candidates.find(usable)?.focus();
}

function redrawn(place, within) {
  if (!within || !place.block || !place.action) return null;
  const found = within.querySelector(`[data-block-id="${CSS.escape(place.block)}"] [data-action-id="${CSS.escape(place.action)}"]`);
  return found?.matches(CONTROLS) ? found : found?.querySelector(CONTROLS);
}

// What can be reached with Tab inside `node`, in order.
export function focusable(node) {
  return [...node.querySelectorAll(CONTROLS)].filter(usable);
}

// True where nothing has the focus: a disabled or removed control gives it to the page.
export function isLost() {
  return document.activeElement === null || document.activeElement === document.body;
}
