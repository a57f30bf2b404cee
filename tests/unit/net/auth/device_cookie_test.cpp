#include "net/auth/device_cookie.hpp"

#include <catch2/catch.hpp>

using namespace parley;
using namespace parley::net::auth;

namespace {

const std::string secret = "0123456789abcdef0123456789abcdef";
const device_claim claim{{"ada;lovelace, \"1"}, {*chat::parse_uuid("0193a000-0000-7000-8000-000000000001"), 7}};

}  // namespace

TEST_CASE("a cookie says who, which browser and which exchange, and nothing else", "[auth][device]") {
  const auto text = write_device(secret, claim);
  CHECK(read_device(secret, text) == claim);
  CHECK(write_device(secret, claim) == text);
  CHECK(text.find_first_of(" ;,\"\\") == std::string::npos);
  CHECK(text.size() <= max_device_cookie_bytes);
  const device_claim longest{{std::string(64, '~')}, {claim.device.id, ~std::uint64_t{0}}};
  CHECK(read_device(secret, write_device(secret, longest)) == longest);
}

TEST_CASE("a cookie that anybody changed, or made, says nothing", "[auth][device]") {
  const auto text = write_device(secret, claim);
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto changed = text;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CHECK_FALSE(read_device(secret, changed));
  }
  CHECK_FALSE(read_device("another secret of at least 32 bytes!", text));
  for (const auto& other : {std::string{}, std::string{"."}, std::string{"..."}, text + "A", text + ".",
                            "." + text, text.substr(0, text.rfind('.')), std::string(10'000, '.')})
    CHECK_FALSE(read_device(secret, other));
}
