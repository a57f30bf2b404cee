#include "net/fan_out/network_actor.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <string_view>
#include <unordered_set>

namespace parley::net {

using signalr::event_frames;
using std::chrono::milliseconds;

namespace {

/// Turns of actors between two looks at the sockets.
constexpr std::size_t max_turns = 64;

/// Each receipt goes to every participant: a conversation sends them the more rarely the larger it
/// is, so that no connection hears more than 50 a second of one conversation.
auto receipt_interval(const config::chat_options& chat, std::size_t participants) -> milliseconds {
  return std::max(milliseconds{chat.receipt_interval_ms}, milliseconds{20 * participants});
}

/// Users to be looked up: a blocker may have a thousand, and each hearer is asked about.
class spared_users {
 public:
  explicit spared_users(const chat::people& but) {
    if (but)
      for (const auto& user : *but) users_.insert(user.value);
  }
  auto contains(const chat::user_id& user) const -> bool {
    return !users_.empty() && users_.contains(user.value);
  }

 private:
  std::unordered_set<std::string_view> users_;
};

}  // namespace

void asio_host::exec_later(caf::resumable* job) {
  if (!io_.get_executor().running_in_this_thread())
    return boost::asio::post(io_, [this, job] {
      ready_.push_back(job);
      if (!runs_soon_) run_ready();
    });
  ready_.push_back(job);
  if (!std::exchange(runs_soon_, true)) boost::asio::post(io_, [this] { run_ready(); });
}

void asio_host::run_ready() {
  runs_soon_ = true;
  for (std::size_t turns = 0; turns < max_turns && !ready_.empty(); ++turns) {
    auto* const next = ready_.front();
    ready_.pop_front();
    run(next);
  }
  runs_soon_ = !ready_.empty();
  if (runs_soon_) boost::asio::post(io_, [this] { run_ready(); });
}

network_actor::network_actor(caf::actor_config& config, asio_host& host,
                             boost::asio::io_context& io, network_services services)
    : actors::pinned_actor(config, host), receipt_timer_(io), services_(std::move(services)) {}

auto network_actor::make_behavior() -> caf::behavior {
  return {
      [this](const actors::fan_out& what) { on_fan_out(what); },
      [this](const actors::answered& what) { on_answer(what); },
      [this](const actors::notify_users& what) { on_notify(what); },
      [this](actors::waits_for_register& what) { on_waits(what); },
      [this](const actors::subscribe& s) { roster_.join(s.connection, s.conversation); },
      [this](const actors::unsubscribe& s) { roster_.leave(s.connection, s.conversation); },
      [this](const actors::conversation_retired& what) { roster_.rest(what.id); },
  };
}

void network_actor::on_exit() {
  receipt_timer_.cancel();
  for (const auto& [key, session] : sessions_)
    caf::anon_send_exit(session.actor, caf::exit_reason::user_shutdown);
  sessions_.clear();
  unreceipted_.clear();
  services_.spawn_session = nullptr;
}

// -- sessions -----------------------------------------------------------------------------------------

auto network_actor::open(asker& who, const chat::profile& user, session_kind kind)
    -> std::uint64_t {
  const auto key = next_key_++;
  const chat::caller caller{user.user, chat::display_name(user), services_.index, key};
  sessions_[key] = {&who, services_.spawn_session(caller, user, kind),
                    kind != session_kind::rest};
  return key;
}

auto network_actor::open_hub_session(event_listener& who, const chat::profile& user)
    -> std::uint64_t {
  const bool classic = who.format().dialect == dialect::classic;
  const auto key =
      open(who, user, classic ? session_kind::classic_hub : session_kind::messaging_hub);
  roster_.add(key, who, user.user);
  if (classic) roster_.find(key)->waiting = std::make_unique<roster::unclaimed>();
  metrics().connections.Increment();
  return key;
}

auto network_actor::open_rest_session(asker& who, const chat::profile& user) -> std::uint64_t {
  return open(who, user, session_kind::rest);
}

void network_actor::execute(std::uint64_t key, std::uint64_t ticket, chat::request what,
                            std::string case_id) {
  const auto at = sessions_.find(key);
  if (at != sessions_.end())
    send(at->second.actor, actors::execute{ticket, std::move(what), std::move(case_id)});
}

void network_actor::close_session(std::uint64_t key, bool clean) {
  if (handing_out_) return closing_.push_back({key, clean});
  const auto at = sessions_.find(key);
  if (at == sessions_.end()) return;
  anon_send(at->second.actor, actors::session_over{clean});
  if (at->second.is_hub) {
    roster_.remove(key);
    metrics().connections.Decrement();
  }
  sessions_.erase(at);
}

void network_actor::on_answer(const actors::answered& what) {
  const auto at = sessions_.find(what.connection);
  if (at == sessions_.end()) return;
  const bool hands_over =
      what.outcome && std::holds_alternative<std::vector<chat::entry>>(*what.outcome);
  auto* const who = hands_over ? roster_.find(what.connection) : nullptr;
  if (who == nullptr || !who->waiting) return at->second.owner->on_answer(what.ticket, what.outcome);
  at->second.owner->on_answer(what.ticket, claim(*who, what.outcome));
}

void network_actor::on_waits(actors::waits_for_register& what) {
  auto* const who = roster_.find(what.connection);
  if (who == nullptr || !who->waiting) return;  // it has registered meanwhile
  if (what.conversations.empty()) return who->waiting.reset();
  who->waiting->is_known = true;
  who->waiting->conversations = std::move(what.conversations);
  std::ranges::sort(who->waiting->conversations);
}

/// What RegisterUser hands over, without what this connection has heard live. While there may be more
/// of it the rest goes on waiting.
auto network_actor::claim(roster::seat& who, const chat::outcome& handed_over) -> chat::outcome {
  auto messages = std::get<std::vector<chat::entry>>(*handed_over);
  const bool is_all = messages.size() < roster::unclaimed::max_heard;
  std::erase_if(messages, [&heard = who.waiting->heard](const chat::entry& m) {
    return std::ranges::find(heard, m.id) != heard.end();
  });
  if (is_all) who.waiting.reset();
  return chat::result{std::move(messages)};
}

/// While an event is handed out a push may end a connection; the roster must not change under it.
template <class HandOut>
void network_actor::hand_out(HandOut handing) {
  handing_out_ = true;
  handing();
  handing_out_ = false;
  for (const auto& [key, clean] : std::exchange(closing_, {})) close_session(key, clean);
}

// -- events ---------------------------------------------------------------------------------------------

void network_actor::on_fan_out(const actors::fan_out& what) {
  if (const auto* posted = std::get_if<chat::message_posted>(&what.what))
    return hand_out([&] { on_message(what, *posted); });
  event_frames frames{what.what};
  const auto push = [&](roster::seat* who) {
    who->listener->push(frames.get(who->listener->format(), event_frames::part::whole));
  };
  hand_out([&] {
    if (what.to == chat::audience::actor_only) {
      std::ranges::for_each(roster_.of_user(what.actor), push);
      return;
    }
    const auto& heard_by = roster_.audience_of(what.conversation, what.participants);
    const bool all = what.to == chat::audience::everyone;
    const spared_users spared{what.except};
    for (auto* who : heard_by.joined)
      if (all || (who->user != what.actor && !spared.contains(who->user))) push(who);
    if (!all) return;
    std::ranges::for_each(heard_by.others, push);
    std::ranges::for_each(roster_.of_user(what.departed), push);
  });
  // Whoever is added again joins anew.
  if (const auto* removed = std::get_if<chat::participant_removed>(&what.what))
    roster_.leave_all(removed->user, what.conversation);
}

void network_actor::on_message(const actors::fan_out& what, const chat::message_posted& posted) {
  using part = event_frames::part;
  event_frames frames{what.what};
  const bool notifies = posted.type != chat::conversation_type::lobby;
  const auto& heard_by = roster_.audience_of(what.conversation, what.participants);
  if (heard_by.joined.empty() && heard_by.others.empty()) return;
  const auto* const poster = roster_.identity_of(what.actor);
  std::size_t count = 0;
  const auto push = [&](roster::seat* who, part wanted) {
    if (const auto& frame = frames.get(who->listener->format(), wanted)) {
      who->listener->push(frame);
      ++count;
      if (who->waiting && who->waiting->covers(what.conversation) && notifies &&
          who->waiting->heard.size() < roster::unclaimed::max_heard)
        who->waiting->heard.push_back(posted.message.id);
    }
  };
  // The sender knows its message by its own id: one frame more, where it listens here.
  const auto to_sender = posted.message.client_message_id.empty() ? part::whole : part::own;
  for (auto* who : heard_by.joined)
    push(who, &who->user == poster ? to_sender : notifies ? part::both : part::whole);
  for (auto* who : heard_by.others) {
    // A classic connection counts as joined to its two-person conversations.
    const bool classic = who->listener->format().dialect == dialect::classic;
    if (classic && chat::is_two_person(posted.type))
      push(who, part::whole);
    else if (notifies && &who->user != poster)
      push(who, part::notification);
  }
  metrics().delivered.Increment(static_cast<double>(count));
  if (notifies) note_unreceipted(what, posted);
}

void network_actor::on_notify(const actors::notify_users& what) {
  event_frames frames{what.what};
  const auto push = [&](roster::seat* who) {
    who->listener->push(frames.get(who->listener->format(), event_frames::part::whole));
  };
  const spared_users spared{what.except};
  hand_out([&] {
    if (!what.users) {
      for (auto* who : roster_.everyone())
        if (!spared.contains(who->user)) push(who);
      return;
    }
    for (const auto& user : *what.users)
      if (!spared.contains(user)) std::ranges::for_each(roster_.of_user(user), push);
  });
}

// -- delivered receipts -----------------------------------------------------------------------------------

/// Receipts are collected for an interval, so that a busy conversation costs one a member and
/// interval and not one a message.
void network_actor::note_unreceipted(const actors::fan_out& what,
                                     const chat::message_posted& posted) {
  auto& open = unreceipted_[what.conversation];
  if (open.last_seq == 0)
    open.due = clock().steady_now() + receipt_interval(options().chat, what.participants->size());
  open.behind.clear();  // all of them have this one to take
  open.owner = caf::actor_cast<caf::actor_addr>(current_sender());
  open.participants = what.participants;
  open.is_two_person = chat::is_two_person(posted.type);
  if (open.last_seq != 0 && open.last_sender != what.actor) open.last_by_another = open.last_seq;
  open.last_seq = posted.message.seq;
  open.last_sender = what.actor;
  schedule_receipts();
}

void network_actor::schedule_receipts() {
  if (std::exchange(receipts_scheduled_, true)) return;
  receipt_timer_.expires_after(milliseconds{options().chat.receipt_interval_ms});
  receipt_timer_.async_wait(
      [self = caf::strong_actor_ptr{ctrl()}, this](boost::system::error_code stopped) {
        if (!stopped) send_receipts();
      });
}

void network_actor::send_receipts() {
  receipts_scheduled_ = false;
  const auto now = clock().steady_now();
  for (auto& [conversation, open] : std::exchange(unreceipted_, {})) {
    if (open.due > now) {
      unreceipted_.emplace(conversation, std::move(open));
      continue;
    }
    actors::delivered_to report;
    std::vector<std::uint64_t> behind;
    const auto& heard_by = roster_.audience_of(conversation, open.participants);
    const auto add = [&](const roster::seat* who) {
      const auto seq = who->user == open.last_sender ? open.last_by_another : open.last_seq;
      const bool is_told = !open.behind.empty() && !std::ranges::binary_search(open.behind, who->key);
      if (seq == 0 || is_told) return;
      const auto* waiting = who->waiting.get();
      const bool is_unsure = waiting != nullptr && !waiting->is_known;
      if (waiting != nullptr && !is_unsure && waiting->covers(conversation)) return;
      if (is_unsure || !who->listener->is_caught_up())
        behind.push_back(who->key);
      else
        report.items.push_back({who->user, seq});
    };
    std::ranges::for_each(heard_by.joined, add);
    for (const auto* who : heard_by.others) {
      // Nothing is written to a classic connection that has not joined a group.
      const bool classic = who->listener->format().dialect == dialect::classic;
      if (!classic || open.is_two_person) add(who);
    }
    const auto owner = caf::actor_cast<caf::actor>(open.owner);
    if (owner && !report.items.empty()) send(owner, std::move(report));
    if (behind.empty()) continue;
    std::ranges::sort(behind);
    open.behind = std::move(behind);
    open.due = now + receipt_interval(options().chat, open.participants->size());
    unreceipted_.emplace(conversation, std::move(open));
  }
  if (!unreceipted_.empty()) schedule_receipts();
}

}  // namespace parley::net
