#include "net/docs/pages.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "net/docs/documents.hpp"
#include "net/docs/files.hpp"

using namespace parley;
using namespace parley::net;

TEST_CASE("the pages are served to GET and HEAD, and nothing may come from elsewhere",
          "[net][docs]") {
  for (const auto path : docs::paths) {
    INFO(path);
    const auto page = docs::page(path, http::verb::get);
    REQUIRE(page);
    CHECK(page->result() == http::status::ok);
    CHECK_FALSE(page->body().empty());
    CHECK((*page)["Content-Security-Policy"].starts_with("default-src 'none';"));
    CHECK((*page)["X-Content-Type-Options"] == "nosniff");
    CHECK(docs::page(path, http::verb::head));
    CHECK(docs::page(path, http::verb::post)->result() == http::status::method_not_allowed);
  }
  for (const auto* path : {"/", "/docs/", "/docs/rest.json", "/docs/../page.js", "/documents"})
    CHECK_FALSE(docs::page(path, http::verb::get));
}

TEST_CASE("what is served as a document is that document", "[net][docs]") {
  const auto served = [](const char* path) {
    return docs::json::parse(docs::page(path, http::verb::get)->body());
  };
  CHECK(served("/docs/openapi.json") == docs::openapi());
  CHECK(served("/docs/asyncapi.json") == docs::asyncapi());
}

TEST_CASE("the page loads nothing but its own parts and writes text only", "[net][docs]") {
  const auto html = docs::page("/docs", http::verb::get)->body();
  const auto script = docs::page("/docs/page.js", http::verb::get)->body();
  const auto style = docs::page("/docs/page.css", http::verb::get)->body();
  for (const auto& part : {html, script, style})
    for (const auto* foreign : {"http://", "https://", "innerHTML", "insertAdjacentHTML",
                                "document.write", "eval(", "onclick=", "style=\""}) {
      INFO(foreign);
      CHECK(part.find(foreign) == std::string::npos);
    }
}

TEST_CASE("the files of docs/api are in the program byte for byte", "[net][docs]") {
  CHECK(docs::files().size() == 6);
  for (const auto& file : docs::files()) {
    INFO(file.name);
    std::ifstream on_disk{PARLEY_SOURCE "/docs/api/" + std::string{file.name}, std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{on_disk}, {}};
    CHECK(file.text == text);
  }
}
