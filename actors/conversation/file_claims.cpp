#include "actors/conversation/file_claims.hpp"

#include <string>

#include "chat/attachment.hpp"
#include "chat/conversation.hpp"

namespace parley::actors {
namespace {

constexpr std::int64_t day_ms = 24 * 3'600 * 1'000;

}  // namespace

auto check_announced(const chat::create_attachment& what, const config::attachment_options& options)
    -> chat::expected<void> {
  if (auto fine = chat::check_file_name(what.file_name); !fine) return fine;
  if (auto fine = chat::check_content_type(what.content_type); !fine) return fine;
  if (what.size > options.max_bytes)
    return chat::unexpected{chat::errc::limit, "a file may have at most " +
                                                   std::to_string(options.max_bytes) + " bytes"};
  return {};
}

auto quota_at(chat::timestamp now, const config::options& options) -> storage::attachment_quota {
  storage::attachment_quota quota{{now.ms - day_ms}, 0, 0};
  if (!options.limits.enabled) return quota;
  quota.max_bytes = options.attachments.bytes_per_user_day;
  quota.max_files = options.attachments.files_per_user_day;
  return quota;
}

auto look_up_files(storage::store& store, const storage::blobs::blob_store& blobs,
                   const chat::user_id& user, const chat::post& what)
    -> chat::expected<found_files> {
  auto rows = store.attachments(what.attachments);
  if (!rows) return chat::unexpected{rows.error()};
  found_files found{std::move(*rows), true, {}};
  bool is_used = false;
  for (const auto& row : found.rows) {
    is_used |= !row.message.is_nil();
    found.are_complete &= blobs.has(row.what.id);
  }
  if (!is_used || what.client_message_id.empty()) return found;
  auto first = store.find_send(what.conversation, user, what.client_message_id);
  if (!first) return chat::unexpected{first.error()};
  found.first = std::move(*first);
  return found;
}

auto claim_files(found_files found, const chat::user_id& user, const chat::post& what,
                 chat::timestamp oldest) -> chat::expected<claimed_files> {
  if (const auto& first = found.first) {
    if (first->fingerprint != chat::fingerprint_of(what))
      return chat::unexpected{chat::errc::id_conflict, "clientMessageId was used before"};
    return claimed_files{{}, chat::posted{first->id, first->seq, first->created_at}};
  }
  claimed_files claimed;
  for (auto& row : found.rows) {
    const bool is_own = row.uploader == user && row.conversation == what.conversation;
    if (!is_own || (row.message.is_nil() && row.created_at < oldest)) break;
    if (!row.message.is_nil())
      return chat::unexpected{chat::errc::conflict, "an attachment is in a message already"};
    claimed.files.push_back(std::move(row.what));
  }
  if (claimed.files.size() != what.attachments.size())
    return chat::unexpected{chat::errc::not_found, "no such attachment"};
  if (!found.are_complete)
    return chat::unexpected{chat::errc::conflict, "an attachment is not uploaded yet"};
  return claimed;
}

}  // namespace parley::actors
