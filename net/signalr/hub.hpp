#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "chat/request.hpp"
#include "net/codec/client_value.hpp"
#include "net/signalr/invocation.hpp"

namespace parley::net::signalr {

/// What a parameter of a hub method takes, or an uploaded item is. A value of another kind is a
/// binding failure; null passes for an optional or nullable one.
enum class kind : std::uint8_t { text, number, object, list };

struct parameter {
  kind type;
  bool optional = false;  ///< may be left out, or be null
  bool nullable = false;  ///< may be null
  /// What else a value of this kind must be, if not null.
  bool (*is_fine)(const json&) = nullptr;
};

/// A method that clients may invoke. It becomes a chat command (`bind`), or runs code of the hub's
/// own (`run`).
struct hub_method {
  std::string name;
  std::vector<parameter> parameters = {};
  /// Makes the command from arguments that fit `parameters`; missing optional ones are null.
  std::function<chat::expected<chat::request>(codec::client_value arguments)> bind = {};
  /// The next invocation may start before this one is answered (a Send and its commit).
  bool pipelined = false;
  /// Runs the method on the connection's thread, where it must not block. It answers through `call`,
  /// now or later. Streaming methods, and those with uploads, run beside the others; all others one
  /// at a time.
  std::function<void(const invocation_ptr& call, codec::client_value arguments)> run = {};
  bool streams = false;            ///< answers with items
  std::vector<kind> uploads = {};  ///< what the streams hold that the client sends along

  auto runs_beside() const -> bool { return streams || !uploads.empty(); }
};

/// The methods of one hub, found by name in any case (as ASP.NET Core does), and its life cycle.
class hub {
 public:
  void add(hub_method method);
  auto find(std::string_view target) const -> const hub_method*;
  auto methods() const -> std::vector<const hub_method*>;

  /// Behind the handshake. A failure ends the connection for good.
  std::function<std::optional<hub_failure>(caller&)> on_connected;
  /// Once for every connection that on_connected let in; it can still be looked at, not written to.
  std::function<void(caller&)> on_disconnected;
  /// Not null: there is no handshake, this protocol is spoken from the first byte.
  const hub_protocol* fixed_protocol = nullptr;

 private:
  struct any_case {
    using is_transparent = void;
    auto operator()(std::string_view name) const -> std::size_t;
    auto operator()(std::string_view a, std::string_view b) const -> bool;
  };
  std::unordered_map<std::string, hub_method, any_case, any_case> methods_;
};

/// Does a value fit?
auto fits(const parameter& wanted, const json& value) -> bool;

/// The refusal of arguments that do not fit.
auto binding_failure() -> chat::unexpected;

/// Arguments as the method wants them, or why they do not fit, in the words of ASP.NET Core.
auto fit_arguments(const hub_method& method, json arguments) -> chat::expected<json>;

}  // namespace parley::net::signalr
