#include "config/secret_flags.hpp"

#include <catch2/catch.hpp>

using namespace parley::config;
using Catch::Matchers::Contains;

namespace {

/// A command line as the system hands it over: words that can be written to.
class command_line {
 public:
  explicit command_line(std::vector<std::string> words) : words_(std::move(words)) {
    for (auto& word : words_) pointers_.push_back(word.data());
  }
  auto hide() -> std::vector<std::string> { return hide_secrets(pointers_); }
  auto words() const -> const std::vector<std::string>& { return words_; }

 private:
  std::vector<std::string> words_;
  std::vector<char*> pointers_;
};

}  // namespace

TEST_CASE("secrets among the flags are overwritten, and named once", "[config][flags]") {
  command_line line{{"serve", "--auth.hs256_secret=top", "--http.port=80", "--encryption.keys",
                     "1:abc", "--auth.hs256_secret", "again", "--storage.url=mysql://u:p@h/d"}};
  CHECK(line.hide() ==
        std::vector<std::string>{"auth.hs256_secret", "encryption.keys", "storage.url"});
  CHECK(line.words() == std::vector<std::string>{"serve", "--auth.hs256_secret=***",
                                                 "--http.port=80", "--encryption.keys", "*****",
                                                 "--auth.hs256_secret", "*****",
                                                 "--storage.url=***************"});
}

TEST_CASE("flags without a secret stay as they are", "[config][flags]") {
  const std::vector<std::string> words{
      "--storage.url=sqlite:./x.db", "--auth.hs256_secret=", "--unknown=x", "--",
      "auth.hs256_secret=top",       "--auth.hs256_secret"};
  command_line line{words};
  CHECK(line.hide().empty());
  CHECK(line.words() == words);
}

TEST_CASE("who gave a secret as a flag is told of the file to use", "[config][flags]") {
  CHECK(secret_flags_warning({}).empty());
  CHECK_THAT(secret_flags_warning({"auth.hs256_secret"}),
             Contains("--auth.hs256_secret") && Contains("PARLEY_AUTH__HS256_SECRET_FILE"));
}
