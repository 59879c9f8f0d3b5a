#include "runtime/connector/sink_options.h"

#include <utility>

namespace weir {

OptionSpec LanesOption(std::string doc) {
  return {.name = "lanes",
          .type = OptionType::kInteger,
          .doc = std::move(doc),
          .default_value = Value::Int64(1),
          .min = 1,
          .max = 256,
          .example = "4"};
}

OptionSpec DdlOption(std::string doc) {
  return {.name = "ddl",
          .doc = std::move(doc),
          .program_path = true,
          .example = "\"ddl/speed_layer.sql\""};
}

}  // namespace weir
