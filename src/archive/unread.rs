//! Why something in an archive was not read.

use std::fmt;

/// Why something in an archive was not read, or not all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// The archive unpacks to more bytes than these.
    TooManyBytes(u64),
    /// The archive has more members than these.
    TooManyMembers(u64),
    /// The list of its members is longer than so many bytes.
    LongList(u64),
    /// One of its members could not be read to its end, and so the others behind it could not either.
    Rest,
    /// It becomes more than so many times as large as it is packed.
    TooDense(u64),
    /// It lies more than so many archives deep.
    TooDeep(usize),
    /// It is an archive in another of more than so many bytes, and would have to be held in memory.
    TooLarge(u64),
    /// It is an archive that is too large to hold and comes as a stream.
    Passing,
    /// It has several members of one name, of which one was read.
    SharedNames,
    /// It has bytes before the first member that it lists.
    Before,
    /// It is encrypted.
    Encrypted,
    /// It is packed in a way that we do not know.
    UnknownMethod,
    /// It is damaged, ends early, or is not as it says.
    Damaged,
}

impl Unread {
    /// Tells whether nothing more of the whole archive is read.
    pub(super) fn ends_all(self) -> bool {
        matches!(self, Self::TooManyBytes(_) | Self::TooManyMembers(_))
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManyBytes(most) => {
                write!(out, "the archive unpacks to more than {most} bytes, and the rest of it was not read")
            }
            Self::TooManyMembers(most) => {
                write!(out, "the archive has more than {most} members, and the rest of it was not read")
            }
            Self::LongList(most) => {
                write!(out, "the list of its members is longer than {most} bytes, and was not read")
            }
            Self::Rest => out.write_str("what follows a member that could not be read to its end was not read"),
            Self::TooDense(ratio) => {
                write!(out, "it becomes more than {ratio} times as large as it is packed, and the rest was not read")
            }
            Self::TooDeep(depth) => write!(out, "it is an archive in more than {depth} others, and was not opened"),
            Self::TooLarge(most) => {
                write!(out, "it is an archive of more than {most} bytes in another, and was not opened")
            }
            Self::Passing => out.write_str("it is a large archive that comes as a stream, and was not opened"),
            Self::SharedNames => out.write_str("several members share a name, and only the last of them was read"),
            Self::Before => out.write_str("what lies before its first member was not unpacked"),
            Self::Encrypted => out.write_str("it is encrypted"),
            Self::UnknownMethod => out.write_str("it is packed with a method other than deflate"),
            Self::Damaged => out.write_str("it is damaged, ends early, or is not as it says"),
        }
    }
}
