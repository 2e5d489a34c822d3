//! Occurrences as bytes: each thing that was found once, then where it stands.

use std::collections::HashMap;
use std::sync::Arc;

use crate::decide::Marked;
use crate::finding::{Confidence, Fingerprint, Place, Severity};
use crate::history::{Found, Occurrence};
use crate::oid::ObjectId;
use crate::path::is_harmless;
use crate::store::bytes::{Reader, Writer};
use crate::text::TextKind;

/// Writes occurrences, in their order.
pub(super) fn write(occurrences: &[Occurrence], out: &mut Writer) {
    let mut numbers: HashMap<*const Found, usize> = HashMap::new();
    let mut distinct: Vec<&Found> = Vec::new();
    for occurrence in occurrences {
        numbers.entry(Arc::as_ptr(&occurrence.found)).or_insert_with(|| {
            distinct.push(&occurrence.found);
            distinct.len() - 1
        });
    }
    out.count(distinct.len());
    for found in &distinct {
        write_found(found, out);
    }
    out.count(occurrences.len());
    let mut before = None;
    for occurrence in occurrences {
        match before.replace(occurrence.object) {
            Some(object) if object == occurrence.object => out.same_object(),
            Some(_) | None => out.object(&occurrence.object),
        }
        write_place(occurrence, out);
        out.count(numbers[&Arc::as_ptr(&occurrence.found)]);
    }
}

/// Reads what [`write()`] wrote.
pub(super) fn read(from: &mut Reader<'_>) -> Option<Vec<Occurrence>> {
    let distinct = from.list(|from| read_found(from).map(Arc::new))?;
    let mut before = None;
    from.list(|from| {
        let object = from.object_or(before)?;
        before = Some(object);
        read_occurrence(object, &distinct, from)
    })
}

/// Writes where an occurrence is in its object, and what the marks beside it come to.
fn write_place(occurrence: &Occurrence, out: &mut Writer) {
    out.byte(match occurrence.kind {
        TextKind::Content => 0,
        TextKind::SymlinkTarget => 1,
        TextKind::PathName => 2,
        TextKind::Message => 3,
    });
    let Place { line, column, end_line, end_column } = occurrence.place;
    for number in [occurrence.start, occurrence.end, line, column, end_line, end_column] {
        out.number(number);
    }
    match &occurrence.mark {
        Marked::No => out.byte(0),
        Marked::Allows(reason) => {
            out.byte(1);
            out.text(reason);
        }
        Marked::WithoutReason => out.byte(2),
        Marked::OtherRule => out.byte(3),
    }
}

/// Reads an occurrence in an object, and sees to it that it makes sense.
fn read_occurrence(object: ObjectId, distinct: &[Arc<Found>], from: &mut Reader<'_>) -> Option<Occurrence> {
    let kind = match from.byte()? {
        0 => TextKind::Content,
        1 => TextKind::SymlinkTarget,
        2 => TextKind::PathName,
        3 => TextKind::Message,
        _ => return None,
    };
    let (start, end) = (from.number()?, from.number()?);
    let (line, column) = (from.number()?, from.number()?);
    let (end_line, end_column) = (from.number()?, from.number()?);
    let mark = match from.byte()? {
        0 => Marked::No,
        1 => Marked::Allows(from.text()?),
        2 => Marked::WithoutReason,
        3 => Marked::OtherRule,
        _ => return None,
    };
    let found = Arc::clone(distinct.get(usize::try_from(from.number()?).ok()?)?);
    let makes_sense = start <= end && [line, column, end_line, end_column].iter().all(|number| *number > 0);
    let place = Place { line, column, end_line, end_column };
    makes_sense.then_some(Occurrence { object, kind, start, end, place, mark, found })
}

/// Writes what was found.
fn write_found(found: &Found, out: &mut Writer) {
    out.text(&found.rule);
    out.byte(match found.confidence {
        Confidence::Low => 0,
        Confidence::Medium => 1,
        Confidence::High => 2,
        Confidence::Certain => 3,
    });
    out.byte(match found.severity {
        Severity::Low => 0,
        Severity::Medium => 1,
        Severity::High => 2,
        Severity::Critical => 3,
    });
    out.text(found.fingerprint.as_str());
    out.text(&found.redacted);
    for texts in [&found.evidence, &found.advice] {
        out.count(texts.len());
        for text in texts {
            out.text(text);
        }
    }
}

/// Reads what was found, and sees to it that reports may print it as it is.
fn read_found(from: &mut Reader<'_>) -> Option<Found> {
    let rule = printable(from)?;
    let confidence = match from.byte()? {
        0 => Confidence::Low,
        1 => Confidence::Medium,
        2 => Confidence::High,
        3 => Confidence::Certain,
        _ => return None,
    };
    let severity = match from.byte()? {
        0 => Severity::Low,
        1 => Severity::Medium,
        2 => Severity::High,
        3 => Severity::Critical,
        _ => return None,
    };
    let fingerprint = Fingerprint::parse(&from.text()?)?;
    let redacted = printable(from)?;
    let evidence = from.list(printable)?;
    let advice = from.list(printable)?;
    Some(Found { rule, confidence, severity, fingerprint, redacted, evidence, advice })
}

/// Reads a text of ours; anything that a terminal could act on is none.
///
/// The reason of a mark is read without this: it is text of a scanned file, which
/// reports escape.
fn printable(from: &mut Reader<'_>) -> Option<String> {
    from.text().filter(|text| text.chars().all(|character| is_harmless(character) || character == '\\'))
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::finding::Secret;

    fn text() -> impl Strategy<Value = String> {
        "[ -~…é]{0,40}"
    }

    fn found() -> impl Strategy<Value = Found> {
        use Confidence as C;
        use Severity as S;
        let confidence = prop_oneof![Just(C::Low), Just(C::Medium), Just(C::High), Just(C::Certain)];
        let severity = prop_oneof![Just(S::Low), Just(S::Medium), Just(S::High), Just(S::Critical)];
        let texts = (vec(text(), 0..3), vec(text(), 0..3));
        ("[a-z-]{1,20}", confidence, severity, vec(any::<u8>(), 20..40), text(), texts).prop_map(
            |(rule, confidence, severity, secret, redacted, (evidence, advice))| Found {
                rule,
                confidence,
                severity,
                fingerprint: Fingerprint::of(&Secret::new(secret)),
                redacted,
                evidence,
                advice,
            },
        )
    }

    fn occurrence(found: Vec<Arc<Found>>) -> impl Strategy<Value = Occurrence> {
        use TextKind as T;
        let object = prop_oneof![vec(0_u8..3, 20), vec(any::<u8>(), 32)];
        let kind = prop_oneof![Just(T::Content), Just(T::SymlinkTarget), Just(T::PathName), Just(T::Message)];
        let mark = prop_oneof![
            Just(Marked::No),
            any::<String>().prop_map(Marked::Allows),
            Just(Marked::WithoutReason),
            Just(Marked::OtherRule)
        ];
        let place = (1_u64.., 1_u64.., 1_u64.., 1_u64..);
        (object, kind, any::<(u64, u64)>(), place, mark, 0..found.len()).prop_map(
            move |(object, kind, (a, b), (line, column, end_line, end_column), mark, number)| Occurrence {
                object: ObjectId::from_bytes(&object).unwrap(),
                kind,
                start: a.min(b),
                end: a.max(b),
                place: Place { line, column, end_line, end_column },
                mark,
                found: Arc::clone(&found[number]),
            },
        )
    }

    fn occurrences() -> impl Strategy<Value = Vec<Occurrence>> {
        vec(found().prop_map(Arc::new), 1..4).prop_flat_map(|found| vec(occurrence(found), 0..8))
    }

    fn written(occurrences: &[Occurrence]) -> Vec<u8> {
        let mut writer = Writer::default();
        write(occurrences, &mut writer);
        writer.into_bytes()
    }

    proptest! {
        #[test]
        fn occurrences_survive_a_round_trip(occurrences in occurrences()) {
            let bytes = written(&occurrences);

            let mut reader = Reader::new(&bytes);

            prop_assert_eq!(read(&mut reader), Some(occurrences));
            prop_assert_eq!(reader.end(), Some(()));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = read(&mut Reader::new(&bytes));
        }

        #[test]
        fn damaged_occurrences_are_read_or_refused(occurrences in occurrences(), at: prop::sample::Index, byte: u8) {
            let mut bytes = written(&occurrences);
            let at = at.index(bytes.len());
            bytes[at] = byte;

            let _ = read(&mut Reader::new(&bytes));
            let _ = read(&mut Reader::new(&bytes[..at]));
        }
    }

    #[test]
    fn what_was_found_is_written_once() {
        let found = Arc::new(sample("an evidence that is rather long, as some are"));
        let at = |start| Occurrence {
            object: ObjectId::from_bytes(&[7; 20]).unwrap(),
            kind: TextKind::Content,
            start,
            end: start + 40,
            place: Place { line: 1, column: start + 1, end_line: 1, end_column: start + 41 },
            mark: Marked::No,
            found: Arc::clone(&found),
        };

        let one = written(&[at(1)]).len();

        assert!(written(&[at(1), at(2), at(3)]).len() < one + 30);
    }

    #[test]
    fn what_a_terminal_could_act_on_is_refused() {
        for text in ["\u{1b}]0;owned\u{7}", "a\nb", "a\u{202e}b"] {
            let mut writer = Writer::default();
            write_found(&sample(text), &mut writer);

            assert_eq!(read_found(&mut Reader::new(&writer.into_bytes())), None);
        }
    }

    #[test]
    fn the_same_bytes_are_written_in_every_version() {
        let occurrence = Occurrence {
            object: ObjectId::from_bytes(&[7; 20]).unwrap(),
            kind: TextKind::Message,
            start: 300,
            end: 340,
            place: Place { line: 2, column: 1, end_line: 2, end_column: 41 },
            mark: Marked::Allows("why".to_owned()),
            found: Arc::new(sample("e")),
        };

        // If this changes, a store of before would be misread: raise `VERSION` in `file.rs`.
        let found = "\u{1}\u{9}some-rule\u{2}\u{2}$ig1:f4a6e47babf0a0b7e32311027f041e9c\u{b}aaaa…(40)\u{1}\u{1}e\0";
        let place = b"\x03\xac\x02\xd4\x02\x02\x01\x02\x29\x01\x03why\x00";
        let expected = [found.as_bytes(), b"\x01\x14", &[7; 20], place].concat();
        assert_eq!(written(&[occurrence]), expected);
    }

    fn sample(evidence: &str) -> Found {
        Found {
            rule: "some-rule".to_owned(),
            confidence: Confidence::High,
            severity: Severity::High,
            fingerprint: Fingerprint::of(&Secret::new(vec![b'a'; 40])),
            redacted: "aaaa…(40)".to_owned(),
            evidence: vec![evidence.to_owned()],
            advice: Vec::new(),
        }
    }
}
