#pragma once

#include <cstddef>
#include <vector>

namespace weir::flowc {

/// Divides `room` lines among parts that want some: nobody gets more than it wants, and what small
/// parts leave over goes to the large ones, in equal shares (max-min fairness).
std::vector<size_t> FairShares(const std::vector<size_t>& wanted, size_t room);

}  // namespace weir::flowc
