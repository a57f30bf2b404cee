// Input: one MessagePack value, which is looked at by itself and as the body of a record; and once
// more as a stream of records with their lengths.

#include <nlohmann/json.hpp>

#include "net/codec/messagepack.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/fuzz/records.hpp"

using namespace parley;
using namespace parley::fuzz;

namespace {

constexpr int max_depth = 32;
/// A plain reader has no bound of its own: it recurses as deep as the input says.
constexpr std::size_t max_plain = 1'024;

auto is_text(const json& value) -> bool {
  if (value.is_string()) return chat::is_valid_utf8(value.get_ref<const std::string&>());
  if (!value.is_structured()) return true;
  if (value.is_object())
    for (const auto& [key, member] : value.get_ref<const json::object_t&>())
      if (!chat::is_valid_utf8(key)) return false;
  return std::all_of(value.begin(), value.end(), is_text);
}

/// As the plain reader has it: what we make readable (timestamps, mended text) passes for anything
/// of its kind, and keys may come again.
auto says_the_same(const json& ours, const json& plain) -> bool {
  if (plain.is_binary())
    return ours.is_binary()
               ? static_cast<const std::vector<std::uint8_t>&>(ours.get_binary()) ==
                     plain.get_binary()
               : ours.is_string() && plain.get_binary().has_subtype();
  if (plain.is_string() && !is_text(plain)) return ours.is_string();
  if (ours.type() != plain.type() && !(ours.is_number() && plain.is_number())) return false;
  if (plain.is_array())
    return std::equal(ours.begin(), ours.end(), plain.begin(), plain.end(), says_the_same);
  if (plain.is_object()) return ours.size() >= plain.size();
  return is_same(ours, plain);
}

void check_against_plain(std::string_view bytes, const chat::expected<net::codec::parsed>& read) {
  if (bytes.size() > max_plain) return;
  const auto plain = json::from_msgpack(bytes, true, false);
  if (read) must(!plain.is_discarded(), "what is no MessagePack is refused");
  if (read) must(says_the_same(read->value, plain), "MessagePack is read as everybody reads it");
  if (!plain.is_discarded() && depth_of(plain) <= max_depth && is_text(plain))
    must(read.has_value(), "what is MessagePack is read");
}

void check_value(std::string_view bytes) {
  const auto read = net::codec::parse_messagepack(bytes, max_depth);
  check_against_plain(bytes, read);
  if (!read) return;
  must(depth_of(read->value) <= max_depth, "depth is bounded");
  must(is_text(read->value), "all text is UTF-8");
  std::string written;
  net::codec::append_messagepack(written, read->value);
  const auto again = net::codec::parse_messagepack(written, max_depth, bytes.size() + 1);
  must(again && is_same(again->value, read->value), "MessagePack is read as it was written");
  must(!again->has_lone_surrogate, "what is written is good text");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = text_of(data, size);
  check_value(input);
  const auto& protocol = net::signalr::messagepack_protocol();
  constexpr std::string_view handshake = "{\"protocol\":\"messagepack\",\"version\":1}\x1e";
  for (const auto& stream : {with_length(input), std::string{input}}) {
    check_binding(check_records(protocol, stream));
    must(answers_to(handshake, {stream}) == answers_to(handshake, cut(stream)),
         "answers do not depend on how the input is cut");
  }
  return 0;
}
