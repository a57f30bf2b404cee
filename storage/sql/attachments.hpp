#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "chat/attachment.hpp"

namespace parley::storage::sql {

/// The files of a message as its row holds them: `[{"id","fileName","contentType","size","width"?,"height"?}]`,
/// "" for none. Bytes that are no UTF-8 are replaced.
auto dump_attachments(const std::vector<chat::attachment>& files) -> std::string;

/// The reverse; what cannot be read is left out.
auto parse_attachments(std::string_view text) -> std::vector<chat::attachment>;

}  // namespace parley::storage::sql
