#include "runtime/base/suggest.h"

#include <algorithm>

namespace weir {
namespace {

constexpr size_t kMostListed = 8;
constexpr size_t kLongestName = 64;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool EqualIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return Lower(x) == Lower(y); });
}

size_t EditDistance(std::string_view a, std::string_view b, size_t limit) {
  const size_t gap = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (gap > limit) return limit + 1;
  std::vector<size_t> before(b.size() + 1);  // row i - 2
  std::vector<size_t> above(b.size() + 1);   // row i - 1
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const bool same = Lower(a[i - 1]) == Lower(b[j - 1]);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0U : 1U)});
      if (i > 1 && j > 1 && Lower(a[i - 1]) == Lower(b[j - 2]) &&
          Lower(a[i - 2]) == Lower(b[j - 1])) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    if (*std::min_element(row.begin(), row.end()) > limit) return limit + 1;
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[b.size()];
}

std::optional<std::string> SuggestName(std::string_view typed,
                                       std::span<const std::string_view> candidates) {
  if (typed.empty() || typed.size() > kLongestName) return std::nullopt;
  const size_t allowed = std::min<size_t>(2, std::max<size_t>(1, typed.size() / 3));
  const std::string_view* best = nullptr;
  size_t best_distance = allowed + 1;
  for (const std::string_view& candidate : candidates) {
    // A name as long as its distance shares nothing with what was typed.
    if (candidate.size() <= 1 && !EqualIgnoringCase(candidate, typed)) continue;
    const size_t distance = EditDistance(typed, candidate, allowed);
    if (distance < best_distance) {
      best = &candidate;
      best_distance = distance;
    }
  }
  if (best == nullptr) return std::nullopt;
  return std::string(*best);
}

std::optional<std::string> SuggestName(std::string_view typed,
                                       const std::vector<std::string>& candidates) {
  const std::vector<std::string_view> views(candidates.begin(), candidates.end());
  return SuggestName(typed, std::span<const std::string_view>(views));
}

std::string SuggestHelp(std::string_view typed, const std::vector<std::string>& candidates) {
  if (auto close = SuggestName(typed, candidates)) return "did you mean `" + *close + "`?";
  if (candidates.empty() || candidates.size() > kMostListed) return {};
  std::string list = "there is: ";
  for (size_t i = 0; i < candidates.size(); ++i) {
    if (i > 0) list += ", ";
    list += candidates[i];
  }
  return list;
}

}  // namespace weir
