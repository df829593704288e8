// Remembers where the person was, so that the focus goes back there after a modal or a redraw.

let last = null;

// A node, and how to find its like when it has been drawn anew meanwhile.
export function spot(node) {
  return { node, ts: node.closest(".message")?.dataset.ts, pane: node.closest("#channel, #thread")?.id };
}

document.addEventListener("focusin", (event) => {
  if (!event.target.closest("dialog, .popup-menu")) last = spot(event.target);
});

export const lastSpot = () => last;

export function goBack(place) {
  const message = place?.ts && place.pane && document.querySelector(`#${place.pane} .message[data-ts="${CSS.escape(place.ts)}"]`);
  const usable = place?.node.isConnected && !place.node.disabled && place.node.offsetParent !== null;
  (usable ? place.node : message || document.getElementById("composer"))?.focus();
}

// True where nothing has the focus: a disabled or removed control gives it to the page.
export function isLost() {
  return document.activeElement === null || document.activeElement === document.body;
}
