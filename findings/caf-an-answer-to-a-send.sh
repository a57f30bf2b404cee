#!/usr/bin/env bash
# CAF 0.17.6: who answers a message that was merely sent is ended by it
#
# Seen with   libcaf-core0.17 and libcaf-dev 0.17.6-2.1+b1 of Debian 12, g++ 12
# Input       One actor sends another a message with send(), not request(), and has no handler for what
#             may come back. The other makes a response promise for each message, as for those of
#             request(), and delivers an atom.
# One guesses that the answer is dropped, as nobody asked for it.
# It does     arrive as a message of its own. The sender's default handler prints it and answers with the
#             error unexpected_message; the default error handler of the one who answered ends it.
# So          who serves both kinds needs an error handler; who wants no answer uses anon_send().
set -euo pipefail
work=$(mktemp -d) && chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq libcaf-core0.17=0.17.6-2.1+b1 libcaf-dev=0.17.6-2.1+b1 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" root; done
libraries=$(dirname "$(find root -name 'libcaf_core.so.0.17.6')")

cat >answers.cpp <<'CPP'
#include <caf/all.hpp>
#include <cstdio>
#include <string>

using ask = caf::atom_constant<caf::atom("ask")>;
using ok = caf::atom_constant<caf::atom("ok")>;

/// Ends when `mode` of asking is over, and says how.
auto how_it_ends(caf::actor_system& system, const std::string& mode) -> std::string {
  caf::scoped_actor me{system};
  const auto serving = me->spawn<caf::monitored>([mode](caf::event_based_actor* self, bool handles) {
    if (handles) self->set_error_handler([](caf::error&) {});
    return caf::behavior{[self](ask) { self->make_response_promise().deliver(ok::value); }};
  }, mode == "send, with an error handler");
  const auto asking = system.spawn([](caf::event_based_actor* self, caf::actor to, std::string how) {
    if (how == "request") self->request(to, caf::infinite, ask::value).then([](ok) {});
    else if (how == "anon_send") caf::anon_send(to, ask::value);
    else self->send(to, ask::value);
    return caf::behavior{[](int) {}};
  }, serving, mode);
  std::string end = "it serves on";
  me->receive([&](caf::down_msg& down) { end = "it ends: " + system.render(down.reason); },
              caf::after(std::chrono::seconds(1)) >> [] {});
  caf::anon_send_exit(serving, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(asking, caf::exit_reason::user_shutdown);
  return end;
}

int main() {
  caf::actor_system_config config;
  caf::actor_system system{config};
  for (const auto* mode : {"request", "anon_send", "send", "send, with an error handler"})
    std::printf("%s: %s\n", mode, how_it_ends(system, mode).c_str());
}
CPP
"${CXX:-g++}" -std=c++17 -O1 -isystem root/usr/include answers.cpp "$libraries/libcaf_core.so.0.17.6" \
  -Wl,-rpath,"$work/$libraries" -pthread -o answers

stated="request: it serves on
anon_send: it serves on
send: it ends: system_error(unexpected_message)
send, with an error handler: it serves on"
seen=$(./answers | grep -v '^\*\*\*')
diff <(echo "$stated") <(echo "$seen") && echo "as stated"
