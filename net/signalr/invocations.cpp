#include "net/signalr/invocations.hpp"

#include <algorithm>

#include "net/codec/render.hpp"

namespace parley::net::signalr {
namespace {

auto failed_to_invoke(const std::string& target) {
  return "Failed to invoke '" + target + "' due to an error on the server.";
}

auto unexpected_error(const std::string& target, const hub_failure& why) {
  return failure_text("An unexpected error occurred invoking '" + target + "' on the server.", why,
                      false);
}

/// A reply is looked up before it takes its place: what follows must not overtake it.
auto may_overlap(const hub_method& method, const chat::request& what) -> bool {
  if (!method.pipelined) return false;
  const auto* post = std::get_if<chat::post>(&what);
  return post == nullptr || post->reply_to.is_nil();
}

auto bad_text() -> chat::expected<json> { return binding_failure(); }

/// The way of invoking and the method must be of one kind. @returns the complaint, or ""
auto wrong_mode(const hub_method& method, const hub_message& message) -> std::string {
  const bool asks_stream = message.type == message_type::stream_invocation;
  if (asks_stream == method.streams) return {};
  const auto* is = method.streams ? "streaming" : "non-streaming";
  const auto* used = method.streams ? "non-streaming" : "streaming";
  return std::string{"The client attempted to invoke the "} + is + " '" + message.target +
         "' method with a " + used + " invocation.";
}

/// The calls of `all` that have a callback to make may end while it runs, and others begin.
template <class Do>
void for_each_held(const std::vector<invocation_ptr>& all, Do act) {
  for (const auto& one : std::vector(all)) act(*one);
}

}  // namespace

// -- taking -----------------------------------------------------------------------------------------

void invocations::take(hub_message message) {
  const auto* method = methods_.find(message.target);
  auto what = bind(method, message);
  const auto* command = std::get_if<chat::request>(&what);
  const bool pipelined = command != nullptr && may_overlap(*method, *command);
  const bool beside = std::holds_alternative<own_call>(what) && method->runs_beside();
  waiting_.push_back({std::move(message.invocation_id), std::move(message.target), pipelined,
                      beside, std::move(what)});
  start();
}

/// What an invocation means, or the text its caller gets instead.
auto invocations::bind(const hub_method* method, hub_message& message) const -> work {
  const auto& target = message.target;
  if (method == nullptr)
    return refusal{failed_to_invoke(target) + " HubException: Method does not exist."};
  auto arguments =
      message.has_bad_text ? bad_text() : fit_arguments(*method, std::move(message.arguments));
  if (!arguments)
    return refusal{failure_text(failed_to_invoke(target),
                                {arguments.error().detail, "InvalidDataException"},
                                detailed_errors())};
  if (auto complaint = wrong_mode(*method, message); !complaint.empty())
    return refusal{std::move(complaint)};
  if (message.stream_ids.size() != method->uploads.size())
    return refusal{unexpected_error(
        target, {"Client sent " + std::to_string(message.stream_ids.size()) +
                 " stream(s), Hub method expects " + std::to_string(method->uploads.size()) + "."})};
  if (method->run) return own_call{method, std::move(*arguments), std::move(message.stream_ids)};
  auto command = method->bind(*arguments);
  if (!command) return refusal{unexpected_error(target, failure_of(command.error()))};
  return std::move(*command);
}

auto invocations::is_full() const -> bool {
  const auto uploads_wait = [](const waiting_call& call) {
    const auto* own = std::get_if<own_call>(&call.what);
    return own != nullptr && !own->upload_ids.empty();
  };
  const auto held = waiting_.size() + running_.size() + (own_ ? 1 : 0);
  return held >= owner_.hub_settings().max_pending_invocations ||
         std::any_of(waiting_.begin(), waiting_.end(), uploads_wait);
}

// -- running ----------------------------------------------------------------------------------------

auto invocations::may_start(const waiting_call& call) const -> bool {
  if (call.beside) return true;
  if (own_) return false;
  return running_.empty() || (call.pipelined && std::all_of(running_.begin(), running_.end(),
                                                            [](auto& r) { return r.pipelined; }));
}

void invocations::start() {
  if (std::exchange(starting_, true)) return;
  while (!waiting_.empty() && owner_.may_start_calls() && may_start(waiting_.front())) {
    auto call = std::move(waiting_.front());
    waiting_.erase(waiting_.begin());
    begin(std::move(call));
  }
  starting_ = false;
}

void invocations::begin(waiting_call call) {
  if (const auto* refused = std::get_if<refusal>(&call.what)) return refuse(call, refused->text);
  if (auto* own = std::get_if<own_call>(&call.what)) {
    auto what = std::move(*own);
    return begin_own(std::move(call), what);
  }
  const auto ticket = next_ticket_++;
  running_.push_back({ticket, std::move(call.id), std::move(call.target), call.pipelined});
  owner_.execute(ticket, std::move(std::get<chat::request>(call.what)));
}

void invocations::begin_own(waiting_call call, own_call& what) {
  if (call.beside)
    if (const auto why = refusal_of(call, what); !why.empty()) return refuse(call, why);
  invocation_site& site = *this;
  const auto made = std::make_shared<invocation>(site, *what.method, std::move(call.id),
                                                 std::move(call.target), std::move(what.upload_ids));
  if (call.beside)
    beside_.push_back(made);
  else
    own_ = made;
  what.method->run(made, what.arguments);
}

/// Why a call cannot run beside the others, or "".
auto invocations::refusal_of(const waiting_call& call, const own_call& what) const -> std::string {
  const bool in_use =
      what.method->streams && std::any_of(beside_.begin(), beside_.end(), [&](const auto& one) {
        return one->method().streams && one->id() == call.id;
      });
  if (in_use) return "Invocation ID '" + call.id + "' is already in use.";
  const auto max = owner_.hub_settings().max_streams;
  const auto more = what.upload_ids.size() + (what.method->streams ? 1 : 0);
  if (open_streams() + more <= max) return {};
  return unexpected_error(call.target,
                          {"limit: at most " + std::to_string(max) + " streams at once"});
}

auto invocations::open_streams() const -> std::size_t {
  std::size_t count = 0;
  for (const auto& one : beside_)
    count += one->method().uploads.size() + (one->method().streams ? 1 : 0);
  return count;
}

auto invocations::take_answer(std::uint64_t ticket, const chat::outcome& outcome) -> bool {
  const auto at = std::find_if(running_.begin(), running_.end(),
                               [ticket](const running_call& r) { return r.ticket == ticket; });
  if (at == running_.end()) return false;
  const auto call = std::move(*at);
  running_.erase(at);
  if (!outcome)
    fail(call.id, unexpected_error(call.target, failure_of(outcome.error())));
  else if (!call.id.empty())
    send_record(protocol().completion(
        call.id, [&](codec::writer& to) { codec::write_result(to, *outcome); }));
  return true;
}

void invocations::on_finished(const invocation& which) {
  if (own_.get() == &which) own_.reset();
  std::erase_if(beside_, [&](const auto& one) { return one.get() == &which; });
  if (!starting_) owner_.on_room();
}

void invocations::refuse(const waiting_call& call, const std::string& why) {
  const auto paid = owner_.charge_call();
  fail(call.id, paid ? why : unexpected_error(call.target, failure_of(paid.error())));
}

void invocations::fail(const std::string& id, const std::string& error) {
  if (!id.empty()) send_record(protocol().failed_completion(id, error));
}

// -- streams ----------------------------------------------------------------------------------------

void invocations::take_item(hub_message& message) {
  // The newest first: a client may use an id again when it thinks the old stream over.
  const auto all = beside_;
  for (auto at = all.rbegin(); at != all.rend(); ++at)
    if ((*at)->take_item(message.invocation_id, message.payload)) return;
}

auto invocations::end_upload(const hub_message& message) -> bool {
  const auto all = beside_;
  const std::string error =
      message.has_error && message.error.empty() ? "The stream failed." : message.error;
  return std::any_of(all.rbegin(), all.rend(), [&](const invocation_ptr& one) {
    return one->end_upload(message.invocation_id, error);
  });
}

void invocations::cancel(const std::string& id) {
  const auto at = std::find_if(beside_.begin(), beside_.end(), [&](const auto& one) {
    return one->method().streams && one->id() == id;
  });
  if (at != beside_.end()) invocation_ptr{*at}->cancel();
}

void invocations::on_drained() {
  for_each_held(beside_, [](invocation& one) { one.room(); });
}

void invocations::on_tick() {
  if (beside_.empty()) return;
  for_each_held(beside_, [](invocation& one) { one.tick(); });
}

void invocations::end() {
  waiting_.clear();
  running_.clear();
  if (const auto last = std::exchange(own_, nullptr)) last->detach();
  for (const auto& one : std::exchange(beside_, {})) one->detach();
}

}  // namespace parley::net::signalr
