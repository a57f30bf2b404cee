#pragma once

#include <string>
#include <string_view>

#include "bench/load/connection.hpp"

namespace parley::bench {

/// The POSTs of a connection whose other direction is HTTP too: negotiation, then the payloads. One
/// is under way at a time; what comes meanwhile goes together with the next, as the official client
/// does it. Uses up its answers; a socket that the server closed between two is opened again.
class post_line : public link_owner {
 public:
  /// Hears of negotiation; outlives the line.
  class host {
   public:
    virtual ~host() = default;
    virtual void on_negotiated(const std::string& token, shared_io& io) = 0;
    /// A POST was refused or not answered.
    virtual void on_refused(const std::string& why) = 0;
  };

  explicit post_line(host& owner) : host_(owner), link_(*this) {}

  void negotiate(const login& who, shared_io& io);
  void send(const login& who, std::string_view payload, shared_io& io);
  void close();
  auto target() const -> const std::string& { return target_; }

  auto on_bytes(link& from, char* data, std::size_t size, shared_io& io) -> std::size_t override;
  void on_lost(link& which, const std::string& why, shared_io& io) override;

 private:
  void post(std::string_view target, std::string_view body, shared_io& io);
  void on_answer(std::string_view answer, shared_io& io);

  host& host_;
  link link_;
  const login* who_ = nullptr;
  std::string target_;   ///< of the hub, with the id; empty until negotiated
  std::string waiting_;  ///< payloads for the next POST
  bool is_busy_ = false;
};

}  // namespace parley::bench
