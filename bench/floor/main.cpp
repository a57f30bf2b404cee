#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>

#include "bench/floor/floor_server.hpp"
#include "bench/wire/failure.hpp"

namespace parley::bench {
namespace {

const std::map<std::string, fault> faults{{"none", fault::none},
                                          {"drop", fault::drop},
                                          {"dup", fault::dup},
                                          {"reorder", fault::reorder},
                                          {"wrong-room", fault::wrong_room},
                                          {"no-ack", fault::no_ack}};

void add_options(CLI::App& app, floor_options& out) {
  app.add_option("--port", out.port, "Port on 127.0.0.1")->capture_default_str();
  app.add_option("--frame-extra", out.frame_extra, "Bytes added to every delivery")
      ->check(CLI::Range(0, 60000));
  app.add_flag("--coalesce", out.coalesce, "One write per member for all messages of one pass");
  app.add_option("--fault", out.wrong, "Do wrong on purpose")
      ->transform(CLI::CheckedTransformer(faults))
      ->group("");
  app.add_option("--fault-every", out.fault_every, "How seldom")
      ->check(CLI::PositiveNumber)
      ->group("");
}

auto run(int argc, char** argv) -> int {
  floor_options opts;
  CLI::App app("Writes the bytes of a chat server's deliveries and does nothing else.",
               "parley-floor");
  add_options(app, opts);
  CLI11_PARSE(app, argc, argv);
  try {
    floor_server(opts).run();
  } catch (const run_failure& failure) {
    std::fprintf(stderr, "parley-floor: %s\n", failure.what());
    return static_cast<int>(failure.code);
  }
}

}  // namespace
}  // namespace parley::bench

auto main(int argc, char** argv) -> int {
  return parley::bench::run(argc, argv);
}
