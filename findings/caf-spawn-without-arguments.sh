#!/usr/bin/env bash
# CAF 0.17.6: an actor spawned from a function without arguments binds a reference to nothing
#
# Seen with   libcaf-core0.17 and libcaf-dev 0.17.6-2.1+b1 of Debian 12, clang 16, libstdc++ 12
# Input       system.spawn(f) with f a lambda that captures what it needs, as the manual does it; built
#             with -fsanitize=undefined.
# One guesses that the sanitizer has nothing to say, as for the same lambda with one argument handed to
#             spawn().
# It does     report a reference bound to a null pointer in shared_ptr_base.h, from
#             caf/detail/init_fun_factory.hpp: without arguments there is no tuple of them, and its
#             shared_ptr is dereferenced all the same. The actor works; the reference is never read.
# So          a program whose tests run under this sanitizer hands such an actor what it needs as arguments.
set -euo pipefail
work=$(mktemp -d) && chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq libcaf-core0.17=0.17.6-2.1+b1 libcaf-dev=0.17.6-2.1+b1
for package in ./*.deb; do dpkg -x "$package" root; done
libraries=$(dirname "$(find root -name 'libcaf_core.so.0.17.6')")

cat >spawn.cpp <<'CPP'
#include <caf/all.hpp>
#include <cstdio>
#include <string>

int main(int count, char**) {
  caf::actor_system_config config;
  caf::actor_system system{config};
  if (count > 1)
    system.spawn([](caf::event_based_actor*, int n) { std::printf("said %d\n", n); }, 1);
  else
    system.spawn([n = 1](caf::event_based_actor*) { std::printf("said %d\n", n); });
}
CPP
"${CXX:-clang++-16}" -std=c++17 -O1 -fsanitize=undefined -fno-sanitize=vptr,function \
  -isystem root/usr/include spawn.cpp "$libraries/libcaf_core.so.0.17.6" -Wl,-rpath,"$work/$libraries" -o spawn

stated="captured: said 1, reference binding to null pointer of type 'element_type' (aka 'std::tuple<>')
as an argument: said 1, nothing"
seen=$(
  one() {
    local said
    said=$(./spawn "${@:2}" 2>errors)
    printf '%s: %s, %s\n' "$1" "$said" \
      "$(grep -o 'reference binding to null pointer of type.*' errors || echo nothing)"
  }
  one captured
  one "as an argument" given
)
diff <(echo "$stated") <(echo "$seen") && echo "as stated"
