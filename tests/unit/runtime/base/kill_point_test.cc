#include "runtime/base/kill_point.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace weir {
namespace {

namespace fs = std::filesystem;

/// Every name that the sources of the runtime pass.
std::multiset<std::string> PassedNames() {
  constexpr std::string_view kCall = "KillPoint::Pass(\"";
  std::multiset<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator("runtime")) {
    if (entry.path().extension() != ".cc") continue;
    std::ifstream in(entry.path());
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    for (size_t at = text.find(kCall); at != std::string::npos; at = text.find(kCall, at)) {
      at += kCall.size();
      names.insert(text.substr(at, text.find('"', at) - at));
    }
  }
  return names;
}

TEST(KillPoint, EveryNameIsAStepOfTheRuntimeAndTheOtherWayRound) {
  const std::multiset<std::string> passed = PassedNames();
  std::multiset<std::string> listed;
  for (const std::string_view name : KillPoint::Names()) listed.emplace(name);
  EXPECT_EQ(passed, listed) << "each step has one place and one name in KillPoint::Names";
}

TEST(KillPointDeathTest, KillsAtTheNthPassage) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        ::setenv("WEIR_KILL_AT", "after-commit:3", 1);
        KillPoint::Pass("after-commit");
        KillPoint::Pass("before-commit");
        KillPoint::Pass("after-commit");
        std::fputs("twice\n", stderr);
        KillPoint::Pass("after-commit");
        std::_Exit(0);
      },
      ::testing::KilledBySignal(SIGKILL), "twice");
}

TEST(KillPointDeathTest, AnUnknownNameIsNamed) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  for (const char* order : {"after-comit:1", "after-commit", "after-commit:0", "after-commit:1x"}) {
    EXPECT_EXIT(
        {
          ::setenv("WEIR_KILL_AT", order, 1);
          KillPoint::Pass("after-commit");
          std::_Exit(0);
        },
        ::testing::ExitedWithCode(2), "expected NAME:N");
  }
}

}  // namespace
}  // namespace weir
