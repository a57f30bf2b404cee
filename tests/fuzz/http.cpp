// Input: what a client sends to the listener. A NUL byte ends a turn: what follows it is sent when
// the server has nothing more to do; two of them: on another connection. @alice@ stands for a good token of hers, @id@ for the id of the
// connection that was negotiated last.

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/beast/http/parser.hpp>
#include <set>

#include "net/auth/base64url.hpp"
#include "net/front/connection.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/fuzz/commands.hpp"
#include "tests/fuzz/host.hpp"

using namespace parley;
using namespace parley::fuzz;
namespace http = net::http;

namespace {

constexpr std::size_t token_bytes = 16;

/// Tokens that were drawn since the input began.
int tokens = 0;

auto bytes_of(int token) -> std::string {
  std::string bytes(token_bytes, static_cast<char>('A' + token % 26));
  bytes[0] = static_cast<char>('a' + token / 26 % 26);
  return bytes;
}

auto token_of(int token) -> std::string { return net::auth::base64url_encode(bytes_of(token)); }

}  // namespace

/// Chance would make runs differ: the server's tokens come from here. What is drawn in other sizes is
/// kept for later inputs (message ids), and shows in no answer.
extern "C" auto getrandom(void* to, std::size_t size, unsigned) -> ssize_t {
  if (size == token_bytes)
    std::memcpy(to, bytes_of(tokens++).data(), size);
  else
    std::memset(to, 'r', size);
  return static_cast<ssize_t>(size);
}

namespace {

auto auth_settings() -> config::auth_options {
  config::auth_options made;
  made.hs256_secret = "0123456789abcdef0123456789abcdef";
  made.anonymous = true;
  made.accounts = true;
  return made;
}

auto thread_settings() -> config::options {
  config::options made;
  made.hub.flush_gap_us = 0;  // nothing waits for a clock
  return made;
}

auto the_verifier() -> std::shared_ptr<const net::auth::verifier> {
  static const auto made = std::make_shared<const net::auth::verifier>(
      std::move(*net::auth::verifier::make(auth_settings())));
  return made;
}

auto good_token() -> const std::string& {
  static const auto made =
      *net::auth::issue(auth_settings(), {test::alice, {}, {}, {}, {}}, test::noon);
  return made;
}

/// `text` with `what` for each `mark`.
auto with(std::string_view text, std::string_view mark, const std::string& what) -> std::string {
  std::string made{text};
  for (auto at = made.find(mark); at != made.npos; at = made.find(mark, at + what.size()))
    made.replace(at, mark.size(), what);
  return made;
}

/// What was sent on each connection.
using answers = std::vector<std::string>;

/// One listener, as far as a connection sees it, and its client's ends.
class world {
 public:
  world() {
    tokens = 0;
    host_.settings.auth = auth_settings();
    host_.settings.http.allowed_origins = {"http://x"};
    host_.settings.http.max_header_bytes = 2'048;
    host_.settings.http.max_body_bytes = 1'024;
    host_.settings.http.max_url_bytes = 512;
    thread().attach(host_, host_.metrics());
  }
  ~world() {
    for (const int end : std::exchange(ends_, {})) ::close(end);
    turn();
    for (int i = 0; i < tokens; ++i)
      if (const auto open = transports_.find(token_of(i)))
        if (const auto who = open->who.lock()) who->on_delete({});
    turn();
    must(thread().connection_count() == 0, "no connection outlives its client");
    must(host_.askers.empty(), "no session outlives its connection");
  }

  /// A client that sends the turns of `input`.
  auto talk(std::string_view input, bool in_pieces) -> answers {
    text_ = input;
    open();
    for (bool is_first = true; !input.empty(); is_first = false) {
      const auto part = input.substr(0, input.find('\0'));
      if (part.empty() && !is_first && ends_.size() < max_connections) open();
      const auto sent = with(part, "@id@", last_id());
      for (const auto piece : in_pieces ? cut(sent) : std::vector<std::string_view>{sent}) send(piece);
      input.remove_prefix(std::min(part.size() + 1, input.size()));
    }
    for (const int end : ends_) {
      ::shutdown(end, SHUT_WR);
      turn();
    }
    return received_;
  }

 private:
  static constexpr std::size_t max_connections = 4;

  void open() {
    int pair[2];
    must(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0, "sockets can be had");
    ends_.push_back(pair[1]);
    received_.emplace_back();
    net::tcp_socket socket{thread().io()};
    socket.assign(boost::asio::ip::tcp::v4(), pair[0]);
    net::stream wire{std::move(socket)};
    net::unserved waiting{*counts_, wire.far_end()};
    net::serve_http(thread(), std::move(wire), std::move(waiting), services_);
  }

  void send(std::string_view piece) {
    const auto size = ::send(ends_.back(), piece.data(), piece.size(), MSG_NOSIGNAL);
    const bool is_closed = size < 0 && (errno == EPIPE || errno == ECONNRESET);
    must(is_closed || size == static_cast<ssize_t>(piece.size()), "a piece fits into the socket");
    turn();
  }

  auto last_id() const -> std::string {
    constexpr std::string_view name = "\"connectionToken\":\"";
    for (auto one = received_.rbegin(); one != received_.rend(); ++one) {
      const auto at = one->rfind(name);
      if (at == one->npos) continue;
      const auto from = at + name.size();
      return one->substr(from, one->find('"', from) - from);
    }
    return "none";
  }

  static auto thread() -> net::io_thread& {
    static const auto settings = thread_settings();
    static net::io_thread made{settings};
    return made;
  }

  /// Until nobody has anything to do.
  void turn() {
    for (bool is_busy = true; is_busy;) {
      is_busy = thread().io().poll() > 0;
      for (; answered_ < host_.asked_for.size(); is_busy = true) answer_next();
      is_busy |= receive();
    }
  }

  void answer_next() {
    const auto asked = host_.asked_for[answered_++];
    check_command(asked.what);
    // The hub's questions and REST's come in any order among each other.
    const auto outcome = answer_to(asked.what, turns_[asked.by_hub]++, text_);
    if (const auto at = host_.askers.find(asked.key); at != host_.askers.end())
      at->second->on_answer(asked.ticket, outcome);
  }

  auto receive() -> bool {
    char bytes[4'096];
    bool is_any = false;
    for (std::size_t i = 0; i < ends_.size(); ++i) {
      const auto size = ::recv(ends_[i], bytes, sizeof bytes, 0);
      if (size > 0) received_[i].append(bytes, static_cast<std::size_t>(size));
      is_any |= size > 0;
    }
    return is_any;
  }

  fuzz_host& host_ = fresh_host();
  std::atomic<std::shared_ptr<const net::auth::verifier>> verifier_{the_verifier()};
  net::signalr::negotiations negotiations_{std::chrono::seconds{15}, 10};
  std::shared_ptr<net::connection_counts> counts_ =
      std::make_shared<net::connection_counts>(host_.settings.limits);
  net::login_limits logins_{host_.settings.limits};
  net::http_transports transports_;
  std::atomic<bool> draining_{false};
  std::atomic<bool> store_ready_{true};
  net::http_services services_{verifier_, negotiations_, *counts_,  logins_, transports_,
                               host_.figures, draining_, store_ready_};
  std::string_view text_;  ///< what answers are made of
  std::vector<int> ends_;  ///< the client's
  answers received_;
  std::size_t answered_ = 0;
  std::array<unsigned, 2> turns_{};  ///< of REST, of the hub
};

/// Frames of a server: whole messages, not masked, of a known kind.
void check_frames(std::string_view bytes) {
  while (!bytes.empty()) {
    must(bytes.size() >= 2, "a frame has its header");
    const auto first = static_cast<unsigned char>(bytes[0]);
    const auto second = static_cast<unsigned char>(bytes[1]);
    const std::set<unsigned> kinds{0x81, 0x82, 0x88, 0x89, 0x8a};
    must(kinds.contains(first), "a frame is a whole message of a known kind");
    must((second & 0x80) == 0, "a server masks nothing");
    std::size_t header = 2;
    std::size_t size = second;
    if (second >= 126) {
      header += second == 126 ? 2 : 8;
      size = 0;
      for (std::size_t i = 2; i < header; ++i) size = size << 8 | static_cast<unsigned char>(bytes[i]);
    }
    must(header + size <= bytes.size(), "a frame is sent whole");
    bytes.remove_prefix(header + size);
  }
}

void check_problem(unsigned status, const std::string& body) {
  const auto read = net::codec::json::parse(body, nullptr, false);
  must(read.is_object() && read.value("status", 0u) == status, "a problem says its status");
  must(!read.value("code", "").empty() && read.value("detail", "-") != "-",
       "a problem has a code and a sentence");
}

/// One response behind the other. @returns how many
auto check_responses(std::string_view bytes, bool has_head) -> std::size_t {
  std::size_t count = 0;
  for (; !bytes.empty(); ++count) {
    http::response_parser<http::string_body> parser;
    parser.eager(true);
    parser.body_limit(boost::none);
    parser.header_limit(64 * 1024);
    if (has_head) parser.skip(true);
    boost::system::error_code failed;
    const auto used = parser.put(boost::asio::buffer(bytes.data(), bytes.size()), failed);
    must(!failed && parser.is_header_done(), "a response is well formed");
    const auto& head = parser.get();
    const auto status = head.result_int();
    must(head.version() == 11, "we speak HTTP/1.1");
    bytes.remove_prefix(used);
    if (status == 100) continue;
    if (status == 101) return check_frames(bytes), count + 1;
    if (head[http::field::content_type] == "text/event-stream") return count + 1;
    if (has_head) return count + 1;  // which of them has a body is not known here
    must(parser.is_done(), "a response is sent whole");
    must(head["X-Content-Type-Options"] == "nosniff", "every answer forbids sniffing");
    if (head[http::field::content_type] == "application/problem+json")
      check_problem(status, head.body());
    must(head.keep_alive() || bytes.empty(), "nothing follows a last answer");
  }
  return count;
}

auto answers_to(const std::string& input, bool in_pieces) -> answers {
  world listening;
  auto got = listening.talk(input, in_pieces);
  auto sent = input;
  std::erase(sent, '\0');  // a method may lie over two turns
  for (const auto& one : got) check_responses(one, sent.find("HEAD") != sent.npos);
  return got;
}

/// A header that is refused may be refused for what is wrong in its beginning, for its length, or
/// not at all when it never ends: the parser looks at what has come in any of these ways. So the
/// parser's own refusal, always the last answer, is left out of the comparison.
auto without_refusal(std::string_view answers) -> std::string_view {
  constexpr std::string_view version = "HTTP/1.1 ";
  auto last = answers.rfind(version);
  while (last != answers.npos && last != 0 && answers[last - 1] == '"')
    last = answers.rfind(version, last - 1);  // the sentence of the fourth, no status line
  if (last == answers.npos) return answers;
  const auto refusal = answers.substr(last);
  for (const std::string_view detail :
       {"\"not a valid HTTP request\"", "\"the headers are too large\"", "\"the URL is too long\"",
        "\"HTTP/1.1 and HTTP/1.0 are spoken here\""})
    if (refusal.find(detail) != refusal.npos) return answers.substr(0, last);
  return answers;
}

/// Who sends behind an upgrade before it was answered loses that; and how many records an answer to a
/// poll brings, or whether it comes at all, depends on when the poll came. So from there on nothing is
/// compared: fuzz_connection and fuzz_websocket do that.
auto before_hub(std::string_view answers) -> std::string_view {
  for (const auto* mark : {"HTTP/1.1 101 ", "Content-Type: text/event-stream",
                           "Expires: Thu, 01 Jan 1970"})
    if (const auto at = answers.find(mark); at != answers.npos)
      answers = answers.substr(0, answers.rfind("HTTP/1.1 ", at));
  return answers;
}

auto is_same(const answers& whole, const answers& cut_up) -> bool {
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const auto one = before_hub(whole[i]);
    const auto other = before_hub(cut_up[i]);
    if (without_refusal(one) != without_refusal(other)) return false;
    if (one.size() < whole[i].size() || other.size() < cut_up[i].size()) return true;
  }
  return true;
}

/// So many bytes lie in a socket that is not read.
constexpr std::size_t max_sent = 32 * 1024;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = with(text_of(data, size), "@alice@", good_token());
  if (input.size() > max_sent) return -1;
  const auto whole = answers_to(input, false);
  const auto cut_up = answers_to(input, true);
  // Who asks whether it may send its body is answered by whether that has come.
  if (input.find("100-") != input.npos || is_same(whole, cut_up)) return 0;
  for (std::size_t i = 0; i < whole.size(); ++i)
    std::fprintf(stderr, "-- connection %zu, whole:\n%s\n-- in pieces:\n%s\n", i, whole[i].c_str(),
                 cut_up[i].c_str());
  must(false, "answers do not depend on how the input is cut");
  return 0;
}
