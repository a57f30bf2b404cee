// Holds docs/api and the code together, both ways. When a case here fails it names what stands on
// one side only: a new route, hub method, event or code takes one entry in docs/api.
#include "net/docs/documents.hpp"

#include <catch2/catch.hpp>

#include "net/chat_hub/chat_hub.hpp"
#include "net/chat_hub/event_frames.hpp"
#include "net/codec/event_names.hpp"
#include "net/codec/render.hpp"
#include "net/docs/files.hpp"
#include "net/docs/pages.hpp"
#include "net/endpoint/hub_endpoint.hpp"
#include "net/endpoint/server_pages.hpp"
#include "net/rest/routes.hpp"
#include "net/signalr/hub.hpp"
#include "net/signalr/hub_protocol.hpp"
#include "net/web/web_client.hpp"
#include "storage/blobs/signed_link.hpp"
#include "tests/support/documents.hpp"

using namespace parley;
using namespace parley::net;
using namespace parley::test;
using docs::json;

namespace {

auto operation_name(std::string_view verb, std::string_view path) -> std::string {
  std::string name;
  for (const char c : verb) name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name + " " + std::string{path};
}

auto operation_name(http::verb verb, std::string_view path) -> std::string {
  const auto word = http::to_string(verb);
  return operation_name(std::string_view{word.data(), word.size()}, path);
}

/// "/a/{id}/b" as the route table writes it: "/a/{}/b".
auto pattern_of(std::string_view path) -> std::string {
  std::string pattern;
  bool in_name = false;
  for (const char c : path) {
    if (c == '}') in_name = false;
    if (!in_name) pattern += c;
    if (c == '{') in_name = true;
  }
  return pattern;
}

auto served_operations() -> names {
  names found;
  for (const auto& route : rest::routes())
    found.insert(operation_name(route.method, route.pattern));
  for (const auto path : server_page_paths) found.insert(operation_name("get", path));
  found.insert(operation_name("get", metrics_path));
  found.insert(operation_name("get", web::config_path));
  for (const auto path : docs::paths) found.insert(operation_name("get", path));
  for (const auto path : hub_paths)
    for (const auto* ending : {"/negotiate", "/refresh"})
      found.insert(operation_name("post", std::string{path} + ending));
  const auto file = std::string{storage::blobs::link_root} + "{}";
  for (const auto* verb : {"get", "head", "put"}) found.insert(operation_name(verb, file));
  return found;
}

/// The documented operation of a route; null when there is none.
auto operation_of(const rest::route& route) -> json {
  for (const auto& [path, verbs] : docs::openapi().at("paths").items())
    for (const auto& [verb, operation] : verbs.items())
      if (operation_name(verb, pattern_of(path)) == operation_name(route.method, route.pattern))
        return operation;
  return nullptr;
}

/// The messages of all operations with this action, by name: "receive" methods, "send" events.
auto hub_messages(std::string_view action) -> std::map<std::string, json> {
  std::map<std::string, json> found;
  const auto& document = docs::asyncapi();
  for (const auto& [name, operation] : document.at("operations").items())
    if (operation.at("action") == action)
      found.emplace(name, resolve(document, operation.at("messages")[0]));
  return found;
}

auto kind_of(const json& schema) -> std::string {
  const auto& real = resolve(docs::asyncapi(), schema);
  if (real.contains("oneOf")) return kind_of(real.at("oneOf")[0]);
  return real.at("type").is_array() ? real.at("type")[0] : real.at("type");
}

auto admits_null(const json& schema) -> bool {
  if (schema.contains("oneOf")) return schema.at("oneOf").back() == json{{"type", "null"}};
  const auto type = schema.value("type", json{});
  return type.is_array() && type.back() == "null";
}

auto kind_of(signalr::kind what) -> std::string {
  switch (what) {
    case signalr::kind::text: return "string";
    case signalr::kind::number: return "integer";
    case signalr::kind::object: return "object";
    case signalr::kind::list: return "array";
  }
  return "";
}

/// The argument lists that an event may come with.
auto forms_of(const json& message) -> std::vector<json> {
  const auto& payload = message.at("payload");
  if (!payload.contains("oneOf")) return {payload};
  return payload.at("oneOf").get<std::vector<json>>();
}

/// Checks that a rendered event is one of the documented forms, key by key.
void check_event(const std::string& name, const json& arguments) {
  INFO("event " << name << " " << arguments.dump());
  const auto events = hub_messages("send");
  REQUIRE(events.contains(name));
  const auto forms = forms_of(events.at(name));
  const auto form = std::ranges::find_if(
      forms, [&](const json& one) { return one.at("items").size() == arguments.size(); });
  REQUIRE(form != forms.end());
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto& schema = resolve(docs::asyncapi(), (*form).at("items")[i]);
    if (!arguments[i].is_object()) continue;
    const auto told = keys_of(arguments[i]);
    CHECK(without(told, keys_of(schema.at("properties"))) == names{});
    CHECK(without(texts_of(schema.at("required")), told) == names{});
  }
}

/// One of each kind of event, as it is made.
template <std::size_t... I>
auto one_of_each(std::index_sequence<I...>) -> std::vector<chat::event> {
  return {chat::event{std::in_place_index<I>}...};
}

auto events_told() -> std::vector<chat::event> {
  auto all = one_of_each(std::make_index_sequence<std::variant_size_v<chat::event>>());
  all.push_back(chat::message_deleted{{}, {}, 1});
  all.push_back(chat::receipt{{}, chat::message_status::delivered, {}, 1, {}});
  all.push_back(chat::typing_changed{{}, {}, true});
  all.push_back(chat::presence_changed{{}, true});
  return all;
}

}  // namespace

TEST_CASE("every route and verb is documented, and nothing else is", "[net][docs]") {
  const auto served = served_operations();
  names documented;
  for (const auto& [path, verbs] : docs::openapi().at("paths").items())
    for (const auto& [verb, operation] : verbs.items())
      documented.insert(operation_name(verb, pattern_of(path)));
  check_both_ways(served, documented, "docs/api/rest.json");
}

TEST_CASE("a documented route says who may call it and what success is", "[net][docs]") {
  for (const auto& route : rest::routes()) {
    INFO(operation_name(route.method, route.pattern));
    const auto operation = operation_of(route);
    if (operation.is_null()) continue;  // the case above names it
    CHECK((route.by == rest::access::user) == !operation.contains("security"));
    CHECK(operation.at("responses").contains(std::to_string(route.success)));
    const bool may_be_401 = route.by == rest::access::user || route.by == rest::access::cookie ||
                           route.pattern == "/auth/token";
    CHECK(operation.at("responses").contains("401") == may_be_401);
  }
}

TEST_CASE("every name in a documented path is a parameter, and operations have ids",
          "[net][docs]") {
  names ids;
  for (const auto& [path, verbs] : docs::openapi().at("paths").items())
    for (const auto& [verb, operation] : verbs.items()) {
      INFO(verb << " " << path);
      CHECK(ids.insert(operation.at("operationId").get<std::string>()).second);
      names given;
      for (const auto& one : operation.value("parameters", json::array())) {
        const auto& parameter = resolve(docs::openapi(), one);
        if (parameter.at("in") == "path") given.insert(parameter.at("name").get<std::string>());
      }
      CHECK(given == names_in(path));
    }
}

TEST_CASE("every hub method is documented with its parameters, and nothing else is",
          "[net][docs]") {
  const auto documented = hub_messages("receive");
  names served;
  for (const auto* method : chat_hub().methods()) served.insert(method->name);
  check_both_ways(served, keys_of(documented), "docs/api/hub.json");
  for (const auto* method : chat_hub().methods()) {
    INFO("method " << method->name);
    if (!documented.contains(method->name)) continue;
    const auto& operation = docs::asyncapi().at("operations").at(method->name);
    CHECK(operation.value("x-stream", false) == method->streams);
    const auto& payload = documented.at(method->name).at("payload");
    const auto& wanted = method->parameters;
    REQUIRE(payload.at("items").size() == wanted.size());
    CHECK(payload.at("minItems") ==
          std::ranges::count(wanted, false, &signalr::parameter::optional));
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      INFO("argument " << payload.at("items")[i].at("title"));
      CHECK(kind_of(payload.at("items")[i]) == kind_of(wanted[i].type));
      CHECK(admits_null(payload.at("items")[i]) == (wanted[i].optional || wanted[i].nullable));
    }
  }
}

TEST_CASE("every event is documented, and nothing else is", "[net][docs]") {
  const names told{codec::event_name::all.begin(), codec::event_name::all.end()};
  check_both_ways(told, keys_of(hub_messages("send")), "docs/api/hub.json");
}

TEST_CASE("events have the documented arguments and keys", "[net][docs]") {
  for (const auto& what : events_told()) {
    const auto made = codec::render_event(what);
    check_event(made.target, made.arguments);
  }
  const auto notification = codec::render_notification({});
  check_event(notification.target, notification.arguments);
}

TEST_CASE("what classic clients are told is documented", "[net][docs]") {
  const chat::event message{chat::message_posted{}};
  signalr::event_frames frames{message};
  const auto& frame = frames.get({dialect::classic, &signalr::json_protocol()},
                                 signalr::event_frames::part::whole);
  const auto record = json::parse(frame->record().substr(0, frame->record().size() - 1));
  check_event(record.at("target"), record.at("arguments"));
}

TEST_CASE("every message of the hub belongs to an operation", "[net][docs]") {
  const auto& document = docs::asyncapi();
  names used;
  for (const auto& [name, operation] : document.at("operations").items()) {
    INFO("operation " << name);
    for (const auto& one : operation.at("messages")) used.insert(one.at("$ref").get<std::string>());
    CHECK(operation.at("messages")[0].at("$ref") ==
          operation.at("channel").at("$ref").get<std::string>() + "/messages/" + name);
    CHECK(operation.contains("reply") == (operation.at("action") == "receive"));
    if (operation.contains("reply"))
      for (const auto& one : operation.at("reply").at("messages"))
        used.insert(one.at("$ref").get<std::string>());
  }
  names made;
  for (const auto& [channel, what] : document.at("channels").items()) {
    CHECK(std::ranges::count(hub_paths, what.at("address").get<std::string>()) == 1);
    for (const auto& [name, message] : what.at("messages").items())
      made.insert("#/channels/" + channel + "/messages/" + name);
  }
  CHECK(made == used);
}

TEST_CASE("every reference leads somewhere, and every schema is referred to", "[net][docs]") {
  names used;
  for (const auto* document : {&docs::openapi(), &docs::asyncapi()})
    for (const auto& target : references_in(*document)) {
      INFO(target);
      CHECK(document->contains(json::json_pointer{target.substr(1)}));
      used.insert(target);
    }
  const auto file = std::ranges::find(docs::files(), "schemas.json", &docs::file::name);
  const auto schemas = json::parse(file->text);
  for (const auto& [name, schema] : schemas.items()) {
    INFO("docs/api/schemas.json: " << name);
    CHECK(used.contains("#/components/schemas/" + name));
  }
}

TEST_CASE("the documents tell the server's version", "[net][docs]") {
  CHECK(docs::openapi().at("info").at("version") == PARLEY_VERSION);
  CHECK(docs::asyncapi().at("info").at("version") == PARLEY_VERSION);
}
