// The server behind the functional tests: the hub layer and the transports of parleyd without chat.
//   functional_hub [PORT]     0, or none: a free one. Prints its address; ends when stdin does.

#include <cstdio>
#include <iostream>
#include <memory>
#include <vector>

#include "net/front/listener.hpp"
#include "tests/functional_hub/functional_site.hpp"

namespace {

using namespace parley;

/// No sessions: the hubs here ask nothing of chat.
class host final : public net::connection_host {
 public:
  explicit host(const config::options& options) : options_(options) {}
  auto open_hub_session(net::event_listener&, const chat::profile&) -> std::uint64_t override {
    return ++last_key_;
  }
  auto open_rest_session(net::asker&, const chat::profile&) -> std::uint64_t override {
    return ++last_key_;
  }
  void execute(std::uint64_t, std::uint64_t, chat::request, std::string) override {}
  void close_session(std::uint64_t, bool) override {}
  auto options() const -> const config::options& override { return options_; }
  auto metrics() const -> telemetry::metrics& override { return metrics_; }
  auto clock() const -> const chat::clock& override { return chat::system_clock(); }

 private:
  const config::options& options_;
  mutable telemetry::metrics metrics_;
  std::uint64_t last_key_ = 0;
};

auto settings() -> config::options {
  config::options options;
  options.hub.detailed_errors = true;
  options.limits.enabled = false;
  options.auth.accounts = true;
  options.auth.hs256_secret = "the secret of the functional tests, long enough for HS256";
  options.auth.token_lifetime_s = 5;
  options.auth.clock_skew_s = 0;
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = settings();
  auto made = net::auth::verifier::make(options.auth);
  if (!made) return std::fprintf(stderr, "%s\n", made.error().detail.c_str()), 1;
  const auto shared = std::make_shared<const net::auth::verifier>(std::move(*made));
  const std::atomic<std::shared_ptr<const net::auth::verifier>> verifier{shared};
  const functional::functional_site site{options, *shared};
  host here{options};
  net::http_transports transports;
  net::signalr::negotiations negotiations{
      std::chrono::milliseconds{options.hub.disconnect_timeout_ms}, 1'000};
  const auto counts = std::make_shared<net::connection_counts>(options.limits);
  std::atomic<bool> draining{false};
  std::atomic<bool> store_ready{true};
  net::login_limits logins{options.limits};
  const net::http_services services{
      .verifier = verifier, .negotiations = negotiations, .counts = *counts, .logins = logins,
      .transports = transports, .metrics = here.metrics(), .draining = draining,
      .store_ready = store_ready, .site = &site};
  std::vector<std::unique_ptr<net::io_thread>> threads;
  auto& thread = *threads.emplace_back(std::make_unique<net::io_thread>(options));
  thread.attach(here);
  net::listener listener{threads, services};
  const auto port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 0);
  if (auto open = listener.open("127.0.0.1", port); !open)
    return std::fprintf(stderr, "%s\n", open.error().detail.c_str()), 1;
  thread.start();
  std::printf("http://127.0.0.1:%u\n", static_cast<unsigned>(listener.port()));
  std::fflush(stdout);
  while (std::cin.get() != EOF) {
  }
  thread.stop();
  return 0;
}
