#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/load/connection_pool.hpp"
#include "bench/load/http_client.hpp"
#include "bench/load/options.hpp"

namespace parley::bench {

/// Makes conversations over REST, one after the other, each as its first member. Members are the
/// users of a pool's connections.
/// @errors run_failure ("cannot run") when one is refused
class conversation_maker {
 public:
  conversation_maker(const options& opts, const connection_pool& pool);

  /// A group of `count` neighbours. @returns its id
  auto make_group(std::uint32_t first, std::uint32_t count) -> std::string;
  auto make_group(const std::vector<std::uint32_t>& members) -> std::string;
  auto make_direct(std::uint32_t one, std::uint32_t other) -> std::string;

 private:
  auto make(std::uint32_t owner, const std::string& body) -> std::string;

  const connection_pool& pool_;
  http_client http_;
};

}  // namespace parley::bench
