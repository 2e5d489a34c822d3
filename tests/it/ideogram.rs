//! Every form in which an Ideogram key is written, and what only looks like one.

use ideoguard::detect::{Engine, Match};
use ideoguard::finding::Confidence;

use crate::fake;

fn scan(text: &[u8]) -> Vec<Match> {
    Engine::built_in().scan(text)
}

/// A key of an older guide or a gateway: no shape of its own.
fn other_key(seed: u64) -> String {
    fake::chars(seed, fake::BASE62, 40)
}

/// Asserts that `form`, with a key for `{K}`, holds one Ideogram key, exactly there.
#[track_caller]
fn assert_found(form: &str) {
    for (seed, key) in (1..4).map(|seed| (seed, fake::ideogram_key(seed))).chain([(9, other_key(9)), (7, other_key(7))])
    {
        assert_key_found(form, &key, seed);
    }
}

/// The same for forms that only an issued key's shape gives away.
#[track_caller]
fn assert_shape_found(form: &str) {
    for seed in 1..6 {
        assert_key_found(form, &fake::ideogram_key(seed), seed);
    }
}

#[track_caller]
fn assert_key_found(form: &str, key: &str, seed: u64) {
    let text = form.replace("{K}", key);
    let at = text.find(key).unwrap();

    let found = scan(text.as_bytes());

    let said: Vec<_> = found.iter().map(|one| (one.rule.id, one.span.clone(), one.confidence)).collect();
    assert_eq!(found.len(), 1, "seed {seed}, {form}: {said:?}");
    assert!(found[0].rule.id.starts_with("ideogram-"), "seed {seed}, {form}: {said:?}");
    assert_eq!(found[0].span, at..at + key.len(), "seed {seed}, {form}");
    assert!(found[0].confidence >= Confidence::High, "seed {seed}, {form}: {said:?}");
}

/// Asserts that nothing in `text` is worth a warning.
#[track_caller]
fn assert_left_alone(text: &str) {
    let found = scan(text.as_bytes());

    let said: Vec<_> = found
        .iter()
        .filter(|one| one.confidence > Confidence::Low)
        .map(|one| (one.rule.id, &text[one.span.clone()]))
        .collect();
    assert!(said.is_empty(), "{text}: {said:?}");
}

#[test]
fn keys_in_env_files_and_shells_are_found() {
    for form in [
        "IDEOGRAM_API_KEY={K}\n",
        "IDEOGRAM_API_KEY=\"{K}\"",
        "export IDEOGRAM_API_KEY='{K}'",
        "IDEOGRAM_KEY={K}",
        "IDEOGRAM_TOKEN={K}",
        "IDEOGRAM_SECRET={K}",
        "IDEOGRAM_API_TOKEN = {K}",
        "NEXT_PUBLIC_IDEOGRAM_API_KEY={K}",
        "VITE_IDEOGRAM_KEY={K}",
        "IDEOGRAM_API_KEY_PROD={K}",
        "STAGING_IDEOGRAM_API_KEY={K}",
        "IDEOGRAM_READ_KEY={K}\n",
        "IDEOGRAM_WRITE_KEY={K} # writer",
        "set IDEOGRAM_API_KEY={K}\r\n",
        "setx IDEOGRAM_API_KEY \"{K}\"",
        "setx IDEOGRAM_API_KEY {K}",
        "$env:IDEOGRAM_API_KEY = \"{K}\"",
        "[Environment]::SetEnvironmentVariable('IDEOGRAM_API_KEY', '{K}', 'User')",
        "fish_set -x IDEOGRAM_API_KEY {K}",
        "vercel env add IDEOGRAM_API_KEY {K}",
        "heroku config:set IDEOGRAM_API_KEY={K}",
        "gh secret set IDEOGRAM_API_KEY --body \"{K}\"",
        "docker run -e IDEOGRAM_API_KEY={K} app",
        "ENV IDEOGRAM_API_KEY {K}",
        "ARG IDEOGRAM_API_KEY={K}",
        "ideogram-cli --api-key {K} generate",
        "ideogram.api.key={K}",
        "ideogram.apiKey: {K}",
    ] {
        assert_found(form);
    }
}

#[test]
fn keys_in_source_code_are_found() {
    for form in [
        "IDEOGRAM_API_KEY = '{K}'",
        "ideogram_api_key: str = \"{K}\"",
        "const ideogramApiKey = \"{K}\";",
        "const IDEOGRAM_API_KEY: &str = \"{K}\";",
        "static const char *ideogram_key = \"{K}\";",
        "private static final String IDEOGRAM_API_KEY = \"{K}\";",
        "let ideogramKey: String = \"{K}\"",
        "val ideogramApiKey = \"{K}\"",
        "ideogramAPIKey := \"{K}\"",
        "$ideogramApiKey = '{K}';",
        "define('IDEOGRAM_API_KEY', '{K}');",
        "@ideogram_key = \"{K}\"",
        "config :app, ideogram_api_key: \"{K}\"",
        "key = os.getenv(\"IDEOGRAM_API_KEY\", \"{K}\")",
        "key = os.environ.get('IDEOGRAM_API_KEY', '{K}')",
        "const key = process.env.IDEOGRAM_API_KEY || '{K}';",
        "const key = process.env.IDEOGRAM_API_KEY ?? `{K}`;",
        "std::env::var(\"IDEOGRAM_API_KEY\").unwrap_or(\"{K}\".into())",
        "client = Ideogram(api_key=\"{K}\")",
        "const ideogram = new IdeogramClient({ apiKey: '{K}' });",
        "new IdeogramClient(\"{K}\")",
        "ideogram.configure { |c| c.api_key = '{K}' }",
        "headers = {\"Api-Key\": \"{K}\"}  # ideogram",
        "req.Header.Set(\"Api-Key\", \"{K}\") // api.ideogram.ai",
        "requests.post('https://api.ideogram.ai/generate', headers={'Api-Key': '{K}'})",
        "fetch('https://api.ideogram.ai/v1/x', { headers: { Authorization: 'Bearer {K}' } })",
        "#define IDEOGRAM_KEY \"{K}\"",
        "options(ideogram_key = \"{K}\")",
        "IDEOGRAM_API_KEY <- \"{K}\"",
        "Dim ideogramKey As String = \"{K}\"",
    ] {
        assert_found(form);
    }
}

#[test]
fn keys_in_requests_are_found() {
    for form in [
        "curl https://api.ideogram.ai/generate -H \"Api-Key: {K}\"",
        "curl -X POST https://api.ideogram.ai/v1/ideogram-v3/generate \\\n  -H 'Api-Key: {K}' \\\n  -F prompt=cat",
        "curl -H 'Api-Key: {K}' \\\n  https://api.ideogram.ai/describe",
        "curl -H \"Authorization: Bearer {K}\" https://api.ideogram.com/v1/x",
        "```bash\ncurl --header \"Api-Key: {K}\" https://api.ideogram.ai\n```",
        "https://api.ideogram.ai/v1/x?api_key={K}&n=1",
        "GET /v1/x HTTP/1.1\r\nHost: api.ideogram.ai\r\nApi-Key: {K}\r\n\r\n",
        "{\"name\": \"Api-Key\", \"value\": \"{K}\"}, \"url\": \"https://api.ideogram.ai\"",
    ] {
        assert_found(form);
    }
}

#[test]
fn keys_in_configuration_are_found() {
    for form in [
        "{\"ideogram_api_key\": \"{K}\"}",
        "{\"ideogram\": {\"apiKey\": \"{K}\"}}",
        "{\n  \"ideogram\": {\n    \"production\": {\n      \"key\": \"{K}\"\n    }\n  }\n}",
        "ideogram:\n  api_key: {K}\n",
        "ideogram_api_key: '{K}'",
        "IDEOGRAM_API_KEY: >-\n  {K}\n",
        "[ideogram]\napi_key = \"{K}\"\n",
        "<ideogramApiKey>{K}</ideogramApiKey>",
        "<add key=\"IDEOGRAM_API_KEY\" value=\"{K}\" />",
        "<key>IDEOGRAM_API_KEY</key>\n  <string>{K}</string>",
        "<string name=\"ideogram_api_key\">{K}</string>",
        "<entry key=\"ideogram.key\">{K}</entry>",
        "ideogram.api-key={K}\n",
        "variable \"ideogram_api_key\" {\n  type    = string\n  default = \"{K}\"\n}",
        "ideogram_api_key = \"{K}\"",
        "    environment:\n      - IDEOGRAM_API_KEY={K}\n",
        "      IDEOGRAM_API_KEY: \"{K}\"\n",
        "        - name: IDEOGRAM_API_KEY\n          value: \"{K}\"\n",
        "stringData:\n  IDEOGRAM_API_KEY: {K}\n",
        "{\"key\": \"IDEOGRAM_API_KEY\", \"value\": \"{K}\", \"enabled\": true}",
        "{\"value\": \"{K}\", \"key\": \"IDEOGRAM_API_KEY\"}",
        "{\"id\": \"1\", \"name\": \"Ideogram account\", \"data\": {\"name\": \"Api-Key\", \"value\": \"{K}\"}}",
        "| Variable | Value |\n| IDEOGRAM_API_KEY | {K} |",
        "# Ideogram API key\n{K}\n",
        "Our ideogram key is {K}.",
        "my ideogram token: `{K}`",
    ] {
        assert_found(form);
    }
}

#[test]
fn keys_in_escaped_text_are_found() {
    for form in [
        r#""source": ["import os\n", "os.environ[\"IDEOGRAM_API_KEY\"] = \"{K}\"\n"]"#,
        r#"{"body": "{\"ideogram_api_key\":\"{K}\"}"}"#,
        r"IDEOGRAM_API_KEY\u003d{K}\u0026x",
        "env=IDEOGRAM_API_KEY%3D{K}%26x",
        r#""text": "IDEOGRAM_API_KEY:\n{K}\n""#,
    ] {
        assert_found(form);
    }
}

#[test]
fn a_key_alone_is_found_by_its_shape() {
    for form in ["{K}", "apikey={K}", "Api-Key: {K}", "[\"{K}\"]", "token: {K}\n"] {
        assert_shape_found(form);
    }
}

#[test]
fn a_key_behind_a_word_that_leads_to_it_is_found_without_the_word() {
    for form in ["key-{K}", "ideogram-{K}.txt", "api_key_{K}", "backups/ideogram-api-key-{K}", "ideogram_key_{K}/notes"]
    {
        assert_shape_found(form);
    }
    let key = fake::ideogram_key(2);
    assert_left_alone(&format!("sha512-{key}"));
    assert_left_alone(&format!("kqzv-{key}"));
}

#[test]
fn a_key_that_begins_with_a_dash_or_an_underscore_is_found_whole() {
    for sign in ["-", "_"] {
        let key = format!("{sign}{}", &fake::ideogram_key(5)[1..]);
        assert_key_found("IDEOGRAM_API_KEY={K}", &key, 5);
        assert_key_found("Api-Key: {K}", &key, 5);
    }
}

#[test]
fn a_key_in_base64_is_found_where_the_base64_stands() {
    use base64::Engine as _;
    let encoded = base64::engine::general_purpose::STANDARD.encode(fake::ideogram_key(3));
    let text = format!("apiVersion: v1\nkind: Secret\ndata:\n  IDEOGRAM_API_KEY: {encoded}\n");

    let found = scan(text.as_bytes());

    assert_eq!(found.len(), 1);
    assert_eq!(found[0].rule.id, "ideogram-api-key");
    assert_eq!(&text[found[0].span.clone()], encoded);
    assert!(found[0].evidence.contains(&"written in base64"));
}

#[test]
fn the_same_key_plain_and_encoded_is_one_secret() {
    use base64::Engine as _;
    let key = fake::ideogram_key(3);
    let encoded = base64::engine::general_purpose::STANDARD.encode(&key);

    let plain = scan(format!("IDEOGRAM_API_KEY={key}").as_bytes());
    let hidden = scan(format!("IDEOGRAM_API_KEY={encoded}").as_bytes());

    assert!(plain[0].secret == hidden[0].secret);
}

#[test]
fn a_key_in_utf16_is_found_with_and_without_a_mark() {
    let key = fake::ideogram_key(4);
    let line = format!("IDEOGRAM_API_KEY={key}\r\n");
    let little: Vec<u8> = line.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = line.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let marked: Vec<u8> = [0xff, 0xfe].into_iter().chain(little.iter().copied()).collect();

    for (text, first) in [(little, 34), (big, 35), (marked, 36)] {
        let found = scan(&text);

        assert_eq!(found.len(), 1);
        assert_eq!(found[0].span, first..first + 86 * 2 - 1);
        assert_eq!(found[0].confidence, Confidence::Certain);
    }
}

#[test]
fn a_key_in_a_binary_is_found() {
    let key = fake::ideogram_key(4);
    let mut text = b"\x7fELF\x02\x01\x00\x00\x90\x90".to_vec();
    text.extend_from_slice(format!("\0IDEOGRAM_API_KEY\0{key}\0").as_bytes());

    assert_eq!(scan(&text).len(), 1);
}

#[test]
fn a_key_broken_over_literals_is_found_whole() {
    let key = fake::ideogram_key(6);
    let (one, rest) = key.split_at(30);
    let (two, three) = rest.split_at(40);

    for text in [
        format!("ideogram_key = \"{one}\" + \"{two}\" + \"{three}\""),
        format!("ideogram_key = (\n    '{one}'\n    '{two}'\n    '{three}'\n)"),
        format!("$ideogramKey = '{one}' . '{two}' . '{three}';"),
        format!("IDEOGRAM_KEY={one}\\\n{two}\\\n{three}"),
        format!("ideogramKey = \"{one}\" & _\n    \"{two}\" & _\n    \"{three}\""),
        format!("ideogram_key = \"{one}\" ..\n \"{two}\" .. \"{three}\""),
    ] {
        let found = scan(text.as_bytes());

        assert_eq!(found.len(), 1, "{}", text.replace(one, "1").replace(two, "2").replace(three, "3"));
        assert_eq!(found[0].confidence, Confidence::Certain);
        assert_eq!(found[0].span.start, text.find(one).unwrap());
        assert_eq!(found[0].span.end, text.find(three).unwrap() + three.len());
    }
}

#[test]
fn a_live_key_of_older_guides_is_ideograms_when_its_name_or_neighbour_says_so() {
    let key = format!("sk{}live_{}", '_', fake::chars(8, fake::BASE62, 32));

    for text in [
        format!("IDEOGRAM_API_KEY={key}"),
        format!("curl https://api.ideogram.com/v1 -H \"Authorization: Bearer {key}\""),
        format!("ideogram = Client(api_key='{key}')"),
    ] {
        let found = scan(text.as_bytes());

        assert_eq!(found.len(), 1);
        assert_eq!(found[0].rule.id, "ideogram-api-key");
    }
}

#[test]
fn a_webhook_secret_is_told_from_a_key() {
    let text = format!("IDEOGRAM_WEBHOOK_SECRET={}", other_key(3));

    let found = scan(text.as_bytes());

    assert_eq!(found.len(), 1);
    assert_eq!(found[0].rule.id, "ideogram-webhook-secret");
}

#[test]
fn a_key_in_a_client_bundle_variable_says_so() {
    let found = scan(format!("NEXT_PUBLIC_IDEOGRAM_API_KEY={}", fake::ideogram_key(2)).as_bytes());

    assert!(found[0].advice.iter().any(|advice| advice.contains("every visitor")));
}

#[test]
fn a_key_as_a_uuid_or_in_hex_is_found_under_its_name() {
    let hex = fake::chars(5, "0123456789abcdef", 48);
    let uuid = format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[12..15], &hex[15..18], &hex[18..30]);

    assert_eq!(scan(format!("IDEOGRAM_API_KEY={uuid}").as_bytes()).len(), 1);
    assert_eq!(scan(format!("IDEOGRAM_API_KEY=sk{}{hex}", '_').as_bytes()).len(), 1);
}

#[test]
fn placeholders_and_references_are_left_alone() {
    for text in [
        "IDEOGRAM_API_KEY=your_ideogram_api_key_here",
        "IDEOGRAM_API_KEY=<your-ideogram-api-key-2024>",
        "IDEOGRAM_API_KEY=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "IDEOGRAM_API_KEY=ideo_1234567890abcdefghijklmnop",
        "IDEOGRAM_API_KEY=${IDEOGRAM_API_KEY_V2_PRODUCTION}",
        "apiKey: process.env.IDEOGRAM_API_KEY_VERSION_2",
        "api_key=os.environ[\"IDEOGRAM_API_KEY_2_PRODUCTION\"]",
        "IDEOGRAM_API_KEY: ${{ secrets.IDEOGRAM_API_KEY_V2 }}",
        "IDEOGRAM_API_KEY: {{ .Values.ideogram.apiKey2024 }}",
        "IDEOGRAM_API_KEY=vault:secret/data/ideogram2#api_key_v2",
        "IDEOGRAM_API_KEY=op://vault2/ideogram-production/credential1",
        "IDEOGRAM_API_KEY=arn:aws:secretsmanager:us-east-1:123456789012:secret:ideogram2",
        "IDEOGRAM_API_KEY=abcd********************************",
        "IDEOGRAM_API_KEY=abcd...wxyz",
        "ideogram_api_key = get_secret_from_vault_v2(name)",
        "ideogramApiKey = loadFromKeychain2(account)",
    ] {
        assert_left_alone(text);
    }
}

#[test]
fn what_stands_near_the_word_by_chance_is_left_alone() {
    let hex = fake::chars(3, "0123456789abcdef", 40);
    let random = fake::chars(11, fake::BASE62, 22);
    let long = fake::ideogram_key(2);
    for text in [
        "An ideogram is a symbol; see ideogrammatic_writing_systems_appendix_12b".to_owned(),
        format!("https://ideogram.ai/assets/image/lossless/response/{random}"),
        format!("https://ideogram.ai/assets/progressive-image/balanced/response/{random}?exp=1711111111&sig={hex}"),
        format!("ideogram_generation_id: {random}"),
        format!("ideogram commit {hex}"),
        "ideogram request_id: 123e4567-e89b-12d3-a456-426614174000".to_owned(),
        format!("\"node_modules/ideogram\": {{\"integrity\": \"sha512-{long}==\"}}"),
        format!("ideogram@1.0.0 sha1-{random}"),
        format!("\"ideogram_image_sha256\": \"{}\"", fake::chars(4, "0123456789abcdef", 64)),
        format!("X-Ideogram-Webhook-Signature: {}", fake::chars(4, "0123456789abcdef", 128)),
    ] {
        assert_left_alone(&text);
    }
}

#[test]
fn signatures_and_hashes_with_the_same_shape_are_left_alone() {
    let long = fake::ideogram_key(2);
    for text in
        [format!("x.{long}"), format!("sig={long}"), format!("\"signature\": \"{long}\""), format!("sha512-{long}==")]
    {
        assert_left_alone(&text);
    }
}

#[test]
fn a_key_as_issued_under_a_name_of_ideogram_that_opens_nothing_warns() {
    for name in ["ideogram_key_id", "IDEOGRAM_CLIENT_ID", "ideogram_public_key", "ideogramKeyHash"] {
        let found = scan(format!("{name} = \"{}\"\n", fake::ideogram_key(1)).as_bytes());

        let said: Vec<_> = found.iter().map(|one| (one.rule.id, one.confidence)).collect();
        assert_eq!(said, [("ideogram-api-key", Confidence::Medium)], "{name}");
        assert_left_alone(&format!("{name} = \"{}\"\n", other_key(9)));
    }
}

#[test]
fn a_name_behind_the_value_counts_as_one_before_it() {
    for form in [
        "request.setValue(\"{K}\", forHTTPHeaderField: \"Api-Key\") // ideogram\n",
        "[request setValue:@\"{K}\" forHTTPHeaderField:@\"Api-Key\"]; // ideogram\n",
        "ideogram: str = Field(default=\"{K}\", env=\"IDEOGRAM_API_KEY\")\n",
        "printf '%s' '{K}' | gh secret set IDEOGRAM_API_KEY\n",
        "UPDATE settings SET value = '{K}' WHERE name = 'ideogram_key';\n",
        "const [k] = useState('{K}') // ideogramKey\n",
        "\"{K}\" -> ideogram_key\n",
        "# settings\n- value: \"{K}\"\n  name: IDEOGRAM_TOKEN\n",
        "\"values\": [{\"enabled\": true, \"value\": \"{K}\", \"key\": \"ideogram_api_key\"}]",
    ] {
        assert_found(form);
    }
}

#[test]
fn a_name_at_the_head_of_a_block_counts_for_the_fields_in_it() {
    for form in [
        "variable \"ideogram_api_key\" {\n  description = \"x\"\n  type = string\n  sensitive = true\n  default = \"{K}\"\n}\n",
        "resource \"aws_ssm_parameter\" \"ideogram_key\" {\n  name = \"/prod/ideogram/key\"\n  type = \"SecureString\"\n  value = \"{K}\"\n}\n",
        "# ideogram\n- name: Api-Key\n  in: header\n  schema:\n    type: string\n    default: {K}\n",
        "## Ideogram API key\n\n```\n{K}\n```\n",
    ] {
        assert_found(form);
    }
}

#[test]
fn what_wraps_or_announces_a_value_does_not_hide_its_name() {
    for form in [
        "ideogram_api_key = SecretStr(\"{K}\")\n",
        "headers.insert(\"Api-Key\", HeaderValue::from_static(\"{K}\")); // ideogram\n",
        "public string IdeogramKey { get; set; } = \"{K}\";\n",
        "&quot;ideogramApiKey&quot;:&quot;{K}&quot;\n",
        "a:1:{s:12:\"ideogram_key\";s:40:\"{K}\";}\n",
        "my $ideogram_key = q{{K}};\n",
        "createHmac('sha256', '{K}') // IDEOGRAM_WEBHOOK_SECRET\n",
        "the API key for Ideogram is:\n{K}\n",
        "Ideogram key (do not commit!): {K}\n",
        "Ideogram client(\"{K}\");\n",
        "curl -u {K}: https://api.ideogram.ai/\n",
        "${IDEOGRAM_API_KEY:-{K}}\n",
        "\u{1b}[32mIDEOGRAM_KEY\u{1b}[0m=\u{1b}[1m{K}\u{1b}[0m\n",
        "(defvar ideogram-key \"{K}\" \"The key.\")\n",
    ] {
        assert_found(form);
    }
    assert_shape_found("https://{K}@gateway.corp.io/v1\n");
}

#[test]
fn a_key_in_a_list_that_is_joined_is_found_whole() {
    let key = fake::ideogram_key(3);
    let (left, right) = key.split_at(40);
    for form in [
        "IDEOGRAM_KEY = ''.join(['{L}', '{R}'])",
        "const ideogramKey = [\"{L}\", \"{R}\"].join('');",
        "const IDEOGRAM_KEY: &str = concat!(\"{L}\", \"{R}\");",
        "ideogram_key <- paste0(\"{L}\", \"{R}\")",
        "ideogram_key = \"{L}\" * \"{R}\"",
        "$ideogramKey = \"{L}\" + `\n  \"{R}\"",
        "new StringBuilder(\"{L}\").append(\"{R}\"); // ideogram key",
    ] {
        let text = form.replace("{L}", left).replace("{R}", right);

        let found = scan(text.as_bytes());

        assert_eq!(found.len(), 1, "{form}");
        assert_eq!(found[0].rule.id, "ideogram-api-key", "{form}");
        assert_eq!(found[0].span, text.find(left).unwrap()..text.find(right).unwrap() + right.len(), "{form}");
    }
}

#[test]
fn a_key_that_looks_like_a_word_or_has_no_digit_is_found_by_its_name() {
    for key in
        ["EKaTqwaeIPEAHASIn~bbEMAaquAzejBZh", "ENcKetlHUfJutcRNu~p23pd511FeXIxDE", "wbIxZJbZxDPWWqEXW~EGQSHdnmxSbOPue"]
    {
        let text = format!("IDEOGRAM_API_KEY={}\n", key.replace('~', ""));

        let found = scan(text.as_bytes());

        assert_eq!(found.len(), 1, "{key}");
        assert_eq!(found[0].rule.id, "ideogram-api-key", "{key}");
    }
}

#[test]
fn a_field_beside_the_word_ideogram_is_not_named_by_it() {
    let hash = |seed| fake::chars(seed, "0123456789abcdef", 40);
    for text in [
        format!("{{\"name\":\"ideogram key art\",\"parent\":\"{}\"}}", hash(1)),
        format!("IDEOGRAM_API_KEY=\nBUILD={}\n", hash(2)),
        format!("var a=window.ideogramKey,b='{}';", &hash(3)[..20]),
        format!("n.u=e=>'js/ideogram.'+{{1:'{}'}}[e]+'.js'", &hash(4)[..20]),
        format!("ideogram\n{}\n", hash(5)),
        format!("{} add Ideogram API key support\n", hash(6)),
        format!("key: npm-ideogram-{}\n", hash(7)),
        format!("IDEOGRAM_KEY={}...\n", other_key(8)),
        format!("<meta name=\"google-site-verification\" content=\"{}\"/> ideogram api key\n", other_key(9)),
        format!("{{\"sources\":[\"ideogramKey.ts\"],\"mappings\":\"{};\"}}", other_key(10)),
    ] {
        assert_left_alone(&text);
    }
}
