#pragma once

#include <random>
#include <string>
#include <vector>

namespace weir {

/// Makes broken programs out of whole ones: words are dropped, doubled, swapped, taken from other
/// programs or replaced by extreme ones; lines are cut and mixed; bytes are damaged. The same seed
/// gives the same programs on every machine.
class FlowMutator {
 public:
  FlowMutator(std::vector<std::string> programs, uint64_t seed);

  std::string Next();

 private:
  size_t Below(size_t bound) { return bound == 0 ? 0 : static_cast<size_t>(random_() % bound); }
  const std::string& AnyProgram() { return programs_[Below(programs_.size())]; }
  const std::string& AnyWord();
  void ChangeWords(std::vector<std::string>& words);
  std::string MixLines(const std::string& text);
  void DamageBytes(std::string& text);

  std::vector<std::string> programs_;
  std::vector<std::string> words_;
  std::mt19937_64 random_;
};

/// Words, numbers, strings, operators and the space between them; their concatenation is `text`.
std::vector<std::string> SplitWords(const std::string& text);

}  // namespace weir
