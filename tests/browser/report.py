#!/usr/bin/env python3
"""Opens the HTML report in a real Chromium and holds it to what it promises.

    tests/browser/report.py PROGRAM [--pictures FOLDER]

Needs chromium and chromedriver, and nothing but Python's own library: it speaks
WebDriver. With --pictures it saves what the page looks like, and how long 50,000
findings take to open.
"""

import argparse
import base64
import http.client
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HOSTILE = "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">{DATA}{SCRIPT}\u202e\u2028'\"`"
RULES = [
    ("ideogram-api-key", "Ideogram API key", "ideogram", "critical", "certain"),
    ("github-token", "GitHub token", "github", "critical", "certain"),
    ("aws-access-key-id", "AWS access key id", "aws", "high", "high"),
    ("stripe-key", "Stripe API key", "stripe", "critical", "high"),
    ("slack-token", "Slack token", "slack", "high", "certain"),
    ("generic-secret", "Secret", "unknown", "medium", "medium"),
    ("jwt", "JSON Web Token", "unknown", "low", "low"),
]
REACHES = ["tip", "history", "tag", "other", "stash", "reflog", "unreachable"]
PEOPLE = ["Ada Byron", "Grace Murray", "Linus Stone", "Mary Keller", "Edsger Dike", "Barbara Lis", "Ken Ritch", "Radia Pearl"]
FOLDERS = ["src", "config", "deploy/k8s", "tests/fixtures", "docs", "scripts", "infra/terraform", "web/app"]
FILES = ["settings.py", "app.yaml", ".env", "client.ts", "values.yaml", "README.md", "notebook.ipynb", "main.tf"]
NOW = int(time.time())


def moment(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def finding(chance, number, secret):
    """Makes up one place of a secret; there is no secret behind it."""
    own = random.Random(secret)
    rule, title, provider, severity, confidence = own.choices(RULES, weights=[5, 4, 4, 2, 3, 8, 4])[0]
    since = NOW - int(own.betavariate(1.2, 2.2) * 6 * 365 * 86400) + chance.randrange(20 * 86400)
    reach = own.choices(REACHES, weights=[5, 9, 1, 1, 1, 1, 2])[0]
    until = min(NOW, since + int(own.expovariate(1 / (120 * 86400))))
    verdict, reason = {"low": ("note", "low confidence"), "medium": ("warning", None)}.get(confidence, ("leak", None))
    if own.random() < 0.06:
        verdict, reason = "allowed", "allow file: made up for tests"
    return {
        "rule": rule, "provider": provider, "title": title, "severity": severity, "confidence": confidence,
        "path": f"{chance.choice(FOLDERS)}/{own.choice(FILES)}", "kind": "content",
        "line": chance.randrange(1, 900), "column": 12, "end_line": 900, "end_column": 50, "start": number, "end": number + 40,
        "blob": f"{number:040x}", "commit": f"{chance.getrandbits(160):040x}",
        "author": f"{own.choice(PEOPLE)} <dev{own.randrange(30)}@example.org>", "date": moment(since), "reachable": reach != "unreachable",
        "history": {
            "repository": f"repos/{own.choice(['studio', 'web', 'billing', 'infra', 'mobile', 'research'])}.git",
            "reach": reach, "commits": chance.randrange(1, 400), "since": moment(since), "until": moment(until),
            "paths": [],
        },
        "secret": f"{own.choice('abcdefgh')}Q7{own.choice('xyz')}…(86)", "fingerprint": f"ig1:{secret:032x}",
        "verdict": verdict, "reason": reason,
        "evidence": ["86 characters of base64url, as the issuer makes them", "named API_KEY"],
        "advice": ["delete it where it was issued, under API keys, and make a new one", "look at its log for use by others"],
    }


def results(count, secrets, is_hostile=True):
    """Makes up a saved report; the last finding is hostile, if that is wanted."""
    chance = random.Random(7)
    findings = [finding(chance, number, 1 + chance.randrange(secrets)) for number in range(count)]
    hostile = finding(chance, count, secrets + 1)
    hostile.update({
        "path": HOSTILE, "author": HOSTILE, "title": HOSTILE, "rule": HOSTILE, "provider": HOSTILE, "secret": HOSTILE,
        "evidence": [HOSTILE], "advice": [HOSTILE], "severity": "critical", "confidence": "certain", "verdict": "leak", "reason": None,
    })
    hostile["history"].update({"repository": HOSTILE, "paths": [HOSTILE], "reach": "tip", "since": moment(NOW - 2_200 * 86400)})
    if is_hostile:
        findings.append(hostile)
    counts = {verdict: sum(one["verdict"] == verdict for one in findings) for verdict in ("leak", "warning", "note", "allowed")}
    return {
        "schema": 1, "tool": {"name": "ideoguard", "version": "test"},
        "summary": {
            "planned": 57_302 + is_hostile, "scanned": 57_301, "failed": int(is_hostile), "skipped": {"submodule": 1}, "bytes": 799_000_000,
            "leaks": counts["leak"], "warnings": counts["warning"], "notes": counts["note"], "allowed": counts["allowed"],
        },
        "findings": findings,
        "problems": [{"what": HOSTILE, "error": f"could not read `{HOSTILE}`", "hint": HOSTILE}] if is_hostile else [],
        "skipped": [{"path": HOSTILE, "why": "submodule"}],
        "notices": [],
    }


class Browser:
    """A headless Chromium, driven over WebDriver."""

    def __init__(self):
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, text=True)
        port = None
        for line in self.driver.stdout:
            if "started successfully on port" in line:
                port = int(line.rstrip(". \n").rsplit(" ", 1)[1])
                break
        if port is None:
            raise SystemExit("chromedriver does not start")
        self.port = port
        options = {"args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1280,1000", "--hide-scrollbars"]}
        wanted = {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        self.session = self.call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]

    def call(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.request(method, path, json.dumps(body) if body is not None else None, {"Content-Type": "application/json"})
        value = json.loads(connection.getresponse().read())["value"]
        if isinstance(value, dict) and "error" in value:
            raise AssertionError(f"{value['error']}: {value['message'].splitlines()[0]}")
        return value

    def do(self, method, path, body=None):
        return self.call(method, f"/session/{self.session}{path}", body)

    def run(self, script, *arguments):
        return self.do("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def open(self, file):
        self.do("POST", "/url", {"url": Path(file).resolve().as_uri()})
        return self.run("return [document.documentElement.dataset.ready, performance.now()]")

    def element(self, css):
        return next(iter(self.do("POST", "/element", {"using": "css selector", "value": css}).values()))

    def click(self, css):
        self.run("document.querySelector(arguments[0]).scrollIntoView({ block: 'center', behavior: 'instant' })", css)
        self.do("POST", f"/element/{self.element(css)}/click", {})

    def type(self, css, text):
        self.do("POST", f"/element/{self.element(css)}/value", {"text": text})

    def keys(self, *keys):
        presses = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self.do("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": presses}]})

    def size(self, width, height):
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def devtools(self, command, **arguments):
        return self.do("POST", "/goog/cdp/execute", {"cmd": command, "params": arguments})

    def picture(self, file, whole=False):
        data = self.devtools("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
        Path(file).write_bytes(base64.b64decode(data))

    def log(self):
        return [entry["message"] for entry in self.do("POST", "/se/log", {"type": "browser"})]

    def close(self):
        try:
            self.do("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait()


def write(program, folder, name, report):
    saved, page = folder / f"{name}.json", folder / f"{name}.html"
    saved.write_text(json.dumps(report))
    subprocess.run([program, "report", saved, "--html", "--output", page], check=True, stderr=subprocess.DEVNULL)
    return page


def text(browser, css):
    return browser.run("return document.querySelector(arguments[0])?.textContent ?? null", css)


def count(browser, css):
    return browser.run("return document.querySelectorAll(arguments[0]).length", css)


def wait(browser, script, what):
    """Waits until a script returns something true."""
    end = time.monotonic() + 20
    while not browser.run(script):
        if time.monotonic() > end:
            raise AssertionError(f"never: {what}")
        time.sleep(0.05)


def check(name, passed, told=""):
    print(f"{'ok' if passed else 'FAILED'}  {name}{f': {told}' if not passed else ''}", flush=True)
    if not passed:
        raise SystemExit(f"failed: {name}")


def stories(browser, page, report):
    """What a reader does, one thing after the other; returns how many were told."""
    total = len(report["findings"])
    secrets = len({one["fingerprint"] for one in report["findings"]})
    told = 0

    def story(name, passed, detail=""):
        nonlocal told
        told += 1
        check(name, passed, detail)

    ready, _ = browser.open(page)
    story("the page renders", ready == "yes", browser.log())
    story("it says that it is incomplete", "incomplete" in (text(browser, "#incomplete:not([hidden])") or ""))
    story("every secret is counted", text(browser, "#count") == f"{secrets:,} secrets", text(browser, "#count"))
    story("no script from a name has run", browser.run("return document.title") == "Secrets found by ideoguard")
    story("no element came from a name", count(browser, "img") == 0 and count(browser, "script") == 2)
    story("a hostile name is shown as text", "<img src=x" in text(browser, "#first"))

    browser.run("window.refused = []; addEventListener('securitypolicyviolation', (event) => refused.push(event.effectiveDirective))")
    browser.run("const s = document.createElement('script'); s.textContent = 'document.title = \"owned\"'; document.body.append(s)")
    story("the policy lets no other script run", browser.run("return document.title") == "Secrets found by ideoguard")
    browser.run("const i = document.createElement('img'); i.src = 'https://example.org/x.png'; document.body.append(i)")
    browser.run("fetch('https://example.org/').catch(() => {})")
    wait(browser, "return refused.length >= 3", "three refusals")
    refused = set(browser.run("return refused"))
    story("the policy lets nothing be loaded", refused == {"script-src-elem", "img-src", "connect-src"}, refused)
    browser.log()
    browser.open(page)
    story("the page itself breaks no rule of its policy", browser.log() == [], browser.log())

    browser.click("#grouped")
    story("ungrouped, every finding is counted", text(browser, "#count") == f"{total:,} findings", text(browser, "#count"))
    story("a page of them is drawn", count(browser, "#table tbody tr") == min(50, total))
    browser.run("const s = document.querySelector('[data-filter=severity]'); s.value = '3'; s.dispatchEvent(new Event('change'))")
    critical = sum(one["severity"] == "critical" for one in report["findings"])
    story("a severity filters", text(browser, "#count") == f"{critical:,} of {total:,} findings", text(browser, "#count"))
    browser.click("#chips .chip")
    story("a filter can be taken away", text(browser, "#count") == f"{total:,} findings")
    browser.type("#query", "grace settings.py")
    wanted = sum("Grace" in one["author"] and "settings.py" in one["path"] for one in report["findings"])
    wait(browser, "return document.querySelector('#count').textContent.includes(' of ')", "the search")
    story("a search finds what has all words", text(browser, "#count") == f"{wanted:,} of {total:,} findings", text(browser, "#count"))
    browser.click("#reset")
    browser.click("[data-order=path]")
    paths = "return [...document.querySelectorAll('#table tbody td.path')].map((cell) => cell.firstChild.textContent)"
    first = browser.run(paths)
    browser.click("[data-order=path]")
    story("a column sorts both ways", first[0] != browser.run(paths)[0] and browser.run("return document.querySelectorAll('[aria-sort=descending]').length") == 1)
    browser.click("#pages button:nth-of-type(3)")
    story("pages turn", "Page 2 of" in text(browser, "#pages"))
    browser.click("#table tbody .more")
    story("a row opens with its commands", "ideoguard" in (text(browser, ".detail .command code") or ""))
    browser.click("#reset")
    browser.click("#grouped")
    browser.click("#first button")
    wait(browser, "return document.querySelectorAll('#table tbody tr.details').length === 1", "the details")
    story("what is first leads to its places", "1 of" in text(browser, "#count"))
    browser.click("#reset")
    for bar in ("#breakdown .row", "#stayed .row", "#breakdown section:nth-child(2) .row", "#breakdown section:nth-child(4) .row"):
        amount = text(browser, f"{bar} .amount")
        browser.click(bar)
        counted = text(browser, "#count")
        story(f"the bar {bar} shows as many as it says", counted == f"{amount} of {secrets:,} secrets", f"{amount}: {counted}")
        story("and is pressed", count(browser, ".row[aria-pressed=true]") == 1)
        browser.click("#reset")
    amount = text(browser, "#cards .critical .figure")
    browser.click("#cards .critical")
    story("a number shows what it counts", text(browser, "#count") == f"{amount} of {secrets:,} secrets", f"{amount}: {text(browser, '#count')}")
    browser.click("#reset")
    browser.click("#came .column:not([disabled])")
    story("a column of the timeline filters", " of " in text(browser, "#count"))
    browser.click("#reset")

    browser.run("document.activeElement.blur()")
    browser.keys("/")
    story("the key / leads to the search", browser.run("return document.activeElement.id") == "query")
    browser.run("document.querySelector('#table .more').focus()")
    browser.keys("\ue007")
    story("the keyboard opens a row and keeps its place", browser.run("return document.activeElement.getAttribute('aria-expanded')") == "true")
    nameless = browser.run(
        "return [...document.querySelectorAll('button, input, select, a')].filter((one) => one.offsetParent && !one.textContent.trim() "
        "&& !one.getAttribute('aria-label') && !one.labels?.length).map((one) => one.outerHTML)"
    )
    story("everything that can be pressed has a name", nameless == [], nameless)
    nodes = browser.devtools("Accessibility.getFullAXTree")["nodes"]
    roles = [node.get("role", {}).get("value") for node in nodes]
    story("a screen reader finds the parts of the page", all(roles.count(role) >= 1 for role in ("main", "banner", "search", "table", "navigation", "alert")), set(roles))
    return told


def contrast(browser, theme):
    """Returns what is written with too little contrast (WCAG 2.1, AA), in one theme."""
    browser.run("document.documentElement.dataset.theme = arguments[0]", theme)
    time.sleep(0.3)
    return browser.run(
        """
        const parse = (text) => text.match(/[\\d.]+/g).map(Number);
        const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
          .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
        const ground = (one) => { for (; one; one = one.parentElement) { const c = parse(getComputedStyle(one).backgroundColor); if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
        const bad = new Set();
        for (const one of document.querySelectorAll('body *')) {
          const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
          if (!own || !one.offsetParent || one.disabled || one.closest('.hidden, script, style, noscript, .skip')) continue;
          const [a, b] = [light(parse(getComputedStyle(one).color)), light(ground(one))];
          const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
          if (ratio < 4.5) bad.add(`${one.tagName}.${one.className} ${ratio.toFixed(2)}`);
        }
        return [...bad];
        """
    )


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("program")
    arguments.add_argument("--pictures", type=Path)
    options = arguments.parse_args()
    program = str(Path(options.program).resolve())
    browser = Browser()
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            report = results(2_000, 300)
            page = write(program, folder, "some", report)
            told = stories(browser, page, report)
            browser.open(page)
            for theme in ("light", "dark"):
                bad = contrast(browser, theme)
                check(f"all words can be read, {theme}", bad == [], bad)
                told += 1
            browser.size(390, 800)
            browser.click("#table tbody .more")
            width = browser.run("return document.documentElement.scrollWidth")
            check("a telephone needs not scroll sideways, whatever a name is like", width <= 390, width)
            browser.size(1280, 1000)
            told += 1
            empty = write(program, folder, "none", {**report, "findings": [], "problems": [], "summary": {**report["summary"], "failed": 0, "leaks": 0, "warnings": 0, "notes": 0, "allowed": 0}})
            browser.open(empty)
            check("an empty report says so", "Nothing was found" in text(browser, "#table"))
            many = results(50_000, 8_000)
            page_many = write(program, folder, "many", many)
            ready, milliseconds = browser.open(page_many)
            check("50,000 findings are all there", ready == "yes" and "8,0" in text(browser, "#count") or int(text(browser, "#count").split()[0].replace(",", "")) > 7_000, text(browser, "#count"))
            told += 2
            print(f"note: 50,000 findings, {page_many.stat().st_size / 1e6:.1f} MB, were ready after {milliseconds:.0f} ms")
            if options.pictures:
                pictures(browser, options.pictures, write(program, folder, "fine", results(2_000, 300, False)), empty)
    finally:
        browser.close()
    print(f"{told} passed, 0 failed")


def pictures(browser, folder, page, empty):
    """Saves what the page looks like."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, width, theme in (("light", 1280, "light"), ("dark", 1280, "dark"), ("narrow", 390, "light")):
        browser.open(page)
        browser.size(width, 900)
        browser.run("document.documentElement.dataset.theme = arguments[0]", theme)
        browser.click("#table tbody .more")
        browser.run("scrollTo(0, 0); document.activeElement.blur()")
        time.sleep(0.5)
        browser.picture(folder / f"{name}.png", whole=True)
        browser.picture(folder / f"{name}-top.png")
    browser.size(1280, 900)
    browser.open(empty)
    time.sleep(0.3)
    browser.picture(folder / "empty.png")
    browser.open(page)
    paper = browser.do("POST", "/print", {"shrinkToFit": True})
    (folder / "print.pdf").write_bytes(base64.b64decode(paper))


if __name__ == "__main__":
    main()
