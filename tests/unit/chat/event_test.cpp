#include "chat/event.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/chat/rooms.hpp"

using namespace parley::chat;
using namespace parley::test;

namespace {

auto change(entry_kind kind) {
  entry what;
  what.seq = 7;
  what.kind = kind;
  what.id = new_id();
  what.actor = alice;
  what.content = "content";
  what.created_at = noon;
  what.target = new_id();
  what.subjects = {bob, carol};
  return what;
}

const auto where = room_state(conversation_type::group, {alice, bob}).info;

template <class Event>
auto told(const entry& what) -> Event {
  return std::get<Event>(to_event(what, where, "Alice A."));
}

}  // namespace

TEST_CASE("each kind of entry becomes its event", "[chat][event]") {
  const auto message = change(entry_kind::message);
  const auto posted = told<message_posted>(message);
  CHECK(posted.type == conversation_type::group);
  CHECK(posted.sender_name == "Alice A.");
  CHECK(posted.message == message);

  const auto edit = change(entry_kind::edited);
  const auto edited = told<message_edited>(edit);
  CHECK(edited.conversation == where.id);
  CHECK(edited.message == edit.target);
  CHECK(edited.content == "content");
  CHECK(edited.edited_at == noon);
  CHECK(edited.seq == 7);

  const auto deletion = change(entry_kind::deleted);
  CHECK(told<message_deleted>(deletion).message == deletion.target);
  CHECK(told<message_deleted>(deletion).seq == 7);

  const auto created = told<conversation_created>(change(entry_kind::created));
  CHECK(created.info == where);
  CHECK(created.participants == std::vector{bob, carol});

  const auto added = told<participants_added>(change(entry_kind::added));
  CHECK(added.users == std::vector{bob, carol});
  CHECK(added.added_by == alice);

  const auto removed = told<participant_removed>(change(entry_kind::removed));
  CHECK(removed.user == bob);
  CHECK(removed.removed_by == alice);

  const auto role = told<role_changed>(change(entry_kind::role));
  CHECK(role.user == bob);
  CHECK(role.role == "content");

  const auto title = told<title_changed>(change(entry_kind::title));
  CHECK(title.title == "content");
  CHECK(title.changed_by == alice);
}

TEST_CASE("a removal without a subject is told all the same", "[chat][event]") {
  auto removal = change(entry_kind::removed);
  removal.subjects.clear();
  CHECK(told<participant_removed>(removal).user.value.empty());
}
