# Puts the built web client into the program, each file as it is and by gzip:
#   cmake -DFOLDER=web/dist -DOUTPUT=web_files.cpp -DPACKED=FOLDER -DGZIP=gzip -P embed_web.cmake
# An empty FOLDER makes an empty list. The bytes are brought in by the assembler: as text of the language
# they would cost the compiler seconds.
set(files "")
if(FOLDER)
  file(GLOB_RECURSE files LIST_DIRECTORIES false RELATIVE "${FOLDER}" "${FOLDER}/*")
  list(SORT files)
endif()
file(REMOVE_RECURSE "${PACKED}")
file(MAKE_DIRECTORY "${PACKED}")

set(assembly "")
set(names "")
set(entries "")
set(hashes "")
set(number 0)
foreach(file IN LISTS files)
  if(NOT file MATCHES "^[A-Za-z0-9_./-]+$")
    message(FATAL_ERROR "${FOLDER}/${file}: names have letters, digits and . _ - only")
  endif()
  execute_process(COMMAND "${GZIP}" -9 -n -c "${FOLDER}/${file}" OUTPUT_FILE "${PACKED}/${number}.gz"
    COMMAND_ERROR_IS_FATAL ANY)
  file(SHA256 "${FOLDER}/${file}" hash)
  string(APPEND hashes "${file} ${hash}\n")
  string(SUBSTRING "${hash}" 0 16 etag)
  foreach(form plain gzip)
    set(bytes "${FOLDER}/${file}")
    if(form STREQUAL "gzip")
      set(bytes "${PACKED}/${number}.gz")
    endif()
    set(symbol "parley_web_${number}_${form}")
    string(APPEND assembly "    \"${symbol}:\\n.incbin \\\"${bytes}\\\"\\n${symbol}_end:\\n\"\n")
    string(APPEND names "extern const char ${symbol}[];\nextern const char ${symbol}_end[];\n")
  endforeach()
  string(APPEND entries "      {\"/${file}\", \"${etag}\", between(parley_web_${number}_plain, "
    "parley_web_${number}_plain_end),\n       between(parley_web_${number}_gzip, "
    "parley_web_${number}_gzip_end)},\n")
  math(EXPR number "${number} + 1")
endforeach()

set(build "")
if(entries)
  string(SHA256 build "${hashes}")
  string(SUBSTRING "${build}" 0 8 build)
  set(all "  static const file all[]{\n${entries}  };\n  return all;")
else()
  set(all "  return {};")
endif()
file(WRITE "${OUTPUT}" "// Made by cmake/embed_web.cmake of the web client's files.
#include \"net/web/files.hpp\"

extern \"C\" {
${names}}

__asm__(
    \".pushsection .rodata\\n\"
${assembly}    \".popsection\\n\");

namespace parley::net::web {
namespace {

[[maybe_unused]] auto between(const char* begin, const char* end) -> std::string_view {
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

auto files() -> std::span<const file> {
${all}
}

auto build() -> std::string_view { return \"${build}\"; }

}  // namespace parley::net::web
")
