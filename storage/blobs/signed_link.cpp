#include "storage/blobs/signed_link.hpp"

#include <charconv>

#include "storage/blobs/hmac.hpp"

namespace parley::storage::blobs {
namespace {

template <class Number>
auto number(const std::string& text) -> std::optional<Number> {
  Number value{};
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

auto parameter(std::string_view name, std::string_view value) -> std::string {
  return std::string{name} + "=" + percent_encode(value);
}

}  // namespace

auto link_signer::signature_of(const signed_link& link) const -> std::string {
  const auto& f = link.file;
  // No part holds a line feed, so that no two links make the same text.
  const auto text = std::string{link.is_upload ? "PUT" : "GET"} + '\n' + to_string(f.id) + '\n' +
                    std::to_string(link.expires_s) + '\n' + std::to_string(f.size) + '\n' +
                    f.content_type + '\n' + f.file_name + '\n' + link.owner;
  return hex(view(hmac_sha256(key_, text)));
}

auto link_signer::owner_of(const chat::user_id& user) const -> std::string {
  return hex(view(hmac_sha256(key_, "owner\n" + user.value)).substr(0, 12));
}

auto link_signer::path_of(const signed_link& link) const -> std::string {
  const auto& f = link.file;
  auto path = std::string{link_root} + to_string(f.id) + "?" +
              parameter("expires", std::to_string(link.expires_s)) + "&" +
              parameter("size", std::to_string(f.size)) + "&" + parameter("type", f.content_type) +
              "&" + parameter("name", f.file_name);
  if (!link.owner.empty()) path += "&" + parameter("owner", link.owner);
  return path + "&" + parameter("signature", signature_of(link));
}

auto link_signer::read(bool is_upload, const chat::uuid& id,
                       const std::unordered_map<std::string, std::string>& query) const
    -> std::optional<signed_link> {
  const auto text = [&](const char* name) {
    const auto at = query.find(name);
    return at == query.end() ? std::string{} : at->second;
  };
  const auto expires = number<std::int64_t>(text("expires"));
  const auto size = number<std::uint64_t>(text("size"));
  if (!expires || !size) return std::nullopt;
  signed_link link{is_upload, {id, text("name"), text("type"), *size, {}}, text("owner"), *expires};
  if (!are_equal(signature_of(link), text("signature"))) return std::nullopt;
  return link;
}

}  // namespace parley::storage::blobs
