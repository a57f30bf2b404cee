#pragma once

#include <iosfwd>
#include <memory>
#include <optional>

#include "app/ctl/arguments.hpp"
#include "chat/time.hpp"
#include "config/load.hpp"
#include "storage/census.hpp"
#include "storage/store.hpp"
#include "storage/vault.hpp"

namespace parley::app::ctl {

/// Where results and remarks of a command go, and what it may read.
struct streams {
  std::istream& in;
  std::ostream& out;         ///< results
  std::ostream& complaints;  ///< remarks; the reason of a failure is the caller's to print
  bool asks = false;         ///< a person types `in`: ask, and show no password
};

/// What a command works with: what it was told, the settings, and the store, which are read and
/// opened when they are asked for. @thread one
class workplace {
 public:
  workplace(const arguments& told, const streams& ways) : args(told), io(ways) {}

  const arguments& args;
  const streams io;

  auto out() const -> std::ostream& { return io.out; }
  auto operand(std::size_t i) const -> std::string {
    return i < args.operands.size() ? args.operands[i] : std::string{};
  }
  auto now() const -> chat::timestamp { return chat::system_clock().now(); }

  /// As of `args`; a value that makes no sense is wrong usage.
  auto number(std::string_view option, std::size_t otherwise, std::size_t most)
      -> chat::expected<std::size_t>;
  auto day(std::string_view option) -> chat::expected<std::optional<chat::timestamp>>;
  /// The caller's mistake, which the exit code tells.
  auto wrong(std::string why) -> chat::unexpected;
  auto is_called_wrongly() const -> bool { return is_called_wrongly_; }

  /// A full disk, or a reader that went away, must not look like success. @errors errc::unavailable
  auto check_written() -> chat::expected<void>;

  /// As parleyd would read them. @errors errc::bad_request, naming key and place
  auto settings() -> chat::expected<const config::loaded*>;
  auto options() -> chat::expected<const config::options*>;
  auto texts() -> chat::expected<storage::vault_ptr>;

  /// That database must be there: a tool makes none.
  /// @errors errc::not_found, naming the file; errc::bad_request
  auto store() -> chat::expected<storage::store*>;
  auto census() -> chat::expected<storage::census*>;

 private:
  auto check_present() -> chat::expected<void>;

  bool is_called_wrongly_ = false;
  std::optional<config::loaded> settings_;
  storage::vault_ptr texts_;
  std::unique_ptr<storage::store> store_;
  std::unique_ptr<storage::census> census_;
};

/// `storage.url` for people: the password is masked.
auto shown_url(const config::storage_options& options) -> std::string;

}  // namespace parley::app::ctl
