//! Handlers in Ruby: Rails, Sinatra.

use super::{AGELESS, ANEW, PLAIN, is_bad, is_good, item};
use crate::common::TestRepo;

#[test]
fn a_careful_controller_of_rails_passes() {
    let repo = TestRepo::new();
    repo.write("config/routes.rb", "post '/webhooks/ideogram', to: 'ideogram_webhooks#create'\n");
    repo.write(
        "app/controllers/ideogram_webhooks_controller.rb",
        r#"
class IdeogramWebhooksController < ApplicationController
  skip_before_action :verify_authenticity_token

  def create
    body = request.raw_post
    timestamp = request.headers['X-Ideogram-Webhook-Timestamp'].to_i
    return head :bad_request if (Time.now.to_i - timestamp).abs > 300 # signature == expected
    expected = OpenSSL::HMAC.hexdigest('SHA256', secret, [timestamp, body].join("."))
    return head :unauthorized unless ActiveSupport::SecurityUtils.secure_compare(expected, request.headers['X-Ideogram-Webhook-Signature'].to_s)
    head :no_content
  end
end
"#,
    );

    let item = item(&repo, "webhook-signatures");

    assert_eq!(item.verdict(), "pass", "{:#?}", item.evidence());
}

#[test]
fn a_controller_of_rails_that_compares_plainly_fails() {
    let code = r"
class IdeogramWebhooksController < ApplicationController
  def create
    expected = OpenSSL::HMAC.hexdigest('SHA256', secret, params.to_json)
    return head :unauthorized unless expected == request.headers['X-Ideogram-Webhook-Signature']
    head :no_content
  end
end
";

    is_bad("app/controllers/ideogram_webhooks_controller.rb", code, &[PLAIN, AGELESS, ANEW]);
}

#[test]
fn a_careful_handler_for_sinatra_passes() {
    let code = r"
post '/webhooks/ideogram' do
  body = request.body.read
  timestamp = request.env['HTTP_X_IDEOGRAM_WEBHOOK_TIMESTAMP'].to_i
  halt 400 if (Time.now.to_i - timestamp).abs > 300
  mac = OpenSSL::HMAC.hexdigest('SHA256', SECRET, body)
  halt 401 unless Rack::Utils.secure_compare(mac, request.env['HTTP_X_IDEOGRAM_WEBHOOK_SIGNATURE'])
  204
end
";

    is_good("app.rb", code);
}

#[test]
fn a_handler_for_sinatra_that_compares_plainly_fails() {
    let code = r"
post '/webhooks/ideogram' do
  mac = OpenSSL::HMAC.hexdigest('SHA256', SECRET, request.body.read)
  halt 401 if mac != request.env['HTTP_X_IDEOGRAM_WEBHOOK_SIGNATURE']
  204
end
";

    is_bad("app.rb", code, &["app.rb:4", PLAIN, AGELESS]);
}
