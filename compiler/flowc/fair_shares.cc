#include "compiler/flowc/fair_shares.h"

#include <algorithm>
#include <numeric>

namespace weir::flowc {

std::vector<size_t> FairShares(const std::vector<size_t>& wanted, size_t room) {
  std::vector<size_t> smallest_first(wanted.size());
  std::iota(smallest_first.begin(), smallest_first.end(), size_t{0});
  std::stable_sort(smallest_first.begin(), smallest_first.end(),
                   [&](size_t a, size_t b) { return wanted[a] < wanted[b]; });
  std::vector<size_t> shares(wanted.size(), 0);
  size_t left = wanted.size();
  for (size_t part : smallest_first) {
    shares[part] = std::min(wanted[part], room / left--);
    room -= shares[part];
  }
  return shares;
}

}  // namespace weir::flowc
