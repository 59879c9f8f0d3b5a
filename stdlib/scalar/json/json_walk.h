#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

// Looks into JSON text that is known to be well-formed (json columns hold checked text). Members
// and elements are views: numbers keep their digits.

/// Whether `text` is one JSON value.
bool IsJson(std::string_view text);
/// Without white space at both ends.
std::string_view TrimJson(std::string_view text);

/// object, array, string, number, bool, null.
std::string_view JsonTypeName(std::string_view text);

struct JsonMember {
  std::string_view key;  ///< as written, without quotes; of an array empty
  std::string_view value;
};
/// Members of an object or elements of an array, into `members`; none of a scalar.
void ListJson(std::string_view text, std::vector<JsonMember>& members);

/// Appends a string's characters; `quoted` is what stands between the quotes.
void AppendUnescaped(std::string_view quoted, std::string& out);

/// One step of a path: a member's name, or an index (negative: none).
struct JsonStep {
  std::string name;
  int64_t index = -1;
};
/// `$.a.b[0]` or `a.b[0]`; none when it is not such a path.
std::optional<std::vector<JsonStep>> ParseJsonPath(std::string_view path);

/// The value at the end of `steps`; none when there is no such member, or it is null.
std::optional<std::string_view> FindJson(std::string_view text, const std::vector<JsonStep>& steps,
                                         std::vector<JsonMember>& scratch);

}  // namespace weir
