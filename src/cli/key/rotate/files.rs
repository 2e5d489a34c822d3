//! The files: the new key takes the place of the old one where it may stand, and the rest is told.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use ideoguard::audit::{Ended, Metadata};
use ideoguard::error::{Error, Result};
use ideoguard::keys::Key;
use ideoguard::path::RepoPath;
use ideoguard::report::counted;
use ideoguard::rotation::{self, Folder, Place, Swap};

use super::ask::{Answer, stopped};
use super::plan::RotatePlan;
use super::run::{Desk, Open};
use crate::cli::key::{record, registry};
use crate::cli::{output, replace, secret_file};

/// The largest file in which a key is replaced, in bytes.
const MOST: u64 = 1 << 20;

/// Takes in the further files that were named, for this run and the next ones.
pub(super) fn take_in(plan: &RotatePlan, open: &mut Open) -> Result<()> {
    let known = open.state.files.len();
    for file in &plan.files {
        let real = file.canonicalize().map_err(Error::io("find", file))?;
        // In a file with another name nothing is replaced; whoever named it is told so.
        open.state.files.extend(real.to_str().map(PathBuf::from));
    }
    if open.state.files.len() == known { Ok(()) } else { open.save() }
}

/// Returns the further files that were named in this run or an earlier one, and are still there.
fn further(plan: &RotatePlan, open: &Open) -> Vec<PathBuf> {
    let known = open.state.files.iter().filter(|file| file.exists());
    known.chain(&plan.files).cloned().collect()
}

/// Replaces the old key wherever it may stand; returns 3 if something could not be looked into, 0 otherwise.
pub(super) fn replace(plan: &RotatePlan, desk: &Desk, open: &mut Open, new: &Key) -> Result<u8> {
    let found = rotation::look(&desk.top, &further(plan, open), &open.old)?;
    let tracked = desk.repository.tracked()?;
    let (tracked, env): (Vec<Place>, Vec<Place>) =
        found.env.into_iter().partition(|place| is_tracked(place, desk, &tracked));
    tell(&env, &tracked, &found.elsewhere)?;
    let obstacles: Vec<String> = env.iter().filter_map(obstacle).collect();
    if !obstacles.is_empty() {
        let what = obstacles.join("; ");
        return Err(Error::Incomplete(format!("nothing was changed: {what}; then run this again")));
    }
    if !env.is_empty() && plan.talk.pause("Replace it in these files?")? == Answer::Stop {
        return Err(stopped());
    }
    for place in &env {
        one(place, open, new)?;
    }
    found.problems.iter().for_each(|problem| output::warn(&format!("{}: {}", problem.what, problem.error)));
    Ok(if found.problems.is_empty() { 0 } else { 3 })
}

/// Writes the new key into the registry, beside the old one, if that is there.
pub(super) fn register(open: &Open, new: &Key) -> Result<()> {
    if registry::succeed(&open.old.fingerprint(), &new.fingerprint(), new.start())? {
        let metadata = Metadata::new().with("old", open.state.old.name()).with("starts", new.start());
        record::act("rotate.register", new.fingerprint().as_str(), Ended::Success, metadata)?;
        output::say(&["added the new key to .ideoguard/keys.toml; commit that file".to_owned()])?;
    }
    Ok(())
}

/// Tells whether git tracks a file: a new key there would be committed.
fn is_tracked(place: &Place, desk: &Desk, tracked: &[RepoPath]) -> bool {
    let inner = place.real.strip_prefix(&desk.top).ok().map(RepoPath::from);
    inner.is_some_and(|path| tracked.binary_search(&path).is_ok())
}

/// Tells where the old key stands.
fn tell(env: &[Place], tracked: &[Place], elsewhere: &[Place]) -> Result<()> {
    let at = |place: &Place| {
        let line = place.stands.first().map_or(0, |stand| stand.line);
        let more = place.stands.len().saturating_sub(1) as u64;
        let more = if more > 0 { format!(" and {}", counted(more, "further place")) } else { String::new() };
        format!("{}:{line}{more}", place.path)
    };
    let mut lines: Vec<String> = env.iter().map(|place| format!("  {}: to be replaced", at(place))).collect();
    let why = "is tracked by git, where no key belongs: `git rm --cached` first, then run this again";
    lines.extend(tracked.iter().map(|place| format!("  {}: {why}", at(place))));
    let why = "holds it too: build it anew if a program made it, else take it out by hand";
    lines.extend(elsewhere.iter().map(|place| format!("  {}: {why}", at(place))));
    if lines.is_empty() {
        lines.push("  in no file here, or no more".to_owned());
    }
    lines.insert(0, "the old key stands".to_owned());
    output::say(&lines)
}

/// Says what keeps a file from being replaced, if anything does.
fn obstacle(place: &Place) -> Option<String> {
    let metadata = match place.real.metadata() {
        Ok(metadata) => metadata,
        Err(error) => return Some(format!("{}: {error}", place.path)),
    };
    if metadata.permissions().readonly() {
        return Some(format!("{} is read-only: `chmod u+w` it", place.path));
    }
    if metadata.len() > MOST {
        return Some(format!("{} is larger than {MOST} bytes: replace the key by hand", place.path));
    }
    #[cfg(unix)]
    if std::os::unix::fs::MetadataExt::nlink(&metadata) > 1 {
        return Some(format!(
            "{} has further names (hard links), which would keep the old key: remove them",
            place.path
        ));
    }
    place
        .real
        .to_str()
        .is_none()
        .then(|| format!("{} has a name that is not UTF-8: replace the key by hand", place.path))
}

/// Replaces the old key in one file.
fn one(place: &Place, open: &mut Open, new: &Key) -> Result<()> {
    let text = secret_file::bounded(&place.real, MOST)?;
    let stands = open.old.stands_in(&text[..]).map_err(Error::io("read", &place.real))?;
    let places: Vec<u64> = stands.iter().map(|stand| stand.at).collect();
    let changed = || Error::Incomplete(format!("{} was written to while it was read; run this again", place.path));
    let content = open.old.replaced(new, &text, &places).ok_or_else(changed)?;
    let names = places.iter().filter_map(|at| name_before(&text, *at)).collect();
    let file = place.real.to_string_lossy().into_owned();
    open.state.swaps.retain(|swap| swap.file != file || !swap.is_before(&text));
    let grown = length(&content).saturating_sub(length(&text)) / i64::try_from(places.len()).unwrap_or(1).max(1);
    open.state.swaps.push(Swap::of(file, &text, &content, places, grown, names));
    open.save()?;
    let metadata = Metadata::new()
        .with_text("file", place.path.as_bytes())
        .with("places", stands.len())
        .with("new", new.fingerprint().as_str());
    record::act("rotate.replace", open.state.old.name(), Ended::Success, metadata)?;
    put(&open.folder, &place.real, &content).map_err(Error::io("write", &place.real))?;
    output::say(&[format!("replaced it in {}", place.path)])
}

/// Gives a file new content, by way of our own folder, or of its own where that lies elsewhere.
pub(super) fn put(folder: &Folder, file: &Path, content: &[u8]) -> io::Result<()> {
    match replace::secret(file, content, &folder.part()) {
        Err(error) if error.kind() == ErrorKind::CrossesDevices => replace::secret(file, content, &beside(file)),
        done => done,
    }
}

/// Takes away what an ended run may have left beside a file.
pub(super) fn sweep(file: &Path) -> Result<()> {
    match fs::remove_file(beside(file)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::io("remove", beside(file))(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Returns the file beside another one through which it gets its content.
fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".ideoguard-part");
    PathBuf::from(name)
}

/// Returns how long a content is.
fn length(content: &[u8]) -> i64 {
    i64::try_from(content.len()).unwrap_or(i64::MAX)
}

/// Returns the name of the variable that is set at an offset, if it is one: capitals, digits and `_`.
fn name_before(text: &[u8], at: u64) -> Option<String> {
    let before = text.get(..usize::try_from(at).ok()?)?;
    let line = &before[memchr::memrchr(b'\n', before).map_or(0, |end| end + 1)..];
    let line = str::from_utf8(line).ok()?.trim_end_matches(['"', '\'', ' ', '\t']);
    let line = line.strip_suffix(['=', ':'])?.trim_end();
    let is_name = |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_';
    let name = &line[line.rfind(|letter| !is_name(letter)).map_or(0, |end| end + 1)..];
    let is_whole = (1..=64).contains(&name.len()) && name.starts_with(|first: char| !first.is_ascii_digit());
    is_whole.then(|| name.to_owned())
}
