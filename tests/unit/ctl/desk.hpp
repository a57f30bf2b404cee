#pragma once

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <sstream>
#include <string>
#include <vector>

#include "app/ctl/run.hpp"
#include "storage/census.hpp"
#include "storage/migrations.hpp"
#include "storage/open.hpp"
#include "tests/support/people.hpp"
#include "tests/support/temporary_folder.hpp"

namespace parley::test {

namespace ctl = parley::app::ctl;
using words = std::vector<std::string>;

inline auto new_id() -> chat::uuid {
  return chat::system_ids().next(noon);
}

/// A migrated database with a group of alice and bob, and the program beside it.
struct operator_desk {
  operator_desk() {
    options.url = "sqlite:" + (folder.path() / "parley.db").string();
    REQUIRE(storage::migrate_up(options));
    store = std::move(*storage::open_store(options));
    storage::new_conversation what;
    what.info.id = room;
    what.info.type = chat::conversation_type::group;
    what.info.title = "the room";
    what.info.created_by = alice;
    what.members = {{alice, chat::member_role::owner, 0, 0, noon, {}},
                    {bob, chat::member_role::member, 0, 0, noon, {}}};
    what.created.conversation = room;
    what.created.seq = 1;
    what.created.kind = chat::entry_kind::created;
    what.created.id = {new_id()};
    what.created.actor = alice;
    REQUIRE(store->create(what));
  }

  /// Keeps a dead letter of alice. @returns its id
  auto letter(std::string text) -> std::string {
    chat::entry e;
    e.conversation = room;
    e.seq = 7;
    e.ordinal = 3;
    e.id = {new_id()};
    e.actor = alice;
    e.content = std::move(text);
    e.created_at = noon;
    REQUIRE(store->add_dead_letter({e, after_noon(1'000), "the store cannot take this data"}));
    return to_string(e.id);
  }

  /// Posts a message.
  void post(const chat::user_id& sender, std::string text) {
    const auto record = store->load(room, 0);
    REQUIRE(record);
    chat::entry e;
    e.conversation = room;
    e.seq = (*record)->last_seq + 1;
    e.ordinal = (*record)->last_ordinal + 1;
    e.id = {new_id()};
    e.actor = sender;
    e.content = std::move(text);
    e.created_at = noon;
    REQUIRE(store->append({&e, 1}));
  }

  /// @param typed  what the standard input holds
  auto run(words what, const std::string& typed = "") -> int {
    out.str({});
    complaints.str({});
    out.clear();
    std::istringstream in{typed};
    what.push_back("--storage.url=" + options.url);
    what.push_back("--attachments.directory=" + files().string());
    for (const auto& more : settings) what.push_back(more);
    return ctl::run(what, {in, out, complaints});
  }
  auto files() const -> std::filesystem::path { return folder.path() / "attachments"; }
  auto said(const std::string& text) const -> bool {
    return out.str().find(text) != std::string::npos;
  }
  auto complained(const std::string& text) const -> bool {
    return complaints.str().find(text) != std::string::npos;
  }
  auto json() const { return nlohmann::json::parse(out.str()); }

  temporary_folder folder;
  config::storage_options options;
  words settings;  ///< of every run
  std::unique_ptr<storage::store> store;
  chat::conversation_id room{new_id()};
  std::ostringstream out;
  std::ostringstream complaints;
};

}  // namespace parley::test
