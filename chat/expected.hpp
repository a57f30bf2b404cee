#pragma once

#include <cassert>
#include <type_traits>
#include <utility>
#include <variant>

#include "chat/errors.hpp"

namespace parley::chat {

/// Wraps an error on its way into an `expected`.
struct unexpected {
  explicit unexpected(error why) : value(std::move(why)) {}
  unexpected(errc code, std::string detail) : value{code, std::move(detail)} {}
  error value;
};

/// A value, or the reason why there is none. Spelled like `std::expected<T, error>`, which the
/// standard library of g++ 12 lacks, so that it can become an alias of it.
template <class T>
class [[nodiscard]] expected {
 public:
  using value_type = T;

  template <class U = T>
    requires(std::is_convertible_v<U, T> && !std::is_same_v<std::remove_cvref_t<U>, expected> &&
             !std::is_same_v<std::remove_cvref_t<U>, unexpected>)
  expected(U&& value) : state_(std::in_place_index<0>, std::forward<U>(value)) {}
  expected(unexpected why) : state_(std::in_place_index<1>, std::move(why.value)) {}

  auto has_value() const noexcept -> bool { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  auto value() & -> T& { return assert(has_value()), *std::get_if<0>(&state_); }
  auto value() const& -> const T& { return assert(has_value()), *std::get_if<0>(&state_); }
  auto value() && -> T&& { return std::move(value()); }
  auto operator*() & -> T& { return value(); }
  auto operator*() const& -> const T& { return value(); }
  auto operator*() && -> T&& { return std::move(value()); }
  auto operator->() -> T* { return &value(); }
  auto operator->() const -> const T* { return &value(); }

  auto error() const& -> const chat::error& {
    return assert(!has_value()), *std::get_if<1>(&state_);
  }

 private:
  std::variant<T, chat::error> state_;
};

template <>
class [[nodiscard]] expected<void> {
 public:
  using value_type = void;

  expected() = default;
  expected(unexpected why) : error_(std::move(why.value)) {}

  auto has_value() const noexcept -> bool { return error_.code == errc::none; }
  explicit operator bool() const noexcept { return has_value(); }
  auto error() const -> const chat::error& { return assert(!has_value()), error_; }

 private:
  chat::error error_;
};

}  // namespace parley::chat
