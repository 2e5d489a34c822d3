//! What is typed on the terminal without being shown, and stays nowhere.

#[cfg(unix)]
pub(super) use unix::line;

/// Asks for a line on the terminal, which does not show it.
#[cfg(not(unix))]
pub(super) fn line(prompt: &str) -> std::io::Result<zeroize::Zeroizing<Vec<u8>>> {
    Ok(zeroize::Zeroizing::new(rpassword::prompt_password(prompt)?.into_bytes()))
}

/// A terminal of Unix. Crates for this let a string grow letter by letter, which leaves parts of it all over memory.
#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::io::{self, ErrorKind, Read, Write};

    use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};
    use zeroize::Zeroizing;

    /// The longest line, in bytes; Linux takes no longer one.
    const MOST: usize = 4096;
    /// What Ctrl-C types.
    const INTERRUPT: u8 = 3;

    /// Asks for a line on the terminal, which does not show it.
    pub(in super::super) fn line(prompt: &str) -> io::Result<Zeroizing<Vec<u8>>> {
        let mut terminal = File::options().read(true).write(true).open("/dev/tty")?;
        let hidden = Hidden::on(terminal.try_clone()?)?;
        terminal.write_all(prompt.as_bytes())?;
        // Room for all of it at once: a vector that grows leaves copies behind.
        let mut line = Zeroizing::new(vec![0; MOST]);
        let read = terminal.read(&mut line)?;
        line.truncate(read);
        drop(hidden);
        terminal.write_all(b"\n")?;
        if line.last() == Some(&INTERRUPT) { Err(ErrorKind::Interrupted.into()) } else { Ok(line) }
    }

    /// A terminal that does not show what is typed, for as long as this lives.
    struct Hidden {
        /// The terminal.
        terminal: File,
        /// How it was before.
        before: Termios,
    }

    impl Hidden {
        /// Lets a terminal show nothing. Ctrl-C ends the line, lest the program ends and leaves the terminal so.
        fn on(terminal: File) -> io::Result<Self> {
            let before = tcgetattr(&terminal)?;
            let mut modes = before.clone();
            modes.local_modes.remove(LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ISIG);
            modes.local_modes.insert(LocalModes::ICANON);
            modes.special_codes[SpecialCodeIndex::VEOL] = INTERRUPT;
            // What was pasted before the question counts.
            tcsetattr(&terminal, OptionalActions::Now, &modes)?;
            Ok(Self { terminal, before })
        }
    }

    impl Drop for Hidden {
        fn drop(&mut self) {
            // Whoever types sees it if this fails, and nobody else can do more.
            let _ = tcsetattr(&self.terminal, OptionalActions::Now, &self.before);
        }
    }
}
