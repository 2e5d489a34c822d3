// The lower half: every finding, or every secret, a page at a time.

const PAGE = 50;
/** How many places of one secret are shown at once. */
const PLACES = 25;
/** How many rows go on paper. */
const PAPER = 500;

/** The columns of the table: what sorts by them, and what they are called. */
const COLUMNS = [
  ["first", "Severity"],
  ["title", "Secret"],
  ["path", "Where"],
  hasCommits && ["author", "Author"],
  hasCommits && ["since", "Since"],
  hasHistory && ["stayed", "Stayed"],
].filter(Boolean);

/** Says where a finding is. */
function placeOf(one) {
  const repository = hasRepositories && one.repository >= 0 ? `${textOf(one.repository)}: ` : "";
  return `${repository}${textOf(one.path)}:${one.line}`;
}

function drawHead() {
  const cells = COLUMNS.map(([order, label]) => {
    const isSorted = state.sort === order;
    const sorted = isSorted ? (state.down ? "descending" : "ascending") : "none";
    const sort = () => {
      state.down = isSorted && !state.down;
      state.sort = order;
      state.page = 0;
      draw();
      find("table").querySelector(`[data-order=${order}]`).focus();
    };
    return make(
      "th",
      { scope: "col", "aria-sort": sorted },
      make("button", { type: "button", "data-order": order, onclick: sort }, label, make("span", { "aria-hidden": "true", class: "arrow" }, isSorted ? (state.down ? "↓" : "↑") : "")),
    );
  });
  find("table").tHead.replaceChildren(make("tr", {}, ...cells, make("th", { scope: "col" }, make("span", { class: "hidden" }, "Details"))));
}

/** Returns the name by which an open row is remembered. */
const keyOf = (one) => (one.places ? `s${one.fingerprint}` : `f${findings.indexOf(one)}`);

/** Writes a row, and below it its details if it is open. */
function rowsOf(one) {
  const key = keyOf(one);
  const isOpen = state.open.has(key);
  const rule = rules[one.rule];
  const more = one.places && one.places.length > 1 ? make("span", { class: "muted" }, ` and ${many(one.places.length - 1, "more place")}`) : null;
  const cells = {
    first: make("td", {}, badge(one), one.verdict > 0 && make("span", { class: "verdict muted" }, VERDICTS[one.verdict])),
    title: make("td", {}, make("span", { class: "name" }, rule.title), make("code", { class: "muted" }, textOf(one.secret))),
    path: make("td", { class: "path" }, placeOf(one), more, one.reach >= 0 && make("span", { class: one.isThere ? "reach there" : "reach muted" }, HOLDERS[one.reach])),
    author: make("td", {}, make("span", { class: "author", title: textOf(one.author) ?? "" }, textOf(one.author) ?? "not known")),
    since: make("td", { class: "nowrap since" }, day(one.since)),
    stayed: make("td", { class: "nowrap stayed" }, one.isThere ? make("span", { class: "there" }, `${span(one.stayed)}, still there`) : span(one.stayed)),
  };
  const open = () => {
    if (isOpen) state.open.delete(key);
    else state.open.add(key);
    drawRows();
    find("table").querySelector(`[data-key="${key}"]`).focus();
  };
  const says = `${isOpen ? "Hide" : "Show"} details of ${rule.title} ${textOf(one.secret)}`;
  const button = make("button", { type: "button", class: "more", "data-key": key, "aria-expanded": String(isOpen), "aria-label": says, onclick: open }, isOpen ? "−" : "+");
  const rows = [make("tr", { class: isOpen ? "open" : null }, ...COLUMNS.map(([name]) => cells[name]), make("td", { class: "last" }, button))];
  if (isOpen) rows.push(make("tr", { class: "details" }, make("td", { colspan: COLUMNS.length + 1 }, detailsOf(one))));
  return rows;
}

/** Writes all that is known of a finding, or of a secret and its places. */
function detailsOf(one) {
  const rule = rules[one.rule];
  const lines = (text) => (text ?? "").split("\n").filter(Boolean);
  const fact = (name, value) => (value === null || value === undefined || value === "" ? [] : [make("dt", {}, name), make("dd", {}, value)]);
  const list = (items) => (items.length ? make("ul", {}, ...items.map((item) => make("li", {}, sentence(item)))) : null);
  const documentation = rule.documentation && /^https:\/\//.test(rule.documentation) ? make("a", { href: rule.documentation, target: "_blank", rel: "noopener noreferrer" }, "How the issuer describes it") : null;
  const facts = make(
    "dl",
    {},
    ...fact("Rule", `${rule.id} (${SEVERITIES[one.severity]} severity, ${CONFIDENCES[one.confidence]} confidence)`),
    ...fact("Fingerprint", make("code", {}, textOf(one.fingerprint))),
    ...fact("Verdict", `${VERDICTS[one.verdict]}${one.reason >= 0 ? `: ${textOf(one.reason)}` : ""}`),
    ...fact("Held", one.reach >= 0 ? sentence(raw.reaches[one.reach][1]) : null),
    ...fact("Why", list(lines(textOf(one.evidence)))),
  );
  const places = one.places ?? [one];
  return make(
    "div",
    { class: "detail" },
    facts,
    make("div", {}, make("h4", {}, "What to do"), list(lines(textOf(one.advice))), documentation, ...waysOut(one)),
    make("div", { class: "all" }, make("h4", {}, many(places.length, "place")), placesOf(places)),
  );
}

/** Writes the commands that lead on from a secret. */
function waysOut(one) {
  const fingerprint = textOf(one.fingerprint);
  const repository = one.repository >= 0 ? word(textOf(one.repository)) : "";
  const at = repository === null ? null : repository && ` -C ${repository}`;
  const ways = [];
  if (at !== null && hasHistory) ways.push(["What still holds it, and how to take it out", `ideoguard${at} where ${fingerprint}`]);
  if (at !== null) ways.push(["Why it was found", `ideoguard${at} explain ${fingerprint}`]);
  if (at !== null && one.verdict !== 3) ways.push(["If it is no secret", `ideoguard${at} allow ${fingerprint} --reason "…"`]);
  return ways.map(([label, text]) => make("div", { class: "way" }, make("span", { class: "muted small" }, label), command(text)));
}

/** Writes places with their commits, some at a time. */
function placesOf(places) {
  const list = make("ul", { class: "places" });
  const ordered = places.slice().sort((a, b) => (a.since ?? Infinity) - (b.since ?? Infinity));
  const add = (from) => {
    list.append(...ordered.slice(from, from + PLACES).map(placeItem));
    const next = from + PLACES;
    if (next >= ordered.length) return;
    const button = make("button", { type: "button", class: "quiet" }, `Show more (${number.format(ordered.length - next)} left)`);
    const item = make("li", {}, button);
    button.addEventListener("click", () => {
      item.remove();
      add(next);
      list.children[next].tabIndex = -1;
      list.children[next].focus();
    });
    list.append(item);
  };
  add(0);
  return list;
}

/** Writes one place. */
function placeItem(one) {
  const commit = textOf(one.commit);
  const blob = textOf(one.blob);
  const repository = one.repository >= 0 ? word(textOf(one.repository)) : "";
  const git = repository === null ? null : `git${repository && ` -C ${repository}`}`;
  const parts = [make("span", { class: "path" }, `${placeOf(one)}:${one.column}`)];
  if (commit) parts.push(make("span", { class: "muted" }, " commit ", make("code", { title: commit }, commit.slice(0, 12)), ` by ${textOf(one.author)}, ${day(secondsOf(textOf(one.date)))}`));
  if (one.reach >= 0) parts.push(make("span", { class: "muted" }, ` · ${HOLDERS[one.reach]}${one.commits ? `, in ${many(one.commits, "commit")}` : ""}`));
  if (one.others.length) parts.push(make("span", { class: "muted" }, ` · also ${one.others.slice(0, 5).map(textOf).join(", ")}${one.others.length > 5 ? ", …" : ""}`));
  const actions = [];
  if (git && blob) actions.push(copier(`${git} cat-file -p ${blob} | sed -n ${one.line}p`, `the command that shows line ${one.line} of ${textOf(one.path)}`, "Copy: show line"));
  if (git && commit) actions.push(copier(`${git} show --stat ${commit}`, `the command that shows commit ${commit.slice(0, 12)}`, "Copy: show commit"));
  return make("li", {}, make("div", {}, ...parts), make("span", { class: "actions" }, ...actions));
}

let shown = [];

function drawRows(limit) {
  const from = limit ? 0 : state.page * PAGE;
  const rows = shown.slice(from, from + (limit ?? PAGE)).flatMap(rowsOf);
  if (limit && shown.length > limit) {
    const words = `${number.format(shown.length - limit)} more are not on paper; filters choose what is.`;
    rows.push(make("tr", {}, make("td", { colspan: COLUMNS.length + 1, class: "empty" }, words)));
  }
  if (rows.length === 0) {
    const words = findings.length === 0 ? "Nothing was found." : "No finding fits these filters.";
    rows.push(make("tr", {}, make("td", { colspan: COLUMNS.length + 1, class: "empty" }, words)));
  }
  find("table").tBodies[0].replaceChildren(...rows);
}

function drawPages() {
  const count = Math.ceil(shown.length / PAGE);
  const go = (page) => () => {
    state.page = page;
    drawRows();
    drawPages();
    find("findings").scrollIntoView();
    find("findings").focus({ preventScroll: true });
  };
  const button = (label, page, isOff) => make("button", { type: "button", class: "quiet", disabled: isOff, onclick: go(page) }, label);
  const at = state.page;
  find("pages").hidden = count < 2;
  find("pages").replaceChildren(
    button("First", 0, at === 0),
    button("Previous", at - 1, at === 0),
    make("span", { "aria-current": "page" }, `Page ${number.format(at + 1)} of ${number.format(count)}`),
    button("Next", at + 1, at >= count - 1),
    button("Last", count - 1, at >= count - 1),
  );
}

/** Offers the values of each filter; those with many are found by the search and the bars above. */
function drawSelects() {
  const offered = ["verdict", "severity", hasHistory && "reach", "rule", hasRepositories && "repository", hasCommits && "author", hasCommits && "age"].filter(Boolean);
  find("selects").replaceChildren(
    ...offered.map((name) => {
      const filter = FILTERS.find((one) => one.name === name);
      const values = [...new Set(findings.map(filter.of))];
      const isOrdered = ["verdict", "reach", "age"].includes(name);
      values.sort(isOrdered ? (a, b) => a - b : filter.down ? (a, b) => b - a : (a, b) => collator.compare(filter.say(a), filter.say(b)));
      const select = make("select", { "data-filter": name }, make("option", { value: "" }, "Any"), ...values.slice(0, 1000).map((value) => make("option", { value }, filter.say(value))));
      select.addEventListener("change", () => {
        if (select.value === "") state.values.delete(name);
        else state.values.set(name, Number(select.value));
        state.page = 0;
        draw();
      });
      return make("label", {}, make("span", {}, filter.label), select);
    }),
  );
}

/** Shows which filters are on, each with a way to be rid of it. */
function drawChips() {
  const chips = [...state.values].map(([name, value]) => {
    const filter = FILTERS.find((one) => one.name === name);
    const words = `${filter.label}: ${filter.say(value)}`;
    return make("button", { type: "button", class: "chip", "aria-label": `Remove the filter ${words}`, onclick: () => toggle(name, value) }, words, make("span", { "aria-hidden": "true" }, " ×"));
  });
  find("chips").replaceChildren(...chips);
  find("chips").hidden = chips.length === 0;
}

/** Draws everything that the filters change. */
function draw() {
  shown = ordered(chosen());
  const all = state.grouped ? secrets.length : findings.length;
  const noun = state.grouped ? "secret" : "finding";
  find("count").textContent = shown.length === all ? many(all, noun) : `${number.format(shown.length)} of ${many(all, noun)}`;
  if (find("query").value !== state.query) find("query").value = state.query;
  find("grouped").checked = state.grouped;
  for (const select of find("selects").querySelectorAll("select")) select.value = String(state.values.get(select.dataset.filter) ?? "");
  state.page = Math.min(state.page, Math.max(0, Math.ceil(shown.length / PAGE) - 1));
  drawCame();
  drawBreakdown();
  drawChips();
  drawHead();
  drawRows();
  drawPages();
}
