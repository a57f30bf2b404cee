#include "telemetry/log.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spdlog/details/log_msg.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "telemetry/formatters.hpp"
#include "telemetry/queued_sink.hpp"

using namespace parley;
using namespace parley::telemetry;
using namespace std::string_literals;
using Catch::Matchers::Contains;

namespace {

template <class Formatter>
auto format(std::string_view text, spdlog::level::level_enum level = spdlog::level::info)
    -> std::string {
  const auto noon = spdlog::log_clock::time_point{std::chrono::milliseconds{1'704'110'400'007}};
  const spdlog::details::log_msg line{noon, {}, "parleyd", level, {text.data(), text.size()}};
  spdlog::memory_buf_t out;
  Formatter{}.format(line, out);
  return {out.data(), out.size()};
}

/// A pipe of the smallest size the kernel gives.
struct pipe_ends {
  pipe_ends() {
    REQUIRE(::pipe(ends.data()) == 0);
    ::fcntl(ends[1], F_SETPIPE_SZ, 4'096);
  }
  ~pipe_ends() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  /// What lies in the pipe by now, or arrives before `bytes` are there.
  auto read(std::size_t bytes) const -> std::string {
    std::string text;
    std::array<char, 4'096> buffer{};
    while (text.size() < bytes) {
      const auto got = ::read(ends[0], buffer.data(), buffer.size());
      if (got <= 0) break;
      text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return text;
  }
  std::array<int, 2> ends{};
};

/// Standard output leads into a pipe while this lives.
class captured_output {
 public:
  captured_output() : saved_(::dup(STDOUT_FILENO)) { ::dup2(pipe_.ends[1], STDOUT_FILENO); }
  ~captured_output() { restore(); }
  auto finish() -> std::string {
    restore();
    ::close(pipe_.ends[1]);
    pipe_.ends[1] = -1;
    return pipe_.read(1'000'000);
  }

 private:
  void restore() {
    if (saved_ < 0) return;
    ::dup2(saved_, STDOUT_FILENO);
    ::close(saved_);
    saved_ = -1;
  }
  pipe_ends pipe_;
  int saved_;
};

}  // namespace

TEST_CASE("a JSON record has time, level, logger and message", "[telemetry][log]") {
  CHECK(format<json_formatter>("up") ==
        R"({"ts":"2024-01-01T12:00:00.007Z","level":"info","logger":"parleyd","msg":"up"})"
        "\n");
  CHECK_THAT(format<json_formatter>("x", spdlog::level::warn), Contains(R"("level":"warn")"));
  CHECK_THAT(format<json_formatter>("x", spdlog::level::err), Contains(R"("level":"error")"));
}

TEST_CASE("a JSON record stays one line whatever the message holds", "[telemetry][log]") {
  for (const auto& text :
       std::vector<std::string>{"a\nb", "a\r\nb", "\"},{\"level\":\"error\"", "back\\slash",
                                "nul\0byte"s, "\x1b[31m", "\xff\xfe", "\xed\xa0\x80", "caf\xc3\xa9",
                                "\xe2\x80\xa8", "\xc2\x85", "\x7f", "\xf0\x9f\x99\x82"}) {
    const auto line = format<json_formatter>(text);
    CAPTURE(line);
    CHECK(std::ranges::count(line, '\n') == 1);
    CHECK(line.ends_with('\n'));
    CHECK(std::ranges::all_of(line.substr(0, line.size() - 1),
                              [](char c) { return c >= 0x20 && c < 0x7f; }));
    const auto record = nlohmann::json::parse(line, nullptr, false);
    REQUIRE(record.is_object());
    CHECK(record.size() == 4);
    CHECK(record["level"] == "info");
    if (nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::ignore).size() >
        text.size() + 1)
      CHECK(record["msg"] == text);
  }
}

TEST_CASE("a text line stays one line and commands no terminal", "[telemetry][log]") {
  CHECK(format<text_formatter>("up") == "2024-01-01T12:00:00.007Z info  up\n");
  CHECK_THAT(format<text_formatter>("a\nb\r\t"), Contains("a\\nb\\x0d\\x09\n"));
  CHECK_THAT(format<text_formatter>("\x1b[31m"), Contains("\\x1b[31m"));
  CHECK_THAT(format<text_formatter>("\xc2\x9b"), Contains("\\x9b\n"));
  CHECK_THAT(format<text_formatter>("\xff\xc2"), Contains("\\xff\\xc2\n"));
  CHECK_THAT(format<text_formatter>("caf\xc3\xa9"), Contains("caf\xc3\xa9\n"));
  CHECK_THAT(format<text_formatter>("x", spdlog::level::critical), Contains("Z critical x\n"));
}

TEST_CASE("lines arrive in order, and a flush waits for them", "[telemetry][log]") {
  pipe_ends pipe;
  queued_sink sink{pipe.ends[1], std::make_unique<text_formatter>(), 100};
  for (const auto* text : {"one", "two", "three"})
    sink.log({{}, spdlog::level::info, spdlog::string_view_t{text}});
  sink.flush();
  const auto text = pipe.read(1);
  CHECK(text.find("one") < text.find("two"));
  CHECK(text.find("two") < text.find("three"));
  CHECK(text.find("three") != std::string::npos);
}

TEST_CASE("a reader that stops costs the oldest lines, and they are counted", "[telemetry][log]") {
  pipe_ends pipe;
  std::string text;
  {
    queued_sink sink{pipe.ends[1], std::make_unique<text_formatter>(), 10};
    const std::string filler(8'000, 'x');
    sink.log({{}, spdlog::level::info, filler});
    pollfd stuck{pipe.ends[0], POLLIN, 0};
    REQUIRE(::poll(&stuck, 1, 5'000) == 1);  // the pipe is full and the writer waits
    for (int i = 0; i < 50; ++i) sink.log({{}, spdlog::level::info, std::to_string(1'000 + i)});
    std::thread reader{[&] { text = pipe.read(8'400); }};
    sink.flush();
    reader.join();
  }
  CHECK_THAT(text, Contains("40 log lines lost") && Contains(" 1049\n") && !Contains(" 1000\n"));
}

TEST_CASE("logging goes to standard output as JSON when that is no terminal", "[telemetry][log]") {
  const auto before = spdlog::default_logger();
  captured_output output;
  start_logging({.level = "warn", .format = "auto"});
  spdlog::info("below the level");
  spdlog::warn("connection {} closed", 7);
  stop_logging();
  spdlog::error("after stop");
  stop_logging();
  const auto text = output.finish();
  spdlog::set_default_logger(before);
  CHECK_THAT(text, Contains(R"("level":"warn","logger":"parleyd","msg":"connection 7 closed"})"));
  CHECK_THAT(text, Contains("after stop") && !Contains("below"));
  CHECK(std::ranges::count(text, '\n') == 2);
}

TEST_CASE("logging can be text, and off", "[telemetry][log]") {
  const auto before = spdlog::default_logger();
  captured_output output;
  start_logging({.level = "error", .format = "text"});
  spdlog::error("plain");
  stop_logging();
  start_logging({.level = "off", .format = "text"});
  spdlog::critical("silent");
  stop_logging();
  const auto text = output.finish();
  spdlog::set_default_logger(before);
  CHECK_THAT(text, Contains(" error plain\n") && !Contains("silent"));
}
