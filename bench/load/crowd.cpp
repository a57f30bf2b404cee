#include "bench/load/crowd.hpp"

#include <algorithm>
#include <charconv>

#include "bench/measure/clock.hpp"
#include "bench/wire/failure.hpp"

namespace parley::bench {
namespace {

constexpr std::int64_t poll_ns = 10'000'000;

}  // namespace

crowd::crowd(const options& opts, std::uint32_t connections, connection_listener& listener)
    : options_(opts), pool_(opts, connections, listener) {}

void crowd::call(connection& who, std::string_view target, std::string_view arguments,
                 std::string_view id) {
  record_ = R"({"type":1,"target":")";
  record_.append(target);
  if (!id.empty()) record_.append(R"(","invocationId":")").append(id);
  record_.append(R"(","arguments":[)").append(arguments).append("]}").push_back(record_end);
  who.send_payload(record_, pool_.io());
}

void crowd::post(connection& who, const std::string& conversation, std::uint64_t number) {
  record_.clear();
  pool_.speaks().write_send(record_, conversation, number, options_.bytes);
  who.send_payload(record_, pool_.io());
}

void crowd::wait_until(const std::function<bool()>& done, const char* what) {
  progress_at_ = now_ns();
  while (!done()) {
    pool_.poll(now_ns() + poll_ns);
    if (now_ns() - progress_at_ > to_ns(options_.stall_seconds))
      check_failed(std::string("lost: waited in vain for ") + what);
  }
}

void crowd::rest(double seconds) {
  const auto end = now_ns() + to_ns(seconds);
  for (auto now = now_ns(); now < end; now = now_ns()) pool_.poll(std::min(end, now + poll_ns));
}

void crowd::open(std::uint32_t index) {
  pool_.start(index);
  wait_until([&] { return pool_.at(index).is_open(); }, "a connection to open");
}

auto crowd::number_of(std::string_view user) const -> std::uint32_t {
  std::uint32_t number = 0;
  const auto& prefix = options_.user_prefix;
  const char* const end = user.data() + user.size();
  if (!user.starts_with(prefix) ||
      std::from_chars(user.data() + prefix.size(), end, number).ptr != end)
    check_failed("an event about a stranger: " + std::string(user));
  return number;
}

}  // namespace parley::bench
