#pragma once

#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "config/options.hpp"
#include "storage/blobs/local_store.hpp"

namespace parley::net::files {

/// Uploads and downloads under way, by uploader and in all. @thread any
class transfer_slots : public std::enable_shared_from_this<transfer_slots> {
 public:
  /// 0 is no limit.
  transfer_slots(std::size_t per_owner, std::size_t in_all)
      : per_owner_(per_owner), in_all_(in_all) {}

  /// A place among the counted, given back when the last copy of it goes.
  using slot = std::shared_ptr<void>;
  enum class verdict : std::uint8_t { taken, owner_full, all_full };

  /// @param owner  who uploads; empty: a download
  auto take(const std::string& owner, slot& into) -> verdict;

 private:
  void give_back(const std::string& owner);

  const std::size_t per_owner_;
  const std::size_t in_all_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::size_t> by_owner_;
  std::size_t all_ = 0;
};

/// What the connections that carry files share. Outlives them. @thread any
struct file_service {
  explicit file_service(storage::blobs::local_store& files, const config::options& options)
      : store(files),
        disk(options.attachments.file_threads),
        slots(std::make_shared<transfer_slots>(
            options.limits.enabled ? options.attachments.uploads_per_user : 0,
            options.attachments.max_transfers)) {}

  storage::blobs::local_store& store;
  boost::asio::thread_pool disk;  ///< everything that waits for a disk runs here
  std::shared_ptr<transfer_slots> slots;
};

}  // namespace parley::net::files
