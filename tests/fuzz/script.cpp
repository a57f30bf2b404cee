#include "tests/fuzz/script.hpp"

#include "net/chat_hub/chat_hub.hpp"
#include "net/chat_hub/event_frames.hpp"
#include "net/codec/messagepack.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/fuzz/commands.hpp"

namespace parley::fuzz {
namespace {

using namespace net::signalr;
using std::chrono::milliseconds;

/// Letters that set up a connection are few; steps follow.
auto line_of(std::string_view& text) -> std::string_view {
  const auto line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(line.size() + 1, text.size()));
  return line;
}

auto digit(std::string_view line) -> int {
  return line.size() > 1 && line[1] >= '0' && line[1] <= '9' ? line[1] - '0' : 0;
}

auto the_thread() -> net::io_thread& {
  static const config::options settings;
  static net::io_thread made{settings};
  return made;
}

}  // namespace

script::script(std::string_view text, bool in_pieces) : steps_(text), in_pieces_(in_pieces) {
  letters_ = line_of(steps_);
  auto& hub = host_.settings.hub;
  hub.max_record_bytes = 2'000;
  hub.max_pending_invocations = 5;
  hub.max_streams = 3;
  hub.stateful_buffer_bytes = 4'000;
  hub.max_outbox_bytes = has('w') ? 100'000 : 2'000;
  hub.max_outbox_frames = has('w') ? 1'000 : 20;
  hub.detailed_errors = has('d');
  the_thread().attach(host_, host_.metrics());
  connect();
}

script::~script() {
  close(false);
  plain_.reset();
  resumable_.reset();
  the_thread().io().poll();
  must(the_thread().connection_count() == 0, "nothing of the connection is left");
  must(host_.listeners.empty() && host_.closed.size() <= 1, "the session ends once");
  hub_.check_over();
}

void script::connect() {
  const auto& protocol = has('m') ? messagepack_protocol() : json_protocol();
  const bool is_chat = has('c') || has('k');
  const auto& methods = is_chat ? net::chat_hub() : hub_.methods();
  const auto spoken = has('k') ? net::dialect::classic : net::dialect::messaging;
  client_ = std::make_unique<script_client>(protocol, has('s'));
  link_ = std::make_unique<script_link>(host_.settings.hub.max_outbox_bytes,
                                        host_.settings.hub.max_outbox_frames);
  const chat::profile alice{test::alice, {}, {}, {}, {}};
  if (has('s')) {
    net::hub_client who{alice, spoken};
    who.methods = &methods;
    who.origin = {"c-1", nullptr};
    resumable_ = std::make_shared<net::resumable_connection>(the_thread(), std::move(who));
    resumable_->start(open_.add("token", {test::alice, net::carrier::websocket, &the_thread(),
                                          resumable_, true}));
    resumable_->attach(*link_);
  } else {
    plain_ = std::make_unique<hub_connection>(host_, methods, *link_, alice, spoken,
                                              connection_origin{"c-1", nullptr});
  }
  if (has('h')) return client_->misbehave();
  client_sends(std::string{R"({"protocol":")"} + std::string{protocol.name()} +
               R"(","version":)" + (has('s') ? "2" : "1") + "}\x1e");
  pump();
  client_takes(1'000);  // no client comes back that was never in
}

auto script::input() -> hub_input& {
  if (plain_) return *plain_;
  return *resumable_;
}

auto script::run() -> std::string {
  for (int count = 0; !steps_.empty() && count < 200; ++count) {
    step(line_of(steps_));
    pump();
    check();
  }
  settle();
  return client_->log() + log_;
}

void script::step(std::string_view line) {
  if (line.empty()) return;
  switch (line[0]) {
    case '<': return client_sends(client_->send(record_of(line.substr(1))));
    case '=':
      client_->misbehave();
      return client_sends(line.substr(1));
    case 'r': return client_sends(client_->answer_call(true));
    case 'R': return client_sends(client_->answer_call(false));
    case 'u': {
      std::size_t count = 1;
      for (int i = digit(line); i > 0; --i) count *= 10;
      return client_takes(count);
    }
    case 't': return pass(digit(line));
    case 'k':
      if (has('s') && client_->behaves()) client_sends(client_->acknowledge());
      return;
    case 'l':
    case 'n':
    case 'z':
    case 'Z': return step_socket(line[0]);
    default: return step_host(line);
  }
}

void script::step_host(std::string_view line) {
  const char what = line[0];
  const auto far = chat::timestamp{host_.time.now().ms + 3'600'000};
  switch (what) {
    case 'a':
    case 'A': answer_next(what == 'a', line.substr(1)); return;
    case 'g':
    case 'G': hub_.let_go(what == 'g'); return;
    case 'e':
    case 'E':
      return push_event(line.starts_with("e+") ? 10 : static_cast<unsigned>(digit(line)), what == 'E',
                        line.substr(std::min<std::size_t>(2, line.size())));
    case 'i':
      if (hub_.who() != nullptr)
        hub_.who()->invoke("Result", json::array(), [this](const auto& got) {
          log_ += got ? "result " + net::codec::dump(*got) + "\n" : "no result\n";
        });
      return;
    case 'x': plain_ ? plain_->extend(far) : resumable_->extend(far); return;
    case 'q': plain_ ? plain_->shut_down() : resumable_->shut_down(); return;
    default: return;
  }
}

void script::step_socket(char what) {
  switch (what) {
    case 'l': return lose();
    case 'n': return come_back();
    default: return close(what == 'z');
  }
}

// -- the client -------------------------------------------------------------------------------------

auto script::record_of(std::string_view text) const -> std::string {
  if (!has('m')) return std::string{text} + record_separator;
  auto value = json::parse(text, nullptr, false);
  std::string body{text};
  if (!value.is_discarded()) {
    body.clear();
    net::codec::append_messagepack(body, value);
  }
  return with_length(body);
}

void script::client_sends(std::string_view bytes) {
  if (is_good()) inbox_ += bytes;
}

/// What has come is read, as long as the connection wants it: whole reads, as sockets do. So the
/// connection hears at the same times, in pieces or not.
void script::pump() {
  while (is_good() && link_->is_reading() && !inbox_.empty()) {
    const auto come = std::exchange(inbox_, {});
    for (const auto piece : in_pieces_ ? cut(come) : std::vector<std::string_view>{come})
      if (is_good()) input().on_bytes(piece);
  }
}

void script::client_takes(std::size_t count) {
  if (!link_ || closed_) return;
  const bool was_congested = link_->is_congested();
  const auto bytes = link_->take(count);
  client_->take(bytes);
  if (bytes.empty() || link_->is_over()) return;
  input().note_sent();
  if (!link_->has_unsent() || (was_congested && !link_->is_congested())) input().on_drained();
}

// -- the host ---------------------------------------------------------------------------------------

auto script::answer_next(bool well, std::string_view text) -> bool {
  if (answered_ == host_.asked_for.size()) return false;
  const auto asked = host_.asked_for[answered_];
  check_command(asked.what);
  log_ += "asked " + std::to_string(asked.what.index()) + "\n";
  const auto turn = static_cast<unsigned>(2 * answered_++ + (well ? 0 : 1));
  if (const auto at = host_.askers.find(asked.key); at != host_.askers.end())
    at->second->on_answer(asked.ticket, answer_to(asked.what, turn, text));
  return true;
}

void script::push_event(unsigned kind, bool both, std::string_view text) {
  using part = event_frames::part;
  const auto what = some_event(kind, text);
  event_frames frames{what};
  const bool is_message = std::holds_alternative<chat::message_posted>(what);
  for (const auto& [key, listener] : std::unordered_map{host_.listeners})
    if (const auto& made = frames.get(listener->format(), both && is_message ? part::both : part::whole))
      listener->push(made);
}

void script::pass(int steps) {
  for (; steps > 0; --steps) {
    host_.time.turn(milliseconds{2'500});
    if (closed_) return;
    // A dormant connection gets its ticks from the thread; a socket that ends gets none here.
    if (resumable_ && !link_)
      resumable_->on_tick(host_.time.steady_now());
    else if (is_good())
      input().on_tick(host_.time.steady_now());
    pump();
  }
}

// -- the socket -------------------------------------------------------------------------------------

/// What was on its way in either direction is lost with it.
void script::lose() {
  if (!is_good()) return;
  inbox_.clear();
  old_links_.push_back(std::move(link_));
  input().on_transport_lost();
  if (plain_) closed_ = true;
}

/// Also while the old socket still seems good.
void script::come_back() {
  if (!resumable_ || closed_ || (link_ && link_->is_over())) return;
  if (!open_.find("token") || !client_->behaves()) return;
  if (!resumable_->is_whole()) return close(false);  // as it does itself when taken over
  auto next = std::make_unique<script_link>(host_.settings.hub.max_outbox_bytes,
                                            host_.settings.hub.max_outbox_frames);
  // The connection lets the old one go, which must live until then.
  if (link_) old_links_.push_back(std::move(link_));
  link_ = std::move(next);
  inbox_.clear();
  const auto first = client_->reconnect();
  resumable_->attach(*link_);
  client_sends(first);
}

void script::close(bool clean) {
  if (std::exchange(closed_, true)) return;
  if (link_) client_->take(link_->take(1'000'000));
  input().on_transport_closed(clean);
}

// -- the end ----------------------------------------------------------------------------------------

/// Whoever waits for anything gets it; then nothing may be owed.
void script::settle() {
  if (!is_good()) return;
  for (int round = 0; round < 1'000; ++round) {
    pump();
    bool is_busy = answer_next(round < 100, "settled");
    is_busy |= hub_.let_go(true);
    const auto answer = client_->answer_call(true);
    client_sends(answer);
    is_busy |= !answer.empty() || link_->has_unsent();
    client_takes(1'000'000);
    if (!is_good()) return;
    if (!is_busy && inbox_.empty()) break;
  }
  must(!client_->behaves() || inbox_.empty() || !link_->is_reading(), "what was sent is read");
  client_->check_owed(inbox_.empty());
  check();
}

void script::check() {
  if (link_ && link_->is_over() && !closed_) {
    log_ += "end\n";
    close(false);
  }
  const auto& hub = host_.settings.hub;
  must(closed_ || host_.asked_for.size() - answered_ <= hub.max_pending_invocations + hub.max_streams,
       "no more calls run than may");
}

}  // namespace parley::fuzz
