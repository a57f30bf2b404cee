#include "bench/load/conversation_maker.hpp"

#include <numeric>

#include "bench/wire/failure.hpp"
#include "bench/wire/record_scanner.hpp"

namespace parley::bench {

conversation_maker::conversation_maker(const options& opts, const connection_pool& pool)
    : pool_(pool), http_(parse_endpoint(opts.url), opts.tls) {}

auto conversation_maker::make_group(std::uint32_t first, std::uint32_t count) -> std::string {
  std::vector<std::uint32_t> members(count);
  std::iota(members.begin(), members.end(), first);
  return make_group(members);
}

auto conversation_maker::make_group(const std::vector<std::uint32_t>& members) -> std::string {
  std::string body = R"({"type":"Group","title":"Room","participantIds":[)";
  for (const auto member : members)
    body.append(body.ends_with('[') ? "\"" : ",\"").append(pool_.user(member)).append("\"");
  return make(members.front(), body + "]}");
}

auto conversation_maker::make_direct(std::uint32_t one, std::uint32_t other) -> std::string {
  return make(one, R"({"participant1Id":")" + pool_.user(one) + R"(","participant2Id":")" +
                       pool_.user(other) + "\"}");
}

auto conversation_maker::make(std::uint32_t owner, const std::string& body) -> std::string {
  const auto answer = http_.post("/messaging/conversations", pool_.token(owner), body);
  hub_record created;
  if (answer.status / 100 != 2 || !scan_record(answer.body, created) ||
      created.conversation_id.empty()) {
    cannot_run("no room made: " + std::to_string(answer.status) + " " + answer.body);
  }
  return std::string(created.conversation_id);
}

}  // namespace parley::bench
