// Says when something happened, in the reader's own time zone and language.

export function whenSent(ts) {
  return new Date(Number(ts) * 1000);
}

export function clock(date) {
  return date.toLocaleTimeString(undefined, { hour: "numeric", minute: "2-digit" });
}

export function fullDate(date) {
  return date.toLocaleString(undefined, { dateStyle: "full", timeStyle: "medium" });
}

export function dayKey(date) {
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
}

export function dayName(date, now = new Date()) {
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (dayKey(date) === dayKey(now)) return "Today";
  if (dayKey(date) === dayKey(yesterday)) return "Yesterday";
  const year = date.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return date.toLocaleDateString(undefined, { weekday: "long", day: "numeric", month: "long", year });
}

const two = (number) => String(number).padStart(2, "0");

// `date_num` is a calendar day where the reader is, not in Greenwich.
const dateNumber = (d) => `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;

const inStyle = (dateStyle) => (d) => d.toLocaleDateString(undefined, { dateStyle });

// Yesterday, today and tomorrow by name, any other day as `otherwise` says it.
const pretty = (otherwise) => (d, now = new Date()) => {
  const days = Math.round((new Date(d).setHours(12, 0, 0, 0) - new Date(now).setHours(12, 0, 0, 0)) / DAY_MS);
  return Math.abs(days) > 1 ? otherwise(d) : relative.format(days, "day");
};

const DAY_MS = 86_400_000;
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const SPANS = [["year", 31_536_000], ["month", 2_592_000], ["week", 604_800], ["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1]];

function ago(date, now = new Date()) {
  const seconds = (date - now) / 1000;
  const [unit, length] = SPANS.find(([, span]) => Math.abs(seconds) >= span) ?? SPANS.at(-1);
  return relative.format(Math.trunc(seconds / length), unit);
}

const PARTS = {
  date_num: dateNumber,
  date: inStyle("long"),
  date_short: inStyle("medium"),
  date_long: inStyle("full"),
  date_pretty: pretty(inStyle("long")),
  date_short_pretty: pretty(inStyle("medium")),
  date_long_pretty: pretty(inStyle("full")),
  time: clock,
  time_secs: (d) => d.toLocaleTimeString(),
  ago,
};

// Slack's <!date^...> format: `{date_short} at {time}`; null where it is no date, or holds a part that is not known.
export function formatDate(seconds, format) {
  const date = new Date(Number(seconds) * 1000);
  if (!seconds || Number.isNaN(date.getTime())) return null;
  let known = true;
  const said = format.replace(/\{(\w+)\}/g, (_, part) => {
    if (!Object.hasOwn(PARTS, part)) known = false;
    return known ? PARTS[part](date) : "";
  });
  return known ? said : null;
}
