// The part of conversation_actor that lets files in: it announces them and, when a message names
// them, sees that they are there, its sender's own, and in no other message.

#include <algorithm>

#include "actors/conversation/queries.hpp"

namespace parley::actors {
namespace {

constexpr std::int64_t day_ms = 24 * 3'600 * 1'000;

auto check(const chat::create_attachment& what, const config::attachment_options& options)
    -> chat::expected<void> {
  if (auto fine = chat::check_file_name(what.file_name); !fine) return fine;
  if (auto fine = chat::check_content_type(what.content_type); !fine) return fine;
  if (what.size > options.max_bytes)
    return chat::unexpected{chat::errc::limit, "a file may have at most " +
                                                   std::to_string(options.max_bytes) + " bytes"};
  return {};
}

auto names(const chat::post& what, const chat::uuid& file) -> bool {
  return std::find(what.attachments.begin(), what.attachments.end(), file) !=
         what.attachments.end();
}

}  // namespace

void conversation_actor::on_create_attachment(const chat::caller& from,
                                              const chat::create_attachment& what) {
  note_use();
  auto reply = make_response_promise();
  if (auto allowed = room_->authorize(from.user, chat::action::post); !allowed)
    return reply.deliver(to_caf(allowed.error()));
  if (env_.blobs == nullptr)
    return reply.deliver(refusal(chat::errc::forbidden, "attachments are off"));
  const auto& options = env_.options.attachments;
  if (auto fine = check(what, options); !fine) return reply.deliver(to_caf(fine.error()));
  const auto now = env_.clock.now();
  storage::attachment_row row;
  row.what = {env_.ids.next(now), what.file_name, what.content_type, what.size, {}, what.width, what.height};
  row.conversation = id_;
  row.uploader = from.user;
  row.created_at = now;
  storage::attachment_quota quota{{now.ms - day_ms}, 0, 0};
  if (env_.options.limits.enabled) {
    quota.max_bytes = options.bytes_per_user_day;
    quota.max_files = options.files_per_user_day;
  }
  ++questions_;
  ask_database(
      this, env_.room_worker,
      [row, quota](storage::store& store) { return store.add_attachment(row, quota); },
      [this, reply, row](const chat::expected<void>& kept) mutable {
        --questions_;
        if (!kept) return reply.deliver(to_caf(kept.error()));
        reply.deliver(chat::created_attachment{
            row.what.id, env_.blobs->upload_url(row.what, row.uploader, row.created_at)});
      });
}

/// What a post names, as the stores know it.
struct conversation_actor::found_files {
  std::vector<storage::attachment_row> rows;  ///< those that are known
  bool are_complete = true;                   ///< the bytes of all of them are there
  std::optional<chat::entry> first;           ///< what this very post became before
};

auto conversation_actor::is_on_its_way(const chat::post& what) const -> bool {
  const auto shares = [&](const pending_entry& one) {
    return std::any_of(one.entry.attachments.begin(), one.entry.attachments.end(),
                       [&](const auto& file) { return names(what, file.id); });
  };
  return std::any_of(pending_.begin(), pending_.end(), shares) ||
         (seldom_ && std::any_of(seldom_->again.begin(), seldom_->again.end(), shares));
}

/// Posts at once when there are no files. Another post of this user that names one of them waits
/// behind the look-up: it may be a repeat of this very one. Then it finds the first on its way, or its
/// files taken, or free.
void conversation_actor::post_with_files(const chat::caller& from, const chat::post& what,
                                         promise reply, quote_ptr quoted) {
  if (what.attachments.empty()) return post_new(from, what, {reply}, {}, std::move(quoted));
  if (auto allowed = room_->authorize(from.user, chat::action::post); !allowed)
    return reply.deliver(to_caf(allowed.error()));
  if (env_.blobs == nullptr)
    return reply.deliver(refusal(chat::errc::forbidden, "attachments are off"));
  if (what.attachments.size() > env_.options.attachments.per_message)
    return reply.deliver(refusal(chat::errc::limit, "too many attachments for one message"));
  if (is_on_its_way(what))
    return reply.deliver(
        refusal(chat::errc::conflict, "an attachment is on its way in another message"));
  look_up_for(
      from.user, reply,
      [what, user = from.user, blobs = env_.blobs](storage::store& store) {
        return look_up(store, *blobs, user, what);
      },
      [this, from, what, reply, quoted](chat::expected<found_files> found) mutable {
        if (!found)
          reply.deliver(to_caf(found.error()));
        else if (!room_)
          reply.deliver(being_loaded());
        else
          post_found(from, what, reply, std::move(*found), quoted);
      });
}

auto conversation_actor::look_up(storage::store& store, const storage::blobs::blob_store& blobs,
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

void conversation_actor::post_found(const chat::caller& from, const chat::post& what, promise reply,
                                    found_files found, quote_ptr quoted) {
  if (found.first && found.first->fingerprint == chat::fingerprint_of(what))
    return reply.deliver(
        chat::posted{found.first->id, found.first->seq, found.first->created_at});
  if (found.first)
    return reply.deliver(used_before());
  const std::int64_t keep_ms = std::int64_t{env_.options.attachments.keep_unused_s} * 1'000;
  const chat::timestamp oldest{env_.clock.now().ms - keep_ms};
  std::vector<chat::attachment> files;
  for (auto& row : found.rows) {
    const bool is_own = row.uploader == from.user && row.conversation == id_;
    if (!is_own || (row.message.is_nil() && row.created_at < oldest)) break;
    if (!row.message.is_nil())
      return reply.deliver(refusal(chat::errc::conflict, "an attachment is in a message already"));
    files.push_back(std::move(row.what));
  }
  if (files.size() != what.attachments.size())
    return reply.deliver(refusal(chat::errc::not_found, "no such attachment"));
  if (!found.are_complete)
    return reply.deliver(refusal(chat::errc::conflict, "an attachment is not uploaded yet"));
  post_new(from, what, {reply}, std::move(files), std::move(quoted));
}

}  // namespace parley::actors
