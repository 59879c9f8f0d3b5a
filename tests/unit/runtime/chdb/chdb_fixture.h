#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "runtime/chdb/chdb_library.h"

namespace weir {

/// Tests on the real engine, each with an empty folder. Skipped in builds with a sanitizer, and
/// where it is not installed, unless WEIR_REQUIRE_STORE=1 (as `make test` has it).
class ChdbTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!ChdbLibrary::CanRun()) GTEST_SKIP() << ChdbLibrary::Load().status().message();
    if (!ChdbLibrary::IsInstalled()) {
      const char* required = std::getenv("WEIR_REQUIRE_STORE");
      if (required != nullptr && std::string(required) == "1") {
        FAIL() << ChdbLibrary::Load().status().ToString();
      }
      GTEST_SKIP() << "needs the embedded ClickHouse engine: deploy/dev/install.sh --store";
    }
    std::string pattern = testing::TempDir() + "weir-store-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override {
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
  }
  std::string Folder(const std::string& name = "store") const { return folder_ + "/" + name; }

 private:
  std::string folder_;
};

}  // namespace weir
