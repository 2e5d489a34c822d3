//! Handlers in Java: Spring.

use super::{AGELESS, PLAIN, is_bad, is_good};

#[test]
fn a_careful_controller_of_spring_passes() {
    let code = r#"
@RestController
class IdeogramWebhookController {
    @PostMapping("/webhooks/ideogram")
    ResponseEntity<Void> receive(@RequestBody byte[] body,
            @RequestHeader("X-Ideogram-Webhook-Timestamp") long timestamp,
            @RequestHeader("X-Ideogram-Webhook-Signature") String signature) throws Exception {
        if (Math.abs(Instant.now().getEpochSecond() - timestamp) > 300) {
            return ResponseEntity.badRequest().build();
        }
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret, "HmacSHA256"));
        if (!MessageDigest.isEqual(mac.doFinal(body), HexFormat.of().parseHex(signature))) {
            return ResponseEntity.status(401).build();
        }
        return ResponseEntity.noContent().build();
    }
}
"#;

    is_good("src/main/java/org/example/IdeogramWebhookController.java", code);
}

#[test]
fn a_controller_of_spring_that_compares_strings_fails() {
    let code = r#"
@RestController
class IdeogramWebhookController {
    @PostMapping("/webhooks/ideogram")
    ResponseEntity<Void> receive(@RequestBody String body, @RequestHeader("X-Ideogram-Webhook-Signature") String signature) {
        String expected = hex(hmac(body));
        if (!expected.equals(signature)) {
            return ResponseEntity.status(401).build();
        }
        return ResponseEntity.noContent().build();
    }
}
"#;

    is_bad("src/main/java/org/example/IdeogramWebhookController.java", code, &[":7", PLAIN, AGELESS]);
}
