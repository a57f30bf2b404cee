#include "app/ctl/secret_input.hpp"

#include <sys/random.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <istream>
#include <ostream>
#include <stdexcept>

#include "chat/accounts.hpp"

namespace parley::app::ctl {
namespace {

using chat::errc;
using chat::unexpected;

/// While it lives the terminal does not show what is typed.
class hidden_typing {
 public:
  hidden_typing() {
    is_changed_ = tcgetattr(STDIN_FILENO, &before_) == 0;
    auto quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    if (is_changed_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  }
  ~hidden_typing() {
    if (is_changed_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  hidden_typing(const hidden_typing&) = delete;
  auto operator=(const hidden_typing&) -> hidden_typing& = delete;

 private:
  termios before_{};
  bool is_changed_ = false;
};

auto ask(const streams& io, const char* prompt) -> std::string {
  if (io.asks) io.complaints << prompt << std::flush;
  std::string line;
  std::getline(io.in, line);
  if (io.asks) io.complaints << '\n';
  return line;
}

}  // namespace

auto read_password(const streams& io) -> chat::expected<std::string> {
  std::optional<hidden_typing> hidden;
  if (io.asks) hidden.emplace();
  auto password = ask(io, "password: ");
  if (password.empty())
    return unexpected{errc::bad_request, "no password: it is the first line of the standard input"};
  if (auto fine = chat::check_password(password); !fine) return unexpected{fine.error()};
  if (io.asks && ask(io, "once more: ") != password)
    return unexpected{errc::bad_request, "the two passwords differ"};
  return password;
}

auto random_password() -> std::string {
  constexpr std::string_view letters = "abcdefghjkmnpqrstuvwxyz23456789-";  // 32: five bits each
  std::array<unsigned char, 20> bytes{};
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    throw std::runtime_error{"the system has no random bytes"};
  std::string password;
  for (const auto byte : bytes) password += letters[byte % letters.size()];
  return password;
}

}  // namespace parley::app::ctl
