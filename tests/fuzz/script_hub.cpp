#include "tests/fuzz/script_hub.hpp"

#include "net/codec/render.hpp"
#include "tests/fuzz/check.hpp"

namespace parley::fuzz {
namespace {

using namespace net::signalr;
using net::codec::client_value;

const parameter text{kind::text};
const parameter nullable_text{kind::text, false, true};
const parameter number{kind::number};
const parameter optional_number{kind::number, true};

/// Items of up to 100 bytes, sent as the client takes them.
void send_rest(const invocation_ptr& call, std::uint64_t left) {
  const std::vector<json> items(std::min<std::uint64_t>(left, 5), std::string(left % 100, 'i'));
  const auto sent = call->send_items(items);
  must(sent >= 1 || items.empty() || !call->is_open(), "one item at least is sent");
  if (left <= sent) return call->complete();
  call->when_room([call, left, sent] { send_rest(call, left - sent); });
}

}  // namespace

script_hub::script_hub() {
  add_calls();
  add_streams();
  hub_.on_connected = [this](caller& who) -> std::optional<hub_failure> {
    must(who_ == nullptr, "who is there does not connect again");
    who_ = &who;
    ++connects_;
    return std::nullopt;
  };
  hub_.on_disconnected = [this](caller& who) {
    must(who_ == &who, "who leaves was there");
    who_ = nullptr;
    ++disconnects_;
  };
}

void script_hub::add_calls() {
  const auto add = [this](const char* name, std::vector<parameter> parameters, auto run) {
    hub_.add({.name = name, .parameters = std::move(parameters),
              .run = [this, run](const invocation_ptr& call, client_value given) {
                seen_.push_back(call);
                const auto arguments = given.copy();
                run(call, arguments);
              }});
  };
  add("Echo", {nullable_text}, [](auto& call, auto& a) { call->complete(a[0]); });
  add("Add", {number, optional_number}, [](auto& call, auto& a) {
    call->complete(a[0].template get<std::uint64_t>() +
                   (a[1].is_null() ? 0 : a[1].template get<std::uint64_t>()));
  });
  add("Hold", {}, [this](auto& call, auto&) { held_.push_back(call); });
  add("Fail", {text}, [](auto& call, auto& a) {
    call->fail({a[0].template get<std::string>(), "InvalidOperationException"});
  });
  add("Abort", {}, [](auto& call, auto&) { call->client().abort(); });
  add("Tell", {text}, [](auto& call, auto& a) {
    call->client().send("Told", json::array({a[0]}));
    if (call->is_open()) call->complete();
  });
  add("AskClient", {}, [this](auto& call, auto&) { ask_client(call); });
  add("Ask", {}, [](auto& call, auto&) {
    call->client().ask(chat::get_me{}, [call](const chat::outcome& outcome) {
      outcome ? call->complete(net::codec::render(*outcome))
              : call->fail(failure_of(outcome.error()));
    });
  });
  hub_.add({.name = "Post", .parameters = {text},
            .bind = [](client_value a) -> chat::expected<chat::request> {
              return chat::request{chat::post{{}, a.at(0).text(), {}, {}, {}}};
            },
            .pipelined = true});
}

void script_hub::add_streams() {
  hub_.add({.name = "Items", .parameters = {number},
            .run = [this](const invocation_ptr& call, client_value a) {
              seen_.push_back(call);
              call->begin_stream();
              send_rest(call, std::min<std::uint64_t>(a.at(0).number().value_or(0), 200));
            },
            .streams = true});
  hub_.add({.name = "Up",
            .run = [this](const invocation_ptr& call, client_value) {
              seen_.push_back(call);
              call->on_upload(0, [call, bytes = std::size_t{0}](const auto& event) mutable {
                if (event.is_end) return event.error.empty() ? call->complete(bytes)
                                                             : call->fail({event.error});
                must(event.item.is_string() || event.item.is_null(), "an item is of its kind");
                bytes += event.item.dump().size();
              });
            },
            .uploads = {kind::text}});
  hub_.add({.name = "Both",
            .run = [this](const invocation_ptr& call, client_value) {
              seen_.push_back(call);
              call->begin_stream();
              for (const std::size_t which : {0, 1})
                call->on_upload(which, [call](const invocation::upload_event& event) {
                  if (event.is_end) return call->complete();
                  call->send_items({&event.item, 1});
                });
            },
            .streams = true,
            .uploads = {kind::object, kind::number}});
}

void script_hub::ask_client(const invocation_ptr& call) {
  ++calls_made_;
  call->client().invoke("Result", json::array({calls_made_}),
                        [this, call](const chat::expected<json>& answer) {
                          ++calls_answered_;
                          answer ? call->complete(*answer) : call->fail({answer.error().detail});
                        });
}

auto script_hub::let_go(bool well) -> bool {
  if (held_.empty()) return false;
  const auto call = held_.front();
  held_.erase(held_.begin());
  well ? call->complete("held") : call->fail({"held"});
  return true;
}

void script_hub::check_over() const {
  must(who_ == nullptr && connects_ == disconnects_ && connects_ <= 1,
       "the hub hears once of each end");
  must(calls_made_ == calls_answered_, "each call of the client is answered once");
  for (const auto& one : seen_)
    if (const auto call = one.lock()) must(!call->is_open(), "no call outlives its connection");
}

}  // namespace parley::fuzz
