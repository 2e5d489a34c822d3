//! Several handlers in one file: each is judged by itself.

use super::item;
use crate::common::TestRepo;

/// What is said of a file.
fn judged(path: &str, code: &str) -> (String, Vec<String>) {
    let repo = TestRepo::new();
    repo.write(path, code).stage();
    repo.commit("root");
    let item = item(&repo, "webhook-signatures");
    (item.verdict().to_owned(), item.evidence())
}

const CHECK: &str = r"
const HEADER = 'x-ideogram-webhook-signature';
function isGenuine(req) {
  const timestamp = req.get('x-ideogram-webhook-timestamp');
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > 300) return false;
  const expected = hmac(timestamp, req.body);
  return crypto.timingSafeEqual(Buffer.from(req.get(HEADER)), Buffer.from(expected));
}
app.use('/webhooks/ideogram', express.raw({ type: 'application/json' }));
";

#[test]
fn a_bad_handler_is_not_hidden_by_a_good_one_beside_it() {
    let bad = "app.post('/webhooks/ideogram/video', (req, res) => { save(req.body); res.end(); });\n";
    let good = "app.post('/webhooks/ideogram/image', (req, res) => { if (!isGenuine(req)) return res.end(); save(req.body); });\n";
    let also_good = good.replace("image", "video");

    let (verdict, evidence) = judged("server.js", &format!("{CHECK}{good}{bad}"));
    assert_eq!(verdict, "fail", "{evidence:?}");
    assert!(evidence.contains(&"server.js:11: a handler checks no signature".to_owned()), "{evidence:?}");
    assert_eq!(judged("server.js", &format!("{CHECK}{bad}{good}")).0, "fail");
    assert_eq!(judged("server.js", &format!("{CHECK}{good}{also_good}")).0, "pass");
}

#[test]
fn handlers_with_names_are_told_apart_too_and_what_both_use_counts_for_both() {
    let routes = "app.post('/webhooks/ideogram/a', good);\napp.post('/webhooks/ideogram/b', bad);\nmodule.exports = { good, bad };\n";
    let good = "function good(req, res) { if (!isGenuine(req)) return res.end(); save(req.body); }\n";
    let bad = "function bad(req, res) { save(req.body); }\n";

    assert_eq!(judged("server.js", &format!("{CHECK}{good}{bad}{routes}")).0, "fail");
    let mended = bad.replace("{ save", "{ if (!isGenuine(req)) return; save");
    assert_eq!(judged("server.js", &format!("{CHECK}{good}{mended}{routes}")).0, "pass");
}

#[test]
fn a_check_that_stands_before_all_handlers_counts_for_each() {
    let before = "app.use((req, res, next) => isGenuine(req) ? next() : res.end());\n";
    let one = "app.post('/webhooks/ideogram/a', (req, res) => { save(req.body); });\n";
    let other = one.replace("/a'", "/b'");

    let (verdict, evidence) = judged("server.js", &format!("{CHECK}{before}{one}{other}"));

    assert_eq!(verdict, "pass", "{evidence:?}");
}

#[test]
fn several_handlers_of_one_path_are_one() {
    let one = "app.post('/webhooks/ideogram', (req, res, next) => isGenuine(req) ? next() : res.end());\n";
    let other = "app.post('/webhooks/ideogram', (req, res) => { save(req.body); });\n";

    assert_eq!(judged("server.js", &format!("{CHECK}{one}{other}")).0, "pass");
}

#[test]
fn handlers_in_python_are_told_apart() {
    let good = r#"
@app.route("/webhooks/ideogram/a", methods=["POST"])
def receive_a():
    timestamp = request.headers["X-Ideogram-Webhook-Timestamp"]
    if abs(time.time() - int(timestamp)) > 300:
        abort(400)
    if not hmac.compare_digest(expected(timestamp, request.get_data()), request.headers["X-Ideogram-Webhook-Signature"]):
        abort(401)
    return "", 204
"#;
    let bad =
        "\n@app.route(\"/webhooks/ideogram/b\", methods=[\"POST\"])\ndef receive_b():\n    save(request.get_data())\n";

    assert_eq!(judged("app.py", &format!("{good}{bad}")).0, "fail");
    assert_eq!(judged("app.py", &format!("{bad}{good}")).0, "fail");
    assert_eq!(judged("app.py", &format!("{good}{}", good.replace("/a\"", "/b\"").replace("_a()", "_b()"))).0, "pass");
}

#[test]
fn handlers_in_go_are_told_apart() {
    let good = r#"
func images(w http.ResponseWriter, r *http.Request) {
	timestamp := r.Header.Get("X-Ideogram-Webhook-Timestamp")
	body, _ := io.ReadAll(r.Body)
	age := time.Since(at(timestamp))
	if age > 5*time.Minute { return }
	if !hmac.Equal([]byte(signature(r)), expected(timestamp, body)) { return }
	save(body)
}
"#;
    let bad =
        "\nfunc videos(w http.ResponseWriter, r *http.Request) {\n\tbody, _ := io.ReadAll(r.Body)\n\tsave(body)\n}\n";
    let main = "\nfunc main() {\n\thttp.HandleFunc(\"/webhooks/ideogram/a\", images)\n\thttp.HandleFunc(\"/webhooks/ideogram/b\", videos)\n}\n";

    assert_eq!(judged("main.go", &format!("package main\n{good}{bad}{main}")).0, "fail");
}
