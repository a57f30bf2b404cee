#include "storage/sql/rows.hpp"
#include "storage/sql/sql_store.hpp"

// Browsers that stay signed in.

namespace parley::storage::sql {

auto sql_store::add_device(const device_row& what, std::size_t max_devices)
    -> chat::expected<void> {
  return transact([&] {
    db_->run("INSERT INTO devices (id, user_id, generation, created_at, renewed_at, agent) "
             "VALUES (?,?,?,?,?,?)",
             {what.id, what.user, std::uint64_t{1}, what.created_at, what.created_at,
              std::string_view{what.agent}});
    std::vector<chat::uuid> others;
    db_->query("SELECT id FROM devices WHERE user_id = ? ORDER BY renewed_at DESC, id", {what.user},
               [&](const row& r) {
                 if (auto id = read_uuid(r, 0); id != what.id) others.push_back(id);
               });
    for (std::size_t i = max_devices - 1; i < others.size(); ++i)
      db_->run("DELETE FROM devices WHERE id = ?", {others[i]});
  });
}

auto sql_store::renew_device(const device_use& use)
    -> chat::expected<std::optional<std::uint64_t>> {
  std::optional<std::uint64_t> generation;
  const auto renewed = transact([&] {
    generation.reset();
    // Of two that bring the same cookie at once one gets a new one made, the other the same.
    const auto changed = db_->run(
        "UPDATE devices SET generation = generation + 1, renewed_at = ? WHERE id = ? AND user_id = ? "
        "AND generation = ? AND renewed_at >= ?",
        {use.now, use.id, use.user, use.generation, use.alive_since});
    if (changed == 1) {
      generation = use.generation + 1;
      return;
    }
    db_->query("SELECT generation, renewed_at FROM devices WHERE id = ? AND user_id = ?",
               {use.id, use.user}, [&](const row& r) {
                 if (read_number(r, 0) == use.generation + 1 && read_time(r, 1) >= use.grace_since)
                   generation = use.generation + 1;
               });
    if (!generation)
      db_->run("DELETE FROM devices WHERE id = ? AND user_id = ?", {use.id, use.user});
  });
  if (!renewed) return chat::unexpected{renewed.error()};
  return generation;
}

auto sql_store::devices_of(const chat::user_id& user, chat::timestamp alive_since)
    -> chat::expected<std::vector<device_row>> {
  return attempt([&] {
    std::vector<device_row> found;
    db_->query("SELECT id, created_at, renewed_at, agent FROM devices WHERE user_id = ? AND "
               "renewed_at >= ? ORDER BY renewed_at DESC, id",
               {user, alive_since}, [&](const row& r) {
                 found.push_back({read_uuid(r, 0), user, read_time(r, 1), read_time(r, 2),
                                  read_text(r, 3)});
               });
    return found;
  });
}

auto sql_store::drop_device(const chat::user_id& user, const chat::uuid& id)
    -> chat::expected<bool> {
  bool is_dropped = false;
  const auto dropped = transact([&] {
    is_dropped = db_->run("DELETE FROM devices WHERE id = ? AND user_id = ?", {id, user}) > 0;
  });
  if (!dropped) return chat::unexpected{dropped.error()};
  return is_dropped;
}

auto sql_store::change_password(const password_change& what) -> chat::expected<bool> {
  bool is_changed = false;
  const auto changed = transact([&] {
    is_changed = db_->run("UPDATE accounts SET password_hash = ? WHERE user_id = ? AND "
                          "password_hash = ?",
                          {std::string_view{what.next_hash}, what.user,
                           std::string_view{what.present_hash}}) > 0;
    if (is_changed)
      db_->run("DELETE FROM devices WHERE user_id = ? AND id <> ?", {what.user, what.but});
  });
  if (!changed) return chat::unexpected{changed.error()};
  return is_changed;
}

}  // namespace parley::storage::sql
