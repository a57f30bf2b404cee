#!/usr/bin/env bash
# g++ 12.2: a variable has no value after a call that was assigned to it has thrown
#
# Seen with   g++-12 12.2.0-14+deb12u1 of Debian 12, -O1 and -O2; not with -O0, nor with clang++-16
# Input       A small trivially copyable class that wraps another of 16 bytes, which are zero by
#             `bytes{}`. `first` is made without a value of its own; within `try` the result of a call is
#             assigned to it; the call throws, the exception is caught, and `first` is read.
# One guesses that it is zero: nothing was assigned.
# It does     hold whatever lay on the stack: the zeros were taken for dead, as the assignment follows.
# So          return from the `try` instead of assigning within it: a function that gives the value or,
#             in its handler, another.
set -euo pipefail
work=$(mktemp -d) && chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
cd "$work"
version=12.2.0-14+deb12u1
apt-get download -qq {g++-12,gcc-12,cpp-12,libgcc-12-dev,libstdc++-12-dev}="$version" 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" root; done

cat >value.cpp <<'CPP'
#include <array>
#include <cstdint>
#include <cstdio>
#include <stdexcept>

struct uuid {
  std::array<std::uint8_t, 16> bytes{};
};
struct message_id {
  uuid value;
};

[[gnu::noinline]] auto take(int count) -> message_id {
  if (count > 0) throw std::runtime_error{"refused"};
  return {};
}

[[gnu::noinline]] auto first_of(int count) -> message_id {
  message_id first;
  try {
    first = take(count);
  } catch (const std::runtime_error&) {
  }
  return first;
}

[[gnu::noinline]] auto sum_of(int count) -> int {
  int sum = 0;
  for (const auto byte : first_of(count).value.bytes) sum += byte;
  return sum;
}

[[gnu::noinline]] void use_stack() {
  volatile unsigned char used[256];
  for (auto& byte : used) byte = 7;
}

int main(int count, char**) {
  use_stack();
  std::puts(sum_of(count) == 0 ? "zero" : "not zero");
}
CPP
seen=
for level in -O0 -O1 -O2; do
  root/usr/bin/g++-12 -std=c++20 "$level" value.cpp -o value
  seen+="$level: $(./value)"$'\n'
done
stated='-O0: zero
-O1: not zero
-O2: not zero
'
printf '%s' "$seen"
[ "$seen" = "$stated" ] || { echo "this has changed"; exit 1; }
