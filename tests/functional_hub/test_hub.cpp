#include "tests/functional_hub/test_hub.hpp"

#include <algorithm>

#include "net/codec/any_case.hpp"
#include "tests/functional_hub/complex_object.hpp"

namespace parley::functional {
namespace {

using namespace net::signalr;
using net::codec::client_value;

/// Characters that StreamingConcat puts together.
constexpr std::size_t max_concat = 1024 * 1024;

/// A C# string: null is one, leaving it out is not.
const parameter text{kind::text, false, true};
const parameter object{kind::object};
const parameter custom_object{.type = kind::object, .is_fine = is_custom_object};

/// A method that answers at once with what `make` returns.
template <class Make>
auto plain(const char* name, std::vector<parameter> parameters, Make make) -> hub_method {
  return {.name = name,
          .parameters = std::move(parameters),
          .run = [make](const invocation_ptr& call, client_value arguments) {
            call->complete(make(call->client(), arguments.copy()));
          }};
}

/// A method that throws the exception named, its argument the message.
auto throwing(const char* name, const char* exception, bool streams) -> hub_method {
  return {.name = name,
          .parameters = {text},
          .run = [exception](const invocation_ptr& call,
                             client_value a) { call->fail({a.at(0).text(), exception}); },
          .streams = streams};
}

auto streaming(const char* name, std::vector<json> items) -> hub_method {
  return {.name = name,
          .run = [items](const invocation_ptr& call, client_value) {
            call->begin_stream();
            call->send_items(items);
            call->complete();
          },
          .streams = true};
}

using fields = std::vector<std::pair<std::string, std::string>>;

/// A value by its name in any case, or null.
auto value_of(const fields& all, const std::string& name) -> json {
  const auto at = std::find_if(all.begin(), all.end(), [&](const auto& field) {
    return net::equals_in_any_case(field.first, name);
  });
  return at == all.end() ? json() : json(at->second);
}

auto header_of(caller& who, const json& a) -> json {
  return value_of(who.origin().request->headers, a[0].get<std::string>());
}

auto cookie_of(caller& who, const json& a) -> json {
  const auto all = value_of(who.origin().request->headers, "Cookie");
  if (all.is_null()) return nullptr;
  const auto text_of_all = "; " + all.get<std::string>() + ";";
  const auto name = "; " + a[0].get<std::string>() + "=";
  const auto at = text_of_all.find(name);
  if (at == std::string::npos) return nullptr;
  const auto begin = at + name.size();
  return text_of_all.substr(begin, text_of_all.find(';', begin) - begin);
}

auto redirects_of(caller& who, const json&) -> json {
  const auto count = value_of(who.origin().request->query, "numRedirects");
  return count.is_null() ? 0 : std::stoi(count.get<std::string>());
}

/// Yields nothing until the client cancels, and tells it so.
void infinite_stream(const invocation_ptr& call, client_value) {
  call->begin_stream();
  call->on_cancel([call] {
    if (call->is_open()) call->client().send("StreamCanceled", json::array());
  });
}

void streaming_concat(const invocation_ptr& call, client_value) {
  call->on_upload(0, [call, all = std::make_shared<std::string>()](
                         const invocation::upload_event& event) {
    if (event.is_end && event.error.empty()) return call->complete(*all);
    if (event.is_end) return call->fail({event.error});
    if (event.item.is_string()) all->append(event.item.get_ref<const std::string&>());
    if (all->size() > max_concat) call->fail({"That is more than 1 MiB."});
  });
}

void add_calls(hub& h) {
  h.add(plain("Echo", {text}, [](caller&, const json& a) { return a[0]; }));
  h.add(throwing("ThrowException", "InvalidOperationException", false));
  h.add(throwing("ThrowHubException", "HubException", false));
  h.add(plain("InvokeWithString", {text}, [](caller& who, const json& a) -> json {
    who.send("Message", json::array({a[0]}));
    return nullptr;
  }));
  h.add({.name = "SendCustomObject",
         .parameters = {custom_object},
         .run = [](const invocation_ptr& call, client_value a) {
           call->client().send("CustomObject", json::array({as_custom_object(a.at(0).copy())}));
           call->complete();
         }});
  h.add(plain("EchoComplexObject", {object}, [](caller& who, const json& a) {
    return as_complex_object(a[0], *who.format().protocol);
  }));
  h.add(plain("SendComplexObject", {}, [](caller& who, const json&) {
    return complex_object(*who.format().protocol);
  }));
}

void add_streams(hub& h) {
  h.add(streaming("Stream", {"a", "b", "c"}));
  h.add(streaming("EmptyStream", {}));
  h.add(throwing("StreamThrowException", "InvalidOperationException", true));
  h.add({.name = "InfiniteStream", .run = infinite_stream, .streams = true});
  h.add({.name = "StreamingConcat", .run = streaming_concat, .uploads = {kind::text}});
}

void add_connection_facts(hub& h) {
  h.add(plain("GetCallerConnectionId", {},
              [](caller& who, const json&) { return json(who.origin().connection_id); }));
  h.add(plain("GetActiveTransportName", {},
              [](caller& who, const json&) { return json(who.origin().request->transport); }));
  h.add(plain("GetNumRedirects", {}, redirects_of));
  h.add(plain("GetHeader", {text}, header_of));
  h.add(plain("GetCookie", {text}, cookie_of));
  h.add(plain("GetContentTypeHeader", {}, [](caller& who, const json&) {
    return value_of(who.origin().request->headers, "Content-Type");
  }));
}

}  // namespace

auto make_test_hub(connections& open) -> hub {
  hub h;
  add_calls(h);
  add_streams(h);
  add_connection_facts(h);
  h.on_connected = [&open](caller& who) -> std::optional<hub_failure> {
    open[who.origin().connection_id] = &who;
    return std::nullopt;
  };
  h.on_disconnected = [&open](caller& who) { open.erase(who.origin().connection_id); };
  return h;
}

auto make_uncreatable_hub() -> hub {
  hub h;
  h.on_connected = [](caller&) -> std::optional<hub_failure> {
    return hub_failure{
        "Unable to resolve service for type 'System.Object' while attempting to activate "
        "'FunctionalTests.UncreatableHub'.",
        "InvalidOperationException"};
  };
  return h;
}

auto make_authorized_hub() -> hub {
  hub h;
  h.add(plain("Echo", {text}, [](caller&, const json& a) { return a[0]; }));
  return h;
}

}  // namespace parley::functional
