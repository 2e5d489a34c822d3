// What the report knows, from the numbers that stand in the page (`html.rs` writes them).

const SEVERITIES = ["low", "medium", "high", "critical"];
const CONFIDENCES = ["low", "medium", "high", "certain"];
const VERDICTS = ["leak", "warning", "note", "allowed"];

/** The ways in which something is reached, as people say them; in the order of `reaches`. */
const HOLDERS = [
  "in a branch now", "in a branch's history", "by a tag", "by another reference", "by notes", "in a stash",
  "kept by an operation", "staged", "in a reflog only", "by nothing any more",
];

const raw = JSON.parse(find("data").textContent);
const now = raw.ended;
const rules = raw.rules.map(([id, title, provider, documentation]) => ({ id, title, provider, documentation }));
const texts = raw.texts;
const textOf = (index) => (index < 0 ? null : texts[index]);

/** Reads a date of a commit as seconds. */
function secondsOf(date) {
  const read = date === null ? NaN : Date.parse(date) / 1000;
  return Number.isFinite(read) ? Math.floor(read) : null;
}

/** A finding; its texts stay numbers until they are shown. */
class Finding {
  constructor(row) {
    [
      this.rule, this.severity, this.confidence, this.verdict, this.path, this.kind, this.line, this.column,
      this.commit, this.author, this.date, this.reach, this.commits, this.since, this.until, this.repository,
      this.secret, this.fingerprint, this.reason, this.evidence, this.advice, this.blob, this.others,
    ] = row;
    if (this.since === null) this.since = secondsOf(textOf(this.date));
    if (this.until === null) this.until = this.since;
  }

  /** Whether a branch has it in its newest commit. */
  get isThere() {
    return this.reach === 0;
  }

  /** Seconds from the first commit that has it to the last, or to now. */
  get stayed() {
    if (this.since === null) return null;
    return Math.max(0, (this.isThere ? now : this.until) - this.since);
  }
}

const findings = raw.rows.map((row) => new Finding(row));
const hasHistory = findings.some((one) => one.reach >= 0);
const hasRepositories = findings.some((one) => one.repository >= 0);
const hasCommits = findings.some((one) => one.commit >= 0);

/** One secret in all its places; it looks like the gravest finding of it, with the times of all. */
class Secret {
  constructor(places) {
    this.places = places;
    let worst = places[0];
    for (const one of places) if (compare(one, worst) < 0) worst = one;
    Object.assign(this, {
      rule: worst.rule, severity: worst.severity, confidence: worst.confidence, verdict: worst.verdict,
      path: worst.path, kind: worst.kind, line: worst.line, column: worst.column, commit: worst.commit,
      author: worst.author, date: worst.date, reach: worst.reach, secret: worst.secret, blob: worst.blob,
      fingerprint: worst.fingerprint, reason: worst.reason, evidence: worst.evidence, advice: worst.advice,
      repository: worst.repository, others: worst.others, commits: worst.commits,
    });
    this.since = null;
    this.until = null;
    for (const one of places) {
      if (one.reach >= 0 && (this.reach < 0 || one.reach < this.reach)) this.reach = one.reach;
      if (one.since !== null && (this.since === null || one.since < this.since)) {
        this.since = one.since;
        this.author = one.author;
      }
      if (one.until !== null && (this.until === null || one.until > this.until)) this.until = one.until;
    }
  }

  get isThere() {
    return this.reach === 0;
  }

  get stayed() {
    if (this.since === null) return null;
    return Math.max(0, (this.isThere ? now : this.until) - this.since);
  }
}

/** Orders by what is to be done first: what blocks, what harms most, what is easiest to reach, what is surest, what is oldest. */
function compare(a, b) {
  return (
    a.verdict - b.verdict ||
    b.severity - a.severity ||
    (a.reach < 0 ? 99 : a.reach) - (b.reach < 0 ? 99 : b.reach) ||
    b.confidence - a.confidence ||
    (a.since ?? Infinity) - (b.since ?? Infinity) ||
    0
  );
}

/** Gathers findings by secret. */
function bySecret(list) {
  const groups = new Map();
  for (const one of list) {
    const known = groups.get(one.fingerprint);
    if (known) known.push(one);
    else groups.set(one.fingerprint, [one]);
  }
  return Array.from(groups.values(), (places) => new Secret(places));
}

/** How long something stayed, as one of a few spans. */
const STAYS = ["less than a day", "less than a week", "less than a month", "less than a year", "longer", "still there", "unknown"];
function stayOf(one) {
  if (one.isThere) return 5;
  const stayed = one.stayed;
  if (stayed === null) return 6;
  const limits = [DAY, 7 * DAY, 31 * DAY, 366 * DAY];
  const index = limits.findIndex((limit) => stayed < limit);
  return index < 0 ? 4 : index;
}

/** How old something is, as one of a few spans. */
const AGES = ["this week", "this month", "this year", "one to three years", "older", "unknown"];
function ageOf(one) {
  if (one.since === null) return 5;
  const age = now - one.since;
  const limits = [7 * DAY, 31 * DAY, 366 * DAY, 3 * 366 * DAY];
  const index = limits.findIndex((limit) => age < limit);
  return index < 0 ? 4 : index;
}
