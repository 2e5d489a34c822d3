//! What is called a secret and looks like one, and is more often a sample, a link or a public key: it warns and does not block.

use ideoguard::detect::Engine;
use ideoguard::finding::Confidence;

use crate::fake;

/// Returns how sure we are of the one finding in a text.
#[track_caller]
fn confidence(text: &str) -> Confidence {
    let found = Engine::built_in().scan(text.as_bytes());
    assert_eq!(found.len(), 1, "{text}");
    found[0].confidence
}

/// Asserts that a value warns in `doubtful`, and blocks in `plain`, where nothing speaks against it.
#[track_caller]
fn assert_doubt(doubtful: &str, plain: &str) {
    let value = fake::chars(31, fake::BASE62, 32);
    assert_eq!(confidence(&doubtful.replace("{V}", &value)), Confidence::Medium, "{doubtful}");
    assert_eq!(confidence(&plain.replace("{V}", &value)), Confidence::High, "{plain}");
}

#[test]
fn a_name_that_says_made_up_is_believed() {
    assert_doubt("static fakeAccessToken = \"{V}\"", "static liveAccessToken = \"{V}\"");
}

#[test]
fn the_token_of_a_link_warns_and_that_of_an_interface_blocks() {
    assert_doubt(
        "see https://corp.io/reset?id=7&token={V} for it",
        "see https://corp.io/api?id=7&access_token={V} for it",
    );
    assert_doubt("join https://us06web.zoom.us/j/82702918447?pwd={V}", "ZOOM_CLIENT_SECRET={V}");
}

#[test]
fn the_result_of_an_example_in_a_comment_warns() {
    assert_doubt("#   user.auth_token # => \"{V}\"", "user.auth_token = \"{V}\"");
}

#[test]
fn the_result_of_an_example_warns_wherever_it_stands_on_its_line() {
    assert_doubt("#   # => <input name=\"token\" value=\"{V}\">", "#   was <input name=\"token\" value=\"{V}\">");
    assert_doubt("// => { token: \"{V}\" }", "// is { token: \"{V}\" }");
}

#[test]
fn an_example_whose_result_is_shown_below_it_warns() {
    assert_doubt("# hidden('token', '{V}')\n#   # => <input>", "# hidden('token', '{V}')\n#   # or <input>");
    assert_doubt("token = '{V}'\n# => nil", "token = '{V}'\nx => nil");
}

#[test]
fn the_example_of_a_schema_warns_and_what_stands_beside_it_blocks() {
    let json = "{\n  \"example\": {\n    \"refresh_token\": \"{V}\"\n  }\n}";
    assert_doubt(json, &json.replace("example", "contents"));
    assert_doubt("a:\n  examples:\n    b:\n      token: {V}", "a:\n  examples:\n    b: 1\n  token: {V}");
}

#[test]
fn a_value_behind_the_end_of_base64_warns() {
    assert_doubt("client_secret = \"===={V}\"", "client_secret = \"{V}\"");
}

#[test]
fn a_value_that_is_a_name_as_well_warns() {
    assert_doubt("{\"db_name\": \"{V}\", \"db_password\": \"{V}\"}", "{\"db_token\": \"x\", \"db_password\": \"{V}\"}");
    assert_doubt(
        "{\"db_password\": \"{V}\", \"db_name\": \"{V}\"}",
        "{\"db_password\": \"{V}\", \"db_name\": \"main\"}",
    );
}

#[test]
fn hex_in_a_column_of_a_table_warns() {
    let hash = fake::chars(34, "0123456789abcdef", 40);

    assert_eq!(confidence(&format!("  <column name=\"PASSWORD\" value=\"{hash}\"/>")), Confidence::Medium);
    assert_eq!(confidence(&format!("  <setting name=\"PASSWORD\" value=\"{hash}\"/>")), Confidence::High);
}

#[test]
fn a_line_below_the_result_of_an_example_blocks() {
    assert_eq!(confidence(&format!("# => 1\ntoken = \"{}\"", fake::chars(33, fake::BASE62, 32))), Confidence::High);
}

#[test]
fn the_transcript_of_an_interpreter_warns_up_to_the_next_empty_line() {
    assert_doubt("It gives\n    >>> login()\n    {'token': '{V}'}", "It gives\n    login()\n    {'token': '{V}'}");
    assert_doubt("\n>>> token = '{V}'", "\n<<< token = '{V}'");
    assert_doubt("\n>>> login()\nok\ntoken = '{V}'", "\n>>> login()\nok\n\ntoken = '{V}'");
    assert_doubt("\n>>> login()\ntoken = '{V}'", "\n>>>>>>> login\ntoken = '{V}'");
}

#[test]
fn a_key_beside_a_search_index_warns() {
    assert_doubt(
        "docsearch({ apiKey: \"{V}\", indexName: \"docs\" })",
        "connect({ apiKey: \"{V}\", retry: \"often\" })",
    );
}

#[test]
fn a_password_that_reads_as_words_warns() {
    let password = ["4-v3ry-53", "cr37-p455w0rd"].concat();

    assert_eq!(confidence(&format!("administrator_login_password = \"{password}\"")), Confidence::Medium);
}

#[test]
fn what_opens_nothing_by_its_name_is_no_finding() {
    let value = fake::chars(32, "0123456789abcdef", 64);

    for name in ["deviceToken", "apnsToken", "saltedpassword", "salted_password", "clientKeyExchange"] {
        assert!(Engine::built_in().scan(format!("{name} = \"{value}\"").as_bytes()).is_empty(), "{name}");
    }
}

#[test]
fn hardly_any_random_value_is_doubted() {
    let engine = Engine::built_in();
    for (alphabet, count) in [(fake::BASE62, 20), (fake::BASE62, 32), ("0123456789abcdef", 32)] {
        let is_doubted = |seed| {
            let text = format!("client_secret = \"{}\"", fake::chars(seed, alphabet, count));
            engine.scan(text.as_bytes()).iter().any(|one| one.confidence < Confidence::High)
        };

        let doubted = (0..1000).filter(|seed| is_doubted(*seed)).count();

        assert!(doubted <= MOST_DOUBTED, "{doubted} of 1000, {count} characters of {alphabet}");
    }
}

/// As many random values as may happen to read as words.
const MOST_DOUBTED: usize = 4;
