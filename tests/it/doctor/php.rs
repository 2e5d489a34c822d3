//! Handlers in PHP: Laravel, and without a framework.

use super::{AGELESS, ANEW, PLAIN, UNSIGNED, is_bad, is_good, item};
use crate::common::TestRepo;

#[test]
fn a_careful_controller_of_laravel_passes() {
    let repo = TestRepo::new();
    repo.write("routes/api.php", "<?php\nRoute::post('/webhooks/ideogram', [IdeogramController::class, 'receive']);\n");
    repo.write(
        "app/Http/Controllers/IdeogramController.php",
        r"<?php
class IdeogramController extends Controller
{
    public function receive(Request $request)
    {
        $timestamp = (int) $request->header('X-Ideogram-Webhook-Timestamp');
        abort_if(abs(time() - $timestamp) > 300, 400);
        $expected = hash_hmac('sha256', $timestamp . '.' . $request->getContent(), config('ideogram.webhook_secret'));
        abort_unless(hash_equals($expected, (string) $request->header('X-Ideogram-Webhook-Signature')), 401);
        return response()->noContent();
    }
}
",
    );

    let item = item(&repo, "webhook-signatures");

    assert_eq!(item.verdict(), "pass", "{:#?}", item.evidence());
}

#[test]
fn a_route_of_laravel_that_trusts_fails() {
    let code = "<?php\nRoute::post('/webhooks/ideogram', function (Request $request) {\n    Image::store($request->all());\n});\n";

    is_bad("routes/api.php", code, &["routes/api.php:2", UNSIGNED]);
}

#[test]
fn a_careful_script_passes() {
    let code = r"<?php
$body = file_get_contents('php://input');
$timestamp = (int) ($_SERVER['HTTP_X_IDEOGRAM_WEBHOOK_TIMESTAMP'] ?? 0);
if (abs(time() - $timestamp) > 300) { http_response_code(400); exit; }
$signature = hex2bin($_SERVER['HTTP_X_IDEOGRAM_WEBHOOK_SIGNATURE'] ?? '');
if (!sodium_crypto_sign_verify_detached($signature, message_of($body), $publicKey)) { http_response_code(401); exit; }
";

    is_good("webhook.php", code);
}

#[test]
fn a_script_that_compares_plainly_fails() {
    let code = r#"<?php
// It's a page of its own.
$payload = json_decode(file_get_contents("php://stdin"));
$expected = hash_hmac('sha256', json_encode($payload), $secret);
if ($_SERVER['HTTP_X_IDEOGRAM_WEBHOOK_SIGNATURE'] !== $expected) { http_response_code(401); exit; }
"#;

    is_bad("webhook.php", code, &["webhook.php:5", PLAIN, AGELESS, ANEW]);
}
