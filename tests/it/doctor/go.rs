//! Handlers in Go: net/http, gin, echo.

use super::{AGELESS, ANEW, PLAIN, UNSIGNED, is_bad, is_good};

#[test]
fn a_careful_handler_for_net_http_passes() {
    let code = r#"
package main

func main() { http.HandleFunc("/webhooks/ideogram", receive) }

func receive(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil { return }
	seconds, _ := strconv.ParseInt(r.Header.Get("X-Ideogram-Webhook-Timestamp"), 10, 64)
	if age := time.Since(time.Unix(seconds, 0)); age.Abs() > 5*time.Minute {
		http.Error(w, "old", http.StatusBadRequest)
		return
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write(body)
	signature, _ := hex.DecodeString(r.Header.Get("X-Ideogram-Webhook-Signature"))
	if !hmac.Equal(mac.Sum(nil), signature) {
		http.Error(w, "forged", http.StatusUnauthorized)
		return
	}
}
"#;

    is_good("main.go", code);
}

#[test]
fn a_handler_for_net_http_that_compares_strings_fails() {
    let code = r#"
package main

func main() { http.HandleFunc("/webhooks/ideogram", receive) }

func receive(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	mac := hmac.New(sha256.New, secret)
	mac.Write(body)
	if hex.EncodeToString(mac.Sum(nil)) != r.Header.Get("X-Ideogram-Webhook-Signature") {
		http.Error(w, "forged", http.StatusUnauthorized)
	}
}
"#;

    is_bad("main.go", code, &["main.go:10", PLAIN, AGELESS]);
}

#[test]
fn a_careful_handler_for_gin_passes() {
    let code = r#"
func routes(r *gin.Engine) { r.POST("/webhooks/ideogram", receive) }

func receive(c *gin.Context) {
	body, _ := c.GetRawData()
	timestamp, _ := strconv.ParseInt(c.GetHeader("X-Ideogram-Webhook-Timestamp"), 10, 64)
	if skew := time.Now().Unix() - timestamp; skew > 300 || skew < -300 {
		c.AbortWithStatus(400)
		return
	}
	signature, _ := hex.DecodeString(c.GetHeader("X-Ideogram-Webhook-Signature"))
	if !ed25519.Verify(key, messageOf(c, body), signature) {
		c.AbortWithStatus(401)
		return
	}
	c.Status(204)
}
"#;

    is_good("hooks.go", code);
}

#[test]
fn a_handler_for_gin_that_binds_and_trusts_fails() {
    let code = r#"
func routes(r *gin.Engine) {
	r.POST("/webhooks/ideogram", func(c *gin.Context) {
		var event Event
		c.BindJSON(&event)
		save(event)
	})
}
"#;

    is_bad("hooks.go", code, &["hooks.go:3", UNSIGNED]);
}

#[test]
fn a_careful_handler_for_echo_passes() {
    let code = r#"
func receive(c echo.Context) error {
	body, err := io.ReadAll(c.Request().Body)
	timestamp := c.Request().Header.Get("X-Ideogram-Webhook-Timestamp")
	if isStale(timestamp, time.Now()) || age(timestamp) > window {
		return echo.ErrBadRequest
	}
	if subtle.ConstantTimeCompare(sum(body), []byte(c.Request().Header.Get("X-Ideogram-Webhook-Signature"))) != 1 {
		return echo.ErrUnauthorized
	}
	return c.NoContent(204)
}
func routes(e *echo.Echo) { e.POST("/webhooks/ideogram", receive) }
"#;

    is_good("hooks.go", code);
}

#[test]
fn a_handler_for_echo_that_signs_json_made_anew_fails() {
    let code = r#"
func receive(c echo.Context) error {
	var payload Event
	c.Bind(&payload)
	raw, _ := json.Marshal(payload)
	mac := hmac.New(sha256.New, secret)
	mac.Write(raw)
	if !bytes.Equal(mac.Sum(nil), signatureOf(c)) {
		return echo.ErrUnauthorized
	}
	return c.NoContent(204)
}
func routes(e *echo.Echo) { e.POST("/webhooks/ideogram", receive) }
"#;

    is_bad("hooks.go", code, &[PLAIN, ANEW]);
}
