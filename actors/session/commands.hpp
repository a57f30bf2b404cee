#pragma once

#include <cstdint>

#include "chat/request.hpp"

/// What a session decides by itself (chat::decider::session), by the source it is in. Each answers
/// its ticket once.
namespace parley::actors {

class session_actor;

// chat_list.cpp: the chat list, and typing
void run(session_actor* self, std::uint64_t ticket, const chat::typing& what);
void run(session_actor* self, std::uint64_t ticket, const chat::list_conversations& what);

// catch_up.cpp: many conversations at once
void run(session_actor* self, std::uint64_t ticket, const chat::catch_up_all& what);
void run(session_actor* self, std::uint64_t ticket, const chat::join_all& what);

// people.cpp
void run(session_actor* self, std::uint64_t ticket, const chat::get_me& what);
void run(session_actor* self, std::uint64_t ticket, const chat::update_me& what);
void run(session_actor* self, std::uint64_t ticket, const chat::search_users& what);
void run(session_actor* self, std::uint64_t ticket, const chat::find_person& what);
void run(session_actor* self, std::uint64_t ticket, const chat::get_people& what);
void run(session_actor* self, std::uint64_t ticket, const chat::list_blocks& what);

// devices.cpp: browsers that stay signed in
void run(session_actor* self, std::uint64_t ticket, const chat::renew_device& what);
void run(session_actor* self, std::uint64_t ticket, const chat::list_devices& what);
void run(session_actor* self, std::uint64_t ticket, const chat::end_device& what);

// invites.cpp
void run(session_actor* self, std::uint64_t ticket, const chat::look_at_invite& what);
void run(session_actor* self, std::uint64_t ticket, const chat::join_by_invite& what);

// classic.cpp: classic clients
void run(session_actor* self, std::uint64_t ticket, const chat::post_to_lobby& what);
void run(session_actor* self, std::uint64_t ticket, const chat::post_to_user& what);
void run(session_actor* self, std::uint64_t ticket, const chat::join_group& what);
void run(session_actor* self, std::uint64_t ticket, const chat::post_to_group& what);
void run(session_actor* self, std::uint64_t ticket, const chat::take_pending& what);

// admin.cpp: administrators
void run(session_actor* self, std::uint64_t ticket, const chat::list_dead_letters& what);
void run(session_actor* self, std::uint64_t ticket, const chat::show_dead_letter& what);
void run(session_actor* self, std::uint64_t ticket, const chat::retry_dead_letter& what);
void run(session_actor* self, std::uint64_t ticket, const chat::drop_dead_letter& what);

}  // namespace parley::actors
