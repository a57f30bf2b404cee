// Input: a letter, and behind it
//   t  a token as it is
//   h  r  e  d   header, line end, claims: signed by a key of the verifier (HS256, RS256, ES256, EdDSA)
//   x  the same, signed by a secret that is not the verifier's
//   k  the same, with the text of a public key as HS256's secret
//   m  the same as h, with one bit of the token turned

#include <nlohmann/json.hpp>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>

#include "net/auth/base64url.hpp"
#include "net/auth/jwt.hpp"
#include "net/auth/strict_json.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/unit/net/auth/signer.hpp"

using namespace parley;
using namespace parley::fuzz;
using namespace parley::net::auth;
using nlohmann::json;

namespace {

const std::string secret = "0123456789abcdef0123456789abcdef";
const std::string foreign = "fedcba9876543210fedcba9876543210";
constexpr chat::timestamp now{1'704'110'400'000};
constexpr double now_s = 1'704'110'400;

/// The keys of the verifier, and the verifier itself.
struct world {
  signer rsa = signer::rsa(2'048);
  signer ec = signer::ec("P-256");
  signer ed = signer::ed25519(std::string(32, '\x07'));
  config::auth_options options;
  verifier judge = make();

  auto make() -> verifier {
    const auto folder = std::filesystem::temp_directory_path() /
                        ("parley-fuzz-jwt-" + std::to_string(::getpid()));
    std::filesystem::create_directory(folder);
    options.hs256_secret = secret;
    options.issuer = "issuer";
    for (const auto* key : {&rsa, &ec, &ed}) {
      const auto path = folder / (std::to_string(options.public_keys.size()) + ".pem");
      std::ofstream{path} << key->public_pem();
      options.public_keys.push_back((key == &ed ? "ed=" : "") + path.string());
    }
    auto made = verifier::make(options);
    std::filesystem::remove_all(folder);
    must(made.has_value(), "the keys are good");
    return std::move(*made);
  }
};

auto the_world() -> world& {
  static world made;
  return made;
}

/// Judged by a reader that knows nothing of the verifier's.
void check_claims(std::string_view text, const identity& who) {
  const auto claims = json::parse(text, nullptr, false);
  must(claims.is_object(), "claims are an object");
  const auto number = [&](const char* name) {
    return claims.contains(name) && claims[name].is_number()
               ? claims[name].get<double>()
               : std::numeric_limits<double>::quiet_NaN();
  };
  constexpr double skew = 30;
  must(number("exp") + skew > now_s, "a token is accepted before it has expired");
  must(!claims.contains("nbf") || number("nbf") - skew <= now_s, "and from its nbf on");
  must(!claims.contains("iat") || !std::isnan(number("iat")), "iat is a number");
  must(claims["sub"] == who.profile.user.value && chat::is_visible_ascii_id(who.profile.user.value),
       "who came is who the token names");
  must(claims["iss"] == "issuer", "the issuer is ours");
  for (const auto& field : {who.profile.first_name, who.profile.last_name,
                            who.profile.display_name, who.profile.picture_url})
    must(chat::check_name(field, 1'024).has_value(), "a profile is plain text");
}

/// Is the last part a signature of the first two by one of our keys, as the header says?
auto is_genuine(std::string_view token) -> bool {
  const auto& [rsa, ec, ed, options, judge] = the_world();
  const auto dot = token.rfind('.');
  const auto text = token.substr(0, dot);
  const auto header = base64url_decode(text.substr(0, text.find('.')));
  const auto signature = base64url_decode(token.substr(dot + 1));
  if (!header || !signature) return false;
  const auto head = json::parse(*header, nullptr, false);
  const auto alg = head.value("alg", "");
  // ES256 signs differently each time: those are told by the mode that made them.
  if (alg == "HS256") {
    const auto whole = hs256_token(secret, *header, base64url_decode(text.substr(text.find('.') + 1)).value_or(""));
    return whole == token;
  }
  return alg == "RS256" ? rsa.sign(text) == *signature : alg == "EdDSA" && ed.sign(text) == *signature;
}

auto verified(std::string_view token) -> bool {
  refusal why{};
  const auto who = the_world().judge.verify(token, now, &why);
  must(who.has_value() == (why == refusal::none), "a refusal has a reason");
  if (!who) {
    must(who.error().detail == "the token is not valid", "every refusal sounds alike");
    return false;
  }
  const auto body = token.substr(token.find('.') + 1);
  check_claims(base64url_decode(body.substr(0, body.find('.'))).value_or(""), *who);
  return true;
}

auto signed_by(char mode, const std::string& header, const std::string& claims) -> std::string {
  const auto& of = the_world();
  switch (mode) {
    case 'r': return of.rsa.token(header, claims);
    case 'e': return of.ec.token(header, claims);
    case 'd': return of.ed.token(header, claims);
    case 'x': return hs256_token(foreign, header, claims);
    case 'k': return hs256_token(of.rsa.public_pem(), header, claims);
    default: return hs256_token(secret, header, claims);
  }
}

/// A token turned in one bit is none, unless the bit says nothing of it.
void check_turned(std::string token, std::string_view input) {
  dice roll{input};
  const auto at = roll.up_to(token.size() - 1);
  token[at] = static_cast<char>(token[at] ^ (1 << roll.up_to(6)));
  must(!verified(token), "a token that was changed is refused");
}

void check_made(char mode, std::string_view rest) {
  const auto line = rest.find('\n');
  const std::string header{rest.substr(0, line)};
  const std::string claims{line == rest.npos ? "" : rest.substr(line + 1)};
  const auto token = signed_by(mode, header, claims);
  if (mode == 'm') return check_turned(token, rest);
  const bool accepted = verified(token);
  if (!accepted) return;
  must(mode != 'x' && mode != 'k', "only our keys sign");
  const auto alg = json::parse(header, nullptr, false).value("alg", "");
  must(alg == (mode == 'r' ? "RS256" : mode == 'e' ? "ES256" : mode == 'd' ? "EdDSA" : "HS256"),
       "a token is signed as it says");
}

void check_strict_json(std::string_view text) {
  const auto read = parse_object(text);
  if (!read) return;
  std::vector<std::set<std::string>> open;
  const auto watch = [&](int, json::parse_event_t what, json& value) {
    if (what == json::parse_event_t::object_start) open.emplace_back();
    if (what == json::parse_event_t::object_end) open.pop_back();
    if (what == json::parse_event_t::key)
      must(open.back().insert(value.get<std::string>()).second, "no key comes twice");
    return true;
  };
  must(json::parse(text, watch, false) == *read, "claims are read as everybody reads them");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = text_of(data, size);
  must(base64url_decode(base64url_encode(input)) == input, "base64url comes back");
  if (const auto bytes = base64url_decode(input))
    must(base64url_encode(*bytes) == input, "base64url has one spelling");
  if (input.empty()) return 0;
  const auto rest = input.substr(1);
  check_strict_json(rest.substr(rest.find('\n') + 1));
  if (std::string_view{"hredxkm"}.find(input[0]) != std::string_view::npos)
    check_made(input[0], rest);
  else if (verified(rest))
    must(is_genuine(rest), "a token is signed by one of our keys");
  return 0;
}
