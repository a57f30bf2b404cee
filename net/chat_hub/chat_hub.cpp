// Chat's hub methods: what each takes and which command it becomes. Results are rendered by
// net/codec/render. StreamHistory has a page of its own (net/chat_hub/stream_history.cpp).

#include "net/chat_hub/chat_hub.hpp"

#include "chat/limits.hpp"
#include "net/chat_hub/stream_history.hpp"
#include "net/codec/bind.hpp"
#include "net/codec/event_names.hpp"

namespace parley::net::signalr {
namespace {

using chat::request;
using codec::client_value;
using codec::conversation_of;
using codec::message_of;
template <class T>
using bound = chat::expected<T>;

const parameter text{kind::text};
const parameter object{kind::object};
const parameter optional_object{kind::object, true};
const parameter optional_number{kind::number, true};
const parameter list{kind::list};

auto str(client_value value) -> std::string { return value.text(); }

auto number_or_0(client_value value) -> std::uint64_t {
  return value.number().value_or(0);
}

/// Widens a bound command to a request.
template <class Command>
auto as_request(bound<Command> command) -> bound<request> {
  if (!command) return chat::unexpected{command.error()};
  return request{std::move(*command)};
}

/// A method whose only argument is a conversation id.
template <class Make>
auto on_conversation(const char* name, Make make) -> hub_method {
  return {name, {text}, [make](client_value a) -> bound<request> {
            return request{make(conversation_of(str(a.at(0))))};
          }};
}

auto mark_method(const char* name, chat::message_status status) -> hub_method {
  return {name, {text, optional_number}, [status](client_value a) -> bound<request> {
            return request{chat::mark{conversation_of(str(a.at(0))), status, number_or_0(a.at(1))}};
          }};
}

auto bind_add(client_value a) -> bound<request> {
  auto users = codec::bind_users(a.at(1), chat::max_named);
  if (!users) return chat::unexpected{users.error()};
  return request{chat::add_participants{conversation_of(str(a.at(0))), std::move(*users)}};
}

auto bind_remove(client_value a) -> bound<request> {
  const auto user = str(a.at(1));
  if (!chat::is_visible_ascii_id(user))
    return chat::unexpected{chat::errc::bad_request, "a user id is not valid"};
  return request{chat::remove_participant{conversation_of(str(a.at(0))), {user}}};
}

auto bind_set_role(client_value a) -> bound<request> {
  const auto user = str(a.at(1));
  if (!chat::is_visible_ascii_id(user))
    return chat::unexpected{chat::errc::bad_request, "a user id is not valid"};
  const auto role = codec::bind_role(a.at(2));
  if (!role) return chat::unexpected{role.error()};
  return request{chat::set_role{conversation_of(str(a.at(0))), {user}, *role}};
}

auto bind_presence(client_value a) -> bound<request> {
  auto users = codec::bind_users(a.at(0), chat::max_people);
  if (!users) return chat::unexpected{users.error()};
  return request{chat::get_presence{std::move(*users)}};
}

void add_live_methods(hub& h) {
  using chat::conversation_id;
  h.add(on_conversation("JoinConversation", [](conversation_id id) { return chat::join{id}; }));
  h.add({"JoinConversations", {list},
         [](client_value a) { return as_request(codec::bind_join_all(a.at(0))); }});
  h.add(on_conversation("LeaveConversation",
                        [](conversation_id id) { return chat::leave_live{id}; }));
  h.add(on_conversation("StartTyping", [](conversation_id id) { return chat::typing{id, true}; }));
  h.add(on_conversation("StopTyping", [](conversation_id id) { return chat::typing{id, false}; }));
  h.add(mark_method("MarkRead", chat::message_status::read));
  h.add(mark_method("MarkDelivered", chat::message_status::delivered));
}

void add_message_methods(hub& h) {
  h.add({"Send", {object}, [](client_value a) { return as_request(codec::bind_post(a.at(0))); }, true});
  h.add({"EditMessage", {text, text}, [](client_value a) -> bound<request> {
           return request{chat::edit_message{message_of(str(a.at(0))), str(a.at(1))}};
         }});
  h.add({"DeleteMessage", {text}, [](client_value a) -> bound<request> {
           return request{chat::delete_message{message_of(str(a.at(0)))}};
         }});
}

void add_conversation_methods(hub& h) {
  h.add({"CreateConversation", {object},
         [](client_value a) { return as_request(codec::bind_create(a.at(0))); }});
  h.add({"AddParticipants", {text, list}, bind_add});
  h.add({"RemoveParticipant", {text, text}, bind_remove});
  h.add({"SetRole", {text, text, text}, bind_set_role});
  // An empty user id: the caller itself.
  h.add({"Leave", {text}, [](client_value a) -> bound<request> {
           return request{chat::remove_participant{conversation_of(str(a.at(0))), {}}};
         }});
}

void add_reading_methods(hub& h) {
  h.add({"GetConversations", {optional_object},
         [](client_value a) { return as_request(codec::bind_list(a.at(0))); }});
  h.add({"GetMessages", {object},
         [](client_value a) { return as_request(codec::bind_stretch(a.at(0))); }});
  h.add({"GetParticipants", {object},
         [](client_value a) { return as_request(codec::bind_members(a.at(0))); }});
  h.add(stream_history_method());
  h.add({"CatchUp", {list}, [](client_value a) { return as_request(codec::bind_catch_up(a.at(0))); }});
  h.add({"GetPresence", {list}, bind_presence});
}

/// Bytes of what waited that are handed over at once.
constexpr std::size_t pending_step = 64 * 1024;

using waited_ptr = std::shared_ptr<const std::vector<chat::entry>>;

/// Hands over those from `first` on, the next ones when the client has taken some.
void hand_over(const invocation_ptr& call, const waited_ptr& waited, std::size_t first) {
  if (!call->is_open()) return;
  for (std::size_t bytes = 0; first < waited->size() && bytes < pending_step; ++first) {
    const auto& content = (*waited)[first].content;
    call->send_with_answer(codec::event_name::receive_message, json::array({1, content, "Sent"}));
    bytes += content.size();
  }
  if (first == waited->size()) return call->complete();
  call->when_room([call, waited, first] { hand_over(call, waited, first); });
}

/// Hands over what waited while the user was away, in the form with three arguments.
void take_pending(const invocation_ptr& call, client_value a) {
  call->client().ask(chat::take_pending{str(a.at(0))}, [call](const chat::outcome& outcome) {
    if (!call->is_open()) return;
    if (!outcome) return call->fail(failure_of(outcome.error()));
    const auto* waited = std::get_if<std::vector<chat::entry>>(&*outcome);
    using list = std::vector<chat::entry>;
    hand_over(call, std::make_shared<const list>(waited ? *waited : list{}), 0);
  });
}

/// Classic clients are welcomed and begin in the lobby.
auto welcome(caller& who) -> std::optional<hub_failure> {
  if (who.format().dialect != dialect::classic) return std::nullopt;
  who.send(codec::event_name::notify, json::array({"Welcome to the chat!"}));
  who.ask(chat::join{chat::lobby_id()}, [](const chat::outcome&) {});
  return std::nullopt;
}

/// What the first generation of clients calls.
void add_classic_methods(hub& h) {
  h.add({"SendMessage", {text, text}, [](client_value a) -> bound<request> {
           return request{chat::post_to_lobby{str(a.at(0)), str(a.at(1))}};
         }});
  h.add({.name = "RegisterUser", .parameters = {text}, .run = take_pending});
  h.add({"SendPrivateMessage", {text, text}, [](client_value a) -> bound<request> {
           return request{chat::post_to_user{{str(a.at(0))}, str(a.at(1))}};
         }});
  h.add({"JoinGroup", {text}, [](client_value a) -> bound<request> {
           return request{chat::join_group{str(a.at(0))}};
         }});
  h.add({"SendToGroup", {text, text}, [](client_value a) -> bound<request> {
           return request{chat::post_to_group{str(a.at(0)), str(a.at(1))}};
         }});
}

}  // namespace

}  // namespace parley::net::signalr

namespace parley::net {

auto chat_hub() -> const signalr::hub& {
  static const auto instance = [] {
    signalr::hub h;
    signalr::add_live_methods(h);
    signalr::add_message_methods(h);
    signalr::add_conversation_methods(h);
    signalr::add_reading_methods(h);
    signalr::add_classic_methods(h);
    h.on_connected = signalr::welcome;
    return h;
  }();
  return instance;
}

}  // namespace parley::net
