#include "net/files/file_request.hpp"

#include "net/http/query.hpp"

namespace parley::net::files {

using storage::blobs::file_error;
using storage::blobs::link_root;

auto is_file_path(std::string_view path) -> bool { return path.starts_with(link_root); }

auto check_link(const http_request& head, const file_service& files, chat::timestamp now)
    -> link_or_refusal {
  const auto target = head.target();
  const auto [path, query] = split_target({target.data(), target.size()});
  const auto id = chat::parse_uuid(path.substr(link_root.size()));
  if (!id) return {{}, problem(http::status::not_found, "not_found", "no such file")};
  const bool is_upload = head.method() == http::verb::put;
  auto link = files.store.signer().read(is_upload, *id, rest::parse_query(query));
  if (!link)
    return {{}, problem(http::status::forbidden, "forbidden", "the signature does not fit")};
  if (link->expires_s * 1'000 < now.ms)
    return {{}, problem(http::status::forbidden, "forbidden", "the link has expired")};
  return {std::move(*link), std::nullopt};
}

auto take_slot(const http_services& services, bool is_upload, const std::string& owner,
               const chat::uuid& file, transfer_slots::slot& slot)
    -> std::optional<http_response> {
  const auto& slots = is_upload ? services.files->uploads : services.files->downloads;
  const auto verdict = slots->take(owner, chat::to_string(file), slot);
  if (verdict == transfer_slots::verdict::taken) return std::nullopt;
  services.metrics.limits.transfers.Increment();
  if (verdict == transfer_slots::verdict::full)
    return problem({chat::errc::busy, "too many transfers at once"});
  return problem({chat::errc::rate_limited, is_upload ? "too many uploads of one user at once"
                                                      : "too many downloads of one address at once"});
}

auto refusal_of(file_error why) -> http_response {
  switch (why) {
    case file_error::exists:
      return problem(http::status::conflict, "conflict", "the file is uploaded already");
    case file_error::missing:
      return problem(http::status::not_found, "not_found", "no such file");
    case file_error::full:
      return problem(http::status::insufficient_storage, "unavailable", "no room for the file");
    case file_error::unreadable:
      return problem(http::status::internal_server_error, "unknown",
                     "the file cannot be decrypted");
    case file_error::none:
    case file_error::failed: break;
  }
  return problem(http::status::service_unavailable, "unavailable", "the file store failed");
}

}  // namespace parley::net::files
