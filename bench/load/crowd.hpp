#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "bench/load/connection_pool.hpp"
#include "bench/load/conversation_maker.hpp"
#include "bench/load/options.hpp"

namespace parley::bench {

/// What scenarios share: the connections, calls of the hub, and patience that ends.
class crowd {
 public:
  /// @param listener  outlives the crowd
  crowd(const options& opts, std::uint32_t connections, connection_listener& listener);

  auto pool() -> connection_pool& { return pool_; }
  auto now() -> std::int64_t { return pool_.io().read_at; }

  /// Calls a method of the hub. @param arguments  JSON, without the brackets
  /// @param id  of the invocation; empty: no answer is wanted
  void call(connection& who, std::string_view target, std::string_view arguments,
            std::string_view id = {});
  /// Posts message `number` of `bytes` length; its number is the invocation's id.
  void post(connection& who, const std::string& conversation, std::uint64_t number);

  /// Something that was waited for has come.
  void progress() { progress_at_ = pool_.io().read_at; }
  /// Reads until `done`. @param what  is missing, should nothing progress for `stall_seconds`
  /// @throws run_failure ("check failed") then
  void wait_until(const std::function<bool()>& done, const char* what);
  /// Reads for so long, whatever comes.
  void rest(double seconds);
  /// Opens connection `index` and waits for it.
  void open(std::uint32_t index);
  /// The number of one of our users; throws ("check failed") for a name that is none.
  auto number_of(std::string_view user) const -> std::uint32_t;

 private:
  const options& options_;
  connection_pool pool_;
  std::int64_t progress_at_ = 0;
  std::string record_;  ///< scratch
};

}  // namespace parley::bench
