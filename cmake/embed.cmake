# Puts files into a C++ source, as they are: cmake -DOUTPUT=... -DFILES=a;b -P embed.cmake
set(entries "")
foreach(file IN LISTS FILES)
  file(READ "${file}" text)
  get_filename_component(name "${file}" NAME)
  string(APPEND entries "    {\"${name}\", R\"~embedded~(${text})~embedded~\"},\n")
endforeach()
file(WRITE "${OUTPUT}" "// Made by cmake/embed.cmake of the files in docs/api.
#include \"net/docs/files.hpp\"

namespace parley::net::docs {
namespace {

constexpr file embedded[]{
${entries}};

}  // namespace

auto files() -> std::span<const file> { return embedded; }

}  // namespace parley::net::docs
")
