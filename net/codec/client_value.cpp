#include "net/codec/client_value.hpp"

#include "net/codec/any_case.hpp"

namespace parley::net::codec {
namespace {

const json nothing;

}  // namespace

auto client_value::at(std::size_t place) const -> client_value {
  return value_->is_array() && place < value_->size() ? (*value_)[place] : nothing;
}

auto client_value::find(std::string_view name) const -> client_value {
  const auto* found = member(name);
  return found == nullptr ? nothing : *found;
}

/// One walk over the members, which are few or bounded by the size of a record.
auto client_value::member(std::string_view name) const -> const json* {
  if (!value_->is_object()) return nullptr;
  const json* similar = nullptr;
  for (const auto& [given, value] : value_->get_ref<const json::object_t&>()) {
    if (given.size() != name.size()) continue;
    if (given == name) return &value;
    if (similar == nullptr && equals_in_any_case(given, name)) similar = &value;
  }
  return similar;
}

}  // namespace parley::net::codec
