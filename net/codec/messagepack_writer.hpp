#pragma once

#include <boost/container/small_vector.hpp>
#include <string>

#include "net/codec/writer.hpp"

namespace parley::net::codec {

/// Appends MessagePack: what `append_messagepack` writes for the same values, byte for byte. Each
/// number, text and container has its shortest encoding.
class messagepack_writer final : public writer {
 public:
  /// @param to must outlive this
  explicit messagepack_writer(std::string& to) : to_(to) {}

  void null() override;
  void boolean(bool value) override;
  void number(std::uint64_t value) override;
  void negative(std::int64_t value) override;
  void text(std::string_view value) override;
  void plain(std::string_view value) override { text(value); }
  void tree(const json& value) override;
  void begin_array() override { begin(); }
  void end_array() override;
  void begin_object() override { begin(); }
  void key(std::string_view name) override { append_text(name); }
  void end_object() override;

 private:
  /// A container whose size is not known yet.
  struct open_container {
    std::size_t at = 0;     ///< where its mark stands, one byte unless it gets large
    std::size_t count = 0;  ///< of its values
  };

  void count_value();
  void begin();
  void end(unsigned small_mark, unsigned large_mark);
  void append_text(std::string_view value);

  std::string& to_;
  boost::container::small_vector<open_container, 8> open_;
};

}  // namespace parley::net::codec
