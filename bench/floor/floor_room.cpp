#include "bench/floor/floor_room.hpp"

#include <algorithm>

#include "bench/wire/websocket.hpp"

namespace parley::bench {
namespace {

// As long as the real ones.
constexpr std::string_view message_id = "019a0000-0000-7000-8000-00000000abcd";
constexpr std::string_view sender_id = "load-00000000000-0";
constexpr std::string_view created_at = "2026-01-01T00:00:00.000Z";
constexpr std::string_view notice_start =
    R"({"type":1,"target":"NewMessageNotification","arguments":[{"preview":")";
constexpr std::string_view notice_end = "\"}]}\x1e";

// `extra` bytes as a second record where it is long enough for one, else as white space.
void append_extra(std::string& payload, std::size_t extra) {
  const auto shortest = notice_start.size() + notice_end.size();
  if (extra < shortest) {
    payload.insert(payload.size() - 1, extra, ' ');
    return;
  }
  payload += notice_start;
  payload.append(extra - shortest, 'x');
  payload += notice_end;
}

}  // namespace

floor_room::floor_room(std::string id, const floor_options& opts)
    : id_(std::move(id)), options_(opts) {}

void floor_room::join(guest& who) {
  if (who.room == this) return;
  members_.push_back(&who);
  who.room = this;
}

void floor_room::leave(guest& who) {
  std::erase(members_, &who);
}

void floor_room::post(guest& sender, const hub_record& send) {
  ++seq_;
  append_delivery(send);
  append_ack(sender, send);
}

void floor_room::append_delivery(const hub_record& send) {
  scratch_ = R"({"type":1,"target":"MessageReceived","arguments":[{"messageId":")";
  scratch_.append(message_id).append(R"(","conversationId":")").append(id_);
  scratch_.append(R"(","senderId":")").append(sender_id).append(R"(","content":")");
  scratch_.append(send.content).append(R"(","status":"Sent","createdAt":")").append(created_at);
  scratch_.append(R"(","seq":)").append(std::to_string(seq_)).append("}]}").push_back(record_end);
  append_extra(scratch_, options_.frame_extra);
  append_server_frame(batch_, opcode::text, scratch_);
}

void floor_room::append_ack(guest& sender, const hub_record& send) {
  if (options_.wrong == fault::no_ack && is_wrong_now()) return;
  scratch_ = R"({"type":3,"invocationId":")";
  scratch_.append(send.invocation_id).append(R"(","result":{"messageId":")").append(message_id);
  scratch_.append(R"(","seq":)").append(std::to_string(seq_));
  scratch_.append(R"(,"createdAt":")").append(created_at).append("\"}}").push_back(record_end);
  append_server_frame(sender.acks, opcode::text, scratch_);
}

void floor_room::flush() {
  for (auto* member : members_) deliver(*member);
  batch_.clear();
}

auto floor_room::is_wrong_now() -> bool {
  return ++turns_ % options_.fault_every == 0;
}

void floor_room::deliver(guest& member) {
  if (options_.wrong != fault::none && options_.wrong != fault::no_ack) [[unlikely]] {
    return deliver_wrongly(member);
  }
  if (member.acks.empty()) return member.write_bytes(batch_);
  member.acks.insert(0, batch_);
  member.write_bytes(member.acks);
  member.acks.clear();
}

void floor_room::deliver_wrongly(guest& member) {
  std::string bytes = batch_;
  if (!is_wrong_now()) {
    bytes += std::exchange(member.held, {});
  } else if (options_.wrong == fault::dup) {
    bytes += batch_;
  } else if (options_.wrong == fault::wrong_room) {
    auto& last_digit = bytes[bytes.find(id_) + id_.size() - 1];
    last_digit = last_digit == 'f' ? 'e' : 'f';
  } else {
    if (options_.wrong == fault::reorder) member.held += bytes;
    bytes.clear();
  }
  bytes += std::exchange(member.acks, {});
  if (!bytes.empty()) member.write_bytes(bytes);
}

}  // namespace parley::bench
