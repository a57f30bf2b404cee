#include "app/service_manager.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>

#include "tests/support/temporary_folder.hpp"

using namespace parley;

namespace {

/// A service manager: a datagram socket at a path, or at a name that is no file ("@...").
class manager {
 public:
  explicit manager(const std::string& path) : socket_(socket(AF_UNIX, SOCK_DGRAM, 0)) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    std::memcpy(at.sun_path, path.data(), path.size());
    if (path.front() == '@') at.sun_path[0] = '\0';
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    REQUIRE(bind(socket_, reinterpret_cast<const sockaddr*>(&at), length) == 0);
    setenv("NOTIFY_SOCKET", path.c_str(), 1);
  }
  ~manager() {
    unsetenv("NOTIFY_SOCKET");
    close(socket_);
  }
  manager(const manager&) = delete;
  auto operator=(const manager&) -> manager& = delete;

  auto heard() const -> std::string {
    std::array<char, 256> bytes{};
    const auto size = recv(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT);
    return size < 0 ? "nothing" : std::string{bytes.data(), static_cast<std::size_t>(size)};
  }

 private:
  int socket_;
};

}  // namespace

TEST_CASE("the service manager is told at its socket", "[app][systemd]") {
  const test::temporary_folder folder;
  const manager one{(folder.path() / "notify").string()};
  app::tell_service_manager("READY=1");
  app::tell_service_manager("STOPPING=1");
  CHECK(one.heard() == "READY=1");
  CHECK(one.heard() == "STOPPING=1");
  CHECK(one.heard() == "nothing");
}

TEST_CASE("the service manager's socket may be no file", "[app][systemd]") {
  const manager one{"@parley-test-" + std::to_string(getpid())};
  app::tell_service_manager("READY=1");
  CHECK(one.heard() == "READY=1");
}

TEST_CASE("without a service manager, or one that is gone, nothing happens", "[app][systemd]") {
  app::tell_service_manager("READY=1");
  const auto too_long = "/" + std::string(sizeof(sockaddr_un::sun_path), 'x');
  for (const auto& path : {std::string{}, std::string{"/"}, std::string{"/nowhere/at-all"}, too_long}) {
    setenv("NOTIFY_SOCKET", path.c_str(), 1);
    app::tell_service_manager("READY=1");
  }
  unsetenv("NOTIFY_SOCKET");
  SUCCEED("it came back");
}
