#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>
#include <vector>

#include "chat/ids.hpp"
#include "chat/time.hpp"
#include "net/codec/json.hpp"

namespace parley::net::codec {

/// Takes one value piece by piece and writes it in the encoding of one hub protocol. What an event
/// or an answer looks like is said once, to this (net/codec/render).
///
/// Within an object each value follows its key; containers end in the order they began, innermost
/// first. Use `object_writer` and `write`, which see to that. Source:
/// docs/decisions/0017-one-description-of-a-value-for-all-encodings.md.
class writer {
 public:
  virtual ~writer() = default;

  virtual void null() = 0;
  virtual void boolean(bool value) = 0;
  virtual void number(std::uint64_t value) = 0;
  virtual void negative(std::int64_t value) = 0;  ///< @pre below 0
  /// Any text. Bytes that are no UTF-8 are written as the library writes them: U+FFFD in JSON, as
  /// they are in MessagePack.
  virtual void text(std::string_view value) = 0;
  /// Text that needs no look at it: ASCII without controls, quotes and backslashes.
  virtual void plain(std::string_view value) = 0;
  /// A value that somebody built; the library writes it.
  virtual void tree(const json& value) = 0;
  virtual void begin_array() = 0;
  virtual void end_array() = 0;
  virtual void begin_object() = 0;
  virtual void key(std::string_view name) = 0;  ///< as `plain`
  virtual void end_object() = 0;
};

/// Something that writes one value when it is asked: a reference to a callable, which must outlive
/// it. A parameter type.
class value_source {
 public:
  template <std::invocable<writer&> Write>
  value_source(const Write& write)  // NOLINT(google-explicit-constructor)
      : what_(&write),
        write_([](const void* what, writer& to) { (*static_cast<const Write*>(what))(to); }) {}

  void operator()(writer& to) const { write_(what_, to); }

 private:
  const void* what_;
  void (*write_)(const void* what, writer& to);
};

/// Empty text and no time are written as null.
template <class T>
struct or_null {
  const T& value;
};
template <class T>
or_null(const T&) -> or_null<T>;

// -- values, found by whoever writes an object or a list ------------------------------------------------

inline void write(writer& to, std::nullptr_t) { to.null(); }
inline void write(writer& to, std::string_view text) { to.text(text); }
inline void write(writer& to, const chat::user_id& user) { to.text(user.value); }
inline void write(writer& to, const value_source& source) { source(to); }

/// Not for what could become a tree by conversion.
inline void write(writer& to, const std::same_as<json> auto& tree) { to.tree(tree); }

inline void write(writer& to, std::same_as<bool> auto value) { to.boolean(value); }
inline void write(writer& to, std::unsigned_integral auto value)
  requires(!std::same_as<decltype(value), bool>)
{
  to.number(value);
}
inline void write(writer& to, std::signed_integral auto value) {
  value < 0 ? to.negative(value) : to.number(static_cast<std::uint64_t>(value));
}

inline void write(writer& to, chat::timestamp at) {
  const auto text = chat::iso8601(at);
  to.plain({text.data(), text.size()});
}
inline void write(writer& to, const chat::uuid& id) {
  const auto text = chat::guid(id);
  to.plain({text.data(), text.size()});
}
template <class Tag>
void write(writer& to, const chat::tagged_id<Tag>& id) {
  write(to, id.value);
}

inline void write(writer& to, or_null<std::string> text) {
  text.value.empty() ? to.null() : to.text(text.value);
}
inline void write(writer& to, or_null<chat::timestamp> at) {
  at.value ? write(to, at.value) : to.null();
}

template <class T>
void write(writer& to, const std::vector<T>& list) {
  to.begin_array();
  for (const auto& one : list) write(to, one);
  to.end_array();
}

/// An object, from its construction to its destruction.
class object_writer {
 public:
  explicit object_writer(writer& to) : to_(to) { to_.begin_object(); }
  ~object_writer() { to_.end_object(); }
  object_writer(const object_writer&) = delete;
  auto operator=(const object_writer&) -> object_writer& = delete;

  template <class T>
  auto add(std::string_view key, const T& value) -> object_writer& {
    to_.key(key);
    write(to_, value);
    return *this;
  }

 private:
  writer& to_;
};

}  // namespace parley::net::codec
