// Which files a message may take; no actor, no store.

#include "actors/conversation/file_claims.hpp"

#include <catch2/catch.hpp>

#include "chat/conversation.hpp"
#include "tests/support/people.hpp"

using namespace parley;
using namespace parley::test;
using actors::claim_files;
using actors::found_files;
using chat::errc;

namespace {

const chat::conversation_id here{chat::system_ids().next(noon)};

auto file_of(const chat::user_id& user) -> storage::attachment_row {
  storage::attachment_row row;
  row.what = {chat::system_ids().next(noon), "a.txt", "text/plain", 3, {}};
  row.conversation = here;
  row.uploader = user;
  row.created_at = noon;
  return row;
}

auto post_with(const std::vector<storage::attachment_row>& files) -> chat::post {
  chat::post what{here, "look", "k", {}, {}};
  for (const auto& one : files) what.attachments.push_back(one.what.id);
  return what;
}

/// What becomes of alice's post of exactly these files.
auto claim(const std::vector<storage::attachment_row>& files) {
  return claim_files({files, true, {}}, alice, post_with(files), noon);
}

}  // namespace

TEST_CASE("a message takes its sender's own files in the order it names them",
          "[actors][file_claims]") {
  const std::vector files{file_of(alice), file_of(alice)};
  const auto claimed = claim(files);
  REQUIRE(claimed);
  CHECK_FALSE(claimed->repeat);
  REQUIRE(claimed->files.size() == 2);
  CHECK(claimed->files[0].id == files[0].what.id);
  CHECK(claimed->files[1].id == files[1].what.id);
}

TEST_CASE("somebody else's file, or one of another conversation, is not there",
          "[actors][file_claims]") {
  CHECK(claim({file_of(bob)}).error().code == errc::not_found);
  auto elsewhere = file_of(alice);
  elsewhere.conversation = chat::conversation_id{chat::system_ids().next(noon)};
  CHECK(claim({elsewhere}).error().code == errc::not_found);
  const auto unknown = post_with({file_of(alice)});
  CHECK(claim_files({}, alice, unknown, noon).error().code == errc::not_found);
}

TEST_CASE("what was announced too long ago is being cleaned away", "[actors][file_claims]") {
  const std::vector files{file_of(alice)};
  const auto what = post_with(files);
  CHECK(claim_files({files, true, {}}, alice, what, noon));
  CHECK(claim_files({files, true, {}}, alice, what, after_noon(1)).error().code == errc::not_found);
}

TEST_CASE("a file is in one message, and its bytes are there first", "[actors][file_claims]") {
  auto taken = file_of(alice);
  taken.message = chat::message_id{chat::system_ids().next(noon)};
  CHECK(claim({taken}).error().code == errc::conflict);
  const std::vector files{file_of(alice)};
  CHECK(claim_files({files, false, {}}, alice, post_with(files), noon).error().code ==
        errc::conflict);
}

TEST_CASE("a repeat gets its first answer, and another post its id back", "[actors][file_claims]") {
  auto taken = file_of(alice);
  taken.message = chat::message_id{chat::system_ids().next(noon)};
  const auto what = post_with({taken});
  chat::entry first;
  first.id = taken.message;
  first.seq = 7;
  first.created_at = noon;
  first.fingerprint = chat::fingerprint_of(what);
  const auto claimed = claim_files({{taken}, true, first}, alice, what, noon);
  REQUIRE(claimed);
  REQUIRE(claimed->repeat);
  CHECK(claimed->repeat->seq == 7);
  CHECK(claimed->files.empty());
  auto other = what;
  other.content = "look here";
  CHECK(claim_files({{taken}, true, first}, alice, other, noon).error().code == errc::id_conflict);
}

TEST_CASE("a file is announced with a fine name, type and size", "[actors][file_claims]") {
  config::attachment_options options;
  chat::create_attachment what;
  what.file_name = "a.txt";
  what.content_type = "text/plain";
  what.size = options.max_bytes;
  CHECK(actors::check_announced(what, options));
  ++what.size;
  CHECK(actors::check_announced(what, options).error().code == errc::limit);
  what.size = 1;
  what.content_type = "no type";
  CHECK_FALSE(actors::check_announced(what, options));
  what.content_type = "text/plain";
  what.file_name = "";
  CHECK_FALSE(actors::check_announced(what, options));
}

TEST_CASE("a day's quota counts from a day ago, and is none without limits",
          "[actors][file_claims]") {
  config::options options;
  const auto quota = actors::quota_at(noon, options);
  CHECK(quota.max_files == options.attachments.files_per_user_day);
  CHECK(quota.max_bytes == options.attachments.bytes_per_user_day);
  options.limits.enabled = false;
  CHECK(actors::quota_at(noon, options).max_files == 0);
  CHECK(actors::quota_at(noon, options).max_bytes == 0);
}
