#include "bench/micro/cases.hpp"

#include <memory>
#include <stdexcept>

#include "chat/conversation.hpp"
#include "net/chat_hub/event_frames.hpp"
#include "net/codec/bind.hpp"
#include "net/codec/messagepack.hpp"
#include "net/codec/render.hpp"
#include "net/io/outbox.hpp"
#include "net/signalr/hub_protocol.hpp"
#include "storage/open.hpp"

namespace parley::bench {
namespace {

using net::codec::json;
using net::signalr::hub_protocol;

constexpr std::size_t max_record = 32 * 1024;
constexpr std::size_t batch_rows = 64;
constexpr chat::timestamp some_time{1'704'110'400'000};

auto some_id() -> chat::uuid {
  return chat::system_ids().next(some_time);
}

auto text_of_100() -> std::string {
  return std::string(100, 'x');
}

/// A Send as the official client writes it.
auto send_record(const hub_protocol& protocol) -> std::string {
  const auto post = json{{"conversationId", to_string(some_id())},
                         {"content", text_of_100()},
                         {"clientMessageId", "7c1e2a90-0000-4000-8000-000000000001"}};
  if (protocol.format() == net::wire_format::text) {
    const json record{{"type", 1}, {"target", "Send"}, {"invocationId", "17"},
                      {"arguments", json::array({post})}};
    return record.dump() + net::signalr::record_separator;
  }
  std::string body;
  net::codec::append_messagepack(
      body, json::array({1, json::object(), "17", "Send", json::array({post})}));
  std::string framed;
  auto length = body.size();
  for (; length >= 0x80; length >>= 7) framed.push_back(static_cast<char>(length | 0x80));
  framed.push_back(static_cast<char>(length));
  return framed + body;
}

/// Bytes to a bound command.
auto parse_case(const std::string& name, const hub_protocol& protocol) -> micro_case {
  return {name, [&protocol, record = send_record(protocol)] {
            const auto size = protocol.record_size(record, max_record);
            const auto message = protocol.parse(std::string_view{record}.substr(0, *size));
            const auto post = net::codec::bind_post(message->arguments[0]);
            if (!post) throw std::logic_error(post.error().detail);
            return post->content.size();
          }};
}

/// What a Send is answered with.
auto answer_case(const std::string& name, const hub_protocol& protocol) -> micro_case {
  const chat::posted posted{chat::message_id{some_id()}, 4711, some_time};
  return {name, [&protocol, result = chat::result{posted}] {
            const auto write = [&](net::codec::writer& to) { net::codec::write_result(to, result); };
            return protocol.completion("17", write).size();
          }};
}

auto receipt_case(const std::string& name, const hub_protocol& protocol) -> micro_case {
  const chat::receipt read{chat::conversation_id{some_id()}, chat::message_status::read, {"ada"},
                           4711, some_time};
  return {name, [what = chat::event{read}, &protocol] {
            net::signalr::event_frames frames{what};
            using part = net::signalr::event_frames::part;
            return frames.get({net::dialect::messaging, &protocol}, part::whole)->size();
          }};
}

/// A message's two events in one frame, as a member that joined gets them.
auto encode_case(const std::string& name, const hub_protocol& protocol) -> micro_case {
  chat::message_posted posted;
  posted.sender_name = "Ada Lovelace";
  posted.message.conversation = chat::conversation_id{some_id()};
  posted.message.id = chat::message_id{some_id()};
  posted.message.seq = 4711;
  posted.message.actor = {"ada"};
  posted.message.content = text_of_100();
  posted.message.created_at = some_time;
  return {name, [what = chat::event{posted}, &protocol] {
            net::signalr::event_frames frames{what};
            using part = net::signalr::event_frames::part;
            return frames.get({net::dialect::messaging, &protocol}, part::both)->size();
          }};
}

auto outbox_case() -> micro_case {
  const auto box = std::make_shared<net::outbox>(1024 * 1024, 1'000);
  const net::frame_ptr frame{new net::frame(std::string(400, 'x'), net::wire_format::text)};
  return {"outbox_push_consume", [box, frame] {
            box->push(frame);
            const auto bytes = box->at(0).size();
            box->consume(bytes);
            return bytes;
          }};
}

auto decide_case() -> micro_case {
  chat::conversation_state state;
  state.info.id = chat::conversation_id{some_id()};
  state.info.type = chat::conversation_type::group;
  for (char name = 'a'; name < 'k'; ++name)
    state.members.push_back({{std::string(8, name)}, chat::member_role::member, 0, 0, some_time, {}});
  state.last_seq = 1;
  const auto room = std::make_shared<chat::conversation>(std::move(state), chat::conversation_rules{});
  const auto number = std::make_shared<std::uint64_t>(0);
  return {"decide_post", [room, number] {
            chat::post what;
            what.content = text_of_100();
            what.client_message_id = "send-" + std::to_string(++*number);
            const auto sent = room->post_message({"cccccccc"}, what, chat::message_id{some_id()},
                                                 some_time);
            if (!sent) throw std::logic_error(sent.error().detail);
            room->note_stored(sent->ordinal);
            return static_cast<std::size_t>(sent->seq);
          }};
}

/// Appends batches to one conversation of an SQLite store that does not wait for the disk: what is
/// left is building and running the statement.
auto append_case(const std::string& folder) -> micro_case {
  config::storage_options options;
  options.url = "sqlite:" + folder + "/micro.db";
  if (!storage::migrate_up(options)) throw std::runtime_error("the store cannot be made");
  const std::shared_ptr<storage::store> store = std::move(*storage::open_store(options));
  storage::new_conversation made;
  made.info.id = chat::conversation_id{some_id()};
  made.info.type = chat::conversation_type::group;
  made.members.push_back({{"ada"}, chat::member_role::owner, 0, 0, some_time, {}});
  made.created.conversation = made.info.id;
  made.created.seq = 1;
  made.created.kind = chat::entry_kind::created;
  made.created.id = chat::message_id{some_id()};
  made.created.actor = {"ada"};
  if (!store->create(made)) throw std::runtime_error("no conversation");
  const auto seq = std::make_shared<std::uint64_t>(1);
  return {"append_64_rows_sqlite", [store, seq, id = made.info.id] {
            std::vector<chat::entry> batch(batch_rows);
            for (auto& row : batch) {
              row.conversation = id;
              row.seq = ++*seq;
              row.ordinal = row.seq - 1;
              row.id = chat::message_id{some_id()};
              row.actor = {"ada"};
              row.content = text_of_100();
              row.created_at = some_time;
            }
            if (!store->append(batch)) throw std::runtime_error("append failed");
            return batch.size();
          }};
}

}  // namespace

auto micro_cases(const std::string& folder) -> std::vector<micro_case> {
  const auto& text = net::signalr::json_protocol();
  const auto& binary = net::signalr::messagepack_protocol();
  return {parse_case("parse_send_json", text), parse_case("parse_send_messagepack", binary),
          decide_case(),                       append_case(folder),
          encode_case("encode_event_json", text), encode_case("encode_event_messagepack", binary),
          receipt_case("encode_receipt_json", text),
          receipt_case("encode_receipt_messagepack", binary),
          outbox_case(),
          answer_case("answer_send_json", text), answer_case("answer_send_messagepack", binary)};
}

}  // namespace parley::bench
