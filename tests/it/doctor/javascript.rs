//! Handlers in JavaScript and TypeScript: Express, Next.js, Fastify, Koa, Hono.

use super::{AGELESS, ANEW, PLAIN, UNSIGNED, UNUSED, handler, is_bad, is_good, item};
use crate::common::TestRepo;

const EXPRESS: &str = r"
const crypto = require('crypto');
const express = require('express');
const app = express();

// signature === expected would stop at the first byte that differs
app.post('/webhooks/ideogram', express.raw({ type: 'application/json' }), (req, res) => {
  const signature = req.get('X-Ideogram-Webhook-Signature') || '';
  const timestamp = req.get('X-Ideogram-Webhook-Timestamp') || '';
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > 300) return res.sendStatus(400);
  const expected = crypto.createHmac('sha256', process.env.IDEOGRAM_WEBHOOK_SECRET)
    .update(timestamp + '.').update(req.body).digest('hex');
  if (signature.length !== expected.length) return res.sendStatus(401);
  if (!crypto.timingSafeEqual(Buffer.from(signature), Buffer.from(expected))) return res.sendStatus(401);
  res.json({ received: true });
});
";

#[test]
fn a_careful_handler_for_express_passes() {
    is_good("server.js", EXPRESS);
}

#[test]
fn a_handler_for_express_that_compares_plainly_and_signs_json_made_anew_fails() {
    let code = r"
app.use(express.json());
app.post('/webhooks/ideogram', (req, res) => {
  const signature = req.headers['x-ideogram-signature'];
  const timestamp = req.headers['x-ideogram-timestamp'];
  const expected = crypto.createHmac('sha256', secret).update(JSON.stringify(req.body)).digest('hex');
  if (signature !== expected) {
    return res.status(401).end();
  }
  res.json({ ok: true });
});
";

    is_bad("server.js", code, &[PLAIN, UNUSED, ANEW]);
}

#[test]
fn a_handler_for_express_that_checks_nothing_fails_at_its_route() {
    let code = "const a = 1;\napp.post('/webhooks/ideogram', async (req, res) => {\n  await save(req.body);\n  res.end();\n});\n";

    is_bad("server.js", code, &["server.js:2", UNSIGNED]);
}

#[test]
fn a_careful_route_handler_of_next_passes() {
    let code = r"
import { createPublicKey, verify } from 'node:crypto';
import { jwks } from '@/lib/ideogram-keys';

export async function POST(request: Request): Promise<Response> {
  const body = Buffer.from(await request.arrayBuffer());
  const timestamp = Number(request.headers.get('x-ideogram-webhook-timestamp'));
  const signature = Buffer.from(request.headers.get('x-ideogram-webhook-signature') ?? '', 'hex');
  const age = Math.abs(Math.floor(Date.now() / 1000) - timestamp);
  if (age > 300) return new Response(null, { status: 400 });
  const message = await messageOf(request, body);
  const keys = (await jwks()).map((jwk) => createPublicKey({ key: jwk, format: 'jwk' }));
  if (!keys.some((key) => verify(null, message, key, signature))) {
    return new Response(null, { status: 401 });
  }
  return Response.json({ received: true });
}
";

    is_good("app/api/webhooks/ideogram/route.ts", code);
}

#[test]
fn a_route_handler_of_next_that_parses_and_trusts_fails() {
    let code = "export async function POST(request: Request) {\n  const body = await request.json();\n  await save(body);\n  return Response.json({ ok: true });\n}\n";

    is_bad("app/api/webhooks/ideogram/route.ts", code, &[UNSIGNED]);
}

#[test]
fn a_careful_handler_for_fastify_passes() {
    let code = r"
fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (req, body, done) => done(null, body));
fastify.post('/hooks/ideogram', async (request, reply) => {
  const { 'x-ideogram-webhook-signature': signature, 'x-ideogram-webhook-timestamp': timestamp } = request.headers;
  const tolerance = 300;
  if (Math.abs(Date.now() / 1000 - timestamp) > tolerance) return reply.code(400).send();
  const digest = createHmac('sha256', secret).update(`${timestamp}.`).update(request.body).digest();
  if (!timingSafeEqual(digest, Buffer.from(signature, 'hex'))) return reply.code(401).send();
  return { received: true };
});
";

    is_good("src/server.mjs", code);
}

#[test]
fn a_handler_for_fastify_without_a_window_fails() {
    let code = r"
fastify.post('/hooks/ideogram', async (request, reply) => {
  const signature = request.headers['x-ideogram-webhook-signature'];
  const digest = createHmac('sha256', secret).update(request.rawBody).digest('hex');
  if (!timingSafeEqual(Buffer.from(digest), Buffer.from(signature))) return reply.code(401).send();
  return { received: true };
});
";

    is_bad("src/server.mjs", code, &[AGELESS]);
}

#[test]
fn a_careful_handler_for_koa_passes() {
    let code = r"
router.post('/webhooks/ideogram', async (ctx) => {
  const raw = await getRawBody(ctx.req);
  const sentAt = Number(ctx.get('X-Ideogram-Webhook-Timestamp'));
  const age = Date.now() / 1000 - sentAt;
  ctx.assert(age < 300, 400);
  const mac = createHmac('sha256', secret).update(`${sentAt}.`).update(raw).digest();
  ctx.assert(timingSafeEqual(mac, Buffer.from(ctx.get('X-Ideogram-Webhook-Signature'), 'hex')), 401);
  ctx.status = 204;
});
";

    is_good("src/app.js", code);
}

#[test]
fn a_handler_for_koa_that_compares_plainly_fails() {
    let code = r"
router.post('/webhooks/ideogram', async (ctx) => {
  const hmac = createHmac('sha256', secret).update(ctx.request.rawBody).digest('hex');
  if (ctx.get('X-Ideogram-Webhook-Signature') === hmac) { ctx.status = 204; } else { ctx.throw(401); }
});
";

    is_bad("src/app.js", code, &[PLAIN, AGELESS]);
}

#[test]
fn a_careful_handler_for_hono_passes() {
    let code = r"
app.post('/webhooks/ideogram', async (c) => {
  const body = await c.req.text();
  const timestamp = Number(c.req.header('X-Ideogram-Webhook-Timestamp'));
  if (Math.abs(Date.now() / 1000 - timestamp) > 300) return c.body(null, 400);
  const signature = hexToBytes(c.req.header('X-Ideogram-Webhook-Signature') ?? '');
  const isGenuine = await crypto.subtle.verify('Ed25519', key, signature, messageOf(c, body));
  return isGenuine ? c.json({ received: true }) : c.body(null, 401);
});
";

    is_good("src/index.ts", code);
}

#[test]
fn a_handler_for_hono_that_checks_nothing_fails() {
    let code = "app.post('/webhooks/ideogram', async (c) => {\n  await save(await c.req.json());\n  return c.json({ ok: true });\n});\n";

    is_bad("src/index.ts", code, &[UNSIGNED]);
}

#[test]
fn a_body_that_is_made_anew_where_it_is_not_there_as_it_came_cannot_be_told() {
    let code = EXPRESS.replace(".update(req.body)", ".update(req.rawBody || JSON.stringify(req.body))");

    let item = handler("server.js", &code);

    assert_eq!(item.verdict(), "unknown", "{:#?}", item.evidence());
    assert!(item.evidence().iter().any(|line| line.contains("one that was made anew is taken")), "{}", item.text());
}

#[test]
fn the_time_of_a_line_in_a_log_is_not_the_time_of_sending() {
    let code = "app.post('/webhooks/ideogram', (req, res) => {\n  if (!timingSafeEqual(mac(req.rawBody), req.get('x-ideogram-signature'))) {\n    log({ timestamp: new Date() });\n  }\n});\n";

    is_bad("server.js", code, &[AGELESS]);
}

#[test]
fn a_check_in_another_file_counts() {
    let repo = TestRepo::new();
    repo.write(
        "src/routes.ts",
        "import { verifyIdeogramSignature } from './verify';\nrouter.post('/webhooks/ideogram', raw, (req, res) => {\n  if (!verifyIdeogramSignature(req)) return res.sendStatus(401);\n  res.end();\n});\n",
    );
    repo.write(
        "src/verify.ts",
        "export function verifyIdeogramSignature(req: Request): boolean {\n  const timestamp = Number(req.get('x-ideogram-timestamp'));\n  if (Date.now() / 1000 - timestamp > 300) return false;\n  const mac = createHmac('sha256', secret).update(req.rawBody).digest();\n  return timingSafeEqual(mac, Buffer.from(req.get('x-ideogram-signature')!, 'hex'));\n}\n",
    );

    let item = item(&repo, "webhook-signatures");

    assert_eq!(item.verdict(), "pass", "{:#?}", item.evidence());
    assert!(item.evidence().iter().all(|line| line.starts_with("src/verify.ts:")), "{:#?}", item.evidence());
}

#[test]
fn a_check_that_is_left_to_a_library_cannot_be_told() {
    let code = "import { verifyWebhook } from 'some-library';\nrouter.post('/webhooks/ideogram', raw, (req, res) => {\n  verifyWebhook(req.rawBody, req.headers);\n  res.end();\n});\n";

    let item = handler("src/routes.ts", code);

    assert_eq!(item.verdict(), "unknown");
    assert_eq!(item.evidence()[0], "src/routes.ts:3: it is left to `verifyWebhook`, which is not here to look at");
}

#[test]
fn a_client_that_only_names_where_to_deliver_is_no_handler() {
    let code = "export async function POST(request: Request) {\n  await fetch('https://api.ideogram.ai/v1/x', { body: form({ webhook_url: `${base}/webhooks/ideogram` }) });\n}\n";

    assert_eq!(handler("app/api/generate/route.ts", code).verdict(), "not-applicable");
}

#[test]
fn a_test_of_a_handler_is_no_handler() {
    assert_eq!(handler("src/server.test.js", &EXPRESS.replace("timingSafeEqual", "same")).verdict(), "not-applicable");
}

#[test]
fn a_comparison_in_a_comment_or_a_string_is_none() {
    let code =
        EXPRESS.replace("// signature", "/* signature == expected */ log('signature == expected'); // signature");

    is_good("server.js", &code);
}
