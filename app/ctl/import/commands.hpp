#pragma once

#include "chat/expected.hpp"

/// Taking over what people come with.
namespace parley::app::ctl {

class workplace;

/// `import dotnet SOURCE`: the tables that EF Core made of the .NET system's classes (R-080,
/// SOURCE is a URL as of storage.url, or a file that holds it.
/// @errors errc::conflict: rows were refused, the others are taken; errc::unavailable
auto import_dotnet(workplace& at) -> chat::expected<void>;

/// `import mattermost FILE`: a bulk export, JSON lines. @errors likewise
auto import_mattermost(workplace& at) -> chat::expected<void>;

}  // namespace parley::app::ctl
