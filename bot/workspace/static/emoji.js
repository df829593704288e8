// Knows the common emoji by their short names; others are shown as typed.

const NAMES = {
  "+1": "👍", thumbsup: "👍", "-1": "👎", thumbsdown: "👎", wave: "👋", clap: "👏", pray: "🙏", raised_hands: "🙌",
  ok_hand: "👌", muscle: "💪", point_right: "👉", point_down: "👇", point_up: "☝️", raised_hand: "✋", hand: "✋",
  smile: "😄", slightly_smiling_face: "🙂", smiley: "😃", grinning: "😀", blush: "😊", wink: "😉", joy: "😂", sweat_smile: "😅",
  thinking_face: "🤔", cry: "😢", sob: "😭", worried: "😟", disappointed: "😞", heart_eyes: "😍", hugging_face: "🤗", relieved: "😌",
  heart: "❤️", blue_heart: "💙", green_heart: "💚", yellow_heart: "💛", broken_heart: "💔", sparkles: "✨", star: "⭐", tada: "🎉",
  fire: "🔥", rocket: "🚀", eyes: "👀", bulb: "💡", memo: "📝", pencil: "📝", pencil2: "✏️", book: "📖", books: "📚", mag: "🔍",
  link: "🔗", pushpin: "📌", bell: "🔔", no_bell: "🔕", mega: "📣", loudspeaker: "📢", speech_balloon: "💬", email: "✉️", envelope: "✉️",
  phone: "☎️", telephone: "☎️", telephone_receiver: "📞", calendar: "📅", date: "📅", clock3: "🕒", hourglass: "⌛", hourglass_flowing_sand: "⏳",
  stopwatch: "⏱️", lock: "🔒", unlock: "🔓", key: "🔑", gear: "⚙️", wrench: "🔧", hammer: "🔨", inbox_tray: "📥", outbox_tray: "📤",
  white_check_mark: "✅", heavy_check_mark: "✔️", ballot_box_with_check: "☑️", x: "❌", warning: "⚠️", no_entry: "⛔", no_entry_sign: "🚫",
  rotating_light: "🚨", sos: "🆘", question: "❓", grey_question: "❔", exclamation: "❗", information_source: "ℹ️", red_circle: "🔴",
  large_green_circle: "🟢", large_yellow_circle: "🟡", large_orange_circle: "🟠", large_blue_circle: "🔵", white_circle: "⚪", black_circle: "⚫",
  arrow_right: "➡️", arrow_left: "⬅️", arrow_up: "⬆️", arrow_down: "⬇️", arrows_counterclockwise: "🔄", robot_face: "🤖", busts_in_silhouette: "👥",
  bust_in_silhouette: "👤", raising_hand: "🙋", hospital: "🏥", ambulance: "🚑", pill: "💊", stethoscope: "🩺", syringe: "💉", bone: "🦴",
  walking: "🚶", runner: "🏃", bed: "🛏️", car: "🚗", house: "🏠", sunny: "☀️", moon: "🌔", coffee: "☕", seedling: "🌱", lotus_position: "🧘",
  one: "1️⃣", two: "2️⃣", three: "3️⃣", four: "4️⃣", five: "5️⃣", zzz: "💤", shield: "🛡️", label: "🏷️", bookmark: "🔖", paperclip: "📎",
  bar_chart: "📊", chart_with_upwards_trend: "📈", globe_with_meridians: "🌐", sleeping: "😴", hand_over_mouth: "🤭", handshake: "🤝",
};
export const SHORTCODE = /:([a-z0-9_+-]+)(?::skin-tone-[2-6])?:/g;

export function emojiFor(name) {
  return Object.hasOwn(NAMES, name) ? NAMES[name] : null;
}

export function withEmoji(text) {
  return text.replace(SHORTCODE, (typed, name) => emojiFor(name) ?? typed);
}
