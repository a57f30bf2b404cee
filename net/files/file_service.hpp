#pragma once

#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "config/options.hpp"
#include "storage/blobs/local_store.hpp"

namespace parley::net::files {

/// How many transfers of one kind may be under way. 0 is no limit.
struct transfer_bounds {
  std::size_t per_owner = 0;
  std::size_t per_file = 0;
  std::size_t in_all = 0;
};

/// Transfers of one kind under way: by owner (of an upload its user, of a download its address), by
/// file, and in all. @thread any
class transfer_slots : public std::enable_shared_from_this<transfer_slots> {
 public:
  explicit transfer_slots(const transfer_bounds& bounds) : bounds_(bounds) {}

  /// A place among the counted, given back when the last copy of it goes.
  using slot = std::shared_ptr<void>;
  enum class verdict : std::uint8_t { taken, owner_full, full };

  auto take(const std::string& owner, const std::string& file, slot& into) -> verdict;

 private:
  using counts = std::unordered_map<std::string, std::size_t>;

  void give_back(const std::string& owner, const std::string& file);

  const transfer_bounds bounds_;
  std::mutex mutex_;
  counts by_owner_;
  counts by_file_;
  std::size_t all_ = 0;
};

/// What the connections that carry files share. Outlives them. @thread any
struct file_service {
  explicit file_service(storage::blobs::local_store& files, const config::options& options)
      : store(files),
        disk(options.attachments.file_threads),
        uploads(slots(options, options.attachments.uploads_per_user, 0)),
        downloads(slots(options, options.attachments.downloads_per_ip,
                        options.attachments.downloads_per_file)) {}

  storage::blobs::local_store& store;
  boost::asio::thread_pool disk;  ///< everything that waits for a disk runs here
  std::shared_ptr<transfer_slots> uploads;
  std::shared_ptr<transfer_slots> downloads;

 private:
  static auto slots(const config::options& options, std::size_t per_owner, std::size_t per_file)
      -> std::shared_ptr<transfer_slots> {
    const bool are_counted = options.limits.enabled;
    return std::make_shared<transfer_slots>(transfer_bounds{are_counted ? per_owner : 0,
                                                            are_counted ? per_file : 0,
                                                            options.attachments.max_transfers});
  }
};

}  // namespace parley::net::files
