// Holds the codes of chat/errors.hpp, their statuses, the interface documents and the table in
// docs/protocol.md together, both ways.
#include <catch2/catch.hpp>
#include <fstream>

#include "net/docs/documents.hpp"
#include "net/http/message.hpp"
#include "tests/support/documents.hpp"

using namespace parley;
using namespace parley::net;
using namespace parley::test;
using chat::errc;

namespace {

/// The codes that clients see, with their status. Those marked "inside" never leave the server.
auto client_codes() -> std::map<std::string, unsigned> {
  std::map<std::string, unsigned> found;
  for (unsigned number = 1; number < 256; ++number) {
    const auto code = static_cast<errc>(number);
    if (code == errc::duplicate || code == errc::stale_owner || code == errc::refused) continue;
    found.emplace(to_string(code), static_cast<unsigned>(status_of(code)));
  }
  return found;
}

auto words_of(const std::map<std::string, unsigned>& codes) -> names {
  names words;
  for (const auto& [word, status] : codes) words.insert(word);
  return words;
}

/// The words in `backquotes` of a text.
auto backquoted(const std::string& text) -> names {
  names found;
  for (auto open = text.find('`'); open != std::string::npos;) {
    const auto close = text.find('`', open + 1);
    if (close == std::string::npos) break;
    found.insert(text.substr(open + 1, close - open - 1));
    open = text.find('`', close + 1);
  }
  return found;
}

struct row {
  std::string code;
  unsigned status = 0;
  std::vector<std::string> cells;
};

/// | `code` | 400 ... | when | what to do |
auto rows_of_protocol() -> std::vector<row> {
  std::ifstream page{PARLEY_SOURCE "/docs/protocol.md"};
  std::vector<row> rows;
  bool in_errors = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("## ")) in_errors = line == "## Errors";
    if (!in_errors || !line.starts_with("| `")) continue;
    row made;
    for (std::size_t at = 1; at < line.size();) {
      const auto end = std::min(line.find('|', at), line.size());
      made.cells.push_back(line.substr(at + 1, end - at - 2));
      at = end + 1;
    }
    made.code = *backquoted(made.cells[0]).begin();
    made.status = static_cast<unsigned>(std::stoul(made.cells.at(1)));
    rows.push_back(std::move(made));
  }
  return rows;
}

/// Where HTTP has a word of its own that says more than the code's status.
const std::set<std::pair<std::string, unsigned>> more_exact{
    {"unavailable", 408}, {"bad_request", 411}, {"too_long", 413}, {"bad_request", 416},
    {"limit", 503},       {"unavailable", 507},
};

}  // namespace

TEST_CASE("every code is in the table of docs/protocol.md with its status, and nothing else is",
          "[net][docs][errors]") {
  const auto codes = client_codes();
  names told;
  for (const auto& row : rows_of_protocol()) {
    INFO("row " << row.code);
    CHECK(told.insert(row.code).second);
    CHECK(row.cells.size() == 4);
    for (const auto& cell : row.cells) CHECK_FALSE(cell.empty());
    if (codes.contains(row.code)) CHECK(row.status == codes.at(row.code));
  }
  check_both_ways(words_of(codes), told, "docs/protocol.md");
}

TEST_CASE("every code is in the schema of problems, and nothing else is", "[net][docs][errors]") {
  const auto documented =
      texts_of(docs::openapi().at("components").at("schemas").at("ErrorCode").at("enum"));
  check_both_ways(words_of(client_codes()), documented, "docs/api/schemas.json");
}

TEST_CASE("a documented refusal names the codes of its status, and they are all named",
          "[net][docs][errors]") {
  const auto codes = client_codes();
  const auto& document = docs::openapi();
  names explained;
  for (const auto& [path, verbs] : document.at("paths").items())
    for (const auto& [verb, operation] : verbs.items())
      for (const auto& [status, response] : operation.at("responses").items()) {
        if (status < "400") continue;
        INFO(verb << " " << path << " " << status);
        const auto& refusal = resolve(document, response);
        if (!refusal.value("content", json::object()).contains("application/problem+json")) continue;
        for (const auto& word : backquoted(refusal.at("description"))) {
          if (!codes.contains(word)) continue;
          const auto number = static_cast<unsigned>(std::stoul(status));
          CHECK((codes.at(word) == number || more_exact.contains({word, number})));
          explained.insert(word);
        }
      }
  CHECK(without(words_of(codes), explained) == names{});
}
