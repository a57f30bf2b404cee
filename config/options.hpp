#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace parley::config {

/// `http.*`: the listener.
struct http_options {
  /// Address to bind. 127.0.0.1 unless told: nothing is reachable from outside by accident.
  std::string address = "127.0.0.1";
  /// 0 picks a free port, which is printed.
  std::uint16_t port = 8080;
  /// Io threads, each owning the connections it accepted. 1..64.
  std::size_t threads = 1;
  /// Browser origins that may call (CORS, WebSocket upgrades), e.g. "https://chat.example.com".
  /// Same-origin and non-browser clients need no entry.
  std::vector<std::string> allowed_origins;
  /// Where browsers find this server, e.g. "https://chat.example.com", when a proxy stands in front
  /// of it. Its pages are then the only ones of the same origin. Empty: those whose Origin names
  /// the request's Host.
  std::string public_origin;
  /// Bytes of request line and headers, 1 KiB..64 KiB.
  std::size_t max_header_bytes = 8 * 1024;
  /// Bytes of a JSON body, 1 KiB..16 MiB.
  std::size_t max_body_bytes = 256 * 1024;
  /// Bytes of path and query, the values of `access_token`, `userIds` and `ids` aside, 256..64 KiB.
  std::size_t max_url_bytes = 2 * 1024;
  /// Values in a JSON body, 16..1,000,000; leaves room for 5,000 user ids.
  std::size_t max_body_nodes = 8'192;
  /// A request's headers must be complete in this time.
  std::uint32_t header_timeout_ms = 5'000;
  /// An idle keep-alive connection is closed after this time.
  std::uint32_t idle_timeout_ms = 60'000;
  /// /docs and the two interface documents, for everybody: they tell what the source tells.
  bool docs = true;
  /// The web client: its page, its parts and /web/config.json, for everybody.
  bool web = true;
  /// What the client calls this place. 1..60 UTF-16 code units.
  std::string web_title = "Parley";
  /// Where people without built-in accounts get a token: a page of the identity provider, absolute.
  /// Empty: there is none, and the client names the administrator.
  std::string web_sign_in_url;
  /// Origins from which the client may show pictures of people, e.g. "https://cdn.example.com". From
  /// elsewhere none are shown: they would tell their owner who reads.
  std::vector<std::string> web_image_origins;
  /// PEM files: the certificate with its chain, and its key. Both set: the listener speaks TLS
  /// only. Empty: plain HTTP.
  std::string tls_certificate;
  std::string tls_key;
  /// A TLS handshake must be complete in this time.
  std::uint32_t tls_handshake_timeout_ms = 10'000;
  /// Reverse proxies in front, "127.0.0.1" or "10.0.0.0/8": what they say of the client's address
  /// (Forwarded, X-Forwarded-For, PROXY protocol) is believed, nobody else.
  std::vector<std::string> trusted_proxies;
  /// Connections from `trusted_proxies` begin with a PROXY protocol header, version 1 or 2.
  bool proxy_protocol = false;
};

/// `metrics.*`: the operator's listener: /metrics, /healthz, /readyz, without a token or TLS.
struct metrics_options {
  /// Address to bind.
  std::string address = "127.0.0.1";
  /// 0: no such listener. Taken by somebody else: an error when it was set, else a warning.
  std::uint16_t port = 9'464;
  /// Names by which it may be asked for, besides IP addresses and localhost.
  std::vector<std::string> hosts;
  /// No key of its own: did somebody set the port? Filled by load().
  bool is_port_set = false;
};

/// `hub.*`: SignalR endpoints. Times as in ASP.NET Core SignalR.
struct hub_options {
  /// A ping goes out after this time without other traffic to the client.
  std::uint32_t keep_alive_ms = 15'000;
  /// A client that pinged once and is silent for this long is gone.
  std::uint32_t client_timeout_ms = 30'000;
  /// The handshake must be complete in this time.
  std::uint32_t handshake_timeout_ms = 15'000;
  /// A negotiated id that no transport uses, and a long-polling client that does not poll, is
  /// forgotten after this time.
  std::uint32_t disconnect_timeout_ms = 15'000;
  /// A long poll with nothing to say is answered after this time.
  std::uint32_t poll_timeout_ms = 25'000;
  /// Bytes of one record, terminator included.
  std::size_t max_record_bytes = 32 * 1024;
  /// Values in one record, 16..1,000,000.
  std::size_t max_record_nodes = 4'096;
  /// Invocations of one connection that wait or run; then its socket is not read.
  std::size_t max_pending_invocations = 16;
  /// Streams of one connection at once, in both directions together; more is the error `limit`.
  std::size_t max_streams = 10;
  /// Exception-like detail in error texts, as EnableDetailedErrors.
  bool detailed_errors = false;
  /// Bytes and frames that may wait for a slow reader; then it is closed with allowReconnect.
  std::size_t max_outbox_bytes = 1024 * 1024;
  std::size_t max_outbox_frames = 1'000;
  /// Two flushes of one io thread are at least this far apart; a lone message never waits.
  std::uint32_t flush_gap_us = 1'000;
  /// A write that makes no progress for this long ends the connection.
  std::uint32_t write_timeout_ms = 10'000;
  /// Stateful reconnect: bytes that are kept to be sent again, for each connection that asked for
  /// it. 0: not offered.
  std::size_t stateful_buffer_bytes = 100'000;
  /// Stateful reconnect: a connection whose socket was lost waits this long for its client.
  std::uint32_t resume_timeout_ms = 15'000;
};

/// `auth.*`: who may come in.
struct auth_options {
  /// HS256 secret, its UTF-8 bytes, at least 32 of them. Empty: HS256 tokens are refused.
  std::string hs256_secret;
  /// PEM files with public keys; the type of a key fixes its algorithm: RSA RS256, P-256 ES256,
  /// Ed25519 EdDSA. "kid=path" binds a key to a kid; a bare path serves any or no kid.
  std::vector<std::string> public_keys;
  /// Required `iss`. Empty: any.
  std::string issuer;
  /// Required among `aud`. Empty: any.
  std::string audience;
  /// Leeway for exp and nbf.
  std::uint32_t clock_skew_s = 30;
  /// Guests on /chathub without a token.
  bool anonymous = false;
  /// POST /auth/register and /auth/token; needs `hs256_secret`, of which the key of their tokens
  /// is made.
  bool accounts = false;
  /// Lifetime of tokens from /auth/token.
  std::uint32_t token_lifetime_s = 3'600;
  /// Password hashes computed at once / waiting (argon2id, 64 MiB each); more is `busy`.
  std::size_t hash_threads = 1;
  std::size_t hash_queue = 64;
  /// User ids (`sub`) that may use the /admin routes. Empty: nobody.
  std::vector<std::string> admins;
};

/// `storage.*`: the one durable place.
struct storage_options {
  /// sqlite:PATH or mysql://user:password@host:port/database, or
  /// mysql://user:password@/database?socket=PATH.
  std::string url = "sqlite:./data/parley.db";
  /// Bring a MySQL schema up at start; SQLite's always is.
  bool migrate_on_start = false;
  /// Writers, each with one connection; a conversation belongs to one of them. 1..16; SQLite: 1.
  std::size_t writers = 1;
  /// Readers, each with one connection. 1..32.
  std::size_t readers = 2;
  /// Rows of one commit. 1..1024.
  std::size_t max_batch_rows = 256;
  /// With `delivery = stored`: a row that could not be written for this long is refused.
  std::uint32_t give_up_ms = 4'000;
  /// Rows accepted and not yet stored, over all writers; then sends are `busy`.
  std::size_t max_backlog_rows = 10'000;
  /// Rows the store refused for good that are kept; what comes after is only logged.
  std::size_t max_dead_letters = 10'000;
  /// Connecting, reading from and writing to the server may each take this long.
  std::uint32_t network_timeout_ms = 3'000;
};

/// `encryption.*`: data at rest.
struct encryption_options {
  /// New texts, titles and local files are stored sealed. Off: plain; sealed ones are read anyway.
  bool enabled = false;
  /// File with the keys, a line each: ID:BASE64 of 32 bytes.
  std::string key_file;
  /// The same as a text, for PARLEY_ENCRYPTION__KEYS; not together with `key_file`.
  std::string keys;
  /// Id of the key that seals. 0: the largest.
  std::uint16_t write_key = 0;
};

/// When members see a message: after its commit, or at once (C-07b). The ack is always after.
enum class delivery_mode : std::uint8_t { stored, immediate };

/// `chat.*`: rules and pace of conversations.
struct chat_options {
  /// UTF-16 code units of a message.
  std::size_t max_text_units = 5'000;
  std::size_t max_members = 5'000;
  /// Conversations one user may be in.
  std::size_t max_conversations_per_user = 2'000;
  /// Entries one CatchUp answers; conversations beyond are answered with recovered: false.
  std::size_t max_catch_up_entries = 5'000;
  /// New members see "from_join" or "all".
  std::string history_for_new_members = "from_join";
  /// A conversation with nothing to do for this long leaves memory.
  std::uint32_t idle_ms = 300'000;
  /// Typing ends this long after the last StartTyping.
  std::uint32_t typing_ms = 6'000;
  /// Above this many members: no typing, and receipts only to the actor's own connections.
  std::size_t large_conversation = 200;
  /// Delivered receipts of a conversation are collected this long, and 20 ms for each member.
  std::uint32_t receipt_interval_ms = 200;
  /// How often the job mark-messages-delivered sweeps.
  std::uint32_t sweep_interval_ms = 60'000;
};

/// `groups.*`: groups by name, as JoinGroup knows them.
struct group_options {
  /// Whoever is signed in makes and enters them. False: members alone come in again.
  bool open = true;
};

/// `attachments.*`: files that go out with messages.
struct attachment_options {
  /// Where the bytes live: "local" (a folder, served by parleyd itself), "s3" (any store that speaks
  /// its API; clients talk to it directly) or "off".
  std::string store = "local";
  /// Folder of the local store; made when missing.
  std::string directory = "./data/attachments";
  /// Origin put in front of local URLs, e.g. "https://chat.example.com". Empty: http.public_origin,
  /// and without one URLs are paths.
  std::string public_url;
  /// Bytes of one file. 1..5 GiB.
  std::size_t max_bytes = 25 * 1024 * 1024;
  /// Files of one message. 1..100.
  std::size_t per_message = 10;
  /// How long an upload or download URL is valid.
  std::uint32_t url_lifetime_s = 600;
  /// A file that no message names is removed after this time.
  std::uint32_t keep_unused_s = 86'400;
  /// How often they are looked for.
  std::uint32_t sweep_interval_ms = 60'000;
  /// Bytes and files one user may announce in 24 hours. 0: no limit.
  std::size_t bytes_per_user_day = std::size_t{1} << 30;
  std::size_t files_per_user_day = 1'000;
  /// Uploads of one user at a time, local store. 0: no limit.
  std::size_t uploads_per_user = 2;
  /// Uploads at a time, and as many downloads, local store; each holds 64 KiB and a file.
  std::size_t max_transfers = 256;
  /// Downloads of one address, and of one file by everybody, at a time. 0: no limit.
  std::size_t downloads_per_ip = 32;
  std::size_t downloads_per_file = 64;
  /// A transfer of which no byte moves for this long ends, and any after the second time.
  std::uint32_t stall_timeout_ms = 10'000;
  std::uint32_t transfer_timeout_ms = 3'600'000;
  /// Bytes a second that a transfer must have made on average, once it is older than
  /// `stall_timeout_ms`; our own disk's time is not counted. 0: no floor.
  std::size_t min_bytes_per_s = 4'096;
  /// Threads that read and write the local files, so that no io thread waits for a disk.
  std::size_t file_threads = 2;
  /// S3: "https://host[:port]", without the bucket.
  std::string s3_endpoint;
  std::string s3_region = "us-east-1";
  std::string s3_bucket;
  std::string s3_access_key;
  std::string s3_secret_key;
  /// "https://host/bucket/key" instead of "https://bucket.host/key".
  bool s3_path_style = true;
};

/// `presence.*`: who hears of whom (C-16).
struct presence_options {
  /// "contacts" (share a conversation), "all" or "off".
  std::string scope = "contacts";
  /// UserOffline waits this long after a cut connection; a clean close does not wait.
  std::uint32_t grace_ms = 5'000;
};

/// `users.*`: people finding people.
struct user_options {
  /// Whom GET /users finds: "contacts" (share a conversation, as presence), "all" or "off".
  std::string search = "contacts";
};

/// `limits.*`: rates and counts. 0: no limit. `enabled = false` lifts all of these, never sizes.
struct limit_options {
  bool enabled = true;
  /// Calls of a user, over all its connections and by REST, those included that cannot be run: rate
  /// per second, and burst.
  double invocations_per_s = 40;
  double invocations_burst = 200;
  /// Records of any kind per connection: rate per second, and burst; beyond it is read as slowly.
  double records_per_s = 200;
  double records_burst = 2'000;
  /// Sends per user: rate per second, and burst.
  double sends_per_s = 5;
  double sends_burst = 20;
  /// Sends per user and minute, spread as the user likes.
  double sends_per_min = 120;
  /// Sends into one conversation, of all its members: rate per second, and burst; then `busy`.
  double conversation_sends_per_s = 50;
  double conversation_sends_burst = 200;
  /// Typing, receipt and presence calls per user: rate per second, and burst.
  double signals_per_s = 20;
  double signals_burst = 60;
  /// Minutes in a row in which a connection went over a rate; then it is closed. 0: never.
  std::size_t close_after_min = 3;
  /// Negotiate requests per address: rate per second, and burst (an office that comes back).
  double negotiates_per_s = 10;
  double negotiates_burst = 100;
  /// Hub connections that a user opens or resumes: rate per second, and burst.
  double opens_per_s = 2;
  double opens_burst = 40;
  /// Answers 401 to an address: rate per second, and burst; beyond they are held back.
  double unauthorized_per_s = 20;
  double unauthorized_burst = 200;
  /// Changes of a user's profile that tokens bring along: rate per minute, and burst.
  double profiles_per_min = 6;
  /// Open sockets of one address on which nothing was served yet.
  std::size_t unauthenticated_per_ip = 20;
  /// Connections per user / per address / in all.
  std::size_t connections_per_user = 10;
  std::size_t connections_per_ip = 100;
  std::size_t connections = 0;
  /// Pings, empty and one-byte WebSocket frames per connection: rate per second, and burst.
  double pings_per_s = 20;
  double pings_burst = 200;
  /// Open sockets of one address (no trusted proxy's), and in all. 0 in all: what the system allows
  /// of files, less a reserve; never more.
  std::size_t sockets_per_ip = 500;
  std::size_t sockets = 0;
  /// Tries of /auth/token for one account by one address (IPv6: a /64 network): rate per minute, and
  /// burst.
  double logins_per_min = 5;
  /// The same for one account, of all addresses together that it was not signed in from lately.
  double logins_per_account_per_min = 60;
  /// Tries of /auth/token and /auth/register by one address.
  double logins_per_ip_per_min = 20;
};

/// `log.*`
struct log_options {
  /// trace, debug, info, warn, error, off
  std::string level = "info";
  /// "json" (a line each), "text", or "auto": text on a terminal.
  std::string format = "auto";
};

/// Everything `parleyd` can be told. Keys are `section.member`, e.g. `hub.keep_alive_ms`.
struct options {
  http_options http;
  metrics_options metrics;
  hub_options hub;
  auth_options auth;
  storage_options storage;
  encryption_options encryption;
  /// Key `delivery`: "stored" or "immediate".
  delivery_mode delivery = delivery_mode::stored;
  chat_options chat;
  group_options groups;
  attachment_options attachments;
  presence_options presence;
  user_options users;
  limit_options limits;
  log_options log;
  /// Key `drain_timeout_ms`: SIGTERM to exit at the latest.
  std::uint32_t drain_timeout_ms = 10'000;
};

}  // namespace parley::config
