//! Strings of which one stands in every match of a pattern, read from the pattern itself.

use regex_syntax::hir::{Class, Hir, HirKind, Repetition};

/// As many strings as one set may have.
const MOST: usize = 64;
/// As many bytes of a string as are looked for.
pub(super) const LONGEST: usize = 48;

/// Strings in lower case, of which one stands in every match, in whatever case.
pub(super) type Set = Vec<Vec<u8>>;

/// Returns all sets that a pattern shows, the best first: long strings are rare, and few are found fast.
pub(super) fn sets_of(hir: &Hir) -> Vec<Set> {
    let mut sets = Vec::new();
    collect(hir, &mut sets);
    sets.iter_mut().for_each(shorten);
    sets.retain(is_rare);
    sets.sort_by_key(|set| (std::cmp::Reverse(shortest(set)), set.len()));
    sets
}

/// Tells whether its strings are worth looking for: a letter alone stands everywhere, a sign does not.
fn is_rare(set: &Set) -> bool {
    set.iter().all(|string| string.len() > 1 || string.iter().any(u8::is_ascii_punctuation))
}

/// Returns the length of the shortest string.
fn shortest(set: &Set) -> usize {
    set.iter().map(Vec::len).min().unwrap_or(0)
}

/// Cuts strings to the length that is looked for; each of them once.
fn shorten(set: &mut Set) {
    for string in set.iter_mut() {
        string.truncate(LONGEST);
    }
    set.sort();
    set.dedup();
}

/// Adds the sets of a pattern.
fn collect(hir: &Hir, sets: &mut Vec<Set>) {
    if let Some(all) = exact(hir) {
        return add(all, sets);
    }
    match hir.kind() {
        HirKind::Capture(group) => collect(&group.sub, sets),
        HirKind::Repetition(repetition) if repetition.min > 0 => collect(&repetition.sub, sets),
        HirKind::Concat(parts) => collect_row(parts, sets),
        HirKind::Alternation(parts) => sets.extend(any(parts)),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) | HirKind::Repetition(_) => {}
    }
}

/// Adds a set in which no string is empty.
fn add(set: Set, sets: &mut Vec<Set>) {
    if shortest(&set) > 0 {
        sets.push(set);
    }
}

/// Adds the sets of parts that follow each other: those that are known whole are joined.
fn collect_row(parts: &[Hir], sets: &mut Vec<Set>) {
    let mut row: Set = vec![Vec::new()];
    for part in parts {
        let all = exact(part);
        if let Some(joined) = all.as_ref().and_then(|all| cross(&row, all)) {
            row = joined;
            continue;
        }
        add(std::mem::replace(&mut row, vec![Vec::new()]), sets);
        match all {
            Some(all) => row = all,
            None => collect(part, sets),
        }
    }
    add(row, sets);
}

/// Returns the set of alternatives: the best of each, if each has one.
fn any(parts: &[Hir]) -> Option<Set> {
    let best = |part: &Hir| sets_of(part).into_iter().next();
    let all: Set = parts.iter().map(best).collect::<Option<Vec<_>>>()?.concat();
    (all.len() <= MOST).then_some(all)
}

/// Returns all strings that a pattern matches, if they are few.
fn exact(hir: &Hir) -> Option<Set> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(vec![Vec::new()]),
        HirKind::Literal(literal) => Some(vec![literal.0.to_ascii_lowercase()]),
        HirKind::Class(class) => members(class),
        HirKind::Capture(group) => exact(&group.sub),
        HirKind::Repetition(Repetition { min, max: Some(max), sub, .. }) if min == max => {
            let one = exact(sub)?;
            (0..*min).try_fold(vec![Vec::new()], |all, _| cross(&all, &one))
        }
        HirKind::Repetition(Repetition { min: 0, max: Some(1), sub, .. }) => {
            let mut all = exact(sub)?;
            all.push(Vec::new());
            Some(all)
        }
        HirKind::Repetition(_) => None,
        HirKind::Concat(parts) => parts.iter().try_fold(vec![Vec::new()], |all: Set, part| cross(&all, &exact(part)?)),
        HirKind::Alternation(parts) => {
            let all: Set = parts.iter().map(exact).collect::<Option<Vec<_>>>()?.concat();
            (all.len() <= MOST).then_some(all)
        }
    }
}

/// Returns the characters of a class, if they are few and ASCII.
fn members(class: &Class) -> Option<Set> {
    let ranges: Vec<(u32, u32)> = match class {
        Class::Bytes(class) => class.ranges().iter().map(|range| (range.start().into(), range.end().into())).collect(),
        Class::Unicode(class) => {
            class.ranges().iter().map(|range| (range.start().into(), range.end().into())).collect()
        }
    };
    if ranges.iter().any(|(start, end)| *end > 0x7f || end - start >= 16) {
        return None;
    }
    let bytes = ranges.iter().flat_map(|(start, end)| *start..=*end).filter_map(|byte| u8::try_from(byte).ok());
    let mut all: Set = bytes.map(|byte| vec![byte.to_ascii_lowercase()]).collect();
    all.sort();
    all.dedup();
    (!all.is_empty() && all.len() <= 16).then_some(all)
}

/// Returns every string of one set before every string of the other, if they are few and short.
fn cross(first: &Set, second: &Set) -> Option<Set> {
    let is_small = first.len() * second.len() <= MOST && first.iter().all(|string| string.len() < 4 * LONGEST);
    is_small.then(|| first.iter().flat_map(|one| second.iter().map(move |other| [&**one, other].concat())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The best set of a pattern.
    fn best(pattern: &str) -> Vec<String> {
        let parser = || regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build();
        let sets = sets_of(&parser().parse(pattern).unwrap());
        sets.into_iter().next().unwrap_or_default().into_iter().map(|one| String::from_utf8(one).unwrap()).collect()
    }

    #[test]
    fn a_literal_anywhere_in_a_row_is_found() {
        assert_eq!(best(r"[\w.-]{0,50}?(?:adafruit)[ \t]{0,20}=(\w{32})"), ["adafruit"]);
        assert_eq!(best("tok_[a-z]{8}"), ["tok_"]);
    }

    #[test]
    fn case_does_not_matter() {
        assert_eq!(best("(?i)AdaFruit"), ["adafruit"]);
    }

    #[test]
    fn alternatives_are_all_there() {
        assert_eq!(best("gh[pos]_[a-z]{36}"), ["gho_", "ghp_", "ghs_"]);
        assert_eq!(best("(?:alpha|beta)-[0-9]+"), ["alpha-", "beta-"]);
        assert_eq!(best("alpha[0-9]+|beta[0-9]+"), ["alpha", "beta"]);
    }

    #[test]
    fn what_may_be_left_out_is_left_out_of_some() {
        assert_eq!(best("message[_-]?bird=[0-9]+"), ["message-bird=", "message_bird=", "messagebird="]);
    }

    #[test]
    fn what_may_be_left_out_does_not_count() {
        assert_eq!(best("(?:alpha)?[0-9]{8}"), Vec::<String>::new());
        assert_eq!(best("alpha|[0-9]+"), Vec::<String>::new());
        assert_eq!(best("[a-f0-9]{32}"), Vec::<String>::new());
        assert_eq!(best("(?:alpha)+"), ["alpha"]);
    }
}
