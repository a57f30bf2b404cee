#include "tests/fuzz/records.hpp"

#include <cmath>
#include <limits>
#include <set>

#include "net/chat_hub/chat_hub.hpp"
#include "net/codec/any_case.hpp"
#include "net/codec/messagepack.hpp"
#include "net/rest/routes.hpp"
#include "net/signalr/hub.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/fuzz/commands.hpp"
#include "tests/fuzz/host.hpp"
#include "tests/support/fake_transport.hpp"
#include "tests/support/fields.hpp"
#include "tests/support/spelling.hpp"

namespace parley::fuzz {
namespace {

using namespace net::signalr;

/// Small, so that inputs reach the bound.
constexpr std::size_t max_record = 2'000;
constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max() / 2;
constexpr std::size_t json_depth = 64;
constexpr std::size_t messagepack_depth = 32;

auto is_number(const json& value) -> bool { return value.is_number(); }

auto is_same_number(const json& a, const json& b) -> bool {
  if (a.is_number_float() && std::isnan(a.get<double>()))
    return b.is_number_float() && std::isnan(b.get<double>());
  return a == b;
}

void check_borders(const hub_protocol& protocol, std::string_view input, std::size_t size) {
  dice roll{input};
  for (int i = 0; i < 3; ++i) {
    const auto come = roll.up_to(input.size());
    const auto seen = protocol.record_size(input.substr(0, come), max_record);
    must(seen && *seen == (come < size ? 0 : size), "a record ends where it ends, however it comes");
  }
}

/// The record that says the same, or "".
auto written(const hub_protocol& by, const hub_message& what) -> std::string {
  const auto& id = what.invocation_id;
  switch (*what.type) {
    case message_type::invocation: return by.invocation(what.target, what.arguments, id);
    case message_type::stream_item: return by.stream_item(id, what.payload);
    case message_type::completion:
      return what.has_error ? by.failed_completion(id, what.error)
                            : by.completion(id, what.payload);
    case message_type::ping: return by.ping();
    case message_type::close: return by.close(what.error, true);
    case message_type::ack: return by.ack(what.sequence_id);
    case message_type::sequence: return by.sequence(what.sequence_id);
    case message_type::stream_invocation:
    case message_type::cancel_invocation: return {};
  }
  return {};
}

void check_written(const hub_protocol& by, const hub_message& what) {
  const auto record = written(by, what);
  if (record.empty()) return;
  const bool is_text = by.format() == net::wire_format::text;
  const auto depth = 1 + std::max(depth_of(what.arguments), depth_of(what.payload));
  if (depth > (is_text ? json_depth : messagepack_depth)) return;
  if (is_text && !(has_json_form(what.arguments) && has_json_form(what.payload))) return;
  const auto size = by.record_size(record, no_limit);
  must(size && *size == record.size(), "a record that was written is one");
  const auto read = by.parse(record, no_limit);
  must(read.has_value(), "a record that was written is read");
  // A Ping may come with an id, which is read over; it goes without.
  const bool has_id = *what.type <= message_type::cancel_invocation;
  must(read->type == what.type && read->invocation_id == (has_id ? what.invocation_id : "") &&
           read->target == what.target && read->error == what.error &&
           read->has_error == what.has_error && read->sequence_id == what.sequence_id,
       "a record is read as it was written");
  must(is_same(read->arguments, what.arguments) && is_same(read->payload, what.payload),
       "the values of a record are read as they were written");
  must(!read->has_bad_text, "what is written is good text");
}

void check_message(const hub_message& what) {
  if (!what.type) return;
  must(chat::is_valid_utf8(what.invocation_id) && chat::is_valid_utf8(what.target) &&
           chat::is_valid_utf8(what.error),
       "texts of a record are UTF-8");
  must(what.arguments.is_array(), "arguments are an array");
  check_written(json_protocol(), what);
  check_written(messagepack_protocol(), what);
}

/// One MessagePack record, as nlohmann reads it.
auto read_binary(std::string_view& bytes) -> json {
  std::size_t length = 0;
  std::size_t prefix = 0;
  for (unsigned shift = 0;; shift += 7) {
    must(prefix < std::min<std::size_t>(bytes.size(), 5), "a length prefix is whole");
    const auto byte = static_cast<unsigned char>(bytes[prefix++]);
    length |= static_cast<std::size_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) break;
  }
  must(length <= bytes.size() - prefix, "a record is sent whole");
  auto record = json::from_msgpack(bytes.substr(prefix, length), true, false);
  must(record.is_array() && !record.empty(), "a record is an array");
  bytes.remove_prefix(prefix + length);
  return record;
}

auto read_text(std::string_view& bytes) -> json {
  const auto end = bytes.find(record_separator);
  must(end != std::string_view::npos, "a record is sent whole");
  auto record = json::parse(bytes.substr(0, end), nullptr, false);
  must(record.is_object(), "a record is an object");
  bytes.remove_prefix(end + 1);
  return record;
}

}  // namespace

auto is_same(const json& a, const json& b) -> bool {
  if (is_number(a) && is_number(b)) return is_same_number(a, b);
  if (a.type() != b.type() || a.size() != b.size()) return false;
  if (a.is_array())
    return std::equal(a.begin(), a.end(), b.begin(), is_same);
  if (!a.is_object()) return a == b;
  const auto& left = a.get_ref<const json::object_t&>();
  const auto& right = b.get_ref<const json::object_t&>();
  return std::equal(left.begin(), left.end(), right.begin(), [](const auto& x, const auto& y) {
    return x.first == y.first && is_same(x.second, y.second);
  });
}

auto depth_of(const json& value) -> std::size_t {
  if (!value.is_structured()) return 0;
  std::size_t deepest = 0;
  for (const auto& one : value) deepest = std::max(deepest, depth_of(one));
  return deepest + 1;
}

auto has_json_form(const json& value) -> bool {
  if (value.is_binary()) return false;
  if (value.is_number_float()) return std::isfinite(value.get<double>());
  if (!value.is_structured()) return true;
  if (value.is_object()) {
    std::set<std::string_view> keys;
    for (const auto& [key, member] : value.get_ref<const json::object_t&>())
      if (!keys.insert(key).second) return false;
  }
  return std::all_of(value.begin(), value.end(), has_json_form);
}

auto check_records(const hub_protocol& protocol, std::string_view input)
    -> std::vector<hub_message> {
  std::vector<hub_message> found;
  while (!input.empty()) {
    const auto size = protocol.record_size(input, max_record);
    if (!size || *size == 0) break;
    must(*size <= input.size() && *size <= max_record, "a record lies in the input");
    check_borders(protocol, input, *size);
    auto message = protocol.parse(input.substr(0, *size));
    if (!message) break;
    check_message(*message);
    found.push_back(std::move(*message));
    input.remove_prefix(*size);
  }
  return found;
}

namespace {

/// No object in it has two names that differ by case only: then the case means nothing.
auto has_one_spelling(const json& value) -> bool {
  if (value.is_object()) {
    std::set<std::string_view, net::less_in_any_case> keys;
    for (const auto& [key, member] : value.get_ref<const json::object_t&>())
      if (!keys.insert(key).second) return false;
  }
  return std::all_of(value.begin(), value.end(),
                     [](const json& one) { return !one.is_structured() || has_one_spelling(one); });
}

using made = chat::expected<chat::request>;

auto is_same_command(const made& a, const made& b) -> bool {
  if (!a || !b) return !a && !b && a.error().detail == b.error().detail;
  return test::fields_of(*a) == test::fields_of(*b);
}

/// What `bind` makes of a value does not depend on the case of the names in it.
template <class Bind>
void check_spellings(const json& value, Bind bind) {
  if (!value.is_structured() || !has_one_spelling(value)) return;
  const made as_sent = bind(value);
  for (const auto& how : test::spellings)
    must(is_same_command(as_sent, bind(test::respelled(value, how))), "names are read in any case");
}

/// A body is given to every route, which makes a command of it or says what is wrong.
void check_body(const json& body) {
  const std::string id = to_string(chat::uuid{});
  for (const auto& route : net::rest::routes())
    check_spellings(body, [&](const json& sent) {
      auto command = route.bind({{id, id}, {}, sent, {}});
      if (command) check_command(*command);
      return command;
    });
}

}  // namespace

void check_binding(const std::vector<hub_message>& messages) {
  for (const auto& one : messages) {
    if (!one.arguments.empty()) check_body(one.arguments.front());
    const auto* method = net::chat_hub().find(one.target);
    if (method == nullptr || !method->bind) continue;
    const auto fitted = fit_arguments(*method, one.arguments);
    if (!fitted) continue;
    must(fitted->size() == method->parameters.size(), "a method gets the arguments it names");
    const auto command = method->bind(*fitted);
    if (command)
      check_command(*command);
    else
      must(!command.error().detail.empty(), "a refusal says why");
    check_spellings(*fitted, method->bind);
  }
}

auto read_answers(net::wire_format format, std::string_view bytes) -> std::vector<json> {
  std::vector<json> records;
  while (!bytes.empty())
    records.push_back(format == net::wire_format::text ? read_text(bytes) : read_binary(bytes));
  return records;
}

auto with_length(std::string_view body) -> std::string {
  std::string bytes;
  auto length = body.size();
  for (; length >= 0x80; length >>= 7) bytes.push_back(static_cast<char>(length | 0x80));
  bytes.push_back(static_cast<char>(length));
  return bytes.append(body);
}

auto answers_to(std::string_view handshake, const std::vector<std::string_view>& pieces)
    -> std::string {
  auto& host = fresh_host();
  host.settings.hub.max_record_bytes = max_record;
  test::fake_transport transport;
  hub_connection connection{host,
                            net::chat_hub(),
                            transport,
                            {test::alice, {}, {}, {}, {}},
                            net::dialect::messaging,
                            {"c-1", nullptr}};
  connection.on_bytes(handshake);
  must(transport.sent.size() == 1 && transport.ends.empty(), "the handshake is good");
  // While it does not read, a connection gets nothing: the bytes stay in the socket.
  std::string held;
  const auto feed = [&](std::string_view piece) {
    transport.is_reading ? connection.on_bytes(piece) : void(held.append(piece));
  };
  for (const auto piece : pieces) feed(piece);
  must(host.asked_for.size() <=
           host.settings.hub.max_pending_invocations + host.settings.hub.max_streams,
       "no more calls run than may");
  std::string text;
  for (const auto piece : pieces) text += piece;
  std::string log;
  // A stream of pages would go on for as long as there are some.
  for (unsigned turn = 0; turn < std::min<std::size_t>(host.asked_for.size(), 200); ++turn) {
    const auto asked = host.asked_for[turn];
    check_command(asked.what);
    log += "asked " + std::to_string(asked.what.index()) + "\n";
    connection.on_answer(asked.ticket, answer_to(asked.what, turn, text));
    if (transport.is_reading) feed(std::exchange(held, {}));
  }
  for (const auto& one : transport.sent) log += one;
  log += "ends " + std::to_string(transport.ends.size());
  must(transport.ends.size() <= 1, "a connection ends once");
  must(host.closed.size() == transport.ends.size(), "its session ends with it");
  return log;
}

}  // namespace parley::fuzz
