#include "tests/fuzz/script_client.hpp"

#include "net/codec/messagepack.hpp"
#include "net/transports/replay_buffer.hpp"
#include "tests/fuzz/check.hpp"

namespace parley::fuzz {
namespace {

using namespace net::signalr;

/// What answers may take beyond the bound of an outbox: no call starts while it is congested, but
/// as many as may run are answered, and each stream sends one more batch.
constexpr std::size_t most_answers = 512 * 1024;

}  // namespace

// -- the link ---------------------------------------------------------------------------------------

auto script_link::send(const net::frame_ptr& what) -> bool {
  must(!is_over_, "nothing is sent behind the end");
  const bool taken = outbox_.push(what) == net::outbox::push_result::queued;
  check_bound(outbox_.bytes());
  return taken;
}

void script_link::send_answer(const net::frame_ptr& what) {
  must(!is_over_, "nothing is sent behind the end");
  answers_ += what->size();
  outbox_.push_answer(what);
  check_bound(outbox_.bytes());
}

void script_link::check_bound(std::size_t size) {
  must(size <= max_bytes_ + std::min(answers_, most_answers), "an outbox is bounded");
}

void script_link::end(bool) {
  must(!is_over_, "a connection ends once");
  is_over_ = true;
}

auto script_link::take(std::size_t count) -> std::string {
  std::string taken;
  while (taken.size() < count && !outbox_.is_empty()) {
    auto bytes = outbox_.at(0).websocket_bytes().substr(outbox_.written());
    bytes = bytes.substr(0, count - taken.size());
    taken += bytes;
    outbox_.consume(bytes.size());
  }
  if (outbox_.is_empty()) answers_ = 0;
  return taken;
}

// -- what comes -------------------------------------------------------------------------------------

void script_client::take(std::string_view bytes) {
  bytes_ += bytes;
  while (bytes_.size() >= 2) {
    const auto kind = static_cast<unsigned char>(bytes_[0]);
    must(kind == 0x81 || kind == 0x82, "a frame is a whole message of data");
    must(!is_in_ || !behaves_ || (kind == 0x81) == (protocol_.format() == net::wire_format::text),
         "frames are text or binary as the protocol is");
    const bool is_text = !is_in_ || kind == 0x81;
    const auto mark = static_cast<unsigned char>(bytes_[1]);
    const std::size_t header = mark < 126 ? 2 : mark == 126 ? 4 : 10;
    if (bytes_.size() < header) return;
    std::size_t size = mark < 126 ? mark : 0;
    for (std::size_t i = 2; i < header; ++i) size = size << 8 | static_cast<unsigned char>(bytes_[i]);
    if (bytes_.size() < header + size) return;
    std::string_view rest = std::string_view{bytes_}.substr(header, size);
    must(!rest.empty(), "no frame is empty");
    while (!rest.empty()) {
      // Only the borders are found by our own reader.
      const auto size_of = messagepack_protocol().record_size(rest, most_answers);
      const auto length = is_text ? rest.find(record_separator) + 1 : size_of ? *size_of : 0;
      must(length != 0, "a frame holds whole records");
      const auto record = rest.substr(0, length);
      take_record(read_answers(is_text ? net::wire_format::text : net::wire_format::binary, record)[0],
                  record);
      rest.remove_prefix(length);
    }
    bytes_.erase(0, header + size);
  }
}

auto script_client::field(const json& record, const char* name, std::size_t at) const -> json {
  if (record.is_object()) return record.value(name, json());
  return at < record.size() ? record[at] : json();
}

auto script_client::type_of(const json& record) const -> int {
  const auto type = field(record, "type", 0);
  must(type.is_number_integer() && type >= 1 && type <= 9, "a record has a known type");
  return type.get<int>();
}

void script_client::take_record(const json& record, std::string_view bytes) {
  if (!is_in_) {
    must(record.is_object() && !record.contains("type"), "the handshake is answered first");
    is_in_ = !record.contains("error");
    log_ += bytes;
    return;
  }
  const auto type = static_cast<message_type>(type_of(record));
  if (counts_ && behaves_) {
    if (type == message_type::sequence) {
      const auto first = field(record, "sequenceId", 1).get<std::uint64_t>();
      must(waits_for_sequence_, "a Sequence comes on a new socket");
      must(first >= 1 && first <= received_.size() + 1, "a Sequence leaves no gap");
      next_ = first - 1;
      waits_for_sequence_ = false;
      return;
    }
    // Whoever reads too slowly is told to go before anything else.
    must(!waits_for_sequence_ || type == message_type::close,
         "a new socket begins with a Sequence");
    if (type == message_type::ack) {
      const auto up_to = field(record, "sequenceId", 1).get<std::uint64_t>();
      must(up_to >= acknowledged_ && up_to <= acknowledged_ + kept_.size(),
           "only what was sent is acknowledged");
      for (; acknowledged_ < up_to; ++acknowledged_) kept_.pop_front();
      return;
    }
    if (is_counted(type)) return take_counted(record, bytes);
  }
  note(record);
  log_ += bytes;
}

void script_client::take_counted(const json& record, std::string_view bytes) {
  const auto number = next_++;
  if (number < received_.size()) {
    must(received_[number] == bytes, "what is sent again is what was sent");
    return;
  }
  received_.emplace_back(bytes);
  note(record);
  log_ += bytes;
}

void script_client::note(const json& record) {
  const auto type = static_cast<message_type>(type_of(record));
  must(type != message_type::stream_invocation && type != message_type::cancel_invocation,
       "a server calls no streams");
  // Of a MessagePack record the id is the third element.
  const auto id = field(record, "invocationId", 2);
  if (type == message_type::invocation) {
    must(field(record, "target", 3).is_string() && field(record, "arguments", 4).is_array(),
         "a call has a target and arguments");
    if (id.is_string()) calls_.push_back(id.get<std::string>());
  }
  if (type == message_type::completion || type == message_type::stream_item) {
    must(id.is_string() && !id.get_ref<const std::string&>().empty(), "an answer has an id");
    if (!behaves_) return;
    const auto at = owed_.find(id.get_ref<const std::string&>());
    must(at != owed_.end(), "only calls are answered");
    at->second.answers += type == message_type::completion;
    must(at->second.answers <= at->second.calls, "a call is answered once");
  }
}

// -- what goes --------------------------------------------------------------------------------------

auto script_client::send(std::string record) -> std::string {
  const auto size = protocol_.record_size(record, record.size());
  auto read = size && *size == record.size() ? protocol_.parse(record) : chat::expected<hub_message>{
      chat::unexpected{chat::errc::bad_request, ""}};
  if (!read) {
    misbehave();
    return record;
  }
  if (!read->type) return record;
  if (*read->type == message_type::ack || *read->type == message_type::sequence) misbehave();
  const bool is_stream = *read->type == message_type::stream_invocation;
  if ((is_stream || *read->type == message_type::invocation) && !read->invocation_id.empty()) {
    auto& call = owed_[read->invocation_id];
    ++call.calls;
    call.may_last |= is_stream || !read->stream_ids.empty();
  }
  if (counts_ && is_counted(*read->type)) kept_.push_back(record);
  return record;
}

auto script_client::reconnect() -> std::string {
  waits_for_sequence_ = true;
  bytes_.clear();
  std::string first = protocol_.sequence(acknowledged_ + 1);
  for (const auto& one : kept_) first += one;
  return first;
}

auto script_client::acknowledge() -> std::string { return protocol_.ack(received_.size()); }

auto script_client::answer_call(bool well) -> std::string {
  if (calls_.empty()) return {};
  const auto id = calls_.front();
  calls_.pop_front();
  return send(well ? protocol_.completion(id, "fine") : protocol_.failed_completion(id, "no"));
}

void script_client::check_owed(bool exactly) const {
  if (!behaves_ || !exactly) return;
  for (const auto& [id, call] : owed_)
    must(call.may_last || call.answers == call.calls, "every call is answered");
}

}  // namespace parley::fuzz
