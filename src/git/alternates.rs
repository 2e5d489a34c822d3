//! Folders of objects that others borrow from, as git writes them down: in a file, and in a variable.

use std::path::PathBuf;

use crate::path::RepoPath;

/// What stands between the folders of `GIT_ALTERNATE_OBJECT_DIRECTORIES`.
pub(super) const IN_VARIABLE: u8 = if cfg!(windows) { b';' } else { b':' };
/// What stands between the folders of `info/alternates`.
pub(super) const IN_FILE: u8 = b'\n';

/// Returns the folders of a list: one in quotes may hold the separator, and one that begins with `#` is a remark.
pub(super) fn folders(mut list: &[u8], separator: u8) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    while !list.is_empty() {
        let (folder, length) = first(list, separator);
        folders.extend((!folder.is_empty()).then(|| RepoPath::new(folder).to_os_path()));
        // Like git, we pass over whatever follows the quotes.
        list = list.get(length + 1..).unwrap_or_default();
    }
    folders
}

/// Returns the first folder of a list, and how many bytes it takes.
fn first(list: &[u8], separator: u8) -> (Vec<u8>, usize) {
    if let Some(quoted) = unquoted(list) {
        return quoted;
    }
    let length = list.iter().position(|byte| *byte == separator).unwrap_or(list.len());
    let is_remark = list.starts_with(b"#");
    (if is_remark { Vec::new() } else { list[..length].to_vec() }, length)
}

/// Undoes the quotes that git puts around an odd path, `"a\"b"`, and tells how many bytes they enclose with themselves;
/// `None` for what begins with no quote, or is not quoted as git does it.
fn unquoted(list: &[u8]) -> Option<(Vec<u8>, usize)> {
    let mut rest = list.strip_prefix(b"\"")?;
    let mut path = Vec::new();
    loop {
        let (byte, length) = match *rest {
            [b'"', ..] => return Some((path, list.len() - rest.len() + 1)),
            [b'\\', a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', ..] => {
                ((a & 3) << 6 | (b & 7) << 3 | (c & 7), 4)
            }
            [b'\\', letter, ..] => (escaped(letter)?, 2),
            [b'\\'] | [] => return None,
            [byte, ..] => (byte, 1),
        };
        path.push(byte);
        rest = &rest[length..];
    }
}

/// Returns the byte that a letter after `\` stands for.
fn escaped(letter: u8) -> Option<u8> {
    Some(match letter {
        b'a' => 7,
        b'b' => 8,
        b't' => b'\t',
        b'n' => b'\n',
        b'v' => 11,
        b'f' => 12,
        b'r' => b'\r',
        b'"' | b'\\' => letter,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(list: &[u8]) -> Vec<Vec<u8>> {
        folders(list, b':').iter().map(|path| RepoPath::from(path.as_path()).as_bytes().to_vec()).collect()
    }

    #[test]
    fn a_list_is_read_as_git_reads_it() {
        assert_eq!(of(b"/one:/two"), [b"/one".as_slice(), b"/two"]);
        assert_eq!(of(b"\"/a:b\":/two:"), [b"/a:b".as_slice(), b"/two"]);
        assert_eq!(of(b"\"/a\\\"b\\n\\303\\244\\\\\""), [b"/a\"b\n\xc3\xa4\\".as_slice()]);
        assert_eq!(of(b"#/gone:/two::"), [b"/two".as_slice()]);
    }

    #[test]
    fn what_is_quoted_in_another_way_is_taken_as_it_is() {
        assert_eq!(of(b"\"/open:/two"), [b"\"/open".as_slice(), b"/two"]);
        assert_eq!(of(b"\"/odd\\q\""), [b"\"/odd\\q\"".as_slice()]);
        assert_eq!(of(b"/in\"side\""), [b"/in\"side\"".as_slice()]);
    }
}
