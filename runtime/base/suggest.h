#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// ASCII letters only.
bool EqualIgnoringCase(std::string_view a, std::string_view b);

/// Damerau-Levenshtein distance (optimal string alignment: insert, delete, replace, swap of two
/// neighbours), ignoring ASCII case. Returns limit + 1 as soon as it must be above `limit`.
size_t EditDistance(std::string_view a, std::string_view b, size_t limit);

/// The candidate closest to `typed` if it is close enough to be a slip: distance at most
/// max(1, length / 3), at most 2, and 1 for names of up to 3 letters. The first one wins a tie.
std::optional<std::string> SuggestName(std::string_view typed,
                                       std::span<const std::string_view> candidates);
std::optional<std::string> SuggestName(std::string_view typed,
                                       const std::vector<std::string>& candidates);

/// "did you mean `x`?", or "there is: a, b, c" if nothing is close and there are at most 8
/// candidates; empty if neither helps.
std::string SuggestHelp(std::string_view typed, const std::vector<std::string>& candidates);

}  // namespace weir
