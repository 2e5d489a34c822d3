//! Handlers in Python: Flask, `FastAPI`, Django.

use super::{AGELESS, ANEW, PLAIN, UNSIGNED, UNUSED, is_bad, is_good, item};
use crate::common::TestRepo;

#[test]
fn a_careful_handler_for_flask_passes() {
    let code = r#"
@app.route("/webhooks/ideogram", methods=["POST"])
def ideogram_webhook():
    """Compares signature == expected in constant time."""
    timestamp = request.headers.get("X-Ideogram-Webhook-Timestamp", "0")
    if abs(time.time() - int(timestamp)) > 300:
        abort(400)
    body = request.get_data()
    expected = hmac.new(SECRET, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, request.headers.get("X-Ideogram-Webhook-Signature", "")):
        abort(401)
    return "", 204
"#;

    is_good("app.py", code);
}

#[test]
fn a_handler_for_flask_that_compares_plainly_and_signs_json_made_anew_fails() {
    let code = r#"
@app.route("/webhooks/ideogram", methods=["POST"])
def ideogram_webhook():
    timestamp = request.headers["X-Ideogram-Webhook-Timestamp"]
    payload = request.json
    signature = hmac.new(SECRET, json.dumps(payload).encode(), hashlib.sha256).hexdigest()
    if signature == request.headers["X-Ideogram-Webhook-Signature"]:
        save(payload, timestamp)
        return "", 204
    abort(401)
"#;

    is_bad("app.py", code, &["app.py:7", PLAIN, UNUSED, ANEW]);
}

#[test]
fn a_careful_handler_for_fastapi_passes() {
    let code = r#"
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

@app.post("/webhooks/ideogram")
async def receive(request: Request, x_ideogram_webhook_timestamp: int = Header(), x_ideogram_webhook_signature: str = Header()):
    body = await request.body()
    age = abs(time.time() - x_ideogram_webhook_timestamp)
    if age > MAX_AGE_SECONDS:
        raise HTTPException(400)
    try:
        key().verify(bytes.fromhex(x_ideogram_webhook_signature), message_of(request, body))
    except InvalidSignature:
        raise HTTPException(401)
"#;

    is_good("main.py", code);
}

#[test]
fn a_handler_for_fastapi_that_checks_nothing_fails() {
    let code = "@app.post(\"/webhooks/ideogram\")\nasync def receive(event: Event):\n    await save(event)\n";

    is_bad("main.py", code, &[UNSIGNED]);
}

#[test]
fn a_careful_view_of_django_passes() {
    let repo = TestRepo::new();
    repo.write("shop/urls.py", "urlpatterns = [path(\"webhooks/ideogram/\", views.ideogram_webhook)]\n");
    repo.write(
        "shop/views.py",
        r#"
@csrf_exempt
def ideogram_webhook(request):
    timestamp = request.META["HTTP_X_IDEOGRAM_WEBHOOK_TIMESTAMP"]
    if timezone.now() - datetime.fromtimestamp(int(timestamp), tz=timezone.utc) > timedelta(minutes=5):
        return HttpResponseBadRequest()
    expected = hmac.new(SECRET, timestamp.encode() + b"." + request.body, "sha256").hexdigest()
    if not constant_time_compare(expected, request.META["HTTP_X_IDEOGRAM_WEBHOOK_SIGNATURE"]):
        return HttpResponseForbidden()
    return HttpResponse(status=204)
"#,
    );

    let item = item(&repo, "webhook-signatures");

    assert_eq!(item.verdict(), "pass", "{:#?}", item.evidence());
}

#[test]
fn a_view_of_django_that_compares_plainly_fails() {
    let code = r#"
@csrf_exempt
def ideogram_webhook(request):
    expected = hmac.new(SECRET, request.body, "sha256").hexdigest()
    if request.headers.get("X-Ideogram-Webhook-Signature") != expected:
        return HttpResponseForbidden()
    return HttpResponse(status=204)
"#;

    is_bad("shop/views.py", code, &[PLAIN, AGELESS]);
}
