#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "net/codec/any_case.hpp"
#include "net/codec/json.hpp"

namespace parley::net::rest {

/// "%20x" as " x". Broken escapes stay as they are.
auto percent_decode(std::string_view text, bool plus_is_space) -> std::string;

/// "a=1&b=%20x" taken apart, in order. Fields without a name are left out; broken escapes stay as
/// they are.
auto query_fields(std::string_view query) -> std::vector<std::pair<std::string, std::string>>;

/// The same by name, as it is written; the first of equal names counts. For the names of our own
/// links; what clients name has any case.
auto parse_query(std::string_view query) -> std::unordered_map<std::string, std::string>;

/// Fields by name, in any case of ASCII letters.
using query_map = std::map<std::string, std::string, less_in_any_case>;

/// Of names that are equal but for their case the first counts.
auto query_of(std::string_view query) -> query_map;

/// A whole number from the query. Missing: `fallback`.
/// @errors errc::bad_request: anything else
auto query_number(const query_map& query, const char* name, std::uint64_t fallback)
    -> chat::expected<std::uint64_t>;

/// The query's fields of these names as an object, for the binders that the hub uses.
/// @param numbers  names of whole numbers  @param texts  of texts
/// @errors errc::bad_request: a number is none
auto query_object(const query_map& query, std::initializer_list<const char*> numbers,
                  std::initializer_list<const char*> texts) -> chat::expected<codec::json>;

/// `object` with one more of the query's fields, "true" or "false", when it is there.
/// @errors errc::bad_request: it is neither
auto query_flag(const query_map& query, const char* name, codec::json object)
    -> chat::expected<codec::json>;

/// The texts between the commas of a field, but for empty ones.
auto query_list(const query_map& query, const char* name) -> codec::json;

}  // namespace parley::net::rest
