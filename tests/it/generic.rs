//! What only its name gives away, whoever issued it, and what only looks like it.

use base64::Engine as _;
use ideoguard::detect::{Engine, Match};
use ideoguard::finding::Confidence;

use crate::fake;

fn scan(text: &str) -> Vec<Match> {
    Engine::built_in().scan(text.as_bytes())
}

/// Values of the kinds that services give out.
fn values() -> Vec<String> {
    let base62 = |seed, count| fake::chars(seed, fake::BASE62, count);
    let hex = |seed, count| fake::chars(seed, "0123456789abcdef", count);
    vec![
        base62(3, 20),
        base62(4, 32),
        base62(5, 64),
        hex(6, 32),
        hex(7, 40),
        hex(8, 64),
        format!("tok_{}", base62(9, 32)),
        format!("{}.{}.{}", base62(10, 24), base62(11, 6), base62(12, 27)),
    ]
}

/// Asserts that `form`, with each kind of value for `{V}`, holds one secret that blocks, exactly there.
#[track_caller]
fn assert_found(form: &str) {
    for value in values() {
        let text = form.replace("{V}", &value);
        let at = text.find(&value).unwrap();

        let found = scan(&text);

        let said: Vec<_> = found.iter().map(|one| (one.rule.id, one.span.clone(), one.confidence)).collect();
        assert_eq!(found.len(), 1, "{text}: {said:?}");
        assert_eq!(found[0].span, at..at + value.len(), "{text}: {said:?}");
        assert_eq!(found[0].confidence, Confidence::High, "{text}: {said:?}");
    }
}

/// Asserts that nothing in `text` is worth a warning.
#[track_caller]
fn assert_left_alone(text: &str) {
    let found = scan(text);

    let said: Vec<_> = found.iter().filter(|one| one.confidence > Confidence::Low).map(|one| one.rule.id).collect();
    assert!(said.is_empty(), "{text}: {said:?}");
}

#[test]
fn a_value_that_a_clear_name_is_given_is_found() {
    for form in [
        "ACME_API_TOKEN={V}\n",
        "client_secret: \"{V}\"\n",
        "{\"auth\":{\"access_token\":\"{V}\",\"x\":1}}",
        "const authToken: string = '{V}';\n",
        "os.getenv(\"SIGNING_KEY\", \"{V}\")\n",
        "- name: JWT_SECRET\n  value: \"{V}\"\n",
        "variable \"db_password\" {\n  type = string\n  sensitive = true\n  default = \"{V}\"\n}\n",
        "<add key=\"clientSecret\" value=\"{V}\"/>\n",
        "api_keys:\n  - \"{V}\"\n",
        "./run --token={V}\n",
        "tool login --password '{V}'\n",
        "machine git.corp.io login ci password {V}\n",
        "AccountName=acme;AccountKey={V};EndpointSuffix=x\n",
        "app.jwt.secret={V}\n",
        "password = SecretStr(\"{V}\")\n",
    ] {
        assert_found(form);
    }
}

#[test]
fn a_value_in_a_header_is_found() {
    for form in [
        "curl -H \"Authorization: Bearer {V}\" https://api.corp.io/\n",
        "curl -H 'Authorization: Token {V}' https://api.corp.io/\n",
        "headers: { 'X-Api-Key': '{V}' },\n",
        "req.Header.Set(\"Authorization\", \"Bearer {V}\")\n",
    ] {
        assert_found(form);
    }
}

#[test]
fn sixteen_random_characters_are_enough_for_a_clear_name() {
    for seed in 20..28 {
        let value = fake::chars(seed, fake::BASE62, 16);

        let found = scan(&format!("DB_PASSWORD={value}\nSESSION={value}\n"));

        assert_eq!(found.len(), 1, "{value}");
        assert_eq!(found[0].span, 12..28);
    }
}

#[test]
fn base64_is_found_with_its_padding() {
    for seed in 40..80 {
        let value = base64::engine::general_purpose::STANDARD.encode(fake::bytes(seed, 32));
        let text = format!("SECRET_KEY=\"{value}\"\n");

        for found in scan(&text) {
            assert_eq!(&text[found.span.clone()], value);
        }
    }
}

#[test]
fn a_token_alone_in_front_of_a_host_is_found() {
    let token = fake::chars(3, fake::BASE62, 40);
    let text = format!("git clone https://{token}@git.corp.io/x.git\n");

    let found = scan(&text);

    assert_eq!(found.len(), 1);
    assert_eq!(&text[found[0].span.clone()], token);
    assert_left_alone("SENTRY_DSN=https://3f1c9a7e5b2d4860a9c8e7f6b5d4c3a2@o1.ingest.sentry.io/2\n");
}

#[test]
fn base64_of_a_text_in_which_nothing_is_random_is_left_alone() {
    for text in
        ["ThisIsMyCustomSecretKey012345678", "this_is_the_very_deep_secret", "user:password", "üser:passwörd und mehr"]
    {
        let encoded = base64::engine::general_purpose::STANDARD.encode(text);

        assert_left_alone(&format!("token.secret.key={encoded}\n"));
        assert_left_alone(&format!("Authorization: Basic {encoded}\n"));
    }
}

#[test]
fn base64_of_a_random_password_is_found() {
    let encoded = base64::engine::general_purpose::STANDARD.encode(format!("svc:{}", fake::chars(3, fake::BASE62, 24)));

    let found = scan(&format!("Authorization: Basic {encoded}\n"));

    assert_eq!(found.len(), 1);
}

#[test]
fn what_is_public_by_its_form_or_name_is_left_alone() {
    let hex = |seed, count| fake::chars(seed, "0123456789abcdef", count);
    let base62 = |seed, count| fake::chars(seed, fake::BASE62, count);
    for text in [
        format!("VERIFY_KEY = \"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA{}\"", base62(1, 40)),
        format!("encodedPassword = \"{}\"", hex(2, 48)),
        format!("matches(\"password\", \"{{SSHA256}}{}\")", base62(3, 44)),
        format!("{{\"keys\":[{{\"p\":\"{}\",\"kty\":\"RSA\"}}]}}", base62(4, 86)),
        format!("token: `例: {}`", hex(5, 40)),
        format!("TokenClaimNames.SUB, \"{}\"", base62(6, 20)),
        format!("showKey('{}')", hex(7, 48)),
        format!("f(yourPassword, {})", hex(8, 32)),
        format!("key: npm-linux-{}", hex(9, 64)),
        format!("API_KEY={}...", base62(10, 30)),
        format!("pwnedPasswords = x;\n{}:1\n{}:3\n", hex(11, 35), hex(12, 35)),
        format!("key = os.getenv(\"API_KEY\")\nx = client.download(\"file-{}\")", base62(13, 24)),
        format!("name: api_key\n  example: {}", hex(14, 40)),
        "private_key = '5[1-9A-HJ-NP-Za-km-z]{50}'".to_owned(),
        "SecretKeyFactory.getInstance(\"PBKDF2WithHmacSHA256\")".to_owned(),
        "newSecretKey(\"PBKDF2WithHmacSHA256\")".to_owned(),
    ] {
        assert_left_alone(&text);
    }
}
