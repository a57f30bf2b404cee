#include "bench/history/probes.hpp"

#include <algorithm>
#include <memory>
#include <random>

#include "bench/measure/clock.hpp"
#include "bench/wire/failure.hpp"

namespace parley::bench {
namespace {

constexpr std::uint64_t page_size = 50;
constexpr std::size_t warm_up = 5;

template <class Rows>
void expect(const chat::expected<Rows>& found, std::size_t at_least) {
  if (!found) cannot_run(found.error().detail);
  if (found->size() < at_least) check_failed("a page is too short");
}

class reads {
 public:
  reads(storage::store& store, const filler& what, std::uint64_t seed)
      : store_(store), room_(what.room()), last_seq_(what.last_seq()),
        last_ordinal_(what.last_ordinal()), random_(std::make_shared<std::mt19937_64>(seed)) {}

  /// @param number 1 is the newest; beyond the oldest: the oldest
  auto page(std::uint64_t number) const -> std::function<void()> {
    const auto wanted = std::min(number, last_ordinal_ / page_size);
    const auto last = last_ordinal_ - (wanted - 1) * page_size;
    return [=, this] {
      expect(store_.messages(room_, storage::ordinal_range{last - page_size + 1, last}), page_size);
    };
  }
  auto random_page() const -> std::function<void()> {
    return [=, this] { page(1 + (*random_)() % (last_ordinal_ / page_size))(); };
  }
  auto window(storage::seq_window what) const -> std::function<void()> {
    what.limit = page_size;
    return [=, this] { expect(store_.messages(room_, what), page_size); };
  }
  /// As the server reads it: two windows.
  auto around(std::uint64_t seq) const -> std::function<void()> {
    return [=, this] {
      expect(store_.messages(room_, storage::seq_window{0, seq, page_size / 2, true}), 1);
      expect(store_.messages(room_, storage::seq_window{seq - 1, 0, page_size / 2, false}), 1);
    };
  }
  auto catch_up(std::uint64_t after, std::size_t limit) const -> std::function<void()> {
    return [=, this] { expect(store_.entries_after(room_, after, limit), limit); };
  }
  auto chat_list(chat::user_id user) const -> std::function<void()> {
    return [=, this] { expect(store_.chat_list(user, {}, 50), 50); };
  }
  auto load() const -> std::function<void()> {
    return [=, this] {
      const auto found = store_.load(room_, 128);
      if (!found || !*found) cannot_run("nothing was loaded");
    };
  }

 private:
  storage::store& store_;
  chat::conversation_id room_;
  std::uint64_t last_seq_;
  std::uint64_t last_ordinal_;
  std::shared_ptr<std::mt19937_64> random_;
};

auto percentile(const std::vector<double>& sorted, double share) -> double {
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

}  // namespace

auto probes_of(storage::store& store, const filler& what, std::uint64_t seed)
    -> std::vector<probe> {
  const auto from = std::make_shared<reads>(store, what, seed);
  const auto last = what.last_seq();
  const auto newest = "page 1";
  std::vector<probe> all{
      {newest, "", from->page(1)},
      {"page 10,000, or the oldest", newest, from->page(10'000)},
      {"oldest page", newest, from->page(last)},
      {"random page", newest, from->random_page()},
      {"before: newest", "", from->window({0, 0, 0, true})},
      {"before: middle", "before: newest", from->window({0, last / 2, 0, true})},
      {"before: oldest", "before: newest", from->window({0, 70, 0, true})},
      {"after: middle", "before: newest", from->window({last / 2, 0, 0, false})},
      {"after: oldest", "before: newest", from->window({0, 0, 0, false})},
      {"around: newest", "", from->around(last - 40)},
      {"around: middle", "around: newest", from->around(last / 2)},
      {"CatchUp of 50: newest", "", from->catch_up(last - 50, 50)},
      {"CatchUp of 50: middle", "CatchUp of 50: newest", from->catch_up(last / 2, 50)},
      {"CatchUp of 500: newest", "", from->catch_up(last - 500, 500)},
      {"CatchUp of 500: middle", "CatchUp of 500: newest", from->catch_up(last / 2, 500)},
      {"chat list, all read but 50 short ones", "", from->chat_list(filler::reader())},
      {"chat list, nothing ever read", "", from->chat_list(filler::sleeper())},
      {"take the conversation over", "", from->load()},
  };
  // The probes share what `from` holds.
  for (auto& one : all) one.read = [from, read = std::move(one.read)] { read(); };
  return all;
}

auto measure(const std::vector<probe>& probes, std::size_t samples) -> std::vector<probe_result> {
  std::vector<std::vector<double>> times(probes.size());
  for (std::size_t round = 0; round < warm_up + samples; ++round)
    for (std::size_t i = 0; i < probes.size(); ++i) {
      const auto start = now_ns();
      probes[i].read();
      const auto took = static_cast<double>(now_ns() - start) / 1'000;
      if (round >= warm_up) times[i].push_back(took);
    }
  std::vector<probe_result> results;
  for (std::size_t i = 0; i < probes.size(); ++i) {
    std::sort(times[i].begin(), times[i].end());
    results.push_back(
        {probes[i].name, percentile(times[i], 0.5), percentile(times[i], 0.99), 0});
    for (std::size_t j = 0; j < i; ++j)
      if (probes[j].name == probes[i].like)
        results[i].ratio = results[i].p50_us / results[j].p50_us;
  }
  return results;
}

}  // namespace parley::bench
