// What is shown: the filters, the search, the order.

/** The filters: a name, what it is called, the value of a finding or a secret, and how a value is said; a secret may have several. */
const FILTERS = [
  { name: "verdict", label: "Verdict", of: (one) => one.verdict, say: (value) => VERDICTS[value] },
  { name: "severity", label: "Severity", of: (one) => one.severity, say: (value) => SEVERITIES[value], down: true },
  { name: "reach", label: "Held", of: (one) => one.reach, say: (value) => HOLDERS[value] ?? "not known" },
  { name: "rule", label: "Rule", of: (one) => one.rule, say: (value) => rules[value].id },
  { name: "repository", label: "Repository", of: (one) => one.repository, all: (one) => (one.places ?? [one]).map((place) => place.repository), say: (value) => textOf(value) ?? "this one" },
  { name: "author", label: "Author", of: (one) => one.author, say: (value) => textOf(value) ?? "not known" },
  { name: "age", label: "Age", of: ageOf, say: (value) => AGES[value] },
  { name: "stay", label: "Stayed", of: stayOf, say: (value) => STAYS[value] },
  { name: "reachable", label: "Reachable", of: (one) => Number(!hasHistory || isPublic(one)), say: (value) => (value ? "yes" : "no") },
  { name: "open", label: "To do", of: (one) => Number(one.verdict <= 1), say: (value) => (value ? "leaks and warnings" : "nothing") },
  { name: "period", label: "Came in", of: (one) => periodOf(one.since), say: (value) => periodName(value) },
  { name: "secret", label: "Secret", of: (one) => one.fingerprint, say: (value) => textOf(value) },
];

const state = { query: "", values: new Map(), grouped: true, sort: "first", down: false, page: 0, open: new Set() };

/** Chooses or lets go of a value of a filter. */
function toggle(name, value) {
  if (state.values.get(name) === value) state.values.delete(name);
  else state.values.set(name, value);
  state.page = 0;
  draw();
}

/** The same for what the overview counts: leaks and warnings. */
function toggleCounted(name, value) {
  if (state.values.get(name) === value) state.values.delete("open");
  else state.values.set("open", 1);
  toggle(name, value);
}

/** Returns the values that a filter sees in a finding or a secret, each once. */
const valuesOf = ({ of, all }, one) => (all ? [...new Set(all(one))] : [of(one)]);

/** Returns the secrets, or the findings, that the filters and the search let through. */
function chosen() {
  const tests = FILTERS.filter(({ name }) => state.values.has(name)).map((filter) => {
    const wanted = state.values.get(filter.name);
    return (one) => valuesOf(filter, one).includes(wanted);
  });
  const words = state.query.toLowerCase().split(/\s+/).filter(Boolean);
  // Each text is looked at once, however many findings have it.
  const known = words.map((word) => ({
    texts: lowered().map((text) => text.includes(word)),
    rules: rules.map((rule) => `${rule.id} ${rule.title} ${rule.provider}`.toLowerCase().includes(word)),
  }));
  const FIELDS = ["path", "author", "commit", "fingerprint", "repository", "blob", "secret", "reason", "kind"];
  const has = (one, { texts: found, rules: ruled }) =>
    ruled[one.rule] || FIELDS.some((field) => one[field] >= 0 && found[one[field]]) || one.others.some((other) => found[other]);
  const hasAll = (one) => known.every((word) => has(one, word));
  return (state.grouped ? secrets : findings).filter((one) => tests.every((test) => test(one)) && (one.places ?? [one]).some(hasAll));
}

let lower = null;
/** All texts in lower case, made when somebody searches for the first time. */
function lowered() {
  lower ??= texts.map((text) => text.toLowerCase());
  return lower;
}

/** The columns by which a reader can sort. */
const collator = new Intl.Collator("en", { numeric: true });
const ORDERS = {
  first: compare,
  title: (a, b) => collator.compare(rules[a.rule].title, rules[b.rule].title) || compare(a, b),
  path: (a, b) => collator.compare(texts[a.path], texts[b.path]) || a.line - b.line,
  author: (a, b) => collator.compare(textOf(a.author) ?? "\uffff", textOf(b.author) ?? "\uffff") || compare(a, b),
  since: (a, b) => (a.since ?? Infinity) - (b.since ?? Infinity) || compare(a, b),
  stayed: (a, b) => (b.stayed ?? -1) - (a.stayed ?? -1) || compare(a, b),
};

/** Puts what is shown in order. */
function ordered(list) {
  const sorted = list.slice().sort(ORDERS[state.sort]);
  return state.down ? sorted.reverse() : sorted;
}
