#pragma once

#include <memory>
#include <type_traits>
#include <vector>

#include "actors/conversation/actor.hpp"

/// Messages as they come in, are edited and deleted; in files.cpp, those with attachments.
namespace parley::actors {

using quote_ptr = std::shared_ptr<const chat::quote>;

void on_post(conversation_actor* self, const chat::caller& from, const chat::post& what);
void on_edit(conversation_actor* self, const chat::caller& from, const chat::edit_message& what);
void on_delete(conversation_actor* self, const chat::caller& from,
               const chat::delete_message& what);
void on_create_attachment(conversation_actor* self, const chat::caller& from,
                          const chat::create_attachment& what);

/// Posts at once when there are no files. Another post of this user that names one of them waits
/// behind the look-up: it may be a repeat of this very one. Then it finds the first on its way, or
/// its files taken, or free.
void post_with_files(conversation_actor* self, const chat::caller& from, const chat::post& what,
                     promise reply, quote_ptr quoted = nullptr);
/// Gives the message its place; `files` are its own from now on.
void post_new(conversation_actor* self, const chat::caller& from, const chat::post& what,
              std::vector<promise> waiting, std::vector<chat::attachment> files, quote_ptr quoted);

/// Posts of `user` wait behind what is looked up for it between these two.
void begin_look_up(conversation_actor* self, const chat::user_id& user);
void end_look_up(conversation_actor* self, const chat::user_id& user);
/// Those go on that waited while the conversation was loaded again.
void post_all_waiting(conversation_actor* self);

/// conversation_actor::ask_reader; posts of `user` wait meanwhile.
template <class Query, class Then>
void look_up_for(conversation_actor* self, const chat::user_id& user, promise reply, Query query,
                 Then then) {
  using answer = std::invoke_result_t<Query, storage::store&>;
  begin_look_up(self, user);
  self->ask_reader(std::move(reply), std::move(query), [self, user, then](answer found) mutable {
    then(std::move(found));
    end_look_up(self, user);
  });
}

/// What was said before a day (UTC) is archived, at the latest before this one. @returns days since
/// 1970
inline auto day_of(chat::timestamp at) -> std::uint32_t {
  constexpr std::chrono::milliseconds day{std::chrono::hours{24}};
  return static_cast<std::uint32_t>(at.ms / day.count());
}
/// Something was stored then: nothing is archived here before the next day, and until then the
/// answer holds to whether there is an archive.
void note_day(conversation_actor* self, chat::timestamp stored_at);

}  // namespace parley::actors
