// parley-inserts: how many message rows per second a loop stores that does nothing else: one
// thread, batches of 256 stored the way parleyd stores them, a commit each, over many conversations.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <numeric>
#include <random>

#include "bench/measure/clock.hpp"
#include "chat/entry.hpp"
#include "storage/open.hpp"

namespace parley::bench {
namespace {

constexpr std::size_t batch_rows = 256;
constexpr std::uint32_t most_users = 10'000;  // that have stored conversations
constexpr std::uint64_t messages_each = 5;

struct insert_options {
  config::storage_options storage;
  std::uint32_t conversations = 1'000;
  std::uint32_t bytes = 100;
  double seconds = 5;
  std::uint32_t idle = 0;     ///< make so many conversations instead
  std::uint32_t members = 10; ///< of each of those
};

void require(bool done, const char* what) {
  if (!done) throw std::runtime_error(what);
}

auto some_id() -> chat::uuid {
  return chat::system_ids().next(chat::system_clock().now());
}

auto make_conversations(storage::store& store, std::uint32_t count, std::uint32_t members)
    -> std::vector<chat::conversation_id> {
  std::vector<chat::conversation_id> made;
  for (std::uint32_t i = 0; i < count; ++i) {
    storage::new_conversation one;
    one.info.id = chat::conversation_id{some_id()};
    one.info.type = chat::conversation_type::group;
    one.members.push_back({{"loop"}, chat::member_role::owner, 0, 0, {}, {}});
    for (std::uint32_t m = 1; m < members; ++m) {
      const auto user = "stored-" + std::to_string((i * members + m) % most_users);
      one.members.push_back({{user}, chat::member_role::member, 0, 0, {}, {}});
    }
    one.created.conversation = one.info.id;
    one.created.seq = 1;
    one.created.kind = chat::entry_kind::created;
    one.created.id = chat::message_id{some_id()};
    one.created.actor = {"loop"};
    require(store.create(one).has_value(), "a conversation could not be made");
    made.push_back(one.info.id);
  }
  return made;
}

/// As long as the ids that parley-load sends.
auto key_of(std::uint64_t turn) -> std::string {
  const auto number = std::to_string(turn);
  return "7c1e2a90-0000-4000-8000-" + std::string(12 - std::min<std::size_t>(12, number.size()), '0') +
         number;
}

auto row(chat::conversation_id conversation, std::uint64_t ordinal, std::string actor,
         const std::string& text) -> chat::entry {
  chat::entry made;
  made.conversation = conversation;
  made.seq = ordinal + 1;
  made.ordinal = ordinal;
  made.id = chat::message_id{some_id()};
  made.actor = {std::move(actor)};
  made.content = text;
  made.client_message_id = key_of(ordinal);
  made.fingerprint = std::hash<std::string>{}(made.client_message_id);
  made.created_at = chat::system_clock().now();
  return made;
}

/// Rows like those of a run of parley-load: two members take turns in each conversation, and a batch
/// holds conversations in no order.
/// @returns rows stored
auto insert_for(storage::store& store, const insert_options& opts) -> std::uint64_t {
  const auto conversations = make_conversations(store, opts.conversations, 1);
  const std::string text(opts.bytes, 'x');
  std::vector<chat::entry> batch(batch_rows);
  std::vector<std::size_t> order(conversations.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::mt19937 random{1};
  std::uint64_t rows = 0;
  const auto end = now_ns() + to_ns(opts.seconds);
  while (now_ns() < end) {
    for (auto& one : batch) {
      const auto turn = rows / conversations.size();
      if (rows % conversations.size() == 0) std::shuffle(order.begin(), order.end(), random);
      const auto place = order[rows % conversations.size()];
      const auto member = "loop-member-" + std::to_string(2 * place + turn % 2);
      one = row(conversations[place], turn + 1, member, text);
      ++rows;
    }
    require(store.append(batch).has_value(), "an insert failed");
  }
  return rows;
}

/// Conversations that nobody uses, with a few messages in each.
void store_idle(storage::store& store, const insert_options& opts) {
  const auto conversations = make_conversations(store, opts.idle, opts.members);
  const std::string text(opts.bytes, 'x');
  std::vector<chat::entry> batch;
  const auto flush = [&] {
    if (!batch.empty()) require(store.append(batch).has_value(), "an insert failed");
    batch.clear();
  };
  for (const auto& id : conversations) {
    for (std::uint64_t n = 1; n <= messages_each; ++n) batch.push_back(row(id, n, "loop", text));
    if (batch.size() + messages_each > batch_rows) flush();
  }
  flush();
}

}  // namespace
}  // namespace parley::bench

auto main(int argc, char** argv) -> int {
  using namespace parley;
  bench::insert_options opts;
  CLI::App app("Stores message rows as fast as one loop can.", "parley-inserts");
  app.add_option("--storage", opts.storage.url, "As storage.url")->required();
  app.add_option("--conversations", opts.conversations)->check(CLI::Range(1, 100000));
  app.add_option("--bytes", opts.bytes)->check(CLI::Range(1, 5000));
  app.add_option("--seconds", opts.seconds)->check(CLI::PositiveNumber);
  app.add_option("--idle", opts.idle, "Store so many idle conversations instead, and end")
      ->check(CLI::Range(1, 10'000'000));
  app.add_option("--members", opts.members, "Of each idle conversation")->check(CLI::Range(1, 200));
  CLI11_PARSE(app, argc, argv);
  try {
    bench::require(storage::migrate_up(opts.storage).has_value(), "the schema cannot be made");
    const auto store = storage::open_store(opts.storage);
    bench::require(store.has_value(), "the store cannot be opened");
    if (opts.idle != 0) return bench::store_idle(**store, opts), 0;
    const auto cpu_before = std::clock();
    const auto rows = static_cast<double>(bench::insert_for(**store, opts));
    const auto cpu = static_cast<double>(std::clock() - cpu_before) / CLOCKS_PER_SEC;
    std::printf("{\"rows_per_s\": %.0f, \"cpu_us_per_row\": %.2f}\n", rows / opts.seconds,
                1e6 * cpu / rows);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "parley-inserts: %s\n", error.what());
    return 1;
  }
}
