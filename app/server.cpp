#include "app/server.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <functional>
#include <future>
#include <mutex>
#include <thread>

#include "actors/conversation/finder.hpp"
#include "actors/conversation/keeper.hpp"
#include "actors/conversation/registry.hpp"
#include "actors/environment.hpp"
#include "actors/people/accounts.hpp"
#include "actors/people/blocks.hpp"
#include "actors/people/presence.hpp"
#include "actors/people/profiles.hpp"
#include "actors/session/actor.hpp"
#include "actors/storage/database.hpp"
#include "actors/storage/writer.hpp"
#include "actors/upkeep/attachment_cleaner.hpp"
#include "actors/upkeep/jobs.hpp"
#include "app/doors.hpp"
#include "app/hard_end.hpp"
#include "app/health.hpp"
#include "app/watch.hpp"
#include "chat/token_bucket.hpp"
#include "net/fan_out/network_actor.hpp"
#include "net/io/tls.hpp"
#include "net/web/web_client.hpp"
#include "storage/blobs/open.hpp"
#include "storage/open.hpp"
#include "storage/schema.hpp"
#include "storage/shared.hpp"

namespace parley::app {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t max_negotiations = 100'000;
/// After the drain timeout: what ends by itself now may do so.
constexpr milliseconds hard_end_grace{500};

struct system_config : caf::actor_system_config {
  system_config() {
    // The default policy burns a third of a core at 100 messages a second (measured).
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", std::max(1u, std::thread::hardware_concurrency()));
    set("scheduler.max-throughput", 300);
  }
};

}  // namespace

struct server::parts {
  parts(const config::options& given, std::function<void()> tell)
      : options(given),
        on_fault(std::move(tell)),
        env(options, metrics, chat::system_clock(), chat::system_ids()),
        doors(options),
        web(options, net::web::files(), net::web::build()),
        negotiations(milliseconds{options.hub.disconnect_timeout_ms}, max_negotiations) {}

  std::unique_ptr<hard_end> last_resort;  // outlives all that may not end
  const config::options& options;
  std::function<void()> on_fault;
  std::atomic<bool> has_failed{false};
  telemetry::metrics metrics;
  actors::environment env;
  storage::shared_ptr shared = std::make_shared<storage::shared>();
  std::mutex complaint_mutex;
  chat::token_bucket complaint_pace{1, 20};  ///< lines about texts and files that cannot be read
  storage::vault_ptr texts;
  system_config caf_config;
  std::unique_ptr<caf::actor_system> system;
  storage::blobs::opened blobs;
  std::unique_ptr<net::files::file_service> files;  // outlives the connections, too
  net::http_transports transports;  // outlives the connections, which sign off
  std::vector<std::unique_ptr<net::io_thread>> threads;
  std::vector<std::unique_ptr<net::asio_host>> hosts;
  app::doors doors;
  net::tls_identity tls;
  const net::web::web_client web;
  std::atomic<std::shared_ptr<const net::auth::verifier>> verifier;
  net::signalr::negotiations negotiations;
  std::shared_ptr<net::connection_counts> counts =
      std::make_shared<net::connection_counts>(
          options.limits, most_sockets(options),
          [this](const std::string& address) { doors.crowds().refused(address); });
  net::login_limits logins{options.limits};
  std::atomic<bool> draining{false};
  std::atomic<bool> store_ready{false};
  actors::user_budgets budgets{options};

  auto open_blobs() -> chat::expected<void>;
  auto speaks_tls() const -> bool { return !options.http.tls_certificate.empty(); }
  auto load_certificate(const config::http_options& http) -> chat::expected<void>;
  auto open_vault() -> chat::expected<void>;
  static auto go_on_without(const chat::error& why) -> chat::expected<void>;
  auto check_schema() -> chat::expected<void>;
  int schema = 0;  ///< as check_schema found it; 0: the store was away
  auto check_texts() -> chat::expected<void>;
  auto spawn_storage() -> chat::expected<void>;
  auto spawn_health() -> chat::expected<void>;
  void spawn_domain();
  void spawn_networks();
  void on_end_of(const char* name, const caf::error& why);
  void drain_connections(steady_clock::time_point until);
  void await_threads(steady_clock::time_point until,
                     const std::function<void(net::io_thread&, std::function<void()>)>& what);
  void drain_storage(steady_clock::time_point until);
  void end_actors();
};

server::server(const config::options& options, std::function<void()> on_fault)
    : parts_(std::make_unique<parts>(options, std::move(on_fault))) {}

server::~server() { stop(); }

auto server::port() const -> std::uint16_t { return parts_->doors.port(); }

auto server::schema() const -> int { return parts_->schema; }

auto server::start() -> chat::expected<void> {
  auto& p = *parts_;
  auto verifier = net::auth::verifier::make(p.options.auth);
  if (!verifier) return chat::unexpected{verifier.error()};
  p.verifier = std::make_shared<const net::auth::verifier>(std::move(*verifier));
  if (auto fine = p.load_certificate(p.options.http); !fine) return fine;
  if (auto fine = p.open_vault(); !fine) return fine;
  if (auto fine = p.open_blobs(); !fine) return fine;
  if (auto fine = p.check_schema(); !fine) return fine;
  if (auto fine = p.check_texts(); !fine) return fine;
  p.shared->max_conversations_per_user = p.options.chat.max_conversations_per_user;
  p.system = std::make_unique<caf::actor_system>(p.caf_config);
  if (auto fine = p.spawn_storage(); !fine) return fine;
  if (auto fine = p.spawn_health(); !fine) return fine;
  p.spawn_domain();
  p.spawn_networks();
  watch_all(p.env, [&p](auto name, const auto& why) { p.on_end_of(name, why); });
  net::http_services services{p.verifier,   p.negotiations, *p.counts,   p.logins,
                              p.transports, p.metrics,      p.draining, p.store_ready};
  services.files = p.files.get();
  services.tls = p.speaks_tls() ? &p.tls : nullptr;
  services.offers_stateful_reconnect = p.options.hub.stateful_buffer_bytes > 0;
  services.web = p.options.http.web ? &p.web : nullptr;
  auto listening = p.doors.open(p.threads, services);
  for (auto& thread : p.threads) thread->start();
  return listening;
}

auto server::parts::open_blobs() -> chat::expected<void> {
  auto attachments = options.attachments;
  if (attachments.public_url.empty()) attachments.public_url = options.http.public_origin;
  auto opened = storage::blobs::open(attachments, texts);
  if (!opened) return chat::unexpected{opened.error()};
  blobs = std::move(*opened);
  env.blobs = blobs.store.get();
  env.budgets = &budgets;
  if (texts->seals() && blobs.store && blobs.local == nullptr)
    spdlog::warn("attachments go to S3 as they are: let the bucket encrypt them");
  if (blobs.local != nullptr)
    files = std::make_unique<net::files::file_service>(*blobs.local, options);
  return {};
}

auto server::parts::load_certificate(const config::http_options& http) -> chat::expected<void> {
  if (!speaks_tls()) return {};
  if (auto loaded = tls.load(http); !loaded) return loaded;
  metrics.tls_not_after.Set(static_cast<double>(tls.not_after().ms / 1'000));
  spdlog::info("the TLS certificate in use ends at {}", to_iso8601(tls.not_after()));
  return {};
}

auto server::parts::open_vault() -> chat::expected<void> {
  auto made = storage::make_vault(options.encryption, [this](const std::string& what) {
    metrics.unreadable_texts.Increment();
    const std::lock_guard lock{complaint_mutex};
    if (complaint_pace.take(steady_clock::now())) spdlog::error("{}", what);
  });
  if (!made) return chat::unexpected{made.error()};
  texts = std::move(*made);
  const auto warning = storage::key_file_warning(options.encryption);
  if (!warning.empty()) spdlog::warn("{}", warning);
  if (texts->seals())
    spdlog::info("texts and local files are stored encrypted, with key {}",
                 texts->keys().write_key());
  return {};
}

/// Keys that do not fit the database are noticed now, not by those who read their history.
auto server::parts::check_texts() -> chat::expected<void> {
  auto store = storage::open_store(options.storage, texts);
  if (!store) return chat::unexpected{store.error()};
  auto readable = (*store)->check_texts();
  if (readable || readable.error().code == chat::errc::unavailable) return {};
  return readable;
}

/// @returns why not
auto server::parts::go_on_without(const chat::error& why) -> chat::expected<void> {
  if (why.code != chat::errc::unavailable) return chat::unexpected{why};
  spdlog::warn("the store does not answer, going on without it: {}", why.detail);
  return {};
}

auto server::parts::check_schema() -> chat::expected<void> {
  // Changes of the schema may take minutes: nobody waits so long for a database that is silent.
  // A login that is refused is no outage: a server that went on would wait for ever.
  const bool is_new = storage::is_new(options.storage);
  if (const auto usable = storage::check_access(probe_options(options.storage)); !usable)
    return go_on_without(usable.error());
  if (is_new) spdlog::info("there was no database: a new one is made, {}", options.storage.url);
  const bool may_migrate = storage::is_embedded(options.storage) || options.storage.migrate_on_start;
  if (may_migrate) {
    const auto applied = storage::migrate_up(options.storage);
    const auto warning = storage::database_file_warning(options.storage);
    if (!warning.empty()) spdlog::warn("{}", warning);
    if (!applied) return go_on_without(applied.error());
  }
  const auto known = storage::migration_status(options.storage);
  if (!known) return go_on_without(known.error());
  const auto version = storage::check_steps(*known);
  if (!version) return chat::unexpected{version.error()};
  schema = *version;
  return {};
}

auto server::parts::spawn_storage() -> chat::expected<void> {
  const auto open = [&] { return storage::open_store(options.storage, texts, shared); };
  const auto writers = storage::is_embedded(options.storage) ? 1 : options.storage.writers;
  for (std::size_t i = 0; i < writers; ++i) {
    auto store = open();
    if (!store) return chat::unexpected{store.error()};
    env.writers.push_back(actors::spawn_writer(*system, env, std::move(*store)));
  }
  actors::stores readers;
  for (std::size_t i = 0; i < options.storage.readers; ++i) {
    auto store = open();
    if (!store) return chat::unexpected{store.error()};
    readers.push_back(std::move(*store));
  }
  env.readers = actors::spawn_readers(*system, env, std::move(readers));
  auto store = open();
  if (!store) return chat::unexpected{store.error()};
  env.room_writer = actors::spawn_room_writer(*system, env, std::move(*store));
  return {};
}

auto server::parts::spawn_health() -> chat::expected<void> {
  auto probe = storage::open_store(probe_options(options.storage));
  if (!probe) return chat::unexpected{probe.error()};
  env.health = app::spawn_health(*system, env, {std::move(*probe), shared, store_ready});
  return {};
}

void server::parts::spawn_domain() {
  env.registry = system->spawn<actors::conversation_registry>(env);
  env.presence = system->spawn<actors::presence_actor>(env);
  env.profiles = system->spawn<actors::profiles_actor>(env);
  env.blocks = system->spawn<actors::blocks_actor>(env);
  for (std::size_t i = 0; i < options.auth.hash_threads; ++i)
    env.accounts.push_back(system->spawn<actors::accounts_actor, caf::detached>(env));
  env.jobs = system->spawn<actors::jobs_actor>(env);
  env.attachment_cleaner = system->spawn<actors::attachment_cleaner, caf::detached>(env);
}

void server::parts::spawn_networks() {
  for (std::uint16_t i = 0; i < options.http.threads; ++i) {
    auto& thread = *threads.emplace_back(std::make_unique<net::io_thread>(options));
    auto& host = *hosts.emplace_back(std::make_unique<net::asio_host>(*system, thread.io()));
    net::network_services ways{i, &options, &metrics, &env.clock, {}, {}};
    ways.charge_call = [this](const chat::user_id& who) { return actors::charge_call(env, who); };
    ways.spawn_session = [this, &host](const chat::caller& caller, const chat::profile& profile,
                                      net::session_kind kind) {
      using enum net::session_kind;
      return actors::spawn_session(
          *system, host, env,
          {caller, profile, kind != rest, kind == classic_hub});
    };
    const auto network =
        actors::spawn_resident<net::network_actor>(*system, host, thread.io(), std::move(ways));
    thread.attach(*network.object, network->metrics());
    env.lanes.push_back({&host, network.handle, actors::spawn_finder(*system, host, env),
                         actors::spawn_keeper(*system, host, env)});
  }
}

void server::parts::on_end_of(const char* name, const caf::error& why) {
  if (draining || has_failed.exchange(true)) return;
  spdlog::critical("{} ended, and the server with it: {}", name, system->render(why));
  on_fault();
}

auto server::has_failed() const -> bool { return parts_->has_failed; }

void server::reload(const config::options& fresh) {
  auto& p = *parts_;
  auto& metrics = p.metrics;
  const auto keep = [&](const chat::error& why) {
    metrics.reload_failures.Increment();
    spdlog::error("reload: {}; the old one stays", why.detail);
  };
  if (auto loaded = p.load_certificate(fresh.http); !loaded) keep(loaded.error());
  // Tokens of /auth/token are issued under the settings that the server started with.
  auto auth = fresh.auth;
  auth.hs256_secret = p.options.auth.hs256_secret;
  if (auto made = net::auth::verifier::make(auth, p.options.auth); !made) keep(made.error());
  else p.verifier = std::make_shared<const net::auth::verifier>(std::move(*made));
  spdlog::set_level(spdlog::level::from_str(fresh.log.level));
  auto limits = fresh.limits;
  limits.enabled = p.options.limits.enabled;  // the rates know of no reload
  p.counts->change_limits(limits);
}

auto server::stop() -> bool {
  auto& p = *parts_;
  if (!p.system || p.draining.exchange(true)) return true;
  const auto until = steady_clock::now() + milliseconds{p.options.drain_timeout_ms};
  p.last_resort = std::make_unique<hard_end>(until + hard_end_grace, [&p] {
    return std::to_string(p.env.backlog_rows) + " rows to store, " +
           std::to_string(p.system->registry().running()) + " actors to end";
  });
  p.drain_connections(until);
  p.drain_storage(until);
  const bool is_complete = p.env.backlog_rows == 0;
  p.end_actors();
  p.last_resort->enter("threads to end");
  for (auto& thread : p.threads) thread->stop();
  p.env.lanes.clear();  // connections may have used their network actors until here
  if (p.files) p.files->disk.join();
  return is_complete;
}

/// The listener stays open while hub connections end: /readyz says that the server goes, and a
/// client that polls can fetch its last words.
void server::parts::drain_connections(steady_clock::time_point until) {
  const milliseconds spread{options.drain_timeout_ms / 2};
  await_threads(until, [spread](net::io_thread& thread, auto done) {
    thread.drain(spread, std::move(done));
  });
  doors.close();
  await_threads(until, [](net::io_thread& thread, auto done) {
    thread.close_rest(std::move(done));
  });
}

/// Gives each io thread something to do, and waits until all have said that it is done.
void server::parts::await_threads(
    steady_clock::time_point until,
    const std::function<void(net::io_thread&, std::function<void()>)>& what) {
  std::vector<std::future<void>> all;
  for (auto& thread : threads) {
    const auto done = std::make_shared<std::promise<void>>();
    all.push_back(done->get_future());
    boost::asio::post(thread->io(), [&thread = *thread, what, done] {
      what(thread, [done] { done->set_value(); });
    });
  }
  for (auto& one : all) one.wait_until(until);
}

/// What was accepted reaches the store, then what was written behind.
void server::parts::drain_storage(steady_clock::time_point until) {
  env.backlog_emptied.wait_until(until, [this] { return env.backlog_rows == 0; });
  if (env.backlog_rows > 0)
    spdlog::warn("{} rows could not be stored before the drain timeout", env.backlog_rows.load());
  actors::settle_all(*system, env, until);
}

void server::parts::end_actors() {
  using caf::exit_reason;
  std::vector<caf::actor> all{env.registry, env.presence,           env.profiles,    env.blocks,
                              env.jobs,     env.attachment_cleaner, env.room_writer, env.readers, env.health};
  for (const auto* some : {&env.writers, &env.accounts})
    all.insert(all.end(), some->begin(), some->end());
  for (const auto& lane : env.lanes)
    all.insert(all.end(), {lane.network, lane.finder.handle, lane.keeper.handle});
  for (const auto& one : all) caf::anon_send_exit(one, exit_reason::user_shutdown);
  all.clear();
  system->await_all_actors_done();  // until then they use the handles below
  env.registry = env.presence = env.profiles = env.blocks = env.jobs = nullptr;
  env.attachment_cleaner = env.room_writer = env.readers = env.health = nullptr;
  for (auto& lane : env.lanes) lane = {nullptr, lane.network};
  env.writers.clear();
  env.accounts.clear();
}

}  // namespace parley::app
