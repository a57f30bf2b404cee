#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/serializer.hpp>

#include "net/files/byte_range.hpp"
#include "net/files/exchange.hpp"
#include "storage/blobs/file_name.hpp"

namespace parley::net::files {
namespace {

namespace asio = boost::asio;
using storage::blobs::file_error;
using storage::blobs::stored_file;

class download final : public exchange<download> {
 public:
  using exchange::exchange;

  void start() {
    auto [link, refusal] = check_link(head_, *services_.files, now());
    if (refusal) return respond(std::move(*refusal));
    if (auto full = take_slot(services_, false, client_, link.file.id, slot_))
      return respond(std::move(*full));
    about_ = std::move(link.file);
    expires_s_ = link.expires_s;
    using opened = std::pair<std::unique_ptr<stored_file>, file_error>;
    on_disk([this] { return services_.files->store.read(about_.id); },
            [this](opened file) {
              if (file.second != file_error::none) return respond(refusal_of(file.second));
              file_ = std::move(file.first);
              begin();
            });
  }

  // exchange
  void on_too_slow() { close(); }
  void on_responded(error_code failed) { go_on(failed); }

 private:
  /// A file never changes under its id, which is its entity tag.
  auto etag() const -> std::string { return '"' + to_string(about_.id) + '"'; }

  /// A range that depends on another version of the file means the whole of it.
  auto is_range_wanted() const -> bool {
    const auto unless = head_[http::field::if_range];
    return head_.count(http::field::range) > 0 && (unless.empty() || unless == etag());
  }

  void begin() {
    const auto size = file_->size();
    part_ = {0, size};
    auto status = http::status::ok;
    if (is_range_wanted()) {
      const auto header = head_[http::field::range];
      const auto range = parse_range({header.data(), header.size()}, size);
      if (!range) return refuse_range(size);
      part_ = *range;
      status = http::status::partial_content;
    }
    head_out_ = {status, 11};
    describe(head_out_);
    if (status == http::status::partial_content)
      head_out_.set(http::field::content_range,
                    "bytes " + std::to_string(part_.first) + "-" +
                        std::to_string(part_.first + part_.length - 1) + "/" +
                        std::to_string(size));
    head_out_.content_length(part_.length);
    finish_head(head_out_);
    if (is_done()) return write_head();
    read_piece([this] { write_head(); },
               [this] {
                 respond(refusal_of(file_->is_sealed() ? file_error::unreadable
                                                       : file_error::failed));
               });
  }

  void refuse_range(std::uint64_t size) {
    auto refusal = problem(http::status::range_not_satisfiable, "bad_request",
                           "one range of bytes inside the file is expected");
    refusal.set(http::field::content_range, "bytes */" + std::to_string(size));
    respond(std::move(refusal));
  }

  /// Whatever the bytes are, a browser stores them and runs nothing of them.
  void describe(http::response<http::empty_body>& head) const {
    head.set(http::field::content_type, about_.content_type);
    head.set(http::field::content_disposition, storage::blobs::content_disposition(about_.file_name));
    head.set(http::field::accept_ranges, "bytes");
    head.set(http::field::etag, etag());
    // A file never changes: a browser may keep it as long as its link is good, and nobody between.
    const auto left_s = std::max<std::int64_t>(expires_s_ - now().ms / 1'000, 0);
    head.set(http::field::cache_control, "private, max-age=" + std::to_string(left_s));
    head.set("X-Content-Type-Options", "nosniff");
    head.set("Content-Security-Policy", "default-src 'none'; sandbox");
    head.set(http::field::access_control_expose_headers,
             "content-disposition, content-range, etag, retry-after");
  }

  void write_head() {
    serializer_.emplace(head_out_);
    expect_progress();
    http::async_write_header(wire_, *serializer_,
                             [me = shared_from_this()](error_code failed, std::size_t) {
                               if (failed) return me->close();
                               me->is_done() ? me->go_on({}) : me->send_piece();
                             });
  }

  auto is_done() const -> bool {
    return part_.length == 0 || head_.method() == http::verb::head;
  }

  /// Calls `then` with the next bytes in `piece_`, or `failed`.
  template <class Then, class Failed>
  void read_piece(Then then, Failed failed) {
    piece_.resize(std::min<std::uint64_t>(part_.length, piece_bytes));
    on_disk([this] { return file_->read(part_.first, piece_); },
            [this, then, failed](std::size_t bytes) {
              if (bytes == 0) return failed();
              piece_.resize(bytes);
              then();
            });
  }

  /// As much of it as the client takes at once: whatever it takes is progress.
  void send_piece() {
    wire_.async_write_some(asio::buffer(piece_) + sent_,
                           [me = shared_from_this()](error_code failed, std::size_t bytes) {
                             if (failed) return me->close();
                             me->sent_ += bytes;
                             me->note_moved(bytes);
                             me->sent_ < me->piece_.size() ? me->send_piece() : me->send_next();
                           });
  }

  /// The length was promised: nothing but closing tells that no more comes.
  void send_next() {
    part_.first += sent_;
    part_.length -= std::exchange(sent_, 0);
    if (is_done()) return go_on({});
    read_piece([this] { send_piece(); }, [this] { close(); });
  }

  chat::attachment about_;
  std::int64_t expires_s_ = 0;  ///< of the link
  std::unique_ptr<stored_file> file_;
  http::response<http::empty_body> head_out_;
  std::optional<http::response_serializer<http::empty_body>> serializer_;
  byte_range part_;  ///< still to be sent
  std::vector<char> piece_;
  std::size_t sent_ = 0;  ///< of the piece
};

}  // namespace

void serve_download(file_exchange request) {
  std::make_shared<download>(std::move(request))->start();
}

}  // namespace parley::net::files
