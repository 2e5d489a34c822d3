// Small helpers. Text from outside reaches the page through `textContent` only.

const find = (id) => document.getElementById(id);

/** Makes an element: properties that begin with `on` are listeners, the rest are attributes. */
function make(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const number = new Intl.NumberFormat("en");
const many = (count, noun) => `${number.format(count)} ${noun}${count === 1 ? "" : "s"}`;

const DAY = 86400;

/** Says a day: 31 Jan 2026. */
function day(seconds) {
  if (seconds === null) return "unknown";
  const options = { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" };
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? "unknown" : date.toLocaleDateString("en-GB", options);
}

/** Says a length of time in its largest unit. */
function span(seconds) {
  if (seconds === null) return "unknown";
  const days = Math.max(0, Math.floor(seconds / DAY));
  if (days < 1) return "less than a day";
  if (days < 60) return many(days, "day");
  if (days < 730) return many(Math.round(days / 30.44), "month");
  return many(Math.floor(days / 365.25), "year");
}

/** Tells a screen reader what has happened. */
function say(text) {
  find("said").textContent = text;
}

/** Makes a button that copies a text; `label` says what the text is. */
function copier(text, label, caption = "Copy") {
  const button = make("button", { type: "button", class: "copy", title: text, "aria-label": `Copy: ${label || text}` }, caption);
  button.addEventListener("click", async () => {
    let done = true;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = make("textarea", { class: "hidden" });
      area.value = text;
      document.body.append(area);
      area.select();
      done = document.execCommand("copy");
      area.remove();
      button.focus();
    }
    button.textContent = done ? "Copied" : "Select it by hand";
    say(done ? "Copied" : "This browser does not let a page copy");
    setTimeout(() => (button.textContent = caption), 1600);
  });
  return button;
}

/** Makes a command that can be copied. */
const command = (text, label) => make("div", { class: "command" }, make("code", {}, text), copier(text, label));

/** Quotes a word for a shell; null if it has characters that are shown escaped, so that it is not what it seems. */
function word(text) {
  if (text.includes("\\")) return null;
  return /^[A-Za-z0-9_@%+=:,./][A-Za-z0-9_@%+=:,./-]*$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
