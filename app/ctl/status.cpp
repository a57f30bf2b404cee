#include "app/ctl/status.hpp"

#include <algorithm>
#include <cstdlib>
#include <ostream>
#include <string_view>

#include "app/ctl/output.hpp"
#include "app/ctl/probe.hpp"
#include "app/ctl/workplace.hpp"
#include "storage/open.hpp"
#include "storage/schema.hpp"

namespace parley::app::ctl {
namespace {

using chat::errc;
using chat::unexpected;

/// The sum of a metric's samples, whatever their labels.
auto figure(std::string_view text, std::string_view name) -> double {
  double sum = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    const auto line = text.substr(at, end - at);
    at = end + 1;
    if (!line.starts_with(name) || line.size() == name.size()) continue;
    if (line[name.size()] != ' ' && line[name.size()] != '{') continue;
    sum += std::strtod(std::string{line.substr(line.rfind(' ') + 1)}.c_str(), nullptr);
  }
  return sum;
}

auto version_of(std::string_view text) -> std::string {
  constexpr std::string_view mark = "parley_build_info{version=\"";
  const auto at = text.find(mark);
  if (at == text.npos) return "unknown";
  const auto rest = text.substr(at + mark.size());
  return std::string{rest.substr(0, rest.find('"'))};
}

/// @returns why the server is not as it should be
auto describe_server(const config::options& options, json& into) -> chat::expected<void> {
  const auto ready = ask_server(options, "/readyz");
  if (!ready) return into["server"] = "not running", unexpected{ready.error()};
  into["server"] = ready->status == 200 ? "ready" : "not ready";
  const auto figures = ask_server(options, "/metrics");
  if (!figures) return unexpected{figures.error()};
  const auto& text = figures->body;
  into["version"] = version_of(text);
  const auto since = figure(text, "process_start_time_seconds");
  if (since > 0)
    into["startedAt"] = to_iso8601(chat::timestamp{static_cast<std::int64_t>(since) * 1'000});
  for (const auto& [key, name] : {std::pair{"connections", "parley_connections"},
                                  {"messagesAccepted", "parley_messages_accepted_total"},
                                  {"messagesDelivered", "parley_messages_delivered_total"},
                                  {"rowsToStore", "parley_persistence_backlog_rows"},
                                  {"slowReadersClosed", "parley_slow_readers_closed_total"},
                                  {"refusals", "parley_limit_refusals_total"}})
    into[key] = static_cast<std::uint64_t>(figure(text, name));
  if (ready->status == 200) return {};
  return unexpected{errc::unavailable, "the server is not ready: it drains, or its store is away"};
}

auto describe_store(workplace& at, const config::options& options, json& into)
    -> chat::expected<void> {
  into["store"] = shown_url(options.storage);
  const auto census = at.census();
  if (!census) return unexpected{census.error()};
  const auto steps = storage::migration_status(options.storage);
  if (!steps) return unexpected{steps.error()};
  const auto version = storage::check_steps(*steps);
  if (!version) return unexpected{version.error()};
  into["schema"] = *version;
  const auto counts = (*census)->counts();
  if (!counts) return unexpected{counts.error()};
  into["accounts"] = counts->accounts;
  into["users"] = counts->users;
  into["conversations"] = counts->conversations;
  into["attachments"] = counts->attachments;
  into["attachmentBytes"] = counts->attachment_bytes;
  into["deadLetters"] = counts->dead_letters;
  return {};
}

}  // namespace

auto show_status(workplace& at) -> chat::expected<void> {
  const auto options = at.options();
  if (!options) return unexpected{options.error()};
  json shown;
  const auto server = describe_server(**options, shown);
  const auto store = describe_store(at, **options, shown);
  print_object(at.out(), shown, at.args.json);
  return server ? store : server;
}

}  // namespace parley::app::ctl
