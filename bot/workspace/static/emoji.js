// Turns the short names of emoji into the emoji; names that are not known are shown as typed.
import { NAMES } from "./emoji_names.js";

const TONES = { 2: "🏻", 3: "🏼", 4: "🏽", 5: "🏾", 6: "🏿" };
const SHORTCODE = /:([a-z0-9_+-]+):(?::skin-tone-([2-6]):)?/g;
const TONED = /^(\p{Emoji_Modifier_Base})\uFE0F?/u;

// `name` as Slack gives it, a skin tone included: `wave` or `wave::skin-tone-3`.
export function emojiFor(name) {
  const [base, tone] = name.split("::skin-tone-");
  if (!Object.hasOwn(NAMES, base)) return null;
  return tone ? NAMES[base].replace(TONED, `$1${TONES[tone] ?? ""}`) : NAMES[base];
}

export function withEmoji(text) {
  return text.replace(SHORTCODE, (typed, name, tone) => emojiFor(tone ? `${name}::skin-tone-${tone}` : name) ?? typed);
}

const SPOKEN = { "+1": "thumbs up", "-1": "thumbs down" };

export function spokenEmoji(name) {
  const base = name.split("::")[0];
  return SPOKEN[base] ?? base.replace(/[_-]+/g, " ");
}

// The names that begin with what is typed, then those with a word that does.
export function emojiNamed(typed, most) {
  const names = Object.keys(NAMES);
  const begins = names.filter((name) => name.startsWith(typed));
  return [...begins, ...names.filter((name) => name.includes(`_${typed}`))].slice(0, most);
}
