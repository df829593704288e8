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

const PARTS = {
  date_num: (d) => d.toISOString().slice(0, 10),
  date: (d) => d.toLocaleDateString(undefined, { dateStyle: "long" }),
  date_short: (d) => d.toLocaleDateString(undefined, { dateStyle: "medium" }),
  date_long: (d) => d.toLocaleDateString(undefined, { dateStyle: "full" }),
  date_pretty: (d) => dayName(d),
  date_short_pretty: (d) => dayName(d),
  date_long_pretty: (d) => dayName(d),
  time: clock,
  time_secs: (d) => d.toLocaleTimeString(),
};

// Slack's <!date^...> format: `{date_short} at {time}`; null where the format holds a part that is not known.
export function formatDate(seconds, format) {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return null;
  let known = true;
  const said = format.replace(/\{(\w+)\}/g, (_, part) => {
    if (!Object.hasOwn(PARTS, part)) known = false;
    return known ? PARTS[part](date) : "";
  });
  return known ? said : null;
}
