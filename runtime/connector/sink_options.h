#pragma once

#include <string>

#include "runtime/connector/connector_spec.h"

namespace weir {

/// Options that sinks of several connectors have, with one meaning and one range everywhere.

/// `lanes`: how many sequences of delivery go on at the same time. `doc` where a connector has more
/// to say of them.
OptionSpec LanesOption(
    std::string doc = "Independent sequences of delivery; rows of a key keep their order.");
/// `ddl`: statements that rows are checked against.
OptionSpec DdlOption(
    std::string doc =
        "File with the CREATE TABLE statements, relative to the .flow file: rows are checked "
        "against it.");

}  // namespace weir
