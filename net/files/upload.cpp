#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <charconv>

#include "net/files/exchange.hpp"
#include "net/http/request_rules.hpp"
#include "net/io/lingering.hpp"

namespace parley::net::files {
namespace {

namespace asio = boost::asio;
using storage::blobs::file_error;
using storage::blobs::incoming_file;
using storage::blobs::signed_link;

/// A client takes its refusal in this time.
constexpr std::chrono::seconds refusal_lasts{5};

/// The announced length, or the status of its refusal.
struct length_verdict {
  std::uint64_t bytes = 0;
  std::optional<http_response> refusal;
};

auto check_length(const http_request& head, const signed_link& link, std::uint64_t most)
    -> length_verdict {
  const auto text = head[http::field::content_length];
  std::uint64_t bytes = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), bytes);
  if (text.empty() || failed != std::errc{} || end != text.data() + text.size())
    return {0, problem(http::status::length_required, "bad_request", "Content-Length is missing")};
  if (bytes > most)
    return {0, problem(http::status::payload_too_large, "too_long", "the file is too large")};
  if (bytes != link.file.size)
    return {0, problem(http::status::bad_request, "bad_request",
                       "the length is not the one that was announced")};
  return {bytes, std::nullopt};
}

class upload final : public exchange<upload> {
 public:
  using exchange::exchange;

  void start() {
    auto [link, refusal] = check_link(head_, *services_.files, now());
    if (refusal) return refuse(std::move(*refusal));
    auto length = check_length(head_, link, options().max_bytes);
    if (length.refusal) return refuse(std::move(*length.refusal));
    if (auto full = take_slot(services_, true, link.owner, link.file.id, slot_))
      return refuse(std::move(*full));
    unread_ = length.bytes;
    using opened = std::pair<std::unique_ptr<incoming_file>, file_error>;
    on_disk([this, id = link.file.id] { return services_.files->store.begin(id); },
            [this](opened file) {
              if (file.second != file_error::none) return refuse(refusal_of(file.second));
              file_ = std::move(file.first);
              invite();
            });
  }

  // exchange
  void on_too_slow() {
    if (is_refused_) return close();
    is_too_slow_ = true;
    cancel_reading();
  }
  void on_responded(error_code failed) {
    if (failed || !is_refused_) return go_on(failed);
    deadline_ = steady::time_point::max();
    end_gently(thread_, std::move(wire_));
  }

 private:
  /// Clients that ask first whether they may send are told so.
  void invite() {
    static constexpr std::string_view go_ahead = "HTTP/1.1 100 Continue\r\n\r\n";
    if (!expects_continue(head_) || buffer_.size() > 0) return receive();
    asio::async_write(wire_, asio::buffer(go_ahead.data(), go_ahead.size()),
                      [me = shared_from_this()](error_code failed, std::size_t) {
                        failed ? me->on_cut() : me->receive();
                      });
  }

  void receive() {
    if (unread_ == 0) return finish();
    piece_.resize(piece_bytes);
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(unread_, piece_bytes));
    if (buffer_.size() > 0) {
      const auto taken = asio::buffer_copy(asio::buffer(piece_, wanted), buffer_.data());
      buffer_.consume(taken);
      return keep(taken);
    }
    expect_progress();
    wire_.async_read_some(asio::buffer(piece_, wanted),
                            [me = shared_from_this()](error_code failed, std::size_t bytes) {
                              failed ? me->on_cut() : me->keep(bytes);
                            });
  }

  void keep(std::size_t bytes) {
    unread_ -= bytes;
    note_moved(bytes);
    on_disk([this, bytes] { return file_->write({piece_.data(), bytes}); },
            [this](file_error failed) {
              if (failed != file_error::none) return refuse(refusal_of(failed));
              receive();
            });
  }

  void finish() {
    on_disk([this] { return file_->finish(); },
            [this](file_error failed) {
              if (failed != file_error::none) return refuse(refusal_of(failed));
              drop_file();
              http_response done{http::status::ok, 11};
              respond(std::move(done));
            });
  }

  /// The client went, or is too slow.
  void on_cut() {
    if (is_too_slow_)
      return refuse(problem(http::status::request_timeout, "unavailable", "the upload is too slow"));
    drop_file();
    close();
  }

  /// What has come is removed; what still comes is not wanted.
  void refuse(http_response why) {
    is_refused_ = true;
    keep_alive_ = false;
    ends_at_ = steady::now() + refusal_lasts;
    slot_.reset();
    drop_file();
    respond(std::move(why));
  }

  /// Closing and removing may wait for the disk, too.
  void drop_file() {
    if (file_)
      asio::post(services_.files->disk,
                 [file = std::shared_ptr<incoming_file>{std::move(file_)}] {});
  }

  std::unique_ptr<incoming_file> file_;
  std::vector<char> piece_;
  bool is_too_slow_ = false;
  bool is_refused_ = false;
};

}  // namespace

void serve_upload(file_exchange request) {
  std::make_shared<upload>(std::move(request))->start();
}

}  // namespace parley::net::files
