#include "tests/support/http_world.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <boost/beast/http/parser.hpp>
#include <future>

namespace parley::test {

namespace http = net::http;

auto answering_host::open_rest_session(net::asker& who, const chat::profile&) -> std::uint64_t {
  askers_[next_key] = &who;
  return next_key++;
}

void answering_host::close_session(std::uint64_t key, bool clean) {
  askers_.erase(key);
  fake_host::close_session(key, clean);
}

auto answering_host::answer_all() -> bool {
  const bool is_any = answered_ < asked_for.size();
  while (answered_ < asked_for.size()) {
    const auto question = asked_for[answered_++];
    const auto who = askers_.find(question.key);
    if (who == askers_.end()) continue;
    who->second->on_answer(question.ticket, chat::unexpected{chat::errc::not_found, "nothing there"});
  }
  return is_any;
}

auto http_world::usual() -> config::options {
  config::options settings;
  settings.hub.flush_gap_us = 0;
  settings.limits.enabled = false;
  settings.auth.hs256_secret = "0123456789abcdef0123456789abcdef";
  settings.auth.accounts = true;
  settings.auth.anonymous = true;
  settings.attachments.file_threads = 1;
  return settings;
}

http_world::http_world(config::options settings)
    : verifier_(std::make_shared<const net::auth::verifier>(
          std::move(*net::auth::verifier::make(settings.auth)))),
      negotiations_(std::chrono::seconds{15}, 10'000),
      counts_(std::make_shared<net::connection_counts>(settings.limits)),
      logins_(settings.limits),
      thread(settings),
      services{verifier_, negotiations_, *counts_, logins_, transports_,
               host.figures, draining, store_ready_} {
  settings.attachments.directory = (folder_.path() / "files").string();
  host.settings = settings;
  store_ = std::move(*storage::blobs::local_store::open(settings.attachments,
                                                                 std::make_shared<const storage::vault>()));
  files_ = std::make_unique<net::files::file_service>(*store_, settings);
  services.files = files_.get();
  thread.attach(host, host.metrics());
}

http_world::~http_world() {
  for (auto* one : clients_) one->hang_up();
  turn();
  for (const auto& token : tokens_)
    if (const auto open = transports_.find(token))
      if (const auto who = open->who.lock(); who && open->kind == net::carrier::long_polling)
        who->on_delete({});
  turn();
}

auto http_world::connect() -> client {
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) != 0)
    throw std::runtime_error{"no sockets"};
  net::tcp_socket socket{thread.io()};
  socket.assign(boost::asio::ip::tcp::v4(), pair[0]);
  net::stream wire{std::move(socket)};
  net::unserved waiting{*counts_, wire.far_end()};
  net::serve_http(thread, std::move(wire), std::move(waiting), services);
  return {*this, pair[1]};
}

void http_world::turn() {
  for (bool is_busy = true; is_busy;) {
    is_busy = thread.io().poll() > 0;
    is_busy |= host.answer_all();
    is_busy |= receive();
    if (!is_busy) is_busy = finish_disk_jobs();
  }
}

/// There is one thread for them: a job of ours comes last.
auto http_world::finish_disk_jobs() -> bool {
  std::promise<void> done;
  boost::asio::post(files_->disk, [&done] { done.set_value(); });
  done.get_future().wait();
  return thread.io().poll() > 0;
}

auto http_world::receive() -> bool {
  bool is_any = false;
  for (auto* one : clients_) is_any |= one->receive();
  return is_any;
}

auto http_world::authorization() const -> std::string {
  const auto token = net::auth::issue(host.settings.auth, {alice, {}, {}, {}, {}}, noon);
  return "Authorization: Bearer " + *token;
}

auto http_world::negotiate() -> std::string {
  tokens_.push_back(
      negotiations_.issue({alice, false}, host.time.steady_now(), true)->connection_token);
  return tokens_.back();
}

auto http_world::link(bool is_upload) -> std::string {
  chat::attachment file;
  file.id = *chat::parse_uuid("0193a000-0000-7000-8000-000000000001");
  file.size = 10;
  file.content_type = "text/plain";
  file.file_name = "notes.txt";
  if (is_upload) {
    store_->remove(file.id);
    return store_->upload_url(file, alice, noon);
  }
  if (!store_->has(file.id)) {
    auto [stored, failed] = store_->begin(file.id);
    using storage::blobs::file_error;
    if (failed != file_error::none || stored->write(std::string_view{"0123456789"}) != failed ||
        stored->finish() != failed)
      throw std::runtime_error{"no file can be stored"};
  }
  return store_->download_url(file, noon);
}

http_world::client::client(http_world& home, int end) : home_(home), end_(end) {
  home_.clients_.insert(this);
}

http_world::client::~client() {
  hang_up();
  home_.clients_.erase(this);
}

void http_world::client::send(std::string_view piece) {
  ::send(end_, piece.data(), piece.size(), MSG_NOSIGNAL);
  home_.turn();
}

void http_world::client::hang_up() {
  if (end_ >= 0) ::close(std::exchange(end_, -1));
}

auto http_world::client::answers(bool to_head) const -> std::vector<net::http_response> {
  std::vector<net::http_response> found;
  for (std::string_view rest = text_; !rest.empty();) {
    http::response_parser<http::string_body> parser;
    parser.eager(true);
    parser.skip(to_head);
    parser.body_limit(boost::none);
    boost::system::error_code failed;
    const auto used = parser.put(boost::asio::buffer(rest.data(), rest.size()), failed);
    if (failed && failed != http::error::need_more)
      throw std::runtime_error{"this is no answer: " + std::string{rest}};
    const bool ends_here = used == 0 || parser.get().result_int() == 101;
    found.push_back(parser.release());
    if (ends_here) break;
    rest.remove_prefix(used);
  }
  return found;
}

auto http_world::client::receive() -> bool {
  char bytes[16 * 1024];
  bool is_any = false;
  while (end_ >= 0 && !is_closed_) {
    const auto size = ::recv(end_, bytes, sizeof bytes, MSG_DONTWAIT);
    if (size < 0 && errno == EAGAIN) break;
    is_closed_ = size <= 0;
    if (size > 0) text_.append(bytes, static_cast<std::size_t>(size));
    is_any = true;
  }
  return is_any;
}

}  // namespace parley::test
