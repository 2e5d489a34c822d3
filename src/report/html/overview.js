// The upper half: numbers, what to do first, when secrets came, where they are.

const secrets = bySecret(findings);
const grave = secrets.filter((one) => one.verdict <= 1);

/** Whether whoever reads a repository can come to a secret without knowing its object. */
const isPublic = (one) => one.reach >= 0 && one.reach <= 4;

/** A number with what it counts; it filters when there is something to see. */
function card(count, label, aside, kind, filters) {
  const inside = [make("span", { class: "figure" }, number.format(count)), make("span", { class: "label" }, label), make("span", { class: "muted" }, aside)];
  const properties = { class: `card ${kind}`, type: "button" };
  if (count === 0 || !filters) return make("div", { class: `card ${count === 0 ? "none" : kind}` }, ...inside);
  properties.onclick = () => {
    state.values = new Map(filters);
    state.page = 0;
    draw();
    find("findings").scrollIntoView({ behavior: calm() });
  };
  return make("button", properties, ...inside);
}

const calm = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth");

function drawCards() {
  const leaks = secrets.filter((one) => one.verdict === 0);
  const critical = leaks.filter((one) => one.severity === 3 && (!hasHistory || isPublic(one)));
  const there = leaks.filter((one) => one.isThere);
  const oldest = leaks.reduce((least, one) => (one.since !== null && (least === null || one.since < least) ? one.since : least), null);
  const places = findings.filter((one) => one.verdict === 0).length;
  const allowed = secrets.filter((one) => one.verdict === 3);
  const cards = [
    card(critical.length, hasHistory ? "critical and reachable" : "critical", "revoke these today", "critical", [["verdict", 0], ["severity", 3], ["reachable", 1]]),
    card(leaks.length, leaks.length === 1 ? "leaked secret" : "leaked secrets", `in ${many(places, "place")}`, "plain", [["verdict", 0]]),
  ];
  if (hasHistory) {
    cards.push(card(there.length, "still in a branch", "the newest commit has them", "plain", [["verdict", 0], ["reach", 0]]));
  }
  const warnings = secrets.filter((one) => one.verdict === 1);
  cards.push(card(warnings.length, warnings.length === 1 ? "warning" : "warnings", "likely, and not proven", "plain", [["verdict", 1]]));
  if (hasHistory && oldest !== null) {
    cards.push(make("div", { class: "card plain" }, make("span", { class: "figure" }, span(now - oldest)), make("span", { class: "label" }, "age of the oldest leak"), make("span", { class: "muted" }, `since ${day(oldest)}`)));
  }
  cards.push(card(allowed.length, "allowed", "each with a reason", "plain", [["verdict", 3]]));
  find("cards").replaceChildren(...cards);
}

/** Says where a secret is, in one line. */
function whereabouts(one) {
  const repositories = new Set(one.places.map((place) => place.repository)).size;
  const parts = [many(one.places.length, "place")];
  if (hasRepositories && repositories > 1) parts.push(many(repositories, "repository").replace("repositorys", "repositories"));
  if (one.reach >= 0) parts.push(raw.reaches[one.reach][1]);
  if (one.since !== null) parts.push(`since ${day(one.since)}`);
  return parts.join(" · ");
}

function drawFirst() {
  const FIRST = 5;
  const list = grave.slice().sort(compare).slice(0, FIRST);
  const items = list.map((one) => {
    const fingerprint = textOf(one.fingerprint);
    const repository = one.repository >= 0 ? word(textOf(one.repository)) : "";
    const ways = hasHistory && repository !== null ? [`ideoguard${repository && ` -C ${repository}`} where ${fingerprint}`] : [];
    const advice = (textOf(one.advice) ?? "").split("\n")[0];
    return make(
      "li",
      {},
      make("div", { class: "what" }, badge(one), make("strong", {}, rules[one.rule].title), make("code", {}, textOf(one.secret)), make("span", { class: "path" }, placeOf(one))),
      make("p", { class: "muted" }, whereabouts(one)),
      advice && make("p", { class: "advice" }, sentence(advice)),
      make(
        "div",
        { class: "actions" },
        make("button", { type: "button", "aria-label": `Show the places of ${rules[one.rule].title} ${textOf(one.secret)}`, onclick: () => show(one.fingerprint) }, "Show its places"),
        ways.map((text) => command(text, `the command that says what still holds ${textOf(one.secret)}`)),
      ),
    );
  });
  find("first-panel").hidden = items.length === 0;
  find("first").replaceChildren(...items);
}

/** Shows one secret only. */
function show(fingerprint) {
  state.values = new Map([["secret", fingerprint]]);
  state.query = "";
  state.page = 0;
  state.open = new Set([`s${fingerprint}`]);
  draw();
  find("findings").focus({ preventScroll: true });
  find("findings").scrollIntoView({ behavior: calm() });
}

const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");
const badge = (one) => make("span", { class: `badge ${SEVERITIES[one.severity]}` }, SEVERITIES[one.severity]);

/** Months as numbers; the columns are months, quarters or years, so that there are not too many. */
const monthOf = (seconds) => {
  const date = new Date(seconds * 1000);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
};
const dated = grave.filter((one) => one.since !== null && !Number.isNaN(monthOf(one.since)));
const firstMonth = dated.reduce((least, one) => Math.min(least, monthOf(one.since)), Infinity);
const lastMonth = dated.reduce((most, one) => Math.max(most, monthOf(one.since)), -Infinity);
const unit = lastMonth - firstMonth < 30 ? 1 : lastMonth - firstMonth < 120 ? 3 : 12;
const periodOf = (seconds) => (seconds === null ? null : Math.floor(monthOf(seconds) / unit));

/** Says a period. */
function periodName(period) {
  if (period === null) return "unknown";
  const year = Math.floor((period * unit) / 12);
  const month = (period * unit) % 12;
  if (unit === 12) return String(year);
  if (unit === 3) return `Q${month / 3 + 1} ${year}`;
  return new Date(Date.UTC(year, month, 1)).toLocaleDateString("en-GB", { month: "short", year: "numeric", timeZone: "UTC" });
}

function drawCame() {
  find("times").hidden = dated.length === 0;
  if (dated.length === 0) return;
  find("came-unit").textContent = `New secrets a ${unit === 1 ? "month" : unit === 3 ? "quarter" : "year"}, by the first commit that has them.`;
  const [first, last] = [firstMonth, lastMonth].map((month) => Math.floor(month / unit));
  const counts = Array.from({ length: Math.min(last - first + 1, 80) }, () => [0, 0, 0, 0]);
  for (const one of dated) {
    // What claims to be from long before git stands in the first column.
    const index = Math.max(0, periodOf(one.since) - last + counts.length - 1);
    counts[index][one.severity] += 1;
  }
  const total = (column) => column.reduce((sum, count) => sum + count, 0);
  const most = Math.max(...counts.map(total));
  const columns = counts.map((column, index) => {
    const period = last - counts.length + 1 + index;
    const sum = total(column);
    const parts = [3, 2, 1, 0].filter((severity) => column[severity] > 0);
    const says = `${periodName(period)}: ${many(sum, "new secret")}${parts.length ? `, ${parts.map((severity) => `${column[severity]} ${SEVERITIES[severity]}`).join(", ")}` : ""}`;
    const bars = parts.map((severity) => {
      const bar = make("span", { class: `bar ${SEVERITIES[severity]}` });
      bar.style.height = `${Math.max(2, (column[severity] / most) * 100)}%`;
      return bar;
    });
    const step = Math.ceil(counts.length / 8);
    // A name is wider than its column, and nothing stands right of the last one.
    const isTold = index % step === 0 && (index === 0 || index + 2 < counts.length || counts.length < 8);
    return make(
      "button",
      { type: "button", class: "column", title: says, "aria-label": says, "aria-pressed": String(state.values.get("period") === period), disabled: sum === 0, onclick: () => toggleCounted("period", period) },
      make("span", { class: "stack", "aria-hidden": "true" }, ...bars),
      make("span", { class: (index / step) % 2 === 1 ? "tick second" : "tick", "aria-hidden": "true" }, isTold ? periodName(period) : ""),
    );
  });
  find("came").replaceChildren(make("span", { class: "most muted", "aria-hidden": "true" }, number.format(most)), ...columns);
  find("legend").replaceChildren(...[3, 2, 1, 0].map((severity) => make("span", {}, make("span", { class: `dot ${SEVERITIES[severity]}`, "aria-hidden": "true" }), SEVERITIES[severity])));
}

/** Writes counts as bars that filter. */
function bars(target, filter, values, list, count) {
  const counts = new Map();
  for (const value of list.flatMap((one) => valuesOf(filter, one))) counts.set(value, (counts.get(value) ?? 0) + 1);
  let shown = values ? values.filter((value) => counts.has(value)) : [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a));
  const more = shown.length - count;
  shown = shown.slice(0, count);
  const most = Math.max(1, ...counts.values());
  const rows = shown.map((value) => {
    const bar = make("span", { class: "fill", "aria-hidden": "true" });
    bar.style.width = `${(counts.get(value) / most) * 100}%`;
    const says = `${filter.label} ${filter.say(value)}: ${many(counts.get(value), "secret")}`;
    return make(
      "button",
      { type: "button", class: "row", "aria-label": says, title: filter.say(value), "aria-pressed": String(state.values.get(filter.name) === value), onclick: () => toggleCounted(filter.name, value) },
      bar,
      make("span", { class: "name" }, filter.say(value)),
      make("span", { class: "amount" }, number.format(counts.get(value))),
    );
  });
  if (more > 0) rows.push(make("p", { class: "muted small" }, `and ${many(more, "more")}`.replace("mores", "more")));
  target.replaceChildren(...rows);
}

function drawBreakdown() {
  const filter = (name) => FILTERS.find((one) => one.name === name);
  bars(find("aged"), filter("age"), AGES.map((_, index) => index), dated, AGES.length);
  bars(find("stayed"), filter("stay"), STAYS.map((_, index) => index), dated, STAYS.length);
  const panels = [
    ["rule", null],
    hasRepositories && ["repository", null],
    hasCommits && ["author", null],
    hasHistory && ["reach", raw.reaches.map((_, index) => index)],
  ].filter(Boolean);
  find("breakdown").replaceChildren(
    ...panels.map(([name, values]) => {
      const box = make("div", { class: "bars" });
      bars(box, filter(name), values, grave, 7);
      return make("section", { class: "panel", "aria-label": `By ${filter(name).label.toLowerCase()}` }, make("h3", {}, `By ${name === "reach" ? "what holds it" : filter(name).label.toLowerCase()}`), box);
    }),
  );
  find("breakdown").hidden = grave.length === 0;
}

/** Says what could not be read. */
function drawIncomplete() {
  const box = find("incomplete");
  box.hidden = !raw.incomplete;
  if (!raw.incomplete) return;
  const MOST = 20;
  const items = raw.problems.slice(0, MOST).map(([what, hint]) => make("li", {}, what, hint && make("span", { class: "muted" }, ` ${hint}`)));
  if (raw.problems.length > MOST) items.push(make("li", {}, `and ${raw.problems.length - MOST} more`));
  box.replaceChildren(make("h2", {}, "This report is incomplete"), make("p", {}, "What could not be read may hold secrets."), make("ul", {}, ...items));
}
