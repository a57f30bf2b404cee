#include "net/codec/messagepack_writer.hpp"

#include <array>

#include "net/codec/messagepack.hpp"

namespace parley::net::codec {
namespace {

/// A mark and a big-endian number behind it.
struct head {
  std::array<char, 9> bytes{};
  std::size_t size = 1;
};

auto head_of(unsigned mark, std::uint64_t value, std::size_t width) -> head {
  head made;
  made.bytes[0] = static_cast<char>(mark);
  for (; made.size <= width; ++made.size)
    made.bytes[made.size] = static_cast<char>(value >> (8 * (width - made.size)));
  return made;
}

/// The least of 1, 2, 4 and 8 bytes that hold `value`, as a power of two: what follows a family's
/// first mark.
auto width_of(std::uint64_t value) -> unsigned {
  return value <= 0xff ? 0 : value <= 0xffff ? 1 : value <= 0xffff'ffff ? 2 : 3;
}

auto sized_head(unsigned first_mark, std::uint64_t value) -> head {
  const auto width = width_of(value);
  return head_of(first_mark + width, value, std::size_t{1} << width);
}

}  // namespace

void messagepack_writer::count_value() {
  if (!open_.empty()) ++open_.back().count;
}

void messagepack_writer::null() {
  count_value();
  to_ += '\xc0';
}

void messagepack_writer::boolean(bool value) {
  count_value();
  to_ += value ? '\xc3' : '\xc2';
}

void messagepack_writer::number(std::uint64_t value) {
  count_value();
  if (value <= 0x7f) {
    to_ += static_cast<char>(value);
    return;
  }
  const auto head = sized_head(0xcc, value);
  to_.append(head.bytes.data(), head.size);
}

void messagepack_writer::negative(std::int64_t value) {
  tree(json(value));
}

void messagepack_writer::text(std::string_view value) {
  count_value();
  append_text(value);
}

void messagepack_writer::append_text(std::string_view value) {
  if (value.size() <= 31) {
    to_ += static_cast<char>(0xa0 | value.size());
  } else {
    const auto head = sized_head(0xd9, value.size());
    to_.append(head.bytes.data(), head.size);
  }
  to_ += value;
}

void messagepack_writer::tree(const json& value) {
  count_value();
  append_messagepack(to_, value);
}

void messagepack_writer::begin() {
  count_value();
  open_.push_back({to_.size(), 0});
  to_ += '\0';
}

void messagepack_writer::end_array() {
  end(0x90, 0xdc);
}

void messagepack_writer::end_object() {
  end(0x80, 0xde);
}

/// Now that the size is known: it fits the mark's byte, or moves what was written.
void messagepack_writer::end(unsigned small_mark, unsigned large_mark) {
  const auto [at, count] = open_.back();
  open_.pop_back();
  if (count <= 0x0f) {
    to_[at] = static_cast<char>(small_mark | count);
    return;
  }
  const bool fits_two = count <= 0xffff;
  const auto head = head_of(large_mark + (fits_two ? 0 : 1), count, fits_two ? 2 : 4);
  to_.replace(at, 1, head.bytes.data(), head.size);
}

}  // namespace parley::net::codec
