//! Text flows one way, and each outside crate has its doors: what ARCHITECTURE.md says is so.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Each module of the library, with the modules that it may lean on.
const MODULES: &[(&str, &[&str])] = &[
    ("path", &[]),
    ("oid", &[]),
    ("error", &["path"]),
    ("entropy", &[]),
    ("config", &["error", "path"]),
    ("reference", &["oid", "path"]),
    ("text", &["error", "oid", "path"]),
    ("archive", &["path"]),
    ("finding", &["entropy", "oid", "path", "text"]),
    ("outcome", &["finding", "text"]),
    ("git", &["error", "oid", "path", "reference", "text"]),
    ("source", &["error", "git", "oid", "path", "text"]),
    ("rules", &["config", "entropy", "error", "finding", "path"]),
    ("detect", &["finding", "rules"]),
    ("decide", &["config", "error", "finding", "path", "rules"]),
    ("history", &["decide", "error", "finding", "oid", "path", "reference", "text"]),
    ("store", &["decide", "error", "finding", "history", "oid", "path", "text"]),
    ("import", &["error", "finding", "path"]),
    (
        "scan",
        &[
            "archive", "decide", "detect", "error", "finding", "git", "history", "oid", "outcome", "path", "reference",
            "rules", "source", "store", "text",
        ],
    ),
    ("report", &["error", "finding", "history", "oid", "outcome", "path", "reference", "rules", "text"]),
    ("editor", &["finding", "path"]),
    ("install", &["error", "git", "path"]),
    ("net", &["error", "path"]),
    ("webhook", &["error", "net", "path"]),
    ("keys", &["error", "finding", "net", "path"]),
    ("audit", &["error", "net", "path", "webhook"]),
    ("usage", &["audit", "detect", "error", "finding", "keys", "path", "report"]),
    (
        "doctor",
        &[
            "audit", "decide", "detect", "error", "finding", "git", "install", "keys", "outcome", "path", "report",
            "rules", "scan", "source", "text", "usage",
        ],
    ),
    ("rotation", &["detect", "error", "finding", "git", "keys", "path", "report", "source", "text"]),
    (
        "gate",
        &["audit", "decide", "error", "finding", "git", "net", "oid", "outcome", "path", "rules", "size", "source"],
    ),
    ("size", &[]),
];

/// Outside crates that only some modules may name.
const DOORS: &[(&str, &[&str])] = &[
    ("git2", &["git"]),
    ("libc", &["audit", "source", "cli"]),
    ("libm", &["entropy", "cli"]),
    ("ignore", &["source", "decide"]),
    ("aho_corasick", &["detect"]),
    ("regex", &["rules"]),
    ("regex_automata", &["rules"]),
    ("regex_syntax", &["rules"]),
    ("rayon", &["git", "scan"]),
    ("memmap2", &["git"]),
    ("libdeflater", &["git"]),
    ("flate2", &["archive", "git"]),
    ("tar", &["archive"]),
    ("zip", &["archive"]),
    ("rusqlite", &["store"]),
    ("toml", &["config", "decide", "gate", "keys", "rules"]),
    (
        "serde_json",
        &["audit", "cli", "doctor", "gate", "import", "keys", "report", "rotation", "scan", "usage", "webhook"],
    ),
    ("keyring_core", &["keys"]),
    ("dbus_secret_service_keyring_store", &["keys"]),
    ("apple_native_keyring_store", &["keys"]),
    ("windows_native_keyring_store", &["keys"]),
    ("hmac", &["finding", "webhook"]),
    ("ureq", &["net"]),
    ("ring", &["webhook"]),
    ("pbkdf2", &["finding"]),
    ("sha1", &["finding"]),
    ("csv", &["report"]),
    ("minijinja", &["report"]),
    ("quick_xml", &["report"]),
    ("lsp_server", &["cli"]),
    ("lsp_types", &["cli"]),
    ("percent_encoding", &["cli", "report"]),
    ("clap", &["cli"]),
    ("strsim", &["config"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("terminal_size", &["cli"]),
    ("supports_hyperlinks", &["cli"]),
    ("anstream", &["cli"]),
];

#[test]
fn no_module_leans_on_a_later_one() {
    for (module, allowed) in MODULES {
        let used = names_after(&code_of(module), "crate::");
        let known: BTreeSet<&str> = MODULES.iter().map(|(name, _)| *name).collect();

        let forbidden: Vec<_> = used
            .iter()
            .filter(|name| known.contains(name.as_str()) && *name != module && !allowed.contains(&name.as_str()))
            .collect();

        assert!(forbidden.is_empty(), "`{module}` may not use {forbidden:?}");
    }
}

#[test]
fn every_module_is_in_the_table() {
    let modules: BTreeSet<String> = std::fs::read_dir(source())
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .filter(|name| !["lib", "main", "cli"].contains(&name.as_str()))
        .collect();

    let table: BTreeSet<String> = MODULES.iter().map(|(name, _)| (*name).to_owned()).collect();

    assert_eq!(modules, table);
}

#[test]
fn outside_crates_are_named_at_their_doors_only() {
    let modules: Vec<&str> = MODULES.iter().map(|(name, _)| *name).chain(["cli"]).collect();
    for (name, doors) in DOORS {
        let users: Vec<&&str> = modules.iter().filter(|module| is_named(&code_of(module), name)).collect();

        assert!(users.iter().all(|user| doors.contains(user)), "`{name}` is named in {users:?}");
        assert!(!users.is_empty(), "`{name}` is named nowhere: it can go");
    }
}

#[test]
fn only_the_language_server_names_its_protocol() {
    let mut files = Vec::new();
    collect(&source().join("cli"), &mut files);
    let others = files.iter().filter(|file| !file.starts_with(source().join("cli/lsp")));

    let named: Vec<_> = others.filter(|file| std::fs::read_to_string(file).unwrap().contains("lsp_")).collect();

    assert!(named.is_empty(), "{named:?}");
}

#[test]
fn the_library_never_prints_and_never_exits() {
    for (module, _) in MODULES {
        for word in ["println!", "eprintln!", "print!(", "process::exit"] {
            assert!(!code_of(module).contains(word), "`{module}` has {word}");
        }
    }
}

#[test]
fn only_git_starts_other_programs() {
    let modules = MODULES.iter().map(|(module, _)| *module).chain(["cli"]);

    let starting: Vec<&str> = modules.filter(|module| code_of(module).contains("Command::new")).collect();

    assert_eq!(starting, ["git"]);
}

#[test]
fn judging_reads_no_files() {
    for module in ["detect", "decide", "import", "rules"] {
        assert!(!code_of(module).contains("fs::"), "`{module}` reads files");
    }
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Reads the code of a module, without comments and without its tests.
fn code_of(module: &str) -> String {
    let mut files = Vec::new();
    collect(&source().join(module), &mut files);
    collect(&source().join(format!("{module}.rs")), &mut files);
    let code = files.iter().map(|file| std::fs::read_to_string(file).unwrap());
    let without_tests = code.map(|code| code.split("#[cfg(test)]\nmod tests").next().unwrap_or_default().to_owned());
    let lines: Vec<String> = without_tests.collect::<String>().lines().map(str::to_owned).collect();
    lines.into_iter().filter(|line| !line.trim_start().starts_with("//")).map(|line| line + "\n").collect()
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).unwrap() {
            collect(&entry.unwrap().path(), files);
        }
    } else if path.is_file() && path.extension().is_some_and(|suffix| suffix == "rs") {
        files.push(path.to_owned());
    }
}

/// Tells whether code names a crate: a path begins with it.
fn is_named(code: &str, name: &str) -> bool {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    code.match_indices(&format!("{name}::")).any(|(at, _)| !code[..at].ends_with(is_name))
}

/// Returns every name that follows a prefix, and every first name of a group that follows it.
fn names_after(code: &str, prefix: &str) -> BTreeSet<String> {
    let is_name = |letter: &char| letter.is_ascii_alphanumeric() || *letter == '_';
    code.split(prefix)
        .skip(1)
        .flat_map(|rest| {
            let group = rest.strip_prefix('{').and_then(|group| group.split('}').next());
            let names: Vec<&str> = group.map_or_else(|| vec![rest], |group| group.split(',').map(str::trim).collect());
            names.into_iter().map(|name| name.chars().take_while(is_name).collect()).collect::<Vec<String>>()
        })
        .collect()
}
