// Input: what a client sends behind the handshake, JSON records that end in 0x1E.

#include <nlohmann/json.hpp>

#include "tests/fuzz/check.hpp"
#include "tests/fuzz/records.hpp"

using namespace parley;
using namespace parley::fuzz;

namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";

auto count(std::string_view text, std::string_view what) -> std::size_t {
  std::size_t found = 0;
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++found;
  return found;
}

/// The reader beside a plain one, where neither a bound nor a surrogate comes between them.
void check_reader(std::string_view text) {
  const auto read = net::codec::parse(text);
  const bool has_escape = text.find("\\u") != text.npos;
  const bool is_bounded = count(text, "[") + count(text, "{") <= 64 && count(text, ",") < 3'000;
  if (!has_escape && is_bounded && text.find('\0') == text.npos) {
    const auto plain = json::parse(text, nullptr, false);
    must(read.has_value() == !plain.is_discarded(), "what is JSON is read, and nothing else");
    must(!read || is_same(read->value, plain), "JSON is read as everybody reads it");
  }
  if (!read) return;
  const auto again = net::codec::dump(read->value);
  must(chat::is_valid_utf8(again), "JSON is written as UTF-8");
  const bool may_hold_mark = has_escape ? count(text, "\\ufffd") + count(text, "\\uFFFD") > 0 ||
                                              count(text, "\\uf") + count(text, "\\uF") > 0
                                        : false;
  if (count(again, replacement) > 0 && count(text, replacement) == 0 && !may_hold_mark)
    must(read->has_lone_surrogate, "a surrogate that was replaced is told");
  const auto second = net::codec::parse(again, 64, text.size() + again.size() + 1);
  must(second && is_same(second->value, read->value), "JSON is read as it was written");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = text_of(data, size);
  check_binding(check_records(net::signalr::json_protocol(), input));
  check_reader(input.substr(0, input.find(net::signalr::record_separator)));
  constexpr std::string_view handshake = "{\"protocol\":\"json\",\"version\":1}\x1e";
  must(answers_to(handshake, {input}) == answers_to(handshake, cut(input)),
       "answers do not depend on how the input is cut");
  return 0;
}
