#pragma once

#include <string>

#include "net/codec/writer.hpp"

namespace parley::net::codec {

/// Appends compact JSON: what `dump` writes for the same values, byte for byte.
class json_writer final : public writer {
 public:
  /// @param to must outlive this, and is whole once this is gone: till then room stands behind what
  ///        is written, so that each piece is copied without a look at the string's size
  explicit json_writer(std::string& to) : to_(to), used_(to.size()) {}
  ~json_writer() override { to_.resize(used_); }
  json_writer(const json_writer&) = delete;
  auto operator=(const json_writer&) -> json_writer& = delete;

  void null() override;
  void boolean(bool value) override;
  void number(std::uint64_t value) override;
  void negative(std::int64_t value) override;
  void text(std::string_view value) override;
  void plain(std::string_view value) override;
  void tree(const json& value) override;
  void begin_array() override { begin('['); }
  void end_array() override { end(']'); }
  void begin_object() override { begin('{'); }
  void key(std::string_view name) override;
  void end_object() override { end('}'); }

 private:
  auto room(std::size_t size) -> char*;
  void wrote_to(const char* end);
  auto separate(char* at) -> char*;
  void bare(std::string_view value);
  void begin(char bracket);
  void end(char bracket);

  std::string& to_;
  std::size_t used_;      ///< bytes of it that are written
  bool is_first_ = true;  ///< no comma goes before what comes next
};

/// A value as JSON text.
auto json_text(const value_source& what) -> std::string;

}  // namespace parley::net::codec
