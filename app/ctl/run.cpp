#include "app/ctl/run.hpp"

#include <ostream>

#include "app/ctl/help.hpp"
#include "app/ctl/workplace.hpp"

namespace parley::app::ctl {

auto run(const std::vector<std::string>& words, const streams& io) -> exit_code {
  const auto complain = [&](const chat::error& why, exit_code code) {
    io.complaints << "parleyctl: " << why.detail << '\n';
    return code;
  };
  const auto args = parse(words);
  if (!args) return complain(args.error(), wrong_usage);
  if (args->wants_version) return io.out << "parleyctl " PARLEY_VERSION "\n", done;
  if (args->what == nullptr) return io.out << help_text(args->help_for), done;
  workplace at{*args, io};
  const auto worked = args->what->act(at);
  if (worked) return done;
  return complain(worked.error(), at.is_called_wrongly() ? wrong_usage : failed);
}

}  // namespace parley::app::ctl
