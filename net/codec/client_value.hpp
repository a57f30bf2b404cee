#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/codec/json.hpp"

namespace parley::net::codec {

/// A look at a JSON value that a client sent: the one way in which binders read such values.
///
/// Nothing here trusts the value. What is missing, or of another kind, reads as null; names are
/// found in any case of ASCII letters, as .NET clients write them. Where several names differ by
/// case only, the one spelled as documented counts, else the first. There is no way from a name to
/// a value but `find`: a test holds the binders to this type (tests/unit/architecture).
///
/// It refers to the value, which must outlive it: a parameter type.
class client_value {
 public:
  client_value(const json& value) : value_(&value) {}  // NOLINT(google-explicit-constructor)

  auto is_null() const -> bool { return value_->is_null(); }
  auto is_text() const -> bool { return value_->is_string(); }
  auto is_list() const -> bool { return value_->is_array(); }
  auto is_object() const -> bool { return value_->is_object(); }

  /// @pre is_text()
  auto text() const -> const std::string& { return value_->get_ref<const std::string&>(); }
  /// A whole number of at least 0.
  auto number() const -> std::optional<std::uint64_t> {
    if (!value_->is_number_unsigned()) return std::nullopt;
    return value_->get<std::uint64_t>();
  }

  auto flag() const -> std::optional<bool> {
    if (!value_->is_boolean()) return std::nullopt;
    return value_->get<bool>();
  }

  /// Members of a list or an object; 0 of what is neither.
  auto size() const -> std::size_t { return value_->is_structured() ? value_->size() : 0; }
  /// One of a list; beyond its end: null.
  auto at(std::size_t place) const -> client_value;
  /// The values of a list (or of an object, without their names), to walk over.
  auto begin() const { return value_->begin(); }
  auto end() const { return value_->end(); }

  /// A member of an object by its name; missing: null.
  auto find(std::string_view name) const -> client_value;
  /// Is there a member of this name, be it null?
  auto contains(std::string_view name) const -> bool { return member(name) != nullptr; }

  /// The value itself, for whoever hands it on.
  auto copy() const -> json { return *value_; }

 private:
  auto member(std::string_view name) const -> const json*;

  const json* value_;
};

}  // namespace parley::net::codec
