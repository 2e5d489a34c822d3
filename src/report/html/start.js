// Begins: puts everything in place, and listens.

/** Light, dark, or as the system has it; kept nowhere, since a file has no place of its own. */
const THEMES = ["system", "light", "dark"];
let theme = 0;
find("theme").addEventListener("click", () => {
  theme = (theme + 1) % THEMES.length;
  document.documentElement.dataset.theme = THEMES[theme];
  find("theme").textContent = `Theme: ${THEMES[theme]}`;
});
find("print").addEventListener("click", () => window.print());

let waiting = 0;
find("query").addEventListener("input", (event) => {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    state.query = event.target.value;
    state.page = 0;
    draw();
  }, 120);
});
find("filters").addEventListener("submit", (event) => event.preventDefault());
find("grouped").addEventListener("change", (event) => {
  state.grouped = event.target.checked;
  state.page = 0;
  draw();
});
find("reset").addEventListener("click", () => {
  Object.assign(state, { query: "", page: 0 });
  state.values.clear();
  draw();
});

// Paper has no pages of a table to turn.
window.addEventListener("beforeprint", () => drawRows(PAPER));
window.addEventListener("afterprint", () => drawRows());

document.addEventListener("keydown", (event) => {
  const isTyping = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement?.tagName ?? "");
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    find("query").focus();
  }
});

find("scope").textContent = `${sentence(raw.line)}`;
find("made").textContent = `Made by ideoguard ${raw.version} on ${day(raw.ended)}. No secret is in this file: each is shown by four characters and its length. It loads nothing from anywhere.`;
drawIncomplete();
drawCards();
drawFirst();
drawSelects();
draw();
document.documentElement.dataset.ready = "yes";
