#include "config/keys.hpp"

#include <algorithm>
#include <array>

#include "config/value.hpp"

namespace parley::config {
namespace {

template <auto Section, auto Member>
auto in(options& o) -> slot {
  return &((o.*Section).*Member);
}
template <auto Member>
auto top(options& o) -> slot {
  return &(o.*Member);
}

constexpr range none{};
constexpr range millis{1, 3'600'000};  // up to an hour
constexpr range count{0, 10'000'000};
constexpr double kib = 1024;
constexpr double mib = 1024 * kib;

constexpr std::array table{
    key{"delivery", top<&options::delivery>, none,
        "When members see a message: after its commit, or at once. The sender's answer is always\n"
        "after it.",
        "stored|immediate"},
    key{"drain_timeout_ms", top<&options::drain_timeout_ms>, millis,
        "SIGTERM to exit at the latest."},

    key{"http.address", in<&options::http, &http_options::address>, none,
        "Address to bind; 0.0.0.0 or :: for every interface."},
    key{"http.port", in<&options::http, &http_options::port>, {0, 65'535},
        "TCP port; 0 picks a free one, which is printed."},
    key{"http.threads", in<&options::http, &http_options::threads>, {1, 64},
        "Io threads, each owning the connections it accepted."},
    key{"http.allowed_origins", in<&options::http, &http_options::allowed_origins>, none,
        "Browser origins that may call, e.g. \"https://chat.example.com\". Same-origin and\n"
        "non-browser clients need no entry."},
    key{"http.public_origin", in<&options::http, &http_options::public_origin>, none,
        "Where browsers find this server behind a proxy, e.g. \"https://chat.example.com\". Its pages\n"
        "are then the only ones of the same origin. Empty: those whose Origin names the Host."},
    key{"http.max_header_bytes", in<&options::http, &http_options::max_header_bytes>,
        {kib, 64 * kib}, "Bytes of request line and headers."},
    key{"http.max_body_bytes", in<&options::http, &http_options::max_body_bytes>, {kib, 16 * mib},
        "Bytes of a JSON body."},
    key{"http.max_url_bytes", in<&options::http, &http_options::max_url_bytes>, {256, 64 * kib},
        "Bytes of path and query; the values of access_token and userIds do not count."},
    key{"http.max_body_nodes", in<&options::http, &http_options::max_body_nodes>, {16, 1'000'000},
        "Values in a JSON body."},
    key{"http.header_timeout_ms", in<&options::http, &http_options::header_timeout_ms>, millis,
        "A request, its JSON body included, must be complete in this time."},
    key{"http.idle_timeout_ms", in<&options::http, &http_options::idle_timeout_ms>, millis,
        "An idle keep-alive connection is closed after this time."},
    key{"http.docs", in<&options::http, &http_options::docs>, none,
        "/docs, /docs/openapi.json and /docs/asyncapi.json, without a token."},
    key{"http.tls_certificate", in<&options::http, &http_options::tls_certificate>, none,
        "PEM file with the certificate and its chain; with http.tls_key the listener speaks TLS\n"
        "only. Both are read again at SIGHUP.", {}, secrecy::none, true},
    key{"http.tls_key", in<&options::http, &http_options::tls_key>, none,
        "PEM file with the private key of the certificate.", {}, secrecy::none, true},
    key{"http.tls_handshake_timeout_ms",
        in<&options::http, &http_options::tls_handshake_timeout_ms>, millis,
        "A TLS handshake must be complete in this time."},

    key{"hub.keep_alive_ms", in<&options::hub, &hub_options::keep_alive_ms>, millis,
        "A ping goes out after this time without other traffic to the client."},
    key{"hub.client_timeout_ms", in<&options::hub, &hub_options::client_timeout_ms>, millis,
        "A client that pinged once and is silent for this long is gone."},
    key{"hub.handshake_timeout_ms", in<&options::hub, &hub_options::handshake_timeout_ms>, millis,
        "The handshake must be complete in this time."},
    key{"hub.disconnect_timeout_ms", in<&options::hub, &hub_options::disconnect_timeout_ms>,
        millis,
        "A negotiated id that no transport uses, and a client that does not poll, is forgotten "
        "after this time."},
    key{"hub.poll_timeout_ms", in<&options::hub, &hub_options::poll_timeout_ms>, millis,
        "A long poll with nothing to say is answered after this time."},
    key{"hub.max_record_bytes", in<&options::hub, &hub_options::max_record_bytes>,
        {256, 16 * mib}, "Bytes of one record, terminator included."},
    key{"hub.max_record_nodes", in<&options::hub, &hub_options::max_record_nodes>,
        {16, 1'000'000}, "Values in one record."},
    key{"hub.max_pending_invocations", in<&options::hub, &hub_options::max_pending_invocations>,
        {1, 1'024},
        "Invocations of one connection that wait or run; then its socket is not read."},
    key{"hub.max_streams", in<&options::hub, &hub_options::max_streams>, {1, 1'000},
        "Streams of one connection at once, in both directions together."},
    key{"hub.detailed_errors", in<&options::hub, &hub_options::detailed_errors>, none,
        "Exception-like detail in error texts."},
    key{"hub.max_outbox_bytes", in<&options::hub, &hub_options::max_outbox_bytes>,
        {kib, 1'024 * mib}, "Bytes that may wait for a slow reader; then it is closed."},
    key{"hub.max_outbox_frames", in<&options::hub, &hub_options::max_outbox_frames>,
        {1, 1'000'000}, "Frames that may wait for a slow reader; then it is closed."},
    key{"hub.flush_gap_us", in<&options::hub, &hub_options::flush_gap_us>, {0, 1'000'000},
        "Two flushes of one io thread are at least this far apart; a lone message never waits."},
    key{"hub.write_timeout_ms", in<&options::hub, &hub_options::write_timeout_ms>, millis,
        "A write that makes no progress for this long ends the connection."},
    key{"hub.stateful_buffer_bytes", in<&options::hub, &hub_options::stateful_buffer_bytes>,
        {0, 64 * mib},
        "Stateful reconnect: bytes kept to be sent again, per connection. 0: not offered."},
    key{"hub.resume_timeout_ms", in<&options::hub, &hub_options::resume_timeout_ms>, millis,
        "Stateful reconnect: a connection that lost its socket waits this long for its client."},

    key{"auth.hs256_secret", in<&options::auth, &auth_options::hs256_secret>, none,
        "HS256 secret, its UTF-8 bytes, at least 32 of them. Empty: HS256 tokens are refused and\n"
        "built-in accounts are off.",
        {}, secrecy::all},
    key{"auth.public_keys", in<&options::auth, &auth_options::public_keys>, none,
        "PEM files with public keys; RSA means RS256, P-256 ES256, Ed25519 EdDSA. \"kid=path\"\n"
        "binds a key to a kid; a bare path serves any or no kid.", {}, secrecy::none, true},
    key{"auth.issuer", in<&options::auth, &auth_options::issuer>, none,
        "Required `iss`. Empty: any.", {}, secrecy::none, true},
    key{"auth.audience", in<&options::auth, &auth_options::audience>, none,
        "Required among `aud`. Empty: any.", {}, secrecy::none, true},
    key{"auth.clock_skew_s", in<&options::auth, &auth_options::clock_skew_s>, {0, 3'600},
        "Leeway for exp and nbf.", {}, secrecy::none, true},
    key{"auth.anonymous", in<&options::auth, &auth_options::anonymous>, none,
        "Guests on /chathub without a token."},
    key{"auth.accounts", in<&options::auth, &auth_options::accounts>, none,
        "POST /auth/register and /auth/token."},
    key{"auth.token_lifetime_s", in<&options::auth, &auth_options::token_lifetime_s>,
        {1, 31'536'000}, "Lifetime of tokens from /auth/token."},
    key{"auth.hash_threads", in<&options::auth, &auth_options::hash_threads>, {1, 64},
        "Password hashes computed at once, 64 MiB each."},
    key{"auth.hash_queue", in<&options::auth, &auth_options::hash_queue>, {1, 100'000},
        "Password hashes waiting; more is `busy`."},
    key{"auth.admins", in<&options::auth, &auth_options::admins>, none,
        "User ids (`sub`) that may use the /admin routes. Empty: nobody."},

    key{"storage.url", in<&options::storage, &storage_options::url>, none,
        "sqlite:PATH or mysql://user:password@host:port/database, or\n"
        "mysql://user:password@/database?socket=PATH.",
        {}, secrecy::password},
    key{"storage.migrate_on_start", in<&options::storage, &storage_options::migrate_on_start>,
        none, "Bring a MySQL schema up at start; SQLite's always is."},
    key{"storage.writers", in<&options::storage, &storage_options::writers>, {1, 16},
        "Writers, each with one connection; a conversation belongs to one of them. SQLite: 1."},
    key{"storage.readers", in<&options::storage, &storage_options::readers>, {1, 32},
        "Readers, each with one connection."},
    key{"storage.max_batch_rows", in<&options::storage, &storage_options::max_batch_rows>,
        {1, 1'024}, "Rows of one commit."},
    key{"storage.give_up_ms", in<&options::storage, &storage_options::give_up_ms>, millis,
        "With delivery = stored: a row that could not be written for this long is refused."},
    key{"storage.max_backlog_rows", in<&options::storage, &storage_options::max_backlog_rows>,
        {1, 10'000'000}, "Rows accepted and not yet stored; then sends are `busy`."},
    key{"storage.max_dead_letters", in<&options::storage, &storage_options::max_dead_letters>,
        {1, 10'000'000}, "Rows refused for good that are kept; what comes after is only logged."},
    key{"storage.network_timeout_ms",
        in<&options::storage, &storage_options::network_timeout_ms>, millis,
        "Connecting, reading from and writing to the server may each take this long."},

    key{"encryption.enabled", in<&options::encryption, &encryption_options::enabled>, none,
        "Texts, titles and local files are stored encrypted from now on. What is encrypted can be\n"
        "read either way, as long as its key is there."},
    key{"encryption.key_file", in<&options::encryption, &encryption_options::key_file>, none,
        "File with the keys, a line each: ID:BASE64, an id of 1..65535 and 32 random bytes."},
    key{"encryption.keys", in<&options::encryption, &encryption_options::keys>, none,
        "The same keys as a text, for PARLEY_ENCRYPTION__KEYS; not together with key_file.", {},
        secrecy::all},
    key{"encryption.write_key", in<&options::encryption, &encryption_options::write_key>,
        {0, 65'535}, "Id of the key that encrypts; the others only read. 0: the largest id."},

    key{"chat.max_text_units", in<&options::chat, &chat_options::max_text_units>, {1, 1'000'000},
        "UTF-16 code units of a message."},
    key{"chat.max_members", in<&options::chat, &chat_options::max_members>, {2, 1'000'000},
        "Members of a conversation."},
    key{"chat.max_conversations_per_user",
        in<&options::chat, &chat_options::max_conversations_per_user>, {1, 1'000'000},
        "Conversations one user may be in."},
    key{"chat.max_catch_up_entries", in<&options::chat, &chat_options::max_catch_up_entries>,
        {500, 100'000},
        "Entries one CatchUp answers; conversations beyond get recovered: false."},
    key{"chat.history_for_new_members",
        in<&options::chat, &chat_options::history_for_new_members>, none,
        "What new members see of the time before them.", "from_join|all"},
    key{"chat.idle_ms", in<&options::chat, &chat_options::idle_ms>, {1, 86'400'000},
        "A conversation with nothing to do for this long leaves memory."},
    key{"chat.typing_ms", in<&options::chat, &chat_options::typing_ms>, millis,
        "Typing ends this long after the last StartTyping."},
    key{"chat.large_conversation", in<&options::chat, &chat_options::large_conversation>,
        {2, 1'000'000},
        "Above this many members: no typing, and receipts only to the actor's own connections."},
    key{"chat.receipt_interval_ms", in<&options::chat, &chat_options::receipt_interval_ms>,
        {0, 60'000},
        "Delivered receipts of a conversation are collected this long, and 20 ms for each member."},
    key{"chat.sweep_interval_ms", in<&options::chat, &chat_options::sweep_interval_ms>,
        {100, 3'600'000}, "How often the job mark-messages-delivered sweeps."},

    key{"groups.open", in<&options::groups, &group_options::open>, none,
        "Every user makes and enters groups with JoinGroup. Off: it is for their members alone."},

    key{"attachments.store", in<&options::attachments, &attachment_options::store>, none,
        "Where the bytes live: a folder that parleyd serves itself, or an S3 store.",
        "local|s3|off"},
    key{"attachments.directory", in<&options::attachments, &attachment_options::directory>, none,
        "Folder of the local store; made when missing."},
    key{"attachments.public_url", in<&options::attachments, &attachment_options::public_url>, none,
        "Origin in front of local URLs, e.g. \"https://chat.example.com\". Empty: http.public_origin,\n"
        "and without one URLs are paths."},
    key{"attachments.max_bytes", in<&options::attachments, &attachment_options::max_bytes>,
        {1, 5 * kib * mib}, "Bytes of one file."},
    key{"attachments.per_message", in<&options::attachments, &attachment_options::per_message>,
        {1, 100}, "Files of one message."},
    key{"attachments.url_lifetime_s",
        in<&options::attachments, &attachment_options::url_lifetime_s>, {1, 604'800},
        "How long an upload or download URL is valid."},
    key{"attachments.keep_unused_s", in<&options::attachments, &attachment_options::keep_unused_s>,
        {1, 31'536'000}, "A file that no message names is removed after this time."},
    key{"attachments.sweep_interval_ms",
        in<&options::attachments, &attachment_options::sweep_interval_ms>, {100, 3'600'000},
        "How often the job remove-unused-attachments sweeps."},
    key{"attachments.bytes_per_user_day",
        in<&options::attachments, &attachment_options::bytes_per_user_day>, {0, kib * kib * mib},
        "Bytes one user may announce in 24 hours. 0: no limit."},
    key{"attachments.files_per_user_day",
        in<&options::attachments, &attachment_options::files_per_user_day>, count,
        "Files one user may announce in 24 hours. 0: no limit."},
    key{"attachments.uploads_per_user",
        in<&options::attachments, &attachment_options::uploads_per_user>, count,
        "Uploads of one user at a time, local store. 0: no limit."},
    key{"attachments.max_transfers", in<&options::attachments, &attachment_options::max_transfers>,
        {1, 100'000}, "Uploads and downloads at a time, local store; more are `busy`."},
    key{"attachments.stall_timeout_ms",
        in<&options::attachments, &attachment_options::stall_timeout_ms>, millis,
        "An upload or download that makes no progress for this long ends."},
    key{"attachments.transfer_timeout_ms",
        in<&options::attachments, &attachment_options::transfer_timeout_ms>, {1, 86'400'000},
        "An upload or download ends after this time at the latest."},
    key{"attachments.file_threads", in<&options::attachments, &attachment_options::file_threads>,
        {1, 64}, "Threads that read and write the local files."},
    key{"attachments.s3_endpoint", in<&options::attachments, &attachment_options::s3_endpoint>,
        none, "S3: \"https://host[:port]\", without the bucket."},
    key{"attachments.s3_region", in<&options::attachments, &attachment_options::s3_region>, none,
        "S3: region that requests are signed for."},
    key{"attachments.s3_bucket", in<&options::attachments, &attachment_options::s3_bucket>, none,
        "S3: bucket, which must exist."},
    key{"attachments.s3_access_key", in<&options::attachments, &attachment_options::s3_access_key>,
        none, "S3: access key id.", {}, secrecy::all},
    key{"attachments.s3_secret_key", in<&options::attachments, &attachment_options::s3_secret_key>,
        none, "S3: secret access key.", {}, secrecy::all},
    key{"attachments.s3_path_style", in<&options::attachments, &attachment_options::s3_path_style>,
        none, "S3: https://host/bucket/key instead of https://bucket.host/key."},

    key{"presence.scope", in<&options::presence, &presence_options::scope>, none,
        "Who hears of whom; contacts share a conversation.", "contacts|all|off"},
    key{"presence.grace_ms", in<&options::presence, &presence_options::grace_ms>, {0, 3'600'000},
        "UserOffline waits this long after a cut connection; a clean close does not wait."},

    key{"users.search", in<&options::users, &user_options::search>, none,
        "Whom GET /users finds; contacts share a conversation.", "contacts|all|off"},

    key{"limits.enabled", in<&options::limits, &limit_options::enabled>, none,
        "false lifts every rate and count here, never sizes."},
    key{"limits.invocations_per_s", in<&options::limits, &limit_options::invocations_per_s>,
        count, "Invocations per connection and second. 0: no limit."},
    key{"limits.invocations_burst", in<&options::limits, &limit_options::invocations_burst>,
        count, "Invocations per connection at once."},
    key{"limits.sends_per_s", in<&options::limits, &limit_options::sends_per_s>, count,
        "Sends per user and second. 0: no limit."},
    key{"limits.sends_burst", in<&options::limits, &limit_options::sends_burst>, count,
        "Sends per user at once."},
    key{"limits.sends_per_min", in<&options::limits, &limit_options::sends_per_min>, count,
        "Sends per user and minute. 0: no limit."},
    key{"limits.conversation_sends_per_s",
        in<&options::limits, &limit_options::conversation_sends_per_s>, count,
        "Sends into one conversation and second; beyond the burst they are `busy`. 0: no limit."},
    key{"limits.conversation_sends_burst",
        in<&options::limits, &limit_options::conversation_sends_burst>, count,
        "Sends into one conversation at once."},
    key{"limits.signals_per_s", in<&options::limits, &limit_options::signals_per_s>, count,
        "Typing, receipt and presence calls per user and second. 0: no limit."},
    key{"limits.signals_burst", in<&options::limits, &limit_options::signals_burst>, count,
        "Typing, receipt and presence calls per user at once."},
    key{"limits.close_after_min", in<&options::limits, &limit_options::close_after_min>, count,
        "A connection that goes over a rate in this many minutes in a row is closed. 0: never."},
    key{"limits.negotiates_per_s", in<&options::limits, &limit_options::negotiates_per_s>, count,
        "Negotiate requests per address and second. 0: no limit."},
    key{"limits.negotiates_burst", in<&options::limits, &limit_options::negotiates_burst>, count,
        "Negotiate requests per address at once."},
    key{"limits.unauthenticated_per_ip",
        in<&options::limits, &limit_options::unauthenticated_per_ip>, count,
        "Open sockets of one address that have asked for nothing for a second; ten times as many new ones. "
        "0: no limit.", {},
        secrecy::none, true},
    key{"limits.connections_per_user",
        in<&options::limits, &limit_options::connections_per_user>, count,
        "Connections of one user. 0: no limit.", {}, secrecy::none, true},
    key{"limits.connections_per_ip", in<&options::limits, &limit_options::connections_per_ip>,
        count, "Connections from one address. 0: no limit.", {}, secrecy::none, true},
    key{"limits.connections", in<&options::limits, &limit_options::connections>, count,
        "Connections in all. 0: no limit.", {}, secrecy::none, true},
    key{"limits.pings_per_s", in<&options::limits, &limit_options::pings_per_s>, count,
        "Pings, empty and one-byte frames per connection and second. 0: no limit."},
    key{"limits.pings_burst", in<&options::limits, &limit_options::pings_burst>, count,
        "Pings, empty and one-byte frames per connection at once."},
    key{"limits.logins_per_min", in<&options::limits, &limit_options::logins_per_min>, count,
        "Tries of /auth/token per account, and with /auth/register per address, each minute. 0: no\n"
        "limit."},

    key{"log.level", in<&options::log, &log_options::level>, none, "Least important line kept.",
        "trace|debug|info|warn|error|off", secrecy::none, true},
    key{"log.format", in<&options::log, &log_options::format>, none,
        "One JSON object a line, or text; auto: text on a terminal.", "json|text|auto"},
};

auto choices_of(const key& which) -> std::string {
  std::string words;
  for (const char c : which.choices) words += c == '|' ? std::string{" or "} : std::string{c};
  return words;
}

auto span_of(const key& which) -> std::string {
  return format_number(which.allowed.low) + ".." + format_number(which.allowed.high);
}

}  // namespace

auto keys() -> std::span<const key> { return table; }

auto find_key(std::string_view name) -> const key* {
  const auto found = std::ranges::find(table, name, &key::name);
  return found == table.end() ? nullptr : &*found;
}

auto variable_of(const key& which) -> std::string {
  std::string name = "PARLEY_";
  for (const char c : which.name) {
    if (c == '.') name += "__";
    else name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return name;
}

auto describe(const key& which) -> std::string {
  options scratch;
  const auto target = which.at(scratch);
  if (!which.choices.empty()) return choices_of(which);
  if (std::holds_alternative<bool*>(target)) return "true or false";
  if (std::holds_alternative<double*>(target)) return "a number " + span_of(which);
  if (std::holds_alternative<std::string*>(target)) return "text";
  if (std::holds_alternative<std::vector<std::string>*>(target)) return "a list of texts";
  return "a whole number " + span_of(which);
}

}  // namespace parley::config
