#pragma once

#include <charconv>
#include <string_view>
#include <system_error>

namespace weir {

/// Reads the integer at the start of `text`, behind spaces, and removes it; false, with `text` as
/// it was but for the spaces, when there is none that fits.
template <typename Integer>
bool TakeNumber(std::string_view& text, Integer& number) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return true;
}

}  // namespace weir
