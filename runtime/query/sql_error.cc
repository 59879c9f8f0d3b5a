#include "runtime/query/sql_error.h"

#include <array>

namespace weir {
namespace {

/// From here to the end of the message, or of its bracket, nothing is for the user.
constexpr std::array<std::string_view, 5> kNoise = {
    ": In scope ", " in scope ", ". Expected one of: ", ": while executing ", ": While executing ",
};

/// Known by ClickHouse's name of the error, at the end of its message.
struct Replacement {
  std::string_view name;
  std::string_view text;
};
constexpr std::array kReplacements = {
    Replacement{"(TIMEOUT_EXCEEDED)",
                "the query took longer than its time: give it more with "
                "--timeout, or ask for less"},
    Replacement{"(TOO_MANY_ROWS_OR_BYTES)",
                "the result is too large: add a LIMIT or aggregate, or raise --max-rows"},
    Replacement{
        "(MEMORY_LIMIT_EXCEEDED)",
        "the query needs more memory than a query may have beside a pipeline: ask for less, "
        "or aggregate in steps"},
    Replacement{"(QUERY_WAS_CANCELLED)", "the query was ended because the pipeline stops"},
};

std::string Trimmed(std::string_view message) {
  std::string text(message);
  // The engine's own prefix once more where one of its parts passes on the error of another.
  for (size_t at = text.find("Code: "); at != std::string::npos; at = text.find("Code: ")) {
    constexpr std::string_view kException = "DB::Exception: ";
    const size_t end = text.find(kException, at);
    if (end == std::string::npos) break;
    text.erase(at, end + kException.size() - at);
  }
  // The name of the error stays: it can be looked up.
  std::string name;
  const size_t open = text.rfind(" (");
  if (open != std::string::npos && text.back() == ')' &&
      text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789", open + 2) ==
          text.size() - 1) {
    name = text.substr(open);
    text.resize(open);
  }
  for (const std::string_view noise : kNoise) {
    const size_t at = text.find(noise);
    if (at == std::string::npos) continue;
    const size_t hint = text.find("Maybe you meant", at);
    const std::string meant = hint == std::string::npos ? "" : ". " + text.substr(hint);
    text = text.substr(0, at) + meant;
  }
  while (!text.empty() && (text.back() == '.' || text.back() == ' ' || text.back() == '\n')) {
    text.pop_back();
  }
  return text + name;
}

}  // namespace

Status ExplainSqlError(const Status& status) {
  if (status.ok()) return status;
  const std::string& message = status.message();
  for (const Replacement& known : kReplacements) {
    if (message.find(known.name) == std::string::npos) continue;
    return Status(status.code(), std::string(known.text));
  }
  if (message.ends_with("(READONLY)")) {
    return Status(status.code(), "flowc query only reads, and a statement can't change settings: " +
                                     Trimmed(message));
  }
  return Status(status.code(), Trimmed(message));
}

}  // namespace weir
