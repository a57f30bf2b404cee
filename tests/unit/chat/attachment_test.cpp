#include "chat/attachment.hpp"

#include <catch2/catch.hpp>

using namespace parley::chat;

TEST_CASE("a file name is any text of one line", "[chat][attachment]") {
  for (const auto& name : {std::string{"a"}, std::string{"../../etc/passwd"}, std::string{"caf\xc3\xa9"},
                           std::string(255, 'x'), std::string{"%00"}, std::string{"C:\\x"}})
    CHECK(check_file_name(name));
  for (const auto& name : {std::string{}, std::string(256, 'x'), std::string{"a\nb"},
                           std::string{"a\0b", 3}, std::string{"\xff"}, std::string{"\x7f"}})
    CHECK(check_file_name(name).error().code == errc::bad_request);
}

TEST_CASE("a content type is a media type", "[chat][attachment]") {
  for (const auto* type : {"image/png", "text/plain; charset=utf-8", "application/vnd.a+json",
                           "image/svg+xml;q=\"x\""})
    CHECK(check_content_type(type));
  for (const auto& type : {std::string{}, std::string{"png"}, std::string{"/png"},
                           std::string{"image/"}, std::string{"image/p/ng"},
                           std::string{"image/png\r\nx: y"}, std::string{"im age/png"},
                           std::string{"image/\xc3\xa9"}, "image/" + std::string(130, 'x')})
    CHECK(check_content_type(type).error().code == errc::bad_request);
}
