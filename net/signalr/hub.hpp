#pragma once

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "chat/request.hpp"
#include "net/codec/json.hpp"

namespace parley::net::signalr {

using codec::json;

/// What a parameter of a hub method takes. A value of another kind is a binding failure; null
/// passes for an optional one.
enum class kind : std::uint8_t { text, number, object, list };

struct parameter {
  kind type;
  bool optional = false;
};

/// A method that clients may invoke.
struct hub_method {
  std::string name;
  std::vector<parameter> parameters;
  /// Makes the command from arguments that fit `parameters`; missing optional ones are null.
  std::function<chat::expected<chat::request>(const json& arguments)> bind;
  /// The next invocation may start before this one is answered (a Send and its commit).
  bool pipelined = false;
};

/// The methods of one hub, found by name in any case (as ASP.NET Core does).
class hub {
 public:
  void add(hub_method method);
  auto find(std::string_view target) const -> const hub_method*;
  auto methods() const -> std::vector<const hub_method*>;

 private:
  std::unordered_map<std::string, hub_method> methods_;
};

/// Arguments as the method wants them, or why they do not fit, in the words of ASP.NET Core.
auto fit_arguments(const hub_method& method, json arguments) -> chat::expected<json>;

/// Chat's own methods (net/signalr/chat_hub.cpp).
auto chat_hub() -> const hub&;

}  // namespace parley::net::signalr
