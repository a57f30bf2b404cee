#pragma once

#include <variant>
#include <vector>

#include "chat/accounts.hpp"
#include "chat/admin.hpp"
#include "chat/chat_list.hpp"
#include "chat/command.hpp"
#include "chat/expected.hpp"
#include "chat/invites.hpp"
#include "chat/people.hpp"

namespace parley::chat {

/// Everything a client may ask, by hub or by REST.
using request = std::variant<post, edit_message, delete_message, join, leave_live, typing, mark,
                             create_conversation, add_participants, remove_participant, rename,
                             read_page, read_stretch, catch_up_all, list_conversations,
                             get_presence, register_account, sign_in, post_to_lobby, post_to_user,
                             join_group, post_to_group, take_pending, create_attachment, get_me,
                             update_me, search_users, set_block, list_blocks, list_dead_letters,
                             show_dead_letter, retry_dead_letter, drop_dead_letter, list_jobs,
                             set_role, renew_device, list_devices, end_device, change_password,
                             make_invite, list_invites, revoke_invite, look_at_invite,
                             join_by_invite, find_person, get_people, list_members,
                             join_all>;

/// Everything that can be answered.
using result = std::variant<done, posted, created_conversation, page, stretch,
                            std::vector<caught_up>, chat_list, std::vector<presence_of>,
                             signed_in, std::vector<entry>, created_attachment, profile,
                             std::vector<profile>, std::vector<blocked_user>, dead_letters,
                             dead_letter, posted_again, job_list, std::vector<device_view>, invite,
                             std::vector<invite>, invite_preview, people_found, member_page,
                             std::vector<joined>>;

using outcome = expected<result>;

}  // namespace parley::chat
