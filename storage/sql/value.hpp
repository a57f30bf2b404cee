#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "chat/ids.hpp"
#include "chat/time.hpp"

namespace parley::storage::sql {

/// One value on its way into a statement.
///
/// It points at the caller's bytes and copies none: what it was made from must outlive the call
/// that takes it. A null keeps its kind, so that a statement sees the same types at every use.
class value {
 public:
  enum class kind : std::uint8_t { integer, text, blob };

  value(std::int64_t number) : number_(number) {}
  /// Seqs, ordinals and fingerprints keep their 64 bits; a fingerprint may come out negative.
  value(std::uint64_t number) : number_(static_cast<std::int64_t>(number)) {}
  value(chat::timestamp at) : number_(at.ms) {}
  value(std::string_view text) : value(kind::text, text.data(), text.size(), false) {}
  value(const chat::user_id& user) : value(std::string_view{user.value}) {}
  value(const chat::uuid& id) : value(kind::blob, id.bytes.data(), id.bytes.size(), false) {}
  template <class Tag>
  value(const chat::tagged_id<Tag>& id) : value(id.value) {}

  /// NULL when there is nothing to say: empty text, nil id, time 0, number 0.
  static auto or_null(std::string_view text) -> value {
    return {kind::text, text.data(), text.size(), text.empty()};
  }
  static auto or_null(const chat::uuid& id) -> value {
    return {kind::blob, id.bytes.data(), id.bytes.size(), id.is_nil()};
  }
  static auto or_null(chat::timestamp at) -> value { return integer_or_null(at.ms); }
  static auto or_null(std::uint64_t number) -> value {
    return integer_or_null(static_cast<std::int64_t>(number));
  }
  /// Text as bytes: the database is not to check or convert it.
  static auto blob(std::string_view bytes) -> value {
    return {kind::blob, bytes.data(), bytes.size(), false};
  }
  static auto blob_or_null(const void* data, std::size_t size) -> value {
    return {kind::blob, data, size, size == 0};
  }

  auto type() const -> kind { return kind_; }
  auto is_null() const -> bool { return is_null_; }
  /// The number's own place; a driver may read it from there for as long as the value lives.
  auto number() const -> const std::int64_t& { return number_; }
  /// Never null for text and blobs, even empty ones.
  auto data() const -> const void* { return data_ != nullptr ? data_ : ""; }
  auto size() const -> std::size_t { return size_; }

 private:
  value(kind type, const void* data, std::size_t size, bool is_null)
      : data_(data), size_(static_cast<std::uint32_t>(size)), kind_(type), is_null_(is_null) {}
  static auto integer_or_null(std::int64_t number) -> value {
    value result{number};
    result.is_null_ = number == 0;
    return result;
  }

  union {
    std::int64_t number_;
    const void* data_;
  };
  std::uint32_t size_ = 0;
  kind kind_ = kind::integer;
  bool is_null_ = false;
};

}  // namespace parley::storage::sql
