#include <toml++/toml.h>

#include <optional>

#include "config/readers.hpp"

namespace parley::config {
namespace {

using chat::errc;
using chat::unexpected;

auto type_name(const toml::node& node) -> std::string {
  switch (node.type()) {
    case toml::node_type::table: return "a table";
    case toml::node_type::array: return "an array";
    case toml::node_type::string: return "text";
    case toml::node_type::integer: return "a whole number";
    case toml::node_type::floating_point: return "a fraction";
    case toml::node_type::boolean: return "true or false";
    default: return "a date or time";
  }
}

/// The node's value, if its TOML type fits a member of this type.
struct reader {
  const toml::node& node;
  using result = std::optional<raw_value>;

  auto operator()(bool*) const -> result {
    const auto* value = node.as_boolean();
    return value ? result{value->get() ? "true" : "false"} : std::nullopt;
  }
  auto operator()(double*) const -> result {
    const auto value = node.value<double>();
    return node.is_number() && value ? result{format_number(*value)} : std::nullopt;
  }
  auto operator()(std::string*) const -> result {
    const auto* value = node.as_string();
    return value ? result{value->get()} : std::nullopt;
  }
  auto operator()(delivery_mode*) const -> result {
    return (*this)(static_cast<std::string*>(nullptr));
  }
  auto operator()(std::vector<std::string>*) const -> result {
    if (!node.is_array()) return std::nullopt;
    std::vector<std::string> items;
    for (const auto& item : *node.as_array()) {
      if (!item.is_string()) return std::nullopt;
      items.push_back(item.as_string()->get());
    }
    return items;
  }
  template <class Number>
  auto operator()(Number*) const -> result {
    const auto* value = node.as_integer();
    return value ? result{std::to_string(value->get())} : std::nullopt;
  }
};

/// Walks the tables of a file. Names are checked against the table of keys, types against members;
/// bounds come later, with those of the other sources.
class file_reader {
 public:
  explicit file_reader(std::string path) : path_(std::move(path)) {}

  auto read(const toml::table& table, const std::string& prefix) -> chat::expected<void> {
    for (const auto& [name, node] : table) {
      const auto done = read_entry(name, node, prefix);
      if (!done) return done;
    }
    return {};
  }
  auto take() -> std::vector<setting> { return std::move(settings_); }

 private:
  auto origin(const toml::source_region& where) const -> std::string {
    return "file " + path_ + ":" + std::to_string(where.begin.line);
  }

  auto read_entry(const toml::key& name, const toml::node& node, const std::string& prefix)
      -> chat::expected<void> {
    const auto full = prefix + std::string{name.str()};
    // A dot inside a quoted name is no section.
    const bool is_plain = name.str().find('.') == std::string_view::npos;
    const auto* which = is_plain ? find_key(full) : nullptr;
    if (which) return read_value(*which, node);
    if (is_plain && node.is_table() && is_section(full)) return read(*node.as_table(), full + ".");
    std::vector<std::string> known;
    for (const auto& each : keys()) known.emplace_back(each.name);
    return unexpected{errc::bad_request, origin(name.source()) + ": unknown key " + full +
                                             "; did you mean " + nearest(full, known) + "?"};
  }

  auto read_value(const key& which, const toml::node& node) -> chat::expected<void> {
    options scratch;
    auto value = std::visit(reader{node}, which.at(scratch));
    const auto where = origin(node.source());
    if (!value)
      return unexpected{errc::bad_request, where + ": " + std::string{which.name} + " takes " +
                                               describe(which) + ", not " + type_name(node)};
    settings_.push_back({&which, std::move(*value), where});
    return {};
  }

  static auto is_section(const std::string& name) -> bool {
    for (const auto& each : keys())
      if (each.name.starts_with(name + ".")) return true;
    return false;
  }

  std::string path_;
  std::vector<setting> settings_;
};

}  // namespace

auto read_file(const std::filesystem::path& path) -> chat::expected<std::vector<setting>> {
  try {
    const auto table = toml::parse_file(path.string());
    file_reader reader{path.string()};
    const auto done = reader.read(table, "");
    if (!done) return unexpected{done.error().code, done.error().detail};
    return reader.take();
  } catch (const toml::parse_error& wrong) {
    const auto line = wrong.source().begin.line;
    const auto where = line == 0 ? std::string{} : ":" + std::to_string(line);
    return unexpected{errc::bad_request,
                      "file " + path.string() + where + ": " + std::string{wrong.description()}};
  } catch (const std::exception& wrong) {
    return unexpected{errc::bad_request, "file " + path.string() + ": " + wrong.what()};
  }
}

}  // namespace parley::config
