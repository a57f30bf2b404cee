// Many conversations with one call.

#include <algorithm>

#include "actors/session/asking.hpp"
#include "actors/session/commands.hpp"
#include "chat/answer_size.hpp"

namespace parley::actors {
namespace {

/// Conversations that are read at once: memory holds as many answers as that, and sends one.
constexpr std::size_t wave_size = 5;

struct gathering {
  std::vector<chat::catch_up> asked;
  std::vector<chat::caught_up> answers;
  std::size_t next = 0;          ///< to be asked
  std::size_t open = 0;          ///< asked and not answered
  std::size_t entries_left = 0;  ///< chat.max_catch_up_entries
  std::size_t bytes_left = chat::max_answer_bytes;
  bool failed = false;
};

/// A conversation that does not fit is not answered in part: its caller reloads it.
void cut_to_budget(gathering& all, std::size_t first) {
  for (auto i = first; i < all.next; ++i) {
    auto& one = all.answers[i];
    const auto bytes = chat::shown_size(one);
    if (one.entries.size() <= all.entries_left && bytes <= all.bytes_left) {
      all.entries_left -= one.entries.size();
      all.bytes_left -= bytes;
      continue;
    }
    one.recovered = false;
    one.entries.clear();
    one.cursors.clear();
  }
}

void catch_up_wave(session_actor* self, std::uint64_t ticket,
                   const std::shared_ptr<gathering>& all) {
  const auto first = all->next;
  all->next = std::min(first + wave_size, all->asked.size());
  all->open = all->next - first;
  if (all->open == 0) return self->answer(ticket, chat::result{std::move(all->answers)});
  const auto one_done = [self, ticket, all, first] {
    if (--all->open > 0 || all->failed) return;
    cut_to_budget(*all, first);
    catch_up_wave(self, ticket, all);
  };
  for (std::size_t i = first; i < first + std::min(wave_size, all->asked.size() - first); ++i) {
    const auto& one = all->asked[i];
    self->ask_conversation(
        ticket, one.conversation, one,
        [all, i, one_done](const chat::caught_up& got) {
          all->answers[i] = got;
          one_done();
        },
        [self, ticket, all, one_done](const caf::error& why) {
          if (!std::exchange(all->failed, true)) self->refuse(ticket, why);
          one_done();
        });
  }
}

}  // namespace

void run(session_actor* self, std::uint64_t ticket, const chat::catch_up_all& what) {
  const auto all = std::make_shared<gathering>();
  all->asked = what.conversations;
  all->answers.resize(all->asked.size());
  all->entries_left = self->env().options.chat.max_catch_up_entries;
  catch_up_wave(self, ticket, all);
}

/// Each conversation answers for itself.
void run(session_actor* self, std::uint64_t ticket, const chat::join_all& what) {
  struct gathered {
    std::vector<chat::joined> all;
    std::size_t open = 0;
  };
  const auto answers = std::make_shared<gathered>();
  answers->open = what.conversations.size();
  for (const auto& id : what.conversations) answers->all.push_back({id, chat::errc::none});
  if (answers->open == 0) return self->answer(ticket, chat::result{std::move(answers->all)});
  const auto take = [self, ticket, answers](std::size_t at, chat::errc refused) {
    answers->all[at].refused = refused;
    if (--answers->open == 0) self->answer(ticket, chat::result{std::move(answers->all)});
  };
  for (std::size_t at = 0; at < what.conversations.size(); ++at) {
    const auto& id = what.conversations[at];
    self->ask_conversation(
        ticket, id, chat::join{id}, [take, at](const chat::done&) { take(at, chat::errc::none); },
        [take, at](const caf::error& why) { take(at, from_caf(why).code); });
  }
}

}  // namespace parley::actors
