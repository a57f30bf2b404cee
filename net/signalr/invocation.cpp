#include "net/signalr/invocation.hpp"

#include <algorithm>

#include "net/signalr/hub.hpp"

namespace parley::net::signalr {
namespace {

/// Stream items go out in frames of about this size: few frames, and no long wait for events
/// behind them.
constexpr std::size_t batch_bytes = 32 * 1024;

}  // namespace

auto failure_of(const chat::error& why) -> hub_failure {
  auto text = std::string{to_string(why.code)} + ": " + why.detail;
  if (why.retry_after_ms > 0) text += "; retryAfterMs=" + std::to_string(why.retry_after_ms);
  return {std::move(text)};
}

auto failure_text(std::string prefix, const hub_failure& why, bool detailed) -> std::string {
  if (!detailed && why.exception != "HubException") return prefix;
  return std::move(prefix) + " " + why.exception + ": " + why.message;
}

invocation::invocation(invocation_site& site, const hub_method& method, std::string id,
                       std::string target, std::vector<std::string> upload_ids)
    : site_(&site), method_(method), id_(std::move(id)), target_(std::move(target)) {
  for (auto& one : upload_ids) uploads_.push_back({std::move(one), true, {}});
}

// -- answers ----------------------------------------------------------------------------------------

void invocation::complete(const json& result) {
  if (!is_open()) return;
  if (id_.empty()) return finish({});
  const auto& protocol = site_->protocol();
  finish(method_.streams ? protocol.empty_completion(id_) : protocol.completion(id_, result));
}

void invocation::fail(const hub_failure& why) {
  if (!is_open()) return;
  if (id_.empty()) return finish({});
  auto prefix = streams_ ? std::string{"An error occurred on the server while streaming results."}
                         : "An unexpected error occurred invoking '" + target_ + "' on the server.";
  finish(site_->protocol().failed_completion(
      id_, failure_text(std::move(prefix), why, site_->detailed_errors())));
}

void invocation::refuse(const hub_failure& why) {
  if (!is_open()) return;
  const auto paid = site_->charge_call();
  fail(paid ? why : failure_of(paid.error()));
}

void invocation::send_with_answer(std::string_view target, const json& arguments) {
  if (is_open()) site_->send_record(site_->protocol().invocation(target, arguments));
}

void invocation::finish(std::string record) {
  const auto self = shared_from_this();
  auto& site = *std::exchange(site_, nullptr);
  if (!record.empty()) site.send_record(std::move(record));
  let_go();
  site.on_finished(*this);
}

/// Callbacks may hold this call, and one of them may be running: they go when it has returned.
void invocation::let_go() {
  const auto first = std::exchange(when_room_, nullptr);
  const auto second = std::exchange(on_cancel_, nullptr);
  const auto third = std::exchange(on_tick_, nullptr);
  const auto last = std::exchange(uploads_, {});
}

void invocation::detach() {
  if (!is_open()) return;
  const auto self = shared_from_this();
  site_ = nullptr;
  const auto canceled = std::exchange(on_cancel_, nullptr);
  let_go();
  if (canceled) canceled();
}

// -- a stream of results ------------------------------------------------------------------------------

auto invocation::send_items(std::span<const json> items) -> std::size_t {
  if (!is_open()) return items.size();
  std::string batch;
  std::size_t count = 0;
  while (count < items.size() && batch.size() < batch_bytes)
    batch += site_->protocol().stream_item(id_, items[count++]);
  if (count > 0) site_->send_record(std::move(batch));
  return count;
}

void invocation::when_room(std::function<void()> then) {
  if (!is_open()) return;
  when_room_ = std::move(then);
  if (site_->has_room()) room();
}

void invocation::room() {
  if (const auto then = std::exchange(when_room_, nullptr)) then();
}

void invocation::tick() {
  if (!on_tick_) return;
  const auto self = shared_from_this();
  const auto then = on_tick_;
  then();
}

void invocation::cancel() {
  const auto self = shared_from_this();
  if (const auto canceled = std::exchange(on_cancel_, nullptr)) canceled();
  complete();
}

// -- uploads ------------------------------------------------------------------------------------------

void invocation::on_upload(std::size_t which, std::function<void(const upload_event&)> take) {
  if (is_open()) uploads_.at(which).take = std::move(take);
}

auto invocation::find_upload(const std::string& stream) -> std::size_t {
  const auto at = std::find_if(uploads_.begin(), uploads_.end(),
                               [&](const upload& u) { return u.is_open && u.id == stream; });
  return static_cast<std::size_t>(at - uploads_.begin());
}

auto invocation::take_item(const std::string& stream, json& item) -> bool {
  const auto which = find_upload(stream);
  if (which == uploads_.size()) return false;
  if (!fits({method_.uploads[which], false, true}, item))
    return end_upload(stream, "Failed to bind Stream message.");
  if (const auto take = uploads_[which].take) take({std::move(item), false, {}});
  return true;
}

auto invocation::end_upload(const std::string& stream, const std::string& error) -> bool {
  const auto which = find_upload(stream);
  if (which == uploads_.size()) return false;
  uploads_[which].is_open = false;
  if (const auto take = std::exchange(uploads_[which].take, nullptr)) take({nullptr, true, error});
  return true;
}

}  // namespace parley::net::signalr
