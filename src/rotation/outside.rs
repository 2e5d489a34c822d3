//! Where a key may be kept outside of this machine, and the command that puts a new one there.
//!
//! Every command takes the key from a file or from standard input: what stands on
//! a command line, everybody on the machine can read.

use std::path::Path;

use crate::path::RepoPath;
use crate::report::shell_word;

/// A service that may keep the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outside {
    /// What it is called.
    pub service: &'static str,
    /// The command; what stands in capitals between angle brackets is the user's to fill in.
    pub command: String,
}

/// A service, how it shows in a repository, and its command.
struct Row {
    /// What it is called.
    service: &'static str,
    /// Files or folders at the top of the work tree, one of which is there if it is used.
    signs: &'static [&'static str],
    /// The command, with `{name}` for the variable and `{file}` for the file with the new key.
    command: &'static str,
}

/// The services.
const ROWS: &[Row] = &[
    Row { service: "GitHub Actions", signs: &[".github/workflows"], command: "gh secret set {name} < {file}" },
    Row { service: "GitLab CI", signs: &[".gitlab-ci.yml"], command: "glab variable update {name} < {file}" },
    Row {
        service: "Vercel",
        signs: &["vercel.json", ".vercel"],
        command: "vercel env rm {name} production --yes && vercel env add {name} production < {file}",
    },
    Row { service: "Fly.io", signs: &["fly.toml"], command: "{ printf '{name}='; cat {file}; } | fly secrets import" },
    Row {
        service: "Heroku",
        signs: &["Procfile", "app.json", "heroku.yml"],
        command: "{ printf '{\"{name}\":\"'; cat {file}; printf '\"}'; } | curl -n -X PATCH \
                  https://api.heroku.com/apps/<APP>/config-vars -H 'Accept: application/vnd.heroku+json; version=3' \
                  -H 'Content-Type: application/json' --data @-",
    },
    Row {
        service: "Cloudflare Workers",
        signs: &["wrangler.toml", "wrangler.json", "wrangler.jsonc"],
        command: "wrangler secret put {name} < {file}",
    },
    Row {
        service: "Kubernetes",
        signs: &["k8s", "kubernetes", "kustomization.yaml", "kustomization.yml", "helm", "charts", "Chart.yaml"],
        command: "kubectl create secret generic <SECRET> --from-file={name}={file} --dry-run=client --output=yaml | \
                  kubectl apply --filename=-",
    },
    Row {
        service: "Docker",
        signs: &["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"],
        command: "docker secret create <SECRET> {file}",
    },
    Row {
        service: "AWS Secrets Manager",
        signs: &["samconfig.toml", "serverless.yml", "cdk.json"],
        command: "aws secretsmanager put-secret-value --secret-id <SECRET> --secret-string file://{file}",
    },
    Row {
        service: "Google Secret Manager",
        signs: &["cloudbuild.yaml", "app.yaml"],
        command: "gcloud secrets versions add <SECRET> --data-file={file}",
    },
    Row {
        service: "Azure Key Vault",
        signs: &["azure-pipelines.yml", "azure.yaml"],
        command: "az keyvault secret set --vault-name <VAULT> --name <SECRET> --file {file}",
    },
    Row { service: "HashiCorp Vault", signs: &[], command: "vault kv patch -mount=secret <PATH> {name}=@{file}" },
];

/// Returns the commands of the services that show in a work tree; of all, where none shows.
///
/// `None` if the name of the file is better not typed.
#[must_use]
pub fn commands(top: &Path, names: &[&str], new_key: &Path) -> Option<Vec<Outside>> {
    let file = shell_word(&RepoPath::from(new_key))?;
    let shows = |row: &&Row| row.signs.iter().any(|sign| top.join(sign).exists());
    let mut rows: Vec<&Row> = ROWS.iter().filter(shows).collect();
    if rows.is_empty() {
        rows = ROWS.iter().collect();
    }
    let with = |row: &Row, name: &str| Outside {
        service: row.service,
        command: row.command.replace("{name}", name).replace("{file}", &file),
    };
    Some(rows.into_iter().flat_map(|row| names.iter().map(|name| with(row, name)).collect::<Vec<_>>()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_services_that_show_are_told_and_all_where_none_shows() {
        let folder = tempfile::tempdir().unwrap();
        let of = || commands(folder.path(), &["A_KEY", "B_KEY"], Path::new("/x y/new-key")).unwrap();

        assert_eq!(of().len(), 2 * ROWS.len());
        std::fs::write(folder.path().join("fly.toml"), "").unwrap();
        assert_eq!(of().len(), 2);
        assert_eq!(of()[0].command, "{ printf 'A_KEY='; cat '/x y/new-key'; } | fly secrets import");
    }

    #[test]
    fn every_command_takes_the_key_from_the_file() {
        for row in ROWS {
            assert_eq!(row.command.matches("{file}").count(), 1, "{}", row.service);
        }
    }
}
