//! Trains the table of letter pairs by which random text is told from words.
//!
//! ```sh
//! cargo run --release --example train_pairs -- FOLDER… > src/detect/pairs.bin
//! ```
//!
//! The folders should hold source code in many languages under licences that
//! allow it. Only counts of adjacent letters are kept. Every tenth file is held
//! out: on its identifiers, and on generated random tokens, the error of the
//! table is printed to standard error.
#![expect(clippy::print_stderr, reason = "a tool that talks to whoever trains the table")]

use std::io::Write;
use std::path::{Path, PathBuf};

use ideoguard::detect::random::{PAIR_SYMBOLS, PAIR_UNIT, pair_score_with, symbol};

const CELLS: usize = PAIR_SYMBOLS * PAIR_SYMBOLS;
const SUFFIXES: &[&str] =
    &["rs", "py", "js", "ts", "c", "h", "pl", "pm", "go", "java", "rb", "sh", "md", "json", "yml", "toml"];

fn main() -> std::io::Result<()> {
    let mut files = Vec::new();
    for folder in std::env::args_os().skip(1) {
        collect(Path::new(&folder), &mut files);
    }
    files.sort();
    let (held_out, training): (Vec<_>, Vec<_>) = files.into_iter().enumerate().partition(|(at, _)| at % 10 == 0);

    let mut counts = vec![1.0_f64; CELLS];
    for (_, file) in &training {
        each_word(file, |word| count(word, &mut counts));
    }
    let table = table(&counts);
    report_error(&table, &held_out, training.len());
    let raw: Vec<u8> = table.iter().map(|cell| cell.to_le_bytes()[0]).collect();
    std::io::stdout().write_all(&raw)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() && !path.is_symlink() {
            collect(&path, files);
        } else if path.extension().is_some_and(|suffix| SUFFIXES.iter().any(|known| suffix == *known)) {
            files.push(path);
        }
    }
}

/// Calls `visit` for every word of a file: a run of 4 to 60 letters, digits, `_` and `-`.
fn each_word(file: &Path, mut visit: impl FnMut(&[u8])) {
    let Ok(text) = std::fs::read(file) else { return };
    text.split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_' && *byte != b'-')
        .filter(|word| (4..=60).contains(&word.len()) && word.iter().any(u8::is_ascii_alphabetic))
        .for_each(&mut visit);
}

fn count(word: &[u8], counts: &mut [f64]) {
    for pair in word.windows(2) {
        counts[symbol(pair[0]) * PAIR_SYMBOLS + symbol(pair[1])] += 1.0;
    }
}

/// Returns the log-likelihood ratio of each pair, words against random base64url, in units of 1/16 bit.
fn table(counts: &[f64]) -> Vec<i8> {
    let total: f64 = counts.iter().sum();
    (0..CELLS)
        .map(|cell| {
            let random = share(cell / PAIR_SYMBOLS) * share(cell % PAIR_SYMBOLS);
            let bits = (counts[cell] / total / random).log2();
            #[expect(clippy::cast_possible_truncation, reason = "clamped to what an i8 holds")]
            let units = (bits * f64::from(PAIR_UNIT)).clamp(-127.0, 127.0).round() as i8;
            units
        })
        .collect()
}

/// Returns how often a symbol stands in random base64url: letters in two cases, digits in one, `_` and `-` as one.
fn share(symbol: usize) -> f64 {
    if (26..36).contains(&symbol) { 1.0 / 64.0 } else { 2.0 / 64.0 }
}

fn report_error(table: &[i8], held_out: &[(usize, PathBuf)], trained_on: usize) {
    let mut words = Vec::new();
    for (_, file) in held_out {
        each_word(file, |word| {
            if word.len() >= 16 && word.iter().any(u8::is_ascii_digit) {
                words.push(pair_score_with(table, word));
            }
        });
    }
    words.sort_by(f32::total_cmp);
    let mut state = 1_u64;
    eprintln!(
        "trained on {trained_on} files, held out {}; words with a digit, 16+ long: {}",
        held_out.len(),
        words.len()
    );
    for (name, alphabet) in [("base62", &BASE64URL[..62]), ("base64url", BASE64URL), ("hex", &b"0123456789abcdef"[..])]
    {
        for length in [16, 20, 32, 40, 86] {
            let mut random: Vec<f32> =
                (0..20_000).map(|_| pair_score_with(table, &token(&mut state, alphabet, length))).collect();
            random.sort_by(f32::total_cmp);
            let at = |share: usize| random[random.len() * share / 1000];
            eprintln!(
                "{name:>9} {length:>3}: 1 % {:6.2}  50 % {:6.2}  99 % {:6.2}  99.9 % {:6.2}",
                at(10),
                at(500),
                at(990),
                at(999)
            );
        }
    }
    for threshold in [-1.5_f32, -1.25, -1.0, -0.75, -0.5, -0.25, 0.0] {
        let below = words.partition_point(|score| *score < threshold);
        eprintln!("words below {threshold:5.2}: {below}");
    }
}

const BASE64URL: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn token(state: &mut u64, alphabet: &[u8], length: usize) -> Vec<u8> {
    (0..length)
        .map(|_| {
            // xorshift64* (Marsaglia 2003, Vigna 2016).
            *state ^= *state >> 12;
            *state ^= *state << 25;
            *state ^= *state >> 27;
            let high = state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
            alphabet[usize::try_from(high).unwrap_or_default() % alphabet.len()]
        })
        .collect()
}
