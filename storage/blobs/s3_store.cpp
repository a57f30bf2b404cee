#include "storage/blobs/s3_store.hpp"

#include <spdlog/spdlog.h>

#include "storage/blobs/file_name.hpp"
#include "storage/blobs/hmac.hpp"

namespace parley::storage::blobs {
namespace {

/// "20130524T000000Z"
auto basic_iso8601(chat::timestamp at) -> std::string {
  std::string text;
  for (const char c : chat::to_iso8601(at).substr(0, 19))
    if (c != '-' && c != ':') text += c;
  return text + 'Z';
}

auto join_query(const std::map<std::string, std::string>& query) -> std::string {
  std::string text;
  for (const auto& [name, value] : query)
    text += (text.empty() ? "" : "&") + percent_encode(name) + "=" + percent_encode(value);
  return text;
}

auto signing_key(const std::string& secret, std::string_view date, std::string_view region)
    -> digest {
  auto key = hmac_sha256("AWS4" + secret, date);
  for (const auto part : {region, std::string_view{"s3"}, std::string_view{"aws4_request"}})
    key = hmac_sha256(view(key), part);
  return key;
}

}  // namespace

s3_store::s3_store(config::attachment_options options) : options_(std::move(options)) {
  const auto& endpoint = options_.s3_endpoint;
  const auto host_at = endpoint.find("://") + 3;
  scheme_ = endpoint.substr(0, host_at);
  host_ = (options_.s3_path_style ? "" : options_.s3_bucket + ".") + endpoint.substr(host_at);
  root_ = options_.s3_path_style ? "/" + percent_encode(options_.s3_bucket) + "/" : "/";
}

auto s3_store::presign(const presigned& what) const -> std::string {
  auto headers = what.headers;
  headers["host"] = host_;
  std::string header_lines;
  std::string header_names;
  for (const auto& [name, value] : headers) {
    header_lines += name + ":" + value + "\n";
    header_names += (header_names.empty() ? "" : ";") + name;
  }
  const auto moment = basic_iso8601(what.now);
  const auto date = moment.substr(0, 8);
  const auto scope = date + "/" + options_.s3_region + "/s3/aws4_request";
  auto query = what.query;
  query["X-Amz-Algorithm"] = "AWS4-HMAC-SHA256";
  query["X-Amz-Credential"] = options_.s3_access_key + "/" + scope;
  query["X-Amz-Date"] = moment;
  query["X-Amz-Expires"] = std::to_string(what.lifetime_s);
  query["X-Amz-SignedHeaders"] = header_names;
  const auto path = root_ + percent_encode(what.key, '/');
  const auto joined = join_query(query);
  const auto request = what.method + "\n" + path + "\n" + joined + "\n" + header_lines + "\n" +
                       header_names + "\nUNSIGNED-PAYLOAD";
  const auto text =
      "AWS4-HMAC-SHA256\n" + moment + "\n" + scope + "\n" + hex(view(sha256(request)));
  const auto key = signing_key(options_.s3_secret_key, date, options_.s3_region);
  return scheme_ + host_ + path + "?" + joined +
         "&X-Amz-Signature=" + hex(view(hmac_sha256(view(key), text)));
}

/// The length is signed: S3 takes exactly what was announced.
auto s3_store::upload_url(const chat::attachment& what, const chat::user_id&,
                          chat::timestamp now) const -> std::string {
  return presign({"PUT",
                  to_string(what.id),
                  {},
                  {{"content-length", std::to_string(what.size)}},
                  now,
                  options_.url_lifetime_s});
}

/// Name and type come from the message, whatever the upload said.
auto s3_store::download_url(const chat::attachment& what, chat::timestamp now) const
    -> std::string {
  return presign({"GET",
                  to_string(what.id),
                  {{"response-content-disposition", content_disposition(what.file_name)},
                   {"response-content-type", what.content_type}},
                  {},
                  now,
                  options_.url_lifetime_s});
}

auto s3_store::remove(const chat::uuid& id) -> bool {
  spdlog::info("unused object {}/{}: no message names it", options_.s3_bucket, to_string(id));
  return true;
}

}  // namespace parley::storage::blobs
