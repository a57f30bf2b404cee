#include "storage/blobs/open.hpp"

#include "storage/blobs/s3_store.hpp"

namespace parley::storage::blobs {

auto open(const config::attachment_options& options, vault_ptr keys) -> chat::expected<opened> {
  if (options.store == "off") return opened{};
  if (options.store == "s3") return opened{std::make_unique<s3_store>(options), nullptr};
  auto local = local_store::open(options, std::move(keys));
  if (!local) return chat::unexpected{local.error()};
  auto* const served = local->get();
  return opened{std::move(*local), served};
}

}  // namespace parley::storage::blobs
