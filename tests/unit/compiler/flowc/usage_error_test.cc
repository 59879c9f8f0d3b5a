#include "compiler/flowc/usage_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>

namespace weir::flowc {
namespace {

using testing::HasSubstr;
using testing::Not;

class UsageErrorTest : public testing::Test {
 protected:
  UsageErrorTest() {
    CLI::App* run = root_.add_subcommand("run", "");
    run->add_option("file", file_)->required();
    run->add_option("--profile", profile_);
    root_.add_subcommand("check", "");
    root_.require_subcommand(1);
  }

  std::string Explain(std::vector<std::string> arguments) {
    std::reverse(arguments.begin(), arguments.end());
    try {
      root_.parse(arguments);
    } catch (const CLI::ParseError& error) {
      return ExplainUsage(root_, error);
    }
    return "no error";
  }

  CLI::App root_{"test", "flowc"};
  std::string file_, profile_;
};

TEST_F(UsageErrorTest, AMistypedCommandIsSuggested) {
  EXPECT_EQ(UnknownCommand(root_, "chek"),
            "there is no command `chek`\ndid you mean `check`?\n"
            "`flowc --help` shows what there is\n");
  EXPECT_THAT(UnknownCommand(root_, "deploy"), Not(HasSubstr("did you mean")));
  EXPECT_THAT(UnknownCommand(root_, "shop.flow"), HasSubstr("`flowc run shop.flow`"));
  EXPECT_EQ(UnknownCommand(root_, "run"), "");
  EXPECT_EQ(UnknownCommand(root_, "--help"), "");
}

TEST_F(UsageErrorTest, AMistypedOptionIsSuggested) {
  EXPECT_EQ(Explain({"run", "a.flow", "--profil=x"}),
            "flowc run: there is no option `--profil`\ndid you mean `--profile`?\n"
            "`flowc run --help` shows what there is\n");
  EXPECT_THAT(Explain({"run", "a.flow", "-x"}), HasSubstr("no option `-x`"));
  EXPECT_THAT(Explain({"run", "a.flow", "b.flow"}), HasSubstr("`b.flow` is one argument too many"));
}

TEST_F(UsageErrorTest, OtherErrorsSpeakForThemselves) {
  EXPECT_EQ(Explain({"run", "a.flow", "--profile"}), "");
}

}  // namespace
}  // namespace weir::flowc
