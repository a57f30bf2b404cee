#include "app/ctl/import/refusals.hpp"

#include <ostream>

namespace parley::app::ctl {

using chat::errc;
using chat::unexpected;

auto refusals::write_to(const std::string& file) -> chat::expected<void> {
  if (file.empty()) return {};
  name_ = file;
  file_.open(file, std::ios::trunc);
  if (file_) return {};
  return unexpected{errc::unavailable, file + " cannot be written; give --refused another file"};
}

void refusals::add(const storage::foreign::refusal& what) {
  const json line{{"place", what.place},
                  {"what", what.what},
                  {"reason", what.reason},
                  {"wrong", what.is_wrong}};
  ++(what.is_wrong ? wrong_ : left_out_);
  if (file_.is_open()) print_json_line(file_, line);
  if (first_.size() < kept) first_.push_back(line);
}

auto refusals::finish() -> chat::expected<void> {
  if (!file_.is_open()) return {};
  file_.close();
  if (file_) return {};
  return unexpected{errc::unavailable, name_ + " could not be written to its end"};
}

void refusals::print(std::ostream& out) const {
  for (const auto& line : first_)
    out << "  "
        << on_one_line(line["place"].get<std::string>() + ", " + line["what"].get<std::string>() +
                       ": " + line["reason"].get<std::string>())
        << '\n';
  const auto all = wrong_ + left_out_;
  if (all > first_.size())
    out << "  and " << all - first_.size() << " more"
        << (name_.empty() ? "; --refused FILE writes all of them" : ": see " + name_) << '\n';
}

}  // namespace parley::app::ctl
