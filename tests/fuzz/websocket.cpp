// Input: what a WebSocket client sends once it was let in: frames. Beside the server's reader stands a
// plain one, which has all of the input before it. The bound on a single allocation (see run) breaks a
// reader that believes an announced size.

#include <optional>
#include <string>

#include "net/io/websocket_reader.hpp"
#include "tests/fuzz/check.hpp"

using namespace parley;
using namespace parley::fuzz;
using kind = net::websocket_reader::part::kind;

namespace {

/// What a reader makes of an input.
struct heard {
  std::string data;     ///< of all messages
  std::string control;  ///< of pings and pongs, each with its kind and size in front
  std::string frames;   ///< sizes of frames of data
  kind end = kind::none;
  std::uint16_t code = 0;

  auto operator==(const heard&) const -> bool = default;
};

void note_control(heard& all, bool is_ping, std::string_view payload) {
  all.control += is_ping ? "ping " : "pong ";
  all.control += std::to_string(payload.size()) + ' ';
  all.control += payload;
}

// -- the server's ------------------------------------------------------------------------------------

/// Whole sizes of the frames whose payload is complete.
class frame_log {
 public:
  void note(heard& all, const net::websocket_reader::part& part) {
    must(part.payload.size() <= part.frame_size - had_, "a frame has no more than it said");
    had_ += part.payload.size();
    if (had_ < part.frame_size) return;
    all.frames += std::to_string(part.frame_size) + ' ';
    had_ = 0;
  }

 private:
  std::uint64_t had_ = 0;
};

auto hear(const std::vector<std::string_view>& pieces) -> heard {
  net::websocket_reader reader;
  heard all;
  frame_log frames;
  for (const auto piece : pieces) {
    std::string bytes{piece};
    std::span<char> input{bytes};
    for (auto part = reader.next(input); part.what != kind::none; part = reader.next(input)) {
      if (part.what == kind::data) {
        all.data += part.payload;
        frames.note(all, part);
        continue;
      }
      if (part.what == kind::ping || part.what == kind::pong) {
        must(part.payload.size() <= 125, "a control frame is short");
        note_control(all, part.what == kind::ping, part.payload);
        continue;
      }
      all.end = part.what;
      all.code = part.code;
      return all;
    }
    must(input.empty(), "all input is used up");
  }
  return all;
}

// -- the plain one -----------------------------------------------------------------------------------

constexpr std::uint16_t bad_frame = 1'002;
constexpr std::uint16_t bad_text = 1'007;

/// Is there an end that makes it UTF-8?
auto may_become_utf8(const std::string& text) -> bool {
  if (chat::is_valid_utf8(text)) return true;
  // The second byte of a character is the one with several ranges.
  for (const char next : {'\x80', '\x90', '\xa0'})
    for (std::size_t more = 1; more <= 3; ++more)
      if (chat::is_valid_utf8(text + next + std::string(more - 1, '\x80')) ||
          chat::is_valid_utf8(text + std::string(more, '\x80')))
        return true;
  return false;
}

/// RFC 6455, sections 5 and 7.4, with everything at hand.
class plain_reader {
 public:
  explicit plain_reader(std::string_view input) : rest_(input) {}

  auto run() -> heard {
    while (all_.end == kind::none && take_frame()) {
    }
    return std::move(all_);
  }

 private:
  auto byte(std::size_t at) const -> unsigned { return static_cast<unsigned char>(rest_[at]); }

  auto violate(std::uint16_t code) -> bool {
    all_.end = kind::violation;
    all_.code = code;
    return false;
  }

  /// @returns go on
  auto take_frame() -> bool {
    if (rest_.size() < 2) return false;
    const auto opcode = byte(0) & 15;
    const bool is_final = byte(0) >= 128;
    if (byte(1) < 128) return violate(bad_frame);
    const auto mark = byte(1) - 128;
    const std::size_t extra = mark == 126 ? 2 : mark == 127 ? 8 : 0;
    if (rest_.size() < 6 + extra) return false;
    std::uint64_t size = extra == 0 ? mark : 0;
    for (std::size_t i = 0; i < extra; ++i) size = size * 256 + byte(2 + i);
    if (!is_header_good(opcode, is_final, mark, size)) return violate(bad_frame);
    const auto mask = rest_.substr(2 + extra, 4);
    rest_.remove_prefix(6 + extra);
    std::string payload{rest_.substr(0, size)};
    for (std::size_t i = 0; i < payload.size(); ++i)
      payload[i] = static_cast<char>(payload[i] ^ mask[i % 4]);
    const bool is_whole = payload.size() == size;
    rest_.remove_prefix(payload.size());
    if (opcode < 8) return take_data(opcode, is_final && is_whole, payload, size);
    return is_whole && take_control(opcode, payload);
  }

  auto is_header_good(unsigned opcode, bool is_final, unsigned mark, std::uint64_t size) const
      -> bool {
    if ((byte(0) & 0x70) != 0 || (opcode > 2 && opcode < 8) || opcode > 10) return false;
    if (opcode >= 8) return is_final && mark < 126;
    if (mark == 126 && size < 126) return false;
    if (mark == 127 && (size < 65'536 || size > INT64_MAX)) return false;
    return (opcode == 0) == message_.has_value();
  }

  auto take_data(unsigned opcode, bool ends, std::string_view payload, std::uint64_t size) -> bool {
    if (opcode != 0) message_ = opcode;
    if (*message_ == 1) {
      text_ += payload;
      if (ends ? !chat::is_valid_utf8(text_) : !may_become_utf8(text_)) return violate(bad_text);
    }
    all_.data += payload;
    if (payload.size() < size) return false;
    all_.frames += std::to_string(size) + ' ';
    if (ends) message_.reset();
    if (ends) text_.clear();
    return true;
  }

  auto take_control(unsigned opcode, std::string_view payload) -> bool {
    if (opcode != 8) return note_control(all_, opcode == 9, payload), true;
    if (payload.size() == 1) return violate(bad_frame);
    if (payload.size() >= 2) {
      const auto code = static_cast<unsigned char>(payload[0]) * 256 +
                        static_cast<unsigned char>(payload[1]);
      const bool may_be_sent = (code >= 1'000 && code <= 1'003) || (code >= 1'007 && code <= 1'013) ||
                               (code >= 3'000 && code <= 4'999);
      if (!may_be_sent || !chat::is_valid_utf8(payload.substr(2))) return violate(bad_frame);
      all_.code = static_cast<std::uint16_t>(code);
    }
    all_.end = kind::close;
    return false;
  }

  std::string_view rest_;
  heard all_;
  std::optional<unsigned> message_;  ///< opcode of the one under way
  std::string text_;                 ///< of it, if it is one
};

auto single_bytes(std::string_view input) -> std::vector<std::string_view> {
  std::vector<std::string_view> all;
  for (std::size_t at = 0; at < input.size(); ++at) all.push_back(input.substr(at, 1));
  return all;
}

/// A text is refused with the first byte that cannot belong to it: what of its frame had come before
/// was handed on then, and only then.
auto is_as(heard got, heard expected) -> bool {
  if (expected.end == kind::violation && expected.code == bad_text) {
    if (!got.data.starts_with(expected.data)) return false;
    got.data = expected.data;
  }
  return got == expected;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = text_of(data, size);
  const auto expected = plain_reader{input}.run();
  must(hear({input}) == expected, "frames are read as RFC 6455 has them");
  must(is_as(hear(cut(input)), expected), "what is read does not depend on how the input is cut");
  must(is_as(hear(single_bytes(input)), expected), "nor if bytes come one by one");
  return 0;
}
