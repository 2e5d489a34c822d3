//! The program: the command line around the library.

use std::process::ExitCode;

mod cli;

fn main() -> ExitCode {
    cli::run()
}
