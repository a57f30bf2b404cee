#include "net/web/web_client.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <set>

#include "net/web/client_config.hpp"
#include "tests/support/http_world.hpp"

using namespace parley;
using namespace parley::net;

namespace {

constexpr std::array<web::file, 4> parts{{
    {"/favicon.svg", "aaaaaaaaaaaaaaaa", "<svg/>", "packed picture, longer than it was"},
    {"/index.html", "bbbbbbbbbbbbbbbb", "<p-root ngCspNonce=\"{{nonce}}\"></p-root><s nonce=\"{{nonce}}\"/>",
     "packed"},
    {"/main-NY3T7ZQR.js", "cccccccccccccccc", "console.log('a long program')", "packed program"},
    {"/media/face-ABCDEFG1.woff2", "dddddddddddddddd", "face", "longer face"},
}};

auto get(std::string_view path, http::verb method = http::verb::get) -> http_request {
  return {method, boost::beast::string_view{path.data(), path.size()}, 11};
}

struct world {
  config::options options;
  web::web_client client{options, parts, "0123abcd"};

  auto answer(std::string_view path) const { return client.answer(get(path)); }
  auto policy() const {
    return std::string{client.answer(get("/"))->base()["Content-Security-Policy"]};
  }
};

auto nonce_in(std::string_view text, std::string_view before) -> std::string {
  const auto at = text.find(before);
  REQUIRE(at != std::string_view::npos);
  return std::string{text.substr(at + before.size(), 24)};
}

}  // namespace

TEST_CASE("the page is shown for its paths, and for no others", "[net][web]") {
  const world w;
  for (const auto* path : {"/", "/signin", "/join/a1_-", "/c/7", "/c/7/m/9", "/settings",
                           "/settings/devices", "/search", "/search?q=x", "/console", "/console/users"}) {
    INFO(path);
    const auto page = w.answer(path);
    REQUIRE(page);
    CHECK(page->result() == http::status::ok);
    CHECK((*page)[http::field::content_type] == "text/html; charset=utf-8");
    CHECK(page->find(http::field::etag) == page->end());
    CHECK(page->find(http::field::cache_control) == page->end());  // no-store is what answers say
  }
  for (const auto* path : {"/index.html", "/join", "/join/", "/c/", "/C/7", "/settingsx", "/searching",
                           "/main.js", "/media", "/signin/", "//", "/../favicon.svg", "", "*"}) {
    INFO(path);
    CHECK_FALSE(w.answer(path));
  }
}

TEST_CASE("each page has a nonce of its own, in its head and in its text", "[net][web]") {
  const world w;
  std::set<std::string> nonces;
  for (int i = 0; i < 100; ++i) {
    const auto page = *w.answer("/");
    const auto nonce = nonce_in(page.base()["Content-Security-Policy"], "style-src 'self' 'nonce-");
    CHECK(nonce.ends_with("=="));
    CHECK(nonce_in(page.body(), "ngCspNonce=\"") == nonce);
    CHECK(nonce_in(page.body(), "<s nonce=\"") == nonce);
    CHECK(page.body().find("{{") == std::string::npos);
    CHECK(nonces.insert(nonce).second);
  }
}

TEST_CASE("the page lets nothing in from elsewhere but what is listed", "[net][web]") {
  world w;
  CHECK(w.policy().starts_with("default-src 'none'; script-src 'self'; style-src 'self' 'nonce-"));
  CHECK(w.policy().find("img-src 'self' blob:; media-src 'self' blob:; connect-src 'self'; ") !=
        std::string::npos);
  w.options.http.web_image_origins = {"https://faces.example"};
  w.options.attachments.store = "s3";
  w.options.attachments.s3_endpoint = "https://s3.example:9000";
  w.options.attachments.s3_bucket = "files";
  CHECK(web::content_policy(w.options).find(
            "img-src 'self' blob: https://s3.example:9000 https://faces.example; "
            "media-src 'self' blob: https://s3.example:9000; "
            "connect-src 'self' https://s3.example:9000; ") != std::string::npos);
  w.options.attachments.s3_path_style = false;
  CHECK(web::content_policy(w.options).find("connect-src 'self' https://files.s3.example:9000;") !=
        std::string::npos);
  for (const auto* header : {"Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy",
                             "Permissions-Policy", "Referrer-Policy", "X-Content-Type-Options"})
    for (const auto* path : {"/", "/main-NY3T7ZQR.js", "/web/config.json"}) {
      INFO(header << " of " << path);
      CHECK(w.answer(path)->count(header) == 1);
    }
}

TEST_CASE("parts are packed for whoever takes it, when it makes them smaller", "[net][web]") {
  const world w;
  auto request = get("/main-NY3T7ZQR.js");
  request.set(http::field::accept_encoding, "br, gzip;q=0.5");
  const auto packed = *w.client.answer(request);
  CHECK(packed.body() == "packed program");
  CHECK(packed.base()[http::field::content_encoding] == "gzip");
  CHECK(packed.base()[http::field::etag] == "\"cccccccccccccccc-gzip\"");
  const auto plain = *w.answer("/main-NY3T7ZQR.js");
  CHECK(plain.body() == "console.log('a long program')");
  CHECK(plain.count(http::field::content_encoding) == 0);
  CHECK(plain.base()[http::field::etag] == "\"cccccccccccccccc\"");
  for (const auto& one : {packed, plain}) CHECK(one.base()[http::field::vary] == "Accept-Encoding");
  request.target("/favicon.svg");
  CHECK(w.client.answer(request)->body() == "<svg/>");
}

TEST_CASE("a part that the browser has is not sent again", "[net][web]") {
  const world w;
  auto request = get("/favicon.svg");
  request.set(http::field::if_none_match, "\"other\", W/\"aaaaaaaaaaaaaaaa\"");
  const auto known = *w.client.answer(request);
  CHECK(known.result() == http::status::not_modified);
  CHECK(known.body().empty());
  CHECK(known.base()[http::field::etag] == "\"aaaaaaaaaaaaaaaa\"");
  CHECK(known.base()[http::field::cache_control] == "no-cache");
  request.set(http::field::if_none_match, "\"aaaaaaaaaaaaaaaa-gzip\"");
  CHECK(w.client.answer(request)->result() == http::status::ok);
}

TEST_CASE("parts with a hash in their names are kept for a year", "[net][web]") {
  for (const auto* path : {"/main-NY3T7ZQR.js", "/media/face-ABCDEFG1.woff2", "/chunk-Bl-aZy4E.js",
                           "/chunk-7wjaE4Wt.js", "/chunk-cXNn_r6D.js"})
    CHECK(web::is_hashed(path));
  for (const auto* path : {"/main.js", "/main-abcdefgh.js", "/main-NY3T7ZQRX.js", "/main-NY3T7ZQ.js",
                           "/licenses.txt", "/a-NY3T7ZQR", "/-"})
    CHECK_FALSE(web::is_hashed(path));
  const world w;
  CHECK((*w.answer("/main-NY3T7ZQR.js"))[http::field::cache_control] ==
        "public, max-age=31536000, immutable");
  CHECK((*w.answer("/main-NY3T7ZQR.js"))[http::field::content_type] == "text/javascript; charset=utf-8");
}

TEST_CASE("the web client is read, never written to", "[net][web]") {
  const world w;
  for (const auto* path : {"/", "/favicon.svg", "/web/config.json"})
    for (const auto method : {http::verb::post, http::verb::put, http::verb::delete_}) {
      const auto refusal = *w.client.answer(get(path, method));
      CHECK(refusal.result() == http::status::method_not_allowed);
      CHECK(refusal.base()[http::field::allow] == "GET, HEAD");
    }
}

TEST_CASE("a server without the built client says what it is, and shows no page", "[net][web]") {
  const config::options options;
  const web::web_client none{options, {}, {}};
  CHECK_FALSE(none.has_page());
  CHECK_FALSE(none.answer(get("/")));
  CHECK_FALSE(none.answer(get("/main-NY3T7ZQR.js")));
  const auto told = codec::parse(none.answer(get("/web/config.json"))->body());
  REQUIRE(told);
  CHECK(told->value == web::client_config(options, ""));
}

TEST_CASE("the client is told what the server allows, and nothing secret", "[net][web]") {
  config::options options;
  options.auth.hs256_secret = "a secret of at least thirty-two bytes";
  options.auth.accounts = true;
  options.http.web_title = "Fox & Sons";
  options.users.search = "all";
  const auto told = web::client_config(options, "0123abcd");
  CHECK(told == codec::json{{"version", PARLEY_VERSION "+0123abcd"},
                            {"title", "Fox & Sons"},
                            {"accounts", true},
                            {"signInUrl", nullptr},
                            {"people", "everyone"},
                            {"limits", {{"content", 5'000}, {"title", 200}, {"members", 5'000}, {"name", 100}}},
                            {"attachments", {{"maxBytes", 25 * 1024 * 1024}, {"maxPerMessage", 10}}},
                            {"imageOrigins", codec::json::array()},
                            {"search", false},
                            {"vapidKey", nullptr}});
  options.auth.accounts = false;
  options.attachments.store = "off";
  options.users.search = "contacts";
  options.http.web_sign_in_url = "https://login.example/chat";
  const auto other = web::client_config(options, "");
  CHECK(other.value("accounts", true) == false);
  CHECK(other.value("signInUrl", "") == "https://login.example/chat");
  CHECK(other.value("people", "") == "contacts");
  CHECK(other.contains("attachments"));
  CHECK(other.value("attachments", codec::json{1}) == nullptr);
}

TEST_CASE("a connection serves the client beside everything else", "[net][web]") {
  test::http_world world;
  const web::web_client client{world.host.settings, parts, "0123abcd"};
  world.services.web = &client;
  auto browser = world.connect();
  browser.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n"
               "GET /main-NY3T7ZQR.js HTTP/1.1\r\nHost: h\r\nIf-None-Match: \"cccccccccccccccc\"\r\n\r\n"
               "POST /c/7 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}"
               "OPTIONS /favicon.svg HTTP/1.1\r\nHost: h\r\n\r\n"
               "GET /somewhere HTTP/1.1\r\nHost: h\r\n\r\n"
               "GET /users/me HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto answers = browser.answers();
  REQUIRE(answers.size() == 6);
  CHECK(answers[0].result() == http::status::ok);
  CHECK(answers[0].base()[http::field::cache_control] == "no-store");
  CHECK(answers[1].result() == http::status::not_modified);
  CHECK(answers[1].count(http::field::content_length) == 0);
  CHECK(answers[1].base()[http::field::vary] == "Accept-Encoding, Origin");
  CHECK(answers[2].result() == http::status::method_not_allowed);
  CHECK(answers[3].base()[http::field::allow] == "GET, HEAD");
  CHECK(answers[4].result() == http::status::not_found);
  CHECK(answers[5].result() == http::status::unauthorized);
  auto second = world.connect();
  second.send("HEAD /favicon.svg HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(second.answers(true).at(0).base()[http::field::content_length] == "6");
}
