#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "net/front/connection.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/support/temporary_folder.hpp"

namespace parley::test {

/// A fake host that answers every REST command with "not_found".
class answering_host final : public fake_host {
 public:
  auto open_rest_session(net::asker& who, const chat::profile& user) -> std::uint64_t override;
  void close_session(std::uint64_t key, bool clean) override;
  /// @returns was there anything to answer?
  auto answer_all() -> bool;

 private:
  std::unordered_map<std::uint64_t, net::asker*> askers_;
  std::size_t answered_ = 0;
};

/// HTTP connections with their clients' ends, on a thread that the test turns by hand: when a send
/// returns, the server has done all it can and waits for more. So a test says in how many pieces a
/// request comes, and nothing waits for a clock.
class http_world {
 public:
  class client;

  explicit http_world(config::options settings = usual());
  ~http_world();
  http_world(const http_world&) = delete;
  auto operator=(const http_world&) -> http_world& = delete;

  /// No limits; built-in accounts, guests and a local file store.
  static auto usual() -> config::options;
  auto connect() -> client;
  /// Until nobody has anything to do.
  void turn();
  /// "Authorization: Bearer ..." of alice.
  auto authorization() const -> std::string;
  /// A fresh connection token of alice's.
  auto negotiate() -> std::string;
  /// A signed link to a file of 10 bytes, stored unless it is an upload.
  auto link(bool is_upload) -> std::string;

  answering_host host;

 private:
  auto finish_disk_jobs() -> bool;
  auto receive() -> bool;

  temporary_folder folder_;
  std::atomic<std::shared_ptr<const net::auth::verifier>> verifier_;
  net::signalr::negotiations negotiations_;
  std::shared_ptr<net::connection_counts> counts_;
  net::login_limits logins_;
  net::http_transports transports_;
  std::atomic<bool> store_ready_{true};
  std::unique_ptr<storage::blobs::local_store> store_;
  std::unique_ptr<net::files::file_service> files_;
  std::unordered_set<client*> clients_;
  std::vector<std::string> tokens_;  ///< that were negotiated

 public:
  std::atomic<bool> draining{false};
  net::io_thread thread;
  net::http_services services;
};

/// A client's end of one connection.
class http_world::client {
 public:
  client(http_world& home, int end);
  ~client();
  client(const client&) = delete;
  auto operator=(const client&) -> client& = delete;

  /// Sends one piece, and lets the server do all it can.
  void send(std::string_view piece);
  void hang_up();

  /// The server says no more.
  auto is_closed() const -> bool { return is_closed_; }
  auto text() const -> const std::string& { return text_; }
  /// All answers so far, in order; "100 Continue" is one. @param to_head  they have no bodies
  auto answers(bool to_head = false) const -> std::vector<net::http_response>;
  auto receive() -> bool;

 private:
  http_world& home_;
  int end_;
  bool is_closed_ = false;
  std::string text_;
};

}  // namespace parley::test
