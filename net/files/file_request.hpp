#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <optional>

#include "net/endpoint/services.hpp"
#include "net/http/origin.hpp"
#include "net/io/io_thread.hpp"

namespace parley::net::files {

/// A request to a link of the local store and what goes on with it. The body of a PUT is not read
/// yet; another's was, and nobody wants it.
struct file_exchange {
  io_thread& thread;
  stream wire;
  const http_services& services;  ///< files is not null
  http_request head;
  boost::beast::flat_buffer buffer;  ///< what was read behind the header, or behind the body
  origin_verdict origin;
  bool keep_alive = true;
  std::string client;  ///< who asks: peer::client_of()
};

/// Is this path below /messaging/attachments/?
auto is_file_path(std::string_view path) -> bool;

/// The link a request names, or the refusal: 404 for what is no id, 403 for a signature that does
/// not fit or has expired.
struct link_or_refusal {
  storage::blobs::signed_link link;
  std::optional<http_response> refusal;
};
auto check_link(const http_request& head, const file_service& files, chat::timestamp now)
    -> link_or_refusal;

/// 503 or 429, or nothing when `slot` was taken, of `services.files`' uploads or downloads.
auto take_slot(const http_services& services, bool is_upload, const std::string& owner,
               const chat::uuid& file, transfer_slots::slot& slot)
    -> std::optional<http_response>;

auto refusal_of(storage::blobs::file_error why) -> http_response;

/// PUT. Takes exactly the bytes that were announced, in pieces of 64 KiB, and answers 200 when they
/// are on disk; a file that did not come whole leaves nothing behind.
/// Errors: 400 another length than announced, 403, 404, 408 too slow, 409 uploaded already, 411 no
/// length, 413 over attachments.max_bytes, 429 too many uploads of one user, 503 too many in all, 507
/// disk full.
void serve_upload(file_exchange request);

/// GET and HEAD, whole or one Range; 64 KiB in memory, three times that while a sealed piece is
/// opened. The first bytes are read before the head is sent; a file that fails after that is cut.
/// Errors: 403, 404, 416, 429 too many downloads of one address, 500 it cannot be decrypted, 503 too
/// many of this file, or in all.
void serve_download(file_exchange request);

}  // namespace parley::net::files
