// Files in messages: they are announced and, when a message names them, looked up.

#include <algorithm>

#include "actors/conversation/answers.hpp"
#include "actors/conversation/file_claims.hpp"
#include "actors/conversation/posting.hpp"

namespace parley::actors {
namespace {

/// On its way to the store, or waiting to be posted anew.
auto is_on_its_way(const conversation_holdings& its, const chat::post& what) -> bool {
  const auto shares = [&](const pending_entry& one) { return shares_file(one, what); };
  return its.entries.shares_file(what) ||
         (its.rare && std::any_of(its.rare->again.begin(), its.rare->again.end(), shares));
}

void post_found(conversation_actor* self, const chat::caller& from, const chat::post& what,
                promise reply, found_files found, quote_ptr quoted) {
  const auto& env = self->its.env;
  const std::int64_t keep_ms = std::int64_t{env.options.attachments.keep_unused_s} * 1'000;
  auto claimed = claim_files(std::move(found), from.user, what, {env.clock.now().ms - keep_ms});
  if (!claimed) return reply.deliver(to_caf(claimed.error()));
  if (claimed->repeat) return reply.deliver(*claimed->repeat);
  post_new(self, from, what, {reply}, std::move(claimed->files), std::move(quoted));
}

}  // namespace

void on_create_attachment(conversation_actor* self, const chat::caller& from,
                          const chat::create_attachment& what) {
  self->note_use();
  auto reply = self->make_response_promise();
  auto& its = self->its;
  if (auto allowed = its.room->authorize(from.user, chat::action::post); !allowed)
    return reply.deliver(to_caf(allowed.error()));
  if (its.env.blobs == nullptr)
    return reply.deliver(refusal(chat::errc::forbidden, "attachments are off"));
  if (auto fine = check_announced(what, its.env.options.attachments); !fine)
    return reply.deliver(to_caf(fine.error()));
  const auto now = its.env.clock.now();
  storage::attachment_row row;
  row.what = {its.env.ids.next(now),
              what.file_name,
              what.content_type,
              what.size,
              {},
              what.width,
              what.height};
  row.conversation = its.id;
  row.uploader = from.user;
  row.created_at = now;
  ++its.questions;
  ask_database(
      self, its.env.room_writer,
      [row, quota = quota_at(now, its.env.options)](storage::store& store) {
        return store.add_attachment(row, quota);
      },
      [self, reply, row](const chat::expected<void>& kept) mutable {
        --self->its.questions;
        if (!kept) return reply.deliver(to_caf(kept.error()));
        reply.deliver(chat::created_attachment{
            row.what.id, self->its.env.blobs->upload_url(row.what, row.uploader, row.created_at)});
      });
}

void post_with_files(conversation_actor* self, const chat::caller& from, const chat::post& what,
                     promise reply, quote_ptr quoted) {
  if (what.attachments.empty()) return post_new(self, from, what, {reply}, {}, std::move(quoted));
  const auto& its = self->its;
  if (auto allowed = its.room->authorize(from.user, chat::action::post); !allowed)
    return reply.deliver(to_caf(allowed.error()));
  if (its.env.blobs == nullptr)
    return reply.deliver(refusal(chat::errc::forbidden, "attachments are off"));
  if (what.attachments.size() > its.env.options.attachments.per_message)
    return reply.deliver(refusal(chat::errc::limit, "too many attachments for one message"));
  if (is_on_its_way(its, what))
    return reply.deliver(
        refusal(chat::errc::conflict, "an attachment is on its way in another message"));
  look_up_for(
      self, from.user, reply,
      [what, user = from.user, blobs = its.env.blobs](storage::store& store) {
        return look_up_files(store, *blobs, user, what);
      },
      [self, from, what, reply, quoted](chat::expected<found_files> found) mutable {
        if (!found)
          reply.deliver(to_caf(found.error()));
        else if (!self->its.room)
          reply.deliver(being_loaded());
        else
          post_found(self, from, what, reply, std::move(*found), quoted);
      });
}

}  // namespace parley::actors
