//! Turns `rules/*.toml` into the built-in rules, and refuses rows that prove nothing;
//! names the detection that is built, so that what another one found is not taken for its own.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use sha2::{Digest, Sha256};

#[path = "src/rules/pattern.rs"]
mod pattern;

/// A file of rows.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Its rows.
    rule: Vec<Row>,
}

/// One row, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    /// Its name in reports: lower-case words joined by `-`.
    id: String,
    /// Who issues such secrets.
    provider: String,
    /// What it is, in words.
    title: String,
    /// How much harm a leaked one does.
    severity: String,
    /// How sure a match is of which nothing could be proven.
    confidence: String,
    /// How sure a match is whose proof holds; as `confidence` if left out.
    proven: Option<String>,
    /// `code` when `detect` finds it by itself; then there is no shape.
    finder: Option<String>,
    /// Strings one of which every such token contains.
    #[serde(default)]
    literals: Vec<String>,
    /// The shape from the start of the token on; the group `secret` is the secret, if there is one.
    pattern: Option<String>,
    /// The token's own characters, of which none may follow it.
    alphabet: Option<String>,
    /// What belongs to the token before its literal.
    lead: Option<Lead>,
    /// Where its literals are looked for, if not as usual: `before-run` or `anywhere`.
    place: Option<String>,
    /// Words that may stand right before the token.
    #[serde(default)]
    follows: Vec<String>,
    /// What stands right before one that is meant to be seen.
    #[serde(default)]
    public_behind: Vec<String>,
    /// Words of which one is in the secret's name, where only that tells whose it is: lower case, no separators.
    #[serde(default)]
    names: Vec<String>,
    /// The shape of the whole value that has such a name.
    value: Option<String>,
    /// Rules whose findings are parts of this one's.
    #[serde(default)]
    takes: Vec<String>,
    /// Nobody issues it: whoever runs the program makes one, also for a test.
    #[serde(default)]
    self_made: bool,
    /// What is checked beyond the shape.
    proof: Option<String>,
    /// The least entropy of what follows the literal, in bits a character.
    entropy: Option<f64>,
    /// What to do with a leaked one.
    advice: String,
    /// Where the format is documented.
    documentation: String,
    /// Texts in which the rule must find one.
    hits: Vec<String>,
    /// Texts in which it must find none.
    misses: Vec<String>,
    /// Texts in which it must find one whose proof fails.
    #[serde(default)]
    unproven: Vec<String>,
    /// Other rules that find something in its hits, rightly.
    #[serde(default)]
    also: Vec<String>,
}

/// What stands before the literal and belongs to the token.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lead {
    /// Its characters.
    alphabet: String,
    /// How many there are at least.
    least: usize,
    /// How many there are at most.
    most: usize,
}

/// A list of names in rule files, each with the Rust name of what it stands for.
type Names = &'static [(&'static str, &'static str)];

/// How much harm a leaked secret does.
const SEVERITIES: Names = &[
    ("low", "Severity::Low"),
    ("medium", "Severity::Medium"),
    ("high", "Severity::High"),
    ("critical", "Severity::Critical"),
];
/// How sure a match is.
const CONFIDENCES: Names = &[
    ("low", "Confidence::Low"),
    ("medium", "Confidence::Medium"),
    ("high", "Confidence::High"),
    ("certain", "Confidence::Certain"),
];
/// What tokens are made of.
const ALPHABETS: Names = &[
    ("open", "Alphabet::Open"),
    ("digits", "Alphabet::Digits"),
    ("alnum", "Alphabet::Alnum"),
    ("word", "Alphabet::Word"),
    ("base64url", "Alphabet::Base64Url"),
    ("base64", "Alphabet::Base64"),
    ("unreserved", "Alphabet::Unreserved"),
];
/// Where literals are looked for.
const PLACES: Names = &[("before-run", "Place::BeforeRun"), ("anywhere", "Place::Anywhere")];
/// What is checked beyond the shape.
const PROOFS: Names = &[
    ("crc-base62", "Proof::CrcBase62"),
    ("crc-grafana", "Proof::CrcGrafana"),
    ("crc-gitlab", "Proof::CrcGitlab"),
    ("crc-hex", "Proof::CrcHex"),
    ("crc-synapse", "Proof::CrcSynapse"),
    ("age-bech32", "Proof::AgeBech32"),
    ("bech32", "Proof::Bech32"),
    ("base58-check", "Proof::Base58Check"),
    ("crc16-xmodem", "Proof::Crc16Xmodem"),
    ("discord-snowflake", "Proof::DiscordSnowflake"),
    ("intercom", "Proof::Intercom"),
    ("pypi-macaroon", "Proof::PypiMacaroon"),
    ("aws-key-id", "Proof::AwsKeyId"),
    ("bedrock", "Proof::Bedrock"),
    ("openai-marker", "Proof::OpenaiMarker"),
    ("jwt", "Proof::Jwt"),
    ("json-payload", "Proof::JsonPayload"),
    ("no-letters", "Proof::NoLetters"),
    ("private-key", "Proof::PrivateKey"),
    ("encrypted-private-key", "Proof::EncryptedPrivateKey"),
    ("base64-private-key", "Proof::Base64PrivateKey"),
    ("password", "Proof::Password"),
];

/// The longest lead: the program looks no further back (`MAX_BEHIND`, less an escape before the token).
const MAX_LEAD: usize = 88;
/// The longest run of token characters in a sample that a scanner does not look at.
const MAX_RUN: usize = 14;

/// What decides what is found in an object, where it is said to come from, and into
/// which units a pack is cut; not how it is judged.
///
/// A store of what was scanned holds for one state of these files. What is missing
/// here makes a store hold too long; what is too much makes it be filled anew.
const DETECTION: &[&str] = &[
    "build.rs",
    "rules",
    "src/decide/manual.rs",
    "src/decide/marks.rs",
    "src/decide/near.rs",
    "src/decide/rehearsal.rs",
    "src/decide/setting.rs",
    "src/decide/weigh.rs",
    "src/detect",
    "src/entropy.rs",
    "src/finding.rs",
    "src/git/history.rs",
    "src/git/pack",
    "src/history",
    "src/rules",
    "src/scan",
];
/// How the names of those files end; whatever else lies beside them is not built.
const BUILT: &[&str] = &["bin", "rs", "toml"];

fn main() {
    for path in DETECTION {
        println!("cargo::rerun-if-changed={path}");
    }
    println!("cargo::rustc-check-cfg=cfg(glibc_knows_processor)");
    if is_built_for_this_glibc() {
        build_in_unwinding();
        let minor = minor_of_glibc();
        if minor >= 33 && env::var("CARGO_CFG_TARGET_ARCH").as_deref() == Ok("x86_64") {
            println!("cargo::rustc-cfg=glibc_knows_processor");
        }
        if is_usual_linker() {
            // It reads them since then.
            if minor >= 36 {
                pack_addresses();
            }
            if let Err(problem) = bring_together() {
                println!("cargo::error={problem}");
            }
        }
    }
    match build().and_then(|()| name_detection().map_err(|problem| vec![problem])) {
        Ok(()) => {}
        Err(problems) => problems.iter().for_each(|problem| println!("cargo::error={problem}")),
    }
}

/// Tells whether the program is built for Linux with glibc, and for this machine.
fn is_built_for_this_glibc() -> bool {
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|set| set == value);
    let is_glibc = is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu");
    let is_static =
        env::var("CARGO_CFG_TARGET_FEATURE").is_ok_and(|set| set.split(',').any(|feature| feature == "crt-static"));
    is_glibc && !is_static && env::var("HOST") == env::var("TARGET")
}

/// Links what unwinds stacks into the program, where the linker has it: else a library is loaded for it at every start.
fn build_in_unwinding() {
    const UNWINDING: &str = "libgcc_eh.a";
    println!("cargo::rerun-if-env-changed=RUSTC_LINKER");
    let linker = env::var_os("RUSTC_LINKER").unwrap_or_else(|| "cc".into());
    let found = Command::new(linker).arg(format!("-print-file-name={UNWINDING}")).output();
    // It repeats the name of what it does not have.
    if found.is_ok_and(|found| found.stdout.contains(&b'/')) {
        // As `static` it would have to lie where rustc looks, and not the linker.
        println!("cargo::rustc-link-lib=dylib:+verbatim={UNWINDING}");
    }
}

/// Returns the number behind `2.` in the version of this machine's glibc, or 0.
fn minor_of_glibc() -> u32 {
    let answer = Command::new("getconf").arg("GNU_LIBC_VERSION").output();
    let version = answer.ok().and_then(|answer| String::from_utf8(answer.stdout).ok());
    version.and_then(|version| version.trim().strip_prefix("glibc 2.")?.parse().ok()).unwrap_or(0)
}

/// Has the linker write down the addresses that are filled in at every start as bits; a list has 24 bytes for each.
fn pack_addresses() {
    println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
}

/// Has the linker put the functions side by side that run when a small push is judged: strewn over the program, each
/// costs a page fault of its own. What is named and not there is passed over.
fn bring_together() -> Result<(), String> {
    const LIST: &str = "link/push.txt";
    println!("cargo::rerun-if-changed={LIST}");
    if env::var("PROFILE").as_deref() != Ok("release") {
        return Ok(());
    }
    let list = fs::read_to_string(LIST).map_err(|error| format!("{LIST}: {error}"))?;
    let mut script = "SECTIONS { .text.push : {\n".to_owned();
    for name in list.lines().filter(|line| !line.starts_with('#')) {
        let _ = writeln!(script, "*(.text.{name})");
    }
    script.push_str("} } INSERT BEFORE .text;\n");
    let folder = env::var("OUT_DIR").map_err(|_| "cargo sets OUT_DIR for build scripts")?;
    write("push.ld", &script)?;
    println!("cargo::rustc-link-arg-bins=-T");
    println!("cargo::rustc-link-arg-bins={folder}/push.ld");
    Ok(())
}

/// Tells whether nobody asks for another linker than those of GNU and LLVM: others refuse scripts.
fn is_usual_linker() -> bool {
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    if flags.contains("link") || env::var_os("RUSTC_LINKER").is_some() {
        return false;
    }
    let answer = Command::new("cc").arg("-Wl,--version").output().map(|answer| answer.stdout).unwrap_or_default();
    let answer = String::from_utf8_lossy(&answer);
    // That of mold calls itself compatible.
    ["GNU ld", "LLD"].iter().any(|name| answer.contains(name)) && !answer.contains("mold")
}

/// Reads all files, checks all rows and writes what makes the rules; returns every problem found.
fn build() -> Result<(), Vec<String>> {
    let mut rows = BTreeMap::new();
    let mut problems = Vec::new();
    for path in files().map_err(|problem| vec![problem])? {
        match read(&path) {
            Ok(file) => collect(&path, file, &mut rows, &mut problems),
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    write("rules.rs", &table(rows.values())).map_err(|problem| vec![problem])
}

/// Writes the name of the detection: a hash that is the same for the same files on every machine.
fn name_detection() -> Result<(), String> {
    let mut files = Vec::new();
    DETECTION.iter().try_for_each(|path| collect_files(Path::new(path), &mut files))?;
    // With `/` and in the order of bytes, whatever the system thinks of names.
    files.sort_by_cached_key(|path| name(path));
    let mut hash = Sha256::new();
    for path in files {
        let mut bytes = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        // Git may have written other ends of lines.
        bytes.retain(|byte| *byte != b'\r');
        for part in [name(&path).as_bytes(), &bytes] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
    }
    let bytes: [u8; 32] = hash.finalize().into();
    write("detection.rs", &format!("{bytes:?}"))
}

/// Adds a file, or the files below a folder, to those before.
fn collect_files(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let failed = |error| format!("{}: {error}", path.display());
    if !fs::metadata(path).map_err(failed)?.is_dir() {
        if path.extension().is_some_and(|end| BUILT.iter().any(|built| end == *built)) {
            files.push(path.to_owned());
        }
        return Ok(());
    }
    let mut entries = fs::read_dir(path).map_err(failed)?;
    entries.try_for_each(|entry| collect_files(&entry.map_err(failed)?.path(), files))
}

/// Returns the name of a file as it goes into the hash.
fn name(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// Lists the files of rows, in order.
fn files() -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir("rules").map_err(|error| format!("rules: {error}"))?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()).map_err(|error| format!("rules: {error}")));
    let mut paths = paths.collect::<Result<Vec<_>, _>>()?;
    paths.retain(|path| path.extension().is_some_and(|end| end == "toml"));
    paths.sort();
    Ok(paths)
}

/// Reads a file of rows.
fn read(path: &Path) -> Result<File, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    toml::from_str(&text).map_err(|error| format!("{}: {}", path.display(), error.to_string().replace('\n', " ")))
}

/// Adds the rows of a file to those before, and what is wrong with them to the problems.
fn collect(path: &Path, file: File, rows: &mut BTreeMap<String, Row>, problems: &mut Vec<String>) {
    for row in file.rule {
        let at = |problem: String| format!("{}: rule `{}`: {problem}", path.display(), row.id);
        problems.extend(problems_of(&row).into_iter().map(at));
        if rows.contains_key(&row.id) {
            problems.push(at("another rule has this id".to_owned()));
        }
        rows.insert(row.id.clone(), row);
    }
}

/// Returns what is wrong with a row.
fn problems_of(row: &Row) -> Vec<String> {
    let mut problems = problems_of_words(row);
    let mut lists = [&row.literals, &row.follows, &row.public_behind, &row.names, &row.takes].into_iter().flatten();
    if lists.any(|text| text.is_empty() || text.contains(char::is_control)) {
        problems.push("one of its literals or words is empty, or has a line break in it".to_owned());
    }
    problems.extend(problems_of_samples(row));
    match (row.finder.as_deref(), &row.pattern) {
        (Some("code"), None) => problems.extend(problems_of_code(row)),
        (None, Some(pattern)) => problems.extend(problems_of_shape(row, pattern)),
        (Some("code"), Some(_)) => problems.push("a rule found by code has no pattern".to_owned()),
        (Some(_), _) => problems.push("`finder` is `code` or left out".to_owned()),
        (None, None) if row.value.is_some() => problems.extend(problems_of_code(row)),
        (None, None) => problems.push("it needs a pattern, a value, or `finder = \"code\"`".to_owned()),
    }
    problems.extend(problems_of_names(row));
    problems
}

/// Checks the words of a row and the names of its grades.
fn problems_of_words(row: &Row) -> Vec<String> {
    let mut problems = Vec::new();
    let is_id = |id: &str| !id.is_empty() && id.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    if !is_id(&row.id) {
        problems.push("its id is not lower-case words joined by `-`".to_owned());
    }
    for (name, text) in [("provider", &row.provider), ("title", &row.title), ("advice", &row.advice)] {
        if text.trim().is_empty() {
            problems.push(format!("its {name} is empty"));
        }
    }
    if !row.documentation.starts_with("https://") {
        problems.push("its documentation is not an https URL".to_owned());
    }
    if name_of(SEVERITIES, &row.severity).is_none() {
        problems.push(format!("no severity `{}`", row.severity));
    }
    for confidence in [Some(&row.confidence), row.proven.as_ref()].into_iter().flatten() {
        if name_of(CONFIDENCES, confidence).is_none() {
            problems.push(format!("no confidence `{confidence}`"));
        }
    }
    problems
}

/// Checks that the samples are there and stop no scanner.
fn problems_of_samples(row: &Row) -> Vec<String> {
    let mut problems = Vec::new();
    if row.hits.len() < 2 || row.misses.len() < 2 {
        problems.push("it needs two hits and two misses".to_owned());
    }
    if row.also.contains(&row.id) {
        problems.push("`also` names the rule itself".to_owned());
    }
    for sample in row.hits.iter().chain(&row.misses).chain(&row.unproven) {
        if longest_run(sample) > MAX_RUN {
            problems.push(format!("break this sample with `~`, or scanners stop at it: {sample:.20}…"));
        }
    }
    problems
}

/// Checks that a rule found by code brings no shape.
fn problems_of_code(row: &Row) -> Vec<String> {
    let shaped = !row.literals.is_empty()
        || row.alphabet.is_some()
        || row.lead.is_some()
        || row.place.is_some()
        || !row.follows.is_empty()
        || !row.public_behind.is_empty()
        || (row.proof.is_some() && row.value.is_none())
        || row.entropy.is_some();
    if shaped { vec!["a rule found by code or by name has no shape".to_owned()] } else { Vec::new() }
}

/// Checks that names and the value's shape come together, and that the shape is one.
fn problems_of_names(row: &Row) -> Vec<String> {
    let Some(value) = &row.value else {
        let alone = !row.names.is_empty();
        return if alone { vec!["its names need the shape of a value".to_owned()] } else { Vec::new() };
    };
    let mut problems = Vec::new();
    let is_word =
        |word: &String| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    if row.names.is_empty() || !row.names.iter().all(is_word) {
        problems.push("its names are not lower-case words without separators".to_owned());
    }
    if row.proof.as_ref().is_some_and(|proof| name_of(PROOFS, proof).is_none()) {
        problems.push("no such proof".to_owned());
    }
    if let Err(error) = pattern::compile(&pattern::whole(value)) {
        problems.push(format!("the shape of its value is refused: {}", error.to_string().replace('\n', " ")));
    }
    problems
}

/// Checks the shape of a row.
fn problems_of_shape(row: &Row, pattern: &str) -> Vec<String> {
    let mut problems = Vec::new();
    if row.literals.is_empty() || row.literals.iter().any(|literal| literal.len() < 3) {
        problems.push("it needs literals of three bytes at least".to_owned());
    }
    match &row.alphabet {
        Some(alphabet) if name_of(ALPHABETS, alphabet).is_none() => problems.push(format!("no alphabet `{alphabet}`")),
        Some(_) => {}
        None => problems.push("it needs an alphabet".to_owned()),
    }
    if row.place.as_ref().is_some_and(|place| name_of(PLACES, place).is_none()) {
        problems.push("no such place".to_owned());
    }
    if row.lead.as_ref().is_some_and(is_wrong) {
        problems.push(format!("its lead is wrong, or longer than {MAX_LEAD}"));
    }
    match &row.proof {
        Some(proof) if name_of(PROOFS, proof).is_none() => problems.push(format!("no proof `{proof}`")),
        Some(_) | None => {}
    }
    match pattern::compile(pattern) {
        Ok(regex) => problems.extend(misfits(row, &regex)),
        Err(error) => problems.push(format!("its pattern is refused: {}", error.to_string().replace('\n', " "))),
    }
    problems
}

/// Says whether a lead has no such alphabet or no such lengths.
fn is_wrong(lead: &Lead) -> bool {
    name_of(ALPHABETS, &lead.alphabet).is_none() || lead.least > lead.most || lead.most > MAX_LEAD
}

/// Returns the hits in which the pattern fits at no literal.
fn misfits(row: &Row, regex: &regex::bytes::Regex) -> Vec<String> {
    let leads = row.lead.as_ref().map_or(0..=0, |lead| lead.least..=lead.most);
    let fits_at = |text: &[u8], at: usize| leads.clone().any(|lead| lead <= at && regex.is_match(&text[at - lead..]));
    let fits = |sample: &&String| {
        let text = mend(sample);
        row.literals.iter().any(|literal| text.match_indices(literal).any(|(at, _)| fits_at(text.as_bytes(), at)))
    };
    // What has a name as well may be found by that.
    let samples = row.hits.iter().filter(|_| row.value.is_none()).chain(&row.unproven);
    samples.filter(|sample| !fits(sample)).map(|sample| format!("its pattern does not fit: {sample}")).collect()
}

/// Mends a sample: `~` goes, `~~` becomes `~`.
fn mend(sample: &str) -> String {
    sample.split("~~").map(|part| part.replace('~', "")).collect::<Vec<_>>().join("~")
}

/// Returns the length of the longest run of token characters.
fn longest_run(sample: &str) -> usize {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+' | b'/' | b'=');
    sample.as_bytes().split(|byte| !is_token(*byte)).map(<[u8]>::len).max().unwrap_or(0)
}

/// Returns the Rust name of what a name in a rule file stands for.
fn name_of(names: Names, name: &str) -> Option<&'static str> {
    names.iter().find(|(known, _)| *known == name).map(|(_, rust)| *rust)
}

/// Returns the Rust name of what a name stands for, or of what no name stands for.
fn named_or<'a>(names: Names, name: Option<&str>, none: &'a str) -> &'a str {
    name.and_then(|name| name_of(names, name)).unwrap_or(none)
}

/// Writes the rows as Rust: what makes each rule, and what must be known of all before any is made.
///
/// A table of rules or of texts would hold thousands of addresses, which the system fills in each time that the program
/// starts. So rules are made by code, and texts are parts of one.
fn table<'a>(rows: impl ExactSizeIterator<Item = &'a Row> + Clone) -> String {
    let count = rows.len();
    let (mut text, mut arms) = (String::new(), String::new());
    let (mut ids, mut named_ones) = (Vec::new(), Vec::new());
    let (mut literals, mut owners) = (Vec::new(), Vec::new());
    for (number, row) in rows.enumerate() {
        let proven = row.proven.as_ref().unwrap_or(&row.confidence);
        let first = literals.len();
        if row.pattern.is_some() {
            literals.extend(row.literals.iter().map(String::as_str));
        }
        ids.push(row.id.as_str());
        named_ones.extend(row.value.as_ref().map(|_| number));
        let place = named_or(PLACES, row.place.as_deref(), "Place::Usual");
        owners.extend((first..literals.len()).map(|_| format!("({number}, {place})")));
        let _ = writeln!(arms, "{number} => rule_{number}(),");
        let _ = writeln!(
            text,
            "fn rule_{number}() -> Rule {{ Rule {{ id: {:?}, provider: {:?}, title: {:?}, severity: {}, confidence: {}, proven: {}, finder: {}, named: {}, takes: {}, self_made: {:?}, advice: {:?}, documentation: {:?} }} }}",
            row.id,
            row.provider,
            row.title,
            name_of(SEVERITIES, &row.severity).unwrap_or_default(),
            name_of(CONFIDENCES, &row.confidence).unwrap_or_default(),
            name_of(CONFIDENCES, proven).unwrap_or_default(),
            finder(row, &format!("{first}..{}", literals.len())),
            named(row),
            list(&row.takes),
            row.self_made,
            row.advice,
            row.documentation,
        );
    }
    arms.push_str("_ => unreachable!(\"there are no more rules\"),");
    let _ = writeln!(text, "#[expect(clippy::too_many_lines, reason = \"one for each rule\")]");
    let _ = writeln!(text, "fn make(number: usize) -> Rule {{ match number {{\n{arms}\n}} }}");
    let _ = writeln!(text, "const RULE_COUNT: usize = {count};");
    let _ = writeln!(text, "static NAMED: [u16; {}] = {named_ones:?};", named_ones.len());
    let _ = writeln!(text, "static IDS: Texts<{count}> = {};", texts(&ids));
    let count = literals.len();
    let _ = writeln!(text, "static LITERALS: Texts<{count}> = {};", texts(&literals));
    let _ = writeln!(text, "static OWNERS: [(u16, Place); {count}] = [{}];", owners.join(", "));
    text
}

/// Writes texts as parts of one, as Rust, with a line break after each that does not belong to it.
///
/// In the program one text follows another, and a literal with what happens to follow looked like a token to us.
fn texts(all: &[&str]) -> String {
    let ends = all.iter().scan(0, |end, text| {
        *end += text.len() + 1;
        Some(*end)
    });
    format!("Texts {{ all: {:?}, ends: {:?} }}", all.join("\n") + "\n", ends.collect::<Vec<_>>())
}

/// Writes a list of texts, as Rust that makes it.
fn list(all: &[String]) -> String {
    if all.is_empty() { "&[]".to_owned() } else { format!("lines({:?})", all.join("\n")) }
}

/// Writes how a row is found, as Rust; `literals` says which of all are its own.
fn finder(row: &Row, literals: &str) -> String {
    let Some(pattern) = &row.pattern else {
        return if row.value.is_some() { "Finder::Name" } else { "Finder::Code" }.to_owned();
    };
    let lead = row.lead.as_ref().map_or("None".to_owned(), |lead| {
        let alphabet = name_of(ALPHABETS, &lead.alphabet).unwrap_or_default();
        format!("Some(Lead {{ alphabet: {alphabet}, least: {}, most: {} }})", lead.least, lead.most)
    });
    format!(
        "Finder::Shape(Shape {{ literals: of_rule({literals}), pattern: {pattern:?}, alphabet: {}, lead: {lead}, place: {}, follows: {}, public_behind: {}, proof: {}, floor: {:?}, compiled: OnceCell::new() }})",
        named_or(ALPHABETS, row.alphabet.as_deref(), "Alphabet::Open"),
        named_or(PLACES, row.place.as_deref(), "Place::Usual"),
        list(&row.follows),
        list(&row.public_behind),
        named_or(PROOFS, row.proof.as_deref(), "Proof::None"),
        row.entropy.unwrap_or(0.0),
    )
}

/// Writes how a row is found by its name, as Rust.
fn named(row: &Row) -> String {
    let Some(value) = &row.value else { return "None".to_owned() };
    let proof = named_or(PROOFS, row.proof.as_deref().filter(|_| row.pattern.is_none()), "Proof::None");
    format!(
        "Some(Named {{ words: {}, value: {value:?}, proof: {proof}, compiled: OnceCell::new() }})",
        list(&row.names)
    )
}

/// Writes a file to where the source includes it from.
fn write(name: &str, text: &str) -> Result<(), String> {
    let folder = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR for build scripts")?;
    fs::write(Path::new(&folder).join(name), text).map_err(|error| format!("{name}: {error}"))
}
