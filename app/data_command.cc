#include "app/data_command.h"

#include "app/data_fetch.h"
#include "app/data_list.h"
#include "app/data_samples.h"
#include "app/data_stats.h"
#include "app/data_verify.h"
#include "app/data_where.h"

namespace normlab {

Command AddDataCommand(CLI::App& program) {
  CLI::App* data = program.add_subcommand(
      "data", "What data sets there are, where they lie, what is in them; fetch and verify them.");
  data->footer(
      "normlab data list\nnormlab data fetch mnist\nnormlab data stats cifar10\n"
      "normlab data verify --data-dir /srv/data");
  const std::vector<Command> commands = {AddDataList(*data),  AddDataWhere(*data),
                                         AddDataStats(*data), AddDataSamples(*data),
                                         AddDataFetch(*data), AddDataVerify(*data)};
  data->require_subcommand(0, 1);
  return {data, [commands](const std::vector<std::string>& command_line) {
            for (const Command& each : commands) {
              if (each.app->parsed()) return each.run(command_line);
            }
            throw UsageError(
                "expected list, where, stats, samples, fetch or verify (see normlab data --help)");
          }};
}

}  // namespace normlab
