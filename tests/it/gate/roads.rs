//! The programs that carry a push over the network, each on a port of its own of this machine.

use std::fs;
use std::io::Read;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::common::hermetic;

/// How often another port is tried when somebody was faster.
const ATTEMPTS: usize = 20;
/// How long a program may take to listen.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program that serves every repository of this machine's temporary folder, ended when dropped.
pub(crate) struct Road {
    child: Child,
    folder: tempfile::TempDir,
    /// What comes before the path of a repository.
    before: String,
}

impl Road {
    /// `git daemon`, which takes pushes from everybody.
    #[track_caller]
    pub(crate) fn daemon() -> Self {
        Self::open("git://127.0.0.1", "", |folder, port| {
            let mut command = hermetic("git", folder);
            // By default it drops whoever comes while 32 are served.
            command.args([
                "daemon",
                "--export-all",
                "--enable=receive-pack",
                "--listen=127.0.0.1",
                "--max-connections=0",
            ]);
            command.arg(format!("--port={port}")).arg(std::env::temp_dir());
            command
        })
    }

    /// `git http-backend` behind lighttpd, which asks for a name and a password and tells git the name: anna.
    #[track_caller]
    pub(crate) fn web() -> Self {
        Self::open("http://anna:word@127.0.0.1", "/git", |folder, port| {
            fs::write(folder.join("users"), "anna:word\n").expect("a file of users");
            fs::write(folder.join("lighttpd.conf"), web_config(folder, port)).expect("a configuration");
            let mut command = hermetic(lighttpd(), folder);
            command.args(["-D", "-f", "lighttpd.conf"]);
            command
        })
    }

    /// Starts a program on a free port.
    #[track_caller]
    fn open(scheme: &str, prefix: &str, command: impl Fn(&Path, u16) -> Command) -> Self {
        let mut said = String::new();
        for _ in 0..ATTEMPTS {
            let folder = tempfile::tempdir().expect("a temporary folder");
            // Between here and the program's own listening another may take the port; then the next is tried.
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port").local_addr().expect("it").port();
            let mut command = command(folder.path(), port);
            let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program starts");
            let mut road = Self { child, folder, before: format!("{scheme}:{port}{prefix}") };
            if road.is_open(port) {
                return road;
            }
            road.child.stderr.take().map(|mut text| text.read_to_string(&mut said));
        }
        panic!("it does not listen: {said}");
    }

    /// Waits until it listens; says no if it ended.
    fn is_open(&mut self, port: u16) -> bool {
        let start = Instant::now();
        while self.child.try_wait().expect("its state").is_none() {
            assert!(start.elapsed() < PATIENCE, "it does not listen on port {port}");
            if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }

    /// Returns where a repository is reached.
    pub(crate) fn url(&self, repository: &Path) -> String {
        let path = repository.strip_prefix(std::env::temp_dir()).expect("a repository in the temporary folder");
        let before = &self.before;
        if before.starts_with("git:") {
            return format!("{before}{}", repository.display());
        }
        format!("{before}/{}", path.display())
    }

    /// Returns what the program wrote down of its troubles.
    pub(crate) fn troubles(&self) -> String {
        fs::read_to_string(self.folder.path().join("troubles")).unwrap_or_default()
    }
}

impl Drop for Road {
    fn drop(&mut self) {
        // One that ended by itself is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the configuration of the web server.
fn web_config(folder: &Path, port: u16) -> String {
    let exec_path = hermetic("git", folder).arg("--exec-path").output().expect("git runs").stdout;
    let backend = String::from_utf8(exec_path).expect("a plain path").trim().to_owned() + "/git-http-backend";
    let path = std::env::var("PATH").unwrap_or_default();
    let (root, folder) = (std::env::temp_dir(), folder.display());
    format!(
        r#"
server.modules = ("mod_alias", "mod_auth", "mod_authn_file", "mod_setenv", "mod_cgi")
server.bind = "127.0.0.1"
server.port = {port}
server.document-root = "{folder}"
server.upload-dirs = ("{folder}")
server.errorlog = "{folder}/troubles"
alias.url = ("/git" => "{backend}")
auth.backend = "plain"
auth.backend.plain.userfile = "{folder}/users"
auth.require = ("/git" => ("method" => "basic", "realm" => "git", "require" => "valid-user"))
cgi.assign = ("" => "")
setenv.set-environment = (
    "GIT_PROJECT_ROOT" => "{root}",
    "GIT_HTTP_EXPORT_ALL" => "1",
    "GIT_CONFIG_NOSYSTEM" => "1",
    "GIT_CONFIG_GLOBAL" => "/dev/null",
    "HOME" => "{folder}",
    "PATH" => "{path}",
)
"#,
        root = root.display()
    )
}

/// Returns the name of the web server's program; without it, the story cannot be told.
#[track_caller]
fn lighttpd() -> &'static str {
    // Debian keeps it where only root's PATH leads.
    let there = ["lighttpd", "/usr/sbin/lighttpd"]
        .into_iter()
        .find(|program| Command::new(program).arg("-v").stdout(Stdio::null()).status().is_ok());
    there.expect("this story needs a web server: install the package `lighttpd`")
}
