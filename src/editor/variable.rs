//! What an environment variable for a secret is called.

use crate::editor::text::Text;
use crate::finding::Finding;

/// Who issues what is found by a generic rule.
const ANYBODY: &str = "any";
/// Words of types, behind the name that a language like Go gives a variable.
const TYPES: [&str; 4] = ["string", "str", "String", "char"];

/// Returns the name of an environment variable for a secret: what its own variable is called, if that says
/// enough, else what its rule is called.
#[must_use]
pub fn variable(text: &Text, finding: &Finding) -> String {
    let start = usize::try_from(finding.span.start).unwrap_or(usize::MAX);
    let before = text.as_str().get(..start).unwrap_or_default();
    let line = before.rsplit(['\n', '\r']).next().unwrap_or_default();
    let own = assigned(line).map(shouted).filter(|name| is_telling(name, finding));
    own.unwrap_or_else(|| of_rule(&finding.rule))
}

/// Tells whether the name of a variable says enough without a look at the code around it.
fn is_telling(name: &str, finding: &Finding) -> bool {
    let issuer = finding.rule.split('-').next().unwrap_or_default().to_ascii_uppercase();
    finding.provider == ANYBODY || name.contains(&issuer)
}

/// Returns what a line assigns a value to that begins at its end.
fn assigned(line: &str) -> Option<&str> {
    let line = line.trim_end_matches(['"', '\'', '`', ' ', '\t']);
    let line = line.trim_end_matches(is_name);
    let target = [":=", "=>", "=", ":"].into_iter().find_map(|sign| line.strip_suffix(sign))?;
    let target = without_type(target.trim_end(), line.ends_with('='));
    let target = target.trim_end_matches(['"', '\'', '`', ']', ')', ' ', '?']);
    let name = &target[target.trim_end_matches(is_name).len()..];
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_').then_some(name)
}

/// Takes the type away that stands between a name and the sign of its value.
fn without_type(target: &str, is_assigned: bool) -> &str {
    if !is_assigned {
        return target;
    }
    let is_type = |text: &str| !text.contains([',', '(', '{', '"', '\'']) || text.contains("&'static");
    let named = target.rsplit_once(':').filter(|(name, kind)| !name.ends_with(':') && is_type(kind));
    let named = named.map(|(name, _)| name);
    let typed = || TYPES.iter().find_map(|word| target.strip_suffix(word)).filter(|rest| rest.ends_with(' '));
    named.or_else(typed).unwrap_or(target)
}

/// Tells whether a character may be part of a name.
fn is_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_' || character == '-'
}

/// Writes a name as those of environment variables: `apiKey` as `API_KEY`.
fn shouted(name: &str) -> String {
    let mut shouted = String::with_capacity(name.len() + 4);
    let mut was_low = false;
    for letter in name.chars() {
        if was_low && letter.is_ascii_uppercase() {
            shouted.push('_');
        }
        was_low = letter.is_ascii_lowercase() || letter.is_ascii_digit();
        shouted.push(if letter.is_ascii_alphanumeric() { letter.to_ascii_uppercase() } else { '_' });
    }
    shouted
}

/// Returns the name that a rule gives.
fn of_rule(rule: &str) -> String {
    // Two rules find the same kind of key.
    let name = shouted(rule.strip_suffix("-shape").unwrap_or(rule));
    if name.starts_with(|first: char| first.is_ascii_alphabetic()) { name } else { format!("SECRET_{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_found_in_front_of_its_value() {
        for (line, name) in [
            ("api_key = \"", "API_KEY"),
            ("const apiKey = '", "API_KEY"),
            ("  \"imageApiKey\": \"", "IMAGE_API_KEY"),
            ("'api-key' => '", "API_KEY"),
            ("const KEY: &str = \"", "KEY"),
            ("api_key: str = \"", "API_KEY"),
            ("const key string = \"", "KEY"),
            ("key := \"", "KEY"),
            ("params[\"api_key\"] = \"", "API_KEY"),
            ("export IDEOGRAM_KEY=", "IDEOGRAM_KEY"),
            ("client(api_key=\"", "API_KEY"),
            ("client(mode: 1, api_key=\"", "API_KEY"),
            ("String apiKey = \"", "API_KEY"),
        ] {
            assert_eq!(assigned(line).map(shouted).as_deref(), Some(name), "{line}");
        }
    }

    #[test]
    fn where_nothing_is_assigned_there_is_no_variable() {
        for line in ["Client(\"", "", "return \"", "if key == \"", "1 = \""] {
            assert_eq!(assigned(line), None, "{line}");
        }
    }

    #[test]
    fn a_rule_gives_a_name_that_an_environment_may_have() {
        assert_eq!(of_rule("ideogram-api-key-shape"), "IDEOGRAM_API_KEY");
        assert_eq!(of_rule("1password-token"), "SECRET_1PASSWORD_TOKEN");
        assert_eq!(of_rule("mine; rm -rf"), "MINE__RM__RF");
    }
}
